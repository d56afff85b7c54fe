"""Versions that are not good, each in its own way: traffic is back first, what was started is taken back, the record
says failed, the exit code is never 0, and no client notices."""
import os
import unittest

from support.deploy_case import ROLLED_BACK, DeployCase
from support.deploy_world import BAD, CRASHES, LIAR, MUTE, NEW, OLD, SERVICES, STUCK, UNHEALTHY


class Bad(DeployCase):
    def fails(self, version, *words):
        """A deploy that comes to nothing."""
        load = self.load()
        done = self.deploy(version, "--plan", self.doubtful_plan())
        self.assert_exit(done, ROLLED_BACK, *words)
        self.assert_live("blue", OLD)
        self.assert_taken_back(done, version)
        return done, load

    def assert_taken_back(self, done, version):
        """Green is as it was, and the record tells of the attempt."""
        self.world.wait_counts(1, 0)
        record = self.world.record()
        self.assertNotEqual(record["result"], "succeeded", done)
        self.assertNotEqual((record.get("current") or {}).get("version"), version)
        self.assertEqual(record["recent"][0]["v"], version)

    def assert_never_had_traffic(self, load):
        self.assertEqual(load.answers["green"], 0)
        self.assertIsNone(self.world.proxy.status()["last_rollout"])

    def test_errors_of_clients_bring_traffic_back(self):
        done, load = self.fails(BAD)
        self.assertGreater(load.answers["green"], 0)
        self.assertEqual(self.world.proxy.status()["last_rollout"]["outcome"], "reverted")
        self.assertIn("undone", [line.get("kind") for line in done.events])

    def test_a_smoke_test_fails_before_any_traffic(self):
        done, load = self.fails(MUTE, "/api/version")
        self.assert_never_had_traffic(load)
        self.assertNotIn("rollout", done.steps())

    def test_a_version_that_calls_itself_another_gets_no_traffic(self):
        done, load = self.fails(LIAR, LIAR, "v20200101-0000000")
        self.assert_never_had_traffic(load)
        self.assertNotIn("gate", done.steps())

    def test_the_circuit_breaker_of_ecs_is_a_failure(self):
        done, load = self.fails(CRASHES, "exit code 1")
        self.assert_never_had_traffic(load)
        self.assertEqual(done.steps()[-1:], ["up"], done)

    def test_tasks_that_fail_their_health_check_are_a_failure(self):
        _, load = self.fails(UNHEALTHY, "health check")
        self.assert_never_had_traffic(load)

    def test_the_next_deploy_needs_no_wait(self):
        self.fails(CRASHES)
        self.deployed(NEW)
        self.assert_record("succeeded", NEW, OLD)


class Ill(DeployCase):
    """Good until it has all the traffic."""

    options = {"yaml": {"health": {"for": "60s", "interval": "100ms", "failures": 2}}}

    def test_extended_health_checks_bring_it_back(self):
        load = self.load()
        running = self.start_deploy()
        running.wait_step("health")
        self.assert_live("green", NEW)
        self.world.turn("green", healthy=False)
        done = self.ctl.end(running)
        self.assert_exit(done, ROLLED_BACK)
        self.assert_live("blue", OLD)
        self.assertEqual(load.served_by(), ["blue"])
        self.assertNotEqual(self.world.record()["result"], "succeeded")


class Slow(DeployCase):
    options = {"yaml": {"start_timeout": "2s", "gate_timeout": "1s"}}

    def test_tasks_that_never_start_are_given_up(self):
        self.load()
        done = self.deploy(STUCK)
        self.assert_exit(done, ROLLED_BACK, "is not up after", f"switchctl doctor {self.env}")
        self.assert_live("blue", OLD)
        self.world.wait_counts(1, 0)


class Shut(DeployCase):
    """The proxies do not find the tasks of green where they were told to look."""

    options = {"misrouted": True, "yaml": {"gate_timeout": "1s"}}

    def test_a_gate_that_never_opens(self):
        load = self.load()
        done = self.deploy()
        self.assert_exit(done, ROLLED_BACK, "is not well")
        self.assert_live("blue", OLD)
        self.assertEqual(load.answers["green"], 0)
        self.assertNotIn("smoke", done.steps())
        self.world.wait_counts(1, 0)


class Superseded(DeployCase):
    def test_another_deployment_of_the_service_is_not_taken_for_ours(self):
        self.load()
        self.world.freeze()
        running = self.start_deploy()
        running.wait_step("up")
        self.world.aws("ecs", "update-service", "--cluster", f"pms-{self.env}", "--service",
                       self.world.service("backend", "green"), "--force-new-deployment")
        self.world.thaw()
        done = self.ctl.end(running)
        self.assert_exit(done, ROLLED_BACK, self.world.service("backend", "green"))
        self.assert_live("blue", OLD)
        self.assertNotEqual(self.world.record()["result"], "succeeded")


class Fleet(DeployCase):
    """Two proxies, of which one sees what is wrong."""

    options = {"proxies": 2}

    def test_the_first_revert_takes_the_version_out_everywhere(self):
        load = self.load(self.world.proxies[1])
        done = self.deploy(BAD, "--plan", self.doubtful_plan())
        self.assert_exit(done, ROLLED_BACK, self.world.control_url(self.world.proxies[1]))
        self.assert_live("blue", OLD)
        self.assertEqual(load.served_by(), ["blue"])

    def test_a_proxy_that_is_gone_is_named_before_anything_begins(self):
        self.load()
        gone = self.world.proxies[1]
        gone.kill()
        self.world.proxies.remove(gone)
        self.remember()
        done = self.deploy()
        self.assertNotEqual(done.code, 0, done)
        self.assert_refused(done, done.code, self.world.control_url(gone))

    @unittest.skipUnless(os.environ.get("SY_KILLS") == "all", "waits for a proxy for two minutes; SY_KILLS=all does")
    def test_a_proxy_that_goes_in_the_middle_is_named_and_the_other_reverts(self):
        load = self.load()
        running = self.start_deploy(NEW, "--plan", self.long_plan())
        load.wait_more(10, "green")
        gone = self.world.proxies[1]
        gone.kill()
        self.world.proxies.remove(gone)
        done = self.ctl.end(running, 200)
        self.assertNotEqual(done.code, 0, done)
        self.assertIn(self.world.control_url(gone), done.text)
        self.assert_live("blue", OLD)
        self.assertEqual(self.world.counts()[(SERVICES[0], "blue")], 1)


if __name__ == "__main__":
    unittest.main()
