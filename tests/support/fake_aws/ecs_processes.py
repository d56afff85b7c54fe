"""Tasks as real programs on loopback addresses, so that what a proxy or a health check sees is real.

The command is a list with {service} {color} {version} {git_sha} {environment} {address} {port} {task} in it. Without
{address} the program is started with port 0, is taken to listen on 127.0.0.1, to say {"port": N} on its first line,
and a relay gives it the task's address."""
import json
import os
import random
import re
import signal
import subprocess
import threading
import urllib.request

from .ecs_state import environment
from .relay import Relays

READY_SECONDS = 15
PROBE_SECONDS = 5


def filled(part, words):
    """Placeholders replaced; other braces stay as they are."""
    return re.sub(r"\{(\w+)\}", lambda match: str(words.get(match.group(1), match.group(0))), part)


def drain(stream):
    """Reads what nobody wants, so that its writer never waits; ends with the program."""
    with stream:
        while stream.read1(65536):
            pass


class Processes:
    """`names`: {service name: {placeholder: text}} for services whose names do not say it themselves.

    `addresses`: {service name: [address]}, what its tasks are given as long as there are free ones, so that a proxy
    can be told in advance. Others get one of `network`, the first three octets; unset, a random one below 127, for
    tests side by side. `words`: {version: [more words of its command]}. `log`: a folder for what the programs
    complain."""

    def __init__(self, command, network=None, **more):
        self.command = list(command)
        if unknown := set(more) - {"addresses", "port", "names", "probe", "log", "words"}:
            raise ValueError(f"a hook has no {', '.join(sorted(unknown))}")
        self.network = network or f"127.{random.randint(1, 250)}.{random.randint(1, 250)}"
        self.addresses = more.get("addresses", {})
        self.port = more.get("port")
        self.names = more.get("names", {})
        self.probe = more.get("probe", "/healthz")
        self.more_words = more.get("words", {})
        self.log = more.get("log")
        self.children = {}  # task id: {"child", "relay", "address", "port", "said"}
        self._next = 1
        self._relays = None

    def take_over(self, other):
        self.children, self._relays = other.children, other._relays

    def _address(self, service):
        taken = {kept["address"] for kept in self.children.values()}
        for address in self.addresses.get(service.name, ()):
            if address not in taken:
                return address
        self._next = self._next % 250 + 1
        return f"{self.network}.{self._next}"

    def _words(self, service, task):
        """Placeholders of one task."""
        variables = environment(task.definition)
        parts = service.name.split("-")
        color = parts[-1] if parts[-1] in ("blue", "green") else "blue"
        image = task.definition["containerDefinitions"][0]["image"]
        words = {"service": parts[1] if len(parts) > 1 else service.name, "color": color,
                 "version": variables.get("VERSION") or image.rpartition(":")[2], "task": task.id,
                 "git_sha": variables.get("GIT_SHA", ""), "environment": variables.get("ENVIRONMENT", "local")}
        words.update(self.names.get(service.name, {}))
        return words

    def _task_port(self, task):
        mappings = task.definition["containerDefinitions"][0]["portMappings"]
        return self.port or next((one["containerPort"] for one in mappings), 0)

    def start(self, service, task):
        """Raises OSError when the program or its address cannot be had; then nothing of it is left."""
        try:
            self._start(service, task)
        except OSError:
            self.stop(task)
            raise

    def _start(self, service, task):
        address, port = self._address(service), self._task_port(task)
        direct = any("{address}" in part for part in self.command)
        words = {**self._words(service, task), "address": address, "port": port if direct else 0}
        noise = open(os.path.join(self.log, task.id), "wb") if self.log else subprocess.DEVNULL
        command = [filled(part, words) for part in self.command] + list(self.more_words.get(words["version"], ()))
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=noise)
        if self.log:
            noise.close()
        kept = {"child": child, "relay": None, "address": address, "port": port, "said": {}, "words": words}
        self.children[task.id] = kept
        task.address = address
        kept["said"] = self._first_line(child)
        if not direct and kept["said"].get("port"):
            self._relays = self._relays or Relays()
            kept["relay"] = self._relays.open(address, port, kept["said"]["port"])
            kept["port"] = kept["relay"].port

    @staticmethod
    def _first_line(child):
        timer = threading.Timer(READY_SECONDS, child.kill)
        timer.start()
        line = child.stdout.readline()
        timer.cancel()
        threading.Thread(target=drain, args=(child.stdout,), daemon=True).start()
        try:
            return json.loads(line)
        except ValueError:
            return {}

    def ended(self, task):
        """The exit code of a program that is gone, or None."""
        kept = self.children.get(task.id)
        return kept["child"].poll() if kept else None

    def healthy(self, task):
        """Asks the program itself, once, as the container's health check would."""
        kept = self.children.get(task.id)
        if not self.probe or kept is None:
            return True  # One without a program was there before tasks were programs.
        try:
            url = f"http://{kept['address']}:{kept['port']}{self.probe}"
            with urllib.request.urlopen(url, timeout=PROBE_SECONDS) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self, task):
        kept = self.children.pop(task.id, None)
        if kept is None:
            return
        if kept["relay"]:
            self._relays.close(kept["relay"])
        if kept["child"].poll() is None:
            kept["child"].send_signal(signal.SIGTERM)
        try:
            kept["child"].wait(5)
        except subprocess.TimeoutExpired:
            kept["child"].kill()
            kept["child"].wait()

    def kill(self, ident):
        """The program dies by itself; ECS notices when time passes."""
        self.children[ident]["child"].kill()
        self.children[ident]["child"].wait()

    def listed(self):
        return [{"task": ident, "address": kept["address"], "port": kept["port"], "pid": kept["child"].pid,
                 "url": f"http://{kept['address']}:{kept['port']}", "said": kept["said"],
                 "service": kept["words"]["service"], "color": kept["words"]["color"],
                 "version": kept["words"]["version"]} for ident, kept in self.children.items()]

    def close(self):
        for ident in list(self.children):
            self.stop(type("Gone", (), {"id": ident}))
        if self._relays:
            self._relays.stop()
            self._relays = None
