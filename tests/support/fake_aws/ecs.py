"""ECS's calls about clusters and services. Limits that only the documentation states are checked here."""
from . import ecs_definitions, ecs_deployments, ecs_tasks
from .ecs_machine import DEFAULTS, Machine
from .ecs_state import Service, State
from .ecs_views import Views
from .errors import Refusal

TRIGGERS = ("networkConfiguration", "platformVersion", "loadBalancers", "serviceRegistries",
            "serviceConnectConfiguration", "volumeConfigurations")
KEPT = ("networkConfiguration", "platformVersion", "loadBalancers", "serviceRegistries", "launchType",
        "healthCheckGracePeriodSeconds", "enableExecuteCommand", "enableECSManagedTags", "propagateTags",
        "capacityProviderStrategy")
READS = ("DescribeServices", "DescribeTasks", "ListTasks", "DescribeServiceDeployments", "ListServiceDeployments")


def invalid(words):
    return Refusal("InvalidParameterException", words)


class Ecs(ecs_tasks.Tasks, ecs_definitions.Definitions, ecs_deployments.Deployments):
    def __init__(self, clock, region, models, images, settings):
        for name, value in DEFAULTS.items():
            settings.setdefault(name, value)
        self.settings = settings
        self.state = State(clock, region)
        self.images = images
        self.stale = {}  # ARN of a service: [reads left, what they see]
        self.machine = Machine(self.state, settings, images, None)
        self.views = Views(self.state, settings, models, images)

    def begin(self, operation, value):
        """A poll may let time pass, so that a waiting client needs nobody who turns the clock."""
        if operation in READS and self.settings["seconds_per_poll"]:
            self.machine.advance(self.settings["seconds_per_poll"])

    def create_cluster(self, value, caller):
        name = value.get("clusterName", "default")
        self.state.clusters.setdefault(name, {})
        return {"cluster": self._cluster(name)}

    def describe_clusters(self, value, caller):
        names = [name.rpartition("/")[2] for name in value.get("clusters", ["default"])]
        return {"clusters": [self._cluster(name) for name in names if name in self.state.clusters],
                "failures": [{"arn": self.views.cluster_arn(name), "reason": "MISSING"} for name in names
                             if name not in self.state.clusters]}

    def _cluster(self, name):
        services = self.state.clusters[name].values()
        tasks = [task for one in services for task in one.tasks()]
        return {"clusterArn": self.views.cluster_arn(name), "clusterName": name, "status": "ACTIVE",
                "registeredContainerInstancesCount": 0,
                "activeServicesCount": sum(one.status == "ACTIVE" for one in services),
                "runningTasksCount": sum(task.status == "RUNNING" for task in tasks),
                "pendingTasksCount": sum(task.status in ("PROVISIONING", "PENDING") for task in tasks)}

    def create_service(self, value, caller):
        name, services = self.state.cluster(value.get("cluster"))
        there = services.get(value["serviceName"])
        if there and there.status != "INACTIVE":
            raise invalid("Creation of service was not idempotent.")
        if value.get("deploymentController", {}).get("type", "ECS") != "ECS":
            raise invalid("The fake knows only the ECS deployment controller.")
        if "taskDefinition" not in value:
            raise invalid("TaskDefinition can not be blank.")
        definition = self._usable(value["taskDefinition"])
        one = Service(value["serviceName"], self.state.arn(f"service/{name}/{value['serviceName']}"), name,
                      self.state.clock.stamp())
        one.tags = {tag["key"]: tag.get("value", "") for tag in value.get("tags", [])}
        services[one.name] = one
        one.desired = value.get("desiredCount", 0)
        self._configure(one, value)
        self.machine.deploy(one, definition["taskDefinitionArn"])
        return {"service": self.views.service(one, tags=True)}

    def _usable(self, text):
        definition = self.state.definition(text)
        if definition is None:
            raise Refusal("ClientException", "TaskDefinition not found.")
        if definition["status"] != "ACTIVE":
            raise Refusal("ClientException", "TaskDefinition is inactive")
        return definition

    def _configure(self, one, value):
        for name in KEPT:
            if name in value:
                one.configuration[name] = value[name]
        rules = value.get("deploymentConfiguration", {})
        if rules.get("strategy", "ROLLING") != "ROLLING":
            raise invalid("The fake knows only the ROLLING strategy.")
        one.minimum = rules.get("minimumHealthyPercent", one.minimum)
        one.maximum = rules.get("maximumPercent", one.maximum)
        if one.maximum <= 100 <= one.minimum:
            raise invalid("Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.")
        breaker = rules.get("deploymentCircuitBreaker")
        if breaker:
            one.breaker = dict(breaker)

    def update_service(self, value, caller):
        one = self.state.require_service(value.get("cluster"), value["service"])
        if one.status != "ACTIVE":
            raise Refusal("ServiceNotActiveException", "Service was not ACTIVE.")
        if value.get("desiredCount", 0) < 0:
            raise invalid("desiredCount must not be negative.")
        wanted = self._usable(value["taskDefinition"])["taskDefinitionArn"] if "taskDefinition" in value else None
        if self.settings["stale_polls"]:
            self.stale[one.arn] = [self.settings["stale_polls"], self.views.service(one)]
        before = dict(one.configuration)
        self._configure(one, value)
        if value.get("desiredCount", one.desired) != one.desired:
            one.desired = value["desiredCount"]
            one.steady = False
        changed = any(name in value and before.get(name) != value[name] for name in TRIGGERS)
        if value.get("forceNewDeployment") or changed or wanted not in (None, one.definition):
            self.machine.deploy(one, wanted or one.definition)
        elif primary := one.primary():
            primary.desired = one.desired
        return {"service": self.views.service(one)}

    def delete_service(self, value, caller):
        one = self.state.require_service(value.get("cluster"), value["service"])
        if one.desired and not value.get("force"):
            raise invalid("The service cannot be stopped while it is scaled above 0.")
        one.status, one.desired = "DRAINING", 0
        return {"service": self.views.service(one)}

    def describe_services(self, value, caller):
        names = value["services"]
        if not 1 <= len(names) <= 10:
            raise invalid("services can have at most 10 items." if names else "Services cannot be empty.")
        cluster, _ = self.state.cluster(value.get("cluster"))
        tags = "TAGS" in value.get("include", [])
        found, failures = [], []
        for name in names:
            one = self.state.service(cluster, name)
            if one is None:
                arn = self.state.arn(f"service/{cluster}/{name.rpartition('/')[2]}")
                failures.append({"arn": arn, "reason": "MISSING"})
            else:
                found.append(self._seen(one, tags))
        return {"services": found, "failures": failures}

    def _seen(self, one, tags):
        """A read just after a change may show what was before."""
        stale = self.stale.get(one.arn)
        if not stale:
            return self.views.service(one, tags)
        stale[0] -= 1
        if stale[0] == 0:
            del self.stale[one.arn]
        return stale[1]

    def list_services(self, value, caller):
        _, services = self.state.cluster(value.get("cluster"))
        arns = [one.arn for one in services.values() if one.status != "INACTIVE"]
        page, more = self.page(arns, value, 10)
        return {"serviceArns": page, **more}

    @staticmethod
    def page(items, value, size):
        size = value.get("maxResults", size)
        if not 1 <= size <= 100:
            raise invalid("maxResults must be between 1 and 100.")
        token = value.get("nextToken", "0")
        if not token.isdigit():
            raise invalid("Invalid token.")
        end = int(token) + size
        return items[int(token):end], {"nextToken": str(end)} if end < len(items) else {}

    def tag_resource(self, value, caller):
        self._tags(value["resourceArn"]).update({tag["key"]: tag.get("value", "") for tag in value["tags"]})
        return {}

    def list_tags_for_resource(self, value, caller):
        tags = self._tags(value["resourceArn"])
        return {"tags": [{"key": key, "value": text} for key, text in sorted(tags.items())]}

    def _tags(self, arn):
        if ":task-definition/" in arn and self.state.definition(arn):
            return self.state.definition_tags.setdefault(arn, {})
        for one in self.state.services():
            if one.arn == arn:
                return one.tags
        raise invalid("The specified resource was not found.")
