"""The common shape of tests of deploys: a world for each test, and what holds at the end of every one."""
import json
import unittest

from .deploy_world import NEW, DeployWorld

DONE, FAILED, USAGE, ROLLED_BACK, REFUSED, LOCKED, FORBIDDEN, TIMED_OUT = range(8)
INTERRUPTED = 130


class DeployCase(unittest.TestCase):
    """`options` are those of the world, `shared` says that all tests of the class live in one. At the end the fake has
    nothing to complain about, and no client that asked for something with GET has seen an error."""

    options = {}
    shared = False
    common = None  # the world of a class

    @classmethod
    def setUpClass(cls):
        if cls.shared:
            cls.common = DeployWorld(**cls.options).open()
            cls.addClassCleanup(cls.common.close)

    def setUp(self):
        self.world = self.common or DeployWorld(**self.options).open()
        if not self.shared:
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
        """Never without clients: holds want requests."""
        if not self.loads:
            self.load()
        return self.ctl.run("deploy", self.env, version, "--yes", *words, **more)

    def start_deploy(self, version=NEW, *words, **more):
        if not self.loads:
            self.load()
        return self.ctl.start("deploy", self.env, version, "--yes", *words, **more)

    def deployed(self, version=NEW, *words, **more):
        """One that went well."""
        done = self.deploy(version, *words, **more)
        self.assert_exit(done, DONE)
        return done

    def long_plan(self, *holds):
        """A plan as a file for --plan: (percent, seconds); without any it stays at 50 % until somebody moves it."""
        path = self.world.folder / "long.json"
        path.write_text(json.dumps({"holds": [{"percent": percent, "for": seconds, "requests": 1}
                                              for percent, seconds in holds or ((50, 3600), (100, 3600))]}))
        return str(path)

    def doubtful_plan(self):
        """A plan that waits at 25 % for the verdict: shares of a few requests decide nothing on a slow machine."""
        return self.long_plan((25, 3600), (100, 3600))

    # Saying.

    def assert_exit(self, done, code, *words):
        """Its exit code, in words and in the result of --json, and what it must say."""
        self.assertEqual(done.code, code, done)
        self.assertEqual(done.result.get("exit", code), code, done)
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

    def assert_refused(self, done, code, *words):
        """It said so in few lines, and changed nothing of ECS, SSM or traffic."""
        self.assert_exit(done, code, *words)
        self.assertEqual(self.world.changes(self.mark), [], done)
        self.assertEqual(self.world.live(), self.before, done)
        self.assertLessEqual(len(done.text.splitlines()), 12, done)

    def remember(self):
        """What `assert_refused` compares with."""
        self.mark, self.before = self.world.mark(), self.world.live()
