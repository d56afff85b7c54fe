"""The sockets: HTTP/1.1 on loopback, with the ways in which a connection can go wrong."""
import email.utils
import json
import socket
import ssl
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from . import control, gateway
from .signature import Request

BODY_MAX = 4 << 20
IDLE_SECONDS = 120


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    server_version = "fake-aws"

    def log_message(self, *_):
        """The journal is the log."""

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number = self.server.next_connection()

    def _any(self):
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding") or not length.isdigit() or int(length) > BODY_MAX:
            self.close_connection = True
            return self._send(411, b"a Content-Length of at most 4 MiB is needed", [])
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return None
        request = Request(self.command, self.path, list(self.headers.items()), body)
        return self._route(request)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _any

    def _route(self, request):
        world = self.server.world
        if request.target.startswith("/_fake/"):
            status, value = control.handle(world, request)
            return self._send(status, json.dumps(value).encode(), [("Content-Type", "application/json")])
        with world.lock:
            entry = world.journal.begin(request, self.number)
            answer = world.identity.handle(request)
            if answer:
                entry["status"] = answer.status
                return self._send(answer.status, answer.body, [("Content-Type", answer.kind)])
            call = gateway.Call(world, request, entry)
            reply = gateway.admit(call)
        if reply is None:
            if call.fault and call.fault.kind == "slow":
                self.server.stopping.wait(call.fault.get("seconds", 1))
            with world.lock:
                reply = gateway.finish(call)
        return self._deliver(reply)

    def _deliver(self, reply):
        kind = reply.fault.kind if reply.fault else None
        if kind in ("reset_before", "reset_after"):
            return self._reset()
        if kind in ("lost", "hang"):
            if kind == "hang":
                self._wait_gone()
            self.close_connection = True
            return None
        body, length = reply.body, len(reply.body)
        if kind in ("truncate", "stall"):
            body = body[:length // 2]
        elif kind == "wrong_length":
            length = max(0, length + reply.fault.get("by", 10))
        self._send(reply.status, body, reply.headers, length, reply.date)
        if kind == "stall":
            self._wait_gone()
        if kind in ("truncate", "wrong_length", "close", "stall"):
            self.close_connection = True
        return None

    def _send(self, status, body, headers, length=None, date=0.0):
        lines = [f"HTTP/1.1 {status} {self.responses.get(status, ('', ''))[0]}"]
        if date is not None:
            lines.append(f"Date: {email.utils.formatdate(self.server.world.clock.now() + date, usegmt=True)}")
        lines += [f"{name}: {value}" for name, value in headers]
        lines.append(f"Content-Length: {len(body) if length is None else length}")
        if self.close_connection:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        self.wfile.write(head + (b"" if self.command == "HEAD" else body))

    def _reset(self):
        """RST instead of FIN."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _wait_gone(self):
        self.connection.settimeout(IDLE_SECONDS)
        try:
            while self.connection.recv(4096):
                pass
        except OSError:
            pass

    def finish(self):
        try:
            super().finish()
        except OSError:
            pass


class Server(ThreadingHTTPServer):
    """`tls`: (certificate, key) as PEM files, or None."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, world, port=0, tls=None):
        super().__init__(("127.0.0.1", port), Handler)
        self.world = world
        self.stopping = threading.Event()
        self._connections = 0
        self._count = threading.Lock()
        self.scheme = "https" if tls else "http"
        if tls:
            words = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            words.load_cert_chain(*tls)
            self.socket = words.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def next_connection(self):
        with self._count:
            self._connections += 1
            return self._connections

    def shutdown_request(self, request):
        """A connection to be reset is closed without the FIN that shutdown() would send."""
        linger = request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
        if struct.unpack("ii", linger)[0]:
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request, client_address):
        """A client that went away is nothing; anything else is a fault of the fake and fails the test."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            self.world.journal.problem(f"the fake itself failed: {type(error).__name__}: {error}")

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    def start(self):
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()
        return self

    def stop(self):
        self.stopping.set()
        self.shutdown()
        self.server_close()
        self._thread.join()
        self.world.close()
