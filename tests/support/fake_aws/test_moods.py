"""What AWS may do and clients must bear: late reads, odd JSON, policies, connections that end; and time that flows."""
import json
import threading
import unittest

from .case import BLUE, CLUSTER, FakeCase, image
from .signature_vectors import folder

DESCRIBE = ("ecs", "DescribeServices", {"cluster": CLUSTER, "services": [BLUE]})


class Answers(FakeCase):
    def setUp(self):
        super().setUp()
        self.seed_service()

    def test_unknown_members_nulls_and_exponents_change_nothing_for_botocore(self):
        ecs = self.client("ecs")
        plain = ecs.describe_services(cluster=CLUSTER, services=[BLUE])["services"][0]
        self.control("PUT", "settings", {"http": {"future_members": True, "exponents": True}})
        odd = ecs.describe_services(cluster=CLUSTER, services=[BLUE])["services"][0]
        self.assertEqual((odd["createdAt"], odd["deployments"]), (plain["createdAt"], plain["deployments"]))
        octets = self.raw(*DESCRIBE).octets
        self.assertIn(b'"nullMember": null', octets)
        self.assertRegex(octets, rb'"createdAt": \d\.\d+E9')

    def test_a_copied_task_definition_may_keep_what_nobody_knows_yet(self):
        self.control("PUT", "settings", {"http": {"future_members": True}})
        described = self.raw("ecs", "DescribeTaskDefinition", {"taskDefinition": BLUE}).json["taskDefinition"]
        for name in ("taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt",
                     "registeredBy"):
            described.pop(name)
        said = self.raw("ecs", "RegisterTaskDefinition", described)
        self.assertEqual(said.json["taskDefinition"]["revision"], 2, said.octets)
        kept = self.world.services["ecs"].state.definition(f"{BLUE}:2")
        self.assertIn("futureMember", kept["containerDefinitions"][0])

    def test_a_poll_right_after_an_update_may_show_what_was_before(self):
        ecs = self.client("ecs")
        self.world.set("ecs", {"stale_polls": 2})
        definition = self.revise("v2")
        ecs.update_service(cluster=CLUSTER, service=BLUE, taskDefinition=definition)
        seen = [ecs.describe_services(cluster=CLUSTER, services=[BLUE])["services"][0]["taskDefinition"]
                for _ in range(3)]
        self.assertEqual([arn == definition for arn in seen], [False, False, True])

    def test_the_breaker_counts_as_configured(self):
        rule = {"enable": True, "rollback": True, "thresholdConfiguration": {"type": "COUNT", "value": 9}}
        if not self.world.models.has_member("ecs", "DeploymentCircuitBreaker", "thresholdConfiguration"):
            self.skipTest("these models know no thresholds")
        self.client("ecs").update_service(cluster=CLUSTER, service=BLUE, taskDefinition=self.revise("bad", push=False),
                                          deploymentConfiguration={"deploymentCircuitBreaker": rule})
        most = 0
        for _ in range(300):
            self.advance(1)
            most = max([most] + [one["failedTasks"] for one in self.service()["deployments"]])
        self.assertEqual(most, 10, "two at a time, so the ninth is not seen alone")

    def test_a_crash_is_in_the_log_that_the_task_definition_names(self):
        definition = self.revise("v2")
        self.seed(fates=[{"image": image("v2"), "fate": "crashes"}])
        self.client("ecs").update_service(cluster=CLUSTER, service=BLUE, taskDefinition=definition)
        self.advance(30)
        events = self.client("logs").filter_log_events(logGroupName=f"/ecs/{BLUE}", filterPattern="fatal")["events"]
        self.assertTrue(events[0]["logStreamName"].startswith("ecs/app/"))


class Policies(FakeCase):
    def setUp(self):
        super().setUp()
        self.seed_service()

    def test_registering_needs_leave_to_pass_the_roles(self):
        self.control("PUT", "policy", {"deny": ["iam:PassRole"]})
        described = self.world.services["ecs"].state.definition(BLUE)
        message = self.assert_refused("AccessDeniedException", self.client("ecs").register_task_definition,
                                      family="x", taskRoleArn=described["taskRoleArn"], containerDefinitions=[
                                          {"name": "app", "image": "x"}])
        self.assertIn("is not authorized to perform: iam:PassRole on resource: " + described["taskRoleArn"], message)

    def test_only_what_a_policy_allows_and_the_list_of_what_was_needed(self):
        self.control("PUT", "policy", {"allow": ["ecs:Describe*"]})
        ecs = self.client("ecs")
        ecs.describe_services(cluster=CLUSTER, services=[BLUE])
        self.assert_refused("AccessDeniedException", ecs.list_tasks, cluster=CLUSTER)
        self.assertEqual(self.control("GET", "policy")["used"], ["ecs:DescribeServices", "ecs:ListTasks"])


class Connections(FakeCase):
    def test_a_kept_connection_may_be_gone_when_it_is_used_again(self):
        self.sow("close", "GetParametersByPath")
        ssm = self.client("ssm", attempts=2)  # It may or may not see the end before it sends.
        for _ in range(2):
            ssm.get_parameters_by_path(Path="/")
        used = {entry["connection"] for entry in self.world.journal.select(operation="GetParametersByPath")}
        self.assertEqual(len(used), 2)

    def test_a_signature_kept_over_a_back_off_is_found_out(self):
        kept = {}

        def keep(headers, body):
            kept.setdefault("headers", dict(headers))
            headers.clear()
            headers.update(kept["headers"])
        call = ("ssm", "GetParametersByPath", {"Path": "/"})
        self.world.clock.steady = lambda: 100.0
        self.raw(*call, change=keep)
        self.world.clock.steady = lambda: 130.0
        self.assertEqual(self.raw(*call, change=keep).status, 200, "AWS itself would not mind")
        self.assertEqual(self.world.journal.problems, ["request 2: the signature of an earlier attempt"])
        self.world.journal.problems.clear()


class Somebody(FakeCase):
    def test_a_claim_can_be_taken_just_before_ours(self):
        self.control("POST", "later", {"at_call": "ssm.PutParameter", "number": 2, "perform": "ssm.PutParameter",
                                       "input": {"Name": "/claims/2", "Value": "theirs", "Type": "String"}})
        ssm = self.client("ssm")
        ssm.put_parameter(Name="/claims/1", Value="ours", Type="String")
        self.assert_refused("ParameterAlreadyExists", ssm.put_parameter, Name="/claims/2", Value="ours", Type="String")
        history = ssm.get_parameter_history(Name="/claims/2")["Parameters"]
        self.assertTrue(history[0]["LastModifiedUser"].endswith("user/somebody-else"))

    def test_what_never_came_is_told(self):
        self.control("POST", "later", {"after": 5, "perform": "ssm.DeleteParameter", "input": {"Name": "/a"}})
        self.assertEqual(self.control("GET", "verdict")["waiting"], ["ssm.DeleteParameter"])
        self.world.others.planned.clear()

    def test_a_test_can_wait_for_a_call(self):
        ssm = self.client("ssm")
        thread = threading.Thread(target=lambda: ssm.get_parameters_by_path(Path="/"))
        thread.start()
        self.assertEqual(self.control("GET", "await?operation=GetParametersByPath&count=1&timeout=20"), {"seen": 1})
        thread.join()
        self.assertEqual(self.control("GET", "await?operation=PutParameter&timeout=0.01"), {"seen": 0})


class Time(FakeCase):
    def test_time_can_flow_by_itself(self):
        self.seed_service()
        self.client("ecs").update_service(cluster=CLUSTER, service=BLUE, taskDefinition=self.revise("v2"))
        thread = self.control("PUT", "flow", {"rate": 600}) and self.world.flow._thread
        while len(self.service()["deployments"]) > 1:
            thread.join(0.02)
        self.control("PUT", "flow", {"rate": 0})
        self.assertEqual(self.service()["deployments"][0]["rolloutState"], "COMPLETED")

    def test_the_date_may_move_with_the_time(self):
        before = self.world.clock.now()
        self.control("POST", "advance", {"seconds": 3600, "date": True})
        self.assertGreaterEqual(self.world.clock.now() - before, 3600)


class Control(FakeCase):
    def test_mistakes_of_a_test_are_told(self):
        for method, path, value in (("POST", "advance", {"seconds": -1}), ("PUT", "settings", {"ssm": {"tps": 3}}),
                                    ("POST", "seed", {"servces": []}), ("GET", "requets", None),
                                    ("POST", "seed", {"services": [{"serviceName": "x", "propagateTags": "BOGUS"}]})):
            with self.subTest(path):
                self.assertIn("error", self.control(method, path, value))

    def test_a_text_can_be_declared_secret(self):
        self.control("PUT", "secrets", {"the notifier's key": "hunter2hunter2"})
        self.client("ssm").put_parameter(Name="/a", Value='{"schema":1}', Type="String")
        text = json.dumps({"said": 'hunter2hunter2 {"schema":1}'})
        self.assertEqual(self.control("POST", "secrets", {"text": text})["leaks"], ["the notifier's key"])
        found = self.control("POST", "secrets", {"text": 'x {"schema":1}', "values": True})
        self.assertEqual(found["leaks"], ["value 1 of /a"])


class Models(FakeCase):
    @unittest.skipUnless(folder(), "newer models are beside the project when the vectors are")
    def test_newer_models_are_read_when_they_are_beside_the_project(self):
        self.assertIsNotNone(self.world.models.operation("ecs", "DescribeServiceDeployments"))


if __name__ == "__main__":
    unittest.main()
