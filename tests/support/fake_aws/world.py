"""The whole account: its services, who may call, what is counted, what a test has set."""
import re
import threading

from .accounts import Book
from .clock import Clock
from .ecr import Ecr
from .ecs import Ecs
from .ecs_processes import Processes
from .faults import Faults
from .flow import Flow
from .identity import Identity
from .journal import Journal
from .logs import Logs
from .models import Models
from .others import Others
from .signature import Verifier
from .ssm import Ssm
from .sts import Sts

SETTINGS = {
    "ssm": {"stale_reads": 0, "put_tps": 0, "empty_pages": False, "kms_denied": False, "parameters_max": 10_000},
    "logs": {"empty_pages": False, "page": 1000},
    "ecs": {},
    "http": {"future_members": False, "exponents": False},
}


def method_name(operation):
    """DescribeServices → describe_services."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower()


class World:
    """One lock guards it all: a call is applied whole or not at all."""

    def __init__(self, region="us-east-1", clock=None):
        self.lock = threading.RLock()
        self.region = region
        self.clock = clock or Clock()
        self.settings = {name: dict(values) for name, values in SETTINGS.items()}
        self.models = Models()
        self.book = Book(self.clock)
        self.identity = Identity(self.book, self.clock)
        self.journal = Journal(self.clock, self.lock)
        self.verifier = Verifier(self.book, self.clock, region)
        self.faults = Faults(lambda service, operation: self.knows(service, operation))
        ecr = Ecr(self.clock, region)
        ecs = Ecs(self.clock, region, self.models, ecr, self.settings["ecs"])
        self.services = {"ecs": ecs, "ecr": ecr, "ssm": Ssm(self.clock, region, self.settings["ssm"]),
                         "sts": Sts(self.book, self.identity.subject_of),
                         "logs": Logs(self.clock, region, self.settings["logs"])}
        self.others = Others(self)
        ecs.machine.time_passed = self.others.time_passed
        ecs.machine.log = self.services["logs"].write
        self.processes = None
        self.flow = Flow(self.lock, ecs.machine.advance)

    def knows(self, service, operation):
        """Whether this operation of a service, or of any, is played here."""
        names = [service] if service else self.services
        return any(self.models.operation(name, operation) and hasattr(self.services[name], method_name(operation))
                   for name in names if name in self.services)

    def act(self, service, operation):
        """The operation as a function of input and caller."""
        return getattr(self.services[service], method_name(operation))

    def run_tasks(self, **hook):
        """From now on tasks are processes; those that run already go on as they are."""
        before, self.processes = self.processes, Processes(**hook)
        if before:
            self.processes.take_over(before)
        self.services["ecs"].machine.processes = self.processes

    def secrets(self, values=False):
        return {**self.book.secrets(), **self.services["ssm"].secrets(values)}

    def set(self, service, values):
        for name, value in values.items():
            if name not in self.settings[service]:
                raise ValueError(f"{service} has no setting {name}")
            self.settings[service][name] = value

    def verdict(self):
        """What a test must find empty at its end."""
        found = {"problems": list(self.journal.problems), "faults": self.faults.unused(),
                 "waiting": self.others.waiting()}
        return {**found, "ok": not any(found.values())}

    def close(self):
        self.flow.turn(0)
        with self.lock:
            if self.processes:
                self.processes.close()
