"""Tasks that are programs, and the fake itself as one."""
import json
import os
import random
import subprocess
import sys
import unittest
import urllib.error
import urllib.request

from .case import AWS, BLUE, CLUSTER, FakeCase
from .program import Program, Refused

TOY = '''
import http.server, json, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"status": "healthy", "version": sys.argv[2]}).encode()
        self.send_response(503 if sys.argv[2].endswith("-ill") else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
server = http.server.HTTPServer((sys.argv[1] or "127.0.0.1", int(sys.argv[3])), Answer)
print(json.dumps({"port": server.server_address[1]}), flush=True)
server.serve_forever()
'''
RELAYED = [sys.executable, "-c", TOY, "", "{version}", "{port}"]
DIRECT = [sys.executable, "-c", TOY, "{address}", "{version}", "{port}"]


def binary():
    path = os.path.join(os.environ.get("SY_BIN_DIR", ""), "switchyard-toy")
    return path if os.path.exists(path) else None


class Tasks(FakeCase):
    command = RELAYED

    def setUp(self):
        super().setUp()
        self.world.run_tasks(command=self.command)
        self.seed_service(desired=1)

    def healthz(self, task):
        with urllib.request.urlopen(task["url"] + "/healthz", timeout=10) as answer:
            return json.load(answer)

    def running(self):
        return self.control("GET", "tasks")["tasks"]

    def update(self, tag):
        self.client("ecs").update_service(cluster=CLUSTER, service=BLUE, taskDefinition=self.revise(tag))

    def test_a_task_answers_at_the_address_that_describe_tasks_tells(self):
        ecs = self.client("ecs")
        arns = ecs.list_tasks(cluster=CLUSTER, serviceName=BLUE)["taskArns"]
        task = ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"][0]
        address = task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
        self.assertTrue(address.startswith("127."))
        self.assertEqual(self.healthz({"url": f"http://{address}:8080"})["version"], "v1")

    def test_a_rollout_replaces_the_program(self):
        before = self.running()
        self.update("v2")
        self.advance(60)
        after = self.running()
        self.assertEqual([self.healthz(task)["version"] for task in after], ["v2"])
        with self.assertRaises(urllib.error.URLError):
            self.healthz(before[0])

    def test_a_program_that_is_ill_fails_the_deployment(self):
        self.update("v2-ill")
        self.advance(150)
        self.assertEqual(self.service()["taskDefinition"].rpartition(":")[2], "1")
        self.assertEqual([self.healthz(task)["version"] for task in self.running()], ["v1"])

    def test_a_program_that_dies_is_a_stopped_task_and_is_replaced(self):
        before = self.running()[0]
        self.control("POST", "kill", {"task": before["task"]})
        self.advance(2)
        ecs = self.client("ecs")
        stopped = ecs.list_tasks(cluster=CLUSTER, serviceName=BLUE, desiredStatus="STOPPED")["taskArns"]
        task = ecs.describe_tasks(cluster=CLUSTER, tasks=stopped)["tasks"][0]
        self.assertEqual((task["stopCode"], task["containers"][0]["exitCode"]), ("EssentialContainerExited", -9))
        self.advance(40)
        self.assertNotEqual(self.running()[0]["task"], before["task"])


class Addresses(FakeCase):
    def test_tasks_take_the_addresses_that_a_proxy_was_told(self):
        network = f"127.{random.randint(1, 250)}.{random.randint(1, 250)}"
        told = [f"{network}.11", f"{network}.12"]
        self.control("PUT", "hook", {"command": RELAYED, "addresses": {BLUE: told}})
        self.seed_service(desired=2)
        self.assertEqual([task["address"] for task in self.control("GET", "tasks")["tasks"]], told)

    def test_a_program_that_cannot_be_started_is_a_task_that_failed_to_start(self):
        self.seed_service(desired=1)
        self.control("PUT", "hook", {"command": ["/nonexistent/program"]})
        ecs = self.client("ecs")
        ecs.update_service(cluster=CLUSTER, service=BLUE, taskDefinition=self.revise("v2"))
        self.advance(20)
        arns = ecs.list_tasks(cluster=CLUSTER, serviceName=BLUE, desiredStatus="STOPPED")["taskArns"]
        task = ecs.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"][0]
        self.assertIn("CannotStartContainerError", task["stoppedReason"])


class DirectTasks(Tasks):
    """The same with a program that takes an address."""

    command = DIRECT


@unittest.skipUnless(binary(), "SY_BIN_DIR has no switchyard-toy")
class ToyTasks(FakeCase):
    def test_the_toy_app_tells_color_and_version(self):
        self.world.run_tasks(command=[binary(), "--service", "{service}", "--color", "{color}", "--port", "{port}",
                                      "--version", "{version}", "--git-sha", "{git_sha}"])
        self.seed(images=[{"repository": "pms-backend", "tag": "v20261123-abc1234"}],
                  task_definitions=[{"family": BLUE, "image": self.world.services["ecr"].host()
                                     + "/pms-backend:v20261123-abc1234", "environment": {"GIT_SHA": "abc1234"}}],
                  services=[{"cluster": CLUSTER, "serviceName": BLUE, "taskDefinition": BLUE, "desiredCount": 1}])
        task = self.control("GET", "tasks")["tasks"][0]
        with urllib.request.urlopen(task["url"] + "/healthz", timeout=10) as answer:
            said = json.load(answer)
        self.assertEqual((said["version"], task["color"]), ("v20261123-abc1234", "blue"))
        self.assertIn("knobs", task["said"])


class Running(unittest.TestCase):
    def setUp(self):
        self.program = Program()
        self.addCleanup(self.program.stop)

    def test_it_ends_with_its_standard_input(self):
        self.assertEqual(self.program.stop(), 0)

    def test_it_ends_with_a_signal_and_leaves_no_program_behind(self):
        program = self.program
        program.put("hook", command=RELAYED)
        program.post("seed", task_definitions=[{"family": BLUE, "image": "example/x:v1"}], services=[
            {"cluster": CLUSTER, "serviceName": BLUE, "taskDefinition": BLUE, "desiredCount": 1}])
        task = program.get("tasks")["tasks"][0]
        program.child.terminate()
        self.assertEqual(program.child.wait(20), 0)
        self.assertFalse(os.path.exists(f"/proc/{task['pid']}"))

    def test_the_control_api_tells_a_test_that_it_is_wrong(self):
        with self.assertRaisesRegex(Refused, "a fault is one of"):
            self.program.sow("cosmic")
        with self.assertRaisesRegex(Refused, "no GET"):
            self.program.get("nothing")

    def test_awscli_finds_credentials_in_each_place(self):
        for place, who in {"static": "user/deployer", "temporary": "deployer/test", "container": "pms-task/task",
                           "imds": "pms-instance/i-0123456789abcdef0"}.items():
            with self.subTest(place):
                environment = self.program.environment(place)
                words = ["--endpoint-url", self.program.url, "--output", "json", "sts", "get-caller-identity"]
                done = subprocess.run([AWS, *words], env=environment, text=True, capture_output=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(json.loads(done.stdout)["Arn"].endswith(who), done.stdout)
                self.assertEqual(self.program.leaks(done.stdout + done.stderr), [])
        self.assertTrue(self.program.verdict()["ok"])


if __name__ == "__main__":
    unittest.main()
