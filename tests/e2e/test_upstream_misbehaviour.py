"""Upstreams that break every rule: each exchange ends with the right status or a closed connection,
the client's other exchanges go on, and nothing stays in flight."""
import threading
import time
import unittest

from support.case import ProxyCase
from support.origin import then_end
from support.wire import Client, Ended, request, response

WHOLE = {
    "length": b"HTTP/1.1 200 OK\r\nX-Pad: 1\r\nContent-Length: 12\r\n\r\nhello, world",
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n7\r\n, world\r\n0\r\nX-Sum: 1\r\n\r\n",
}
BODY = b"hello, world"

GARBAGE = {
    "not HTTP": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "random octets": bytes(range(256)) + b"\r\n\r\n",
    "status of two digits": b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
    "status of four digits": b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
    "status 000": b"HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n",
    "version 3.1": b"HTTP/3.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "no colon": b"HTTP/1.1 200 OK\r\nNonsense\r\nContent-Length: 0\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "huge head": b"HTTP/1.1 200 OK\r\nX-A: " + b"x" * 200_000 + b"\r\nContent-Length: 0\r\n\r\n",
    "1000 fields": b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(1000)) + b"Content-Length: 0\r\n\r\n",
    "an unasked 101": b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: toy\r\n\r\nsurprise",
}

BROKEN_CHUNKS = {
    "size is a word": b"zz\r\nhello\r\n0\r\n\r\n",
    "chunk longer than its size": b"3\r\nhello\r\n0\r\n\r\n",
    "size past 2^64": b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    "bare LF": b"5\nhello\n0\n\n",
    "endless extension": b"5;" + b"x" * 70_000 + b"\r\nhello\r\n0\r\n\r\n",
}


class Misbehaviour(ProxyCase):
    @classmethod
    def configure(cls):
        cls.green.healthy = False  # so that blue's failures are not replayed on green
        return super().configure(timers={"response_head": "700ms", "body_idle": "700ms", "connect": "300ms"})

    def test_a_cut_at_any_octet_never_makes_a_whole_response(self):
        for kind, octets in WHOLE.items():
            for how in ("close", "reset"):
                for cut in range(len(octets)):
                    with self.subTest(kind=kind, how=how, cut=cut):
                        self.cut_at(f"/cut/{kind}/{how}/{cut}", octets[:cut], how)
        self.assert_unharmed()

    def cut_at(self, path, octets, how):
        def script(peer, _):
            peer.send(octets)
            peer.reset() if how == "reset" else peer.close()
            return False

        self.origin.on(path, script)
        with Client(self.proxy.address) as client:
            client.send(request("GET", path))
            try:
                answer = client.response()
            except Ended as end:
                self.assertEqual(end.got, b"", "half a head")
                return
            if answer.status == 502:
                self.assertEqual(client.exchange(request("GET", "/after")).status, 200)
            else:
                self.assertEqual(answer.status, 200)
                self.assertFalse(answer.complete)
                self.assertTrue(BODY.startswith(answer.body))

    def test_a_response_without_length_ends_with_its_connection(self):
        self.origin.on("/to-close", then_end(b"HTTP/1.1 200 OK\r\n\r\nuntil the end"))
        answer = self.get("/to-close")
        self.assertEqual((answer.body, answer.complete), (b"until the end", True))

    def test_garbage_is_answered_502(self):
        for number, (name, octets) in enumerate(GARBAGE.items()):
            with self.subTest(name), Client(self.proxy.address) as client:
                path = f"/garbage/{number}"
                self.origin.on(path, then_end(octets))
                self.assertEqual(client.exchange(request("GET", path)).status, 502)
                self.assertEqual(client.exchange(request("GET", "/after")).body, b"blue")
        self.assert_unharmed()

    def test_broken_chunks_never_complete(self):
        for number, (name, octets) in enumerate(BROKEN_CHUNKS.items()):
            with self.subTest(name):
                path = f"/chunks/{number}"
                self.origin.on(path, then_end(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + octets))
                self.assert_never_whole(path)
        self.assert_unharmed()

    def test_extra_octets_after_a_body_poison_no_one(self):
        evil = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL"
        self.origin.on("/extra/length", response(body=b"good") + evil)
        self.origin.on("/extra/chunked", WHOLE["chunked"] + evil)
        self.origin.on("/extra/304", b"HTTP/1.1 304 Not Modified\r\n\r\n" + evil)
        self.origin.on("/extra/204", b"HTTP/1.1 204 No Content\r\n\r\n" + evil)
        with Client(self.proxy.address) as client:
            for path in ("/extra/length", "/extra/chunked", "/extra/304", "/extra/204"):
                with self.subTest(path):
                    self.assertIn(client.exchange(request("GET", path)).body, (b"good", BODY, b""))
                    for _ in range(4):
                        self.assertEqual(client.exchange(request("GET", "/after")).body, b"blue")
                    self.wait_upstream_closed(self.passed(path).peer)
        self.assert_unharmed()

    def test_a_storm_of_interim_responses_ends(self):
        def storm(peer, _):
            for _ in range(100_000):
                peer.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 10)
            return False

        self.origin.on("/storm", storm)
        with Client(self.proxy.address) as client:
            client.send(request("GET", "/storm"))
            try:
                answer = client.response(timeout=20)
                self.assertEqual(answer.status, 502)
            except Ended:
                pass
        self.origin.on("/hints", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 5 + response(body=b"ok"))
        self.assertEqual(self.get("/hints").body, b"ok")
        self.assert_unharmed()

    def test_a_stalled_head_is_a_504(self):
        release = threading.Event()
        self.addCleanup(release.set)

        def stall(peer, _):
            release.wait(20)
            return False

        def half_a_head(peer, _):
            peer.send(b"HTTP/1.1 200 OK\r\nContent-")
            release.wait(20)
            return False

        def slow_head(peer, _):
            for octet in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
                peer.send(bytes([octet]))
                if release.wait(0.05):
                    break
            return False

        for path, script in (("/stall/none", stall), ("/stall/half", half_a_head), ("/stall/slow", slow_head)):
            with self.subTest(path), Client(self.proxy.address) as client:
                self.origin.on(path, script)
                began = time.monotonic()
                self.assertEqual(client.exchange(request("GET", path)).status, 504)
                self.assertLess(time.monotonic() - began, 4)
                self.assertEqual(client.exchange(request("GET", "/after")).status, 200)
        self.assert_unharmed()

    def test_a_stalled_body_ends_the_connection(self):
        release = threading.Event()
        self.addCleanup(release.set)

        def stall(octets):
            def script(peer, _):
                peer.send(octets)
                release.wait(20)
                return False
            return script

        for number, octets in enumerate([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                                         b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf"]):
            path = f"/stall/body/{number}"
            self.origin.on(path, stall(octets))
            answer = self.get(path)
            self.assertFalse(answer.complete)
        self.assert_unharmed()

    def test_a_post_whose_upstream_dies_is_sent_once(self):
        for how in ("close", "reset"):
            path = f"/once/{how}"

            def die(peer, message, how=how):
                peer.read_body(message)
                peer.reset() if how == "reset" else peer.close()
                return False

            self.origin.on(path, die)
            with Client(self.proxy.address) as client:
                client.exchange(request("GET", "/warm"))
                self.assertEqual(client.exchange(request("POST", path, body=b"x"), "POST").status, 502)
                self.assertEqual(client.exchange(request("GET", "/after")).status, 200)
            self.assertEqual(len(self.origin.seen(path)), 1)
        self.assert_unharmed()

    def test_a_get_on_a_connection_that_died_in_the_pool_is_retried(self):
        """The reuse race: the upstream closes while the next request is on its way."""
        self.origin.on("/race/close", then_end(response(body=b"bye")))  # closes without announcing it
        with Client(self.proxy.address) as client:
            for _ in range(100):
                self.assertEqual(client.exchange(request("GET", "/race/close")).body, b"bye")
                self.assertEqual(client.exchange(request("GET", "/race/next")).status, 200)
        times = []

        def once(peer, _):
            times.append(1)
            if len(times) == 1:
                peer.reset()
                return False
            return peer.send(response(body=b"second"))

        self.origin.on("/race/once", once)
        with Client(self.proxy.address) as client:
            self.assertEqual(client.exchange(request("GET", "/race/warm")).status, 200)
            self.assertEqual(client.exchange(request("GET", "/race/once")).body, b"second")
        self.assert_unharmed()

    def test_an_early_answer_to_a_large_body_arrives(self):
        self.origin.on("/early", then_end(response("413 Content Too Large", [("Connection", "close")], b"too much")))
        with Client(self.proxy.address, timeout=10) as client:
            client.try_send(request("POST", "/early", [("Content-Length", "20000000")]))
            sender = threading.Thread(target=client.try_send, args=(b"x" * 20_000_000,), daemon=True)
            sender.start()
            answer = client.response()
            self.assertEqual((answer.status, answer.body), (413, b"too much"))
            sender.join(10)
        self.assert_unharmed()

    def test_clients_that_leave_free_their_exchange(self):
        release = threading.Event()
        self.addCleanup(release.set)
        self.origin.on("/left", lambda peer, _: release.wait(20) and False)
        clients = [Client(self.proxy.address) for _ in range(20)]
        for number, client in enumerate(clients):
            client.send(request("GET", "/left"))
        self.origin.wait("/left", 20)
        for number, client in enumerate(clients):
            client.reset() if number % 2 else client.close()
        self.assert_unharmed()

    def assert_unharmed(self):
        self.proxy.wait_quiet()
        self.assert_serving()


if __name__ == "__main__":
    unittest.main()
