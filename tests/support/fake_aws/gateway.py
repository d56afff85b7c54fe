"""From a request to an answer: which service, whose signature, a valid input, a fault perhaps, a valid output."""
import json
import secrets

from . import faults, query, shapes, style
from .errors import Refusal

JSON = "application/x-amz-json-1.1"
FORM = "application/x-www-form-urlencoded"
REUSE_SECONDS = 2
HIDDEN = "(hidden)"
UNSIGNED = ("AssumeRoleWithWebIdentity",)
STS_CODES = {"InvalidSignatureException": ("SignatureDoesNotMatch", 403),
             "UnrecognizedClientException": ("InvalidClientTokenId", 403),
             "ExpiredTokenException": ("ExpiredToken", 403),
             "MissingAuthenticationTokenException": ("MissingAuthenticationToken", 403),
             "IncompleteSignatureException": ("IncompleteSignature", 400), "ThrottlingException": ("Throttling", 400),
             "AccessDeniedException": ("AccessDenied", 403), "UnknownOperationException": ("InvalidAction", 400)}
HTML = ("<html><head><title>{0} {1}</title></head><body><center><h1>{0} {1}</h1></center><hr></body></html>\r\n")
REASONS = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


class Reply:
    def __init__(self, status, body, kind, request_id):
        self.status = status
        self.body = body
        self.headers = [("x-amzn-RequestId", request_id), ("Content-Type", kind)]
        self.fault = None
        self.date = 0.0  # seconds added to the Date header; None: no such header

    def apply(self, fault):
        """What a fault does to an answer that is otherwise right; the server does the rest."""
        self.fault = fault
        if fault is None:
            return self
        seconds = fault.get("seconds", 0)
        if fault.get("retry_after_ms") is not None:
            self.headers.append(("x-amz-retry-after", str(fault.get("retry_after_ms"))))
        if fault.kind == "age":
            self.headers.append(("Age", str(int(seconds))))
            self.date = -seconds
        elif fault.kind == "date":
            self.date = seconds
        elif fault.kind == "no_date":
            self.date = None
        return self


class Call:
    """One request on its way."""

    def __init__(self, world, request, entry):
        self.world = world
        self.request = request
        self.entry = entry
        self.service = None
        self.operation = None
        self.version = None  # of the query protocol
        self.model = None
        self.request_id = secrets.token_hex(4) + "-" + secrets.token_hex(6)
        self.fault = None
        self.caller = None
        self.value = None
        self.release = None

    # Recognising

    def recognise(self):
        target = self.request.header("x-amz-target")
        kind = self.request.header("content-type") or ""
        if target is None and kind.partition(";")[0].strip() == FORM:
            self.service = "sts"
            form = dict(part.partition("=")[::2] for part in self.request.body.decode("latin-1").split("&"))
            self.operation, self.version = form.get("Action", ""), form.get("Version")
        elif target:
            prefix, _, self.operation = target.partition(".")
            self.service = self.world.models.targets.get(prefix)
        self.world.journal.recognised(self.entry, self.service, self.operation)
        if self.service is None:
            self._unknown(f"no service for {target or kind or 'a request without X-Amz-Target'}")
        self._check_frame(kind)
        self.model = self.world.models.operation(self.service, self.operation)
        if self.model is None or not self.world.knows(self.service, self.operation):
            self._unknown(f"{self.service}.{self.operation} is not played by the fake")

    def _unknown(self, words):
        self.world.journal.problem(f"request {self.entry['number']}: {words}")
        raise Refusal("UnknownOperationException", words)

    def _check_frame(self, kind):
        if self.request.method != "POST" or self.request.target != "/":
            self._unknown(f"{self.request.method} {self.request.target}: all services want POST /")
        if self.service != "sts" and kind != JSON:
            raise Refusal("SerializationException", f"Content-Type must be {JSON}")
        if self.service == "sts" and self.version != self.world.models.services["sts"].api_version:
            self._unknown(f"sts has no version {self.version}")
        host = (self.request.header("host") or "").lower().partition(":")[0]
        prefix, region = self.world.models.services[self.service].endpoint_prefix, self.world.region
        names = [prefix, f"{prefix}-fips", f"{self.service}-fips"]
        if host.endswith(".amazonaws.com") and host not in [f"{name}.{region}.amazonaws.com" for name in names]:
            self._unknown(f"{host} is not a host of {self.service} in {region}")

    # Admission

    def authenticate(self):
        if self.operation in UNSIGNED:
            if self.request.header("authorization"):
                self.world.journal.problem(f"request {self.entry['number']}: {self.operation} is sent unsigned")
            return
        self.caller = self.world.verifier.verify(self.request, self.world.models.signing_name(self.service))
        self.entry.update(caller=self.caller.arn, access_key=self.caller.access_key)
        self._check_fresh()

    def _check_fresh(self):
        """A signature is made for one attempt; one that comes again later was kept over a back-off."""
        signature = self.request.header("authorization").rpartition("=")[2]
        now = self.world.clock.steady()
        if now - self.world.journal.signatures.setdefault(signature, now) > REUSE_SECONDS:
            self.world.journal.problem(f"request {self.entry['number']}: the signature of an earlier attempt")

    def decode(self):
        if self.service == "sts":
            self.value, unknown = query.parse(self.request.body, self.model.input_shape)
            for name in unknown:
                self._strict("unknown", f"{name}: not a member of {self.operation}Request")
        else:
            try:
                self.value = shapes.without_nulls(json.loads(self.request.body))
            except (ValueError, UnicodeDecodeError):
                raise Refusal("SerializationException", "The body is not JSON.") from None
        self.entry["input"] = {key: HIDDEN if key == "WebIdentityToken" else member
                               for key, member in self.value.items()} if isinstance(self.value, dict) else self.value
        future = self.world.settings["http"]["future_members"]
        for broken in shapes.check(self.model.input_shape, self.value) if self.model.input_shape else ():
            if not (future and broken.path.endswith(style.FUTURE)):
                self._strict(broken.kind, broken.words)

    def _strict(self, kind, words):
        """AWS may let an unknown member pass; a test must not."""
        if kind == "unknown":
            self.world.journal.problem(f"request {self.entry['number']}: {self.service}.{self.operation}: {words}")
        code = {"ecs": "InvalidParameterException", "ecr": "InvalidParameterException",
                "logs": "InvalidParameterException", "sts": "ValidationError"}.get(self.service, "ValidationException")
        raise Refusal("SerializationException" if kind == "type" else code, words)

    def authorise(self):
        for action, resource in self._actions():
            if self.caller and self.world.book.denies(action):
                raise Refusal("AccessDeniedException", f"User: {self.caller.arn} is not authorized to perform: {action}"
                              f" on resource: {resource} because no identity-based policy allows the {action} action")

    def _actions(self):
        """(action, resource) of all that a policy must allow for this call."""
        if self.operation == "GetCallerIdentity":
            return
        yield f"{self.world.models.signing_name(self.service)}:{self.operation}", "*"
        if self.operation == "RegisterTaskDefinition":
            for member in ("taskRoleArn", "executionRoleArn"):
                if member in self.value:
                    yield "iam:PassRole", self.value[member]
        if self.service == "ecs" and self.value.get("tags") and self.operation != "TagResource":
            yield "ecs:TagResource", "*"
        if self.operation == "PutParameter" and self.value.get("Tags"):
            yield "ssm:AddTagsToResource", "*"

    # Doing

    def strike(self):
        """Takes the fault of this call; one that strikes before anything is applied ends it."""
        self.world.others.before(self.service, self.operation)
        self.fault = self.world.faults.take(self.service, self.operation, self.value)
        if self.fault is None:
            return
        self.entry["fault"] = self.fault.kind
        if self.fault.kind == "expired" and self.fault.get("key") and self.caller:
            self.world.book.expire(self.caller.access_key)
        if self.fault.kind in faults.BEFORE and self.fault.kind not in ("html", "reset_before"):
            raise faults.refusal(self.fault)

    def begin(self):
        self.release = self.world.services[self.service].begin(self.operation, self.value)

    def perform(self):
        answer = self.world.act(self.service, self.operation)(self.value, self.caller)
        shape = self.model.output_shape
        for broken in shapes.check(shape, answer) if shape else ():
            if broken.kind == "short" or broken.path.endswith(style.FUTURE):
                continue  # AWS too answers with empty lists where its models want one member.
            self.world.journal.problem(f"the fake's own answer to {self.service}.{self.operation}: {broken.words}")
        self.entry["status"] = 200
        if self.service == "sts":
            namespace = self.world.models.services["sts"].metadata["xmlNamespace"]
            body = query.render(self.operation, shape, answer, namespace, self.request_id)
            return Reply(200, body, "text/xml", self.request_id)
        return Reply(200, self._json(answer) if shape else b"", JSON, self.request_id)

    def _json(self, answer):
        """As AWS may write it: with members of the future and nulls, and times with an exponent."""
        moods = self.world.settings["http"]
        if moods["future_members"]:
            answer = style.with_future(self.model.output_shape, answer)
        return style.dump(answer, moods["exponents"])

    def html(self):
        status = self.fault.get("status", 503)
        self.entry.update(status=status, code="html")
        return Reply(status, HTML.format(status, REASONS.get(status, "Error")).encode(), "text/html", self.request_id)

    def refuse(self, refusal):
        code, status = refusal.code, refusal.status
        if self.service == "sts":
            code, status = STS_CODES.get(code, (code, status))
        self.entry.update(status=status, code=code, message=refusal.message[:200])
        if self.service == "sts":
            namespace = self.world.models.services["sts"].metadata["xmlNamespace"]
            body = query.render_error(code, refusal.message, status, namespace, self.request_id)
            return Reply(status, body, "text/xml", self.request_id)
        return self._json_error(code, status, refusal)

    def _json_error(self, code, status, refusal):
        form = self.fault.get("form", "plain") if self.fault else "plain"
        upper = self.service == "ssm" and code in ("InternalServerError", "TooManyUpdates")
        body = {"Message" if upper else "message": refusal.message, **refusal.members}
        if form == "namespace":
            body["__type"] = f"com.amazonaws.{self.service}#{code}"
        elif form == "uri":
            body["__type"] = f"aws.protocoltests#{code}:http://internal.amazon.com/coral/com.amazon.coral.validate/"
        elif form == "plain":
            body["__type"] = code
        reply = Reply(status, json.dumps(body).encode(), JSON, self.request_id)
        if form == "header":
            reply.headers.append(("X-Amzn-Errortype", f"{code}:http://internal.amazon.com/"))
        return reply


def admit(call):
    """Under the lock: a Reply when the call ends here, or None."""
    try:
        call.recognise()
        call.authenticate()
        call.decode()
        call.strike()
        call.authorise()
        if call.fault and call.fault.kind == "html":
            return call.html().apply(call.fault)
        if call.fault and call.fault.kind == "reset_before":
            call.entry["code"] = "reset"
            return Reply(0, b"", JSON, call.request_id).apply(call.fault)
        call.begin()
    except Refusal as refusal:
        return call.refuse(refusal).apply(call.fault)
    return None


def finish(call):
    """Under the lock: applies the call."""
    try:
        reply = call.perform()
    except Refusal as refusal:
        reply = call.refuse(refusal)
    finally:
        if call.release:
            call.release()
    return reply.apply(call.fault)
