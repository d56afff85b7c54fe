"""A small company: an application of two services on a fake ECS whose tasks are real toy processes, one proxy or more
in front of them, a folder with switchctl.yaml, and the command line itself. Everything is gone at `close`."""
import contextlib
import hashlib
import json
import os
import pathlib
import random
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request

from .load import Load
from .proxy import ROOT, Proxy, binary, wait_until
from .switchctl import Switchctl

sys.path.append(str(ROOT / "tests" / "support"))
from fake_aws.program import Program  # noqa: E402

AWS = "/usr/bin/aws"
ACCOUNT = "111122223333"
REGISTRY = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
SERVICES = ("backend", "frontend")
COLORS = ("blue", "green")
PORT = 8080  # of every task
OLDER, OLD, NEW = "v20231224-0ddba11", "v20240101-abc1234", "v20240102-def5678"
BAD = "v20240103-bad0bad"  # good to look at; fails clients once it has traffic
MUTE = "v20240104-5117e17"  # its smoke test fails
LIAR = "v20240105-11a4000"  # reports another version
CRASHES, STUCK, UNHEALTHY = "v20240106-c4a5000", "v20240107-57c0000", "v20240108-51c0000"
MISSING = "v20240109-404f00d"  # was never pushed
KNOBS = {BAD: {"error_rate": 1, "error_path": "/api/patients"}, MUTE: {"error_rate": 1, "error_path": "/api/version"},
         LIAR: {"version": "v20200101-0000000"}}
FATES = {CRASHES: "crashes", STUCK: "stuck", UNHEALTHY: "unhealthy"}
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
QUICK = {"provision_seconds": 1, "pull_seconds": 1, "health_seconds": 1, "unknown_healthy_seconds": 2,
         "crash_seconds": 1, "stop_seconds": 1}
RATE = 20  # virtual seconds of ECS in one of ours
HEALTH = {"interval": "500ms", "timeout": "450ms", "rise": 1, "fall": 3}
PLAN = {"holds": [{"percent": 25, "for": "300ms", "requests": 20}, {"percent": 50, "for": "200ms", "requests": 10},
                  {"percent": 100, "for": "300ms", "requests": 10}]}
CHANGES = ("UpdateService", "RegisterTaskDefinition", "DeregisterTaskDefinition", "PutParameter", "DeleteParameter",
           "LabelParameterVersion", "TagResource")
ROUTES = {"backend": (["/api/", "/healthz"], {"path": "/healthz", "version_field": "version"}),
          "frontend": (["/"], {"path": "/health"})}
ROLES = ("viewer", "operator", "approver")


def image(service, version):
    return f"{REGISTRY}/pms-{service}:{version}"


def put_json(url, value):
    call = urllib.request.Request(url, json.dumps(value).encode(), method="PUT",
                                  headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(call, timeout=10) as answer:
        return json.load(answer)


def free_network():
    """The first three octets of loopback addresses that nobody listens on."""
    for _ in range(50):
        network = f"127.{random.randint(1, 250)}.{random.randint(1, 250)}"
        try:
            for last in (11, 31, 51, 71):
                with socket.socket() as probe:
                    probe.bind((f"{network}.{last}", PORT))
            return network
        except OSError:
            continue
    raise AssertionError("no free network below 127")


class DeployWorld:
    """`environment`: its name, also of the cluster. `tasks`: of each service in the live color; `grows_to`: at most,
    for which proxies know addresses. `proxies`: how many.
    `yaml`: merged into the environment's section of switchctl.yaml. `ecs`: settings of the fake's ECS. `misrouted`: the
    proxies know wrong addresses of green. `endpoints`: proxy | push."""

    def __init__(self, environment="staging", **more):
        self.environment = environment
        self.tasks = more.pop("tasks", 1)
        self.tasks_max = more.pop("grows_to", self.tasks)
        self.proxy_count = more.pop("proxies", 1)
        self.endpoints = more.pop("endpoints", "proxy")
        self.misrouted = more.pop("misrouted", False)
        self.ecs = more.pop("ecs", {})
        self.yaml = more.pop("yaml", {})
        self.credentials = more.pop("credentials", "static")
        if more:
            raise TypeError(f"no such thing: {', '.join(more)}")
        self.tokens = {role: secrets.token_hex(16) for role in ROLES}
        self.preview = secrets.token_hex(16)
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        return self.open()

    def __exit__(self, *_):
        self.close()

    def open(self):
        with self._stack as stack:
            self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sy-deploy-"))
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self.network = free_network()
            self.fake = Program()
            stack.callback(self.fake.stop)
            self._seed()
            self.proxies = [self._proxy(stack) for _ in range(self.proxy_count)]
            self.ctl = Switchctl(self.folder, self._environment(), self.fake.leaks)
            stack.callback(self.ctl.stop)
            self.write_yaml()
            for proxy in self.proxies:
                proxy.wait_open("blue")
            self.fake.put("flow", rate=RATE)
            self._stack = stack.pop_all()
        return self

    def close(self):
        self._stack.close()

    # What is there at first.

    def service(self, name, color, environment=None):
        return f"pms-{name}-{environment or self.environment}-{color}"

    def addresses(self, name, color):
        """What tasks of a service in a color are given."""
        first = 11 + 20 * (2 * SERVICES.index(name) + COLORS.index(color))
        slots = 2 * self.tasks_max + 1  # a rolling deployment has twice as many, and one more may be on its way out
        return [f"{self.network}.{first + number}" for number in range(slots)]

    def urls(self, name, color):
        """What the proxies are told of them."""
        if self.misrouted and color == "green":
            return [f"http://{self.network}.{200 + SERVICES.index(name)}:{PORT}"]
        if self.endpoints == "push":  # The tasks of today; the rest is switchctl's to tell.
            return [f"http://{address}:{PORT}" for address in self.addresses(name, color)[:self.tasks]]
        return [f"http://{address}:{PORT}" for address in self.addresses(name, color)]

    def _seed(self):
        self.fake.put("secrets", preview=self.preview, **self.tokens)
        self.fake.put("settings", ecs={**QUICK, **self.ecs})
        command = [binary("switchyard-toy"), "--service", "{service}", "--color", "{color}", "--version", "{version}",
                   "--git-sha", "{git_sha}", "--environment", self.environment, "--address", "{address}",
                   "--port", "{port}"]
        self.fake.put("hook", command=command, network=self.network, words={
            version: ["--knobs", json.dumps(knobs)] for version, knobs in KNOBS.items()}, addresses={
            self.service(name, color): self.addresses(name, color) for name in SERVICES for color in COLORS})
        versions = (OLDER, OLD, NEW, *KNOBS, *FATES)
        pushed = [{"repository": f"pms-{name}", "tag": version} for name in SERVICES for version in versions]
        digests = self.fake.post("seed", images=pushed)["images"]
        fates = []
        for one, made in zip(pushed, digests):
            if fate := FATES.get(one["tag"]):
                fates += [{"image": one["tag"], "fate": fate}, {"image": made["digest"], "fate": fate}]
        self.fake.post("seed", fates=fates, clusters=[f"pms-{self.environment}"],
                       task_definitions=[self._definition(name, color) for name in SERVICES for color in COLORS],
                       services=[self._service(name, color) for name in SERVICES for color in COLORS])

    def _definition(self, name, color, version=OLD):
        return {"family": self.service(name, color), "image": image(name, version),
                "environment": {"VERSION": version, "GIT_SHA": version.rpartition("-")[2],
                                "ENVIRONMENT": self.environment}}

    def _service(self, name, color):
        return {"cluster": f"pms-{self.environment}", "serviceName": self.service(name, color), "launchType": "FARGATE",
                "taskDefinition": self.service(name, color), "desiredCount": self.tasks if color == "blue" else 0,
                "deploymentConfiguration": BREAKER}

    def _proxy(self, stack):
        services = {}
        for name, (paths, health) in ROUTES.items():
            services[name] = {"match": {"paths": paths}, "health": {**HEALTH, **health},
                              **{color: self.urls(name, color) for color in COLORS}}
        tokens = [{"name": f"the-{role}", "role": role, "sha256": hashlib.sha256(token.encode()).hexdigest()}
                  for role, token in self.tokens.items()]
        proxy = Proxy(services, environment=self.environment, workers=2,
                      control={"address": "127.0.0.1:0", "tokens": tokens},
                      preview={"tokens": [hashlib.sha256(self.preview.encode()).hexdigest()]})
        proxy.token = self.tokens["operator"]
        stack.callback(proxy.clean)
        stack.callback(proxy.stop)
        return proxy.start()

    # switchctl's world.

    def _environment(self):
        return self.fake.environment(self.credentials, SWITCHYARD_TOKEN=self.tokens["operator"],
                                     SWITCHYARD_PREVIEW_TOKEN=self.preview, ECR_REGISTRY=REGISTRY,
                                     HOME=str(self.folder), USER="tester")

    def section(self):
        """The environment's part of switchctl.yaml."""
        return {"platform": "ecs", "proxies": [self.control_url(proxy) for proxy in self.proxies],
                "traffic": self.traffic_url(), "preview_token": "${SWITCHYARD_PREVIEW_TOKEN:-}",
                "endpoints": self.endpoints, "plan": PLAN,
                "smoke": {"checks": [{"path": "/api/version", "status": 200, "contains": "{version}"}]},
                "health": {"for": "500ms", "interval": "100ms", "failures": 2},
                "start_timeout": "20s", "gate_timeout": "5s", "keep_warm": "0s", "idle_tasks": 0,
                "ecs": {"poll": "100ms"}, **self.yaml}

    def write_yaml(self, **environments):
        """`environments`: more of them, by name."""
        services = {"backend": {"image": f"{REGISTRY}/{{app}}-{{service}}", "health": "/healthz",
                                "version_field": "version", "port": PORT},
                    "frontend": {"image": f"{REGISTRY}/{{app}}-{{service}}", "health": "/health", "port": PORT}}
        text = json.dumps({"app": "pms", "services": services,
                           "environments": {self.environment: self.section(), **environments}}, indent=2)
        (self.folder / "switchctl.yaml").write_text(text)

    @staticmethod
    def control_url(proxy):
        return f"http://{proxy.control[0]}:{proxy.control[1]}"

    def traffic_url(self):
        host, port = self.proxy.address
        return f"http://{host}:{port}"

    def as_role(self, role):
        """The environment of a person with another token."""
        return {"SWITCHYARD_TOKEN": self.tokens[role]}

    # Facts.

    @property
    def proxy(self):
        return self.proxies[0]

    def load(self, proxy=None, **more):
        """Open-loop clients of a proxy, to be used as a context."""
        return Load((proxy or self.proxy).address, **more)

    def aws(self, *words, check=True):
        """What Debian's awscli makes of it; {} when it says nothing."""
        environment = self.fake.environment("static", PATH=os.environ["PATH"], AWS_MAX_ATTEMPTS="1")
        done = subprocess.run([AWS, "--endpoint-url", self.fake.url, "--output", "json", *words], env=environment,
                              text=True, capture_output=True, timeout=120, check=False)
        if check and done.returncode:
            raise AssertionError(done.stderr)
        return json.loads(done.stdout or "{}") if not done.returncode else {}

    def record(self):
        """The record as awscli reads it back, or None."""
        found = self.aws("ssm", "get-parameter", "--name", f"/pms/{self.environment}/deployment-metadata", check=False)
        return json.loads(found["Parameter"]["Value"]) if found else None

    def live(self, proxy=None):
        """(live color, its version, weights as they are)."""
        now = (proxy or self.proxy).status()
        colors = now["colors"]
        return now["live"], colors[now["live"]]["version"], {name: colors[name]["effective"] for name in COLORS}

    def turn(self, color, **knobs):
        """Turns the knobs of every task in a color."""
        for task in self.fake.get("tasks")["tasks"]:
            if task["color"] == color:
                put_json(task["said"]["knobs"], knobs)

    def freeze(self):
        """ECS stands still until `thaw`."""
        self.fake.put("flow", rate=0)

    def thaw(self):
        self.fake.put("flow", rate=RATE)

    def described(self, name, color):
        """One service as DescribeServices shows it."""
        words = ("ecs", "describe-services", "--cluster", f"pms-{self.environment}", "--services",
                 self.service(name, color))
        return self.aws(*words)["services"][0]

    def counts(self):
        """How many tasks run: {(service, color): number}."""
        found = {(name, color): 0 for name in SERVICES for color in COLORS}
        for task in self.fake.get("tasks")["tasks"]:
            found[(task["service"], task["color"])] += 1
        return found

    def wait_counts(self, blue, green, timeout=15.0):
        """Waits until so many tasks of each service run in each color."""
        wanted = {(name, color): count for color, count in (("blue", blue), ("green", green)) for name in SERVICES}
        wait_until(lambda: self.counts() == wanted, timeout, f"{blue} tasks in blue and {green} in green")

    def mark(self):
        """The number of the last request the fake has seen."""
        return max((one["number"] for one in self.fake.requests()), default=0)

    def updates(self, since=0):
        """UpdateService calls that were applied."""
        return [one for one in self.fake.requests(operation="UpdateService", since=since) if one["status"] == 200]

    def changes(self, since=0):
        """Operations of AWS that changed something, or meant to."""
        return [one["operation"] for one in self.fake.requests(since=since) if one["operation"] in CHANGES]
