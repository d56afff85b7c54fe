"""The verbs around a deploy, on ECS with real tasks: what runs, why it does not, restart, scale, logs, locks."""
import json
import unittest

from support.deploy_case import DONE, FAILED, LOCKED, REFUSED, DeployCase
from support.deploy_world import NEW, OLD, STUCK, put_json
from support.proxy import wait_until


class Looking(DeployCase):
    """After one deploy, things are looked at and nothing is changed."""

    shared = True
    options = {"tasks": 2, "endpoints": "push"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.common.load():
            done = cls.common.ctl.run("deploy", "staging", NEW, "--yes", "--wait-until", "recorded")
        if done.code:
            raise AssertionError(done)

    def setUp(self):
        super().setUp()
        self.mark = self.world.mark()

    def tearDown(self):
        super().tearDown()
        self.assertEqual(self.world.changes(self.mark), [])

    def seen(self, *words, code=DONE):
        done = self.ctl.plain(*words)
        self.assertEqual(done.code, code, done)
        return done.out

    def test_status(self):
        out = self.seen("status", self.env)
        for words in (NEW, OLD, "green", "blue", "100"):
            self.assertIn(words, out)

    def test_status_as_json(self):
        done = self.ctl.run("status", self.env)
        self.assertEqual(done.code, DONE, done)
        self.assertEqual(len(done.lines), 1, done)
        self.assertIn(NEW, json.dumps(done.lines[0]))

    def test_versions_are_those_of_the_record(self):
        out = self.seen("versions", self.env)
        self.assertIn(NEW, out)
        self.assertIn(OLD, out)

    def test_verify_asks_every_task_and_every_proxy(self):
        out = self.seen("verify", self.env)
        self.assertGreaterEqual(out.count(NEW), 2)

    def test_verify_finds_a_task_that_lies(self):
        task = next(one for one in self.fake.get("tasks")["tasks"]
                    if (one["service"], one["color"]) == ("backend", "green"))
        put_json(task["said"]["knobs"], {"version": OLD})
        self.addCleanup(put_json, task["said"]["knobs"], {"version": ""})
        wait_until(lambda: self.ctl.plain("verify", self.env).code, what="the lie seen")  # as proxies probe it
        done = self.ctl.plain("verify", self.env)
        self.assertIn(done.code, (FAILED, REFUSED), done)
        self.assertIn(OLD, done.out)

    def test_diff_tells_what_a_deploy_would_change(self):
        out = self.seen("diff", self.env, OLD)
        self.assertIn(OLD, out)
        self.assertIn(NEW, out)

    def test_logs_of_a_service(self):
        out = self.seen("logs", self.env, "backend", "--since", "1h")
        self.assertIn("starts", out)

    def test_doctor_is_content(self):
        self.seen("doctor", self.env)

    def test_history_dora_and_journal(self):
        for verb in ("history", "dora", "journal"):
            self.assertTrue(self.seen(verb, self.env))
        self.seen("journal", self.env, "--verify")

    def test_completion_knows_the_environments(self):
        for shell in ("bash", "zsh", "fish"):
            self.assertIn("deploy", self.seen("completion", shell))


class Changing(DeployCase):
    options = {"tasks": 2}

    def test_a_restart_replaces_the_tasks_and_nobody_notices(self):
        self.load()
        before = {one["task"] for one in self.fake.get("tasks")["tasks"] if one["service"] == "backend"}
        done = self.ctl.run("restart", self.env, "backend", "--yes")
        self.assert_exit(done, DONE)
        after = {one["task"] for one in self.fake.get("tasks")["tasks"] if one["service"] == "backend"}
        self.assertEqual((len(after), before & after), (2, set()))
        self.assert_live("blue", OLD)

    def test_scale(self):
        self.load()
        done = self.ctl.run("scale", self.env, "backend", "3", "--yes")
        self.assert_exit(done, DONE)
        self.assertEqual(self.world.described("backend", "blue")["desiredCount"], 3)
        self.assertEqual(self.world.described("frontend", "blue")["desiredCount"], 2)

    def test_the_next_deploy_starts_as_many_as_run_now(self):
        self.load()
        self.assert_exit(self.ctl.run("scale", self.env, "backend", "3", "--yes"), DONE)
        self.deployed()
        self.assertEqual([self.world.described(name, "green")["desiredCount"] for name in ("backend", "frontend")],
                         [3, 2])

    def test_locks(self):
        self.assert_exit(self.ctl.run("lock", self.env, "--reason", "freeze"), DONE)
        for words in (("restart", self.env, "backend"), ("scale", self.env, "backend", "1")):
            self.assert_exit(self.ctl.run(*words, "--yes"), LOCKED, "freeze")
        seen = self.ctl.plain("status", self.env)
        self.assertIn("freeze", seen.out)
        self.assert_exit(self.ctl.run("unlock", self.env, "--yes"), DONE)
        self.assert_exit(self.ctl.run("restart", self.env, "backend", "--yes"), DONE)

    def test_doctor_says_why_it_is_stuck(self):
        running = self.start_deploy(STUCK)
        running.wait_step("up")
        done = self.ctl.plain("doctor", self.env)
        self.assertIn("green", done.out)
        self.assertIn("PENDING", done.out.upper())
        running.signal(2)
        self.assertEqual(self.ctl.end(running).code, 130)


if __name__ == "__main__":
    unittest.main()
