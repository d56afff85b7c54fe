"""The common shape of a test that needs an account: a fake in this process, and Debian's own clients for it."""
import http.client
import json
import os
import subprocess
import unittest
import urllib.error
import urllib.request

import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
import botocore.session

from . import seed
from .server import Server
from .world import World

AWS = "/usr/bin/aws"
REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com"
CLUSTER = "pms-production"
BLUE = "pms-backend-production-blue"
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


def image(tag):
    return f"{REGISTRY}/pms-backend:{tag}"


class Sent:
    """An answer: status, headers, octets, and what they say."""

    def __init__(self, answer):
        self.status = answer.status
        self.headers = {name.lower(): text for name, text in answer.getheaders()}
        self.octets = answer.read()
        try:
            self.json = json.loads(self.octets)
        except ValueError:
            self.json = {}
        self.code = self.json.get("__type")
        self.message = self.json.get("message") or self.json.get("Message") or ""


def send(server, world, principal, service, operation, value, **more):
    """`change`: a callable that spoils headers and body after they were signed; `name`, `region`, `headers`."""
    model = world.models.services[service]
    body = json.dumps(value)
    headers = {"Content-Type": "application/x-amz-json-1.1",
               "X-Amz-Target": f"{model.metadata['targetPrefix']}.{operation}", **more.get("headers", {})}
    request = botocore.awsrequest.AWSRequest("POST", server.url + "/", headers=headers, data=body)
    credentials = botocore.credentials.Credentials(principal.access_key, principal.secret, principal.token)
    botocore.auth.SigV4Auth(credentials, more.get("name", model.signing_name),
                            more.get("region", "us-east-1")).add_auth(request)
    signed, body = dict(request.headers.items()), body.encode()
    if "change" in more:
        body = more["change"](signed, body) or body
    connection = http.client.HTTPConnection(*server.server_address, timeout=20)
    try:
        connection.request("POST", "/", body, signed)
        return Sent(connection.getresponse())
    finally:
        connection.close()


class FakeCase(unittest.TestCase):
    """A new account for each test. It must end without problems and with every fault used."""

    def setUp(self):
        self.world = World()
        self.server = Server(self.world).start()
        self.addCleanup(self.server.stop)
        self.root = self.world.book.root

    def tearDown(self):
        self.assertEqual(self.world.verdict(), {"problems": [], "faults": [], "waiting": [], "ok": True})

    def client(self, service, principal=None, attempts=1, **more):
        """Botocore's client; one attempt unless a test is about retries."""
        principal = principal or self.root
        session = botocore.session.Session()
        if self.world.models.folder:
            session.set_config_variable("data_path", self.world.models.folder)
        config = botocore.config.Config(retries={"total_max_attempts": attempts, "mode": "standard"},
                                        read_timeout=more.pop("read_timeout", 20), **more)
        client = session.create_client(service, region_name="us-east-1", endpoint_url=self.server.url, config=config,
                                       aws_access_key_id=principal.access_key, aws_secret_access_key=principal.secret,
                                       aws_session_token=principal.token)
        self.addCleanup(client.close) if hasattr(client, "close") else None
        return client

    def aws(self, *words, attempts=1, check=True):
        """(exit code, JSON or text it printed, what it complained) of Debian's awscli."""
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_REGION": "us-east-1",
                       "AWS_ACCESS_KEY_ID": self.root.access_key, "AWS_SECRET_ACCESS_KEY": self.root.secret,
                       "AWS_MAX_ATTEMPTS": str(attempts), "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true"}
        done = subprocess.run([AWS, "--endpoint-url", self.server.url, "--output", "json", *words], text=True,
                              env=environment, capture_output=True, timeout=120, check=False)
        if check:
            self.assertEqual(done.returncode, 0, done.stderr)
        try:
            return done.returncode, json.loads(done.stdout), done.stderr
        except ValueError:
            return done.returncode, done.stdout, done.stderr

    def raw(self, service, operation, value, **more):
        """One call signed by botocore's signer and sent as it stands; see `send`."""
        return send(self.server, self.world, self.root, service, operation, value, **more)

    def control(self, method, path, value=None):
        """One call of the control API; refusals are answers too."""
        call = urllib.request.Request(f"{self.server.url}/_fake/{path}", method=method,
                                      data=None if value is None else json.dumps(value).encode())
        try:
            with urllib.request.urlopen(call, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return json.load(error)

    def advance(self, seconds):
        self.world.services["ecs"].machine.advance(seconds)

    def sow(self, kind, operation=None, **more):
        described = {"kind": kind, **more}
        if operation:
            described["operation"] = operation
        self.world.faults.sow(described)

    def seed(self, **value):
        return seed.sow(self.world, value)

    def seed_service(self, name=BLUE, desired=2, **more):
        """A service that is steady on version v1."""
        self.seed(images=[{"repository": "pms-backend", "tag": "v1"}],
                  task_definitions=[{"family": name, "image": image("v1"), "environment": {"VERSION": "v1"}}],
                  services=[{"cluster": CLUSTER, "serviceName": name, "taskDefinition": f"{name}:1",
                             "desiredCount": desired, "deploymentConfiguration": BREAKER, **more}])

    def revise(self, tag, name=BLUE, push=True, **more):
        """The ARN of another task definition of the service."""
        if push:
            self.seed(images=[{"repository": "pms-backend", "tag": tag}])
        return self.seed(task_definitions=[{"family": name, "image": image(tag), "environment": {"VERSION": tag},
                                            **more}])["task_definitions"][0]

    def service(self, name=BLUE):
        """As DescribeServices shows it."""
        return self.world.services["ecs"].describe_services({"cluster": CLUSTER, "services": [name]},
                                                            self.root)["services"][0]

    def assert_refused(self, code, call, **value):
        """The message of the refusal."""
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**value)
        self.assertEqual(caught.exception.response["Error"]["Code"], code, caught.exception)
        return caught.exception.response["Error"]["Message"]
