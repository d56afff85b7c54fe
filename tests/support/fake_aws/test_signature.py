"""The fake's own signature check: against the published vectors, and against requests spoilt one way each."""
import unittest

from .case import FakeCase
from .signature_vectors import folder, run

CALL = ("ssm", "GetParametersByPath", {"Path": "/"})
REFUSED = "InvalidSignatureException"


class Vectors(unittest.TestCase):
    @unittest.skipUnless(folder(), "the published vectors are not beside the project")
    def test_every_published_vector_is_met(self):
        good, bad = run()
        self.assertEqual(bad, [])
        self.assertGreaterEqual(len(good), 40)


class Spoilt(FakeCase):
    def assert_spoilt(self, change, code=REFUSED):
        answer = self.raw(*CALL, change=change)
        self.assertEqual((answer.status, answer.code), (400, code), answer.octets)
        return answer.message

    def test_the_same_request_unspoilt_is_taken(self):
        self.assertEqual(self.raw(*CALL).json, {"Parameters": []})

    def test_a_body_changed_after_signing_is_refused_and_the_message_shows_what_was_wanted(self):
        message = self.assert_spoilt(lambda headers, body: body.replace(b"/", b"//"))
        self.assertIn("The Canonical String for this request should have been", message)

    def test_a_header_changed_after_signing_is_refused(self):
        self.assert_spoilt(lambda headers, body: headers.update({"X-Amz-Target": "AmazonSSM.DescribeParameters"}))

    def test_one_wrong_letter_in_the_signature_is_refused(self):
        def change(headers, body):
            last = headers["Authorization"][-1]
            headers["Authorization"] = headers["Authorization"][:-1] + ("0" if last != "0" else "1")
        self.assert_spoilt(change)

    def test_every_amz_header_must_be_signed(self):
        self.assertIn("x-amz-extra", self.assert_spoilt(lambda headers, body: headers.update({"X-Amz-Extra": "1"})))

    def test_no_authorization_is_said_so(self):
        self.assert_spoilt(lambda headers, body: headers.pop("Authorization") and None,
                           "MissingAuthenticationTokenException")

    def test_half_an_authorization_is_incomplete(self):
        self.assert_spoilt(lambda headers, body: headers.update(
            {"Authorization": headers["Authorization"].replace("Signature=", "Sig=")}), "IncompleteSignatureException")

    def test_an_unknown_key_is_told_from_a_wrong_signature(self):
        def change(headers, body):
            headers["Authorization"] = headers["Authorization"].replace(self.root.access_key, "AKIAUNKNOWNUNKNOWN00")
        self.assert_spoilt(change, "UnrecognizedClientException")

    def test_the_scope_names_service_and_region(self):
        for more in ({"name": "ecs"}, {"region": "eu-west-1"}):
            with self.subTest(more):
                self.assertEqual(self.raw(*CALL, **more).code, REFUSED)

    def test_a_content_hash_that_is_sent_is_checked(self):
        answer = self.raw(*CALL, headers={"X-Amz-Content-SHA256": "0" * 64})
        self.assertEqual(answer.code, REFUSED)

    def test_another_content_type_is_not_understood(self):
        answer = self.raw(*CALL, headers={"Content-Type": "application/json"})
        self.assertEqual(answer.code, "SerializationException")


class Clocks(FakeCase):
    def test_awscli_is_told_that_its_signature_has_expired(self):
        self.control("POST", "skew", {"seconds": 600})
        code, _, words = self.aws("sts", "get-caller-identity", check=False)
        self.assertEqual(code, 254)
        self.assertIn("Signature expired", words)

    def test_five_minutes_are_tolerated_both_ways(self):
        for seconds, status in ((-290, 200), (290, 200), (-310, 400), (310, 400)):
            with self.subTest(seconds):
                self.world.clock.skew = seconds
                self.assertEqual(self.raw(*CALL).status, status)

    def test_too_early_is_said_too(self):
        self.world.clock.skew = -600
        self.assertIn("Signature not yet current", self.raw(*CALL).message)

    def test_the_date_header_follows_the_clock(self):
        ahead = self.raw(*CALL).headers["date"]
        self.world.clock.skew = 86400
        self.assertNotEqual(self.raw(*CALL).headers["date"][:16], ahead[:16])


if __name__ == "__main__":
    unittest.main()
