"""Open-loop clients: requests leave when they are due, whatever became of those before. Their errors are what a
deploy must not cause.

Some connections are kept and used again, some are opened for one request; every tenth request is a POST with an
Idempotency-Key. Each request has a cookie of its own, so every client is a new one to the proxy."""
import asyncio
import collections
import itertools
import threading
import time

from .proxy import wait_until

PATIENCE = 10.0  # seconds for one exchange
IDLE_MAX = 16  # connections kept


class Lost(Exception):
    """The connection ended before the answer did."""


class Connection:
    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.used = False

    async def exchange(self, octets):
        """(status, fields in lower case, body)."""
        self.writer.write(octets)
        head = await self.reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = {}
        for line in lines:
            name, _, value = line.partition(":")
            fields[name.strip().lower()] = value.strip()
        if "content-length" not in fields:
            raise Lost(f"no length: {first}")
        body = await self.reader.readexactly(int(fields["content-length"]))
        return int(first.split(" ")[1]), fields, body

    def close(self):
        self.writer.close()


class Load:
    """`rate` requests a second until `stop`. Counts are read from any thread."""

    def __init__(self, address, rate=100, host="app.test", paths=("/api/patients", "/", "/api/claims"), post_every=10,
                 fresh_every=4):
        self.address = address
        self.rate = rate
        self.host = host
        self.paths = paths
        self.post_every = post_every  # 0: GETs only
        self.fresh_every = fresh_every
        self.sent = 0
        self.answers = collections.Counter()  # by color
        self.failures = []  # of GETs: (what, path)
        self.post_failures = []
        self.slowest = 0.0  # seconds from when it was due to the end of its answer
        self._idle = []
        self._over = None  # asyncio.Event of the loop's thread
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def start(self):
        self._thread.start()
        self._ready.wait(10)
        return self

    def stop(self):
        """After it every request has had its answer or its failure."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(PATIENCE + 10)
        return self

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    async def _run(self):
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        under_way, begun = set(), time.monotonic()
        for number in itertools.count():
            due = begun + number / self.rate
            try:
                await asyncio.wait_for(self._over.wait(), max(0.0, due - time.monotonic()))
                break
            except asyncio.TimeoutError:
                pass
            task = asyncio.create_task(self._one(number, due))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)
        for connection in self._idle:
            connection.close()

    def _octets(self, number):
        path = self.paths[number % len(self.paths)]
        fields = f"Host: {self.host}\r\nCookie: client={number}\r\n"
        if self.post_every and number % self.post_every == self.post_every - 1:
            path, body = "/api/visits", b"x=1"
            return "POST", path, (f"POST {path} HTTP/1.1\r\n{fields}Idempotency-Key: load-{number}\r\n"
                                  f"Content-Length: {len(body)}\r\n\r\n").encode() + body
        return "GET", path, f"GET {path} HTTP/1.1\r\n{fields}\r\n".encode()

    async def _one(self, number, due):
        method, path, octets = self._octets(number)
        self.sent += 1
        failures = self.failures if method == "GET" else self.post_failures
        try:
            status, fields = await asyncio.wait_for(self._exchange(number, octets), PATIENCE)
        except (OSError, Lost, asyncio.IncompleteReadError, asyncio.TimeoutError) as problem:
            failures.append((repr(problem), path))
            return
        self.slowest = max(self.slowest, time.monotonic() - due)
        self.answers[fields.get("x-served-by", "nobody")] += 1
        if status >= 400:
            failures.append((status, path))

    async def _exchange(self, number, octets):
        fresh = not self._idle or number % self.fresh_every == 0
        connection = await self._open() if fresh else self._idle.pop()
        try:
            status, fields, _ = await connection.exchange(octets)
        except BaseException:
            connection.close()
            raise
        if number % self.fresh_every and len(self._idle) < IDLE_MAX and fields.get("connection") != "close":
            self._idle.append(connection)
        else:
            connection.close()
        return status, fields

    async def _open(self):
        return Connection(*await asyncio.open_connection(*self.address))

    # Facts.

    def wait_more(self, count, color=None, timeout=20.0):
        """Waits until `count` more requests were answered, by `color` if named."""
        def total():
            return self.answers[color] if color else self.answers.total()
        start = total()
        wait_until(lambda: total() >= start + count, timeout, f"{count} more answers of {color or 'any'}")

    def served_by(self, count=20):
        """Which colors answer the next `count` requests."""
        before = self.answers.copy()
        self.wait_more(count)
        return sorted((self.answers - before).keys())

    def words(self):
        """One line for people."""
        colors = ", ".join(f"{color} {count}" for color, count in sorted(self.answers.items()))
        return (f"{self.sent} requests ({colors}); client errors: {len(self.failures)} of GETs, "
                f"{len(self.post_failures)} of POSTs; slowest {self.slowest * 1000:.0f} ms")
