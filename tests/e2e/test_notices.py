"""Webhooks of a rollout: told, signed, and never waited for."""
import hashlib
import hmac
import http.server
import json
import socket
import threading
import unittest

from support.proxy import wait_until
from support.rollout import GREEN, RolloutCase, staying

SECRET = "correct horse battery staple"


class Receiver:
    """Keeps every POST: path, fields, body."""

    def __init__(self):
        self.posts = []
        posts = self.posts

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                posts.append((self.path, self.headers, body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def bodies(self, path):
        return [json.loads(body) for found, _, body in self.posts if found == path]


class Told(RolloutCase):
    @classmethod
    def made(cls, **more):
        cls.receiver = Receiver()
        cls.deaf = socket.create_server(("127.0.0.1", 0))  # accepts and never answers
        deaf = f"http://127.0.0.1:{cls.deaf.getsockname()[1]}/"
        return super().made(notify=[
            {"name": "record", "url": f"{cls.receiver.url}/record", "kind": "json", "secret": SECRET},
            {"name": "chat", "url": f"{cls.receiver.url}/chat", "kind": "slack", "events": ["reverted"]},
            {"name": "deaf", "url": deaf, "kind": "slack"}], **more)

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.receiver.close()
        cls.deaf.close()

    def test_beginning_and_revert_are_told_and_signed(self):
        askers = self.askers()
        began = self.started(staying(10), reason="release 7")
        self.wait_phase("shifting")
        askers.wait_more(10, "green")
        self.green.knobs(error_rate=1)
        self.wait_ended("reverted", timeout=5)
        record = self.receiver
        wait_until(lambda: {"started", "reverted"} <= {body["type"] for body in record.bodies("/record")},
                   what="started and reverted told")
        told = next(body for body in record.bodies("/record") if body["type"] == "reverted")
        self.assertEqual((told["rollout"], told["color"], told["version"], told["app"]),
                         (began["rollout"], "green", GREEN, "pms"))
        for path, fields, body in record.posts:
            if path != "/record":
                continue
            parts = dict(part.split("=") for part in fields["X-Switchyard-Signature"].split(","))
            wanted = hmac.new(SECRET.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
            self.assertEqual(parts["v1"], wanted)
        wait_until(lambda: record.bodies("/chat"), what="chat told")
        self.assertEqual(list(record.bodies("/chat")[0]), ["text"])
        self.assertIn("reverted", record.bodies("/chat")[0]["text"])
        self.assertEqual(len(record.bodies("/chat")), 1)
        self.assertEqual(askers.failures, [])


if __name__ == "__main__":
    unittest.main()
