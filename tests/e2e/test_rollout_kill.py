"""SIGKILL of the proxy in every phase of a rollout: it comes back in gating with all traffic on live, then goes
on where it was or further back, never further forward. SY_KILLS makes it longer."""
import os
import unittest

from support.events import Events
from support.proxy import wait_until
from support.rollout import GREEN, LONG, RolloutCase, hold, journal_faults, plan
from support.wire import Client, request

KILLS = int(os.environ.get("SY_KILLS", "24"))
APPROVAL = {"before": 100, "timeout": LONG}
PLAN = plan(hold(10, LONG), hold(50, LONG), hold(100, LONG), approval=APPROVAL)
HASTY = plan(hold(50, 0.05), hold(100, LONG), approval=APPROVAL, when_quiet="advance")
PHASES = ("gating", "shifting 1", "shifting 2", "paused", "approval", "baking")
WEIGHT = {"gating": 0, "shifting 1": 10, "shifting 2": 50, "paused": 50, "approval": 50, "baking": 100}


class Killed(RolloutCase):
    def healthy(self, well):
        self.green.knobs(healthy=well)
        wait_until(lambda: self.proxy.gate_open("green") == well, what=f"gate of green {'open' if well else 'shut'}")

    def reach(self, phase):
        """A rollout that has just come to this phase."""
        if phase == "gating":
            self.healthy(False)
        self.started(HASTY if phase == "approval" else PLAN)
        if phase in ("gating", "approval"):
            return self.wait_phase(phase)
        self.wait_phase("shifting", 1)
        if phase == "shifting 1":
            return None
        self.assertEqual(self.post("promote").status, 200)
        self.wait_phase("shifting", 2)
        if phase == "paused":
            self.assertEqual(self.post("pause").status, 200)
        if phase in ("paused", "shifting 2"):
            return None
        # On loopback without tokens everyone is an approver.
        self.assertEqual(self.post("promote", {"version": GREEN}).status, 200)
        return self.wait_phase("baking")

    def restart(self):
        self.events.close()
        self.proxy.kill()
        self.proxy.start()
        self.events = Events(self.proxy)
        self.addCleanup(self.events.close)

    def ask(self):
        with Client(self.proxy.address) as client:
            return client.exchange(request("GET", "/api/patients")).value("X-Served-By")

    def survive(self, phase):
        self.reach(phase)
        before = self.rollout
        self.green.knobs(healthy=False)  # so that gating can be seen
        self.restart()
        now = self.status()
        after = now["rollout"]
        self.assertEqual((after["id"], after["phase"], now["live"]), (before["id"], "gating", "blue"))
        self.assertEqual(now["colors"]["green"]["effective"], 0)
        self.assertLessEqual(after["hold"], before["hold"])
        self.assertEqual(self.ask(), "blue")
        self.green.knobs(healthy=True)
        self.go_on(phase, before)

    def go_on(self, phase, before):
        if phase == "gating":
            return self.wait_phase("shifting", 1)
        wait_until(lambda: self.rollout["phase"] != "gating", what="gated again")
        after = self.rollout
        self.assertEqual(after["phase"], before["phase"])
        self.assertLessEqual(after["percent"], WEIGHT[phase])
        self.assertEqual(after["paused"], before["paused"])
        if phase in ("shifting 1", "shifting 2", "baking"):
            self.assertGreaterEqual(after["held_seconds"] + 1.0, before["held_seconds"])
        return None

    def test_it_is_never_further_forward_after_a_kill(self):
        for number in range(KILLS):
            phase = PHASES[number % len(PHASES)]
            with self.subTest(phase=phase, kill=number):
                self.setUp()
                self.survive(phase)
                self.assertEqual(self.post("abort").status, 200)
                self.wait_ended("aborted")
        faults, entries = journal_faults(self.proxy.folder)
        self.assertEqual(faults, [])
        self.assertGreater(entries, KILLS)

    def test_a_kill_under_load_costs_nobody_their_place(self):
        """Killed while its weight moves by itself: what was told last is not passed by what comes back."""
        steps = plan(*(hold(percent, 0.02) for percent in range(5, 100, 5)), hold(100, LONG))
        for number in range(max(3, KILLS // 6)):
            with self.subTest(kill=number):
                self.setUp()
                askers = self.askers()
                self.started(steps)
                self.wait_phase("shifting", 2 + 3 * number % 12)
                self.green.knobs(healthy=False)
                reached = self.rollout["hold"] + 2  # it may go on before the signal is delivered
                askers.__exit__()
                self.restart()
                after = self.rollout
                self.assertEqual((after["phase"], self.proxy.color("green")["effective"]), ("gating", 0))
                self.assertLessEqual(after["hold"], reached)


if __name__ == "__main__":
    unittest.main()
