"""A candidate that turns bad is taken out in whatever phase, no GET fails, and what is not its fault moves nothing."""
import unittest

from support.proxy import wait_until
from support.rollout import GREEN, LONG, OTHER, RolloutCase, hold, plan, staying
from support.wire import Client, request

BAD = {"error_rate": 1}


class Reverts(RolloutCase):
    config = {"timers": {"response_head": "300ms"}}

    def at(self, wanted, phase="shifting", hold_number=None):
        """A rollout under load in this phase, its candidate serving."""
        askers = self.askers()
        self.started(wanted)
        self.wait_phase(phase, hold_number)
        askers.wait_more(20, "green")
        return askers

    def assert_reverted(self, askers, *words, failures=0):
        self.events.wait("reverted")
        last = self.wait_ended("reverted")
        self.assert_all_on("blue")
        for word in words:
            self.assertIn(word, last["why"])
        askers.wait_more(50, "blue")
        self.assertLessEqual(len(askers.failures), failures, askers.failures[:5])
        return last

    def test_in_each_phase_with_a_candidate(self):
        approval = plan(hold(10, 0.05), hold(100, LONG), approval={"before": 100, "timeout": LONG})
        for phase, wanted in (("shifting", staying(10)), ("shifting", staying(50)), ("approval", approval),
                              ("baking", staying(100))):
            with self.subTest(phase=phase):
                self.setUp()
                askers = self.at(wanted, phase)
                self.green.knobs(**BAD)
                self.assert_reverted(askers, "green")
                askers.__exit__()

    def test_while_paused(self):
        askers = self.at(staying(10))
        self.assertEqual(self.post("pause").status, 200)
        self.green.knobs(**BAD)
        self.assert_reverted(askers)

    def test_within_five_failures_at_ten_percent(self):
        askers = self.at(staying(10))
        self.green.knobs(**BAD)
        self.assert_reverted(askers)
        self.assertLessEqual(self.green.counts()["failures"], 5 + len(askers.threads))

    def test_one_in_five(self):
        askers = self.at(staying(50))
        self.green.knobs(error_rate=0.2)
        self.assert_reverted(askers)

    def test_connections_refused(self):
        askers = self.at(staying(10))
        self.green.knobs(crash=True)
        self.assert_reverted(askers)

    def test_connections_reset_before_an_answer(self):
        askers = self.at(staying(10))
        self.green.knobs(reset_rate=1, reset_early=True)
        self.assert_reverted(askers)

    def test_requests_left_without_an_answer(self):
        askers = self.at(staying(10))
        self.green.knobs(hang_rate=1)
        self.assert_reverted(askers)

    def test_slower_than_live(self):
        for toy in self.toys.values():
            toy.knobs(latency_ms=4)
        askers = self.at(staying(50))
        askers.wait_more(300)
        self.green.knobs(latency_ms=40)
        self.assert_reverted(askers, "slow")

    def test_another_version_than_the_one_named(self):
        askers = self.at(staying(10))
        self.green.knobs(version=OTHER)
        self.assert_reverted(askers, GREEN, OTHER)

    def test_probes_that_fail(self):
        askers = self.at(staying(10))
        self.green.knobs(healthy=False)
        self.assert_reverted(askers, "gate")

    def test_one_route_is_named_in_the_reason(self):
        askers = self.at(staying(50))
        claims = self.askers(path="/api/claims")
        claims.wait_more(50)
        self.green.knobs(error_rate=1, error_path="/api/claims")
        self.assert_reverted(askers, "/api/claims")
        self.assertEqual(claims.failures, [])

    def test_posts_with_a_key_are_spared_and_others_are_not_repeated(self):
        askers = self.at(staying(10))
        keyed = self.askers(method="POST", threads=1, fields=[("Idempotency-Key", "k1")])
        keyed.wait_more(50)
        self.green.knobs(**BAD)
        self.assert_reverted(askers)
        self.assertEqual(keyed.failures, [])

    def test_weights_by_hand_are_guarded_too(self):
        askers = self.askers()
        self.assertEqual(self.proxy.weights(90, 10, reason="by hand").status, 200)
        askers.wait_more(20, "green")
        self.green.knobs(**BAD)
        self.events.wait("reverted")
        wait_until(lambda: self.proxy.color("green")["effective"] == 0, what="green without weight")
        self.assertEqual(self.proxy.color("blue")["weight"], 100)
        self.assertEqual(askers.failures, [])

    def test_forced_weights_are_not(self):
        askers = self.askers()
        self.assertEqual(self.proxy.weights(90, 10, force=True, reason="by hand").status, 200)
        self.green.knobs(**BAD)
        wait_until(lambda: self.green.counts()["failures"] > 20, what="failures")
        self.assertEqual(self.proxy.color("green")["weight"], 10)
        self.assertEqual(askers.failures, [])

    def test_a_cookie_of_a_reverted_deploy_is_replaced(self):
        askers = self.at(staying(50))
        with Client(self.proxy.address) as client:
            def ask(*fields):
                return client.exchange(request("GET", "/api/patients", fields))
            wait_until(lambda: ask().value("X-Served-By") == "green", what="green")
            old = ask().value("Set-Cookie").split(";")[0]
            self.green.knobs(**BAD)
            self.assert_reverted(askers)
            answer = ask(("Cookie", old))
            self.assertEqual(answer.value("X-Served-By"), "blue")
            fresh = answer.value("Set-Cookie")
            if fresh is not None:
                self.assertNotEqual(fresh.split(";")[0], old)


class Holds(RolloutCase):
    """Nothing moves: it is not the candidate's fault, or there is nowhere to go."""

    def holding(self, toy="green", failures=100):
        wait_until(lambda: self.toys[toy].counts()["failures"] >= failures, 15, f"{failures} failures of {toy}")
        self.assertEqual(self.rollout["phase"], "shifting", self.status()["verdict"])
        return self.status()["verdict"]

    def test_a_dependency_of_both_that_fails(self):
        for rate in (1, 0.3):
            with self.subTest(rate=rate):
                self.setUp()
                askers = self.askers()
                self.started(staying(10))
                self.wait_phase("shifting")
                askers.wait_more(30, "green")
                for toy in self.toys.values():
                    toy.knobs(error_rate=rate)
                self.holding()
                wait_until(lambda: self.status()["verdict"]["kind"] == "shared", what="a shared dependency named")
                askers.__exit__()

    def test_one_client_that_poisons_its_requests(self):
        askers = self.askers()
        self.started(staying(50))
        self.wait_phase("shifting")
        for toy in self.toys.values():
            toy.knobs(error_rate=1, error_field="Cookie: client=poison")
        self.askers(threads=1, cookie="client=poison", path="/api/claims")
        self.holding()
        self.assertEqual(askers.failures, [])

    def test_one_client_that_fails_on_the_candidate_alone(self):
        """Its failures are within the budget of replays, so that not even that client sees one."""
        askers = self.askers(poison_every=13)
        self.started(staying(50))
        self.wait_phase("shifting")
        self.green.knobs(error_rate=1, error_field="Cookie: client=poison")
        self.holding()
        self.assertEqual(askers.failures, [])

    def test_it_does_not_revert_onto_a_color_whose_gate_is_shut(self):
        askers = self.askers()
        self.started(staying(50))
        self.wait_phase("shifting")
        self.blue.knobs(healthy=False)
        wait_until(lambda: not self.proxy.gate_open("blue"), what="gate of blue shut")
        self.green.knobs(**BAD)
        wait_until(lambda: self.green.counts()["failures"] >= 50, what="failures")
        now = self.status()
        self.assertIsNotNone(now["rollout"])
        self.assertEqual(now["colors"]["green"]["effective"], 100)
        self.blue.knobs(healthy=True)
        self.wait_ended("reverted")
        self.assert_all_on("blue")
        askers.wait_more(20, "blue")


class LiveVanishes(RolloutCase):
    """The live color dies at once: requests wait for the candidate or for its return."""

    config = {"shield": {"hold": "3s"}}

    def test_its_traffic_goes_to_the_candidate_without_a_failure(self):
        askers = self.askers()
        self.started(staying(50))
        self.wait_phase("shifting")
        askers.wait_more(20, "green")
        self.blue.kill()
        self.addCleanup(self.proxy.wait_open, "blue")
        self.addCleanup(self.blue.restart)
        askers.wait_more(100, "green")
        self.assertEqual(askers.failures, [])

    def test_requests_wait_for_a_color_that_comes_back(self):
        askers = self.askers()
        askers.wait_more(50)
        self.blue.kill()
        self.blue.restart()
        self.proxy.wait_open("blue")
        askers.wait_more(50, "blue")
        self.assertEqual(askers.failures, [])


if __name__ == "__main__":
    unittest.main()
