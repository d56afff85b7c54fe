"""The verbs that look and the verbs that act on one service, on the fake ECS with a real proxy."""
import unittest

from support.deploy_case import DONE, FAILED, LOCKED, REFUSED, USAGE, DeployCase
from support.deploy_world import MISSING, NEW, OLD


class Verbs(DeployCase):
    options = {"grows_to": 3}

    def ask(self, verb, *words, code=DONE):
        done = self.ctl.plain(verb, self.env, *words)
        self.assertEqual(done.code, code, done)
        return done.text

    def object(self, verb, *words, code=DONE):
        done = self.ctl.run(verb, self.env, *words)
        self.assertEqual(done.code, code, done)
        return done.result

    def test_what_was_deployed_is_what_is_said_to_run(self):
        before = self.ask("status")
        self.assertIn("nothing is recorded yet", before)
        self.assertIn("nothing is recorded as current", self.ask("verify", code=FAILED))
        self.load()
        self.deployed(NEW, "--keep-warm", "0s")
        status = self.object("status")
        self.assertEqual(status["live"], "green")
        self.assertEqual(status["record"]["current"]["version"], NEW)
        self.assertEqual(status["services"]["backend"]["green"]["version"], NEW)
        self.assertIsNone(status["claim"])
        self.assertEqual(status["out_of_reach"], [])
        self.assertIn("tasks, definitions, record and proxies agree", self.ask("verify"))
        self.assertIn("nothing is wrong that can be seen from here", self.ask("doctor"))
        found = self.object("versions")["versions"]
        self.assertEqual([(one["version"], one["is"]) for one in found][:1], [(NEW, "current")])
        self.assertIn("intact", self.ask("journal", "--verify"))
        self.assertIn(NEW, self.ask("history"))
        self.assertIn("deployments", self.ask("dora"))
        changes = {one["what"]: one["then"] for one in self.object("diff", OLD)["differences"]}
        self.assertEqual(changes["color"], "blue")
        self.assertEqual(changes["VERSION"], OLD)
        self.assertIn(MISSING, self.ask("diff", MISSING, code=FAILED))

    def test_services_are_restarted_and_scaled_and_that_is_recorded(self):
        self.load()
        self.deployed(NEW, "--keep-warm", "0s")
        self.assertEqual(self.object("scale", "backend", "3")["outcome"], "succeeded")
        self.assertEqual(self.world.described("backend", "green")["runningCount"], 3)
        self.assertEqual(self.world.record()["current"]["services"]["backend"]["count"], 3)
        self.assertIn("has traffic", self.ask("scale", "backend", "0", code=REFUSED))
        self.assertIn("There are: backend and frontend.", self.ask("restart", "worker", code=USAGE))
        self.assertEqual(self.object("restart", "backend", "--color", "green")["outcome"], "succeeded")
        self.assertEqual(self.world.record()["op"], "restart")

    def test_a_lock_keeps_everybody_out_until_it_is_opened(self):
        self.load()
        self.deployed(NEW, "--keep-warm", "0s")
        self.ask("lock", "--reason", "migration")
        self.assertIn("migration", self.ask("status"))
        self.assertIn("migration", self.ask("scale", "backend", "3", code=LOCKED))
        self.assertEqual(self.deploy(OLD).code, LOCKED)
        self.ask("unlock", "--reason", "done")
        self.assertIsNone(self.object("status")["claim"])
        self.assertEqual(self.object("scale", "backend", "3")["outcome"], "succeeded")


if __name__ == "__main__":
    unittest.main()
