"""switchctl dies, or is told to stop, at every step. Clients never notice; `status` says where it stopped and what to
run; the same command carries on, or a rollback goes back. SY_KILLS=all rolls back from every step."""
import os
import signal
import unittest

from support.deploy_case import DONE, INTERRUPTED, DeployCase
from support.deploy_world import NEW, OLD

THOROUGH = os.environ.get("SY_KILLS") == "all"
STEPS = ("claim", "start", "up", "versions", "gate", "smoke", "rollout", "health", "record")
# Where it is sure to be at work, whatever the machine's pace: the call that is applied and never answered.
HANGS = {"claim": ("PutParameter", 0), "start": ("UpdateService", 1)}


class Killed(DeployCase):
    def die_at(self, step):
        """A deploy that is killed at this step, and what `status` says then."""
        hang = HANGS.get(step)
        if hang:
            self.fake.sow("hang", hang[0], skip=hang[1])
        mark = self.world.mark()
        running = self.start_deploy()
        if hang:
            self.fake.get("await", operation=hang[0], count=hang[1] + 1, since=mark, timeout=30)
        else:
            running.wait_step(step)
        done = self.ctl.kill(running)
        return done

    def assert_told(self, step):
        seen = self.ctl.plain("status", self.env)
        self.assertEqual(seen.code, DONE, seen)
        self.assertIn(f"switchctl deploy {self.env} {NEW}", seen.out)
        self.assertIn(step, seen.out)

    def test_a_deploy_that_is_killed_at_every_step_gets_there(self):
        load = self.load()
        for step in STEPS:
            with self.subTest(step):
                done = self.die_at(step)
                self.assertEqual(done.code, -signal.SIGKILL, done)
                if step != "record":  # It may be written by then.
                    self.assert_told(step)
        self.deployed()
        self.assert_live("green", NEW)
        self.assertEqual(load.served_by(), ["green"])
        self.assert_record("succeeded", NEW, OLD)

    def test_a_deploy_that_is_killed_after_the_record_is_done(self):
        load = self.load()
        running = self.start_deploy(NEW, "--keep-warm", "1h")
        running.wait_step("warm")
        self.assertEqual(self.ctl.kill(running).code, -signal.SIGKILL)
        self.assert_record("succeeded", NEW, OLD)
        self.deployed()
        self.assert_live("green", NEW)
        self.assertEqual(load.served_by(), ["green"])

    def goes_back(self, step):
        load = self.load()
        self.die_at(step)
        self.is_back_after_a_rollback(load)

    def is_back_after_a_rollback(self, load):
        done = self.ctl.run("rollback", self.env, "--yes")
        self.assert_exit(done, DONE)
        self.assert_live("blue", OLD)
        self.assertEqual(load.served_by(), ["blue"])
        self.world.wait_counts(1, 0)
        self.assertEqual(self.ctl.run("status", self.env).code, DONE)

    def test_a_rollback_takes_back_what_was_half_started(self):
        self.goes_back("start")

    def test_a_rollback_takes_back_a_rollout(self):
        load = self.load()
        running = self.start_deploy(NEW, "--plan", self.long_plan())
        load.wait_more(10, "green")
        self.ctl.kill(running)
        self.assert_told("rollout")
        self.is_back_after_a_rollback(load)

    def test_a_rollback_takes_back_what_has_all_the_traffic(self):
        self.goes_back("health")

    @unittest.skipUnless(THOROUGH, "SY_KILLS=all does")
    def test_a_rollback_takes_back_every_other_step(self):
        for step in ("claim", "up", "versions", "gate", "smoke"):
            with self.subTest(step):
                self.goes_back(step)


class Interrupted(DeployCase):
    """SIGINT and SIGTERM: traffic first, then what was started, and 130."""

    options = {"yaml": {"keep_warm": "1h", "health": {"for": "60s", "interval": "100ms", "failures": 2}}}

    def test_it_puts_everything_back_at_every_step(self):
        load = self.load()
        for number, step in enumerate(STEPS[:-1]):
            with self.subTest(step):
                running = self.start_deploy()
                running.wait_step(step)
                running.signal((signal.SIGINT, signal.SIGTERM)[number % 2])
                done = self.ctl.end(running)
                self.assert_exit(done, INTERRUPTED)
                self.assert_live("blue", OLD)
                self.assertEqual(load.served_by(), ["blue"])
                self.world.wait_counts(1, 0)
                self.assertNotEqual((self.world.record() or {}).get("result"), "succeeded")

    def test_after_the_record_the_version_stays(self):
        load = self.load()
        self.world.write_yaml(staging={**self.world.section(), "health": {"for": "200ms", "interval": "100ms"}})
        running = self.start_deploy()
        running.wait_step("warm")
        running.signal(signal.SIGINT)
        done = self.ctl.end(running)
        self.assertIn(done.code, (DONE, INTERRUPTED), done)
        self.assert_live("green", NEW)
        self.assertEqual(load.served_by(), ["green"])
        self.assert_record("succeeded", NEW, OLD)

    def test_a_second_signal_does_not_leave_traffic_behind(self):
        load = self.load()
        running = self.start_deploy(NEW, "--plan", self.long_plan())
        load.wait_more(10, "green")
        running.signal(signal.SIGINT)
        running.signal(signal.SIGTERM)
        done = self.ctl.end(running)
        self.assertEqual(done.code, INTERRUPTED, done)
        self.assert_live("blue", OLD)


if __name__ == "__main__":
    unittest.main()
