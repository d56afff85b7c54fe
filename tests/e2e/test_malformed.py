"""Malformed requests: each gets the status the tables of docs/edge.md give it, the connection ends, and
nothing of it reaches the origin in a form that two readers could take differently."""
import unittest

from support.case import ProxyCase
from support.wire import Client, request

BAD = (400,)
CODED = (400, 501)
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def post(lines, body=b"", version=b"HTTP/1.1", host=b"Host: app.test\r\n"):
    return b"POST %s " + version + b"\r\n" + host + lines + b"\r\n" + body


def get(lines=b"", target=b"%s", version=b"HTTP/1.1", host=b"Host: app.test\r\n"):
    return b"GET " + target + b" " + version + b"\r\n" + host + lines + b"\r\n"


# name: (request with %s for its path, statuses allowed)
REFUSED = {
    # Table 3.3, framing.
    "length then chunked": (post(b"Content-Length: 4\r\n" + CHUNKED, b"0\r\n\r\n"), BAD),
    "chunked then length": (post(CHUNKED + b"Content-Length: 4\r\n", b"0\r\n\r\n"), BAD),
    "gzip then length": (post(b"Transfer-Encoding: gzip\r\nContent-Length: 4\r\n", b"abcd"), CODED),
    "chunked, identity": (post(b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n"), CODED),
    "chunked, identity with length": (post(b"Transfer-Encoding: chunked, identity\r\nContent-Length: 4\r\n", b"abcd"), CODED),
    "xchunked": (post(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"), CODED),
    "chunkedx": (post(b"Transfer-Encoding: chunkedx\r\n", b"0\r\n\r\n"), CODED),
    "identity line and chunked line": (post(b"Transfer-Encoding: identity\r\n" + CHUNKED, b"0\r\n\r\n"), CODED),
    "chunked twice": (post(b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n"), CODED),
    "chunked on two lines": (post(CHUNKED * 2, b"0\r\n\r\n"), CODED),
    "chunked in quotes": (post(b'Transfer-Encoding: "chunked"\r\n', b"0\r\n\r\n"), CODED),
    "chunked with a tab inside": (post(b"Transfer-Encoding: chun\tked\r\n", b"0\r\n\r\n"), CODED),
    "chunked with a vertical tab": (post(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n"), CODED),
    "empty transfer encoding": (post(b"Transfer-Encoding:\r\nContent-Length: 4\r\n", b"abcd"), CODED),
    "chunked on HTTP/1.0": (post(CHUNKED, b"0\r\n\r\n", version=b"HTTP/1.0"), BAD),
    "two different lengths": (post(b"Content-Length: 4\r\nContent-Length: 5\r\n", b"abcd"), BAD),
    "a list of different lengths": (post(b"Content-Length: 4, 5\r\n", b"abcd"), BAD),
    "length +4": (post(b"Content-Length: +4\r\n", b"abcd"), BAD),
    "length 0x4": (post(b"Content-Length: 0x4\r\n", b"abcd"), BAD),
    "length -4": (post(b"Content-Length: -4\r\n", b"abcd"), BAD),
    "length 4 and letters": (post(b"Content-Length: 4abc\r\n", b"abcd"), BAD),
    "length 1e1": (post(b"Content-Length: 1e1\r\n", b"abcd"), BAD),
    "length with trailing comma": (post(b"Content-Length: 4,\r\n", b"abcd"), BAD),
    "empty length": (post(b"Content-Length: \r\n", b"abcd"), BAD),
    "length past 2^64": (post(b"Content-Length: 18446744073709551620\r\n", b"abcd"), BAD),
    # Table 3.3, lines and octets.
    "folded transfer encoding": (post(b"Transfer-Encoding:\r\n chunked\r\n", b"0\r\n\r\n"), CODED),
    "folded length": (post(b"Content-Length:\r\n 4\r\n", b"abcd"), BAD),
    "folded host": (get(host=b"Host: app\r\n .test\r\n"), BAD),
    "space before the colon": (post(b"Content-Length : 4\r\n", b"abcd"), BAD),
    "tab before the colon": (post(b"Transfer-Encoding\t: chunked\r\n", b"0\r\n\r\n"), BAD),
    "bare LF line ends": (b"GET %s HTTP/1.1\nHost: app.test\n\n", BAD),
    "one bare LF": (get(b"X-A: 1\nX-B: 2\r\n"), BAD),
    "bare CR in a value": (get(b"X-A: a\rb\r\n"), BAD),
    "NUL in a value": (get(b"X-A: a\0b\r\n"), BAD),
    "0x01 in a value": (get(b"X-A: a\x01b\r\n"), BAD),
    "DEL in a value": (get(b"X-A: a\x7fb\r\n"), (400, 200)),
    "high octet in a target": (get(target=b"%s\xff"), BAD),
    "NUL in a target": (get(target=b"%s\0x"), BAD),
    "DEL in a target": (get(target=b"%s\x7f"), BAD),
    "tab in a target": (get(target=b"%s\tx"), BAD),
    "space in a target": (get(target=b"%s x"), BAD),
    "fragment in a target": (get(target=b"%s#part"), BAD),
    "no host": (get(host=b""), BAD),
    "two hosts": (get(host=b"Host: app.test\r\nHost: other.test\r\n"), BAD),
    "two equal hosts": (get(host=b"Host: app.test\r\nHost: app.test\r\n"), (400, 200)),
    "comma in the host": (get(host=b"Host: app.test, other.test\r\n"), BAD),
    "empty name": (get(b": 1\r\n"), BAD),
    "no colon": (get(b"Nonsense\r\n"), BAD),
    "space in a name": (get(b"X A: 1\r\n"), BAD),
    "high octet in a name": (get(b"X-\xe9: 1\r\n"), BAD),
    "space before the first field": (b"GET %s HTTP/1.1\r\n Host: app.test\r\n\r\n", BAD),
    # Table 3.4, start line.
    "version 0.9": (b"GET %s\r\n\r\n", BAD),
    "version 2.0": (get(version=b"HTTP/2.0"), (400, 505)),
    "version 1.2": (get(version=b"HTTP/1.2"), (400, 505)),
    "version 1.10": (get(version=b"HTTP/1.10"), BAD),
    "version 01.1": (get(version=b"HTTP/01.1"), BAD),
    "version http/1.1": (get(version=b"http/1.1"), BAD),
    "version missing its dot": (get(version=b"HTTP/11"), BAD),
    "two spaces after the method": (b"GET  %s HTTP/1.1\r\nHost: app.test\r\n\r\n", BAD),
    "two spaces before the version": (b"GET %s  HTTP/1.1\r\nHost: app.test\r\n\r\n", BAD),
    "tab after the method": (b"GET\t%s HTTP/1.1\r\nHost: app.test\r\n\r\n", BAD),
    "method with a separator": (b"G(T %s HTTP/1.1\r\nHost: app.test\r\n\r\n", BAD),
    "not HTTP": (b"\x16\x03\x01\x02\x00\x01\x00%s\r\n\r\n", BAD),
    "preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 505)),
    # Size.
    "target over 8 KiB": (get(target=b"%s" + b"x" * 8192), (414,)),
    "field over 32 KiB": (get(b"X-A: " + b"x" * 33000 + b"\r\n"), (431,)),
    "101 fields": (get(b"".join(b"X-%d: 1\r\n" % n for n in range(101))), (431,)),
    "absolute form against host": (get(target=b"http://other.test%s"), (400, 200)),
}

# Chunked bodies that break after a sound head: the head may have gone, the body may not be completed.
BROKEN_BODIES = {
    "size past 2^64": b"10000000000000004\r\nabcd\r\n0\r\n\r\n",
    "size of 40 digits": b"1" + b"0" * 38 + b"4\r\nabcd\r\n0\r\n\r\n",
    "negative size": b"-4\r\nabcd\r\n0\r\n\r\n",
    "size 0x4": b"0x4\r\nabcd\r\n0\r\n\r\n",
    "empty size": b"\r\nabcd\r\n0\r\n\r\n",
    "space after the size": b"4 \r\nabcd\r\n0\r\n\r\n",
    "space before the size": b" 4\r\nabcd\r\n0\r\n\r\n",
    "bare LF after the size": b"4\nabcd\r\n0\r\n\r\n",
    "bare LF in an extension": b"4;a\nabcd\r\n0\r\n\r\n",
    "bare CR in an extension": b"4;a\rb\r\nabcd\r\n0\r\n\r\n",
    "bare LF after the chunk": b"4\r\nabcd\n0\r\n\r\n",
    "chunk longer than its size": b"3\r\nabcd\r\n0\r\n\r\n",
    "bare LF at the end": b"4\r\nabcd\r\n0\n\n",
    "extension of 9 KiB": b"4;" + b"x" * 9000 + b"\r\nabcd\r\n0\r\n\r\n",
    "space before a trailer's colon": b"4\r\nabcd\r\n0\r\nX-A : 1\r\n\r\n",
    "NUL in a trailer": b"4\r\nabcd\r\n0\r\nX-A: \0\r\n\r\n",
    "folded trailer": b"4\r\nabcd\r\n0\r\nX-A: 1\r\n 2\r\n\r\n",
    "nameless trailer": b"4\r\nabcd\r\n0\r\n: 1\r\n\r\n",
    "trailers of 40 KiB": b"4\r\nabcd\r\n0\r\n" + b"X-A: " + b"x" * 40000 + b"\r\n\r\n",
}
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: app.test\r\n\r\n"


class Malformed(ProxyCase):
    def test_malformed_heads_are_refused_and_never_forwarded(self):
        permitted = 0
        for number, (name, (octets, statuses)) in enumerate(REFUSED.items()):
            with self.subTest(name), Client(self.proxy.address) as client:
                path = f"/malformed/{number}/"
                client.try_send(octets.replace(b"%s", path.encode()) + SMUGGLED)
                answer = client.response()
                self.assertIn(answer.status, statuses)
                if answer.status == 200:  # a permitted alternative, so what follows it is a request
                    self.assertEqual(client.response().status, 200)
                    permitted += 1
                    continue
                self.assertIn("close", answer.tokens("Connection"))
                self.assertTrue(client.closed(), "the connection must end after the answer")
                self.assertNotIn(path.encode(), self.origin.octets())
        self.assertEqual(len(self.origin.seen("/smuggled")), permitted)
        self.assert_serving()

    def test_broken_chunked_bodies_never_become_whole(self):
        for number, (name, body) in enumerate(BROKEN_BODIES.items()):
            with self.subTest(name), Client(self.proxy.address) as client:
                path = f"/broken/{number}"
                client.try_send(b"POST " + path.encode() + b" HTTP/1.1\r\nHost: app.test\r\n" + CHUNKED + b"\r\n" + body)
                answer = client.response()
                self.assertIn(answer.status, (400, 431))
                self.assertTrue(client.closed())
                self.assertEqual(self.origin.seen(path), [], "the origin took the body for a whole one")
        self.proxy.wait_quiet()
        self.assert_serving()

    def test_permitted_oddities_arrive_in_one_reading(self):
        cases = {
            b"Content-Length: 4\r\nContent-Length: 4\r\n": b"abcd",
            b"Content-Length: 4, 4\r\n": b"abcd",
            b"Content-Length: 0004\r\n": b"abcd",
            b"transfer-ENCODING:\t chunked \t\r\n": b"4\r\nabcd\r\n0\r\n\r\n",
            b"Transfer-Encoding: Chunked\r\n": b"4\r\nabcd\r\n0\r\n\r\n",
        }
        for number, (lines, body) in enumerate(cases.items()):
            with self.subTest(lines):
                path = f"/odd/{number}"
                answer = self.ask(post(lines, body).replace(b"%s", path.encode()), "POST")
                if answer.status == 400:
                    self.assertEqual(self.origin.seen(path), [])
                    continue
                got = self.passed(path)
                self.assertEqual(got.body, b"abcd")
                framing = got.values("Content-Length") + got.values("Transfer-Encoding")
                self.assertIn(framing, (["4"], ["chunked"]))

    def test_unusual_names_do_not_pass_for_others(self):
        self.get("/names", [("X_Forwarded_For", "6.6.6.6"), ("Content_Length", "9"), ("Good-Name", "1")])
        got = self.passed("/names")
        self.assertEqual(got.values("X_Forwarded_For") + got.values("Content_Length"), [])
        self.assertEqual(got.values("Good-Name"), ["1"])

    def test_values_with_high_octets_pass(self):
        self.get("/high", [("X-High", "\xe9\x80\xff")])
        self.assertEqual(self.passed("/high").value("X-High"), "\xe9\x80\xff")

    def test_a_refused_request_hurts_no_one_else(self):
        with Client(self.proxy.address) as other:
            self.assertEqual(other.exchange(request("GET", "/other/1")).status, 200)
            for _ in range(20):
                self.assertEqual(self.ask(b"BAD\r\n\r\n").status, 400)
            self.assertEqual(other.exchange(request("GET", "/other/2")).status, 200)
        self.proxy.wait_quiet()


if __name__ == "__main__":
    unittest.main()
