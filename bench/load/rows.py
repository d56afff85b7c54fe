"""The rows of the table: each a small value that says what is done, how it is measured and what is to be reached.

Goals are ratios to HAProxy in the same run unless `goal_of` says otherwise. Ceilings make a row part of the short
form; they are there to catch a row that became half as expensive again, not to hold the goals: each is the goal or
what is reached today, whichever is higher, and 0.25 to 0.5 above it, which is what a shared machine with two cores and
rounds of two seconds was seen to add."""
from dataclasses import dataclass, replace

from drivers import Closed, Wrk
from peers import SIZES, Setup


@dataclass(frozen=True)
class Row:
    name: str
    what: str
    measure: str = "cpu"       # a function of measures.py
    setup: Setup = Setup()
    load: object = Wrk()
    goal: float | None = None
    goal_of: str = "ratio"     # or "value"
    ceiling: float | None = None
    octets: int = 0            # of the body of a request
    peers: tuple = ()          # the only ones that can do it; empty: all


TLS = Setup(tls=True)
UP = Setup(splice=True, swallow=True)
NAMES = {"64k": "64 KiB", "1m": "1 MiB", "100m": "100 MiB"}
CLIENTS = {"64k": 32, "1m": 16, "100m": 4}


def body_rows():
    for size, octets in SIZES.items():
        goal = None if size == "64k" else 1.00
        clients = CLIENTS[size]
        yield Row(f"body-{size}-down", f"GET of {NAMES[size]}, {clients} kept-alive clients", setup=Setup(splice=True),
                  load=Closed(clients, path=f"/{size}"), goal=goal, ceiling=1.75 if size == "1m" else None,
                  octets=octets)
        yield Row(f"body-{size}-up", f"POST of {NAMES[size]}, read to its end by the origin, {clients} kept-alive"
                  " clients", setup=UP, load=Closed(clients, post=octets), goal=goal, octets=octets)


ROWS = [
    Row("keep-alive", "1 KiB, 64 kept-alive clients", goal=0.85, ceiling=1.35),
    Row("access-log", "the same, access log on, each to a file", setup=Setup(log=True), goal=0.90, ceiling=1.40),
    Row("tls", "1 KiB, 64 kept-alive clients, TLS 1.3, AES-128-GCM", setup=TLS, load=Wrk(tls=True), goal=0.90,
        ceiling=1.40),
    Row("tls-full", "a full TLS 1.3 handshake (ECDSA P-256, X25519) for every request", setup=TLS,
        load=Closed(tls=True, close=True), goal=1.00),
    Row("tls-resumed", "a resumed TLS 1.3 handshake for every request", setup=TLS,
        load=Closed(tls=True, close=True, resume=True), goal=1.00, ceiling=1.50,
        peers=("haproxy", "nginx", "switchyard")),  # h2o 2.2 resumes every second one only
    Row("new-connections", "a new TCP connection for every request (closedload)", load=Closed(close=True), goal=0.90,
        ceiling=1.40),
    *body_rows(),
    Row("latency", "open loop at half of HAProxy's saturation; the ratio is of what is added to the origin's own",
        measure="latency", goal=1.00),
    Row("idle-plain", "memory of an idle connection", measure="idle", setup=Setup(clients=10_000), goal=1.00),
    Row("idle-tls", "memory of an idle TLS connection", measure="idle", setup=Setup(tls=True, clients=10_000),
        goal=1.00),
    Row("workers", "CPU a request of two workers ÷ that of one, each against itself", measure="workers", goal=1.05,
        goal_of="value", peers=("haproxy", "switchyard")),
    Row("weights", "CPU a request while weights change 100 times a second ÷ that without", measure="weights",
        goal=1.02, goal_of="value", peers=("switchyard",)),
    Row("start", "from exec to the first request answered, and what is then in memory", measure="start"),
]


def by_name(names):
    """Rows of these names, in the order of the table; an unknown one is a ValueError that names those there are."""
    unknown = set(names) - {row.name for row in ROWS}
    if unknown:
        raise ValueError(f"no row {', '.join(sorted(unknown))}; there are {', '.join(row.name for row in ROWS)}")
    return [row for row in ROWS if row.name in names]


def short_form():
    return [row for row in ROWS if row.ceiling is not None]


def without_ceilings(chosen):
    return [replace(row, ceiling=None) for row in chosen]
