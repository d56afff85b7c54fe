"""The ledger in SSM against the fake AWS: what its weather does to a claim and to a record, and what Debian's awscli
reads of what was written."""
import json
import os
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "support"))
from fake_aws import control  # noqa: E402
from fake_aws.program import Program  # noqa: E402
from fake_aws.server import Server  # noqa: E402
from fake_aws.world import World  # noqa: E402

PROBE = os.path.join(os.environ.get("SY_TEST_DIR", "build/release/tests"), "ledger_probe")
PATH = "/pms/staging"
RECORD = PATH + "/deployment-metadata"
CLAIM = PATH + "/deploy-claims/"
VERSION = "v20261123-abc1234"


class Account(Program):
    """The fake as `Program` is, but in this process."""

    def __init__(self):
        world = World()
        self.server = Server(world).start()
        self.url = self.server.url
        self.said = {"url": self.url, **control.about(world, None)}

    def stop(self):
        self.server.stop()


class Probe:
    """A ledger in a process of its own."""

    def __init__(self, environment, key=""):
        self.child = subprocess.Popen([PROBE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
                                      text=True)
        self.said = ""
        self._ask({"path": PATH, "key": key})

    def _ask(self, line):
        self.child.stdin.write(json.dumps(line) + "\n")
        self.child.stdin.flush()
        answer = self.child.stdout.readline()
        if not answer:
            raise AssertionError(f"the probe ended with {self.child.wait()}")
        self.said += answer
        return json.loads(answer)

    def call(self, name, /, **more):
        answer = self._ask({"call": name, **more})
        if "error" in answer:
            raise AssertionError(f"{name}: {answer['error']}")
        return answer

    def error(self, name, /, **more):
        answer = self._ask({"call": name, **more})
        if "error" not in answer:
            raise AssertionError(f"{name}: no error but {answer}")
        return answer["error"]

    def close(self):
        self.child.stdin.close()
        self.child.wait(20)
        self.child.stdout.close()


class Ledger(unittest.TestCase):
    def setUp(self):
        self.fake = Account()
        self.addCleanup(self.fake.stop)
        self.probes = []
        self.one = self.probe()

    def tearDown(self):
        for probe in self.probes:
            probe.close()
        verdict = self.fake.verdict()
        self.assertTrue(verdict["ok"], verdict)

    def probe(self, **more):
        self.probes.append(Probe(self.fake.environment(), **more))
        return self.probes[-1]

    def deploy(self, probe=None, version=VERSION):
        probe = probe or self.one
        probe.call("read")
        claim = probe.call("acquire", owner="me", version=version)["claim"]
        probe.call("note", phase="rollout", journal='{"done":["start"]}')
        probe.call("commit", version=version)
        return claim

    def puts(self, name=None):
        found = [one["input"] for one in self.fake.requests(operation="PutParameter")]
        return [one for one in found if name in (None, one["Name"])]

    def aws(self, *words):
        done = subprocess.run(["/usr/bin/aws", "--endpoint-url", self.fake.url, "--output", "json", *words],
                              env=self.fake.environment(), capture_output=True,
                              text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    def test_is_read_back_by_awscli(self):
        self.deploy()
        claim = self.deploy(version="v20261124-abc1235")
        parameter = self.aws("ssm", "get-parameter", "--name", RECORD)["Parameter"]
        self.assertEqual((parameter["Version"], parameter["Type"]), (2, "String"))
        record = json.loads(parameter["Value"])
        self.assertEqual((record["schema"], record["epoch"], record["env"]), (1, 2, "staging"))
        self.assertEqual(record["current"]["version"], "v20261124-abc1235")
        self.assertEqual(record["current"]["services"]["backend"],
                         {"td": "pms-backend-staging:7", "digest": "sha256:00", "color": "blue", "count": 2})
        self.assertEqual(record["previous"]["version"], VERSION)
        self.assertEqual(record["nonce"], claim["nonce"])
        ended = json.loads(self.aws("ssm", "get-parameter", "--name", CLAIM + "2")["Parameter"]["Value"])
        self.assertEqual((ended["phase"], ended["epoch"], ended["owner"]), ("ended", 2, "me"))
        history = self.aws("ssm", "get-parameter-history", "--name", RECORD)["Parameters"]
        self.assertEqual(len(history), 2)

    def test_puts_are_few(self):
        self.deploy()
        self.assertEqual(len(self.puts()), 4)  # claim, note, record, the claim's end

    def test_second_of_two_is_told_who_was_faster(self):
        other = self.probe()
        self.one.call("read")
        other.call("read")
        self.one.call("acquire", owner="first", version=VERSION)
        error = other.error("acquire", owner="second", version=VERSION)
        self.assertEqual(error["exit"], 5)
        self.assertIn("staging is locked by first since ", error["what"])
        self.assertEqual(other.call("read")["claim"]["owner"], "first")

    def test_answer_lost_after_the_claim(self):
        self.one.call("read")
        self.fake.sow("lost", "PutParameter")
        claim = self.one.call("acquire", owner="me", version=VERSION)["claim"]
        self.assertEqual(claim["epoch"], 1)
        self.assertEqual({one["Value"] for one in self.puts(CLAIM + "1")}, {self.puts(CLAIM + "1")[0]["Value"]})
        self.one.call("commit", version=VERSION)

    def test_answer_lost_after_the_record(self):
        self.deploy()
        self.one.call("read")
        claim = self.one.call("acquire", owner="me", version=VERSION)["claim"]
        self.fake.sow("lost", "PutParameter", where={"Name": RECORD})
        self.one.call("commit", version=VERSION)
        self.assertEqual(self.one.call("read")["record"]["nonce"], claim["nonce"])
        epochs = [one["epoch"] for one in self.one.call("history")["records"]]
        self.assertEqual(epochs, [2, 1])

    def test_reset_before_the_record(self):
        self.one.call("read")
        self.one.call("acquire", owner="me", version=VERSION)
        self.fake.sow("reset_before", "PutParameter", where={"Name": RECORD}, count=2)
        self.one.call("commit", version=VERSION)
        self.assertEqual(self.one.call("read")["record"]["epoch"], 1)

    def test_throttled_for_long(self):
        self.one.call("read")
        self.fake.sow("throttle", "PutParameter", count=10)
        self.assertGreater(self.one.call("acquire", owner="me", version=VERSION)["waits"], 0)
        self.fake.sow("throttle", "PutParameter", count=10)
        self.one.call("commit", version=VERSION)
        self.assertEqual(self.one.call("read")["record"]["epoch"], 1)

    def test_a_deploy_needs_three_puts_and_can_spare_the_fourth(self):
        """A bucket of three: claim, note and record; the mark that the claim has ended is thrown away."""
        self.fake.put("settings", ssm={"put_tps": 3})
        for epoch in range(1, 4):
            self.deploy()
            self.assertEqual(self.one.call("read")["record"]["epoch"], epoch)
            self.fake.post("advance", seconds=1)

    def test_two_puts_at_once(self):
        self.one.call("read")
        self.fake.sow("error", "PutParameter", code="TooManyUpdates", count=2)
        self.one.call("acquire", owner="me", version=VERSION)
        self.fake.sow("error", "PutParameter", code="TooManyUpdates", count=2)
        self.one.call("commit", version=VERSION)

    def test_reads_that_see_the_past(self):
        self.fake.put("settings", ssm={"stale_reads": 3})
        for epoch in range(1, 6):
            probe = self.probe()
            seen = probe.call("read")
            self.assertEqual((seen["record"] or {"epoch": 0})["epoch"], epoch - 1)
            probe.call("acquire", owner="me", version=VERSION)
            probe.call("note", phase="rollout", journal="{}")
            probe.call("commit", version=VERSION)
        self.assertEqual(self.probe().call("read")["record"]["epoch"], 5)

    def test_pages_that_are_empty(self):
        self.fake.put("settings", ssm={"empty_pages": True})
        for _ in range(12):
            self.deploy()
        self.assertEqual(len(self.one.call("history")["records"]), 12)

    def test_key_that_may_not_be_used(self):
        sealed = self.probe(key="alias/pms")
        self.deploy(sealed)
        self.assertEqual({(one["Type"], one["KeyId"]) for one in self.puts()}, {("SecureString", "alias/pms")})
        self.fake.put("settings", ssm={"kms_denied": True})
        error = sealed.error("read")
        self.assertEqual(error["exit"], 6)
        self.assertRegex(error["what"], r"^cannot read SSM /pms/staging/deployment-metadata: The ciphertext refers to "
                                        r".*\(AccessDeniedException, request .*\)$")
        self.assertEqual(self.fake.leaks(sealed.said), [])

    def test_type_that_cannot_be_changed(self):
        self.deploy()
        sealed = self.probe(key="alias/pms")
        sealed.call("read")
        sealed.call("acquire", owner="me", version=VERSION)
        error = sealed.error("commit", version=VERSION)
        self.assertIn("HierarchyTypeMismatchException", error["what"])
        self.assertNotIn(VERSION, error["what"])

    def test_denied_action_is_named(self):
        self.one.call("read")
        self.fake.put("policy", deny=["ssm:PutParameter"], allow=None)
        error = self.one.error("acquire", owner="me", version=VERSION)
        self.assertEqual(error["exit"], 6)
        self.assertIn("is not authorized to perform: ssm:PutParameter on resource", error["what"])
        self.assertEqual(error["next"], "Allow ssm:PutParameter in a policy of this identity.")

    def test_needs_no_half_minute_after_a_failure(self):
        """A lock that is deleted could not be made again for 30 s; a claim's name is never used again."""
        for _ in range(3):
            self.deploy()
        names = {one["Name"] for one in self.puts()}
        self.assertTrue({CLAIM + "1", CLAIM + "2", CLAIM + "3"} <= names)
        self.assertEqual(self.fake.requests(operation="DeleteParameter"), [])

    def test_taken_over_owner_stops(self):
        self.one.call("read")
        self.one.call("acquire", owner="dead", version=VERSION)
        other = self.probe()
        other.call("read")
        taken = other.call("take_over", owner="next", version=VERSION)["claim"]
        self.assertEqual((taken["epoch"], taken["generation"]), (1, 2))
        for act in ("note", "commit"):
            error = self.one.error(act, version=VERSION, phase="x")
            self.assertEqual(error["exit"], 5)
            self.assertIn("locked by next", error["what"])
        self.assertEqual(self.puts(RECORD), [])
        other.call("commit", version=VERSION)
        names = self.aws("ssm", "get-parameters-by-path", "--path", PATH, "--recursive")["Parameters"]
        self.assertIn(CLAIM + "1.t2", [one["Name"] for one in names])

    def test_somebody_else_writes_the_record(self):
        self.deploy()
        self.one.call("read")
        self.one.call("acquire", owner="me", version=VERSION)
        self.fake.post("later", perform="ssm.PutParameter", at_call="ssm.PutParameter",
                       input={"Name": RECORD, "Value": "by hand", "Overwrite": True})
        error = self.one.error("commit", version=VERSION)
        self.assertEqual(error["exit"], 4)
        self.assertTrue(error["what"].startswith("CONFLICT: somebody else wrote version 2 of SSM " + RECORD), error)
        self.assertNotIn("by hand", error["what"])

    def test_foreign_text_is_imported_only_when_asked(self):
        self.fake.post("seed", parameters=[{"Name": RECORD, "Value": '{"version": "v20240101-abc1234"}',
                                            "Type": "String"}])
        error = self.one.error("read")
        self.assertEqual(error["exit"], 4)
        self.assertIn("switchctl versions staging --import", error["next"])
        self.assertEqual(self.puts(), [])
        record = self.one.call("import", owner="me", version=VERSION)["record"]
        self.assertEqual((record["epoch"], record["op"], record["version"]), (1, "import", VERSION))
        history = self.aws("ssm", "get-parameter-history", "--name", RECORD)["Parameters"]
        self.assertEqual(history[0]["Value"], '{"version": "v20240101-abc1234"}')
        self.deploy()

    def test_record_that_was_deleted(self):
        self.deploy()
        self.deploy()
        self.fake.post("later", perform="ssm.DeleteParameter", input={"Name": RECORD}, at_call="ssm.GetParameter")
        self.one.error("read")
        self.assertIn("older than the claims beside it, or missing", self.one.error("read")["what"])


if __name__ == "__main__":
    unittest.main()
