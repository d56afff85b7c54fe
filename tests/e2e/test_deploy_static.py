"""switchctl where every version runs already: only traffic moves, and the record is a SQLite file beside
switchctl.yaml. No AWS, no docker."""
import hashlib
import json
import os
import pathlib
import shutil
import tempfile
import unittest

from support.load import Load
from support.proxy import wait_until
from support.rollout import BLUE, GREEN, RolloutCase
from support.switchctl import Switchctl

PREVIEW = "a-preview-token-of-a-test"
PLAN = {"holds": [{"percent": 25, "for": "200ms", "requests": 20}, {"percent": 100, "for": "200ms", "requests": 10}]}


class Static(RolloutCase):
    config = {"preview": {"tokens": [hashlib.sha256(PREVIEW.encode()).hexdigest()]}}

    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sy-static-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.write({})
        self.ctl = Switchctl(self.folder, {"PATH": os.environ["PATH"], "HOME": str(self.folder), "USER": "tester",
                                           "SWITCHYARD_PREVIEW_TOKEN": PREVIEW}, self.leaks)
        self.addCleanup(self.ctl.stop)
        self.load = Load(self.proxy.address, paths=("/api/patients", "/api/claims")).start()
        self.addCleanup(self.load.stop)

    @staticmethod
    def leaks(text):
        return ["the preview token"] if PREVIEW in text else []

    def write(self, changed):
        host, port = self.proxy.address
        section = {"platform": "static", "proxies": [f"http://{self.proxy.control[0]}:{self.proxy.control[1]}"],
                   "traffic": f"http://{host}:{port}", "preview_token": "${SWITCHYARD_PREVIEW_TOKEN:-}", "plan": PLAN,
                   "smoke": {"checks": [{"path": "/api/version", "contains": "{version}"}]},
                   "health": {"for": "300ms", "interval": "100ms", "failures": 2}, "keep_warm": "0s", **changed}
        services = {"backend": {"health": "/healthz", "version_field": "version"}}
        (self.folder / "switchctl.yaml").write_text(json.dumps(
            {"app": "pms", "services": services, "environments": {"lab": section}}))

    def run_ctl(self, *words, code=0, **more):
        done = self.ctl.run(*words, **more)
        self.assertEqual(done.code, code, done)
        return done

    def assert_unnoticed(self):
        self.load.stop()
        self.assertEqual(self.load.failures, [], self.load.words())

    def test_a_deploy_moves_traffic_and_a_rollback_brings_it_back(self):
        done = self.run_ctl("deploy", "lab", GREEN, "--yes")
        self.assertEqual((done.result["version"], done.result["color"]), (GREEN, "green"))
        self.assert_all_on("green")
        self.assertTrue((self.folder / ".switchctl" / "lab.sqlite").exists())
        self.assertIn(GREEN, self.ctl.plain("versions", "lab").out)
        self.run_ctl("rollback", "lab", "--yes")
        self.assert_all_on("blue")
        self.assertEqual(self.load.served_by(), ["blue"])
        self.assert_unnoticed()

    def test_a_bad_version_is_brought_back(self):
        self.green.knobs(error_rate=1, error_path="/api/patients")
        self.run_ctl("deploy", "lab", GREEN, "--yes", code=3)
        self.assert_all_on("blue")
        self.assert_unnoticed()

    def test_a_version_that_is_not_there_is_refused(self):
        done = self.ctl.run("deploy", "lab", "v20250101-0123456", "--yes")
        self.assertIn(done.code, (3, 4), done)
        self.assertIn(GREEN, done.text)
        self.assert_all_on("blue")
        self.assertEqual(self.load.answers["green"], 0)

    def test_the_color_is_the_one_that_has_the_version(self):
        done = self.ctl.run("deploy", "lab", BLUE, "--yes")
        self.assertIn(done.code, (0, 4), done)
        self.assert_all_on("blue")

    def test_a_program_may_answer_for_the_smoke_test(self):
        script = self.folder / "smoke.sh"
        script.write_text("#!/bin/sh\necho the page is blank\nexit 1\n")
        script.chmod(0o755)
        self.write({"smoke": {"programs": [{"run": ["./smoke.sh"]}]}})
        done = self.run_ctl("deploy", "lab", GREEN, "--yes", code=3)
        self.assertIn("the page is blank", done.text)
        self.assertEqual(self.load.answers["green"], 0)

    def test_a_killed_deploy_carries_on(self):
        running = self.ctl.start("deploy", "lab", GREEN, "--yes")
        running.wait_step("rollout")
        self.ctl.kill(running)
        self.run_ctl("deploy", "lab", GREEN, "--yes")
        self.assert_all_on("green")
        self.assert_unnoticed()

    def test_status_of_all_environments(self):
        self.run_ctl("deploy", "lab", GREEN, "--yes")
        out = self.ctl.plain("status").out
        self.assertIn("lab", out)
        self.assertIn(GREEN, out)
        wait_until(lambda: self.status()["live"] == "green", what="green live")


if __name__ == "__main__":
    unittest.main()
