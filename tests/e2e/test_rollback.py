"""switchctl rollback and drill: back in seconds while the old color is warm, started again when it is not, to a named
version, and what the record says of it."""
import unittest

from support.deploy_case import DONE, ROLLED_BACK, DeployCase
from support.deploy_world import BAD, MISSING, NEW, OLD, OLDER


class Back(DeployCase):
    def roll_back(self, *words, **more):
        return self.ctl.run("rollback", self.env, *words, "--yes", **more)

    def test_a_warm_color_answers_at_once(self):
        load = self.load()
        self.deployed(NEW, "--keep-warm", "1h", "--wait-until", "recorded")
        updates = len(self.world.updates())
        started = [one for one in self.fake.requests(operation="RegisterTaskDefinition")]
        done = self.roll_back()
        self.assert_exit(done, DONE)
        self.assert_live("blue", OLD)
        self.assertEqual(load.served_by(), ["blue"])
        self.assert_record("succeeded", OLD, NEW, op="rollback")
        self.assertEqual(self.fake.requests(operation="RegisterTaskDefinition"), started)
        starting = [one for one in self.world.updates()[updates:] if one["input"].get("desiredCount")]
        self.assertEqual(starting, [], "nothing was to be started")

    def test_a_cold_color_is_started_first(self):
        load = self.load()
        self.deployed(NEW)
        self.world.wait_counts(0, 1)
        definitions = self.fake.get("requests")["counts"]["ecs.RegisterTaskDefinition"]
        done = self.roll_back()
        self.assert_exit(done, DONE)
        self.assert_live("blue", OLD)
        self.assertEqual(load.served_by(), ["blue"])
        self.assert_record("succeeded", OLD, NEW, op="rollback")
        self.assertEqual(self.fake.get("requests")["counts"]["ecs.RegisterTaskDefinition"], definitions,
                         "the recorded definition is used as it is")

    def test_a_named_version_of_the_past(self):
        self.load()
        for version in (OLDER, NEW, OLD):
            self.deployed(version)
        done = self.roll_back(OLDER)
        self.assert_exit(done, DONE)
        self.assertEqual(done.result["version"], OLDER)
        self.assertEqual(self.world.live()[1], OLDER)
        self.assert_record("succeeded", OLDER, OLD, op="rollback")
        listed = self.ctl.plain("rollback", self.env, "--list")
        self.assertEqual(listed.code, DONE, listed)
        for version in (OLDER, OLD, NEW):
            self.assertIn(version, listed.out)
        self.assertNotIn(MISSING, listed.out)

    def test_a_rollback_of_a_rollback_goes_forward_again(self):
        self.load()
        self.deployed(NEW, "--keep-warm", "1h", "--wait-until", "recorded")
        self.assert_exit(self.roll_back(), DONE)
        self.assert_exit(self.roll_back(), DONE)
        self.assert_live("green", NEW)
        self.assert_record("succeeded", NEW, OLD, op="rollback")

    def test_after_a_bad_deploy_the_last_good_one_stays(self):
        self.load()
        self.deployed(NEW)
        self.assertEqual(self.deploy(BAD).code, ROLLED_BACK)
        self.assert_live("green", NEW)
        record = self.world.record()
        self.assertEqual((record["current"]["version"], record["previous"]["version"]), (NEW, OLD))
        self.assert_exit(self.roll_back(), DONE)
        self.assert_live("blue", OLD)

    def test_a_rollback_verifies_what_it_says(self):
        self.load()
        self.deployed(NEW, "--keep-warm", "1h", "--wait-until", "recorded")
        done = self.ctl.plain("rollback", self.env, "--yes")
        self.assertEqual(done.code, DONE, done)
        self.assertIn(OLD, done.out)


class Drill(DeployCase):
    def test_there_and_back_again(self):
        load = self.load()
        done = self.ctl.run("drill", self.env, NEW, "--yes")
        self.assert_exit(done, DONE)
        self.assertGreater(load.answers["green"], 0)
        self.assert_live("blue", OLD)
        record = self.world.record()
        self.assertEqual(record["current"]["version"], OLD)
        self.assertIn("t", [one["op"] for one in record["recent"]])  # of "test": a drill


if __name__ == "__main__":
    unittest.main()
