"""Who calls: STS, credentials that expire, and the places where machines, tasks and workflows find theirs."""
import http.client
import json
import unittest

import botocore.credentials
import botocore.exceptions
import botocore.utils

from .case import FakeCase

ROLE = "arn:aws:iam::111122223333:role/pms-deploy"


class Roles(FakeCase):
    def setUp(self):
        super().setUp()
        self.seed(roles=[{"arn": ROLE, "max": 3600}])

    def temporary(self, **value):
        """A principal from AssumeRole."""
        said = self.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="run-1", **value)
        return self.world.book.find(said["Credentials"]["AccessKeyId"])

    def test_awscli_reads_who_it_is(self):
        _, said, _ = self.aws("sts", "get-caller-identity")
        self.assertEqual((said["Account"], said["Arn"]), ("111122223333", self.root.arn))

    def test_temporary_credentials_work_until_they_expire(self):
        caller = self.temporary(DurationSeconds=900)
        self.assertEqual(self.client("sts", caller).get_caller_identity()["Arn"],
                         "arn:aws:sts::111122223333:assumed-role/pms-deploy/run-1")
        self.client("ssm", caller).get_parameters_by_path(Path="/")
        self.control("POST", "expire")
        self.assert_refused("ExpiredTokenException", self.client("ssm", caller).get_parameters_by_path, Path="/")
        self.assert_refused("ExpiredToken", self.client("sts", caller).get_caller_identity)

    def test_they_expire_by_the_clock_too(self):
        caller = self.temporary(DurationSeconds=900)
        self.assertAlmostEqual(caller.expires, self.world.clock.now() + 900, delta=30)
        caller.expires = self.world.clock.now()
        self.assert_refused("ExpiredTokenException", self.client("ssm", caller).get_parameters_by_path, Path="/")

    def test_a_token_is_needed_and_must_be_the_right_one(self):
        caller = self.temporary()
        caller_token, caller.token = caller.token, None
        ssm = self.client("ssm", caller)
        caller.token = caller_token
        self.assert_refused("UnrecognizedClientException", ssm.get_parameters_by_path, Path="/")

    def test_credentials_can_expire_in_the_middle_of_a_run(self):
        caller = self.temporary()
        self.sow("expired", "GetParametersByPath", skip=1, key=True)
        ssm = self.client("ssm", caller)
        ssm.get_parameters_by_path(Path="/")
        for _ in range(2):
            self.assert_refused("ExpiredTokenException", ssm.get_parameters_by_path, Path="/")

    def test_unknown_roles_and_too_long_sessions_are_refused(self):
        sts = self.client("sts")
        self.assert_refused("AccessDenied", sts.assume_role, RoleArn=ROLE + "x", RoleSessionName="run-1")
        self.assert_refused("ValidationError", sts.assume_role, RoleArn=ROLE, RoleSessionName="run-1",
                            DurationSeconds=7200)
        self.assert_refused("ValidationError", sts.assume_role, RoleArn=ROLE, RoleSessionName="a b")

    def test_a_tampered_sts_call_is_a_signature_that_does_not_match(self):
        self.root.secret, kept = "another", self.root.secret
        sts = self.client("sts")
        self.root.secret = kept
        self.assert_refused("SignatureDoesNotMatch", sts.get_caller_identity)

    def test_a_web_identity_is_exchanged_without_a_signature_and_once_it_is_old_no_more(self):
        token = self.world.identity.new_identity()
        sts = self.client("sts")
        said = sts.assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="GitHubActions", WebIdentityToken=token)
        self.assertEqual(said["SubjectFromWebIdentityToken"], "repo:example/pms:environment:production")
        self.assertEqual(self.world.journal.entries[-1]["input"]["WebIdentityToken"], "(hidden)")
        self.world.clock.skew = 301
        self.assert_refused("InvalidIdentityToken", sts.assume_role_with_web_identity, RoleArn=ROLE,
                            RoleSessionName="GitHubActions", WebIdentityToken=token)


class Places(FakeCase):
    def ask(self, method, target, **headers):
        connection = http.client.HTTPConnection(*self.server.server_address, timeout=10)
        connection.request(method, target, headers={name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        octets = answer.read()
        connection.close()
        return answer.status, octets

    def test_botocore_finds_credentials_by_imds_version_2(self):
        fetcher = botocore.utils.InstanceMetadataFetcher(base_url=self.server.url + "/", num_attempts=1)
        found = fetcher.retrieve_iam_role_credentials()
        self.assertEqual(found["role_name"], "pms-instance")
        self.assertEqual(self.world.book.find(found["access_key"]).secret, found["secret_key"])

    def test_imds_without_a_token_is_unauthorised(self):
        self.assertEqual(self.ask("GET", "/latest/meta-data/iam/security-credentials/")[0], 401)
        self.assertEqual(self.ask("PUT", "/latest/api/token")[0], 400)

    def test_botocore_finds_credentials_at_the_container_endpoint(self):
        fetcher = botocore.utils.ContainerMetadataFetcher()
        url = self.server.url + "/container/credentials"
        found = fetcher.retrieve_full_uri(url, headers={"Authorization": self.world.identity.container_token})
        self.assertIn(found["AccessKeyId"], self.world.book.principals)
        self.assertEqual(self.ask("GET", "/container/credentials", Authorization="wrong")[0], 403)

    def test_github_gives_a_token_for_the_right_audience(self):
        bearer = {"Authorization": "bearer " + self.world.identity.github_request}
        status, octets = self.ask("GET", "/github/token?x=1&audience=sts.amazonaws.com", **bearer)
        token = json.loads(octets)["value"]
        self.assertEqual((status, token.count(".")), (200, 2))
        self.assertIsNotNone(self.world.identity.subject_of(token))
        self.assertEqual(self.ask("GET", "/github/token?audience=other", **bearer)[0], 400)
        self.assertEqual(self.ask("GET", "/github/token?audience=sts.amazonaws.com")[0], 401)

    def test_a_place_can_be_switched_off(self):
        self.control("PUT", "identity", {"off": ["imds"]})
        self.assertEqual(self.ask("PUT", "/latest/api/token")[0], 404)


class Secrets(FakeCase):
    def test_texts_that_show_secrets_are_found(self):
        issued = self.control("POST", "credentials", {"seconds": 60})
        clean = self.control("POST", "secrets", {"text": f"deployed by {issued['access_key_id']}"})
        self.assertEqual(clean["leaks"], [])
        text = f"{self.root.secret} {issued['session_token']} Signature={'a' * 64}"
        self.assertEqual(len(self.control("POST", "secrets", {"text": text})["leaks"]), 3)

    def test_the_journal_itself_keeps_no_credentials(self):
        self.raw("ssm", "GetParametersByPath", {"Path": "/"})
        told = json.dumps(self.control("GET", "requests"))
        self.assertEqual(self.control("POST", "secrets", {"text": told})["leaks"], [])
        self.assertIn("ssm.GetParametersByPath", told)


if __name__ == "__main__":
    unittest.main()
