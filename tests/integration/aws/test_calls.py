"""Each typed call against the fake, which validates what is sent and what it answers."""
import unittest

from case import REGISTRY, Case

CLUSTER = "pms-staging"
BLUE = "pms-backend-staging-blue"


class Parameters(Case):
    def test_a_parameter_is_written_read_listed_and_deleted(self):
        probe = self.probe()
        name = "/pms/staging/deployment-metadata"
        self.assertEqual(probe.value("put_parameter", name=name, value="one", tag="t"), 1)
        self.assertEqual(probe.value("put_parameter", name=name, value="two", overwrite=True), 2)
        read = probe.value("get_parameter", name=name)
        self.assertEqual((read["value"], read["version"], read["type"]), ("two", 2, "String"))
        self.assertEqual(probe.value("get_parameter", name=name + ":1")["value"], "one")
        history = probe.value("get_parameter_history", name=name)
        self.assertEqual([(one["version"], one["value"]) for one in history], [(1, "one"), (2, "two")])
        self.assertIn("arn:aws:", history[0]["by"])
        self.assertGreater(history[0]["at"], 1_600_000_000_000)
        probe.value("delete_parameter", name=name)
        self.assertEqual(probe.error("get_parameter", name=name)["kind"], "not_found")

    def test_a_second_creation_is_a_conflict(self):
        probe = self.probe()
        probe.value("put_parameter", name="/a/claim", value="mine")
        error = probe.error("put_parameter", name="/a/claim", value="a secret value")
        self.assertEqual((error["kind"], error["code"], error["maybe_done"]),
                         ("conflict", "ParameterAlreadyExists", False))
        self.assertIn("(request ", error["sentence"])

    def test_a_secret_keeps_its_key_and_its_type(self):
        probe = self.probe()
        sealed = {"type": "SecureString", "key": "alias/pms"}
        probe.value("put_parameter", name="/a/secret", value="first", **sealed)
        probe.value("put_parameter", name="/a/secret", value="second", overwrite=True, **sealed)
        probe.value("put_parameter", name="/a/secret", value="third", overwrite=True)
        self.assertEqual(probe.value("get_parameter", name="/a/secret")["type"], "SecureString")

    def test_pages_are_read_to_their_end_empty_ones_too(self):
        self.fake.call("PUT", "settings", {"ssm": {"empty_pages": True}})
        self.fake.post("seed", parameters=[{"Name": f"/p/{i:03}", "Value": str(i), "Type": "String"}
                                           for i in range(35)])
        probe = self.probe()
        self.assertEqual(len(probe.value("get_parameters_by_path", name="/p")), 35)
        for i in range(60):
            self.fake.post("seed", parameters=[{"Name": "/p/000", "Value": str(i), "Type": "String",
                                                "Overwrite": True}])
        versions = [one["version"] for one in probe.value("get_parameter_history", name="/p/000")]
        self.assertEqual(versions, list(range(1, 62)))

    def test_unknown_members_and_other_forms_of_numbers_change_nothing(self):
        self.fake.call("PUT", "settings", {"http": {"future_members": True, "exponents": True}})
        probe = self.probe()
        self.assertEqual(probe.value("put_parameter", name="/a/b", value="x"), 1)
        self.assertGreater(probe.value("get_parameter", name="/a/b")["at"], 1_600_000_000_000)


class Containers(Case):
    def setUp(self):
        super().setUp()
        image = f"{REGISTRY}/pms-backend"
        self.fake.post("seed", images=[{"repository": "pms-backend", "tag": tag} for tag in ("v1", "v2")],
                       task_definitions=[{"family": BLUE, "image": f"{image}:{tag}", "environment": {"VERSION": tag}}
                                         for tag in ("v1", "v2")],
                       services=[{"cluster": CLUSTER, "serviceName": BLUE, "taskDefinition": f"{BLUE}:1",
                                  "desiredCount": 2,
                                  "deploymentConfiguration": {
                                      "deploymentCircuitBreaker": {"enable": True, "rollback": True}}}])

    def test_a_service_is_described_updated_and_its_tasks_are_seen(self):
        probe = self.probe()
        before = probe.value("describe_service", cluster=CLUSTER, service=BLUE)
        self.assertEqual((before["status"], before["desired"], before["running"], before["circuit_breaker"]),
                         ("ACTIVE", 2, 2, True))
        self.assertEqual([one["status"] for one in before["deployments"]], ["PRIMARY"])
        after = probe.value("update_service", cluster=CLUSTER, service=BLUE, task_definition=f"{BLUE}:2", desired=3)
        primary = [one for one in after["deployments"] if one["status"] == "PRIMARY"][0]
        self.assertNotEqual(primary["id"], before["deployments"][0]["id"])
        self.assertEqual(after["desired"], 3)
        self.assertTrue(primary["task_definition"].endswith(f"{BLUE}:2"))
        self.fake.post("advance", seconds=300)
        tasks = probe.value("list_tasks", cluster=CLUSTER, service=BLUE)
        self.assertEqual(len(tasks), 3)
        seen = probe.value("describe_tasks", cluster=CLUSTER, tasks=tasks)["tasks"]
        self.assertEqual({one["started_by"] for one in seen}, {primary["id"]})
        self.assertEqual({one["last_status"] for one in seen}, {"RUNNING"})
        self.assertTrue(all(one["addresses"] and one["containers"][0]["digest"] for one in seen))
        sent = self.fake.requests(operation="UpdateService")[0]["input"]
        self.assertEqual(sorted(sent), ["cluster", "desiredCount", "service", "taskDefinition"])

    def test_a_missing_service_is_told_from_one_that_is_there(self):
        probe = self.probe()
        both = probe.value("describe_services", cluster=CLUSTER, services=[BLUE, "other"])
        self.assertEqual([one["name"] for one in both["services"]], [BLUE])
        self.assertEqual([one["reason"] for one in both["failures"]], ["MISSING"])
        error = probe.error("describe_service", cluster=CLUSTER, service="other")
        self.assertEqual((error["kind"], error["what"]),
                         ("not_found", f"ECS has no service other in the cluster {CLUSTER} (MISSING)"))

    def test_eleven_services_are_asked_for_in_two_calls(self):
        names = [f"none-{i}" for i in range(11)]
        answer = self.probe().value("describe_services", cluster=CLUSTER, services=names)
        self.assertEqual(len(answer["failures"]), 11)
        self.assertEqual([len(one["input"]["services"]) for one in self.fake.requests(operation="DescribeServices")],
                         [10, 1])

    def test_a_definition_goes_on_as_the_next_revision_with_all_it_has(self):
        probe = self.probe()
        old = probe.value("describe_task_definition", name=BLUE)
        self.assertEqual((old["family"], old["revision"], old["status"]), (BLUE, 2, "ACTIVE"))
        again = dict(old["registrable"], tags=[{"key": "switchctl:version", "value": "v3"}], pidMode="task")
        new = probe.value("register_task_definition", definition=again)
        self.assertEqual(new["revision"], 3)
        self.assertEqual(new["definition"]["pidMode"], "task")
        read = probe.value("describe_task_definition", name=f"{BLUE}:3")
        self.assertEqual(read["tags"], [{"key": "switchctl:version", "value": "v3"}])
        gone = probe.error("describe_task_definition", name=f"{BLUE}:9")
        self.assertEqual((gone["kind"], gone["code"]), ("not_found", "ClientException"))

    def test_a_forced_deployment_is_made_once_when_its_answer_is_lost(self):
        probe = self.probe()
        self.fake.sow("lost", "UpdateService")
        error = probe.error("update_service", cluster=CLUSTER, service=BLUE, force=True)
        self.assertEqual((error["kind"], error["maybe_done"]), ("unavailable", True))
        self.assertEqual(len(self.attempts("UpdateService")), 1)
        service = probe.value("describe_service", cluster=CLUSTER, service=BLUE)
        self.assertEqual(len(service["deployments"]), 2)

    def test_a_forced_deployment_that_was_throttled_is_tried_again(self):
        self.fake.sow("throttle", "UpdateService", count=2)
        self.probe().value("update_service", cluster=CLUSTER, service=BLUE, force=True)
        self.assertEqual(self.attempts("UpdateService")[:2], ["ThrottlingException"] * 2)

    def test_a_definition_whose_answer_is_lost_is_sent_again_by_update(self):
        self.fake.sow("lost", "UpdateService")
        self.probe().value("update_service", cluster=CLUSTER, service=BLUE, task_definition=f"{BLUE}:2")
        self.assertEqual(len(self.attempts("UpdateService")), 2)

    def test_service_deployments_are_read_or_are_not_to_be_had(self):
        self.need_new_models()
        probe = self.probe()
        changed = probe.value("update_service", cluster=CLUSTER, service=BLUE, task_definition=f"{BLUE}:2")
        arn = changed["current_service_deployment"]
        one = probe.value("describe_service_deployment", cluster=CLUSTER, arn=arn)
        self.assertIn(one["status"], ("PENDING", "IN_PROGRESS"))
        self.fake.put("policy", deny=["ecs:DescribeServiceDeployments"])
        self.assertIsNone(probe.value("describe_service_deployment", cluster=CLUSTER, arn=arn))

    def test_a_tag_leads_to_a_digest(self):
        probe = self.probe()
        image = probe.value("describe_image", repository="pms-backend", tag="v2")
        self.assertRegex(image["digest"], "^sha256:[0-9a-f]{64}$")
        self.assertEqual(probe.value("describe_digest", repository="pms-backend", digest=image["digest"])["digest"],
                         image["digest"])
        self.assertEqual(sorted(tag for one in probe.value("describe_images", repository="pms-backend")
                                for tag in one["tags"]), ["v1", "v2"])
        self.assertEqual(probe.error("describe_image", repository="pms-backend", tag="v9")["code"],
                         "ImageNotFoundException")
        self.assertEqual(probe.error("describe_image", repository="none", tag="v9")["kind"], "not_found")

    def test_logs_are_read_page_by_page(self):
        self.fake.call("PUT", "settings", {"logs": {"page": 2, "empty_pages": True}})
        self.fake.post("seed", logs=[{"group": "/ecs/pms", "stream": "s/app/1", "message": f"line {i}"}
                                     for i in range(5)])
        probe = self.probe()
        messages, token = [], ""
        while True:
            page = probe.value("filter_log_events", group="/ecs/pms", next=token)
            messages += [one["message"] for one in page["events"]]
            token = page["next"]
            if not token:
                break
        self.assertEqual(messages, [f"line {i}" for i in range(5)])
        self.assertEqual(probe.error("filter_log_events", group="/none")["kind"], "not_found")


if __name__ == "__main__":
    unittest.main()
