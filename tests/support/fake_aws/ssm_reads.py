"""Parameter Store's reads: selectors, pages, and the moment after a write when the old state is still seen."""
import copy

from .errors import Refusal
from .ssm_rules import invalid, split_selector


class Reads:
    """Mixed into Ssm, which owns what is read."""

    def _snapshot(self, kept):
        return copy.deepcopy(kept) if self.settings["stale_reads"] else None

    def _make_stale(self, name, before):
        if self.settings["stale_reads"]:
            self.stale[name] = [self.settings["stale_reads"], before]

    def _seen(self, name):
        """The parameter as this read sees it, or None."""
        stale = self.stale.get(name)
        if stale:
            stale[0] -= 1
            if stale[0] == 0:
                del self.stale[name]
            return stale[1]
        return self.parameters.get(name)

    def _shown(self, kept, version, decrypted, selector=None):
        value = version.value
        if kept.kind == "SecureString":
            if not decrypted:
                value = self.sealed(value)
            elif self.settings["kms_denied"]:
                raise Refusal("AccessDeniedException", "The ciphertext refers to a customer master key that does not "
                              "exist, does not exist in this region, or you are not allowed to access.")
        shown = {"Name": kept.name, "Type": kept.kind, "Value": value, "Version": version.number,
                 "LastModifiedDate": version.modified, "ARN": self.arn(kept.name), "DataType": "text"}
        if selector:
            shown["Selector"] = ":" + selector
        return shown

    def _find(self, name):
        """(parameter, version, selector)."""
        base, selector = split_selector(name)
        kept = self._seen(base)
        if kept is None:
            raise Refusal("ParameterNotFound", "")
        if selector is None:
            return kept, kept.last(), None
        version = kept.number(int(selector)) if selector.isdigit() else kept.labelled(selector)
        if version is None:
            raise Refusal("ParameterVersionNotFound", f"Systems Manager could not find version {selector} of {base}. "
                          "Verify the version and try again.")
        return kept, version, selector

    def get_parameter(self, value, caller):
        kept, version, selector = self._find(value["Name"])
        return {"Parameter": self._shown(kept, version, value.get("WithDecryption"), selector)}

    def get_parameters(self, value, caller):
        names = value["Names"]
        if len(set(names)) != len(names):
            raise invalid("Names must be unique.")
        found, missing = [], []
        for name in names:
            try:
                kept, version, selector = self._find(name)
            except Refusal:
                missing.append(name)
                continue
            found.append(self._shown(kept, version, value.get("WithDecryption"), selector))
        return {"Parameters": sorted(found, key=lambda shown: shown["Name"]), "InvalidParameters": missing}

    def _page(self, items, value, size):
        """(items of this page, members that name the next one)."""
        token = value.get("NextToken", "")
        start, _, seen_empty = token.partition("+")
        if token and not start.isdigit():
            raise Refusal("InvalidNextToken", "The specified token isn't valid.")
        start = int(start or 0)
        if self.settings["empty_pages"] and not seen_empty and items[start:]:
            return [], {"NextToken": f"{start}+e"}
        end = start + size
        return items[start:end], {"NextToken": str(end)} if end < len(items) else {}

    def get_parameters_by_path(self, value, caller):
        path = value["Path"]
        if not path.startswith("/"):
            raise invalid("The parameter doesn't meet the parameter name requirements. The parameter name must begin "
                          "with a forward slash \"/\".")
        if value.get("ParameterFilters"):
            raise invalid("The fake knows no ParameterFilters.")
        prefix = path.rstrip("/") + "/"
        names = [name for name in sorted(set(self.parameters) | set(self.stale)) if name.startswith(prefix)
                 and (value.get("Recursive") or "/" not in name[len(prefix):])]
        names, more = self._page(names, value, value.get("MaxResults", 10))
        seen = [kept for kept in map(self._seen, names) if kept]
        return {"Parameters": [self._shown(kept, kept.last(), value.get("WithDecryption")) for kept in seen], **more}

    def get_parameter_history(self, value, caller):
        kept = self._seen(value["Name"])
        if kept is None:
            raise Refusal("ParameterNotFound", "")
        versions, more = self._page(kept.versions, value, value.get("MaxResults", 50))
        shown = []
        for version in versions:
            one = self._shown(kept, version, value.get("WithDecryption"))
            del one["ARN"]
            one.update(LastModifiedUser=version.user, Labels=list(version.labels), Tier=kept.tier, Policies=[])
            if version.description:
                one["Description"] = version.description
            if version.key:
                one["KeyId"] = version.key
            shown.append(one)
        return {"Parameters": shown, **more}

    def describe_parameters(self, value, caller):
        if value.get("Filters") or value.get("ParameterFilters"):
            raise invalid("The fake knows no filters.")
        names, more = self._page(sorted(self.parameters), value, value.get("MaxResults", 50))
        shown = []
        for name in names:
            kept = self.parameters[name]
            shown.append({"Name": name, "Type": kept.kind, "Version": kept.last().number, "Tier": kept.tier,
                          "LastModifiedDate": kept.last().modified, "LastModifiedUser": kept.last().user,
                          "DataType": "text", "Policies": []})
        return {"Parameters": shown, **more}
