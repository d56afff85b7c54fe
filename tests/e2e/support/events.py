"""Follows GET /v1/events in the background: every event with the moment it arrived."""
import http.client
import json
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Seen:
    type: str = "message"
    id: int = 0
    facts: dict = field(default_factory=dict)
    at_ns: int = 0  # CLOCK_MONOTONIC


class Events:
    def __init__(self, proxy):
        self.heard = threading.Condition()
        self.all = []
        self.ended = False
        self.connection = http.client.HTTPConnection(*proxy.control, timeout=60)
        self.connection.request("GET", "/v1/events", headers=proxy.authorization)
        self.socket = self.connection.sock  # the answer takes it over
        self.answer = self.connection.getresponse()
        if self.answer.status != 200:
            raise AssertionError(f"events: {self.answer.status}")
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        seen = Seen()
        try:
            while line := self.answer.readline():
                seen = self._take(line.decode().rstrip("\r\n"), seen)
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass
        with self.heard:
            self.ended = True
            self.heard.notify_all()

    def _take(self, line, seen):
        """One line of the stream; the event to go on with."""
        if not line:
            if seen.id or seen.facts:
                seen.at_ns = time.monotonic_ns()
                with self.heard:
                    self.all.append(seen)
                    self.heard.notify_all()
            return Seen()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            seen.type = value
        elif name == "id":
            seen.id = int(value)
        elif name == "data":
            seen.facts = json.loads(value)
        return seen

    def mark(self):
        """How many there are; `wait(…, since=mark)` looks at later ones only."""
        with self.heard:
            return len(self.all)

    def wait(self, *types, since=0, timeout=10.0):
        """The first event of one of these types."""
        deadline = time.monotonic() + timeout
        with self.heard:
            while True:
                for seen in self.all[since:]:
                    if seen.type in types:
                        return seen
                left = deadline - time.monotonic()
                if left <= 0 or self.ended:
                    saw = [(seen.type, seen.facts) for seen in self.all[since:]]
                    raise AssertionError(f"no event of {types}; saw {saw[-10:]}")
                self.heard.wait(left)

    def types(self, since=0):
        with self.heard:
            return [seen.type for seen in self.all[since:]]

    def close(self):
        try:
            self.socket.shutdown(2)
        except OSError:
            pass
        self.reader.join(5)
        self.connection.close()
        self.answer.close()
