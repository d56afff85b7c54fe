"""Every place that credentials come from, and what happens when they end while somebody works."""
import json
import os
import stat
import unittest

from case import Case

ROLE = "arn:aws:iam::111122223333:role/pms-deploy"


class Credentials(Case):
    def arn(self, probe):
        return probe.value("get_caller_identity")["arn"]

    def environment(self, *, config="", **more):
        """Without keys of its own, with profiles."""
        path = self.write("config", config)
        return self.fake.environment("none", AWS_CONFIG_FILE=path, AWS_SHARED_CREDENTIALS_FILE="/nonexistent", **more)

    def process_environment(self, line):
        return self.environment(config=f"[profile p]\ncredential_process = {line}\n", AWS_PROFILE="p")

    def issued(self, seconds=3600):
        """What a credential_process prints."""
        made = self.fake.post("credentials", seconds=seconds)
        return json.dumps({"Version": 1, "AccessKeyId": made["access_key_id"],
                           "SecretAccessKey": made["secret_access_key"], "SessionToken": made["session_token"],
                           "Expiration": "2999-01-01T00:00:00Z"})

    def trust(self, **more):
        self.fake.post("seed", roles=[{"arn": ROLE, **more}])

    # Each source

    def test_keys_of_the_environment(self):
        probe = self.probe()
        self.assertTrue(self.arn(probe).endswith(":user/deployer"))
        self.assertEqual(probe.value("standing"), {"source": "the environment", "expires": None, "renewable": False,
                                                   "expiry_known": True})

    def test_temporary_keys_do_not_say_when_they_end_unless_told(self):
        probe = self.probe(self.fake.environment("temporary"))
        self.assertIn(":assumed-role/", self.arn(probe))
        self.assertFalse(probe.value("standing")["expiry_known"])
        told = self.probe(self.fake.environment("temporary", AWS_CREDENTIAL_EXPIRATION="2999-01-01T00:00:00Z"))
        self.assertEqual(told.value("standing")["expires"], 32472144000000)
        ours = self.probe(self.fake.environment("temporary"), keys_expire="2999-01-01T00:00:00Z")
        self.assertEqual(ours.value("standing")["expires"], 32472144000000)

    def test_the_container(self):
        probe = self.probe(self.fake.environment("container"))
        self.assertIn("/pms-task/", self.arn(probe))
        standing = probe.value("standing")
        self.assertEqual((standing["source"], standing["renewable"]), ("the container's endpoint", True))

    def test_the_container_with_its_token_in_a_file(self):
        token = self.write("token", self.fake.said["container_token"])
        environment = self.fake.environment("container", AWS_CONTAINER_AUTHORIZATION_TOKEN="wrong",
                                            AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=token)
        self.assertIn("/pms-task/", self.arn(self.probe(environment)))

    def test_the_container_that_refuses_is_the_end(self):
        environment = self.fake.environment("container", AWS_CONTAINER_AUTHORIZATION_TOKEN="wrong")
        error = self.probe(environment).error("get_caller_identity")
        self.assertIn("no credentials from the container's endpoint", error["what"])
        self.assertEqual(error["kind"], "denied")

    def test_the_instance(self):
        self.assertIn("/pms-instance/", self.arn(self.probe(self.fake.environment("imds"))))

    def test_an_instance_without_a_service_is_no_credentials(self):
        self.fake.put("identity", off=["imds"])
        error = self.probe(self.fake.environment("imds")).error("get_caller_identity")
        self.assertEqual(error["kind"], "auth")
        self.assertIn("no credentials from the instance's metadata", error["what"])

    def test_the_workflow_on_github(self):
        self.trust(trusts="web")
        probe = self.probe(self.environment(**self.fake.github()), role_arn=ROLE)
        self.assertIn("/pms-deploy/", self.arn(probe))
        self.assertTrue(probe.value("standing")["renewable"])
        self.assertIsNone(self.fake.requests(operation="AssumeRoleWithWebIdentity")[0].get("access_key"))

    def test_a_web_identity(self):
        self.trust(trusts="web")
        token = self.write("identity", self.fake.put("identity")["token"])
        probe = self.probe(self.environment(AWS_WEB_IDENTITY_TOKEN_FILE=token, AWS_ROLE_ARN=ROLE,
                                            AWS_ROLE_SESSION_NAME="a session"))
        self.assertTrue(self.arn(probe).endswith("/pms-deploy/a-session"))

    def test_a_web_identity_that_nobody_knows(self):
        self.trust(trusts="web")
        token = self.write("identity", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.nothing")
        error = self.probe(self.environment(AWS_WEB_IDENTITY_TOKEN_FILE=token,
                                            AWS_ROLE_ARN=ROLE)).error("get_caller_identity")
        self.assertEqual((error["kind"], error["code"]), ("auth", "InvalidIdentityToken"))
        self.assertNotIn("eyJ", error["what"])

    def test_a_web_identity_without_its_file(self):
        error = self.probe(self.environment(AWS_WEB_IDENTITY_TOKEN_FILE="/nonexistent/token",
                                            AWS_ROLE_ARN=ROLE)).error("get_caller_identity")
        self.assertEqual((error["kind"], error["what"]), (
            "auth", "no credentials from the web identity in /nonexistent/token: the file /nonexistent/token cannot "
            "be read: No such file or directory"))

    def test_keys_of_a_profile(self):
        config = (f"[profile p]\nregion = us-east-1\naws_access_key_id = {self.fake.said['access_key_id']}\n"
                  f"aws_secret_access_key = {self.fake.said['secret_access_key']}\n")
        environment = self.environment(config=config, AWS_ACCESS_KEY_ID="AKIAOTHER", AWS_SECRET_ACCESS_KEY="x")
        probe = self.probe(environment, profile="p")
        self.assertTrue(self.arn(probe).endswith(":user/deployer"))
        self.assertEqual(probe.value("standing")["source"], "profile p")

    def test_a_role_assumed_from_a_profile(self):
        self.trust(trusts="aws", external_id="secret-of-both")
        config = (f"[profile base]\naws_access_key_id = {self.fake.said['access_key_id']}\n"
                  f"aws_secret_access_key = {self.fake.said['secret_access_key']}\n"
                  f"[profile p]\nrole_arn = {ROLE}\nsource_profile = base\nexternal_id = secret-of-both\n"
                  "role_session_name = me\n")
        probe = self.probe(self.environment(config=config, AWS_PROFILE="p"))
        self.assertTrue(self.arn(probe).endswith("/pms-deploy/me"))
        self.assertTrue(probe.value("standing")["renewable"])

    def test_a_role_that_may_not_be_assumed_names_the_action(self):
        config = f"[profile p]\nrole_arn = {ROLE}\ncredential_source = EcsContainer\n"
        container = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": self.fake.said["container"],
                     "AWS_CONTAINER_AUTHORIZATION_TOKEN": self.fake.said["container_token"]}
        error = self.probe(self.environment(config=config, AWS_PROFILE="p", **container)).error("get_caller_identity")
        self.assertEqual(error["kind"], "denied")
        self.assertIn("sts:AssumeRole", error["what"])

    # credential_process

    def test_a_program_of_the_profile(self):
        self.assertIn(":assumed-role/", self.arn(self.probe(self.process_environment(
            "/bin/cat " + self.write("printed", self.issued())))))

    def test_a_program_is_given_its_words_and_no_shell(self):
        script = self.write("program", "#!/bin/sh\n[ \"$1\" = 'two words' ] && [ \"$2\" = '$HOME' ] || exit 7\n"
                            f"cat {self.write('printed', self.issued())}\n")
        os.chmod(script, stat.S_IRWXU)
        self.assertIn(":assumed-role/", self.arn(self.probe(self.process_environment(
            f'"{script}" "two words" $HOME'))))

    def test_a_program_that_fails_is_quoted_without_secrets(self):
        script = self.write("program", "#!/bin/sh\necho 'aws_secret_access_key=abcdefghijkl not found' >&2\nexit 3\n")
        os.chmod(script, stat.S_IRWXU)
        error = self.probe(self.process_environment(script)).error("get_caller_identity")
        self.assertEqual(error["kind"], "auth")
        self.assertIn(f"credential_process {script} failed: aws_secret_access_key=[redacted]", error["what"])

    def test_a_program_that_is_not_there(self):
        error = self.probe(self.process_environment("/nonexistent/program")).error("get_caller_identity")
        self.assertEqual(error["what"], "no credentials from the credential_process of profile p: credential_process "
                         "/nonexistent/program could not be started: No such file or directory")

    def test_a_program_that_prints_without_end(self):
        script = self.write("program", "#!/bin/sh\nhead -c 1000000 /dev/zero\n")
        os.chmod(script, stat.S_IRWXU)
        error = self.probe(self.process_environment(script)).error("get_caller_identity")
        self.assertIn("printed too much", error["what"])

    # No source

    def test_nothing_anywhere(self):
        opened = self.probe(self.environment()).opened
        self.assertEqual(opened["error"]["kind"], "auth")
        self.assertIn("no credentials: set AWS_ACCESS_KEY_ID", opened["error"]["what"])

    def test_half_of_the_keys(self):
        opened = self.probe(self.environment(AWS_ACCESS_KEY_ID="AKIAEXAMPLE")).opened
        self.assertEqual(opened["error"]["what"], "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not")

    def test_no_region(self):
        environment = self.fake.environment()
        del environment["AWS_REGION"]
        opened = self.probe(environment).opened
        self.assertEqual(opened["error"]["kind"], "invalid")
        self.assertIn("region", opened["error"]["what"])

    # The end of credentials

    def test_credentials_that_end_while_we_work_are_fetched_anew(self):
        probe = self.probe(self.fake.environment("container"))
        probe.value("put_parameter", name="/a/b", value="1")
        self.fake.post("expire")
        answer = probe.call("put_parameter", name="/a/b", value="2", overwrite=True)
        self.assertEqual((answer["value"], [one["code"] for one in answer["notices"]]), (2, ["ExpiredTokenException"]))
        self.assertEqual(answer["waits"], [])
        keys = {one["access_key"] for one in self.fake.requests(operation="PutParameter") if not one["code"]}
        self.assertEqual(len(keys), 2)

    def test_credentials_are_fetched_before_they_end(self):
        self.fake.put("identity", seconds=900)
        probe = self.probe(self.fake.environment("container"))
        probe.value("put_parameter", name="/a/b", value="1")
        self.fake.post("skew", seconds=700)
        probe.value("put_parameter", name="/a/b", value="2", overwrite=True)
        probe.value("put_parameter", name="/a/b", value="3", overwrite=True)
        codes = self.attempts("PutParameter")
        self.assertNotIn("ExpiredTokenException", codes)
        keys = [one["access_key"] for one in self.fake.requests(operation="PutParameter")]
        self.assertNotEqual(keys[0], keys[-1])

    def test_a_workflow_works_longer_than_its_first_credentials(self):
        self.trust(trusts="web")
        probe = self.probe(self.environment(**self.fake.github()), role_arn=ROLE)
        probe.value("get_caller_identity")
        self.fake.post("expire")
        probe.value("put_parameter", name="/a/b", value="1")
        self.assertEqual(len(self.fake.requests(operation="AssumeRoleWithWebIdentity")), 2)

    def test_keys_of_the_environment_that_have_ended_are_the_end(self):
        probe = self.probe(self.fake.environment("temporary"))
        self.fake.post("expire")
        error = probe.error("put_parameter", name="/a/b", value="1")
        self.assertEqual((error["kind"], error["code"]), ("auth", "ExpiredTokenException"))
        self.assertEqual(len(self.attempts("PutParameter")), 1)


if __name__ == "__main__":
    unittest.main()
