"""The toy application as processes that can be killed like any other."""
import json
import subprocess
import threading
import urllib.request

from .proxy import binary


class Toy:
    """One service in one color. `kill()` is SIGKILL; `restart()` brings it back on the same port."""

    def __init__(self, color, version, service="backend"):
        self.command = [binary("switchyard-toy"), "--service", service, "--color", color, "--version", version]
        self.color = color
        self.version = version
        self.port = 0
        self.restart()

    def restart(self):
        self.child = subprocess.Popen([*self.command, "--port", str(self.port)], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        timer = threading.Timer(10, self.child.kill)
        timer.start()
        line = self.child.stdout.readline()
        timer.cancel()
        said = json.loads(line)
        self.port, self.url, self.knobs_url = said["port"], said["url"], said["knobs"]

    def kill(self):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()

    def stop(self):
        if self.child.poll() is None:
            self.kill()

    def counts(self):
        """What it answered and spoilt since its knobs were turned last; times of CLOCK_MONOTONIC."""
        with urllib.request.urlopen(self.knobs_url.replace("/knobs", "/counts"), timeout=5) as answer:
            return json.load(answer)

    def knobs(self, **values):
        call = urllib.request.Request(self.knobs_url, json.dumps(values).encode(), method="PUT",
                                      headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(call, timeout=5) as answer:
            return json.load(answer)
