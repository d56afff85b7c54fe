"""What the proxy adds, believes, shows and writes down: forwarded fields, trust, PROXY lines, error
pages, routes, tunnels at a switch, and an access log without anything about a person."""
import json
import struct
import unittest

from support.case import ProxyCase
from support.origin import Origin, then_end
from support.proxy import Proxy, service, wait_until
from support.tunnel import SWITCH, UPGRADE, relay_back
from support.wire import Client, Ended, request

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SENT = [("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.test"),
        ("X-Request-Id", "chosen-by-the-client"), ("Forwarded", "for=6.6.6.6")]


class Strangers(ProxyCase):
    @classmethod
    def configure(cls):
        return super().configure(access_log="stdout")

    def test_forwarded_fields_are_ours(self):
        self.get("/ours", SENT, host="app.test:8080")
        got = self.passed("/ours")
        self.assertEqual(got.values("X-Forwarded-For"), ["127.0.0.1"])
        self.assertEqual(got.values("X-Forwarded-Proto"), ["http"])
        self.assertEqual(got.values("X-Forwarded-Host"), ["app.test:8080"])
        self.assertEqual(got.values("Forwarded"), [])
        self.assertEqual(got.value("Host"), "app.test:8080")
        self.assertNotEqual(got.value("X-Request-Id"), "chosen-by-the-client")
        self.assertTrue(got.value("X-Request-Id"))

    def test_request_ids_differ_and_reach_the_client(self):
        answers = [self.get("/id") for _ in range(20)]
        self.assertEqual({a.value("X-Request-Id") for a in answers},
                         {r.value("X-Request-Id") for r in self.origin.seen("/id")})
        self.assertEqual(len({a.value("X-Request-Id") for a in answers}), 20)

    def test_traceparent_is_passed_or_made(self):
        self.get("/trace/given", [("traceparent", TRACE)])
        self.assertEqual(self.passed("/trace/given").values("traceparent"), [TRACE])
        self.get("/trace/none")
        self.assertRegex(self.passed("/trace/none").value("traceparent"), r"^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$")

    def test_a_stranger_gets_no_preview(self):
        answer = self.get("/preview", [("X-Switchyard-Color", "green")])
        self.assertEqual(answer.value("X-Origin"), "blue")

    def test_error_pages_follow_accept(self):
        self.origin.on("/broken", then_end(b"nonsense from upstream"))
        page = self.ask(request("POST", "/broken", [("Accept", "text/html,application/xhtml+xml")]))
        self.assertTrue(page.value("Content-Type").startswith("text/html"))
        problem = self.ask(request("POST", "/broken?q=nonsense", [("Accept", "application/json")]))
        self.assertEqual(problem.value("Content-Type"), "application/problem+json")
        self.assertEqual((problem.status, json.loads(problem.body)["status"]), (502, 502))
        self.assertNotIn(b"nonsense", page.body + problem.body)

    def test_the_access_log_holds_nothing_about_a_person(self):
        marks = ["jane.doe", "ssn-123", "secret-token", "body-text", "cookie-value"]
        self.ask(request("POST", f"/patients/{marks[0]}?q={marks[1]}",
                         [("Authorization", marks[2]), ("Cookie", marks[4])], marks[3].encode()), "POST")
        self.get("/flush")
        wait_until(lambda: len(self.proxy.output) >= 2, what="access log lines")
        entry = json.loads(self.proxy.output[0])
        self.assertEqual(entry["status"], 200)
        everything = "\n".join(self.proxy.output) + json.dumps(self.proxy.log)
        for mark in marks:
            self.assertNotIn(mark, everything)


class Trusted(ProxyCase):
    @classmethod
    def configure(cls):
        plain, proxied = {"address": "127.0.0.1:0"}, {"address": "127.0.0.1:0", "proxy_protocol": True}
        return super().configure(trusted=["127.0.0.0/8"], forwarded=True, listen=[plain, proxied])

    def test_a_trusted_peer_is_believed(self):
        self.get("/believed", SENT[:4])
        got = self.passed("/believed")
        self.assertEqual([v.strip() for v in got.value("X-Forwarded-For").split(",")], ["6.6.6.6", "127.0.0.1"])
        self.assertEqual(got.values("X-Forwarded-Proto"), ["https"])
        self.assertEqual(got.values("X-Forwarded-Host"), ["evil.test"])
        self.assertEqual(got.values("X-Request-Id"), ["chosen-by-the-client"])
        self.assertIn("for=", got.value("Forwarded"))

    def proxied(self, line, path):
        with Client(self.proxy.listen[1]) as client:
            client.send(line + request("GET", path))
            try:
                return client.response().status
            except Ended:
                return None

    def test_proxy_lines_name_the_client(self):
        signature = b"\r\n\r\n\0\r\nQUIT\n"
        addresses = struct.pack("!4s4sHH", bytes([192, 0, 2, 8]), bytes([127, 0, 0, 1]), 5555, 80)
        v2 = signature + b"\x21\x11\0\x0c" + addresses
        self.assertEqual(self.proxied(b"PROXY TCP4 192.0.2.7 127.0.0.1 5555 80\r\n", "/v1"), 200)
        self.assertTrue(self.passed("/v1").value("X-Forwarded-For").endswith("192.0.2.7"))
        self.assertEqual(self.proxied(v2, "/v2"), 200)
        self.assertTrue(self.passed("/v2").value("X-Forwarded-For").endswith("192.0.2.8"))

    def test_a_bad_or_missing_proxy_line_ends_the_connection(self):
        for number, line in enumerate([b"", b"PROXY TCP4 nonsense\r\n", b"PROXY " + b"x" * 200 + b"\r\n"]):
            self.assertIn(self.proxied(line, f"/bad/{number}"), (None, 400))
            self.assertEqual(self.origin.seen(f"/bad/{number}"), [])


class Routes(ProxyCase):
    """Hosts and longest prefixes lead to services; tunnels end at a switch where the service says so."""

    @classmethod
    def configure(cls):
        cls.others = {name: Origin(name) for name in ("api", "admin")}
        services = {"page": service([cls.blue.url], [cls.green.url], tunnels="close")}
        services["api"] = service([cls.others["api"].url], paths=["/api/"])
        services["admin"] = service([cls.others["admin"].url], paths=["/api/", "/"])
        services["admin"]["match"]["hosts"] = ["admin.test"]
        return Proxy(services)

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        for origin in cls.others.values():
            origin.close()

    def test_the_longest_prefix_of_the_best_host_wins(self):
        cases = {("app.test", "/"): "blue", ("app.test", "/api/x"): "api", ("app.test", "/apix"): "blue",
                 ("admin.test", "/api/x"): "admin", ("ADMIN.test:80", "/y"): "admin", ("app.test", "/x/api/"): "blue"}
        for (host, path), name in cases.items():
            with self.subTest(host=host, path=path):
                self.assertEqual(self.get(path, host=host).value("X-Origin"), name)

    def test_a_switch_closes_tunnels_where_the_service_says_so(self):
        self.proxy.wait_open("blue", "green")
        self.blue.on("/tunnel", lambda peer, _: peer.send(SWITCH) or relay_back(peer))
        with Client(self.proxy.address) as client:
            self.assertEqual(client.exchange(request("GET", "/tunnel", UPGRADE)).status, 101)
            client.send(b"ping")
            self.assertEqual(client.exactly(4), b"ping")
            self.assertEqual(self.proxy.api("POST", "/v1/switch", {"color": "green"}).status, 200)
            client.to_end(10)
        self.assertEqual(self.proxy.api("POST", "/v1/switch", {"color": "blue"}).status, 200)


class NoRoute(ProxyCase):
    @classmethod
    def configure(cls):
        return Proxy({"api": service([cls.blue.url], [cls.green.url], paths=["/api/"])})

    def test_a_request_that_leads_nowhere_is_a_404(self):
        self.assertEqual(self.get("/elsewhere").status, 404)
        self.assertEqual(self.get("/api/here").status, 200)


if __name__ == "__main__":
    unittest.main()
