"""What tests of rollouts share: two toys behind a proxy, clients without end, and plans in tenths of seconds."""
import collections
import contextlib
import hashlib
import itertools
import json
import threading
import unittest

from .events import Events
from .proxy import Proxy, service, wait_until
from .toy import Toy
from .wire import Client, Ended, request

BLUE, GREEN = "v20240101-abc1234", "v20240102-def5678"
VERSIONS = {"blue": BLUE, "green": GREEN}
OTHER = "v20240103-fedcba9"
HEALTH = {"path": "/healthz", "interval": "100ms", "timeout": "95ms", "rise": 1, "fall": 3}
WELL = {"error_rate": 0, "error_status": 500, "reset_rate": 0, "reset_early": False, "hang_rate": 0, "error_path": "",
        "error_field": "", "latency_ms": 0, "healthy": True, "revive": True, "version": ""}
LONG = 3600


def hold(percent, seconds, requests=1):
    return {"percent": percent, "for": seconds, "requests": requests}


def plan(*holds, **more):
    return {"holds": list(holds), **more}


def staying(percent):
    """A plan that comes to `percent` and does not leave it by itself."""
    if percent == 100:
        return plan(hold(100, LONG))
    return plan(hold(percent, LONG), hold(100, LONG))


class Askers:
    """Clients without end: GETs with ever new cookies over a few connections, and what came of them."""

    def __init__(self, address, threads=3, path="/api/patients", cookie=None, method="GET", fields=(), pause=0.001,
                 poison_every=0):
        self.address = address
        self.path = path
        self.cookie = cookie
        self.method = method
        self.fields = list(fields)
        self.poison_every = poison_every  # one request in so many is that of the client "poison"; 0: none
        self.pause = pause  # seconds between two requests of a connection
        self.numbers = itertools.count()
        self.over = threading.Event()
        self.answers = collections.Counter()  # by color
        self.failures = []
        self.threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join(10)

    def _ask(self):
        while not self.over.is_set():
            try:
                with Client(self.address) as client:
                    while not self.over.is_set():
                        self._one(client)
            except (Ended, OSError, TimeoutError) as problem:
                if not self.over.is_set():
                    self.failures.append(repr(problem))

    def _one(self, client):
        number = next(self.numbers)
        poisoned = self.poison_every and number % self.poison_every == 0
        cookie = "client=poison" if poisoned else self.cookie or f"client={number}"
        fields = [("Cookie", cookie), *self.fields]
        body = b"" if self.method == "GET" else b"x=1"
        answer = client.exchange(request(self.method, self.path, fields, body=body), self.method)
        self.answers[answer.value("X-Served-By")] += 1
        if answer.status >= 400:
            self.failures.append((answer.status, answer.body[:200]))
        self.over.wait(self.pause)

    def wait_more(self, count, color=None):
        """Waits until `count` more requests were answered, by `color` if named."""
        def total():
            return self.answers[color] if color else self.answers.total()
        start = total()
        wait_until(lambda: total() >= start + count or self.failures, what=f"{count} more answers of {color or 'any'}")


def journal_faults(folder):
    """What is wrong with the chain of a journal on disk; and how many entries it has."""
    faults, previous, count = [], "0" * 64, 0
    for line in (folder / "state" / "journal.jsonl").read_text().splitlines():
        entry = json.loads(line)
        count += 1
        text, _, _ = line.rpartition(',"hash":')
        if hashlib.sha256(text.encode()).hexdigest() != entry["hash"]:
            faults.append(f"{entry['sequence']}: another hash")
        if entry["previous"] != previous or entry["sequence"] != count:
            faults.append(f"{entry['sequence']}: does not follow")
        previous = entry["hash"]
    return faults, count


class RolloutCase(unittest.TestCase):
    """One proxy for a class; each test finds blue live, both toys well and nothing under way."""

    config = {}

    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            cls.toys = {color: Toy(color, version) for color, version in (("blue", BLUE), ("green", GREEN))}
            for toy in cls.toys.values():
                stack.callback(toy.stop)
            cls.proxy = cls.made()
            stack.callback(cls.proxy.clean)
            stack.callback(cls.proxy.stop)
            cls.proxy.start().wait_open("blue", "green")
            stack.pop_all()

    @classmethod
    def made(cls, **more):
        backend = service([cls.toys["blue"].url], [cls.toys["green"].url], health=HEALTH,
                          templates=["/api/patients", "/api/claims", "/api/visits"])
        return Proxy({"backend": backend}, **{"workers": 2, **cls.config, **more})

    @classmethod
    def tearDownClass(cls):
        try:
            code = cls.proxy.stop()
            if code not in (0, None):
                raise AssertionError(f"the proxy ended with {code}: {cls.proxy.noise[-20:]}")
        finally:
            cls.proxy.clean()
            for toy in cls.toys.values():
                toy.stop()

    def setUp(self):
        self.blue, self.green = self.toys["blue"], self.toys["green"]
        if self.status()["rollout"]:
            self.post("abort")
        for toy in self.toys.values():
            toy.knobs(**WELL)
        self.proxy.wait_open("blue", "green")
        self.assertEqual(self.proxy.weights(100, 0).status, 200)
        wait_until(lambda: self.proxy.color("green")["version"] == GREEN, what="green probed")
        self.events = Events(self.proxy)
        self.addCleanup(self.events.close)

    # Asking.

    def status(self):
        return self.proxy.status()

    @property
    def rollout(self):
        return self.status()["rollout"]

    def post(self, what, body=None, fields=None):
        return self.proxy.api("POST", f"/v1/rollout/{what}", {} if body is None else body, fields)

    def start(self, wanted, color="green", version=GREEN, fields=None, **more):
        body = {"color": color, "version": version, **more}
        if wanted is not None:
            body["plan"] = wanted
        return self.proxy.api("POST", "/v1/rollouts", body, fields)

    def started(self, wanted, **more):
        reply = self.start(wanted, **more)
        self.assertEqual(reply.status, 202, reply.body)
        return reply.json

    def askers(self, **more):
        """Clients until the end of the test."""
        askers = Askers(self.proxy.address, **more)
        askers.__enter__()
        self.addCleanup(askers.__exit__)
        return askers

    def wait_phase(self, phase, hold_number=None, timeout=10.0):
        """Waits until the rollout is in this phase (and hold)."""
        def reached():
            now = self.rollout
            return now and now["phase"] == phase and hold_number in (None, now["hold"])
        wait_until(reached, timeout, f"phase {phase} {hold_number or ''}")

    def wait_ended(self, outcome, timeout=10.0):
        """Waits for the end of the rollout and gives back how it went."""
        wait_until(lambda: self.rollout is None, timeout, "the rollout over")
        last = self.status()["last_rollout"]
        self.assertEqual(last["outcome"], outcome, last)
        return last

    # Saying.

    def assert_all_on(self, color):
        now = self.status()
        other = "green" if color == "blue" else "blue"
        self.assertEqual((now["live"], now["colors"][color]["effective"], now["colors"][other]["effective"]),
                         (color, 100, 0), now)

    def assert_problem(self, reply, status, *words):
        self.assertEqual(reply.status, status, reply.body)
        self.assertTrue(reply.fields["Content-Type"].startswith("application/problem+json"))
        for word in words:
            self.assertIn(word, reply.body.decode())
