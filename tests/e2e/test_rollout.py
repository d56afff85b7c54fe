"""A rollout by plan, from outside: holds, promotion, pauses, the gate, approval by role, and what is refused."""
import hashlib
import unittest

from support.proxy import wait_until
from support.rollout import (Askers, BLUE, GREEN, LONG, OTHER, RolloutCase, hold, journal_faults, plan, staying)


class ByPlan(RolloutCase):
    def test_a_good_version_goes_through_its_holds_bakes_and_is_live(self):
        askers = self.askers()
        began = self.started(plan(hold(10, 0.2, 5), hold(50, 0.2, 20), hold(100, 0.3, 20)), reason="release")
        self.events.wait("completed")
        last = self.wait_ended("completed")
        self.assertEqual((last["id"], last["color"], last["version"]), (began["rollout"], "green", GREEN))
        self.assert_all_on("green")
        self.assertEqual(self.status()["previous"], "blue")
        self.assertEqual(askers.failures, [])
        told = [kind for kind in self.events.types() if kind in ("rollout", "hold", "completed")]
        self.assertEqual((told[0], told[-1]), ("rollout", "completed"))
        self.assertGreaterEqual(told.count("hold"), 2, told)
        self.assertEqual(journal_faults(self.proxy.folder)[0], [])

    def test_the_status_tells_plan_phase_and_standing(self):
        self.started(plan(hold(10, 60, 500), hold(100, 600), when_quiet="hold"), reason="release 7")
        self.wait_phase("shifting")
        now = self.status()
        rollout = now["rollout"]
        self.assertEqual(now["phase"], "shifting")
        self.assertEqual((rollout["color"], rollout["version"], rollout["hold"], rollout["percent"]),
                         ("green", GREEN, 1, 10))
        self.assertEqual([h["percent"] for h in rollout["holds"]], [10, 100])
        self.assertEqual((rollout["holds"][0]["for_seconds"], rollout["holds"][0]["requests"]), (60, 500))
        self.assertEqual((rollout["paused"], rollout["approval"], rollout["reason"]), (False, None, "release 7"))
        self.assertIn("hold 1 of 2 at 10 %", rollout["standing"])
        alone = self.proxy.api("GET", "/v1/rollout").json
        self.assertEqual(alone["rollout"]["id"], rollout["id"])
        self.assertEqual(set(alone), {"rollout", "last_rollout", "verdict"})

    def test_time_alone_does_not_end_a_hold_that_waits_for_requests(self):
        self.started(plan(hold(50, 0.1, 30), hold(100, LONG)))
        self.wait_phase("shifting", 1)
        wait_until(lambda: self.rollout["held_seconds"] >= 0.4, what="held longer than the plan says")
        self.assertEqual((self.rollout["phase"], self.rollout["hold"]), ("shifting", 1))
        self.askers()
        self.wait_phase("baking", 2)

    def test_without_traffic_it_is_inconclusive_and_holds(self):
        self.started(plan(hold(10, 0.1, 300), hold(100, LONG)))
        self.wait_phase("shifting", 1)
        wait_until(lambda: self.rollout["held_seconds"] >= 0.3, what="its time passed")
        verdict = self.status()["verdict"]
        self.assertEqual(verdict["kind"], "inconclusive", verdict)
        self.assertIn("inconclusive", verdict["words"])
        self.assertRegex(verdict["words"], r"needs \d+ more")
        self.assertEqual(self.rollout["hold"], 1)

    def test_what_the_rollout_before_saw_does_not_count(self):
        self.started(staying(50))
        self.wait_phase("shifting")
        for _ in range(5):
            with Askers(self.proxy.address) as askers:
                askers.wait_more(20, "green")
            self.assertEqual(self.post("abort").status, 200)
            self.started(staying(50))
            self.wait_phase("shifting")
            generation = self.status()["generation"]
            wait_until(lambda: self.rollout["held_seconds"] >= 0.25, what="some ticks")
            now = self.status()
            self.assertEqual((now["generation"], now["verdict"]["requests"], now["rollout"]["requests"]),
                             (generation, 0, 0), now["verdict"])

    def test_without_traffic_it_reverts_or_goes_on_if_the_plan_says_so(self):
        self.started(plan(hold(10, 0.1, 300), hold(100, LONG), when_quiet="revert"))
        self.wait_ended("reverted")
        self.assert_all_on("blue")
        self.started(plan(hold(10, 0.1, 300), hold(100, LONG), when_quiet="advance"))
        self.wait_phase("baking")

    def test_a_pause_stops_the_time_and_resume_goes_on(self):
        askers = self.askers()
        self.started(plan(hold(10, 0.5), hold(100, LONG)))
        self.wait_phase("shifting")
        self.assertEqual(self.post("pause", {"reason": "lunch"}).status, 200)
        self.events.wait("paused")
        self.assertTrue(self.rollout["paused"])
        askers.wait_more(300)
        self.assertEqual((self.rollout["hold"], self.rollout["percent"]), (1, 10))
        self.assertEqual(self.post("resume").status, 200)
        self.wait_phase("baking")
        self.assertEqual(askers.failures, [])

    def test_promote_skips_the_time_of_holds_and_of_the_bake(self):
        self.started(plan(hold(10, LONG), hold(50, LONG), hold(100, LONG)))
        self.wait_phase("shifting", 1)
        self.assertEqual(self.post("promote", {"reason": "looks good"}).status, 200)
        self.wait_phase("shifting", 2)
        self.assertEqual(self.rollout["percent"], 50)
        self.assertEqual(self.post("promote").status, 200)
        self.wait_phase("baking", 3)
        self.assertEqual(self.status()["live"], "blue")
        self.assertEqual(self.post("promote").status, 200)
        self.wait_ended("completed")
        self.assert_all_on("green")

    def test_abort_rollback_and_a_switch_to_live_each_take_it_back(self):
        ways = (lambda: self.post("abort", {"reason": "no"}),
                lambda: self.proxy.api("POST", "/v1/rollback", {}),
                lambda: self.proxy.api("POST", "/v1/switch", {"color": "blue"}))
        for number, way in enumerate(ways):
            with self.subTest(way=number):
                self.started(staying(50))
                self.wait_phase("shifting")
                self.assertEqual(way().status, 200)
                self.wait_ended("aborted")
                self.assert_all_on("blue")

    def test_a_switch_is_a_rollout_that_bakes(self):
        askers = self.askers()
        self.assertEqual(self.proxy.api("POST", "/v1/switch", {"color": "green", "reason": "new"}).status, 200)
        self.wait_phase("baking")
        self.assertEqual((self.rollout["percent"], self.status()["live"]), (100, "blue"))
        askers.wait_more(20, "green")
        self.assertEqual(self.post("abort").status, 200)
        self.assert_all_on("blue")
        self.assertEqual(askers.failures, [])

    def test_a_forced_switch_is_by_hand(self):
        body = {"color": "green", "force": True, "reason": "I know"}
        self.assertEqual(self.proxy.api("POST", "/v1/switch", body).status, 200)
        self.assert_all_on("green")
        self.assertIsNone(self.rollout)
        self.assertFalse(self.status()["guarded"])

    def test_the_hand_is_refused_while_a_rollout_runs_unless_forced(self):
        began = self.started(staying(10))
        self.wait_phase("shifting")
        endpoints = {"endpoints": {"backend": [self.green.url]}}
        for call in (("PUT", "/v1/weights", {"blue": 50, "green": 50}), ("POST", "/v1/switch", {"color": "green"}),
                     ("PUT", "/v1/upstreams/green", endpoints)):
            with self.subTest(call=call[1]):
                self.assert_problem(self.proxy.api(*call), 409, began["rollout"], "abort")
        self.assertEqual(self.rollout["percent"], 10)
        self.assertEqual(self.proxy.weights(50, 50, force=True, reason="mine").status, 200)
        self.assertIsNone(self.rollout)
        last = self.status()["last_rollout"]
        self.assertEqual(last["outcome"], "aborted")
        self.assertIn("by hand", last["why"])

    def test_maintenance_may_begin_and_end_under_a_rollout(self):
        self.started(staying(10))
        self.wait_phase("shifting")
        self.assertEqual(self.proxy.api("PUT", "/v1/maintenance", {"on": True}).status, 200)
        self.assertEqual(self.proxy.api("PUT", "/v1/maintenance", {"on": False}).status, 200)
        self.assertEqual(self.rollout["percent"], 10)


class Gate(RolloutCase):
    def shut(self, color="green"):
        self.toys[color].knobs(healthy=False)
        wait_until(lambda: not self.proxy.gate_open(color), what=f"gate of {color} shut")

    def test_it_waits_for_a_gate_that_is_shut_and_goes_on_when_it_opens(self):
        self.shut()
        self.started(plan(hold(10, LONG), hold(100, LONG), gate={"timeout": "1m"}))
        self.assertEqual((self.rollout["phase"], self.status()["colors"]["green"]["weight"]), ("gating", 0))
        self.green.knobs(healthy=True)
        self.wait_phase("shifting")

    def test_a_gate_that_stays_shut_reverts_when_its_time_is_over(self):
        self.shut()
        self.started(plan(hold(100, LONG), gate={"timeout": "300ms"}))
        self.assertIn("gate", self.wait_ended("reverted")["why"])
        self.assert_all_on("blue")

    def test_without_time_for_the_gate_a_shut_one_is_refused(self):
        self.shut()
        self.assert_problem(self.start(plan(hold(100, LONG), gate={"timeout": 0})), 409, "gate")
        self.assert_problem(self.proxy.api("POST", "/v1/switch", {"color": "green"}), 409, "gate")
        self.assertIsNone(self.rollout)

    def test_it_waits_for_the_version_that_was_named(self):
        self.shut()
        self.started(plan(hold(10, LONG), hold(100, LONG)), version=OTHER)
        self.green.knobs(healthy=True)
        self.proxy.wait_open("green")
        self.assertEqual(self.rollout["phase"], "gating")
        self.assertEqual(self.status()["colors"]["green"]["effective"], 0)
        self.green.knobs(version=OTHER)
        self.wait_phase("shifting")


class Refusals(RolloutCase):
    def test_what_can_never_be_right_is_refused_in_words(self):
        cases = (
            (422, ["no-such-plan", "canary"], {"plan": "no-such-plan"}),
            (422, ["does not rise"], {"plan": plan(hold(50, 1), hold(10, 1), hold(100, 1))}),
            (422, ["100"], {"plan": plan(hold(50, 1))}),
            (422, ["holds"], {"plan": {"holds": []}}),
            (400, ["version"], {"version": "", "plan": staying(10)}),
            (400, ["version"], {"version": "latest", "plan": staying(10)}),
            (400, ["for"], {"plan": plan({"percent": 100, "for": "soon"})}),
            (400, ["when_quiet"], {"plan": plan(hold(100, 1), when_quiet="shrug")}),
            (400, ["colour"], {"plan": staying(10), "colour": "green"}),
            (400, ["color"], {"color": "red", "plan": staying(10)}),
        )
        before = self.status()["generation"]
        for status, words, body in cases:
            with self.subTest(body=body):
                reply = self.proxy.api("POST", "/v1/rollouts", {"color": "green", "version": GREEN, **body})
                self.assert_problem(reply, status, *words)
        self.assertEqual(self.status()["generation"], before)
        self.assertIsNone(self.rollout)

    def test_what_cannot_be_now_is_refused_and_says_what_is_true(self):
        self.assert_problem(self.start(staying(10), color="blue", version=BLUE), 409, "blue", "live")
        self.assert_problem(self.start(staying(10), version=OTHER), 409, GREEN, OTHER)
        for what in ("promote", "pause", "resume", "abort"):
            with self.subTest(what=what):
                self.assert_problem(self.post(what), 409, "no rollout")
        began = self.started(staying(10))
        self.assert_problem(self.start(staying(10)), 409, began["rollout"])

    def test_a_stale_generation_is_refused_and_nothing_changes(self):
        generation = self.status()["generation"]
        stale = {"If-Match": f'"{generation + 7}"'}
        self.assert_problem(self.start(staying(10), fields=stale), 412)
        self.assertIsNone(self.rollout)
        self.assertEqual(self.start(staying(10), fields={"If-Match": f'"{generation}"'}).status, 202)
        self.assert_problem(self.post("abort", fields=stale), 412)
        self.assertIsNotNone(self.rollout)

    def test_a_dry_run_starts_nothing(self):
        body = {"color": "green", "version": GREEN, "plan": staying(10)}
        reply = self.proxy.api("POST", "/v1/rollouts?dry_run=true", body)
        self.assertIn(reply.status, (200, 202), reply.body)
        self.assertTrue(reply.json["dry_run"])
        self.assertIsNone(self.rollout)

    def test_the_same_key_starts_it_once(self):
        key = {"Idempotency-Key": "release-7"}
        first = self.start(staying(10), fields=key)
        again = self.start(staying(10), fields=key)
        self.assertEqual((first.status, again.status), (202, 202), again.body)
        self.assertEqual(first.fields["Location"], "/v1/rollout")
        self.assertEqual((again.json["rollout"], again.json["replayed"]), (first.json["rollout"], True))


TOKENS = {role: f"{role}-{'x' * 40}" for role in ("viewer", "operator", "approver")}


class Approval(RolloutCase):
    config = {"control": {"address": "127.0.0.1:0", "tokens": [
        {"name": f"the-{role}", "role": role, "sha256": hashlib.sha256(token.encode()).hexdigest()}
        for role, token in TOKENS.items()]}}

    @classmethod
    def made(cls, **more):
        proxy = super().made(**more)
        proxy.token = TOKENS["operator"]
        return proxy

    def held(self, timeout=LONG):
        """A rollout that stands before its bake."""
        self.started(plan(hold(10, 0.1), hold(100, LONG), approval={"before": 100, "timeout": timeout},
                          when_quiet="advance"))
        self.wait_phase("approval")

    def as_role(self, role):
        return {"Authorization": f"Bearer {TOKENS[role]}"}

    def test_roles_bound_what_a_token_may_do(self):
        viewer = self.as_role("viewer")
        self.assertEqual(self.proxy.api("GET", "/v1/rollout", fields=viewer).status, 200)
        self.assert_problem(self.start(staying(10), fields=viewer), 403)
        self.started(staying(10))
        for what in ("promote", "pause", "resume", "abort"):
            self.assert_problem(self.post(what, fields=viewer), 403)
        self.assert_problem(self.post("approve", {"version": GREEN}), 403, "approver")

    def test_only_an_approver_takes_it_past_an_approval_and_only_for_this_version(self):
        self.held()
        self.assertEqual((self.rollout["percent"], self.rollout["approval"]["before"]), (10, 100))
        self.assert_problem(self.post("promote"), 403, "approver")
        approver = self.as_role("approver")
        self.assert_problem(self.post("approve", {"version": OTHER}, approver), 409, GREEN)
        self.assertEqual(self.rollout["phase"], "approval")
        self.assertEqual(self.post("approve", {"version": GREEN, "reason": "seen"}, approver).status, 200)
        self.wait_phase("baking")
        entries = self.proxy.api("GET", "/v1/journal").json["entries"]
        self.assertIn(("approve", "the-approver"), [(e["action"], e["actor"]) for e in entries])

    def test_an_approval_ahead_is_kept_for_the_moment_it_is_needed(self):
        askers = self.askers()
        self.started(plan(hold(10, LONG), hold(100, LONG), approval={"before": 100, "timeout": LONG}))
        self.wait_phase("shifting")
        self.assertEqual(self.post("approve", {"version": GREEN}, self.as_role("approver")).status, 200)
        self.assertEqual(self.rollout["approval"]["approved_by"], "the-approver")
        self.assertEqual(self.rollout["phase"], "shifting")
        self.assertEqual(self.post("promote").status, 200)
        self.wait_phase("baking")
        self.assertEqual(askers.failures, [])

    def test_an_approval_that_nobody_gives_reverts(self):
        self.held(0.3)
        self.assertIn("approv", self.wait_ended("reverted")["why"])
        self.assert_all_on("blue")


if __name__ == "__main__":
    unittest.main()
