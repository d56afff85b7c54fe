"""The health checks of the images: `switchyard check --live` and `switchyard-toy --ask`, and what an image gives its
programs by the environment."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from support.proxy import Proxy, binary, service  # noqa: E402


def run(program, *arguments, **environment):
    return subprocess.run([binary(program), *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment}, timeout=60)


class CheckLive(unittest.TestCase):
    def setUp(self):
        self.proxy = Proxy({"web": service(["http://127.0.0.1:9"])})
        self.addCleanup(self.proxy.clean)
        self.addCleanup(self.proxy.stop)
        self.proxy.start()
        self.asked = self.proxy.folder / "asked.yaml"

    def check(self, **control):
        host, port = self.proxy.control
        self.asked.write_text(json.dumps({**self.proxy.config, "control": {"address": f"{host}:{port}", **control}}))
        return run("switchyard", "check", "--live", str(self.asked))

    def test_a_proxy_that_runs_says_what_it_is(self):
        version = json.loads(run("switchyard", "version").stdout)
        done = self.check()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        git = f", git {version['gitSha']}" if version["gitSha"] else ""
        self.assertEqual(done.stdout, f"http://127.0.0.1:{self.proxy.control[1]} lives: "
                                      f"version {version['version']}{git}\n")

    def test_livez_says_the_same(self):
        alive = self.proxy.api("GET", "/livez").json
        self.assertEqual(alive, {"status": "alive", **json.loads(run("switchyard", "version").stdout)})

    def test_every_address_is_asked_on_loopback(self):
        done = self.check(address=f"0.0.0.0:{self.proxy.control[1]}", insecure=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith("http://127.0.0.1:"), done.stdout)

    def test_one_that_is_gone_is_not_alive(self):
        self.proxy.stop()
        done = self.check()
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, f"http://127.0.0.1:{self.proxy.control[1]}/livez: connect refused\n")

    def test_a_port_that_the_kernel_chose_cannot_be_asked(self):
        done = self.check(address="127.0.0.1:0")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "control.address has port 0, which the kernel chooses at start: ask the address "
                                      "that the log names at \"ready\"\n")

    def test_a_faulty_configuration_is_told_first(self):
        done = self.check(addres="127.0.0.1:1")
        self.assertEqual(done.returncode, 78)
        self.assertIn("control.addres: unknown key", done.stderr)


class Toy(unittest.TestCase):
    """Started as its image starts it: everything from the environment."""

    def start(self, **environment):
        child = subprocess.Popen([binary("switchyard-toy")], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 text=True, env={
                                     **os.environ, "TOY_SERVICE": "backend", "TOY_COLOR": "green",
                                     "VERSION": "v20240102-def5678", "GIT_SHA": "def5678", "TOY_ADDRESS": "0.0.0.0",
                                     "ENVIRONMENT": "rehearsal", "BUILD_TIME": "", **environment})
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.terminate)
        self.port = json.loads(child.stdout.readline())["port"]
        return child

    def ask(self, **environment):
        return run("switchyard-toy", "--ask", TOY_ADDRESS="0.0.0.0", TOY_PORT=str(self.port), **environment)

    def get(self, path):
        done = subprocess.run(["curl", "-s", "-w", "%{http_code}", f"http://127.0.0.1:{self.port}{path}"],
                              capture_output=True, text=True)
        return int(done.stdout[-3:]), done.stdout[:-3]

    def test_it_is_what_its_environment_says(self):
        self.start()
        self.assertEqual(json.loads(self.get("/healthz")[1]), {
            "status": "healthy", "service": "pms-backend", "version": "v20240102-def5678", "gitSha": "def5678",
            "environment": "rehearsal", "buildTime": "2024-01-01T12:00:00Z"})
        self.assertEqual(json.loads(self.get("/api/version")[1])["color"], "green")

    def test_a_healthy_one_passes(self):
        self.start()
        self.assertEqual(self.ask().returncode, 0)

    def test_the_page_is_asked_at_its_own_path(self):
        self.start(TOY_SERVICE="frontend")
        self.assertEqual(self.ask(TOY_SERVICE="frontend").returncode, 0)
        self.assertEqual(self.ask(TOY_SERVICE="backend").returncode, 0)  # Its page answers everything.

    def test_an_ill_one_does_not(self):
        self.start(TOY_KNOBS='{"healthy":false}')
        done = self.ask()
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, f"switchyard-toy: 127.0.0.1:{self.port}: HTTP/1.1 503 Service Unavailable\n")

    def test_one_that_is_gone_does_not(self):
        child = self.start()
        child.terminate()
        child.wait()
        done = self.ask()
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, f"switchyard-toy: 127.0.0.1:{self.port}: Connection refused\n")

    def test_a_bad_version_fails_from_its_first_request(self):
        self.start(TOY_KNOBS='{"error_rate":0.5}')
        self.assertEqual(sorted(self.get("/api/version")[0] for _ in range(4)), [200, 200, 500, 500])
        self.assertEqual(self.ask().returncode, 0)  # It looks healthy: that is what makes it bad.

    def test_knobs_that_mean_nothing_are_refused(self):
        done = run("switchyard-toy", TOY_KNOBS='{"eror_rate":0.5}')
        self.assertEqual(done.returncode, 2)
        self.assertIn("--knobs: eror_rate", done.stderr)


if __name__ == "__main__":
    unittest.main()
