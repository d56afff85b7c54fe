"""What ECS keeps: clusters, task definitions, services, their deployments and tasks. No time passes here."""
import itertools
import secrets

from .accounts import ACCOUNT
from .errors import Refusal

EVENTS = 100


class Deployment:
    """One attempt of a service to run one task definition."""

    def __init__(self, ident, definition, desired, stamp):
        self.id = ident
        self.definition = definition  # ARN
        self.status = "PRIMARY"
        self.desired = desired
        self.failed = 0
        self.created = self.updated = stamp
        self.state = "IN_PROGRESS"
        self.reason = f"ECS deployment {ident} in progress."
        self.tasks = []
        self.record = None  # ServiceDeployment
        self.halted = False  # failed and rolled back or not, it starts nothing more

    def live(self):
        return [task for task in self.tasks if task.wanted == "RUNNING" and task.status != "STOPPED"]

    def running(self):
        return [task for task in self.tasks if task.status == "RUNNING"]

    def pending(self):
        return [task for task in self.tasks if task.status in ("PROVISIONING", "PENDING", "ACTIVATING")]


class ServiceDeployment:
    """The newer account of the same: it outlives the deployment and tells how it ended."""

    def __init__(self, arn, revision, stamp):
        self.arn = arn
        self.target = revision
        self.sources = []
        self.status = "IN_PROGRESS"
        self.reason = None
        self.created = self.started = self.updated = stamp
        self.finished = None
        self.rollback = None
        self.breaker = "MONITORING"


class Task:
    def __init__(self, ident, arn, definition, started_by, group):
        self.id = ident
        self.arn = arn
        self.definition = definition  # dict
        self.started_by = started_by
        self.group = group
        self.status = "PROVISIONING"
        self.wanted = "RUNNING"
        self.health = "UNKNOWN"
        self.created = 0.0  # elapsed
        self.ran = None  # elapsed when RUNNING
        self.stop_at = None  # elapsed when it will be STOPPED
        self.stopped = None
        self.stamps = {}
        self.stop_code = None
        self.stop_reason = None
        self.exit_code = None
        self.container_reason = None
        self.address = None
        self.process = None
        self.fate = "good"


class Service:
    def __init__(self, name, arn, cluster, stamp):
        self.name = name
        self.arn = arn
        self.cluster = cluster
        self.created = stamp
        self.status = "ACTIVE"
        self.desired = 0
        self.definition = None  # ARN
        self.deployments = []  # not INACTIVE; in no promised order
        self.events = []  # newest first
        self.configuration = {}  # members taken over as they were given
        self.minimum = 100
        self.maximum = 200
        self.breaker = {"enable": False, "rollback": False}
        self.steady = True
        self.last_good = None  # (deployment id, ARN of its definition)
        self.records = []  # ServiceDeployment, newest last
        self.tags = {}
        self.placed = True

    def primary(self):
        return next((one for one in self.deployments if one.status == "PRIMARY"), None)

    def tasks(self):
        return [task for one in self.deployments for task in one.tasks]


class State:
    """Everything, by ARN or by name, and the identifiers that come next."""

    def __init__(self, clock, region):
        self.clock = clock
        self.region = region
        self.clusters = {}  # name: {service name: Service}
        self.families = {}  # family: [definition dict, oldest first]
        self.definition_tags = {}  # ARN: {key: value}
        self.tasks = {}  # ARN: Task, stopped ones too for an hour
        self.task_clusters = {}
        self.revisions = {}  # ARN of a service revision: dict
        self._numbers = itertools.count(1)

    def arn(self, rest):
        return f"arn:aws:ecs:{self.region}:{ACCOUNT}:{rest}"

    def deployment_id(self):
        return f"ecs-svc/{secrets.randbelow(9 * 10 ** 18) + 10 ** 18}"

    def task_id(self):
        return secrets.token_hex(16)

    def number(self):
        return next(self._numbers)

    def cluster(self, name):
        """The services of a cluster named or given as an ARN."""
        short = (name or "default").rpartition("/")[2]
        if short not in self.clusters:
            raise Refusal("ClusterNotFoundException", "Cluster not found.")
        return short, self.clusters[short]

    def service(self, cluster, name):
        """The service, active or not, or None."""
        _, services = self.cluster(cluster)
        return services.get(name.rpartition("/")[2])

    def require_service(self, cluster, name):
        found = self.service(cluster, name)
        if found is None or found.status == "INACTIVE":
            raise Refusal("ServiceNotFoundException", "Service not found.")
        return found

    def services(self):
        return [service for services in self.clusters.values() for service in services.values()]

    def definition(self, text):
        """A task definition by family (latest that is ACTIVE), family:revision or ARN; None when there is none."""
        short = text.rpartition("/")[2]
        family, _, revision = short.partition(":")
        kept = self.families.get(family, [])
        if not revision:
            return next((one for one in reversed(kept) if one["status"] == "ACTIVE"), None)
        return next((one for one in kept if str(one["revision"]) == revision), None)

    def say(self, service, words):
        event = {"id": secrets.token_hex(16), "createdAt": self.clock.stamp(), "message": words}
        service.events.insert(0, event)
        del service.events[EVENTS:]


def has_health_check(definition):
    return any("healthCheck" in container for container in definition["containerDefinitions"])


def environment(definition):
    """Variables of all containers; the first that sets one counts."""
    found = {}
    for container in definition["containerDefinitions"]:
        for pair in container.get("environment", []):
            found.setdefault(pair["name"], pair.get("value", ""))
    return found
