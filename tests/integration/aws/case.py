"""The common shape of a test of the client: a fake AWS as a process, and aws_probe that asks it."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))
from fake_aws import control  # noqa: E402
from fake_aws.program import Program  # noqa: E402
from fake_aws.server import Server  # noqa: E402
from fake_aws.world import World  # noqa: E402

PROBE = os.path.join(os.environ.get("SY_TEST_DIR", "build/release/tests"), "aws_probe")
REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com"


class Probe:
    """A client in a process of its own. `opened` is what its first line said."""

    def __init__(self, environment, **options):
        self.child = subprocess.Popen([PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      env=environment, text=True)
        self.said = []
        self.opened = self._ask(options)

    def _ask(self, line):
        self.child.stdin.write(json.dumps(line) + "\n")
        self.child.stdin.flush()
        answer = self.child.stdout.readline()
        self.said.append(answer)
        if not answer:
            raise AssertionError(f"the probe died: {self.child.stderr.read()}")
        return json.loads(answer)

    def call(self, name, /, **value):
        """The whole line: value or error, waits, notices."""
        return self._ask({"call": name, **value})

    def value(self, name, /, **value):
        answer = self.call(name, **value)
        if "error" in answer:
            raise AssertionError(f"{name}: {answer['error']}")
        return answer["value"]

    def error(self, name, /, **value):
        answer = self.call(name, **value)
        if "error" not in answer:
            raise AssertionError(f"{name}: no error but {answer['value']}")
        return answer["error"]

    def close(self):
        """Everything it ever said."""
        self.child.stdin.close()
        text = "".join(self.said) + self.child.stdout.read() + self.child.stderr.read()
        self.child.wait(20)
        self.child.stdout.close()
        self.child.stderr.close()
        return text


class Account(Program):
    """The fake as `Program` is, but in this process: a new account costs nothing."""

    def __init__(self):
        world = World()
        self.server = Server(world).start()
        self.url = self.server.url
        self.said = {"url": self.url, "imds": self.url + "/", "container": self.url + "/container/credentials",
                     "github": self.url + "/github/token?api-version=1", **control.about(world, None)}

    def stop(self):
        self.server.stop()


class Case(unittest.TestCase):
    """A new account for each test; at its end the fake has no problems and no secret was said."""

    shows_values = True  # the probe prints parameters that it was asked for

    def setUp(self):
        self.fake = Account()
        self.addCleanup(self.fake.stop)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.probes = []

    def tearDown(self):
        text = "".join(probe.close() for probe in self.probes)
        self.assertEqual(self.fake.leaks(text, values=not self.shows_values), [])
        self.assertEqual(self.fake.verdict(), {"ok": True, "problems": [], "faults": [], "waiting": []})

    def probe(self, environment=None, **options):
        probe = Probe(environment or self.fake.environment(), **options)
        self.probes.append(probe)
        return probe

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def need_new_models(self):
        """Debian's models are of before service deployments."""
        if not self.fake.said["models"]:
            self.skipTest("the newer models of ECS are not here (SY_AWS_MODELS)")

    def attempts(self, operation):
        """What the fake saw of an operation: the codes of its answers."""
        return [one["code"] for one in self.fake.requests(operation=operation)]
