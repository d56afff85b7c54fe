"""Ways to write the same answer that a client must understand all the same."""
import json
import re

FUTURE = "futureMember"


def with_future(shape, value):
    """Every structure with a member that no model knows and one that is null."""
    if shape.type_name == "list":
        return [with_future(shape.member, member) for member in value]
    if shape.type_name == "map":
        return {key: with_future(shape.value, member) for key, member in value.items()}
    if shape.type_name != "structure":
        return value
    known = {key: with_future(shape.members[key], member) for key, member in value.items() if key in shape.members}
    return {"nullMember": None, **value, **known, FUTURE: {"some": [1, "two", None]}}


def dump(value, exponents):
    """JSON; `exponents`: times as 1.795418566123E9."""
    if not exponents:
        return json.dumps(value).encode()
    text = json.dumps(_marked(value))
    return re.sub(r'"\\u0000([^"]+)"', r"\1", text).encode()


def _marked(value):
    if isinstance(value, dict):
        return {key: _marked(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_marked(member) for member in value]
    if isinstance(value, float) and value > 1e9:
        return "\0" + f"{value:.12E}".replace("E+0", "E")
    return value
