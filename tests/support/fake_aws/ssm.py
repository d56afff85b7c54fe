"""Parameter Store: what is kept, and the calls that change it. Reading is in ssm_reads."""
import base64

from .accounts import ACCOUNT
from .errors import Refusal
from .ssm_reads import Reads
from .ssm_rules import (LABELS_PER_VERSION, TOMBSTONE, VERSIONS, check_name, check_value, choose_tier, invalid,
                        label_fits)

EXISTS = ("The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
TAGS_AND_OVERWRITE = ("Invalid request: tags and overwrite can't be used together. To create a parameter with tags, "
                      "please remove overwrite flag. To update tags for an existing parameter, please use "
                      "AddTagsToResource or RemoveTagsFromResource.")
OTHER_TYPE = ("Parameter Store doesn't support changing a parameter type in a hierarchy. For example, you can't change "
              "a parameter from a String type to a SecureString type. You must create a new, unique parameter.")


class Version:
    def __init__(self, number, value, made):
        self.number = number
        self.value = value
        self.modified, self.user = made
        self.labels = []
        self.description = None
        self.key = None


class Parameter:
    def __init__(self, name, kind, tier):
        self.name = name
        self.kind = kind
        self.tier = tier
        self.versions = []  # oldest first
        self.tags = {}
        self.pattern = None
        self.policies = None

    def last(self):
        return self.versions[-1]

    def number(self, number):
        return next((version for version in self.versions if version.number == number), None)

    def labelled(self, label):
        return next((version for version in self.versions if label in version.labels), None)


class Ssm(Reads):
    """`settings`: stale_reads, put_tps, empty_pages, kms_denied, parameters_max."""

    def __init__(self, clock, region, settings):
        self.clock = clock
        self.region = region
        self.settings = settings
        self.parameters = {}
        self.deleted = {}  # name: elapsed
        self.stale = {}  # name: [reads left, what they see]
        self.busy = set()
        self.tokens = None
        self.filled = 0.0

    def arn(self, name):
        return f"arn:aws:ssm:{self.region}:{ACCOUNT}:parameter{'' if name.startswith('/') else '/'}{name}"

    def begin(self, operation, value):
        """Called before a call may be held up; a second write of the same name meanwhile is refused."""
        if operation != "PutParameter":
            return None
        name = value["Name"]
        if name in self.busy:
            raise Refusal("TooManyUpdates", "There are concurrent updates for a resource that supports one update at a "
                          "time.")
        self.busy.add(name)
        return lambda: self.busy.discard(name)

    def _take_token(self):
        rate = self.settings["put_tps"]
        if not rate:
            return
        now = self.clock.flow()
        if self.tokens is None:
            self.tokens = float(rate)
        else:
            self.tokens = min(float(rate), self.tokens + (now - self.filled) * rate)
        self.filled = now
        if self.tokens < 1:
            raise Refusal("ThrottlingException", "Rate exceeded")
        self.tokens -= 1

    def put_parameter(self, value, caller):
        name = value["Name"]
        check_name(name)
        self._take_token()
        kept = self.parameters.get(name)
        if kept and value.get("Tags") and value.get("Overwrite"):
            raise invalid(TAGS_AND_OVERWRITE)
        if kept and not value.get("Overwrite"):
            raise Refusal("ParameterAlreadyExists", EXISTS)
        if kept and value.get("Type", kept.kind) != kept.kind:
            raise Refusal("HierarchyTypeMismatchException", OTHER_TYPE)
        before = self._snapshot(kept)
        tier = choose_tier(value.get("Tier"), kept.tier if kept else None, value["Value"])
        check_value(value["Value"], tier, value.get("AllowedPattern") or (kept.pattern if kept else None))
        self._check_type(value, tier)
        if not kept:
            kept = self._create(value, tier)
        version = self._append(kept, value, caller)
        kept.tier = tier
        kept.pattern = value.get("AllowedPattern", kept.pattern)
        self.parameters[name] = kept
        self._make_stale(name, before)
        return {"Version": version.number, "Tier": tier}

    def _check_type(self, value, tier):
        if value.get("Policies") and tier != "Advanced":
            raise invalid("Parameter policies need the advanced-parameter tier.")
        if value.get("KeyId") and value.get("Type") != "SecureString":
            raise invalid("KeyId is only valid for parameters of type SecureString.")

    def _create(self, value, tier):
        name = value["Name"]
        if value.get("Type") is None:
            raise invalid("A parameter type is required when you create a parameter.")
        if self.clock.elapsed - self.deleted.get(name, float("-inf")) < TOMBSTONE:
            raise Refusal("ParameterAlreadyExists", EXISTS)
        if len(self.parameters) >= self.settings["parameters_max"]:
            raise Refusal("ParameterLimitExceeded", "You have exceeded the number of parameters for this account.")
        created = Parameter(name, value["Type"], tier)
        created.tags = {tag["Key"]: tag["Value"] for tag in value.get("Tags", [])}
        return created

    def _append(self, kept, value, caller):
        if len(kept.versions) >= VERSIONS:
            if kept.versions[0].labels:
                raise Refusal("ParameterMaxVersionLimitExceeded", f"{kept.name}: the oldest version has a label, so no "
                              "version can be deleted to make room. Move the label to a newer version and try again.")
            del kept.versions[0]
        number = kept.last().number + 1 if kept.versions else 1
        version = Version(number, value["Value"], (self.clock.stamp(), caller.arn))
        version.description = value.get("Description")
        version.key = value.get("KeyId", "alias/aws/ssm") if kept.kind == "SecureString" else None
        kept.versions.append(version)
        return version

    def _require(self, name):
        if name not in self.parameters:
            raise Refusal("ParameterNotFound", "")
        return self.parameters[name]

    def delete_parameter(self, value, caller):
        kept = self._require(value["Name"])
        before = self._snapshot(kept)
        del self.parameters[kept.name]
        self.deleted[kept.name] = self.clock.elapsed
        self._make_stale(kept.name, before)
        return {}

    def delete_parameters(self, value, caller):
        there = [name for name in value["Names"] if name in self.parameters]
        for name in there:
            self.delete_parameter({"Name": name}, caller)
        return {"DeletedParameters": there,
                "InvalidParameters": [name for name in value["Names"] if name not in there]}

    def label_parameter_version(self, value, caller):
        kept = self._require(value["Name"])
        number = value.get("ParameterVersion", kept.last().number)
        version = kept.number(number)
        if version is None:
            raise Refusal("ParameterVersionNotFound", f"Systems Manager could not find version {number} of "
                          f"{kept.name}. Verify the version and try again.")
        bad = [label for label in value["Labels"] if not label_fits(label)]
        good = [label for label in value["Labels"] if label not in bad]
        if len(set(version.labels) | set(good)) > LABELS_PER_VERSION:
            raise Refusal("ParameterVersionLabelLimitExceeded", "An error occurred (ParameterVersionLabelLimitExceeded)"
                          " : A parameter version can have maximum 10 labels.")
        for label in good:
            for other in kept.versions:
                if label in other.labels:
                    other.labels.remove(label)
            version.labels.append(label)
        return {"InvalidLabels": bad, "ParameterVersion": number}

    def unlabel_parameter_version(self, value, caller):
        version = self._require(value["Name"]).number(value["ParameterVersion"])
        if version is None:
            raise Refusal("ParameterVersionNotFound", "")
        there = [label for label in value["Labels"] if label in version.labels]
        version.labels = [label for label in version.labels if label not in there]
        return {"RemovedLabels": there, "InvalidLabels": [label for label in value["Labels"] if label not in there]}

    def add_tags_to_resource(self, value, caller):
        kept = self._require(value["ResourceId"])
        kept.tags.update({tag["Key"]: tag["Value"] for tag in value["Tags"]})
        return {}

    def list_tags_for_resource(self, value, caller):
        kept = self._require(value["ResourceId"])
        return {"TagList": [{"Key": key, "Value": text} for key, text in sorted(kept.tags.items())]}

    def secrets(self, every=False):
        return {f"value {version.number} of {name}": version.value for name, kept in self.parameters.items()
                for version in kept.versions if every or kept.kind == "SecureString"}

    @staticmethod
    def sealed(value):
        """A SecureString as it is read without decryption."""
        return "AQICAHh" + base64.b64encode(bytes(octet ^ 0x5a for octet in value.encode())).decode()
