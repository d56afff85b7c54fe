"""Not one request fails while traffic is moved: GET, POST, new connections and a tunnel, during weight
changes, switches, rollbacks and a reload. bench/load/switching.py is the long form."""
import os
import signal
import threading
import unittest

from support.case import ProxyCase
from support.proxy import wait_until
from support.tunnel import SWITCH, UPGRADE, relay_back
from support.wire import Client, Ended, request

CHANGES = int(os.environ.get("SY_CHANGES", "200"))


class UnderLoad(ProxyCase):
    @classmethod
    def configure(cls):
        return super().configure(workers=2)

    def setUp(self):
        self.proxy.wait_open("blue", "green")
        for origin in (self.blue, self.green):
            origin.on("/tunnel", lambda peer, _: peer.send(SWITCH) or relay_back(peer))
        self.over = threading.Event()
        self.failures = []
        self.done = 0

    def guard(self, work):
        try:
            while not self.over.is_set():
                work()
                self.done += 1
        except (Ended, OSError, AssertionError) as problem:
            self.failures.append(repr(problem))

    def expect(self, client, octets, method="GET"):
        answer = client.exchange(octets, method)
        if answer.status != 200 or answer.body not in (b"blue", b"green"):
            raise AssertionError(f"{method}: {answer.status} {answer.body[:200]!r}")

    def on_a_new_connection(self):
        with Client(self.proxy.address) as client:
            self.expect(client, request("GET", "/load", [("Connection", "close")]))

    def through_a_tunnel(self, client):
        client.send(b"ping")
        if client.exactly(4) != b"ping":
            raise AssertionError("another echo")

    def test_no_request_fails_while_traffic_moves(self):
        get, post, tunnel = self.client(), self.client(), self.client()
        self.assertEqual(tunnel.exchange(request("GET", "/tunnel", UPGRADE)).status, 101)
        works = [lambda: self.expect(get, request("GET", "/load")),
                 lambda: self.expect(post, request("POST", "/load", body=b"x" * 2000), "POST"),
                 self.on_a_new_connection, lambda: self.through_a_tunnel(tunnel)]
        askers = [threading.Thread(target=self.guard, args=(work,), daemon=True) for work in works]
        for asker in askers:
            asker.start()
        try:
            for number in range(CHANGES):
                self.change(number)
                if self.failures:
                    break
        finally:
            self.over.set()
            for asker in askers:
                asker.join(10)
        self.assertEqual(self.failures, [])
        self.assertGreater(self.done, CHANGES)

    def change(self, number):
        kind = number % 10
        color = "green" if number % 2 == 0 else "blue"
        if kind == 9:
            answer = self.proxy.api("POST", "/v1/switch", {"color": color, "force": True, "reason": "by hand"})
        elif kind == 8:
            answer = self.proxy.api("POST", "/v1/switch", {"color": color})
            answer = self.proxy.api("POST", "/v1/rollback", {})
        elif kind == 7 and number % 50 == 7:
            seen = sum(entry.get("event") == "reloaded" for entry in self.proxy.log)
            self.proxy.signal(signal.SIGHUP)
            wait_until(lambda: sum(e.get("event") == "reloaded" for e in self.proxy.log) > seen, what="reloaded")
            return
        else:
            green = number * 37 % 101
            answer = self.proxy.weights(100 - green, green)
        self.assertEqual(answer.status, 200, answer.body)


if __name__ == "__main__":
    unittest.main()
