"""switchctl deploy on ECS, the good paths: what happens, in which order, what is recorded, and that nobody notices."""
import json
import pathlib
import unittest

from support.deploy_case import DONE, FORBIDDEN, ROLLED_BACK, DeployCase
from support.deploy_world import NEW, OLD, REGISTRY, SERVICES
from support.proxy import wait_until

STEPS = ["preflight", "claim", "start", "up", "versions", "gate", "smoke", "rollout", "health", "record"]


class Good(DeployCase):
    options = {"tasks": 2}

    def test_a_version_takes_over_and_the_record_says_so(self):
        load = self.load()
        done = self.deployed()
        self.assertEqual([step for step in done.steps() if step in STEPS], STEPS)
        self.assertEqual({name: done.result[name] for name in ("operation", "environment", "version", "previous",
                                                               "color")},
                         {"operation": "deploy", "environment": self.env, "version": NEW, "previous": OLD,
                          "color": "green"})
        self.assert_live("green", NEW)
        self.assertEqual(load.served_by(), ["green"])
        self.assertEqual(load.post_failures, [])
        record = self.assert_record("succeeded", NEW, OLD)
        self.assertEqual(record["current"]["by"], "arn:aws:iam::111122223333:user/deployer")
        self.assert_ran(record)
        self.world.wait_counts(0, 2)
        self.assert_frugal()

    def assert_ran(self, record):
        """Two tasks of each service run the image that is recorded."""
        for name in SERVICES:
            shown = self.world.described(name, "green")
            release = record["current"]["services"][name]
            self.assertEqual((shown["runningCount"], shown["desiredCount"], release["count"]), (2, 2, 2))
            definition = self.world.aws("ecs", "describe-task-definition", "--task-definition",
                                        shown["taskDefinition"])["taskDefinition"]
            container = definition["containerDefinitions"][0]
            self.assertTrue(container["image"].startswith(f"{REGISTRY}/pms-{name}"), container["image"])
            self.assertEqual({one["name"]: one["value"] for one in container["environment"]},
                             {"VERSION": NEW, "GIT_SHA": "def5678", "ENVIRONMENT": self.env})
            self.assertEqual(container["logConfiguration"]["options"]["awslogs-group"], f"/ecs/{shown['serviceName']}")
            self.assertRegex(release["digest"], "^sha256:[0-9a-f]{64}$")

    def assert_frugal(self):
        """One call for each thing that is to change: SSM takes few writes a second, and keeps a hundred."""
        counts = self.fake.get("requests")["counts"]
        self.assertEqual(counts["ecs.RegisterTaskDefinition"], 2)
        self.assertEqual(counts["ecs.UpdateService"], 4)  # started, and retired
        self.assertLessEqual(counts["ssm.PutParameter"], 16)
        metadata = [one for one in self.fake.requests(operation="PutParameter")
                    if one["input"]["Name"].endswith("/deployment-metadata")]
        self.assertEqual(len(metadata), 1)

    def test_the_next_version_goes_to_the_other_color(self):
        self.load()
        self.deployed(NEW)
        done = self.deployed(OLD)
        self.assertEqual(done.result["color"], "blue")
        self.assert_live("blue", OLD)
        self.assert_record("succeeded", OLD, NEW)


class Told(DeployCase):
    def test_a_dry_run_says_the_steps_and_changes_nothing(self):
        self.remember()
        done = self.ctl.plain("deploy", self.env, NEW, "--dry-run")
        self.assertEqual(done.code, DONE, done)
        for step in STEPS[1:]:
            self.assertIn(step, done.out)
        self.assertEqual(self.world.changes(), [])
        self.assertEqual(self.world.live(), self.before)
        self.assertIsNone(self.world.record())

    def test_a_workflow_is_told_in_its_own_files(self):
        outputs, summary = (self.world.folder / name for name in ("output", "summary"))
        self.deployed(environment={"GITHUB_OUTPUT": str(outputs), "GITHUB_STEP_SUMMARY": str(summary)})
        said = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
        self.assertEqual((said["version"], said["previous"], said["color"]), (NEW, OLD, "green"))
        self.assertIn(NEW, summary.read_text())
        self.assertEqual(self.fake.leaks(outputs.read_text() + summary.read_text()), [])

    def test_waiting_until_the_record_leaves_the_old_color_warm(self):
        done = self.deploy(NEW, "--keep-warm", "1h", "--wait-until", "recorded")
        self.assert_exit(done, DONE)
        self.assert_record("succeeded", NEW, OLD)
        self.world.wait_counts(1, 1)

    def test_people_see_plain_lines_when_nobody_watches(self):
        self.load()
        done = self.ctl.plain("deploy", self.env, NEW, "--yes")
        self.assertEqual(done.code, DONE, done)
        self.assertNotIn("\x1b", done.text)
        self.assertNotIn("\r", done.text)
        self.assertIn(NEW, done.out)


class Programs(DeployCase):
    options = {"yaml": {"smoke": {"programs": [{"run": ["./smoke.sh"], "timeout": "10s"}]}}}

    def smoke(self, text):
        script = pathlib.Path(self.world.folder / "smoke.sh")
        script.write_text(f"#!/bin/sh\n{text}\n")
        script.chmod(0o755)

    def test_a_program_that_passes_lets_the_version_in(self):
        self.smoke("env > smoke.env; exit 0")
        self.deployed()
        said = (self.world.folder / "smoke.env").read_text()
        self.assertIn(NEW, said)

    def test_a_program_that_fails_keeps_it_out(self):
        load = self.load()
        self.smoke("echo the page is blank; exit 3")
        done = self.deploy()
        self.assert_exit(done, ROLLED_BACK, "smoke.sh")
        self.assertEqual(load.answers["green"], 0)
        self.assert_live("blue", OLD)


class Push(DeployCase):
    """The proxy is told the addresses of the tasks by switchctl."""

    options = {"endpoints": "push", "tasks": 2}

    def test_the_proxy_learns_where_the_tasks_are(self):
        load = self.load()
        self.deployed()
        self.assert_live("green", NEW)
        self.assertEqual(load.served_by(), ["green"])


class Fleet(DeployCase):
    options = {"proxies": 2}

    def test_a_version_takes_over_on_both_proxies(self):
        loads = [self.load(proxy) for proxy in self.world.proxies]
        self.deployed()
        self.assert_live("green", NEW)
        self.assertEqual([load.served_by() for load in loads], [["green"], ["green"]])


class Production(DeployCase):
    options = {"environment": "production", "yaml": {"approval": {"before": 100, "timeout": "20s"}}}

    def test_an_approver_approves_beforehand(self):
        self.load()
        done = self.deploy(NEW, "--approve", NEW, environment=self.world.as_role("approver"))
        self.assert_exit(done, DONE)
        self.assert_live("green", NEW)
        self.assert_record("succeeded", NEW, OLD)

    def test_an_approver_is_waited_for(self):
        self.load()
        running = self.start_deploy()
        wait_until(lambda: (self.world.proxy.status()["rollout"] or {}).get("phase") == "approval", 30, "approval")
        refused = self.ctl.run("approve", self.env, NEW)
        self.assert_exit(refused, FORBIDDEN)
        agreed = self.ctl.run("approve", self.env, NEW, environment=self.world.as_role("approver"))
        self.assert_exit(agreed, DONE)
        self.assert_exit(self.ctl.end(running), DONE)
        self.assert_live("green", NEW)

    def test_an_operator_cannot_approve_beforehand(self):
        self.remember()
        self.assert_refused(self.deploy(NEW, "--approve", NEW), FORBIDDEN, "approver")

    def test_an_approval_of_another_version_is_none(self):
        self.remember()
        done = self.deploy(NEW, "--approve", OLD, environment=self.world.as_role("approver"))
        self.assertIn(done.code, (2, 4), done)
        self.assertEqual(self.world.changes(self.mark), [])


class Expired(DeployCase):
    options = {"environment": "production", "yaml": {"approval": {"before": 100, "timeout": "1s"}}}

    def test_an_approval_that_does_not_come_ends_the_deploy(self):
        self.load()
        done = self.deploy()
        self.assert_exit(done, ROLLED_BACK, "approv")
        self.assert_live("blue", OLD)
        record = self.world.record()
        self.assertNotEqual(record["result"], "succeeded", json.dumps(record))


if __name__ == "__main__":
    unittest.main()
