"""switchctl against the control API over a fake director: what it prints and how it exits.

Usage: check_switchctl.py FIXTURE SWITCHCTL
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest

FIXTURE, SWITCHCTL = sys.argv[1], sys.argv[2]
VERSION = "v20240108-def5678"


class Switchctl(unittest.TestCase):
    arguments = ()

    def setUp(self):
        self.server = subprocess.Popen([FIXTURE, *self.arguments], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.server.stdout.readline().strip()}"
        self.addCleanup(self.stop)

    def stop(self):
        self.server.stdin.close()
        self.server.stdout.close()
        self.assertEqual(self.server.wait(timeout=30), 0)

    def begin(self, *words):
        environment = {**os.environ, "SWITCHYARD_PROXY": self.url}
        environment.pop("SWITCHYARD_TOKEN", None)
        return subprocess.Popen([SWITCHCTL, *words], env=environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def say(self, *words):
        program = self.begin(*words)
        out, err = program.communicate(timeout=60)
        return program.returncode, out, err

    def followed(self, *words):
        """A rollout that is being followed: its first standing has been printed."""
        program = self.begin("rollout", "local", "green", VERSION, *words)
        self.addCleanup(program.stderr.close)
        self.addCleanup(program.stdout.close)
        while not (line := program.stdout.readline()).startswith("rollout: green 0 %, gating"):
            self.assertTrue(line, "the program ended")
        return program


class Rollouts(Switchctl):
    def test_an_abort_seen_while_following_is_3(self):
        program = self.followed()
        self.assertEqual(self.say("abort", "local", "--reason", "slow")[0], 0)
        self.assertEqual(program.stdout.read(), "rollout: aborted: slow\naborted: slow\n")
        self.assertEqual(program.wait(timeout=60), 3)

    def test_an_interrupt_leaves_it_running_and_is_130(self):
        program = self.followed()
        program.send_signal(signal.SIGINT)
        self.assertEqual(program.wait(timeout=60), 130)
        self.assertEqual(program.stdout.read(), "moving: the rollout goes on, guarded by the proxies; "
                                                "switchctl status, pause or abort\n")
        self.assertIn(f"rollout r8 of green {VERSION} by plan canary, begun by local", self.say("status")[1])

    def test_time_that_is_up_without_evidence_is_8(self):
        code, out, _ = self.say("rollout", "local", "green", VERSION, "--timeout", "1")
        self.assertEqual(code, 8)
        self.assertIn("moving: the rollout goes on", out)

    def test_a_second_one_is_refused_with_4_and_the_first_named(self):
        self.assertEqual(self.say("rollout", "local", "green", VERSION, "--wait-until", "accepted")[0], 0)
        code, _, err = self.say("rollout", "local", "green", VERSION)
        self.assertEqual(code, 4)
        self.assertIn("a rollout runs: promote, pause or abort it (rollout r8, gating at 0 %)", err)

    def test_a_dry_run_follows_nothing(self):
        code, out, _ = self.say("rollout", "local", "green", VERSION, "--dry-run")
        self.assertEqual((code, out), (0, "would do: as asked, generation 7\n"))

    def test_json_is_a_line_for_each_event_and_the_result_last(self):
        code, out, _ = self.say("rollout", "local", "green", VERSION, "--json", "--timeout", "1")
        *events, result = [json.loads(line) for line in out.splitlines()]
        self.assertIn("began rollout r8", events[0]["what"])
        self.assertEqual({event["step"] for event in events}, {"rollout"})
        self.assertEqual((result["operation"], result["outcome"], result["exit"]), ("rollout", "moving", code))

    def test_a_plan_comes_from_a_file_and_its_faults_are_2(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write('{"holds":[{"percent":200,"for":"1m"}]}')
            file.flush()
            code, _, err = self.say("rollout", "local", "green", VERSION, "--plan", file.name)
        self.assertEqual((code, err), (2, f"switchctl: {file.name} is not a plan: /holds/0/percent: must be from 0 to "
                                          "100\n"))

    def test_what_cannot_be_asked_for_is_2(self):
        for words in (("red", VERSION), ("green",), ("green", VERSION, "--committed", "yesterday"),
                      ("green", VERSION, "--plan", "/nowhere/plan.json")):
            self.assertEqual(self.say("rollout", "local", *words)[0], 2, words)


class Roles(Switchctl):
    arguments = ("--token",)

    def test_without_a_token_nothing_begins_and_it_is_6(self):
        self.assertEqual(self.say("rollout", "local", "green", VERSION)[0], 6)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
