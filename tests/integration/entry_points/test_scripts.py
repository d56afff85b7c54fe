"""The deployment guide's scripts and Makefile targets: thin callers of switchctl."""
import pathlib
import re
import shutil
import subprocess
import unittest

from support import ROOT, Programs

SCRIPTS = ROOT / "control" / "scripts"
VERSION = "v20240101-abc1234"


class Scripts(unittest.TestCase):
    def setUp(self):
        self.programs = Programs("switchctl")
        self.addCleanup(self.programs.close)

    def run_script(self, name, *words, **more):
        return self.programs.run(str(SCRIPTS / name), *words, SWITCHCTL=self.programs.switchctl, **more)

    def test_deploy_passes_environment_version_and_flags_on(self):
        code, calls, _, _ = self.run_script("deploy-blue-green.sh", "staging", VERSION, "--plan", "linear")
        self.assertEqual((code, calls), (0, [["switchctl", "deploy", "staging", VERSION, "--plan", "linear", "--yes"]]))

    def test_rollback_goes_to_the_version_before_or_to_a_named_one(self):
        self.assertEqual(self.run_script("rollback.sh", "staging")[1], [["switchctl", "rollback", "staging", "--yes"]])
        self.assertEqual(self.run_script("rollback.sh", "production", VERSION)[1],
                         [["switchctl", "rollback", "production", VERSION, "--yes"]])

    def test_list_shows_the_versions(self):
        self.assertEqual(self.run_script("rollback.sh", "--list", "staging")[1], [["switchctl", "versions", "staging"]])

    def test_exit_codes_are_switchctls(self):
        for exits in (0, 3, 5, 130):
            self.assertEqual(self.run_script("deploy-blue-green.sh", "staging", VERSION, exits=exits)[0], exits)
            self.assertEqual(self.run_script("rollback.sh", "staging", exits=exits)[0], exits)

    def test_without_arguments_it_says_how_and_calls_nothing(self):
        for name, words in (("deploy-blue-green.sh", ["staging"]), ("rollback.sh", []), ("rollback.sh", ["--list"])):
            code, calls, _, err = self.run_script(name, *words)
            self.assertEqual((code, calls), (2, []))
            self.assertIn(f"usage: {name} ", err)

    def test_a_missing_switchctl_is_named(self):
        copy = pathlib.Path(self.programs.folder.name) / "elsewhere" / "control" / "scripts"
        shutil.copytree(SCRIPTS, copy)
        (self.programs.path / "switchctl").unlink()
        code, _, _, err = self.programs.run(str(copy / "rollback.sh"), "staging")
        self.assertEqual(code, 2)
        self.assertEqual(err, "there is no switchctl: run make build, install it, or set SWITCHCTL to it\n")

    def test_a_version_is_the_day_and_the_sha_of_a_commit(self):
        sha = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        code, _, out, _ = self.programs.run(str(SCRIPTS / "version.sh"))
        self.assertEqual(code, 0)
        self.assertRegex(out, rf"^v\d{{8}}-{sha[:12]}\n$")
        self.assertEqual(self.programs.run(str(SCRIPTS / "version.sh"), "no-such-commit")[0], 2)

    def test_images_are_built_once_and_pushed_for_each_service(self):
        programs = Programs("docker")
        self.addCleanup(programs.close)
        code, calls, _, _ = programs.run(str(SCRIPTS / "build-images.sh"), VERSION, ECR_REGISTRY="registry.example")
        self.assertEqual(code, 0)
        self.assertEqual([call[1] for call in calls], ["build", "tag", "push", "tag", "push"])
        self.assertEqual([call[2] for call in calls if call[1] == "push"],
                         [f"registry.example/pms-backend:{VERSION}", f"registry.example/pms-frontend:{VERSION}"])
        self.assertEqual(programs.run(str(SCRIPTS / "build-images.sh"), VERSION)[0], 1)

    @unittest.skipUnless(shutil.which("shellcheck", path="/usr/bin"), "shellcheck is not installed")
    def test_shellcheck_has_no_complaint(self):
        done = subprocess.run(["/usr/bin/shellcheck", *map(str, sorted(SCRIPTS.glob("*.sh")))], cwd=ROOT,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)


class Targets(unittest.TestCase):
    """What make would run."""

    def recipe(self, target, **variables):
        words = [f"{name}={value}" for name, value in variables.items()]
        done = subprocess.run(["make", "--no-print-directory", "--dry-run", target, *words], cwd=ROOT,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return re.sub(r"\\\n\s*", "", done.stdout)

    def test_the_guides_targets_are_there(self):
        self.assertIn("build/bin/switchctl status\n", self.recipe("deployment-status"))
        self.assertIn("control/scripts/deploy-blue-green.sh staging ", self.recipe("deploy-staging"))
        self.assertIn("control/scripts/rollback.sh staging ", self.recipe("rollback-staging"))
        self.assertIn("control/scripts/rollback.sh production ", self.recipe("rollback-production"))

    def test_production_is_not_deployed_from_a_desk(self):
        recipe = self.recipe("deploy-production")
        self.assertIn("gh workflow run cd.yml -f environment=production", recipe)
        self.assertNotIn("deploy-blue-green", recipe)


if __name__ == "__main__":
    unittest.main()
