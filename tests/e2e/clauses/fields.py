"""R-01 to R-12: what happens to fields, targets and Via on the way through."""
import email.utils
import gzip

from support.wire import Client, request, response


class FieldClauses:
    def test_R01_nominated_fields_and_trailers_vanish(self):
        self.origin.on("/r01", response(fields=[("Connection", "X-Bar"), ("X-Bar", "1"), ("Trailer", "X-Bar"),
                                                ("Transfer-Encoding", "chunked")], length=False)
                       + b"3\r\nabc\r\n0\r\nX-Bar: 2\r\nX-End: 3\r\n\r\n")
        answer = self.ask(b"POST /r01 HTTP/1.1\r\nHost: app.test\r\nConnection: close, X-Foo\r\nX-Foo: 1\r\n"
                          b"TE: trailers\r\nTrailer: X-Foo, X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n"
                          b"3\r\nabc\r\n0\r\nX-Foo: 2\r\nX-Sum: 9\r\n\r\n", "POST")
        got = self.passed("/r01")
        self.assertEqual(got.values("X-Foo"), [])
        self.assertNotIn("x-foo", got.tokens("Connection"))
        self.assertNotIn("close", got.tokens("Connection"))
        self.assertNotIn("x-foo", [n.lower() for n, _ in got.trailers])
        self.assertEqual(got.body, b"abc")
        self.assertEqual(answer.values("X-Bar"), [])
        self.assertNotIn("x-bar", answer.tokens("Connection"))
        self.assertNotIn("x-bar", [n.lower() for n, _ in answer.trailers])
        self.assertEqual(answer.body, b"abc")

    def test_R02_connection_fields_vanish_without_nomination(self):
        cases = [("Proxy-Connection", "keep-alive"), ("Keep-Alive", "timeout=5"), ("TE", "trailers"),
                 ("Upgrade", "h2c")]
        for name, value in cases:
            with self.subTest(name):
                path = "/r02/" + name.lower()
                self.origin.on(path, response(fields=[(name, value), ("X-End", "1")]))
                answer = self.get(path, [(name, value)])
                self.assertEqual(self.passed(path).values(name), [])
                self.assertEqual(answer.status, 200)
                self.assertEqual(answer.values(name), [])
                self.assertEqual(answer.values("X-End"), ["1"])
        self.origin.on("/r02/te", response(fields=[("Transfer-Encoding", "chunked")], length=False)
                       + b"3\r\nabc\r\n0\r\n\r\n")
        answer = self.get("/r02/te", version="HTTP/1.0")
        self.assertEqual(answer.values("Transfer-Encoding"), [])
        self.assertEqual(answer.body, b"abc")

    def test_R03_te_and_upgrade_are_nominated_when_sent(self):
        self.get("/r03", [("TE", "trailers"), ("Connection", "TE")])
        got = self.passed("/r03")
        if got.values("TE"):
            self.assertEqual(got.values("TE"), ["trailers"])
            self.assertIn("te", got.tokens("Connection"))
        self.origin.on("/r03/ws", b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        answer = self.get("/r03/ws", [("Connection", "Upgrade"), ("Upgrade", "websocket")])
        got = self.passed("/r03/ws")
        self.assertEqual(got.value("Upgrade"), "websocket")
        self.assertIn("upgrade", got.tokens("Connection"))
        self.assertEqual(answer.status, 101)
        self.assertIn("upgrade", answer.tokens("Connection"))

    def test_R04_unknown_fields_pass(self):
        value = 'a "quoted", \xe9\xff; b=c\t d'
        self.origin.on("/r04", response(fields=[("X-Whatever", value)]))
        answer = self.get("/r04", [("X-Whatever", value), ("X-Empty", "")])
        self.assertEqual(self.passed("/r04").values("X-Whatever"), [value])
        self.assertEqual(self.passed("/r04").values("X-Empty"), [""])
        self.assertEqual(answer.values("X-Whatever"), [value])

    def test_R05_same_name_lines_keep_their_order(self):
        lines = [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2"), ("X-Mid", "m"), ("Set-Cookie", "c=3")]
        self.origin.on("/r05", response(fields=lines))
        answer = self.get("/r05", [("X-Multi", "1"), ("X-Other", "o"), ("X-Multi", "2, 3"), ("X-Multi", "4")])
        self.assertEqual(self.passed("/r05").values("X-Multi"), ["1", "2, 3", "4"])
        self.assertEqual(answer.values("Set-Cookie"), ["a=1; Path=/", "b=2", "c=3"])

    def test_R06_control_characters_in_values(self):
        for number, octet in enumerate([b"\r", b"\n", b"\0"]):
            with self.subTest(octet):
                path = f"/r06/{number}"
                with Client(self.proxy.address) as client:
                    client.send(b"GET " + path.encode() + b" HTTP/1.1\r\nHost: app.test\r\nX-A: a" + octet + b"b\r\n\r\n")
                    answer = client.response()
                if answer.status == 400:
                    self.assertEqual(self.origin.seen(path), [])
                else:
                    self.assertEqual(self.passed(path).value("X-A"), "a b")
                reply = f"/r06/reply/{number}"
                self.origin.on(reply, b"HTTP/1.1 200 OK\r\nX-A: a" + octet + b"b\r\nContent-Length: 0\r\n\r\n")
                answer = self.get(reply)
                self.assertTrue(answer.status == 502 or answer.value("X-A") == "a b", answer.head)

    def test_R07_trailers_are_not_merged(self):
        self.origin.on("/r07", response(fields=[("Transfer-Encoding", "chunked")], length=False)
                       + b"2\r\nok\r\n0\r\nX-Late: 1\r\nContent-Length: 99\r\nSet-Cookie: evil=1\r\n\r\n")
        answer = self.ask(b"POST /r07 HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"
                          b"X-Late: 1\r\nHost: evil\r\nContent-Length: 99\r\nTransfer-Encoding: gzip\r\n\r\n", "POST")
        got = self.passed("/r07")
        self.assertEqual(got.body, b"ab")
        self.assertEqual(got.values("X-Late"), [])
        self.assertEqual(got.value("Host"), "app.test")
        self.assertEqual({n.lower() for n, _ in got.trailers} & {"host", "content-length", "transfer-encoding"}, set())
        self.assertEqual(answer.body, b"ok")
        self.assertEqual(answer.values("X-Late") + answer.values("Set-Cookie"), [])
        self.assertNotIn("content-length", [n.lower() for n, _ in answer.trailers])

    def test_R08_date_is_added_where_it_lacks(self):
        answer = self.get("/r08")
        self.assertEqual(len(answer.values("Date")), 1)
        self.assertTrue(answer.value("Date").endswith(" GMT"))
        self.assertIsNotNone(email.utils.parsedate(answer.value("Date")))
        given = "Sun, 06 Nov 1994 08:49:37 GMT"
        self.origin.on("/r08/given", response(fields=[("Date", given)]))
        self.assertEqual(self.get("/r08/given").values("Date"), [given])

    def test_R09_loops_are_refused(self):
        def forward_to_the_proxy(peer, message):
            with Client(self.proxy.address) as client:
                client.send(message.head)
                looped = client.response()
            peer.send(response(fields=[("X-Looped", str(looped.status))]))

        self.origin.on("/r09", forward_to_the_proxy)
        answer = self.get("/r09")
        self.assertEqual(answer.value("X-Looped"), "508")
        self.assertEqual(len(self.origin.seen("/r09")), 1)

    def test_R10_max_forwards(self):
        for method in ("TRACE", "OPTIONS"):
            with self.subTest(method):
                path = "/r10/" + method.lower()
                answer = self.ask(request(method, path + "/0", [("Max-Forwards", "0")]))
                self.assertNotEqual(answer.status, 502)
                self.assertEqual(self.origin.seen(path + "/0"), [])
                answer = self.ask(request(method, path + "/5", [("Max-Forwards", "5")]))
                if method == "OPTIONS" or answer.status == 200:
                    self.assertEqual(self.passed(path + "/5").values("Max-Forwards"), ["4"])
        self.ask(request("OPTIONS", "/r10/absent"))
        self.assertEqual(self.passed("/r10/absent").values("Max-Forwards"), [])

    def test_R11_via_is_appended(self):
        self.get("/r11", [("Via", "1.0 x")])
        entries = [e.strip() for v in self.passed("/r11").values("Via") for e in v.split(",")]
        self.assertEqual(entries[0], "1.0 x")
        self.assertEqual(len(entries), 2)
        self.assertRegex(entries[1], r"^1\.1 \S+")
        self.get("/r11/old", version="HTTP/1.0")
        self.assertRegex(self.passed("/r11/old").value("Via"), r"^1\.0 \S+")
        self.not_applicable("R-11", "no HTTP/2 yet, so no received-protocol 2.0")

    def test_R12_targets_and_content_are_untouched(self):
        targets = ["/r12/a;b=1/%2f%2F//c/./../d", "/r12?x=%20&y=a+b&z=%ff%00", "/r12/~!$&'()*+,;=:@-._?/?[]|",
                   "//r12/double", "/r12/?", "/r12/%7e%E2%82%AC"]
        for target in targets:
            with self.subTest(target):
                self.assertEqual(self.get(target).status, 200)
                self.assertEqual(self.passed(target.split("?")[0]).target, target)
        packed = gzip.compress(b"as it is " * 100)
        self.origin.on("/r12/packed", response(
            fields=[("Cache-Control", "no-transform"), ("Content-Encoding", "gzip")], body=packed))
        answer = self.get("/r12/packed")
        self.assertEqual(answer.body, packed)
        self.assertEqual(answer.value("Content-Encoding"), "gzip")
