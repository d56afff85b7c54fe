"""The task definitions: requests that ECS would take, and containers that start in an order that works."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import yaml
from support import FOLDER, named, read_json, wrong_with

from fake_aws.ecs_definitions import FARGATE

NAMES = ("edge", "sidecar")


def variables_of(path):
    """Of a configuration: what must be in the environment."""
    code = [line.split("#")[0] for line in path.read_text(encoding="utf-8").splitlines()]
    return set(re.findall(r"\$\{(\w+)\}", "\n".join(code)))


def files_of(value):
    """Every text under /run/switchyard in a configuration."""
    if isinstance(value, dict):
        return {found for one in value.values() for found in files_of(one)}
    if isinstance(value, list):
        return {found for one in value for found in files_of(one)}
    return {value} if isinstance(value, str) and value.startswith("/run/switchyard/") else set()


class TaskDefinitions(unittest.TestCase):
    def each(self):
        for name in NAMES:
            with self.subTest(name):
                definition = read_json(f"task-definitions/{name}.json")
                yield name, definition, {one["name"]: one for one in definition["containerDefinitions"]}

    def test_ecs_would_take_them(self):
        for _, definition, _ in self.each():
            self.assertEqual(wrong_with("ecs", "RegisterTaskDefinition", definition), [])

    def test_fargate_has_such_sizes(self):
        for _, definition, _ in self.each():
            self.assertIn(int(definition["memory"]), FARGATE[definition["cpu"]])

    def test_volumes_and_containers_that_are_named_are_there(self):
        for _, definition, containers in self.each():
            volumes = {one["name"] for one in definition["volumes"]}
            for one in containers.values():
                self.assertLessEqual({mount["sourceVolume"] for mount in one.get("mountPoints", [])}, volumes)
                for other in one.get("dependsOn", []):
                    before = containers[other["containerName"]]
                    if other["condition"] == "HEALTHY":
                        self.assertIn("healthCheck", before)
                    if other["condition"] == "SUCCESS":
                        self.assertFalse(before["essential"])  # ECS refuses it of an essential one.

    def test_containers_have_few_rights_and_time_to_end(self):
        for _, _, containers in self.each():
            for one in containers.values():
                self.assertEqual((one["user"], one["readonlyRootFilesystem"]), ("10001:10001", True))
                self.assertEqual(one["linuxParameters"]["capabilities"], {"drop": ["ALL"]})
                if one["essential"]:
                    self.assertGreater(one["stopTimeout"], 30)
                    self.assertLessEqual(one["stopTimeout"], 120)
                    self.assertIn("healthCheck", one)

    def test_the_drain_ends_before_ecs_kills(self):
        for name, _, containers in self.each():
            drain = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))["drain"]
            whole = sum(int(drain[step].removesuffix("s")) for step in ("notice", "finish"))
            self.assertLess(whole, containers["switchyard"]["stopTimeout"])

    def test_logs_go_to_the_groups_that_switchctl_reads(self):
        for name, service in (("edge", "edge"), ("sidecar", "frontend")):
            for one in read_json(f"task-definitions/{name}.json")["containerDefinitions"]:
                self.assertEqual(one["logConfiguration"]["options"]["awslogs-group"], named("log_group", service))

    def test_the_configuration_finds_its_variables(self):
        for name, _, containers in self.each():
            proxy = containers["switchyard"]
            given = {one["name"] for one in proxy["environment"] + proxy["secrets"]}
            self.assertEqual(given, variables_of(FOLDER / f"{name}.yaml"))

    def test_the_first_container_writes_what_the_configuration_names(self):
        for name, _, containers in self.each():
            keys = containers["keys"]
            with tempfile.TemporaryDirectory() as folder:
                script = keys["command"][0].replace("/run/switchyard", folder)
                pem = {one["name"]: f"-----BEGIN {one['name']}-----\nline\n" for one in keys["secrets"]}
                subprocess.run([*keys["entryPoint"], script], env=pem, check=True, timeout=60)
                written = {path.name: path for path in pathlib.Path(folder).iterdir()}
                wanted = files_of(yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))
                self.assertEqual({f"/run/switchyard/{file}" for file in written}, wanted)
                for file, path in written.items():
                    self.assertIn(pem[file.removesuffix(".pem").upper()], path.read_text(encoding="utf-8"))
                    self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)

    def test_no_secret_stands_in_them(self):
        for _, _, containers in self.each():
            for one in containers.values():
                for variable in one.get("environment", []):
                    self.assertNotRegex(variable["name"], "TOKEN|KEY|SECRET|PASSWORD")


if __name__ == "__main__":
    unittest.main()
