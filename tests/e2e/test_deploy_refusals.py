"""What switchctl refuses: one sentence, what to do next, the right exit code, and nothing changed. All of a class are
refused in one world, which is its own proof."""
import unittest

from support.deploy_case import DONE, FAILED, FORBIDDEN, LOCKED, REFUSED, USAGE, DeployCase
from support.deploy_world import MISSING, NEW, OLD


class Refused(DeployCase):
    shared = True

    def setUp(self):
        super().setUp()
        self.remember()

    def test_a_version_of_no_known_form(self):
        self.assert_refused(self.deploy("latest"), USAGE, "latest", "--any-version")

    def test_an_environment_that_is_not_configured(self):
        self.assert_refused(self.ctl.run("deploy", "stagging", NEW, "--yes"), USAGE, "stagging", "staging")

    def test_an_unknown_flag(self):
        done = self.ctl.plain("deploy", self.env, NEW, "--bogus")
        self.assertEqual(done.code, USAGE, done)
        self.assertIn("--bogus", done.err)

    def test_a_service_that_is_none_of_the_application(self):
        for words in (("restart", self.env, "fronted"), ("scale", self.env, "fronted", "2"), ("logs", self.env, "x")):
            with self.subTest(words[0]):
                self.assert_refused(self.ctl.run(*words, "--yes"), USAGE, words[2], "frontend")

    def test_an_image_that_was_never_pushed(self):
        self.assert_refused(self.deploy(MISSING), FAILED, MISSING, "pms-backend", "Push it")

    def test_no_credentials(self):
        keys = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
        self.assert_refused(self.deploy(environment=keys), FORBIDDEN, "credentials")

    def test_credentials_that_aws_does_not_know(self):
        wrong = {"AWS_SECRET_ACCESS_KEY": "wrong-wrong-wrong-wrong-wrong-wrong-wron"}
        self.assert_refused(self.deploy(environment=wrong), FORBIDDEN)

    def test_credentials_that_end_before_the_deploy(self):
        soon = {"AWS_CREDENTIAL_EXPIRATION": "2026-01-01T00:00:00Z"}
        done = self.deploy(environment=soon)
        self.assert_refused(done, FORBIDDEN)

    def denied(self, action):
        self.fake.put("policy", deny=[action])
        self.addCleanup(self.fake.put, "policy", deny=[])

    def test_an_action_that_is_denied_is_named(self):
        for action in ("ecs:DescribeServices", "ssm:GetParameter", "ecr:DescribeImages"):
            with self.subTest(action):
                self.fake.put("policy", deny=[action])
                self.assert_refused(self.deploy(), FORBIDDEN, action)
        self.fake.put("policy", deny=[])

    def test_a_claim_that_is_denied(self):
        self.denied("ssm:PutParameter")
        done = self.deploy()
        self.assert_exit(done, FORBIDDEN, "ssm:PutParameter")
        self.assertEqual(self.world.updates(self.mark), [])

    def test_a_token_the_proxy_does_not_know(self):
        self.assert_refused(self.deploy(environment={"SWITCHYARD_TOKEN": "0" * 32}), FORBIDDEN, "SWITCHYARD_TOKEN")

    def test_a_token_that_may_only_look(self):
        self.assert_refused(self.deploy(environment=self.world.as_role("viewer")), FORBIDDEN)

    def test_a_rollback_with_nothing_to_go_back_to(self):
        done = self.ctl.plain("rollback", self.env, "--yes")
        self.assert_refused(done, DONE, "nothing to go back to")

    def test_a_rollback_to_a_version_that_never_ran(self):
        self.assert_refused(self.ctl.run("rollback", self.env, NEW, "--yes"), REFUSED, NEW)

    def test_a_plan_the_proxy_does_not_have(self):
        self.assert_refused(self.deploy(NEW, "--plan", "bogus"), USAGE, "bogus", "canary")

    def test_a_configuration_with_mistakes(self):
        path = self.world.folder / "wrong.yaml"
        path.write_text("app: pms\nservises: {}\nenvironments:\n  staging: {platform: ecz}\n")
        done = self.deploy(NEW, "--config", str(path))
        self.assertEqual(done.code, USAGE, done)
        for words in ("wrong.yaml:2:1", "servises", "wrong.yaml:4:23", "ecs, compose, static"):
            self.assertIn(words, done.text)


class Locked(DeployCase):
    shared = True

    def test_a_lock_is_told_by_whom_since_when_and_why(self):
        locked = self.ctl.run("lock", self.env, "--reason", "the audit")
        self.assert_exit(locked, DONE)
        self.remember()
        done = self.deploy()
        self.assert_refused(done, LOCKED, "user/deployer", "since", "the audit", f"switchctl unlock {self.env}")
        self.assert_exit(self.ctl.run("unlock", self.env, "--yes"), DONE)
        self.deployed(NEW)

    def test_a_second_deploy_is_told_who_is_at_work(self):
        before = self.world.live()[1]
        wanted = {OLD: NEW, NEW: OLD}[before]
        load = self.load()
        color = {"blue": "green", "green": "blue"}[self.world.live()[0]]
        running = self.start_deploy(wanted, "--plan", self.long_plan())
        load.wait_more(5, color)
        mark = self.world.mark()
        done = self.deploy(wanted)
        self.assert_exit(done, LOCKED, "user/deployer", "since", "rollout", wanted)
        self.assertEqual(self.world.changes(mark), [])
        running.signal(2)
        self.assertEqual(self.ctl.end(running).code, 130)


class Disagreeing(DeployCase):
    """The record says one thing and the proxy does another."""

    def test_weights_that_disagree_with_the_record(self):
        self.load()
        self.deployed(NEW, "--keep-warm", "1h", "--wait-until", "recorded")
        self.assertEqual(self.world.proxy.weights(50, 50).status, 200)
        self.remember()
        self.assert_refused(self.deploy(OLD), REFUSED, "split by hand", "blue 50 % green 50 %")

    def test_all_traffic_on_the_color_that_is_not_recorded(self):
        self.load()
        self.deployed(NEW, "--keep-warm", "1h", "--wait-until", "recorded")
        self.assertEqual(self.world.proxy.weights(100, 0).status, 200)
        self.remember()
        self.assert_refused(self.deploy(OLD), REFUSED, "record")


class Foreign(DeployCase):
    VALUES = ('{"version":"v20240101-abc1234","deployedAt":"2024-01-01T12:00:00Z"}', "v20240101-abc1234", "{}", "[1,2]",
              '{"schema":99,"env":"staging","epoch":4}')

    def test_a_record_that_is_not_ours_is_not_touched(self):
        name = f"/pms/{self.env}/deployment-metadata"
        for value in self.VALUES:
            with self.subTest(value):
                self.fake.post("seed", parameters=[{"Name": name, "Value": value, "Type": "String"}]) if value == (
                    self.VALUES[0]) else self.fake.post("seed", parameters=[{"Name": name, "Value": value,
                                                                             "Overwrite": True}])
                self.remember()
                done = self.deploy()
                self.assert_refused(done, REFUSED, name)
        self.assertEqual(self.fake.verdict()["problems"], [])

    def test_a_record_of_the_guide_is_imported_when_told_to(self):
        name = f"/pms/{self.env}/deployment-metadata"
        self.fake.post("seed", parameters=[{"Name": name, "Value": self.VALUES[0], "Type": "String"}])
        self.assert_exit(self.deploy(), REFUSED, "--import")
        self.assert_exit(self.ctl.run("versions", self.env, "--import", "--yes"), DONE)
        self.deployed()
        self.assert_record("succeeded", NEW, OLD)


if __name__ == "__main__":
    unittest.main()
