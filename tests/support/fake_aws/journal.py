"""Every request with its decoded input, every breach of the rules, and the search for secrets in texts."""
import re
import threading

HIDDEN = ("authorization", "x-amz-security-token", "x-aws-ec2-metadata-token")


class Journal:
    def __init__(self, clock, lock):
        self.clock = clock
        self.changed = threading.Condition(lock)
        self.entries = []
        self.problems = []
        self.signatures = {}  # signature: when it came first

    def begin(self, request, connection):
        entry = {"number": len(self.entries) + 1, "at": self.clock.stamp(), "elapsed": self.clock.elapsed,
                 "connection": connection, "method": request.method, "target": request.target.partition("?")[0],
                 "service": None, "operation": None, "caller": None, "access_key": None, "input": None,
                 "status": None, "code": None, "message": None, "fault": None,
                 "headers": {key.lower(): value for key, value in request.headers if key.lower() not in HIDDEN}}
        entry["attempt"] = entry["headers"].get("amz-sdk-request")
        entry["invocation"] = entry["headers"].get("amz-sdk-invocation-id")
        self.entries.append(entry)
        return entry

    def recognised(self, entry, service, operation):
        entry.update(service=service, operation=operation)
        self.changed.notify_all()

    def problem(self, words):
        self.problems.append(words)

    def select(self, service=None, operation=None, since=0, code=None):
        return [entry for entry in self.entries if entry["number"] > since
                and service in (None, entry["service"]) and operation in (None, entry["operation"])
                and code in (None, entry["code"])]

    def counts(self):
        found = {}
        for entry in self.entries:
            if entry["operation"]:
                name = f"{entry['service']}.{entry['operation']}"
                found[name] = found.get(name, 0) + 1
        return found


def leaks(text, secrets):
    """Names of the secrets that a text shows, and of things that look like one."""
    found = [name for name, secret in secrets.items() if len(secret) >= 6 and secret in text]
    if re.search(r"Signature=[0-9a-f]{64}", text):
        found.append("a signature")
    if re.search(r"(?i)x-amz-security-token:\s*\S{20}", text):
        found.append("a session token header")
    return found
