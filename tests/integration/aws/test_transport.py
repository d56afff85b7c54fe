"""TLS with an authority of one's own, proxies, and peers that do not behave."""
import socket
import tempfile
import threading
import unittest

from case import Probe
from fake_aws.case import FakeCase
from fake_aws.connect_proxy import ConnectProxy
from fake_aws.server import Server
from fake_aws.test_tls import NAMES, certificate


class Secure(FakeCase):
    names = NAMES + ",IP:127.0.0.1"

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.pair = certificate(folder.name, self.names)
        self.secure = Server(self.world, tls=self.pair).start()
        self.addCleanup(self.secure.stop)

    def environment(self, **more):
        return {"AWS_ACCESS_KEY_ID": self.root.access_key, "AWS_SECRET_ACCESS_KEY": self.root.secret,
                "AWS_REGION": "us-east-1", "HOME": "/nonexistent", **more}

    def ask(self, environment, operation="get_caller_identity", /, options=None, **value):
        probe = Probe(environment, **(options or {}))
        self.addCleanup(probe.close)
        if "error" in probe.opened:
            return probe.opened
        return probe.call(operation, **value)

    def here(self, **more):
        return self.environment(AWS_ENDPOINT_URL=self.secure.url, **more)

    def test_an_authority_is_named_by_flag_variable_or_profile(self):
        config = f"{self.folder}/config"
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"[default]\nca_bundle = {self.pair[0]}\n")
        for environment, options in (
                (self.here(AWS_CA_BUNDLE=self.pair[0]), {}),
                (self.here(AWS_CA_BUNDLE="/nonexistent"), {"ca_bundle": self.pair[0]}),
                (self.here(AWS_CONFIG_FILE=config), {}),
                (self.here(SSL_CERT_FILE=self.pair[0]), {})):
            with self.subTest(options=options):
                self.assertEqual(self.ask(environment, options=options)["value"]["arn"], self.root.arn)

    def test_without_it_nothing_is_sent_and_nothing_is_tried_again(self):
        answer = self.ask(self.here())
        self.assertEqual(answer["error"]["kind"], "invalid")
        self.assertIn("is not believed (self-signed certificate)", answer["error"]["what"])
        self.assertFalse(answer["error"]["maybe_done"])
        self.assertEqual((answer["waits"], self.world.journal.entries), ([], []))

    def test_a_bundle_that_is_not_there_is_named(self):
        answer = self.ask(self.here(AWS_CA_BUNDLE="/nonexistent/ca.pem"))
        self.assertIn("the certificates of /nonexistent/ca.pem cannot be read", answer["error"]["what"])

    def proxy(self):
        made = ConnectProxy(self.secure.server_address).start()
        self.addCleanup(made.stop)
        return made

    def test_real_host_names_lead_here_through_a_proxy_that_is_told_who_we_are(self):
        proxy = self.proxy()
        url = proxy.url.replace("//", "//user:pass%20word@")
        environment = self.environment(AWS_CA_BUNDLE=self.pair[0], HTTPS_PROXY=url)
        self.assertEqual(self.ask(environment, "get_parameters_by_path", name="/")["value"], [])
        self.assertEqual(proxy.asked, [{"method": "CONNECT", "host": "ssm.us-east-1.amazonaws.com:443",
                                        "authorised": True}])
        headers = self.world.journal.entries[0]["headers"]
        self.assertEqual(headers["host"], "ssm.us-east-1.amazonaws.com")
        self.assertNotIn("proxy-authorization", headers)

    def test_fips_endpoints_are_asked_where_there_are_some(self):
        proxy = self.proxy()
        environment = self.environment(AWS_CA_BUNDLE=self.pair[0], https_proxy=proxy.url)
        self.ask(environment, "get_parameters_by_path", options={"fips": True}, name="/")
        self.assertEqual(proxy.asked[0]["host"], "ssm-fips.us-east-1.amazonaws.com:443")
        error = self.ask({**environment, "AWS_REGION": "eu-central-1", "AWS_USE_FIPS_ENDPOINT": "true"},
                         "get_parameter", name="/")["error"]
        self.assertEqual((error["kind"], error["what"]), (
            "invalid", "there is no FIPS endpoint for SSM in eu-central-1: choose a region that has one, or do "
            "without FIPS"))
        self.assertEqual(len(proxy.asked), 1)

    def test_a_proxy_that_refuses_is_said(self):
        proxy = self.proxy()
        for status, kind in ((407, "invalid"), (502, "unavailable")):
            with self.subTest(status):
                proxy.refuse = status
                error = self.ask(self.environment(HTTPS_PROXY=proxy.url))["error"]
                self.assertEqual(error["kind"], kind)
                self.assertIn(f"does not lead to sts.us-east-1.amazonaws.com:443 (HTTP {status})", error["what"])
                self.assertFalse(error["maybe_done"])

    def test_addresses_of_this_machine_are_never_asked_for_through_a_proxy(self):
        environment = self.here(AWS_CA_BUNDLE=self.pair[0], HTTPS_PROXY="http://127.0.0.1:1")
        self.assertEqual(self.ask(environment)["value"]["arn"], self.root.arn)


class Mismatch(Secure):
    """The same certificate, but not of this host."""

    names = "DNS:elsewhere.example"

    def run(self, result=None):
        if self._testMethodName in vars(Mismatch):
            super().run(result)

    def test_a_certificate_of_another_host_is_not_believed(self):
        for host, word in (("127.0.0.1", "IP address mismatch"), ("localhost", "hostname mismatch")):
            with self.subTest(host):
                url = self.secure.url.replace("127.0.0.1", host)
                error = self.ask(self.environment(AWS_ENDPOINT_URL=url, AWS_CA_BUNDLE=self.pair[0]))["error"]
                self.assertEqual(error["kind"], "invalid")
                self.assertIn(word, error["what"])
        self.assertEqual(self.world.journal.entries, [])


class Peer:
    """Answers each connection with the same octets, whatever is asked; `None`: never."""

    def __init__(self, octets):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.octets = octets
        self.heads = []
        threading.Thread(target=self.serve, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def serve(self):
        while True:
            try:
                there, _ = self.socket.accept()
            except OSError:
                return
            with there:
                self.heads.append(there.recv(65536).split(b"\r\n\r\n")[0].decode())
                try:
                    there.sendall(self.octets)
                    while there.recv(65536):
                        pass
                except OSError:
                    pass


class Peers(unittest.TestCase):
    def ask(self, url, options=None, **more):
        probe = Probe({"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret/secret+secret",
                       "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": url, "HOME": "/nonexistent", **more},
                      **(options or {}))
        self.addCleanup(probe.close)
        return probe.opened if "error" in probe.opened else probe.call("get_parameter", name="/a")

    def peer(self, octets):
        made = Peer(octets)
        self.addCleanup(made.socket.close)
        return made

    def test_an_answer_that_is_too_long_is_not_read(self):
        peer = self.peer(b"HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\n\r\n{}")
        error = self.ask(peer.url)["error"]
        self.assertIn("body limit exceeded", error["what"])

    def test_a_head_that_is_too_long_is_not_read(self):
        peer = self.peer(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000)
        self.assertIn("header limit exceeded", self.ask(peer.url)["error"]["what"])

    def test_what_is_no_http_is_no_answer(self):
        error = self.ask(self.peer(b"220 mail.example ESMTP\r\n").url)["error"]
        self.assertEqual((error["kind"], error["maybe_done"]), ("unavailable", True))

    def test_an_answer_in_pieces_is_put_together(self):
        peer = self.peer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                         b"e\r\n{\"Parameter\": \r\n13\r\n{\"Value\": \"chunked\"\r\n2\r\n}}\r\n0\r\n\r\n")
        self.assertEqual(self.ask(peer.url)["value"]["value"], "chunked")

    def test_the_host_that_is_signed_is_the_host_that_is_sent(self):
        peer = self.peer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        self.ask(peer.url.replace("127.0.0.1", "LOCALHOST"))
        self.assertIn("\r\nHost: localhost:", peer.heads[0])
        self.assertIn("SignedHeaders=amz-sdk-invocation-id;amz-sdk-request;content-type;host;x-amz-date;x-amz-target,",
                      peer.heads[0])

    def test_nobody_there(self):
        free = socket.create_server(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        error = self.ask(f"http://127.0.0.1:{port}")["error"]
        self.assertEqual((error["kind"], error["maybe_done"]), ("unavailable", False))
        self.assertEqual(error["what"], f"no connection to 127.0.0.1:{port}: Connection refused")

    def test_a_name_that_nobody_has(self):
        error = self.ask("https://nowhere.invalid", options={"connect_ms": 2000})["error"]
        self.assertEqual((error["kind"], error["maybe_done"]), ("unavailable", False))
        self.assertIn("the name nowhere.invalid could not be resolved", error["what"])

    def test_plain_http_is_for_this_machine(self):
        error = self.ask("http://198.51.100.1")["error"]
        self.assertEqual(error["kind"], "invalid")
        self.assertIn("plain http and not on this machine", error["what"])

    def test_a_proxy_for_plain_http_is_given_the_whole_address(self):
        proxy = self.peer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        self.ask("http://aws.example", options={"insecure": True},
                 HTTP_PROXY=proxy.url.replace("//", "//me:secret@"))
        self.assertTrue(proxy.heads[0].startswith("POST http://aws.example/ HTTP/1.1\r\n"), proxy.heads[0])
        self.assertIn("\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n", proxy.heads[0])


if __name__ == "__main__":
    unittest.main()
