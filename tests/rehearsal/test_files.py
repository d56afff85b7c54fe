"""What docs/rehearsal.md promises of Dockerfile, docker-compose.yml and Prometheus's configuration, read from the
files: no engine is needed."""
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLORS = ("blue", "green")


def stages():
    """{name: [instruction, …]} of the Dockerfile, comments and line continuations resolved."""
    text = (ROOT / "Dockerfile").read_text()
    text = re.sub(r"(?m)^\s*#.*\n", "", text).replace("\\\n", " ")
    found, name = {}, ""
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if match := re.match(r"FROM (\S+) AS (\S+)$", line):
            name = match.group(2)
            found[name] = []
        found.setdefault(name, []).append(line)
    return found


class Dockerfile(unittest.TestCase):
    IMAGES = ("switchyard", "switchctl", "toy", "prometheus")

    def setUp(self):
        self.stages = stages()

    def lines(self, stage, word):
        return [line for line in self.stages[stage] if line.split()[0] == word]

    def test_every_image_begins_with_a_named_debian(self):
        self.assertIn("ARG BASE=debian:bookworm-slim", self.stages[""])
        for name, lines in self.stages.items():
            for line in lines:
                if line.startswith("FROM"):
                    self.assertTrue(line.split()[1] == "${BASE}" or line.split()[1] in self.stages, line)
        self.assertNotIn("latest", (ROOT / "Dockerfile").read_text())

    def test_the_proxy_is_what_is_built_when_no_target_is_named(self):
        self.assertEqual(list(self.stages)[-1], "switchyard")

    def test_nothing_runs_as_root(self):
        for image in self.IMAGES:
            self.assertEqual(self.lines(image, "USER"), ["USER 10001:10001"], image)
            last_copy = max(self.stages[image].index(line) for line in self.stages[image]
                            if line.startswith(("COPY", "RUN apt-get", "FROM")))
            self.assertGreater(self.stages[image].index("USER 10001:10001"), last_copy, image)

    def test_no_image_brings_the_compiler_along(self):
        for image in self.IMAGES:
            base = self.stages[image][0].split()[1]
            origin = self.stages[base][0].split()[1] if base in self.stages else base
            self.assertEqual(origin, "${BASE}", image)

    def test_versions_are_arguments_and_labels(self):
        for image in self.IMAGES:
            text = "\n".join(self.stages[image])
            for argument in ("VERSION", "GIT_SHA", "CREATED", "SOURCE"):
                self.assertRegex(text, rf"(?m)^ARG {argument}=", image)
            for label in ("title", "description", "version", "revision", "created", "source"):
                self.assertIn(f"org.opencontainers.image.{label}=", text, image)
        self.assertTrue({"ARG VERSION=dev", 'ARG GIT_SHA=""'} <= set(self.stages["build"]))

    def test_servers_ask_themselves_without_curl(self):
        asked = {"switchyard": '["switchyard", "check", "--live"]', "toy": '["switchyard-toy", "--ask"]'}
        for image, words in asked.items():
            self.assertTrue(self.lines(image, "HEALTHCHECK")[0].endswith(words), image)
        self.assertNotIn("curl", re.sub(r"(?m)^#.*$", "", (ROOT / "Dockerfile").read_text()))

    def test_commands_are_run_without_a_shell(self):
        for image in self.IMAGES:
            for word in ("ENTRYPOINT", "CMD"):
                for line in self.lines(image, word):
                    self.assertRegex(line, rf"^{word} \[", image)

    def test_only_what_is_copied_goes_to_the_engine(self):
        ignored = (ROOT / ".dockerignore").read_text().splitlines()
        self.assertIn("*", ignored)
        let_in = {line[1:] for line in ignored if line.startswith("!")}
        for line in self.lines("build", "COPY"):
            for source in line.split()[1:-1]:
                self.assertTrue(any(source == entry or source.startswith(entry + "/") for entry in let_in), source)
        for entry in let_in:
            self.assertTrue((ROOT / entry).exists(), entry)


class ComposeFile(unittest.TestCase):
    TOYS = [(service, color) for service in ("backend", "frontend") for color in COLORS]

    def setUp(self):
        with open(ROOT / "docker-compose.yml") as file:
            self.file = yaml.safe_load(file)
        self.services = self.file["services"]

    def test_services_are_those_that_switchctl_expects(self):
        self.assertEqual(set(self.services), {"switchyard", "prometheus"} | {f"{s}-{c}" for s, c in self.TOYS})

    def test_ports_are_open_on_loopback_only(self):
        opened = [port for service in self.services.values() for port in service.get("ports", [])]
        self.assertEqual(len(opened), 3)
        for port in opened:
            self.assertTrue(str(port).startswith("127.0.0.1:"), port)
        for service in self.services.values():
            self.assertNotIn("network_mode", service)
            self.assertNotIn("privileged", service)

    def test_containers_are_hardened_and_bounded(self):
        for name, service in self.services.items():
            with self.subTest(name):
                self.assertIs(service["read_only"], True)
                self.assertEqual(service["user"], "10001:10001")
                self.assertEqual(service["cap_drop"], ["ALL"])
                self.assertEqual(service["security_opt"], ["no-new-privileges:true"])
                self.assertEqual(service["restart"], "unless-stopped")
                for limit in ("mem_limit", "cpus", "pids_limit", "stop_grace_period"):
                    self.assertIn(limit, service)
                self.assertNotIn("docker.sock", str(service.get("volumes")))

    def test_the_proxy_gets_the_time_that_its_drain_takes(self):
        # drain.notice 5 s and drain.finish 25 s, the defaults.
        with open(ROOT / "config/examples/compose.yaml") as file:
            self.assertNotIn("drain", yaml.safe_load(file))
        self.assertEqual(self.services["switchyard"]["stop_grace_period"], "35s")

    def test_files_are_mounted_read_only_and_exist(self):
        for service in self.services.values():
            for volume in service.get("volumes", []):
                source, _, mode = volume.split(":")[0], *volume.split(":")[1:2], volume.split(":")[-1]
                if source.startswith("./"):
                    self.assertEqual(mode, "ro", volume)
                    self.assertTrue((ROOT / source).is_file(), volume)
                else:
                    self.assertIn(source, self.file["volumes"])

    def test_a_color_of_a_service_has_its_version_from_its_variable(self):
        for service, color in self.TOYS:
            toy = self.services[f"{service}-{color}"]
            variable = f"${{{service.upper()}_{color.upper()}_VERSION:-v20240101-abc1234}}"
            self.assertEqual(toy["image"], f"switchyard-toy:{variable}")
            self.assertEqual(toy["environment"]["VERSION"], variable)
            self.assertEqual(toy["build"]["args"]["VERSION"], variable)
            self.assertEqual((toy["environment"]["TOY_SERVICE"], toy["environment"]["TOY_COLOR"]), (service, color))
            self.assertNotIn("container_name", toy)  # Any number of them may run.
            self.assertNotIn("ports", toy)

    def test_no_image_is_named_latest_or_left_without_a_tag(self):
        for name, service in self.services.items():
            self.assertRegex(service["image"], r"^[a-z-]+:.", name)
            self.assertNotIn("latest", service["image"])

    def test_tokens_are_not_in_the_file(self):
        for name in ("SWITCHYARD_TOKEN_SHA256", "SWITCHYARD_PREVIEW_SHA256"):
            given = self.services["switchyard"]["environment"][name]
            self.assertTrue(given.startswith("${" + name + ":?"), given)

    def test_compose_itself_takes_the_file(self):
        command = shutil.which("docker-compose")
        if not command:
            self.skipTest("docker-compose is not here")
        done = subprocess.run([command, "-f", str(ROOT / "docker-compose.yml"), "config", "--services"],
                              capture_output=True, text=True,
                              env={**os.environ, "SWITCHYARD_TOKEN_SHA256": "a" * 64,
                                   "SWITCHYARD_PREVIEW_SHA256": "b" * 64})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(set(done.stdout.split()), set(self.services))


class Prometheus(unittest.TestCase):
    def setUp(self):
        with open(ROOT / "docs/observability/prometheus-compose.yml") as file:
            self.config = yaml.safe_load(file)

    def test_it_scrapes_the_proxy_by_its_name_and_loads_the_alerts(self):
        job = self.config["scrape_configs"][0]
        self.assertEqual(job["job_name"], "switchyard")  # The alerts' own word.
        self.assertEqual(job["static_configs"][0]["targets"], ["switchyard:9900"])
        self.assertEqual(self.config["rule_files"], ["alerts.yml"])

    def test_promtool_agrees(self):
        tool = shutil.which("promtool")
        if not tool:
            self.skipTest("promtool is not here")
        for name in ("prometheus-compose.yml", "prometheus.yml"):
            done = subprocess.run([tool, "check", "config", ROOT / "docs/observability" / name],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Scripts(unittest.TestCase):
    def test_no_registry_or_mirror_is_named(self):
        for path in ("Dockerfile", "docker-compose.yml", *(f"scripts/{name}" for name in os.listdir(ROOT / "scripts"))):
            text = (ROOT / path).read_text()
            self.assertNotRegex(text, r"https?://(?!127\.0\.0\.1)", path)

    def test_bash_understands_them(self):
        for name in os.listdir(ROOT / "scripts"):
            path = ROOT / "scripts" / name
            if path.read_text().startswith("#!/usr/bin/env bash"):
                self.assertEqual(subprocess.run(["bash", "-n", path]).returncode, 0, name)
            self.assertTrue(os.access(path, os.X_OK), name)


if __name__ == "__main__":
    unittest.main()
