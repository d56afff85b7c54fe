"""Every rule a model states, checked: types, required and unknown members, enums, lengths, ranges, patterns.

Botocore's own validator lets enums, longest lengths and patterns pass, and takes a bool for a number."""
import functools
import re

NUMBERS = ("integer", "long", "float", "double", "timestamp")
CLASSES = {"L": "a-zA-Z\u00aa-\uffff", "Z": r"\s", "N": "0-9\u00b2-\u0669"}


@functools.lru_cache(maxsize=None)
def compiled(pattern):
    """A Java pattern as Python has it; None when it cannot be had."""
    def in_class(match):
        return CLASSES.get(match.group(1)[0], "")
    text = re.sub(r"\[(?:[^\]\\]|\\.)*\]", lambda whole: re.sub(r"\\p\{(\w+)\}", in_class, whole.group(0)), pattern)
    text = re.sub(r"\\p\{(\w+)\}", lambda match: "[" + in_class(match) + "]", text)
    try:
        return re.compile(text)
    except re.error:
        return None


class Broken(Exception):
    """`kind`: type | missing | unknown | enum | short (too few) | length | range | pattern."""

    def __init__(self, kind, path, words):
        super().__init__(words)
        self.kind = kind
        self.path = path
        self.words = words


def check(shape, value, path=""):
    """[Broken] of one value against its shape; `None` members count as absent."""
    found = []
    _check(shape, value, path, found)
    return found


def _check(shape, value, path, found):
    checker = CHECKERS.get(shape.type_name)
    if checker is None:
        found.append(Broken("type", path, f"{path}: shapes of type {shape.type_name} are not known here"))
        return
    checker(shape, value, path, found)


def _wrong(found, path, wanted, value):
    found.append(Broken("type", path, f"{path or 'input'}: expected {wanted}, got {type(value).__name__}"))


def _structure(shape, value, path, found):
    if not isinstance(value, dict):
        return _wrong(found, path, "an object", value)
    prefix = path + "." if path else ""
    for name in shape.required_members:
        if value.get(name) is None:
            found.append(Broken("missing", prefix + name, f"{prefix}{name}: required and absent"))
    for name, member in value.items():
        if name not in shape.members:
            found.append(Broken("unknown", prefix + name, f"{prefix}{name}: not a member of {shape.name}"))
        elif member is not None:
            _check(shape.members[name], member, prefix + name, found)


def _list(shape, value, path, found):
    if not isinstance(value, list):
        return _wrong(found, path, "a list", value)
    _bounds(shape, len(value), path, found, "length")
    for place, member in enumerate(value):
        _check(shape.member, member, f"{path}[{place}]", found)


def _map(shape, value, path, found):
    if not isinstance(value, dict):
        return _wrong(found, path, "a map", value)
    _bounds(shape, len(value), path, found, "length")
    for key, member in value.items():
        _check(shape.key, key, f"{path}.(key)", found)
        _check(shape.value, member, f"{path}[{key}]", found)


def _string(shape, value, path, found):
    if not isinstance(value, str):
        return _wrong(found, path, "a string", value)
    choices = shape.metadata.get("enum")
    if choices and value not in choices:
        found.append(Broken("enum", path, f"{path}: {value!r} is not one of {', '.join(choices)}"))
    _bounds(shape, len(value), path, found, "length")
    pattern = shape.metadata.get("pattern")
    if pattern:
        rule = compiled(pattern)
        if rule is None:
            found.append(Broken("pattern", path, f"{path}: this pattern cannot be checked: {pattern}"))
        elif not rule.fullmatch(value) and not (pattern.startswith("^") and rule.search(value)):
            found.append(Broken("pattern", path, f"{path}: {value[:80]!r} does not match {pattern}"))


def _number(shape, value, path, found):
    whole = shape.type_name in ("integer", "long")
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        return _wrong(found, path, "a whole number" if whole else "a number", value)
    if shape.type_name != "timestamp":
        _bounds(shape, value, path, found, "range")


def _boolean(shape, value, path, found):
    if not isinstance(value, bool):
        _wrong(found, path, "a boolean", value)


def _blob(shape, value, path, found):
    if not isinstance(value, str):
        _wrong(found, path, "base64", value)


def _bounds(shape, size, path, found, kind):
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        found.append(Broken("short" if kind == "length" else kind, path, f"{path}: {kind} {size} is less than {least}"))
    if most is not None and size > most:
        found.append(Broken(kind, path, f"{path}: {kind} {size} is more than {most}"))


CHECKERS = {"structure": _structure, "list": _list, "map": _map, "string": _string, "boolean": _boolean,
            "blob": _blob, **{name: _number for name in NUMBERS}}


def without_nulls(value):
    """JSON null means absent, at every level."""
    if isinstance(value, dict):
        return {key: without_nulls(member) for key, member in value.items() if member is not None}
    if isinstance(value, list):
        return [without_nulls(member) for member in value if member is not None]
    return value
