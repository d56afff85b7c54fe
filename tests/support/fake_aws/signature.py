"""Signature Version 4, computed from the description and not with a signer of any SDK."""
import calendar
import hashlib
import hmac
import re
import time
import urllib.parse

from .errors import Refusal

ALGORITHM = "AWS4-HMAC-SHA256"
TOLERANCE = 300
SINGLE = ("host", "authorization", "content-type", "content-length")
MISMATCH = ("The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details.")


def canonical_path(path, normalize=True):
    if normalize:
        parts = []
        for part in path.split("/"):
            if part == "..":
                del parts[-1:]
            elif part not in ("", "."):
                parts.append(part)
        ends = path.endswith(("/", "/.", "/..")) and parts
        path = "/" + "/".join(parts) + ("/" if ends else "")
    return urllib.parse.quote(path or "/", safe="/-_.~")


def canonical_query(query):
    def again(text):
        return urllib.parse.quote(urllib.parse.unquote(text), safe="-_.~")
    pairs = [part.partition("=") for part in query.split("&") if part]
    return "&".join(f"{key}={value}" for key, value in sorted((again(key), again(value)) for key, _, value in pairs))


def canonical_headers(headers, signed):
    """`headers`: pairs as received; `signed`: lower-case names, sorted."""
    lines = []
    for name in signed:
        values = [re.sub(r"\s+", " ", value.strip()) for key, value in headers if key.lower() == name]
        lines.append(f"{name}:{','.join(values)}\n")
    return "".join(lines)


def canonical_request(request, signed, payload, normalize=True):
    path, _, query = request.target.partition("?")
    return "\n".join([request.method, canonical_path(path, normalize), canonical_query(query),
                      canonical_headers(request.headers, signed), ";".join(signed), payload])


def string_to_sign(date, scope, canonical):
    return "\n".join([ALGORITHM, date, scope, hashlib.sha256(canonical.encode()).hexdigest()])


def sign(secret, scope, text):
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


class Request:
    """What arrived: method, target as sent, header pairs in order, body."""

    def __init__(self, method, target, headers, body=b""):
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body

    def header(self, name):
        for key, value in self.headers:
            if key.lower() == name:
                return value
        return None


class Authorization:
    """The parts of an Authorization header."""

    def __init__(self, text):
        match = re.fullmatch(ALGORITHM + r" Credential=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})",
                             text)
        if not match:
            raise Refusal("IncompleteSignatureException", "Authorization header requires 'Credential', "
                          "'SignedHeaders' and 'Signature' parameters.")
        credential, signed, self.signature = match.groups()
        parts = credential.split("/")
        if len(parts) != 5 or parts[4] != "aws4_request":
            raise Refusal("IncompleteSignatureException", "Credential must have exactly 5 slash-delimited elements.")
        self.access_key, self.day, self.region, self.service = parts[:4]
        self.scope = "/".join(parts[1:])
        self.signed = signed.split(";")


def parse_date(text):
    try:
        return calendar.timegm(time.strptime(text or "", "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise Refusal("IncompleteSignatureException", "X-Amz-Date must be in ISO8601 basic format.") from None


def format_date(seconds):
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))


class Verifier:
    """Decides whose request this is, or refuses it."""

    def __init__(self, book, clock, region):
        self.book = book
        self.clock = clock
        self.region = region

    def verify(self, request, service):
        text = request.header("authorization")
        if text is None:
            raise Refusal("MissingAuthenticationTokenException", "Missing Authentication Token")
        said = Authorization(text)
        self._check_signed_names(request, said)
        self._check_scope(request, said, service)
        principal = self.book.find(said.access_key)
        if principal is None:
            raise Refusal("UnrecognizedClientException", "The security token included in the request is invalid.")
        self._check_token(request, principal)
        self._check_signature(request, said, principal)
        self._check_date(request)
        return principal

    def _check_signed_names(self, request, said):
        names = said.signed
        received = [key.lower() for key, _ in request.headers]
        single = [name for name in received if name.startswith("x-amz-") or name in SINGLE]
        if len(set(single)) != len(single):
            raise Refusal("IncompleteSignatureException", "A header that may come once came twice.")
        if names != sorted(set(names)) or any(name != name.lower() for name in names):
            raise Refusal("IncompleteSignatureException", "SignedHeaders must be lower-case, sorted and unique.")
        present = set(received)
        needed = {name for name in present if name.startswith("x-amz-") or name in ("host", "content-type")} | {"host"}
        if missing := sorted(needed - set(names)):
            raise Refusal("InvalidSignatureException", f"These headers must be signed: {', '.join(missing)}")
        if absent := sorted(set(names) - present):
            raise Refusal("InvalidSignatureException", f"These headers are signed but absent: {', '.join(absent)}")

    def _check_scope(self, request, said, service):
        date = request.header("x-amz-date")
        parse_date(date)
        if said.day != date[:8]:
            raise Refusal("InvalidSignatureException", "Date in Credential scope does not match YYYYMMDD from "
                          f"ISO-8601 version of date from HTTP: '{said.day}' != '{date[:8]}', from '{date}'.")
        if said.service != service:
            raise Refusal("InvalidSignatureException", f"Credential should be scoped to correct service: '{service}'.")
        if said.region != self.region:
            raise Refusal("InvalidSignatureException", "Credential should be scoped to a valid region.")

    def _check_token(self, request, principal):
        token = request.header("x-amz-security-token")
        if token != principal.token:
            raise Refusal("UnrecognizedClientException", "The security token included in the request is invalid.")
        if principal.expires is not None and self.clock.now() >= principal.expires:
            raise Refusal("ExpiredTokenException", "The security token included in the request is expired")

    def _check_signature(self, request, said, principal):
        payload = hashlib.sha256(request.body).hexdigest()
        claimed = request.header("x-amz-content-sha256")
        if claimed not in (None, payload):
            raise Refusal("InvalidSignatureException", "x-amz-content-sha256 does not match the body.")
        canonical = canonical_request(request, said.signed, payload)
        text = string_to_sign(request.header("x-amz-date"), said.scope, canonical)
        if not hmac.compare_digest(sign(principal.secret, said.scope, text), said.signature):
            raise Refusal("InvalidSignatureException", f"{MISMATCH}\n\nThe Canonical String for this request should "
                          f"have been\n'{canonical}'\n\nThe String-to-Sign should have been\n'{text}'\n")

    def _check_date(self, request):
        date = request.header("x-amz-date")
        sent, now = parse_date(date), self.clock.now()
        if sent < now - TOLERANCE:
            raise Refusal("InvalidSignatureException", f"Signature expired: {date} is now earlier than "
                          f"{format_date(now - TOLERANCE)} ({format_date(now)} - 5 min.)")
        if sent > now + TOLERANCE:
            raise Refusal("InvalidSignatureException", f"Signature not yet current: {date} is still later than "
                          f"{format_date(now + TOLERANCE)} ({format_date(now)} + 5 min.)")
