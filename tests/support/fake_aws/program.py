"""The fake as a process of its own, for tests that drive programs. Needs no botocore in the test's Python."""
import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/usr/bin/python3"


class Refused(Exception):
    """The control API says that the test is wrong."""


class Program:
    """Ends with the test: by `stop`, or because its standard input does."""

    def __init__(self, *words):
        self.child = subprocess.Popen([PYTHON, "-B", HERE, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = self.child.stdout.readline()
        if not line:
            raise Refused(f"the fake ended with {self.child.wait()}")
        self.said = json.loads(line)
        self.url = self.said["url"]

    def environment(self, credentials="static", **more):
        """What a program needs to find it. `credentials`: static | temporary | container | imds | none."""
        found = {"AWS_ENDPOINT_URL": self.url, "AWS_REGION": self.said["region"], "AWS_PAGER": "",
                 "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent", "PATH": os.environ.get("PATH", "")}
        if credentials == "static":
            found.update(AWS_ACCESS_KEY_ID=self.said["access_key_id"],
                         AWS_SECRET_ACCESS_KEY=self.said["secret_access_key"])
        elif credentials == "temporary":
            issued = self.post("credentials", seconds=more.pop("seconds", 3600))
            found.update(AWS_ACCESS_KEY_ID=issued["access_key_id"], AWS_SECRET_ACCESS_KEY=issued["secret_access_key"],
                         AWS_SESSION_TOKEN=issued["session_token"])
        elif credentials == "container":
            found.update(AWS_CONTAINER_CREDENTIALS_FULL_URI=self.said["container"],
                         AWS_CONTAINER_AUTHORIZATION_TOKEN=self.said["container_token"])
        elif credentials == "imds":
            found.update(AWS_EC2_METADATA_DISABLED="false", AWS_EC2_METADATA_SERVICE_ENDPOINT=self.said["imds"])
        return {**found, **more}

    def github(self):
        """What a workflow finds in its environment."""
        return {"GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_URL": self.said["github"],
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN": self.said["github_token"]}

    def call(self, method, path, value=None):
        body = None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(f"{self.url}/_fake/{path}", body, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(json.load(error)["error"]) from None

    def get(self, path, **asked):
        return self.call("GET", f"{path}?{urllib.parse.urlencode(asked)}")

    def post(self, path, **value):
        return self.call("POST", path, value)

    def put(self, path, **value):
        return self.call("PUT", path, value)

    def sow(self, kind, operation=None, **more):
        described = {"kind": kind, **more}
        if operation:
            described["operation"] = operation
        return self.call("POST", "faults", described)

    def requests(self, **asked):
        return self.get("requests", **asked)["requests"]

    def leaks(self, text, values=True):
        return self.post("secrets", text=text, values=values)["leaks"]

    def verdict(self):
        return self.call("GET", "verdict")

    def stop(self):
        """Its exit code."""
        self.child.stdin.close()
        if self.child.poll() is None:
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        self.child.stdout.close()
        return self.child.returncode
