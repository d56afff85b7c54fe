"""What Parameter Store refuses although the model allows it: names, sizes, tiers, labels."""
import re

from .errors import Refusal

LEVELS = 15
NAME_BYTES = 1011
SIZES = {"Standard": 4096, "Advanced": 8192}
VERSIONS = 100
LABELS_PER_VERSION = 10
TOMBSTONE = 30


def invalid(words):
    return Refusal("ValidationException", words)


def check_name(name):
    bare = name.lstrip("/").lower()
    if bare.startswith(("aws", "ssm")):
        raise invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).')
    if not re.fullmatch(r"[A-Za-z0-9_.\-/]+", name):
        raise invalid("Parameter name must only contain letters, numbers and the following symbols: .-_/")
    if "/" in name and not name.startswith("/"):
        raise invalid("Parameter name must be a fully qualified name.")
    if name.endswith("/") or "//" in name:
        raise invalid("Parameter name must not have empty levels.")
    if name.count("/") > LEVELS:
        raise Refusal("HierarchyLevelLimitExceededException",
                      f"A hierarchy can have a maximum of {LEVELS} levels.")
    if len(name.encode()) > NAME_BYTES:
        raise invalid(f"Parameter name must not be longer than {NAME_BYTES} characters.")


def check_value(value, tier, pattern=None):
    if not value:
        raise invalid("1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must "
                      "have length greater than or equal to 1")
    if "{{" in value:
        raise invalid("Parameter value can't nest another parameter. Do not use \"{{}}\" in the value.")
    if len(value.encode()) > SIZES[tier]:
        more = (" To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier."
                if tier == "Standard" else "")
        raise invalid(f"{tier} tier parameters support a maximum parameter value of {SIZES[tier]} characters.{more}")
    if pattern and not re.search(pattern, value):
        raise Refusal("ParameterPatternMismatchException",
                      f"Parameter value, cannot be validated against allowedPattern: {pattern}")


def choose_tier(asked, before, value):
    """The tier of a new version; a parameter never goes back to Standard."""
    if before == "Advanced":
        if asked == "Standard":
            raise invalid("This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the "
                          "advanced-parameter tier to the standard-parameter tier.")
        return "Advanced"
    if asked == "Intelligent-Tiering":
        return "Advanced" if len(value.encode()) > SIZES["Standard"] else "Standard"
    return asked or "Standard"


def label_fits(label):
    if not re.fullmatch(r"[A-Za-z0-9_.\-]{1,100}", label):
        return False
    return not re.match(r"(?i)\d|aws|ssm", label)


def split_selector(name):
    """("/a/b", "7" or "label" or None); an ARN is taken for its name."""
    if name.startswith("arn:"):
        _, _, name = name.partition(":parameter")
    base, _, selector = name.partition(":")
    return base, selector or None
