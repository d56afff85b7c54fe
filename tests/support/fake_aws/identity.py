"""Where credentials come from without AWS's API: IMDSv2, the container endpoint, GitHub's OIDC endpoint."""
import base64
import json
import secrets
import urllib.parse

from .query import iso

ROLE = "pms-instance"
TOKEN_TTL = "x-aws-ec2-metadata-token-ttl-seconds"
AUDIENCE = "sts.amazonaws.com"


class Answer:
    def __init__(self, status, body=b"", kind="text/plain"):
        self.status = status
        self.body = body if isinstance(body, bytes) else body.encode()
        self.kind = kind


def json_answer(value, status=200):
    return Answer(status, json.dumps(value), "application/json")


class Identity:
    """`seconds`: how long credentials from here last."""

    def __init__(self, book, clock):
        self.book = book
        self.clock = clock
        self.seconds = 21600
        self.container_token = "Basic " + secrets.token_urlsafe(18)
        self.github_request = secrets.token_urlsafe(24)
        self.subject = "repo:example/pms:environment:production"
        self.identities = {}  # token: (subject, expires)
        self.sessions = {}  # IMDS token: expires
        self.off = set()  # "imds" | "container" | "github"
        book.extra_secrets["container authorization"] = self.container_token
        book.extra_secrets["GitHub request token"] = self.github_request

    def subject_of(self, token):
        """For STS; expired ones are not known any more."""
        subject, expires = self.identities.get(token, (None, 0))
        return subject if self.clock.now() < expires else None

    def new_identity(self, seconds=300):
        """A token of the right shape; who made it is known from the table, not from a signature."""
        def part(value):
            return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
        now = int(self.clock.now())
        claims = {"sub": self.subject, "aud": AUDIENCE, "iat": now, "exp": now + seconds, "jti": secrets.token_hex(8)}
        token = f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part(claims)}.{secrets.token_urlsafe(32)}"
        self.identities[token] = (self.subject, now + seconds)
        self.book.extra_secrets[f"identity token {len(self.identities)}"] = token
        return token

    def handle(self, request):
        """An Answer, or None when the path is none of ours."""
        path, _, query = request.target.partition("?")
        if path.startswith("/latest/"):
            return self._imds(request, path)
        if path == "/container/credentials":
            return self._container(request)
        if path == "/github/token":
            return self._github(request, urllib.parse.parse_qs(query))
        return None

    def _credentials(self, name, session):
        issued = self.book.issue(f"arn:aws:sts::111122223333:assumed-role/{name}/{session}", self.seconds)
        return {"AccessKeyId": issued.access_key, "SecretAccessKey": issued.secret, "Token": issued.token,
                "Expiration": iso(issued.expires)}

    def _imds(self, request, path):
        if "imds" in self.off:
            return Answer(404)
        if path == "/latest/api/token":
            ttl = request.header(TOKEN_TTL) or ""
            if request.method != "PUT":
                return Answer(405)
            if not ttl.isdigit() or not 1 <= int(ttl) <= 21600 or request.header("x-forwarded-for"):
                return Answer(400)
            token = secrets.token_urlsafe(40)
            self.sessions[token] = self.clock.now() + int(ttl)
            return Answer(200, token)
        if request.method != "GET":
            return Answer(405)
        if self.sessions.get(request.header("x-aws-ec2-metadata-token"), 0) <= self.clock.now():
            return Answer(401)
        base = "/latest/meta-data/iam/security-credentials/"
        if path in (base, base[:-1]):
            return Answer(200, ROLE)
        if path == base + ROLE:
            return json_answer({"Code": "Success", "Type": "AWS-HMAC", "LastUpdated": iso(self.clock.now()),
                                **self._credentials(ROLE, "i-0123456789abcdef0")})
        if path == "/latest/meta-data/placement/region":
            return Answer(200, "us-east-1")
        return Answer(404)

    def _container(self, request):
        if "container" in self.off:
            return Answer(404)
        if request.header("authorization") != self.container_token:
            return json_answer({"code": "AccessDenied", "message": "bad authorization"}, 403)
        return json_answer(self._credentials("pms-task", "task"))

    def _github(self, request, query):
        if "github" in self.off:
            return Answer(503)
        kind, _, token = (request.header("authorization") or "").partition(" ")
        if kind.lower() != "bearer" or token != self.github_request:
            return json_answer({"message": "Bad credentials"}, 401)
        if query.get("audience") != [AUDIENCE]:
            return json_answer({"message": "audience missing or wrong"}, 400)
        return json_answer({"count": 1, "value": self.new_identity()})
