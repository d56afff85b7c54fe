"""An origin that records every byte it receives and answers by script, so that a test can misbehave
exactly as it likes. Health checks are answered apart and not recorded."""
import json
import socket
import threading
import time

from .wire import Ended, Message, Reader, WAIT, parse_head, response


class Request(Message):
    """One request as the origin received it. `read_body()` has been called for plain scripts."""

    @property
    def method(self):
        return self.start.split(" ")[0]

    @property
    def target(self):
        return self.start.split(" ")[1]

    @property
    def version(self):
        return self.start.split(" ")[2]


class Peer(Reader):
    """The origin's end of one connection, as scripts see it."""

    def __init__(self, sock, number):
        super().__init__(sock, timeout=30.0)
        self.number = number

    def send(self, octets):
        self.sock.settimeout(30.0)
        self.sock.sendall(octets)

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()

    def half_close(self):
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.sock.close()

    def read_body(self, message):
        if "chunked" in message.tokens("transfer-encoding"):
            message.body, message.trailers = self.chunked()
        elif message.values("content-length"):
            message.body = self.exactly(int(message.value("content-length")))


def then_end(octets):
    """A script that answers without reading the body and ends the connection."""
    def script(peer, _):
        peer.send(octets)
        return False
    return script


class Origin:
    """`scripts` maps a path (target without query) to bytes, or to a function(peer, request). A function
    returns False to end the connection. Anything unscripted gets 200 with the origin's name."""

    def __init__(self, name="blue", version="v20240101-abc1234", tls=None):
        self.name = name
        self.version = version
        self.healthy = True
        self.health_paths = ("/healthz", "/health")
        self.scripts = {}
        self.default = None
        self.requests = []
        self.traffic = []   # Peer objects that carried anything but health checks
        self.accepted = 0
        self.probes = 0
        self.changed = threading.Condition()
        self.tls = tls
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.address = self.listener.getsockname()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.address[1]}"
        self.open = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def on(self, path, script):
        self.scripts[path] = script

    def close(self):
        """Stops listening and drops every connection, as a killed server would."""
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        for peer in list(self.open):
            peer.close()

    def seen(self, path):
        """Requests recorded so far whose target, without query, is `path`."""
        return [r for r in list(self.requests) if r.target.split("?")[0] == path]

    def wait(self, path, count=1, timeout=WAIT):
        """The first `count` requests for `path`, waiting until they are there."""
        deadline = time.monotonic() + timeout
        with self.changed:
            while len(found := self.seen(path)) < count:
                left = deadline - time.monotonic()
                if left <= 0 or not self.changed.wait(left):
                    raise AssertionError(f"origin saw {len(found)} of {count} requests for {path}")
        return found

    def octets(self):
        """Every byte of traffic received, over all connections."""
        return b"".join(bytes(peer.taken) for peer in list(self.traffic))

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.accepted += 1
            threading.Thread(target=self._serve, args=(sock, self.accepted), daemon=True).start()

    def _serve(self, sock, number):
        try:
            if self.tls is not None:
                sock.settimeout(WAIT)
                sock = self.tls.wrap_socket(sock, server_side=True)
        except OSError:
            sock.close()
            return
        peer = Peer(sock, number)
        self.open.add(peer)
        try:
            while self._one(peer):
                pass
        except (OSError, Ended, TimeoutError, ValueError):
            pass
        finally:
            self.open.discard(peer)
            sock.close()

    def _one(self, peer):
        peer.timeout = 300.0
        probing = b""
        while b"\r\n\r\n" not in peer.buffer:
            peer.fill(time.monotonic() + peer.timeout)
            probing = peer.buffer[:64].split(b" ")[1:2]
            if probing and probing[0].decode("latin-1") not in self.health_paths:
                self._note(peer)
        peer.timeout = 30.0
        raw = peer.until(b"\r\n\r\n")
        message = parse_head(raw)
        message.__class__ = Request
        message.peer = peer
        path = message.target.split("?")[0]
        if path in self.health_paths and path not in self.scripts:
            return self._health(peer)
        self._note(peer)
        return self._answer(peer, message, path)

    def _note(self, peer):
        if peer not in self.traffic:
            self.traffic.append(peer)

    def _health(self, peer):
        self.probes += 1
        body = json.dumps({
            "status": "healthy", "service": "pms-backend", "version": self.version,
            "gitSha": self.version.rpartition("-")[2], "environment": "test",
            "buildTime": "2024-01-01T12:00:00Z"}).encode()
        status = "200 OK" if self.healthy else "503 Service Unavailable"
        peer.send(response(status, [("Content-Type", "application/json")], body))
        return True

    def _answer(self, peer, message, path):
        script = self.scripts.get(path, self.default)
        if callable(script):
            self._record(message)
            return script(peer, message) is not False
        peer.read_body(message)
        self._record(message)
        octets = script
        if octets is None:
            octets = response(fields=[("X-Origin", self.name), ("X-Version", self.version)],
                              body=self.name.encode())
        if message.method == "HEAD" and script is None:
            octets = octets[:octets.index(b"\r\n\r\n") + 4]
        peer.send(octets)
        return b"connection: close" not in octets.lower().split(b"\r\n\r\n")[0]

    def _record(self, message):
        with self.changed:
            self.requests.append(message)
            self.changed.notify_all()
