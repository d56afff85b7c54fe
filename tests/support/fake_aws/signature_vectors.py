"""The published signing vectors, read in place when they are there; a runner of them for our own check."""
import calendar
import hashlib
import json
import os
import re
import time

from .signature import Request, canonical_request, format_date, sign, string_to_sign

HERE = os.path.dirname(os.path.abspath(__file__))
BESIDE = os.path.join(HERE, "..", "..", "..", "..", "shared", "vectors", "aws", "sigv4")


def folder():
    found = os.environ.get("SY_AWS_SIGV4", BESIDE)
    return os.path.abspath(found) if os.path.isdir(found) else None


def parse(text):
    """A Request of a vector: obsolete line folding, raw UTF-8 and spaces in paths included."""
    head, _, body = text.partition(b"\n\n")
    lines = head.decode().split("\n")
    method, _, rest = lines[0].partition(" ")
    headers = []
    for line in lines[1:]:
        if line[:1] in (" ", "\t"):
            headers[-1] = (headers[-1][0], headers[-1][1] + " " + line.strip())
        elif line:
            name, _, value = line.partition(":")
            headers.append((name, value))
    return Request(method, rest.rpartition(" HTTP/")[0], headers, body)


def prepare(request, context):
    """Adds what a signer adds; gives the date, the scope and the hash of the body."""
    stamp = calendar.timegm(time.strptime(context["timestamp"], "%Y-%m-%dT%H:%M:%SZ"))
    date = format_date(stamp)
    payload = hashlib.sha256(request.body).hexdigest()
    kept = [pair for pair in request.headers if pair[0].lower() != "x-amz-date"]
    request.headers = kept + [("X-Amz-Date", date)]
    if context.get("sign_body"):
        request.headers.append(("x-amz-content-sha256", payload))
    token = context["credentials"].get("token")
    if token and not context.get("omit_session_token"):
        request.headers.append(("X-Amz-Security-Token", token))
    return date, f"{date[:8]}/{context['region']}/{context['service']}/aws4_request", payload


def read(case, name):
    path = os.path.join(case, name)
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        return file.read()


def passes_unsigned(case):
    """A vector that says no secret: only what would be signed is compared."""
    request = parse(read(case, "request.txt"))
    wanted = read(case, "header-canonical-request.txt").decode()
    date = re.search(r"^x-amz-date:(\S+)$", wanted, re.M).group(1)
    request.headers = [pair for pair in request.headers if pair[0].lower() != "x-amz-date"] + [("x-amz-date", date)]
    signed = sorted({name.lower() for name, _ in request.headers})
    canonical = canonical_request(request, signed, hashlib.sha256(request.body).hexdigest())
    text = read(case, "header-string-to-sign.txt")
    if text is None:
        return canonical == wanted
    lines = text.decode().rstrip("\n")
    return canonical == wanted and string_to_sign(date, lines.split("\n")[2], canonical) == lines


def passes(case):
    request = parse(read(case, "request.txt"))
    context = json.loads(read(case, "context.json"))
    date, scope, payload = prepare(request, context)
    signed = sorted({name.lower() for name, _ in request.headers})
    canonical = canonical_request(request, signed, payload, context.get("normalize", True))
    text = string_to_sign(date, scope, canonical)
    signature = sign(context["credentials"]["secret_access_key"], scope, text)
    wanted = {"header-canonical-request.txt": canonical, "header-string-to-sign.txt": text,
              "header-signature.txt": signature}
    return all(read(case, name) in (None, computed.encode()) for name, computed in wanted.items())


def run():
    """(names that pass, names that fail); both empty without the folder."""
    good, bad = [], []
    root = folder()
    for name in sorted(os.listdir(root)) if root else ():
        case = os.path.join(root, name)
        if os.path.isdir(case):
            check = passes if os.path.exists(os.path.join(case, "context.json")) else passes_unsigned
            (good if check(case) else bad).append(name)
    return good, bad
