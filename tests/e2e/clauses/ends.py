"""R-35 to R-43: closing, limits, retries, tunnels, and what a proxy must not touch or say."""
import threading

from support.wire import Client, request, response


class EndClauses:
    def test_R35_close_means_close(self):
        with Client(self.proxy.address) as client:
            client.send(request("GET", "/r35", [("Connection", "close")]) + request("GET", "/r35/after"))
            self.assertIn("close", client.response().tokens("Connection"))
            self.assertTrue(client.closed())
        self.assertEqual(self.origin.seen("/r35/after"), [])
        self.origin.on("/r35/up", response(fields=[("Connection", "close")], body=b"bye"))
        with Client(self.proxy.address) as client:  # the upstream's close is the upstream's own
            answer = client.exchange(request("GET", "/r35/up"))
            self.assertNotIn("close", answer.tokens("Connection"))
            self.assertEqual(client.exchange(request("GET", "/r35/next")).status, 200)
        self.assertIsNot(self.passed("/r35/up").peer, self.passed("/r35/next").peer)
        with Client(self.proxy.address) as client:  # what we refuse, we close, and say so
            answer = client.exchange(b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n" + request("GET", "/r35/refused"))
            self.assertIn("close", answer.tokens("Connection"))
            self.assertTrue(client.closed())
        self.assertEqual(self.origin.seen("/r35/refused"), [])

    def test_R36_close_notify_is_sent(self):
        address = self.proxy.listen[1]
        with Client(address, tls=self.trust, server_name="app.test") as client:
            answer = client.exchange(request("GET", "/r36", [("Connection", "close")]))
            self.assertEqual(answer.status, 200)
            self.assertTrue(client.closed())
            self.assertFalse(client.was_reset, "the stream ended without close_notify")
        self.not_applicable("R-36", "HTTP/2 over TLS does not exist yet")

    def test_R37_over_long_targets_and_heads(self):
        for size, status in ((7000, 200), (8 * 1024 + 1, 414), (20000, 414)):
            path = "/r37/" + "x" * (size - 5)
            self.assertEqual(self.get(path).status, status, size)
            self.assertEqual(len(self.origin.seen(path)), 1 if status == 200 else 0)
        for size, status in ((20000, 200), (33 * 1024, 431), (200000, 431)):
            path = f"/r37/head/{size}"
            self.assertEqual(self.get(path, [("X-Pad", "y" * size)]).status, status, size)
            self.assertEqual(len(self.origin.seen(path)), 1 if status == 200 else 0)
        for count, status in ((90, 200), (101, 431), (1000, 431)):
            path = f"/r37/count/{count}"
            self.assertEqual(self.get(path, [(f"X-{n}", "y") for n in range(count)]).status, status, count)
            self.assertEqual(len(self.origin.seen(path)), 1 if status == 200 else 0)

    def test_R38_no_automatic_retry_of_a_post(self):
        def reset(peer, message):
            peer.read_body(message)
            peer.reset()
            return False

        self.origin.on("/r38", reset)
        with Client(self.proxy.address) as client:
            for number in range(1, 4):  # fresh and reused upstream connections alike
                client.exchange(request("GET", "/r38/warm"))
                answer = client.exchange(request("POST", "/r38", body=b"once"), "POST")
                self.assertEqual(answer.status, 502)
                self.assertEqual(len(self.origin.seen("/r38")), number)

    def test_R39_tunnels_deliver_what_is_outstanding(self):
        payload = bytes(range(256)) * 4096
        received = {}
        over = threading.Event()

        def switch(peer, _):
            peer.send(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: toy\r\n\r\nfirst")

        def send_and_close(peer, message):
            switch(peer, message)
            peer.exactly(3)
            peer.send(payload)
            peer.half_close()
            over.wait(5)
            return False

        def take_all(peer, message):
            switch(peer, message)
            received["all"] = peer.to_end(10)
            over.set()
            return False

        offer = [("Connection", "Upgrade"), ("Upgrade", "toy")]
        self.origin.on("/r39/out", send_and_close)
        self.origin.on("/r39/in", take_all)
        with Client(self.proxy.address) as client:
            client.send(request("GET", "/r39/out", offer))
            self.assertEqual(client.response().status, 101)
            client.send(b"go!")
            self.assertEqual(client.to_end(10), b"first" + payload)
        with Client(self.proxy.address) as client:
            client.send(request("GET", "/r39/in", offer) + b"early")  # sent with the head: tunnel bytes, after the 101
            self.assertEqual(client.response().status, 101)
            client.send(payload)
            client.half_close()
            self.assertEqual(client.to_end(10), b"first")
        self.assertTrue(over.wait(5))
        self.assertEqual(received["all"], b"early" + payload)
        answer = self.ask(request("CONNECT", "app.test:443", host="app.test:443"), "CONNECT")
        self.assertGreaterEqual(answer.status, 400)

    def test_R40_authentication_and_allow_are_untouched(self):
        fields = [("WWW-Authenticate", 'Basic realm="x", charset="UTF-8"'), ("WWW-Authenticate", "Bearer"),
                  ("Allow", "GET , HEAD,PATCH"), ("Authentication-Info", 'nextnonce="1"')]
        self.origin.on("/r40", response("401 Unauthorized", fields))
        answer = self.get("/r40", [("Authorization", "Bearer a.b-c_d==")])
        self.assertEqual(self.passed("/r40").values("Authorization"), ["Bearer a.b-c_d=="])
        self.assertEqual(answer.status, 401)
        for name in ("WWW-Authenticate", "Allow", "Authentication-Info"):
            self.assertEqual(answer.values(name), [v for n, v in fields if n == name])

    def test_R41_never_421_nor_vary_star(self):
        asked = [request("GET", "/r41", host="unknown.test"), b"GET http://other.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n",
                 b"BROKEN\r\n\r\n", request("CONNECT", "a.test:1", host="a.test:1"), request("GET", "/r41", version="HTTP/9.9"),
                 request("GET", "/" + "x" * 9000), request("TRACE", "/r41", [("Max-Forwards", "0")])]
        for octets in asked:
            answer = self.ask(octets)
            self.assertNotEqual(answer.status, 421)
            self.assertNotIn("*", answer.tokens("Vary"))

    def test_R42_conditions_are_forwarded_unevaluated(self):
        fields = [("If-None-Match", '"a", W/"b"'), ("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"),
                  ("If-Match", "*"), ("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"),
                  ("If-Range", '"a"'), ("Range", "bytes=0-1")]
        self.origin.on("/r42", response(fields=[("ETag", '"a"'), ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")], body=b"whole"))
        answer = self.get("/r42", fields)
        got = self.passed("/r42")
        self.assertEqual([(n, got.value(n)) for n, _ in fields], fields)
        self.assertEqual((answer.status, answer.value("ETag"), answer.body), (200, '"a"', b"whole"))

    def test_R43_uris_without_host_or_with_userinfo(self):
        for octets in (b"GET http:///r43 HTTP/1.1\r\nHost: app.test\r\n\r\n", b"GET https:///r43 HTTP/1.1\r\nHost:\r\n\r\n",
                       b"GET http://:80/r43 HTTP/1.1\r\nHost: :80\r\n\r\n"):
            with self.subTest(octets):
                self.assertEqual(self.ask(octets).status, 400)
        self.assertEqual(self.origin.seen("/r43"), [])
        answer = self.ask(b"GET http://user:word@app.test/r43/user HTTP/1.1\r\nHost: app.test\r\n\r\n")
        if answer.status != 400:
            self.assertEqual(self.passed("/r43/user").value("Host"), "app.test")
