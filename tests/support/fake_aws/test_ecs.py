"""ECS as awscli and botocore see it: deployments that complete, fail, roll back and are superseded."""
import unittest

from .case import BLUE, BREAKER, CLUSTER, FakeCase, image
from .ecs_definitions import READ_ONLY


class Deploying(FakeCase):
    def setUp(self):
        super().setUp()
        self.seed_service()
        self.ecs = self.client("ecs")

    def update(self, **value):
        return self.ecs.update_service(cluster=CLUSTER, service=BLUE, **value)["service"]

    def primary(self):
        return next(one for one in self.service()["deployments"] if one["status"] == "PRIMARY")

    def test_a_good_deployment_completes_and_awscli_reads_it(self):
        definition = self.revise("v2")
        _, said, _ = self.aws("ecs", "update-service", "--cluster", CLUSTER, "--service", BLUE,
                              "--task-definition", definition)
        states = {one["status"]: one["rolloutState"] for one in said["service"]["deployments"]}
        self.assertEqual(states, {"PRIMARY": "IN_PROGRESS", "ACTIVE": "COMPLETED"})
        self.advance(60)
        _, said, _ = self.aws("ecs", "describe-services", "--cluster", CLUSTER, "--services", BLUE)
        service = said["services"][0]
        self.assertEqual([one["rolloutState"] for one in service["deployments"]], ["COMPLETED"])
        self.assertEqual((service["taskDefinition"], service["runningCount"]), (definition, 2))
        self.assertTrue(any("steady state" in event["message"] for event in service["events"]))

    def test_a_missing_image_trips_the_breaker_and_services_stable_is_content_with_the_rollback(self):
        bad = self.revise("v2-bad", push=False)
        ours = self.update(taskDefinition=bad)["deployments"][0]["id"]
        self.advance(100)
        code, _, _ = self.aws("ecs", "wait", "services-stable", "--cluster", CLUSTER, "--services", BLUE)
        self.assertEqual(code, 0)
        service = self.service()
        self.assertEqual(service["taskDefinition"].rpartition(":")[2], "1")
        self.assertNotIn(ours, [one["id"] for one in service["deployments"]])
        self.assertIn("rolling back", self.ecs_events(service))

    def ecs_events(self, service):
        return "\n".join(event["message"] for event in service["events"])

    def test_the_failed_deployment_is_seen_failing_before_it_is_gone(self):
        self.update(taskDefinition=self.revise("v2-bad", push=False))
        seen = set()
        for _ in range(100):
            self.advance(1)
            seen |= {(one["status"], one.get("rolloutState")) for one in self.service()["deployments"]}
        self.assertIn(("PRIMARY", "IN_PROGRESS"), seen)
        self.assertIn(("ACTIVE", "FAILED"), seen)

    def test_stopped_tasks_tell_why(self):
        self.update(taskDefinition=self.revise("v2-bad", push=False))
        self.advance(20)
        arns = self.ecs.list_tasks(cluster=CLUSTER, serviceName=BLUE, desiredStatus="STOPPED")["taskArns"]
        task = self.ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"][0]
        self.assertEqual(task["stopCode"], "TaskFailedToStart")
        self.assertIn("CannotPullContainerError", task["stoppedReason"])
        self.assertEqual(task["lastStatus"], "STOPPED")

    def test_a_crashing_task_shows_its_exit_code(self):
        definition = self.revise("v3")
        self.seed(fates=[{"image": image("v3"), "fate": "crashes"}])
        ident = self.update(taskDefinition=definition)["deployments"][0]["id"]
        self.advance(25)
        arns = self.ecs.list_tasks(cluster=CLUSTER, startedBy=ident, desiredStatus="STOPPED")["taskArns"]
        task = self.ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"][0]
        self.assertEqual((task["stopCode"], task["containers"][0]["exitCode"]), ("EssentialContainerExited", 1))

    def test_unhealthy_tasks_fail_the_deployment(self):
        definition = self.revise("v3")
        self.seed(fates=[{"image": image("v3"), "fate": "unhealthy"}])
        self.update(taskDefinition=definition)
        self.advance(200)
        self.assertEqual(self.service()["taskDefinition"].rpartition(":")[2], "1")

    def test_without_rollback_the_failed_deployment_stays_primary(self):
        self.update(taskDefinition=self.revise("bad", push=False),
                    deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": False}})
        self.advance(200)
        self.assertEqual(self.primary()["rolloutState"], "FAILED")
        self.assertEqual(self.service()["runningCount"], 2, "the old tasks go on")

    def test_without_a_breaker_it_never_ends(self):
        self.update(taskDefinition=self.revise("bad", push=False),
                    deploymentConfiguration={"deploymentCircuitBreaker": {"enable": False, "rollback": False}})
        self.advance(900)
        self.assertEqual(self.primary()["rolloutState"], "IN_PROGRESS")
        self.assertGreater(self.primary()["failedTasks"], 20)

    def test_an_idle_service_that_is_started_badly_is_rolled_back_with_the_new_count(self):
        self.update(desiredCount=0)
        self.advance(60)
        self.update(taskDefinition=self.revise("bad", push=False), desiredCount=3)
        self.advance(150)
        service = self.service()
        self.assertEqual((service["taskDefinition"].rpartition(":")[2], service["runningCount"]), ("1", 3))
        self.assertEqual([one["rolloutState"] for one in service["deployments"]], ["COMPLETED"])

    def test_a_first_deployment_that_fails_has_nothing_to_go_back_to(self):
        self.ecs.create_service(cluster=CLUSTER, serviceName="new", desiredCount=1, deploymentConfiguration=BREAKER,
                                taskDefinition=self.revise("bad", push=False))
        self.advance(150)
        one = self.service("new")["deployments"][0]
        self.assertEqual((one["status"], one["rolloutState"], one["failedTasks"]), ("PRIMARY", "FAILED", 3))

    def test_a_rolled_back_deployment_may_be_the_old_one_again(self):
        before = self.primary()["id"]
        self.world.set("ecs", {"rollback_keeps_id": True})
        self.update(taskDefinition=self.revise("bad", push=False))
        self.advance(150)
        self.assertEqual(self.primary()["id"], before)

    def test_a_deployment_superseded_by_a_good_one_while_it_rolls_back_ends_with_the_good_one(self):
        self.update(taskDefinition=self.revise("bad", push=False))
        while self.primary()["taskDefinition"].rpartition(":")[2] != "1":
            self.advance(1)
        good = self.revise("v3")
        self.update(taskDefinition=good)
        self.advance(100)
        service = self.service()
        self.assertEqual((service["taskDefinition"], len(service["deployments"])), (good, 1))

    def test_a_superseded_deployment_is_no_longer_primary(self):
        first = self.update(taskDefinition=self.revise("v2"))["deployments"][0]["id"]
        self.control("POST", "later", {"after": 5, "perform": "ecs.UpdateService", "input": {
            "cluster": CLUSTER, "service": BLUE, "taskDefinition": self.revise("v3")}})
        self.advance(4)
        self.assertEqual(self.primary()["id"], first)
        self.advance(2)
        self.assertNotEqual(self.primary()["id"], first)
        self.advance(100)
        self.assertEqual(self.service()["taskDefinition"].rpartition(":")[2], "3")

    def test_scaled_to_nothing_is_stable_with_nothing_running(self):
        self.update(desiredCount=0)
        self.advance(60)
        code, _, _ = self.aws("ecs", "wait", "services-stable", "--cluster", CLUSTER, "--services", BLUE)
        self.assertEqual((code, self.service()["runningCount"]), (0, 0))

    def test_the_same_task_definition_starts_no_deployment_and_force_does(self):
        before = self.primary()["id"]
        self.update(taskDefinition=f"{BLUE}:1")
        self.assertEqual(self.primary()["id"], before)
        self.update(forceNewDeployment=True)
        self.assertNotEqual(self.primary()["id"], before)

    def test_no_capacity_is_ever_lost_while_a_good_version_rolls(self):
        self.update(taskDefinition=self.revise("v2"))
        fewest = []
        for _ in range(60):
            self.advance(1)
            fewest.append(self.service()["runningCount"])
        self.assertGreaterEqual(min(fewest), 2)

    def test_a_poll_can_let_time_pass(self):
        self.control("PUT", "settings", {"ecs": {"seconds_per_poll": 15}})
        self.update(taskDefinition=self.revise("v2"))
        states = [self.ecs.describe_services(cluster=CLUSTER, services=[BLUE])["services"][0]["deployments"]
                  for _ in range(6)]
        self.assertEqual([one["rolloutState"] for one in states[-1]], ["COMPLETED"])


class Refusing(FakeCase):
    def setUp(self):
        super().setUp()
        self.seed_service()
        self.ecs = self.client("ecs")

    def test_a_missing_service_is_a_failure_in_a_good_answer(self):
        said = self.ecs.describe_services(cluster=CLUSTER, services=[BLUE, "gone"])
        self.assertEqual([one["reason"] for one in said["failures"]], ["MISSING"])
        self.assertEqual(len(said["services"]), 1)

    def test_missing_clusters_services_and_definitions_are_named_apart(self):
        self.assert_refused("ClusterNotFoundException", self.ecs.describe_services, cluster="no", services=["x"])
        self.assert_refused("ServiceNotFoundException", self.ecs.update_service, cluster=CLUSTER, service="no")
        self.assert_refused("ClientException", self.ecs.describe_task_definition, taskDefinition="no")

    def test_an_inactive_task_definition_cannot_be_deployed_but_described(self):
        definition = self.revise("v2")
        self.ecs.deregister_task_definition(taskDefinition=definition)
        message = self.assert_refused("ClientException", self.ecs.update_service, cluster=CLUSTER, service=BLUE,
                                      taskDefinition=definition)
        self.assertEqual(message, "TaskDefinition is inactive")
        said = self.ecs.describe_task_definition(taskDefinition=definition)
        self.assertEqual(said["taskDefinition"]["status"], "INACTIVE")

    def test_more_than_ten_services_are_too_many(self):
        self.assert_refused("InvalidParameterException", self.ecs.describe_services, cluster=CLUSTER,
                            services=[f"s{place}" for place in range(11)])

    def test_started_by_stands_alone(self):
        self.assert_refused("InvalidParameterException", self.ecs.list_tasks, cluster=CLUSTER, serviceName=BLUE,
                            startedBy="ecs-svc/1")

    def test_a_described_definition_cannot_be_registered_as_it_is(self):
        answer = self.raw("ecs", "DescribeTaskDefinition", {"taskDefinition": f"{BLUE}:1"})
        described = answer.json["taskDefinition"]
        self.assertEqual(self.raw("ecs", "RegisterTaskDefinition", described).code, "InvalidParameterException")
        self.assertEqual(len(self.world.journal.problems), 1, "AWS may let an unknown member pass")
        self.world.journal.problems.clear()
        for name in READ_ONLY:
            described.pop(name, None)
        described["tags"] = [{"key": "switchctl:version", "value": "v1"}]
        said = self.raw("ecs", "RegisterTaskDefinition", described).json
        self.assertEqual(said["taskDefinition"]["revision"], 2)

    def test_values_outside_an_enum_are_refused_although_botocore_lets_them_pass(self):
        self.assert_refused("InvalidParameterException", self.ecs.create_service, cluster=CLUSTER, serviceName="x",
                            taskDefinition=f"{BLUE}:1", propagateTags="BOGUS")

    def test_lists_come_in_pages(self):
        self.seed(services=[{"cluster": CLUSTER, "serviceName": f"s{place:02}", "taskDefinition": f"{BLUE}:1",
                             "desiredCount": 0} for place in range(12)])
        pages = list(self.ecs.get_paginator("list_services").paginate(cluster=CLUSTER))
        self.assertEqual([len(page["serviceArns"]) for page in pages], [10, 3])


class Wearing(FakeCase):
    """The moods a service may be in."""

    def setUp(self):
        super().setUp()
        self.seed_service()

    def test_rollout_state_may_be_missing_and_the_order_change(self):
        self.world.set("ecs", {"no_rollout_state": True, "shuffle_deployments": True})
        self.client("ecs").update_service(cluster=CLUSTER, service=BLUE, taskDefinition=self.revise("v2"))
        orders = {tuple(one["status"] for one in self.service()["deployments"]) for _ in range(2)}
        self.assertEqual(orders, {("PRIMARY", "ACTIVE"), ("ACTIVE", "PRIMARY")})
        self.assertNotIn("rolloutState", self.service()["deployments"][0])

    def test_without_a_health_check_tasks_stay_unknown_and_are_taken_for_healthy_later(self):
        definition = self.revise("v2", health_check=False)
        ecs = self.client("ecs")
        ecs.update_service(cluster=CLUSTER, service=BLUE, taskDefinition=definition)
        self.advance(50)
        self.assertEqual(len(self.service()["deployments"]), 2)
        self.advance(30)
        self.assertEqual(len(self.service()["deployments"]), 1)
        arns = ecs.list_tasks(cluster=CLUSTER, serviceName=BLUE)["taskArns"]
        self.assertEqual({one["healthStatus"] for one in ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"]},
                         {"UNKNOWN"})

    def test_a_deleted_service_drains_and_is_inactive(self):
        ecs = self.client("ecs")
        ecs.delete_service(cluster=CLUSTER, service=BLUE, force=True)
        self.assertEqual(self.service()["status"], "DRAINING")
        self.assert_refused("ServiceNotActiveException", ecs.update_service, cluster=CLUSTER, service=BLUE,
                            desiredCount=1)
        self.advance(30)
        self.assertEqual(self.service()["status"], "INACTIVE")

    def test_a_task_that_finds_no_place_is_an_event_and_nothing_else(self):
        definition = self.revise("v2")
        self.seed(fates=[{"image": image("v2"), "fate": "unplaced"}])
        self.client("ecs").update_service(cluster=CLUSTER, service=BLUE, taskDefinition=definition)
        self.advance(300)
        self.assertIn("unable to place a task", self.service()["events"][0]["message"])
        self.assertEqual(self.service()["deployments"][0]["failedTasks"], 0)

    def test_service_deployments_tell_of_the_rollback(self):
        if not self.world.models.operation("ecs", "DescribeServiceDeployments"):
            self.skipTest("these models do not know service deployments")
        ecs = self.client("ecs")
        ecs.update_service(cluster=CLUSTER, service=BLUE, taskDefinition=self.revise("bad", push=False))
        arn = self.service()["currentServiceDeployment"]
        self.advance(150)
        record = ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"][0]
        self.assertEqual(record["status"], "ROLLBACK_SUCCESSFUL")
        self.assertEqual(record["deploymentCircuitBreaker"]["status"], "TRIGGERED")
        listed = ecs.list_service_deployments(cluster=CLUSTER, service=BLUE)["serviceDeployments"]
        self.assertEqual([one["status"] for one in listed], ["ROLLBACK_SUCCESSFUL", "SUCCESSFUL"])

    def test_a_stuck_deployment_can_be_stopped_and_is_rolled_back(self):
        if not self.world.models.operation("ecs", "StopServiceDeployment"):
            self.skipTest("these models do not know service deployments")
        ecs = self.client("ecs")
        definition = self.revise("v2")
        self.seed(fates=[{"image": image("v2"), "fate": "stuck"}])
        ecs.update_service(cluster=CLUSTER, service=BLUE, taskDefinition=definition)
        self.advance(300)
        arn = self.service()["currentServiceDeployment"]
        ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")
        self.advance(60)
        self.assertEqual(self.service()["taskDefinition"].rpartition(":")[2], "1")
        self.assert_refused("ConflictException", ecs.stop_service_deployment, serviceDeploymentArn=arn)


if __name__ == "__main__":
    unittest.main()
