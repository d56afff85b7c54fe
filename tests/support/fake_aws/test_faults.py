"""Each fault as a client meets it, and that none stays in the ground."""
import http.client
import unittest

import botocore.exceptions

from .case import FakeCase

NAME = "/pms/production/claim"
PUT = ("ssm", "PutParameter", {"Name": NAME, "Value": "mine", "Type": "String"})
GET = ("ssm", "GetParameter", {"Name": NAME})


class Faults(FakeCase):
    def kept(self):
        """The value that is really there, or None."""
        there = self.world.services["ssm"].parameters.get(NAME)
        return there and there.last().value

    def calls(self, operation):
        return len(self.world.journal.select(operation=operation))

    def test_two_throttles_are_outlasted_by_standard_retries(self):
        self.sow("throttle", "PutParameter", count=2)
        ssm = self.client("ssm", attempts=3)
        self.assertEqual(ssm.put_parameter(Name=NAME, Value="v", Type="String")["Version"], 1)
        entries = self.world.journal.select(operation="PutParameter")
        self.assertEqual([entry["attempt"][entry["attempt"].index("attempt="):] for entry in entries],
                         ["attempt=1", "attempt=2; max=3", "attempt=3; max=3"])
        self.assertEqual(len({entry["invocation"] for entry in entries}), 1)

    def test_awscli_finds_its_own_parameter_after_a_lost_answer(self):
        self.sow("lost", "PutParameter")
        code, _, words = self.aws("ssm", "put-parameter", "--name", NAME, "--value", "mine", "--type", "String",
                                  attempts=3, check=False)
        self.assertEqual(code, 254)
        self.assertIn("ParameterAlreadyExists", words)
        self.assertEqual((self.kept(), self.calls("PutParameter")), ("mine", 2))

    def test_a_reset_before_applies_nothing_and_a_reset_after_does(self):
        for kind, kept in (("reset_before", None), ("reset_after", "mine")):
            with self.subTest(kind):
                self.sow(kind, "PutParameter")
                with self.assertRaises(ConnectionResetError):
                    self.raw(*PUT)
                self.assertEqual(self.kept(), kept)

    def test_a_lost_answer_is_an_end_without_a_byte(self):
        self.sow("lost", "PutParameter")
        with self.assertRaises(http.client.RemoteDisconnected):
            self.raw(*PUT)
        self.assertEqual(self.kept(), "mine")

    def test_a_page_of_html_instead_of_json(self):
        self.sow("html", "GetParameter", status=500)
        self.sow("html", "GetParameter")
        for status in (500, 503):
            answer = self.raw(*GET)
            self.assertEqual((answer.status, answer.headers["content-type"]), (status, "text/html"))
            self.assertIn(b"<html>", answer.octets)

    def test_half_a_body_and_a_wrong_length_are_incomplete(self):
        self.raw(*PUT)
        for kind in ("truncate", "wrong_length"):
            with self.subTest(kind), self.assertRaises(http.client.IncompleteRead):
                self.sow(kind, "GetParameter")
                self.raw(*GET)

    def test_a_length_that_is_too_short_cuts_the_json(self):
        self.raw(*PUT)
        self.sow("wrong_length", "GetParameter", by=-5)
        self.assertEqual(self.raw(*GET).json, {})

    def test_a_client_gives_up_on_what_hangs_and_it_was_applied(self):
        self.sow("hang", "PutParameter")
        with self.assertRaises(botocore.exceptions.ReadTimeoutError):
            self.client("ssm", read_timeout=0.3).put_parameter(Name=NAME, Value="mine", Type="String")
        self.assertEqual(self.kept(), "mine")

    def test_a_throttle_may_say_when_to_come_again(self):
        self.sow("throttle", "GetParameter", retry_after_ms=1500)
        answer = self.raw(*GET)
        self.assertEqual((answer.code, answer.headers["x-amz-retry-after"]), ("ThrottlingException", "1500"))

    def test_error_codes_come_in_every_form(self):
        said = {}
        for form in ("plain", "namespace", "uri", "header"):
            self.sow("error", "GetParameter", code="InternalServerError", status=500, form=form)
            answer = self.raw(*GET)
            said[form] = answer.code or answer.headers["x-amzn-errortype"]
            self.assertEqual(answer.json["Message"], "sown by a test")
        self.assertEqual(said["plain"], "InternalServerError")
        self.assertEqual(said["namespace"], "com.amazonaws.ssm#InternalServerError")
        self.assertTrue(said["uri"].startswith("aws.protocoltests#InternalServerError:http"))
        self.assertTrue(said["header"].startswith("InternalServerError:"))

    def test_an_aged_answer_has_an_old_date(self):
        self.raw(*PUT)
        self.sow("age", "GetParameter", seconds=3600)
        self.sow("no_date", "GetParameter")
        now = self.raw(*PUT).headers["date"]
        aged = self.raw(*GET)
        self.assertEqual(aged.headers["age"], "3600")
        self.assertNotEqual(aged.headers["date"][:22], now[:22])
        self.assertNotIn("date", self.raw(*GET).headers)

    def test_a_fault_can_wait_for_its_turn_and_choose_by_input(self):
        self.sow("denied", "GetParameter", skip=1, where={"Name": NAME})
        codes = [self.raw(*GET).code, self.raw("ssm", "GetParameter", {"Name": "/other"}).code, self.raw(*GET).code]
        self.assertEqual(codes, ["ParameterNotFound", "ParameterNotFound", "AccessDeniedException"])

    def test_an_action_can_be_denied_by_name(self):
        self.control("PUT", "policy", {"deny": ["ssm:Put*"]})
        answer = self.raw(*PUT)
        self.assertEqual(answer.code, "AccessDeniedException")
        self.assertIn("is not authorized to perform: ssm:PutParameter", answer.message)


class FailingClosed(FakeCase):
    def test_a_fault_that_never_struck_is_told(self):
        self.sow("throttle", "GetParameter", count=2)
        self.raw(*GET)
        verdict = self.control("GET", "verdict")
        self.assertEqual((verdict["ok"], verdict["faults"][0]["left"]), (False, 1))
        self.world.faults.clear()

    def test_an_operation_that_is_not_played_is_told(self):
        self.assertEqual(self.raw("ssm", "SendCommand", {}).code, "UnknownOperationException")
        self.assertEqual(self.control("GET", "verdict")["problems"],
                         ["request 1: ssm.SendCommand is not played by the fake"])
        self.world.journal.problems.clear()

    def test_a_fault_for_nothing_is_refused_at_once(self):
        for fault in ({"kind": "throttle", "operation": "GetParametre"}, {"kind": "cosmic"},
                      {"kind": "throttle", "times": 3}, {"kind": "error"}):
            with self.subTest(fault):
                self.assertIn("error", self.control("POST", "faults", fault))


if __name__ == "__main__":
    unittest.main()
