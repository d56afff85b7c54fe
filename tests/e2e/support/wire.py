"""A raw HTTP/1 client over one socket. It sends exactly the bytes it is given, reads with a deadline,
and says how each response ended; it never repairs what it receives."""
import socket
import ssl
import time
from dataclasses import dataclass, field

WAIT = 5.0  # seconds any single expectation may take
TAKEN_MAX = 4 * 1024 * 1024  # bytes a reader remembers of what it received


class Ended(Exception):
    """The peer closed or reset before the message was whole; `got` is what came."""

    def __init__(self, got, reset=False):
        super().__init__(f"ended after {got!r}")
        self.got = got
        self.reset = reset


@dataclass
class Message:
    start: str = ""
    fields: list = field(default_factory=list)
    body: bytes = b""
    trailers: list = field(default_factory=list)
    head: bytes = b""
    complete: bool = True
    interim: list = field(default_factory=list)

    def values(self, name):
        return [v for n, v in self.fields if n.lower() == name.lower()]

    def value(self, name):
        found = self.values(name)
        return ", ".join(found) if found else None

    def tokens(self, name):
        return [t.strip().lower() for v in self.values(name) for t in v.split(",") if t.strip()]

    @property
    def version(self):
        return self.start.split(" ")[0]

    @property
    def status(self):
        return int(self.start.split(" ")[1])


def parse_head(raw):
    lines = raw.decode("latin-1").split("\r\n")
    message = Message(start=lines[0], head=raw)
    for line in lines[1:]:
        if line:
            name, _, value = line.partition(":")
            message.fields.append((name, value.strip(" \t")))
    return message


class Reader:
    """Buffered reads with one deadline per call."""

    def __init__(self, sock, timeout=WAIT):
        self.sock = sock
        self.timeout = timeout
        self.buffer = b""
        self.taken = bytearray()  # everything received, up to TAKEN_MAX

    def fill(self, deadline):
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"nothing more after {self.buffer[-200:]!r}")
        self.sock.settimeout(left)
        try:
            more = self.sock.recv(65536)
        except ssl.SSLError as problem:
            raise Ended(self.buffer, reset=True) from problem
        except (ConnectionError, BrokenPipeError) as problem:
            raise Ended(self.buffer, reset=True) from problem
        except socket.timeout as problem:
            raise TimeoutError(f"nothing more after {self.buffer[-200:]!r}") from problem
        if not more:
            raise Ended(self.buffer)
        if len(self.taken) < TAKEN_MAX:
            self.taken += more
        self.buffer += more

    def until(self, mark, timeout=None):
        deadline = time.monotonic() + (timeout or self.timeout)
        while mark not in self.buffer:
            self.fill(deadline)
        cut = self.buffer.index(mark) + len(mark)
        out, self.buffer = self.buffer[:cut], self.buffer[cut:]
        return out

    def exactly(self, count, timeout=None):
        deadline = time.monotonic() + (timeout or self.timeout)
        parts = []
        left = count
        while True:
            piece, self.buffer = self.buffer[:left], self.buffer[left:]
            parts.append(piece)
            left -= len(piece)
            if not left:
                return b"".join(parts)
            try:
                self.fill(deadline)
            except Ended as end:
                raise Ended(b"".join(parts), end.reset) from end

    def to_end(self, timeout=None):
        deadline = time.monotonic() + (timeout or self.timeout)
        try:
            while True:
                self.fill(deadline)
        except Ended as end:
            out, self.buffer = self.buffer, b""
            self.was_reset = end.reset
            return out

    def chunked(self):
        """Body and trailer fields of a strictly framed chunked message."""
        body = bytearray()
        try:
            while True:
                line = self.until(b"\r\n")
                size = int(line.split(b";")[0].strip(), 16)
                if size == 0:
                    break
                body += self.exactly(size)
                if self.exactly(2) != b"\r\n":
                    raise ValueError("chunk without its CRLF")
            trailers = []
            while (line := self.until(b"\r\n")) != b"\r\n":
                name, _, value = line.decode("latin-1").partition(":")
                trailers.append((name, value.strip()))
            return bytes(body), trailers
        except Ended as end:
            raise Ended(bytes(body), end.reset) from end

    def head(self, timeout=None):
        return parse_head(self.until(b"\r\n\r\n", timeout))


class Client(Reader):
    def __init__(self, address, tls=None, server_name=None, timeout=WAIT):
        raw = socket.create_connection(address, timeout=timeout)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            raw = tls.wrap_socket(raw, server_hostname=server_name, suppress_ragged_eofs=False)
        super().__init__(raw, timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.sock.close()

    def send(self, octets):
        self.sock.settimeout(self.timeout)
        self.sock.sendall(octets)

    def try_send(self, octets):
        """Sends as much as the peer takes; False once it has hung up."""
        try:
            self.send(octets)
            return True
        except OSError:
            return False

    def half_close(self):
        self.sock.shutdown(socket.SHUT_WR)

    def response(self, method="GET", timeout=None):
        """The next final response. An incomplete one comes back with complete=False."""
        interim = []
        message = self.head(timeout)
        while 100 <= message.status < 200 and message.status != 101:
            interim.append(message)
            message = self.head(timeout)
        message.interim = interim
        if method == "HEAD" or message.status in (101, 204, 304):
            return message
        try:
            if "chunked" in message.tokens("transfer-encoding"):
                message.body, message.trailers = self.chunked()
            elif message.values("content-length"):
                message.body = self.exactly(int(message.value("content-length")), timeout)
            else:
                message.body = self.to_end(timeout)
                message.complete = not self.was_reset
        except Ended as end:
            message.body = end.got
            message.complete = False
        return message

    def exchange(self, octets, method="GET", timeout=None):
        self.try_send(octets)
        return self.response(method, timeout)

    def closed(self, timeout=None):
        """True when the peer ends the connection in time without sending another byte."""
        return self.to_end(timeout) == b""


def request(method, target, fields=(), body=b"", host="app.test", version="HTTP/1.1"):
    """A well-formed request; `fields` are (name, value) pairs, Content-Length is added for a body."""
    lines = [f"{method} {target} {version}"]
    if host is not None:
        lines.append(f"Host: {host}")
    lines += [f"{n}: {v}" for n, v in fields]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def response(status="200 OK", fields=(), body=b"", length=True):
    """A well-formed response head and body for scripts."""
    lines = [f"HTTP/1.1 {status}"]
    lines += [f"{n}: {v}" for n, v in fields]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body
