"""TLS on both sides: termination, certificates by name, protocol floor, verification, reload."""
import pathlib
import signal
import ssl
import tempfile
import unittest

from support import certificates
from support.case import ProxyCase
from support.origin import Origin
from support.proxy import Proxy, service, wait_until
from support.tunnel import SWITCH, UPGRADE, relay_back
from support.wire import Client, request


class Termination(ProxyCase):
    @classmethod
    def configure(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.authority = certificates.make(cls.folder.name, "authority")
        cls.pairs = {name: certificates.make(cls.folder.name, name, cls.authority)
                     for name in ("app.test", "other.test")}
        cls.trust = certificates.trust(cls.authority[0])
        tls = [{"certificate": c, "key": k} for c, k in cls.pairs.values()]
        return super().configure(listen=[{"address": "127.0.0.1:0", "tls": tls}])

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.folder.cleanup()

    def connect(self, name="app.test", trust=None):
        client = Client(self.proxy.address, tls=trust or self.trust, server_name=name)
        self.addCleanup(client.close)
        return client

    def assert_serving(self):
        self.assertEqual(self.connect().exchange(request("GET", "/alive")).status, 200)

    def test_requests_are_served_over_tls_1_3_and_1_2(self):
        for version in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2):
            with self.subTest(version):
                trust = certificates.trust(self.authority[0])
                trust.minimum_version = trust.maximum_version = version
                client = self.connect(trust=trust)
                for number in range(3):
                    self.assertEqual(client.exchange(request("GET", f"/tls/{number}")).body, b"blue")
        self.assertEqual(self.passed("/tls/0").value("X-Forwarded-Proto"), "https")

    def test_tls_1_1_is_refused(self):
        trust = certificates.trust(self.authority[0])
        trust.set_ciphers("DEFAULT:@SECLEVEL=0")
        with self.assertWarns(DeprecationWarning):
            trust.minimum_version = ssl.TLSVersion.TLSv1_1
        with self.assertWarns(DeprecationWarning):
            trust.maximum_version = ssl.TLSVersion.TLSv1_1
        with self.assertRaises(OSError):
            self.connect(trust=trust)
        self.assert_serving()

    def test_the_certificate_follows_the_name(self):
        for name in ("app.test", "other.test"):
            with self.subTest(name):
                client = self.connect(name)  # verification fails on the wrong certificate
                names = [n for _, n in client.sock.getpeercert()["subjectAltName"]]
                self.assertIn(name, names)
                self.assertEqual(client.exchange(request("GET", "/sni", host=name)).status, 200)
        trust = certificates.trust(self.authority[0])
        trust.check_hostname = False
        unknown = self.connect("unknown.test", trust)
        self.assertIn("app.test", [n for _, n in unknown.sock.getpeercert()["subjectAltName"]])

    def test_alpn_is_http_1_1(self):
        trust = certificates.trust(self.authority[0])
        trust.set_alpn_protocols(["http/1.1"])
        client = self.connect(trust=trust)
        self.assertEqual(client.sock.selected_alpn_protocol(), "http/1.1")
        trust.set_alpn_protocols(["h2", "http/1.1"])
        self.assertIn(self.connect(trust=trust).sock.selected_alpn_protocol(), ("http/1.1", "h2"))
        self.assertIsNone(self.connect().sock.selected_alpn_protocol())

    def test_the_end_is_a_close_notify(self):
        client = self.connect()
        client.exchange(request("GET", "/end", [("Connection", "close")]))
        self.assertTrue(client.closed())
        self.assertFalse(client.was_reset)

    def test_plain_text_on_a_tls_port_gets_no_answer_from_the_origin(self):
        with Client(self.proxy.address) as client:
            client.send(request("GET", "/plain"))
            client.to_end()
        self.assertEqual(self.origin.seen("/plain"), [])
        self.assert_serving()

    def test_a_large_body_over_tls(self):
        client = self.connect()
        body = bytes(range(256)) * 8192
        self.assertEqual(client.exchange(request("POST", "/large", body=body), "POST").status, 200)
        self.assertEqual(self.passed("/large").body, body)

    def test_records_cut_anywhere_are_put_together(self):
        """Small and large TLS records, many requests at once: nothing waits inside OpenSSL."""
        client = self.connect()
        asked = b"".join(request("POST", f"/cut/{n}", body=b"x" * (n * 37)) for n in range(60))
        for begin in range(0, len(asked), 997):
            client.send(asked[begin:begin + 997])
        for _ in range(60):
            self.assertEqual(client.response().body, b"blue")

    def test_large_bodies_both_ways_at_once_over_tls(self):
        def echo(peer, message):
            left = int(message.value("Content-Length"))
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % left)
            while left:
                octets, peer.buffer = peer.buffer, b""
                octets = octets or peer.sock.recv(min(left, 65536))
                peer.send(octets)
                left -= len(octets)

        self.origin.on("/echo", echo)
        body = bytes(range(256)) * 4096 * 8
        client = self.connect()
        client.timeout = 20
        client.send(request("POST", "/echo", [("Content-Length", str(len(body)))]))
        sent = 0
        answer = client.head()
        self.assertEqual(answer.status, 200)
        while sent < len(body):  # in turns, because one SSL object is not for two threads
            client.send(body[sent:sent + 16384])
            sent += 16384
            self.assertEqual(client.exactly(16384), body[sent - 16384:sent])

    def test_a_tunnel_over_tls(self):
        self.origin.on("/tunnel", lambda peer, _: peer.send(SWITCH) or relay_back(peer))
        client = self.connect()
        self.assertEqual(client.exchange(request("GET", "/tunnel", UPGRADE)).status, 101)
        for size in (1, 100, 16384, 100_000):
            client.send(b"y" * size)
            self.assertEqual(client.exactly(size), b"y" * size)

    def test_a_reload_takes_new_certificates_and_keeps_connections(self):
        held = self.connect("other.test")
        self.assertEqual(held.exchange(request("GET", "/held/1")).status, 200)
        before = held.sock.getpeercert()["serialNumber"]
        certificates.make(self.folder.name, "other.test", self.authority)
        self.proxy.signal(signal.SIGHUP)

        def serial():
            with Client(self.proxy.address, tls=self.trust, server_name="other.test") as client:
                return client.sock.getpeercert()["serialNumber"]

        wait_until(lambda: serial() != before, what="new certificate served")
        self.assertEqual(held.exchange(request("GET", "/held/2")).status, 200)


class Upstreams(unittest.TestCase):
    """https:// upstreams: the certificate is checked against the authority and the name."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.authority = certificates.make(self.folder.name, "authority")

    def origin(self, pair):
        origin = Origin("blue", tls=certificates.serve(*pair))
        self.addCleanup(origin.close)
        return origin

    def start(self, origin, **upstream):
        proxy = Proxy({"backend": service([origin.url])}, upstream=upstream)
        self.addCleanup(proxy.clean)
        proxy.start()
        self.addCleanup(proxy.stop)
        return proxy

    def ask(self, proxy):
        with Client(proxy.address) as client:
            return client.exchange(request("GET", "/upstream"))

    def test_a_good_certificate_is_accepted(self):
        origin = self.origin(certificates.make(self.folder.name, "upstream.test", self.authority))
        proxy = self.start(origin, ca=self.authority[0])
        proxy.wait_open("blue")
        self.assertEqual(self.ask(proxy).body, b"blue")
        self.assertEqual(len(origin.seen("/upstream")), 1)

    def test_a_large_body_from_and_to_an_https_upstream(self):
        origin = self.origin(certificates.make(self.folder.name, "upstream.test", self.authority))
        body = bytes(range(256)) * 16384
        origin.on("/out", b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        proxy = self.start(origin, ca=self.authority[0])
        proxy.wait_open("blue")
        with Client(proxy.address, timeout=20) as client:
            self.assertEqual(client.exchange(request("POST", "/in", body=body), "POST").status, 200)
            self.assertEqual(client.exchange(request("GET", "/out")).body, body)
        self.assertEqual(origin.seen("/in")[0].body, body)

    def test_a_strange_authority_is_refused(self):
        stranger = certificates.make(self.folder.name, "stranger")
        origin = self.origin(certificates.make(self.folder.name, "upstream.test", stranger))
        proxy = self.start(origin, ca=self.authority[0])
        self.assertIn(self.ask(proxy).status, (502, 503))
        self.assertFalse(proxy.gate_open("blue"))
        self.assertEqual(origin.seen("/upstream"), [])

    def test_verification_can_be_switched_off(self):
        origin = self.origin(certificates.make(self.folder.name, "self.test"))
        proxy = self.start(origin, verify=False)
        proxy.wait_open("blue")
        self.assertEqual(self.ask(proxy).body, b"blue")


class Refusals(unittest.TestCase):
    def test_a_missing_key_is_a_config_problem(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, _ = certificates.make(folder, "app.test")
            proxy = Proxy({"backend": service(["http://127.0.0.1:1"])}, folder=folder,
                          listen=[{"address": "127.0.0.1:0", "tls": {"certificate": certificate,
                                                                     "key": str(pathlib.Path(folder) / "none.key")}}])
            proxy.spawn()
            self.assertEqual(proxy.wait_exit(), 78)


if __name__ == "__main__":
    unittest.main()
