"""Limits and timers, from the outside: slow clients, idle ones, too many, no descriptors, no disk."""
import contextlib
import os
import pathlib
import resource
import subprocess
import tempfile
import threading
import time
import unittest

from support.case import ProxyCase
from support.origin import Origin
from support.proxy import Proxy, service, wait_until
from support.wire import Client, Ended, request, response

TIMERS = {"head": "600ms", "idle": "1500ms", "body_idle": "800ms", "minimum_rate_after": "500ms", "linger": "300ms"}


class Timers(ProxyCase):
    @classmethod
    def configure(cls):
        return super().configure(timers=TIMERS, limits={"minimum_rate": 2000})

    def took(self, client, timeout=6):
        began = time.monotonic()
        octets = client.to_end(timeout)
        return octets, time.monotonic() - began

    def test_a_slow_head_has_one_deadline_in_total(self):
        """An inactivity timer is no defence: a byte now and then must not move the deadline."""
        with Client(self.proxy.address) as client:
            began = time.monotonic()
            client.send(b"GET /slow HTTP/1.1\r\nHost: app.test\r\nX-Slow: ")
            drip = threading.Thread(target=self.drip, args=(client,), daemon=True)
            drip.start()
            octets, _ = self.took(client)
            self.assertLess(time.monotonic() - began, 3)
            self.assertGreater(time.monotonic() - began, 0.4)
            self.assertTrue(octets == b"" or octets.startswith(b"HTTP/1.1 408"), octets[:50])
            drip.join(5)
        self.assertEqual(self.origin.seen("/slow"), [])

    def drip(self, client):
        for _ in range(100):
            if not client.try_send(b"x"):
                return
            threading.Event().wait(0.05)

    def test_a_half_head_is_cut_off(self):
        with Client(self.proxy.address) as client:
            client.send(b"GET /half HTTP/1.1\r\nHost: app.")
            octets, seconds = self.took(client)
            self.assertTrue(octets == b"" or octets.startswith(b"HTTP/1.1 408"))
            self.assertLess(seconds, 3)

    def test_an_idle_connection_is_closed_at_its_time_and_not_before(self):
        with Client(self.proxy.address) as client:
            self.assertEqual(client.exchange(request("GET", "/idle")).status, 200)
            octets, seconds = self.took(client)
            self.assertEqual(octets, b"")
            self.assertGreater(seconds, 1.2)
            self.assertLess(seconds, 4)

    def test_a_stalled_body_is_cut_off(self):
        with Client(self.proxy.address) as client:
            client.send(request("POST", "/stall", [("Content-Length", "100000")]) + b"x" * 5000)
            octets, seconds = self.took(client)
            self.assertTrue(octets == b"" or octets.startswith(b"HTTP/1.1 408"), octets[:50])
            self.assertLess(seconds, 4)
        self.assertEqual(self.origin.seen("/stall"), [])
        self.proxy.wait_quiet()

    def test_a_body_slower_than_the_minimum_rate_is_cut_off(self):
        with Client(self.proxy.address) as client:
            client.send(request("POST", "/drip", [("Content-Length", "100000")]))
            drip = threading.Thread(target=self.drip, args=(client,), daemon=True)
            drip.start()
            octets, seconds = self.took(client)
            self.assertTrue(octets == b"" or octets.startswith(b"HTTP/1.1 408"), octets[:50])
            self.assertLess(seconds, 4)
            drip.join(6)
        self.assertEqual(self.origin.seen("/drip"), [])
        self.proxy.wait_quiet()


class Counts(ProxyCase):
    @classmethod
    def configure(cls):
        return super().configure(limits={"heads_per_address": 10, "clients": 50, "pending_per_color": 5})

    def test_heads_in_flight_per_address_are_limited(self):
        with contextlib.ExitStack() as stack:
            slow = [stack.enter_context(Client(self.proxy.address)) for _ in range(30)]
            for client in slow:
                client.try_send(b"GET /slow HTTP/1.1\r\nHost: ")
            turned_away = wait_until(lambda: self.ended(slow), what="some turned away")
            self.assertLessEqual(30 - len(turned_away), 11)
            self.assertGreaterEqual(30 - len(turned_away), 5)
        wait_until(lambda: self.get("/after").status == 200, what="service after the heads are gone")

    def ended(self, clients):
        """Those the proxy has answered or closed, once their number has come to rest over the limit."""
        gone = []
        for client in clients:
            try:
                client.to_end(0.02)
                gone.append(client)
            except TimeoutError:
                if client.buffer:
                    gone.append(client)
        return gone if len(gone) >= 19 else None

    def test_clients_are_limited(self):
        with contextlib.ExitStack() as stack:
            served = refused = 0
            for _ in range(80):
                client = stack.enter_context(Client(self.proxy.address))
                try:
                    answer = client.exchange(request("GET", "/many"))
                    served += answer.status == 200
                    refused += answer.status == 503
                except (Ended, OSError):
                    refused += 1
            self.assertLessEqual(served, 50)
            self.assertGreaterEqual(served, 40)
            self.assertEqual(served + refused, 80)
        wait_until(lambda: self.reachable(), what="service after clients have left")

    def reachable(self):
        try:
            return self.get("/after").status == 200
        except (Ended, OSError):
            return False

    def test_requests_pending_per_color_are_limited(self):
        release = threading.Event()
        self.addCleanup(release.set)

        def wait(peer, _):
            release.wait(20)
            peer.send(response(body=b"late"))

        self.origin.on("/pending", wait)
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(Client(self.proxy.address)) for _ in range(5)]
            for client in clients:
                client.send(request("GET", "/pending"))
            self.origin.wait("/pending", 5)
            answer = self.get("/pending")
            self.assertEqual(answer.status, 503)
            self.assertIsNotNone(answer.value("Retry-After"))
            release.set()
            for client in clients:
                self.assertEqual(client.response().body, b"late")
        self.proxy.wait_quiet()
        self.assert_serving()


class Descriptors(ProxyCase):
    """Few file descriptors: it stops accepting, keeps serving, and recovers."""

    @classmethod
    def configure(cls):
        return Proxy({"backend": service([cls.blue.url], [cls.green.url])},
                     resources={resource.RLIMIT_NOFILE: (120, 120)})

    def test_running_out_of_descriptors_harms_no_one_who_is_connected(self):
        with contextlib.ExitStack() as stack:
            first = stack.enter_context(Client(self.proxy.address))
            self.assertEqual(first.exchange(request("GET", "/first")).status, 200)
            crowd = []
            for _ in range(300):
                try:
                    crowd.append(stack.enter_context(Client(self.proxy.address, timeout=1)))
                except OSError:
                    break
            self.assertLessEqual(self.proxy.descriptors(), 120)
            for number in range(20):
                self.assertEqual(first.exchange(request("GET", f"/still/{number}")).status, 200)
            self.assertIsNone(self.proxy.child.poll())
        wait_until(self.recovered, 15, "new connections served again")
        self.assertEqual(self.proxy.api("GET", "/livez").status, 200)

    def recovered(self):
        try:
            with Client(self.proxy.address, timeout=1) as client:
                return client.exchange(request("GET", "/recovered")).status == 200
        except (Ended, OSError):
            return False


class FullDisk(unittest.TestCase):
    """The state folder fills up: forward moves are refused with a reason, traffic is unharmed, and
    going back still goes."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sy-disk-"))
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(self.folder)],
                                 capture_output=True, check=False)
        if mounted.returncode:
            self.folder.rmdir()
            self.skipTest("needs to mount a small tmpfs")
        self.addCleanup(self.folder.rmdir)
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.folder)], check=False)
        self.blue, self.green = Origin("blue"), Origin("green", "v20240102-def5678")
        self.proxy = Proxy({"backend": service([self.blue.url], [self.green.url])}, state={"path": str(self.folder)})
        self.addCleanup(self.proxy.clean)
        self.proxy.start().wait_open("blue", "green")
        self.addCleanup(self.proxy.stop)

    def fill(self):
        with open(self.folder / "fill", "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x" * 4096)
        with open(self.folder / "fill-more", "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"x")

    def test_a_full_disk_stops_forward_moves_only(self):
        self.assertEqual(self.proxy.weights(90, 10).status, 200)
        self.fill()
        refused = self.proxy.weights(50, 50)
        self.assertEqual(refused.status, 503)
        self.assertTrue(refused.json["detail"])
        self.assertEqual(self.proxy.color("green")["weight"], 10)
        for number in range(50):
            with Client(self.proxy.address) as client:
                self.assertEqual(client.exchange(request("GET", f"/full/{number}")).status, 200)
        back = self.proxy.api("POST", "/v1/rollback", {"reason": "disk full"})
        self.assertEqual(back.status, 200, back.body)
        self.assertEqual(self.proxy.color("green")["effective"], 0)
        os.unlink(self.folder / "fill")
        os.unlink(self.folder / "fill-more")
        self.assertEqual(self.proxy.weights(70, 30).status, 200)
        self.assertEqual(self.proxy.api("GET", "/livez").status, 200)


if __name__ == "__main__":
    unittest.main()
