"""R-13 to R-23: versions, Host, targets, and where messages end."""
from support.origin import then_end
from support.wire import Client, request, response


class FramingClauses:
    def refused(self, octets, path, statuses=(400,)):
        """The request gets one of these statuses, the connection ends, and the origin never hears of it."""
        with Client(self.proxy.address) as client:
            client.try_send(octets)
            answer = client.response()
            self.assertIn(answer.status, statuses, octets[:200])
            self.assertIn("close", answer.tokens("Connection"))
            self.assertTrue(client.closed(), octets[:200])
        self.assertEqual(self.origin.seen(path), [], octets[:200])

    def test_R13_own_version_is_sent(self):
        answer = self.get("/r13", version="HTTP/1.0")
        self.assertEqual(self.passed("/r13").version, "HTTP/1.1")
        self.assertEqual(answer.version, "HTTP/1.1")
        self.origin.on("/r13/old", b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")
        answer = self.get("/r13/old")
        self.assertEqual((answer.version, answer.body), ("HTTP/1.1", b"ok"))

    def test_R14_host_is_one_and_valid(self):
        for number, lines in enumerate([b"", b"Host: a.test\r\nHost: b.test\r\n", b"Host: a b\r\n", b"Host: a.test,b.test\r\n",
                                        b"Host: a.test/x\r\n", b"Host: u@a.test\r\n", b"Host: a.test:x\r\n"]):
            with self.subTest(lines):
                path = f"/r14/{number}"
                self.refused(b"GET " + path.encode() + b" HTTP/1.1\r\n" + lines + b"\r\n", path)
        self.assertEqual(self.get("/r14/old", host=None, version="HTTP/1.0").status, 200)

    def test_R15_absolute_form_gives_the_host(self):
        for number, authority in enumerate(["app.test", "app.test:8080"]):
            path = f"/r15/{number}"
            answer = self.get(f"http://{authority}{path}?q=1", host=authority)
            self.assertEqual(answer.status, 200)
            self.assertEqual(self.passed(path).value("Host"), authority)
            self.assertEqual(self.passed(path).target, path + "?q=1")
        answer = self.get("http://right.test/r15/mismatch", host="wrong.test")
        if answer.status != 400:
            self.assertEqual(self.passed("/r15/mismatch").values("Host"), ["right.test"])
        else:
            self.assertEqual(self.origin.seen("/r15/mismatch"), [])

    def test_R16_target_forms(self):
        for octets in (b"GET app.test:80 HTTP/1.1\r\nHost: app.test:80\r\n\r\n", b"GET * HTTP/1.1\r\nHost: app.test\r\n\r\n",
                       b"GET r16 HTTP/1.1\r\nHost: app.test\r\n\r\n"):
            with self.subTest(octets):
                self.assertEqual(self.ask(octets).status, 400)
        before = len(self.origin.seen("*"))
        self.assertEqual(self.ask(request("OPTIONS", "*")).status, 200)
        answer = self.ask(request("OPTIONS", "http://app.test"))
        self.assertEqual(answer.status, 200)
        for got in self.origin.seen("*")[before:]:
            self.assertEqual(got.value("Host"), "app.test")
        self.assertEqual(self.origin.seen("http://app.test"), [])
        answer = self.ask(request("CONNECT", "app.test:443", host="app.test:443"), "CONNECT")
        self.assertGreaterEqual(answer.status, 400)
        self.assertEqual(self.origin.seen("app.test:443"), [])

    def test_R17_whitespace_before_the_colon(self):
        self.refused(b"GET /r17 HTTP/1.1\r\nHost: app.test\r\nX-A : 1\r\n\r\n", "/r17")
        self.origin.on("/r17/reply", b"HTTP/1.1 200 OK\r\nX-A : 1\r\nContent-Length: 2\r\n\r\nok")
        answer = self.get("/r17/reply")
        self.assertEqual(answer.status, 200)
        self.assertIn(("X-A", "1"), answer.fields)

    def test_R18_obsolete_folding(self):
        answer = self.ask(b"GET /r18 HTTP/1.1\r\nHost: app.test\r\nX-A: one\r\n two\r\n\r\n")
        if answer.status == 400:
            self.assertEqual(self.origin.seen("/r18"), [])
        else:
            self.assertRegex(self.passed("/r18").value("X-A"), r"^one +two$")
        for name in (b"Transfer-Encoding: chunked\r\n ", b"Content-Length:\r\n 3", b"Host: a\r\n .test"):
            self.assertEqual(self.ask(b"POST /r18/no HTTP/1.1\r\nHost: app.test\r\n" + name + b"\r\n\r\n").status, 400)
        self.origin.on("/r18/reply", b"HTTP/1.1 200 OK\r\nX-A: one\r\n two\r\nContent-Length: 2\r\n\r\nok")
        answer = self.get("/r18/reply")
        self.assertTrue(answer.status == 502 or answer.value("X-A").split() == ["one", "two"])

    def test_R19_bare_cr_and_stray_lines(self):
        self.refused(b"GET /r19\rx HTTP/1.1\r\nHost: app.test\r\n\r\n", "/r19")
        self.refused(b"GET /r19/space HTTP/1.1\r\n X-A: 1\r\nHost: app.test\r\n\r\n", "/r19/space")
        with Client(self.proxy.address) as client:
            for path in ("/r19/empty/1", "/r19/empty/2"):
                self.assertEqual(client.exchange(b"\r\n" + request("GET", path)).status, 200)
                self.assertEqual(self.passed(path).method, "GET")

    def test_R20_transfer_encoding_only_where_it_may_be(self):
        self.origin.on("/r20", response(fields=[("Transfer-Encoding", "chunked")], length=False)
                       + b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n")
        answer = self.get("/r20")
        self.assertEqual((answer.body, answer.tokens("Transfer-Encoding")), (b"hello!", ["chunked"]))
        answer = self.get("/r20", version="HTTP/1.0")
        self.assertEqual((answer.body, answer.values("Transfer-Encoding")), (b"hello!", []))
        self.origin.on("/r20/204", b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n")
        answer = self.get("/r20/204")
        self.assertIn(answer.status, (204, 502))
        self.assertEqual(answer.values("Transfer-Encoding") if answer.status == 204 else [], [])
        self.origin.on("/r20/1xx", b"HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n" + response(body=b"ok"))
        answer = self.get("/r20/1xx")
        self.assertIn(answer.status, (200, 502))
        self.assertEqual([v for i in answer.interim for v in i.values("Transfer-Encoding")], [])
        self.refused(b"POST /r20/10 HTTP/1.0\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                     "/r20/10")

    def test_R21_length_with_transfer_encoding(self):
        for number, lines in enumerate([b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                                        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"]):
            path = f"/r21/{number}"
            self.refused(b"POST " + path.encode() + b" HTTP/1.1\r\nHost: app.test\r\n" + lines + b"\r\n0\r\n\r\n", path)
        self.origin.on("/r21/reply", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                                     b"6\r\nchunky\r\n0\r\n\r\n")
        answer = self.get("/r21/reply")
        if answer.status != 502:
            self.assertEqual((answer.values("Content-Length"), answer.body), ([], b"chunky"))
        self.assert_serving()

    def test_R22_transfer_encoding_without_final_chunked(self):
        for number, value in enumerate([b"gzip", b"chunked, gzip", b"chunked, identity", b"xchunked"]):
            path = f"/r22/{number}"
            self.refused(b"POST " + path.encode() + b" HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: " + value
                         + b"\r\n\r\n", path, (400, 501))
        self.origin.on("/r22/reply", then_end(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nuntil the end"))
        answer = self.get("/r22/reply")
        self.assertTrue(answer.status == 502 or answer.body == b"until the end", answer)

    def test_R23_invalid_content_length(self):
        for number, value in enumerate([b"+4", b"-1", b"0x4", b"4 4", b"4;", b"four", b"4, 5", b""]):
            with self.subTest(value):
                path = f"/r23/{number}"
                self.refused(b"POST " + path.encode() + b" HTTP/1.1\r\nHost: app.test\r\nContent-Length: " + value
                             + b"\r\n\r\nabcd", path)
        self.refused(b"POST /r23/two HTTP/1.1\r\nHost: app.test\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd", "/r23/two")
        for number, value in enumerate([b"+4", b"4, 5", b"x"]):
            path = f"/r23/reply/{number}"
            self.origin.on(path, b"HTTP/1.1 200 OK\r\nContent-Length: " + value + b"\r\n\r\nabcd")
            self.assertEqual(self.get(path).status, 502)
            self.wait_upstream_closed(self.passed(path).peer)
