"""Runs one `switchyard run` as an operator would: a config file, signals, the control API and nothing else."""
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
START = 20.0  # seconds until ready, sanitizers included


def binary(name):
    """Where the build left a program; SY_BIN_DIR wins."""
    return str(pathlib.Path(os.environ.get("SY_BIN_DIR", ROOT / "build" / "bin")) / name)


def wait_until(condition, timeout=10.0, what="condition"):
    """Asks again until it holds; the pause between two questions is not a pace anything relies on."""
    deadline = time.monotonic() + timeout
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} not met in {timeout} s")
        threading.Event().wait(0.01)


def endpoint(text):
    host, _, port = text.rpartition(":")
    return (host.strip("[]"), int(port))


def service(blue, green=None, paths=("/",), **more):
    """One service of the config; `blue` and `green` are lists of urls."""
    health = {"path": "/healthz", "interval": "500ms", "timeout": "450ms", "rise": 1, "fall": 3,
              "version_field": "version"}
    health.update(more.pop("health", {}))
    return {"match": {"paths": list(paths)}, "health": health, "blue": list(blue),
            "green": list(green if green is not None else blue), **more}


class Reply:
    def __init__(self, status, fields, body):
        self.status = status
        self.fields = fields
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)


class Proxy:
    """`config` is merged over a small default: loopback, port 0, quick drain, one worker."""

    def __init__(self, services, folder=None, resources=None, program=None, **config):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="sy-e2e-"))
        self.owns_folder = folder is None
        self.program = program or binary("switchyard")
        self.config = {
            "app": "pms",
            "environment": "test",
            "listen": [{"address": "127.0.0.1:0"}],
            "services": services,
            "workers": 1,
            "access_log": "off",
            "control": {"address": "127.0.0.1:0"},
            "drain": {"notice": "10ms", "finish": "2s"},
            "state": {"path": str(self.folder / "state")},
        }
        self.config.update(config)
        self.resources = resources or {}  # resource.RLIMIT_* → (soft, hard), set in the child
        self.path = self.folder / "switchyard.yaml"
        self.token = None  # of the control API
        self.child = None
        self.log = []      # parsed JSON lines of stderr
        self.noise = []    # lines of stderr that are not JSON
        self.output = []   # lines of stdout
        self.heard = threading.Condition()

    # Life.

    def write_config(self):
        (self.folder / "state").mkdir(exist_ok=True)
        self.path.write_text(json.dumps(self.config, indent=2))

    def spawn(self):
        self.write_config()
        self.log.clear()
        self.child = subprocess.Popen(
            [self.program, "run", "--config", str(self.path)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={"ASAN_OPTIONS": "quarantine_size_mb=8", **os.environ}, preexec_fn=self._limit)
        child = self.child
        self.readers = [threading.Thread(target=self._read_log, args=(child,), daemon=True),
                        threading.Thread(target=self._read_output, args=(child,), daemon=True)]
        for reader in self.readers:
            reader.start()

    def start(self):
        self.spawn()
        ready = self.wait_event("ready", START)
        self.listen = [endpoint(text) for text in ready["listen"].split()]
        self.control = endpoint(ready["control"])
        return self

    def wait_exit(self, timeout=15.0):
        """The exit code of a proxy that ends by itself."""
        try:
            code = self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("the proxy did not end by itself") from None
        self._join()
        return code

    def stop(self, timeout=15.0):
        """SIGTERM, then the exit code. A proxy that does not end is killed and reported."""
        if self.child is None or self.child.stdout.closed:
            return None
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
        try:
            code = self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("the proxy did not end after SIGTERM") from None
        self._join()
        if any("Sanitizer" in line or "runtime error" in line for line in self.noise):
            raise AssertionError("\n".join(self.noise[-60:]))
        return code

    def signal(self, number):
        self.child.send_signal(number)

    def kill(self):
        """SIGKILL, and everything of it gone."""
        self.child.kill()
        self.child.wait()
        self._join()

    def clean(self):
        if self.owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _join(self):
        for reader in self.readers:
            reader.join(5)
        self.child.stdout.close()
        self.child.stderr.close()

    def _limit(self):
        for what, pair in self.resources.items():
            resource.setrlimit(what, pair)

    def _read_log(self, child):
        for raw in child.stderr:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            try:
                entry = json.loads(line)
            except ValueError:
                entry = None
            with self.heard:
                if isinstance(entry, dict):
                    self.log.append(entry)
                else:
                    self.noise.append(line)
                self.heard.notify_all()
        with self.heard:
            self.heard.notify_all()

    def _read_output(self, child):
        for raw in child.stdout:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            with self.heard:
                self.output.append(line)
                self.heard.notify_all()

    # Facts.

    @property
    def address(self):
        return self.listen[0]

    def wait_event(self, name, timeout=10.0):
        """The first log line with this event."""
        deadline = time.monotonic() + timeout
        with self.heard:
            while True:
                for entry in self.log:
                    if entry.get("event") == name:
                        return entry
                left = deadline - time.monotonic()
                if left <= 0 or (self.child.poll() is not None and not self.heard.wait(0.2)):
                    raise AssertionError(
                        f"no event {name!r}; exit {self.child.poll()}; said {self.log[-5:]} {self.noise[-20:]}")
                self.heard.wait(min(left, 0.2))

    def resident_bytes(self):
        text = pathlib.Path(f"/proc/{self.child.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) * 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.child.pid}/fd"))

    def api(self, method, path, body=None, fields=None, timeout=10.0):
        host, port = self.control
        octets = None if body is None else json.dumps(body).encode()
        call = urllib.request.Request(f"http://{host}:{port}{path}", data=octets, method=method,
                                      headers={**self.authorization, **(fields or {})})
        if octets is not None:
            call.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(call, timeout=timeout) as answer:
                return Reply(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as answer:
            with answer:
                return Reply(answer.code, answer.headers, answer.read())

    @property
    def authorization(self):
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def status(self):
        return self.api("GET", "/v1/status").json

    def color(self, name):
        return self.status()["colors"][name]

    def gate_open(self, name):
        return self.color(name)["gate"]["open"]

    def wait_open(self, *names, timeout=20.0):
        for name in names:
            wait_until(lambda name=name: self.gate_open(name), timeout, f"gate of {name} open")
        return self

    def weights(self, blue, green, **more):
        return self.api("PUT", "/v1/weights", {"blue": blue, "green": green, **more})

    def metrics(self):
        """Prometheus samples as {(name, frozenset(labels)): value}."""
        found = {}
        for line in self.api("GET", "/metrics").body.decode().splitlines():
            match = re.match(r"([a-z_:A-Z0-9]+)(?:\{(.*)\})? (\S+)", line)
            if match and not line.startswith("#"):
                labels = frozenset(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match.group(2) or ""))
                found[(match.group(1), labels)] = float(match.group(3))
        return found

    def metric(self, name, **labels):
        """The sum of all samples of a metric that carry these labels."""
        wanted = set(labels.items())
        return sum(v for (n, found), v in self.metrics().items() if n == name and wanted <= found)

    def in_flight(self):
        return sum(color["in_flight"] for color in self.status()["colors"].values())

    def wait_quiet(self, timeout=10.0):
        """Waits until no request is in flight."""
        wait_until(lambda: self.in_flight() == 0, timeout, "in-flight back to 0")
