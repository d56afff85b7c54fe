"""The control API on real sockets, over a fake director, and docs/openapi.yaml against it.

Usage: check_api.py FIXTURE OPENAPI
"""
import http.client
import json
import re
import resource
import socket
import subprocess
import sys
import unittest

import jsonschema
import yaml

FIXTURE, OPENAPI = sys.argv[1], sys.argv[2]
JSON = {"Content-Type": "application/json"}


class Server:
    def __init__(self, *args, files=None):
        limit = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))) if files else None
        self.program = subprocess.Popen([FIXTURE, *args], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, preexec_fn=limit)
        self.port = int(self.program.stdout.readline())

    def stop(self):
        self.program.stdin.close()
        self.program.stdout.close()
        return self.program.wait(timeout=30)

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def ask(self, method, path, body=None, fields=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, fields or {})
        answer = connection.getresponse()
        stream = answer.getheader("Content-Type", "").startswith("text/event-stream")
        text = b"" if stream else answer.read()
        connection.close()
        return answer, text

    def raw(self, request):
        """Everything the server says to these bytes until it closes."""
        with self.connect() as peer:
            peer.sendall(request)
            said = b""
            while more := peer.recv(65536):
                said += more
            return said


class ServerTest(unittest.TestCase):
    arguments = ()

    def setUp(self):
        self.server = Server(*self.arguments)
        self.addCleanup(self.stop_server)

    def stop_server(self):
        self.assertEqual(self.server.stop(), 0)


class OpenApi(ServerTest):
    document = yaml.safe_load(open(OPENAPI, encoding="utf-8"))

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def validate(self, value, schema):
        whole = {**schema, "components": self.document["components"]}
        jsonschema.Draft202012Validator(whole).validate(value)

    def check(self, operation, answer, body):
        responses = operation["responses"]
        told = self.resolve(responses.get(str(answer.status)) or responses["default"])
        kind = answer.getheader("Content-Type").split(";")[0]
        self.assertIn(kind, told["content"])
        if kind.endswith("json"):
            self.validate(json.loads(body), told["content"][kind]["schema"])
        for name, field in told.get("headers", {}).items():
            self.assertRegex(answer.getheader(name), self.resolve(field)["schema"]["pattern"])

    def operations(self):
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                yield path.replace("{color}", "green"), method.upper(), operation

    def example(self, operation):
        body = operation.get("requestBody")
        return json.dumps(body["content"]["application/json"]["example"]) if body else None

    def test_every_operation_is_answered_as_documented(self):
        for path, method, operation in self.operations():
            with self.subTest(f"{method} {path}"):
                body = self.example(operation)
                answer, text = self.server.ask(method, path, body, JSON if body else {})
                self.assertEqual(answer.status, 202 if path == "/v1/rollouts" else 200, text)
                self.check(operation, answer, text)

    def test_every_refusal_is_a_problem_as_documented(self):
        for path, method, operation in self.operations():
            body = self.example(operation)
            if not body:
                continue
            cases = [("{", JSON, 400), ('{"surprise":1}', JSON, 400), (body, {}, 415),
                     (body, {**JSON, "If-Match": '"999"'}, 412), (body, {**JSON, "If-Match": "x"}, 400),
                     (body, {**JSON, "Origin": "http://evil.example"}, 403)]
            for text, fields, expected in cases:
                with self.subTest(f"{method} {path} {text} {fields}"):
                    answer, told = self.server.ask(method, path, text, fields)
                    self.assertEqual(answer.status, expected, told)
                    self.check(operation, answer, told)

    def test_examples_are_valid_by_their_own_schemas(self):
        for path, method, operation in self.operations():
            if body := operation.get("requestBody"):
                kind = body["content"]["application/json"]
                self.validate(kind["example"], kind["schema"])

    def test_nothing_is_served_that_is_not_documented(self):
        documented = {(path, method) for path, method, _ in self.operations()}
        for path in {path for path, _ in documented}:
            for method in ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"):
                if (path, method) not in documented:
                    answer, _ = self.server.ask(method, path, "{}", JSON)
                    self.assertEqual(answer.status, 405, f"{method} {path}")
                    self.assertTrue(answer.getheader("Allow"))

    def seen(self):
        for path in ("/v1/status", "/v1/rollout"):
            answer, text = self.server.ask("GET", path)
            self.check(self.document["paths"][path]["get"], answer, text)
            yield json.loads(text)

    def call(self, path, body):
        answer, text = self.server.ask("POST", path, json.dumps(body), JSON)
        self.check(self.document["paths"][path]["post"], answer, text)
        return answer, json.loads(text)

    def test_a_rollout_is_seen_while_it_runs_and_when_it_has_ended(self):
        start = self.document["paths"]["/v1/rollouts"]["post"]
        answer, told = self.call("/v1/rollouts", json.loads(self.example(start)))
        self.assertEqual(answer.getheader("Location"), "/v1/rollout")
        for status in self.seen():
            self.assertEqual(status["rollout"]["id"], told["rollout"])
            self.assertEqual(status["rollout"]["holds"],
                             [{"percent": 1, "for_seconds": 60, "requests": 300},
                              {"percent": 100, "for_seconds": 600, "requests": 300}])
            self.assertEqual(status["rollout"]["approval"]["timeout_seconds"], 86400)
        _, told = self.call("/v1/rollout/abort", {"reason": "slow"})
        self.assertIsNone(told["rollout"])
        for status in self.seen():
            self.assertIsNone(status["rollout"])
            self.assertEqual((status["last_rollout"]["outcome"], status["last_rollout"]["why"]), ("aborted", "slow"))

    def test_every_fault_of_a_plan_has_its_place(self):
        body = {"color": "green", "version": "1.2", "plan": {"holds": [{"percent": 200, "for": "1x"}]}}
        answer, told = self.call("/v1/rollouts", body)
        self.assertEqual(answer.status, 400)
        self.assertEqual([fault["pointer"] for fault in told["errors"]],
                         ["/version", "/plan/holds/0/percent", "/plan/holds/0/for"])


class Connections(ServerTest):
    def test_pipelined_requests_are_answered_in_order(self):
        said = self.server.raw(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
                               b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
                               b"HEAD /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        self.assertEqual(re.findall(rb"HTTP/1\.1 (\d+)", said), [b"200", b"404", b"200"])

    def test_a_body_over_64_kib_is_413(self):
        head = b"PUT /v1/weights HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65537\r\n\r\n"
        self.assertTrue(self.server.raw(head).startswith(b"HTTP/1.1 413 "))

    def test_a_head_over_16_kib_is_431(self):
        said = self.server.raw(b"GET / HTTP/1.1\r\nX: " + b"a" * 17000 + b"\r\n\r\n")
        self.assertTrue(said.startswith(b"HTTP/1.1 431 "), said[:100])

    def test_what_is_not_http_is_400(self):
        for text in (b"GARBAGE\r\n\r\n", b"GET / HTTP/1.1\r\nNo colon\r\n\r\n",
                     b"PUT /v1/weights HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"):
            self.assertTrue(self.server.raw(text).startswith(b"HTTP/1.1 400 "), text)

    def test_expect_100_is_answered_before_the_body(self):
        body = b'{"blue":100,"green":0}'
        with self.server.connect() as peer:
            peer.sendall(b"PUT /v1/weights HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                         b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body))
            self.assertTrue(peer.recv(100).startswith(b"HTTP/1.1 100 "))
            peer.sendall(body)
            self.assertTrue(peer.recv(4096).startswith(b"HTTP/1.1 200 "))

    def test_stopping_closes_idle_connections_and_event_streams(self):
        idle = self.server.connect()
        stream = self.server.connect()
        stream.sendall(b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertIn(b"200 OK", stream.recv(65536))
        self.server.program.stdin.close()
        for peer in (idle, stream):
            while peer.recv(65536):
                pass
            peer.close()

    def test_a_new_connection_takes_the_place_of_the_longest_idle_one(self):
        peers = [self.server.connect() for _ in range(256)]
        peers[-1].sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertTrue(peers[-1].recv(100).startswith(b"HTTP/1.1 200 "))
        answer, _ = self.server.ask("GET", "/livez")
        self.assertEqual(answer.status, 200)
        self.assertEqual(peers[0].recv(1), b"")
        for peer in peers:
            peer.close()

    def test_the_65th_event_stream_is_told_to_poll(self):
        request = b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
        peers = [self.server.connect() for _ in range(64)]
        for peer in peers:
            peer.sendall(request)
            self.assertTrue(peer.recv(15).startswith(b"HTTP/1.1 200 "))
        self.assertTrue(self.server.raw(request).startswith(b"HTTP/1.1 503 "))
        for peer in peers:
            peer.close()


class FewFiles(unittest.TestCase):
    def test_out_of_file_descriptors_it_recovers(self):
        server = Server(files=24)
        peers = [server.connect() for _ in range(40)]
        for peer in peers:
            peer.close()
        answer, _ = server.ask("GET", "/livez")
        self.assertEqual(answer.status, 200)
        self.assertEqual(server.stop(), 0)


class Events(ServerTest):
    def follow(self, fields=b""):
        peer = self.server.connect()
        peer.sendall(b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\n" + fields + b"\r\n")
        return peer.makefile("rb")

    def until(self, lines, start):
        for line in lines:
            if line.startswith(start):
                return line
        self.fail(f"the stream ended before {start}")

    def change(self):
        answer, _ = self.server.ask("PUT", "/v1/weights", '{"blue":50,"green":50}', JSON)
        self.assertEqual(answer.status, 200)

    def test_a_change_arrives_while_one_listens(self):
        lines = self.follow()
        self.until(lines, b"event: snapshot")
        self.change()
        self.until(lines, b"event: weights")
        self.assertIn(b'"generation":8', self.until(lines, b"data: "))

    def test_a_stream_resumes_where_it_broke(self):
        for _ in range(3):
            self.change()
        lines = self.follow(b"Last-Event-ID: 1\r\n")
        self.assertEqual(self.until(lines, b"id: "), b"id: 2\n")
        self.assertEqual(self.until(lines, b"id: "), b"id: 3\n")


class Tokens(ServerTest):
    arguments = ("--token",)

    def test_a_token_is_needed_and_its_failures_are_limited(self):
        good = {"Authorization": "Bearer secret"}
        self.assertEqual(self.server.ask("GET", "/v1/status")[0].status, 401)
        self.assertEqual(self.server.ask("GET", "/v1/status", None, good)[0].status, 200)
        for _ in range(10):
            answer, _ = self.server.ask("GET", "/v1/status", None, {"Authorization": "Bearer no"})
            self.assertEqual(answer.status, 401)
        answer, _ = self.server.ask("GET", "/v1/status", None, {"Authorization": "Bearer no"})
        self.assertEqual(answer.status, 429)
        self.assertGreater(int(answer.getheader("Retry-After")), 0)

    def test_pages_for_everybody_need_none(self):
        for path in ("/", "/app.js", "/metrics", "/livez", "/readyz"):
            self.assertEqual(self.server.ask("GET", path)[0].status, 200, path)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
