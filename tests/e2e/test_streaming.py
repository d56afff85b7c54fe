"""Bodies in both directions: large, chunked, slow, with trailers; interim answers; pipelines; tunnels."""
import base64
import hashlib
import os
import threading
import unittest

from support.case import ProxyCase
from support.proxy import wait_until
from support.tunnel import SWITCH, UPGRADE, accept_of, frame, read_frame, relay_back, websocket_echo
from support.wire import Client, request, response

MIB = 1024 * 1024
PIECE = bytes(range(256)) * 256  # 64 KiB
LARGE = 100 * MIB
GROWTH_MAX = 24 * MIB  # of the proxy's resident size while it relays; a stored body would show at once


def digest_of(count):
    digest = hashlib.sha256()
    for _ in range(count // len(PIECE)):
        digest.update(PIECE)
    return digest.hexdigest()


def take(reader, count):
    """Digest of `count` octets read without keeping them."""
    digest = hashlib.sha256()
    while count:
        octets = reader.buffer[:count]
        reader.buffer = reader.buffer[len(octets):]
        if not octets:
            reader.sock.settimeout(20)
            octets = reader.sock.recv(min(count, 262144))
            if not octets:
                raise AssertionError(f"ended {count} octets early")
        digest.update(octets)
        count -= len(octets)
    return digest.hexdigest()


class Streaming(ProxyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.whole = digest_of(LARGE)

    def test_100_mib_from_the_upstream(self):
        def send_large(peer, _):
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % LARGE)
            for _ in range(LARGE // len(PIECE)):
                peer.send(PIECE)

        self.origin.on("/large/out", send_large)
        with Client(self.proxy.address) as client:
            client.send(request("GET", "/large/out"))
            self.assertEqual(client.head().status, 200)
            self.assertEqual(take(client, LARGE), self.whole)
            self.assertEqual(client.exchange(request("GET", "/after")).status, 200)

    def test_100_mib_to_the_upstream(self):
        def take_large(peer, message):
            peer.send(response(body=take(peer, int(message.value("Content-Length"))).encode()))

        self.origin.on("/large/in", take_large)
        with Client(self.proxy.address, timeout=30) as client:
            client.send(request("POST", "/large/in", [("Content-Length", str(LARGE))]))
            for _ in range(LARGE // len(PIECE)):
                client.send(PIECE)
            self.assertEqual(client.response().body.decode(), self.whole)
            self.assertEqual(client.exchange(request("GET", "/after")).status, 200)

    def test_a_slow_client_stops_the_upstream(self):
        sent = []

        def send_much(peer, _):
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % LARGE)
            for _ in range(LARGE // len(PIECE)):
                peer.send(PIECE)
                sent.append(len(PIECE))

        self.origin.on("/slow/out", send_much)
        before = self.proxy.resident_bytes()
        with Client(self.proxy.address) as client:
            client.send(request("GET", "/slow/out"))
            self.assertEqual(client.head().status, 200)
            self.wait_stalled(sent)
            self.assertLess(sum(sent), LARGE // 2)
            self.assertLess(self.proxy.resident_bytes() - before, GROWTH_MAX)
            self.assertEqual(take(client, LARGE), self.whole)
        self.assertLess(self.proxy.resident_bytes() - before, GROWTH_MAX)

    def test_a_slow_upstream_stops_the_client(self):
        go = threading.Event()
        sent = []

        def read_late(peer, message):
            go.wait(30)
            peer.send(response(body=take(peer, int(message.value("Content-Length"))).encode()))

        def feed(client):
            for _ in range(LARGE // len(PIECE)):
                client.send(PIECE)
                sent.append(len(PIECE))

        self.origin.on("/slow/in", read_late)
        before = self.proxy.resident_bytes()
        with Client(self.proxy.address, timeout=30) as client:
            client.send(request("POST", "/slow/in", [("Content-Length", str(LARGE))]))
            feeder = threading.Thread(target=feed, args=(client,), daemon=True)
            feeder.start()
            self.wait_stalled(sent)
            self.assertLess(sum(sent), LARGE // 2)
            self.assertLess(self.proxy.resident_bytes() - before, GROWTH_MAX)
            go.set()
            feeder.join(30)
            self.assertEqual(client.response().body.decode(), self.whole)
        self.assertLess(self.proxy.resident_bytes() - before, GROWTH_MAX)

    def wait_stalled(self, sent):
        """Waits until the sender has made no progress over forty looks."""
        seen = [0, 0]

        def still():
            seen[1] = seen[1] + 1 if sent and seen[0] == len(sent) else 0
            seen[0] = len(sent)
            return seen[1] >= 40

        wait_until(still, 20, "sender stalled")

    def test_chunked_both_ways_with_trailers(self):
        pieces = [os.urandom(n) for n in (1, 2, 255, 256, 4095, 70_000, 1)]
        chunked = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces)

        def echo(peer, message):
            peer.read_body(message)
            sums = [v.encode() for n, v in message.trailers if n.lower() == "x-sum"]
            peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n%x\r\n%s\r\n0\r\nX-Sum: %s\r\n\r\n"
                      % (len(message.body), message.body, b"".join(sums)))

        self.origin.on("/chunked", echo)
        with Client(self.proxy.address) as client:
            for _ in range(3):
                client.send(b"POST /chunked HTTP/1.1\r\nHost: app.test\r\nTE: trailers\r\nConnection: TE\r\nTrailer: X-Sum\r\n"
                            b"Transfer-Encoding: chunked\r\n\r\n" + chunked + b"0\r\nX-Sum: 42\r\n\r\n")
                answer = client.response()
                self.assertEqual(answer.body, b"".join(pieces))
                self.assertEqual(answer.trailers, [("X-Sum", "42")])

    def test_chunked_sent_octet_by_octet(self):
        octets = b"POST /drip HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n"
        with Client(self.proxy.address) as client:
            for octet in octets:
                client.send(bytes([octet]))
            self.assertEqual(client.response().status, 200)
        self.assertEqual(self.passed("/drip").body, b"abcde")

    def test_a_large_body_waits_for_100_continue(self):
        def welcome(peer, message):
            peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            peer.read_body(message)
            peer.send(response(body=hashlib.sha256(message.body).hexdigest().encode()))

        self.origin.on("/expect", welcome)
        body = PIECE * 16
        with Client(self.proxy.address) as client:
            client.send(request("PUT", "/expect", [("Expect", "100-continue"), ("Content-Length", str(len(body)))]))
            self.assertEqual(client.head().status, 100)
            client.send(body)
            self.assertEqual(client.response().body.decode(), hashlib.sha256(body).hexdigest())

    def test_pipelined_requests_are_answered_in_order(self):
        asked = []
        for number in range(50):
            self.origin.on(f"/pipe/{number}", response(body=str(number).encode() * (number + 1)))
            asked.append(request("POST" if number % 3 == 0 else "GET", f"/pipe/{number}", body=b"b" * number if number % 3 == 0 else b""))
        with Client(self.proxy.address) as client:
            client.send(b"".join(asked))
            for number in range(50):
                self.assertEqual(client.response().body, str(number).encode() * (number + 1))

    def test_server_sent_events_are_not_buffered(self):
        step = threading.Semaphore(0)
        self.addCleanup(step.release, 10)

        def events(peer, _):
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            for number in range(5):
                step.acquire(timeout=10)
                event = b"data: %d\n\n" % number
                peer.send(b"%x\r\n%s\r\n" % (len(event), event))
            peer.send(b"0\r\n\r\n")

        self.origin.on("/events", events)
        with Client(self.proxy.address) as client:
            client.send(request("GET", "/events"))
            self.assertEqual(client.head().status, 200)  # before the first event exists
            for number in range(5):
                step.release()  # the next event is only sent once the one before has arrived
                client.until(b"data: %d\n\n" % number)
            client.until(b"0\r\n\r\n")

    def test_a_websocket_echoes(self):
        self.origin.on("/ws", websocket_echo)
        with Client(self.proxy.address) as client:
            key = base64.b64encode(os.urandom(16)).decode()
            client.send(request("GET", "/ws", [("Connection", "keep-alive, Upgrade"), ("Upgrade", "websocket"),
                                               ("Sec-WebSocket-Key", key), ("Sec-WebSocket-Version", "13")]))
            answer = client.response()
            self.assertEqual(answer.status, 101)
            self.assertEqual(answer.value("Sec-WebSocket-Accept"), accept_of(key))
            for size in (0, 1, 125, 126, 70_000):
                text = os.urandom(size)
                client.send(frame(text, mask=b"\1\2\3\4"))
                self.assertEqual(read_frame(client), text)

    def test_another_protocol_tunnels_both_ways_at_once(self):
        self.origin.on("/toy", lambda peer, _: peer.send(SWITCH) or relay_back(peer))
        octets = os.urandom(4 * MIB)
        with Client(self.proxy.address) as client:
            self.assertEqual(client.exchange(request("GET", "/toy", UPGRADE)).status, 101)
            sender = threading.Thread(target=client.send, args=(octets,), daemon=True)
            sender.start()
            self.assertEqual(client.exactly(len(octets), 20), octets)
            sender.join(5)

    def test_half_close_after_a_request_still_gets_the_answer(self):
        with Client(self.proxy.address) as client:
            client.send(request("GET", "/half"))
            client.half_close()
            self.assertEqual(client.response().body, b"blue")

    def test_tunnels_pass_a_half_close_on(self):
        def after_the_end(peer, _):
            peer.send(SWITCH)
            got = peer.to_end(10)
            peer.send(b"got " + got)
            return False

        self.origin.on("/half/tunnel", after_the_end)
        with Client(self.proxy.address) as client:
            self.assertEqual(client.exchange(request("GET", "/half/tunnel", UPGRADE)).status, 101)
            client.send(b"all of it")
            client.half_close()
            self.assertIn(client.to_end(10), (b"got all of it", b""))
        self.proxy.wait_quiet()


if __name__ == "__main__":
    unittest.main()
