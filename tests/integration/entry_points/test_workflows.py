"""The run steps of cd.yml, executed as they stand, with stand-ins for the programs they call."""
import pathlib
import tempfile
import unittest

import yaml
from support import ROOT, Programs

WORKFLOWS = ROOT / ".github" / "workflows"
VERSION = "v20240101-abc1234"
SHA = "abc1234def5678abc1234def5678abc1234def56"
RUNNER = {"GITHUB_SHA": SHA, "GITHUB_WORKFLOW": "cd", "GITHUB_RUN_NUMBER": "42", "GITHUB_ACTIONS": "true"}


def workflow(name):
    with open(WORKFLOWS / name, encoding="utf-8") as file:
        return yaml.safe_load(file)


class Deploys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jobs = workflow("cd.yml")["jobs"]

    def setUp(self):
        self.programs = Programs("switchctl", "docker", "apt-get")
        self.addCleanup(self.programs.close)

    def step(self, job, name):
        return next(step for step in self.jobs[job]["steps"] if step.get("name") == name)

    def execute(self, job, name, exits=0, **environment):
        step = self.step(job, name)
        return self.programs.run("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"], exits=exits,
                                 **RUNNER, **environment)

    def test_staging_is_deployed_without_an_approval(self):
        code, calls, _, _ = self.execute("deploy", "Deploy", ENVIRONMENT="staging", VERSION=VERSION)
        self.assertEqual((code, calls), (0, [["switchctl", "deploy", "staging", VERSION, "--git-sha", SHA, "--reason",
                                              "cd run 42", "--yes"]]))

    def test_production_carries_the_approval_of_its_environment(self):
        _, calls, _, _ = self.execute("deploy", "Deploy", ENVIRONMENT="production", VERSION=VERSION)
        self.assertEqual(calls[0][-2:], ["--approve", VERSION])

    def test_a_deploy_that_was_rolled_back_fails_the_job(self):
        self.assertEqual(self.execute("deploy", "Deploy", exits=3, ENVIRONMENT="staging", VERSION=VERSION)[0], 3)

    def test_a_rollback_names_a_version_only_when_one_was_given(self):
        before = self.execute("rollback", "Roll back", ENVIRONMENT="production", ROLLBACK_TO="")[1]
        self.assertEqual(before, [["switchctl", "rollback", "production", "--reason", "cd run 42", "--yes"]])
        named = self.execute("rollback", "Roll back", ENVIRONMENT="production", ROLLBACK_TO=VERSION)[1]
        self.assertEqual(named[0][:4], ["switchctl", "rollback", "production", VERSION])

    def test_what_a_person_types_is_never_a_command(self):
        evil = '"; switchctl deploy production x; echo "'
        calls = self.execute("rollback", "Roll back", ENVIRONMENT="staging", ROLLBACK_TO=evil)[1]
        self.assertEqual([call[:4] for call in calls], [["switchctl", "rollback", "staging", evil]])

    def test_after_a_failure_it_says_what_is_wrong(self):
        for job in ("deploy", "rollback"):
            calls = self.execute(job, "What is wrong", ENVIRONMENT="staging")[1]
            self.assertEqual([call[1] for call in calls], ["status", "doctor"])

    def test_the_archive_of_switchctl_is_installed_with_its_libraries(self):
        with tempfile.TemporaryDirectory() as folder:
            built = pathlib.Path(folder) / "build"
            built.mkdir()
            (built / "switchctl").write_text("#!/bin/sh\necho switchctl here\n")
            (built / "switchctl").chmod(0o755)
            (built / "switchctl.packages").write_text("libssl3\n")
            pack = next(step["run"] for step in self.jobs["switchctl"]["steps"] if "tar " in step.get("run", ""))
            archive = f"{folder}/switchctl.tar.gz"
            pack = pack.replace("build/bin", str(built)).replace("switchctl.tar.gz", archive)
            self.assertEqual(self.programs.run("bash", "-c", pack)[0], 0)
            install = self.step("deploy", "Install switchctl")["run"].replace("switchctl.tar.gz", archive)
            code, calls, out, err = self.programs.run("bash", "-c", install, SWITCHCTL_FOLDER=folder)
            self.assertEqual((code, out.splitlines()[-1]), (0, "switchctl here"), err)
            self.assertIn("libssl3", calls[-1])


class Rules(unittest.TestCase):
    def test_no_expression_is_pasted_into_a_shell(self):
        for path in sorted(WORKFLOWS.glob("*.yml")):
            for name, job in workflow(path.name)["jobs"].items():
                for step in job.get("steps", []):
                    self.assertNotIn("${{", step.get("run", ""), f"{path.name}: {name}")

    def test_jobs_end_and_hold_no_more_than_they_need(self):
        found = workflow("cd.yml")
        self.assertEqual(found["permissions"], {"contents": "read"})
        for name, job in found["jobs"].items():
            if "uses" not in job:
                self.assertIn("timeout-minutes", job, name)
            identity = job.get("permissions", {}).get("id-token")
            self.assertEqual(identity, "write" if name in ("images", "deploy", "rollback") else None, name)

    def test_one_environment_is_changed_by_one_job_at_a_time(self):
        jobs = workflow("cd.yml")["jobs"]
        for name in ("deploy", "rollback"):
            self.assertTrue(jobs[name]["concurrency"]["group"].startswith("deploy-"), name)
            self.assertIs(jobs[name]["concurrency"]["cancel-in-progress"], False)
            self.assertIn("environment", jobs[name])


if __name__ == "__main__":
    unittest.main()
