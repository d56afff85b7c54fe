"""ECS's answers: what a service, a task and a deployment look like to a caller."""
from .ecs_machine import threshold
from .ecs_state import has_health_check


class Views:
    def __init__(self, state, settings, models, images):
        self.state = state
        self.settings = settings
        self.images = images
        self.newer = models.has_member("ecs", "Service", "currentServiceDeployment")
        self._turn = 0

    def cluster_arn(self, name):
        return self.state.arn(f"cluster/{name}")

    def deployment(self, one):
        shown = {"id": one.id, "status": one.status, "taskDefinition": one.definition, "desiredCount": one.desired,
                 "pendingCount": len(one.pending()), "runningCount": len(one.running()),
                 "failedTasks": 0 if self.settings["failed_tasks_stay_zero"] else one.failed,
                 "createdAt": one.created, "updatedAt": one.updated, "launchType": "FARGATE"}
        if not self.settings["no_rollout_state"]:
            shown.update(rolloutState=one.state, rolloutStateReason=one.reason)
        return shown

    def service(self, one, tags=False):
        deployments = [self.deployment(each) for each in one.deployments]
        self._turn += 1
        if self.settings["shuffle_deployments"] and self._turn % 2:
            deployments.reverse()
        shown = {"serviceArn": one.arn, "serviceName": one.name, "clusterArn": self.cluster_arn(one.cluster),
                 "status": one.status, "desiredCount": one.desired,
                 "runningCount": sum(each["runningCount"] for each in deployments),
                 "pendingCount": sum(each["pendingCount"] for each in deployments),
                 "launchType": "FARGATE", "platformVersion": "1.4.0", "platformFamily": "Linux",
                 "deploymentConfiguration": {"deploymentCircuitBreaker": dict(one.breaker),
                                             "maximumPercent": one.maximum, "minimumHealthyPercent": one.minimum},
                 "deployments": deployments, "events": list(one.events), "createdAt": one.created,
                 "schedulingStrategy": "REPLICA", "deploymentController": {"type": "ECS"},
                 "loadBalancers": [], "serviceRegistries": [], "placementConstraints": [], "placementStrategy": [],
                 "healthCheckGracePeriodSeconds": 0, "enableECSManagedTags": False, "propagateTags": "NONE",
                 "enableExecuteCommand": False, **one.configuration}
        if one.definition:
            shown["taskDefinition"] = one.definition
        if self.newer and one.records:
            shown["currentServiceDeployment"] = one.records[-1].arn
        if tags:
            shown["tags"] = [{"key": key, "value": text} for key, text in sorted(one.tags.items())]
        return shown

    def task(self, one):
        definition = one.definition
        cluster = self.state.task_clusters[one.arn]
        shown = {"taskArn": one.arn, "taskDefinitionArn": definition["taskDefinitionArn"],
                 "clusterArn": self.cluster_arn(cluster), "lastStatus": one.status, "desiredStatus": one.wanted,
                 "healthStatus": one.health, "startedBy": one.started_by, "group": one.group, "launchType": "FARGATE",
                 "version": 1 + len(one.stamps), "connectivity": "CONNECTED", "overrides": {}, **one.stamps,
                 "containers": [self._container(one, each) for each in definition["containerDefinitions"]],
                 "attachments": [{"id": one.id, "type": "ElasticNetworkInterface", "status": "ATTACHED",
                                  "details": [{"name": "networkInterfaceId", "value": f"eni-{one.id[:17]}"},
                                              {"name": "privateIPv4Address", "value": one.address}]}]}
        if one.stop_code:
            shown.update(stopCode=one.stop_code, stoppedReason=one.stop_reason)
        return shown

    def _container(self, one, container):
        essential = container is one.definition["containerDefinitions"][0]
        checked = "healthCheck" in container or (essential and has_health_check(one.definition))
        shown = {"containerArn": self.state.arn(f"container/{one.id}/{container['name']}"), "taskArn": one.arn,
                 "name": container["name"], "image": container["image"], "lastStatus": one.status,
                 "healthStatus": one.health if checked else "UNKNOWN",
                 "networkInterfaces": [{"attachmentId": one.id, "privateIpv4Address": one.address}]}
        if digest := self.images.digest_of(container["image"]):
            shown.update(digest)
        if one.exit_code is not None and essential:
            shown["exitCode"] = one.exit_code
        if one.container_reason and essential:
            shown["reason"] = one.container_reason[:255]
        return shown

    def record(self, service, one, brief=False):
        shown = {"serviceDeploymentArn": one.arn, "serviceArn": service.arn, "status": one.status,
                 "clusterArn": self.cluster_arn(service.cluster), "createdAt": one.created, "startedAt": one.started}
        if one.reason:
            shown["statusReason"] = one.reason
        if one.finished:
            shown["finishedAt"] = one.finished
        if brief:
            shown["targetServiceRevisionArn"] = one.target
            return shown
        primary = next((each for each in service.deployments if each.record is one), None)
        counts = self.deployment(primary) if primary else {"desiredCount": 0, "runningCount": 0, "pendingCount": 0}
        failed = max((each.failed for each in service.deployments if each.record is one), default=0)
        shown["targetServiceRevision"] = {"arn": one.target, "requestedTaskCount": counts["desiredCount"],
                                          "runningTaskCount": counts["runningCount"],
                                          "pendingTaskCount": counts["pendingCount"]}
        shown["sourceServiceRevisions"] = [{"arn": arn, "requestedTaskCount": 0, "runningTaskCount": 0,
                                            "pendingTaskCount": 0} for arn in one.sources]
        shown["deploymentCircuitBreaker"] = {"status": one.breaker, "failureCount": failed,
                                             "threshold": threshold(service.breaker, service.desired)}
        shown["deploymentConfiguration"] = {"maximumPercent": service.maximum, "minimumHealthyPercent": service.minimum,
                                            "deploymentCircuitBreaker": dict(service.breaker)}
        shown["updatedAt"] = one.updated
        if one.rollback:
            shown["rollback"] = one.rollback
        return shown
