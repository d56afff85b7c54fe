"""What the network and AWS do to a call, and what the client makes of it."""
import unittest

from case import Case

NAME = "/pms/staging/record"


class Faults(Case):
    def setUp(self):
        super().setUp()
        self.fake.post("seed", parameters=[{"Name": NAME, "Value": "v", "Type": "String"}])

    def read(self, probe=None):
        return (probe or self.probe()).call("get_parameter", name=NAME)

    def test_throttled_twice_then_answered(self):
        self.fake.sow("throttle", "GetParameter", count=2)
        answer = self.read()
        self.assertEqual(answer["value"]["value"], "v")
        self.assertEqual([(one["attempt"], one["code"]) for one in answer["notices"]],
                         [(1, "ThrottlingException"), (2, "ThrottlingException")])
        self.assertEqual(len(answer["waits"]), 2)
        self.assertTrue(answer["waits"][0] < 1 and answer["waits"][1] < 2, answer["waits"])

    def test_throttled_to_the_end(self):
        self.fake.sow("throttle", "GetParameter", count=3)
        error = self.read()["error"]
        self.assertEqual((error["kind"], error["code"], error["maybe_done"]),
                         ("unavailable", "ThrottlingException", False))

    def test_more_attempts_when_asked_for(self):
        self.fake.sow("throttle", "GetParameter", count=5)
        self.assertIn("value", self.read(self.probe(self.fake.environment(AWS_MAX_ATTEMPTS="6"))))
        self.fake.sow("throttle", "GetParameter", count=1)
        self.assertIn("error", self.read(self.probe(attempts=1)))

    def test_a_wish_to_wait_is_heard(self):
        self.fake.sow("throttle", "GetParameter", retry_after_ms=3000)
        waits = self.read()["waits"]
        self.assertTrue(3 <= waits[0] <= 8, waits)

    def test_attempts_are_numbered_and_belong_together(self):
        self.fake.sow("throttle", "GetParameter", count=2)
        self.read()
        seen = [one["headers"] for one in self.fake.requests(operation="GetParameter")]
        self.assertEqual([one["amz-sdk-request"] for one in seen],
                         ["attempt=1; max=3", "attempt=2; max=3", "attempt=3; max=3"])
        self.assertEqual(len({one["amz-sdk-invocation-id"] for one in seen}), 1)
        self.assertEqual({one["connection"] for one in seen}, {"close"})

    def test_reading_is_done_again_whatever_broke(self):
        for kind, more in (("reset_before", {}), ("reset_after", {}), ("lost", {}), ("truncate", {}),
                           ("wrong_length", {"by": 10}), ("wrong_length", {"by": -10}), ("html", {"status": 503}),
                           ("html", {"status": 500})):
            with self.subTest(kind, **more):
                self.fake.sow(kind, "GetParameter", **more)
                answer = self.read()
                self.assertEqual(answer.get("value", {}).get("value"), "v", answer)
                self.assertEqual(len(answer["notices"]), 1)

    def test_one_that_is_not_answered_is_given_up_and_done_again(self):
        for kind in ("hang", "stall"):
            with self.subTest(kind):
                self.fake.sow(kind, "GetParameter")
                answer = self.read(self.probe(timeout_ms=600))
                self.assertEqual(answer["value"]["value"], "v")
                self.assertIn("in time", answer["notices"][0]["what"])

    def test_a_creation_whose_answer_is_lost_is_perhaps_our_own(self):
        for kind in ("reset_after", "lost", "truncate", "close"):
            with self.subTest(kind):
                name = f"/claims/{kind}"
                self.fake.sow(kind, "PutParameter")
                answer = self.probe().call("put_parameter", name=name, value="mine")
                if kind == "close":
                    self.assertEqual(answer["value"], 1)
                    continue
                error = answer["error"]
                self.assertEqual((error["kind"], error["code"], error["maybe_done"]),
                                 ("conflict", "ParameterAlreadyExists", True))

    def test_a_creation_that_was_reset_before_is_done(self):
        self.fake.sow("reset_before", "PutParameter")
        self.assertEqual(self.probe().value("put_parameter", name="/claims/1", value="mine"), 1)

    def test_a_page_of_a_load_balancer_is_quoted(self):
        self.fake.sow("html", "GetParameter", count=3, status=503)
        error = self.read()["error"]
        self.assertEqual((error["kind"], error["code"], error["what"], error["status"]),
                         ("unavailable", "Service Unavailable", "503 Service Unavailable 503 Service Unavailable", 503))

    def test_codes_are_found_in_every_form(self):
        for form in ("plain", "namespace", "uri", "header"):
            with self.subTest(form):
                self.fake.sow("error", "GetParameter", code="ParameterVersionNotFound", form=form)
                error = self.read()["error"]
                self.assertEqual((error["kind"], error["code"]), ("not_found", "ParameterVersionNotFound"))

    def test_denied_is_said_with_the_action(self):
        self.fake.put("policy", deny=["ssm:GetParameter"])
        error = self.read()["error"]
        self.assertEqual(error["kind"], "denied")
        self.assertIn("ssm:GetParameter", error["what"])
        self.assertRegex(error["sentence"], r"^AccessDeniedException: .* \(request [0-9a-f-]+\)$")

    def test_keys_that_are_not_known_are_no_retry(self):
        environment = self.fake.environment()
        environment["AWS_SECRET_ACCESS_KEY"] = "wrong" * 8
        error = self.read(self.probe(environment))["error"]
        self.assertEqual(error["kind"], "auth")
        self.assertEqual(len(self.attempts("GetParameter")), 1)

    def test_an_interruption_ends_the_waiting(self):
        self.fake.sow("throttle", "GetParameter", count=1)
        error = self.read(self.probe(waits=0))["error"]
        self.assertEqual((error["kind"], error["code"]), ("interrupted", "ThrottlingException"))
        self.assertEqual(len(self.attempts("GetParameter")), 1)

    # Clocks

    def test_a_wrong_clock_of_ours_is_corrected(self):
        for off in (-7200, 7200):
            with self.subTest(off):
                probe = self.probe(clock_off=off)
                answer = self.read(probe)
                self.assertEqual(answer["value"]["value"], "v")
                self.assertEqual(len(answer["notices"]), 1)
                self.assertEqual(self.read(probe)["notices"], [])

    def test_a_clock_that_goes_wrong_later_is_corrected_again(self):
        probe = self.probe()
        self.assertEqual(self.read(probe)["notices"], [])
        self.fake.post("skew", seconds=900)
        self.assertEqual(len(self.read(probe)["notices"]), 1)
        self.assertEqual(self.read(probe)["notices"], [])

    def test_a_role_is_assumed_with_a_wrong_clock(self):
        role = "arn:aws:iam::111122223333:role/r"
        self.fake.post("seed", roles=[{"arn": role}])
        config = (f"[profile p]\nrole_arn = {role}\ncredential_source = Environment\n")
        environment = self.fake.environment(AWS_CONFIG_FILE=self.write("config", config))
        # The keys of the environment are the profile's source, not what calls are made with.
        probe = self.probe(environment, profile="p", clock_off=3600)
        self.assertIn("/r/", probe.value("get_caller_identity")["arn"])

    def test_a_date_of_a_cache_does_not_move_the_clock(self):
        probe = self.probe()
        self.fake.sow("age", "GetParameter", seconds=3600)
        self.read(probe)
        self.assertEqual(self.read(probe)["notices"], [])

    def test_answers_without_a_date_are_taken(self):
        self.fake.sow("no_date", "GetParameter")
        self.assertEqual(self.read()["value"]["value"], "v")


if __name__ == "__main__":
    unittest.main()
