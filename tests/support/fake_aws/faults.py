"""Faults sown by a test, each for an operation and a number of times. One that never struck is an error at the end."""
from .errors import Refusal

KINDS = {
    "throttle": "ThrottlingException, with x-amz-retry-after when `retry_after_ms` is given",
    "error": "the error `code` and `message` with `status`; `form`: plain | namespace | uri | header",
    "html": "an HTML page with `status` 500 or 503, as a load balancer would",
    "reset_before": "the connection is reset and nothing was applied",
    "reset_after": "applied, then the connection is reset",
    "lost": "applied, then the connection is closed without an answer",
    "slow": "answered after `seconds`; the operation is under way meanwhile",
    "hang": "applied and not answered until the client goes away",
    "truncate": "applied; the connection ends after half of the body",
    "close": "applied and answered; then the connection is closed without having said so",
    "stall": "applied; half of the body, then nothing until the client goes away",
    "wrong_length": "applied; Content-Length is larger by `by` (or smaller when negative)",
    "expired": "ExpiredTokenException; `key`: also from now on for these credentials",
    "age": "applied; an Age header of `seconds` and a Date that is older by as much",
    "date": "applied; the Date header is off by `seconds`",
    "no_date": "applied; no Date header",
    "denied": "AccessDeniedException",
}
BEFORE = ("throttle", "error", "html", "reset_before", "expired", "denied")
FIELDS = {"service", "operation", "kind", "count", "skip", "where", "retry_after_ms", "code", "message", "status",
          "form", "seconds", "by", "key"}


class Fault:
    def __init__(self, described):
        if unknown := set(described) - FIELDS:
            raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
        if described.get("kind") not in KINDS:
            raise ValueError(f"a fault is one of {', '.join(KINDS)}")
        if described["kind"] == "error" and "code" not in described:
            raise ValueError("an error has a code")
        self.described = described
        self.kind = described["kind"]
        self.skip = described.get("skip", 0)
        self.left = described.get("count", 1)
        self.struck = 0

    def fits(self, service, operation, value):
        wanted = self.described
        if wanted.get("service", service) != service or wanted.get("operation", operation) != operation:
            return False
        return all(value.get(key) == member for key, member in wanted.get("where", {}).items())

    def get(self, name, otherwise=None):
        return self.described.get(name, otherwise)


class Faults:
    def __init__(self, known):
        """`known(service, operation)`: whether there is such an operation, so that no fault is sown in vain."""
        self.known = known
        self.sown = []

    def sow(self, described):
        fault = Fault(described)
        if "operation" in described and not self.known(described.get("service"), described["operation"]):
            raise ValueError(f"no such operation: {described['operation']}")
        self.sown.append(fault)

    def take(self, service, operation, value):
        """The first fault that strikes this call, or None."""
        for fault in self.sown:
            if fault.left and fault.fits(service, operation, value):
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.left -= 1
                fault.struck += 1
                return fault
        return None

    def unused(self):
        return [dict(fault.described, left=fault.left) for fault in self.sown if fault.left]

    def clear(self):
        self.sown.clear()


def refusal(fault):
    """The error answer of a fault that strikes before anything is applied."""
    if fault.kind == "throttle":
        return Refusal("ThrottlingException", fault.get("message", "Rate exceeded"), fault.get("status", 400))
    if fault.kind == "expired":
        return Refusal("ExpiredTokenException", "The security token included in the request is expired")
    if fault.kind == "denied":
        return Refusal("AccessDeniedException", fault.get("message", "not authorized"))
    return Refusal(fault.get("code"), fault.get("message", "sown by a test"), fault.get("status", 400))
