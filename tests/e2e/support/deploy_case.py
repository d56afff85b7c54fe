"""The common shape of tests of deploys: a world for each test, and what holds at the end of every one."""
import unittest

from .deploy_world import NEW, OLD, DeployWorld

DONE, FAILED, USAGE, ROLLED_BACK, REFUSED, LOCKED, FORBIDDEN, TIMED_OUT = range(8)
INTERRUPTED = 130


class DeployCase(unittest.TestCase):
    """`options` are those of the world. At the end the fake has nothing to complain about, and no client that asked
    for something with GET has seen an error."""

    options = {}

    def setUp(self):
        self.world = DeployWorld(**self.options).open()
        self.addCleanup(self.world.close)
        self.loads = []
        self.addCleanup(self.stop_loads)
        self.fake, self.ctl = self.world.fake, self.world.ctl
        self.env = self.world.environment

    def tearDown(self):
        self.stop_loads()
        for load in self.loads:
            self.assertEqual(load.failures, [], load.words())
        self.assertEqual(self.fake.verdict(), {"problems": [], "faults": [], "waiting": [], "ok": True})

    def stop_loads(self):
        for load in self.loads:
            load.stop()

    def load(self, proxy=None, **more):
        """Clients until the end of the test."""
        load = self.world.load(proxy, **more).start()
        self.loads.append(load)
        load.wait_more(5)
        return load

    # Doing.

    def deploy(self, version=NEW, *words, **more):
        return self.ctl.run("deploy", self.env, version, "--yes", *words, **more)

    def start_deploy(self, version=NEW, *words, **more):
        return self.ctl.start("deploy", self.env, version, "--yes", *words, **more)

    def deployed(self, version=NEW, *words, **more):
        """One that went well."""
        done = self.deploy(version, *words, **more)
        self.assert_exit(done, DONE)
        return done

    # Saying.

    def assert_exit(self, done, code, *words):
        """Its exit code, in words and in the result of --json, and what it must say."""
        self.assertEqual(done.code, code, done)
        if done.result:
            self.assertEqual(done.result.get("exit"), code, done)
        for each in words:
            self.assertIn(each, done.text, done)

    def assert_live(self, color, version, **more):
        """All traffic is there, of every proxy, and this is what it reports."""
        other = {"blue": "green", "green": "blue"}[color]
        for proxy in self.world.proxies:
            self.assertEqual(self.world.live(proxy), (color, version, {color: 100, other: 0}), more)

    def assert_record(self, result, current, previous=None, op="deploy"):
        """The record as awscli reads it back."""
        record = self.world.record()
        self.assertIsNotNone(record, "no record")
        found = {name: (record.get(name) or {}).get("version") for name in ("current", "previous")}
        self.assertEqual((record["op"], record["result"], found),
                         (op, result, {"current": current, "previous": previous}), record)
        return record

    def assert_nothing_changed(self, record=None):
        """No change was asked of ECS, traffic is where it was, and the record is as before."""
        self.assertEqual(self.world.updates(), [])
        self.assert_live("blue", OLD)
        self.assertEqual(self.world.record(), record)
