"""The query protocol of STS: forms in, XML out."""
import datetime
import urllib.parse
from xml.sax.saxutils import escape

from .errors import Refusal


def parse(body, shape):
    """(input as JSON would have it, names that no member has)."""
    try:
        pairs = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
    except ValueError:
        raise Refusal("MalformedQueryString", "The query string is malformed.") from None
    pairs.pop("Action", None)
    pairs.pop("Version", None)
    used = set()
    value = _structure(pairs, shape, "", used)
    return value, sorted(set(pairs) - used)


def _structure(pairs, shape, prefix, used):
    value = {}
    for name, member in shape.members.items() if shape else ():
        key = prefix + name
        if any(pair == key or pair.startswith(key + ".") for pair in pairs):
            value[name] = _value(pairs, member, key, used)
    return value


def _value(pairs, shape, key, used):
    if shape.type_name == "structure":
        return _structure(pairs, shape, key + ".", used)
    if shape.type_name == "list":
        found, place = [], 1
        while any(pair == f"{key}.member.{place}" or pair.startswith(f"{key}.member.{place}.") for pair in pairs):
            found.append(_value(pairs, shape.member, f"{key}.member.{place}", used))
            place += 1
        return found
    used.add(key)
    text = pairs.get(key, "")
    if shape.type_name in ("integer", "long"):
        try:
            return int(text)
        except ValueError:
            raise Refusal("MalformedInput", f"{key}: not a number") from None
    if shape.type_name == "boolean":
        return text == "true"
    return text


def iso(seconds):
    return datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def render(operation, shape, value, namespace, request_id):
    inside = "".join(_element(name, value[name], member) for name, member in shape.members.items() if name in value)
    return (f'<{operation}Response xmlns="{namespace}"><{operation}Result>{inside}</{operation}Result>'
            f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>").encode()


def _element(name, value, shape):
    if shape.type_name == "structure":
        inside = "".join(_element(key, value[key], member) for key, member in shape.members.items() if key in value)
    elif shape.type_name == "list":
        inside = "".join(_element("member", member, shape.member) for member in value)
    elif shape.type_name == "timestamp":
        inside = iso(value)
    else:
        inside = escape(str(value))
    return f"<{name}>{inside}</{name}>"


def render_error(code, message, status, namespace, request_id):
    kind = "Sender" if status < 500 else "Receiver"
    return (f'<ErrorResponse xmlns="{namespace}"><Error><Type>{kind}</Type><Code>{escape(code)}</Code>'
            f"<Message>{escape(message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>").encode()
