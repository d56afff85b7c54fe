"""Pure: what becomes of measured values: medians, ratios within a round, and whether a goal is met."""
import re
import statistics
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """One peer in one round. Times are microseconds a request where the figure is CPU."""
    value: float
    user: float | None = None
    system: float | None = None
    requests: int = 0


@dataclass
class Figure:
    """One block of the table: what was measured of which peers. A peer that failed has a reason instead."""
    name: str
    what: str
    unit: str
    goal: float | None = None
    goal_of: str = "ratio"   # or "value": what of switchyard the goal bounds
    ceiling: float | None = None  # of the ratio, in the short form
    octets: int = 0          # of the body of a request, where that is what is measured
    samples: dict = field(default_factory=dict)   # {peer: [Sample]}, one a round
    calls: dict = field(default_factory=dict)     # {peer: system calls a request}
    failures: dict = field(default_factory=dict)  # {peer: reason}
    floor: list = field(default_factory=list)     # by round: what is there without any peer; ratios are above it
    notes: list = field(default_factory=list)

    def add(self, peer, sample):
        self.samples.setdefault(peer, []).append(sample)

    def fail(self, peer, reason):
        self.failures[peer] = str(reason)
        self.samples.pop(peer, None)


def median_of(values):
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def ratio(mine, others, floor=()):
    """Median over the rounds of mine ÷ other, so that a slow minute of the machine hits both; each less the floor of
    its round, where there is one."""
    floor = floor or [0.0] * len(others)
    pairs = [(a.value - low, b.value - low) for a, b, low in zip(mine, others, floor)]
    known = [a / b for a, b in pairs if b > 0]
    return statistics.median(known) if known else None


@dataclass(frozen=True)
class Line:
    """One peer of one figure, as the table and the JSON show it."""
    peer: str
    median: float
    least: float
    most: float
    user: float | None
    system: float | None
    requests: int
    ratio: float | None
    calls: float | None
    per_gib: float | None  # seconds of CPU for a GiB of bodies


def lines(figure):
    """The peers of a figure that were measured, in the order in which they ran."""
    reference = figure.samples.get("haproxy", [])
    for peer, samples in figure.samples.items():
        values = [sample.value for sample in samples]
        median = statistics.median(values)
        yield Line(peer, median, min(values), max(values), median_of(s.user for s in samples),
                   median_of(s.system for s in samples), sum(s.requests for s in samples),
                   ratio(samples, reference, figure.floor), figure.calls.get(peer),
                   median / 1e6 * (1 << 30) / figure.octets if figure.octets else None)


def verdict(figure, line):
    """True or False for a goal met or missed; None when there is none, or nothing to hold against it."""
    if line.peer != "switchyard" or figure.goal is None:
        return None
    reached = line.ratio if figure.goal_of == "ratio" else line.median
    return None if reached is None else round(reached, 2) <= figure.goal  # as it is shown


def over_ceiling(figure):
    """Why the short form fails for this figure, or None."""
    if figure.ceiling is None:
        return None
    for line in lines(figure):
        if line.peer == "switchyard" and line.ratio is not None and line.ratio > figure.ceiling:
            return f"{figure.name}: ratio {line.ratio:.2f} is above {figure.ceiling:.2f}"
    return None


def wrk_requests(said):
    """Completed requests of a run of wrk, or a RuntimeError when a single one went wrong."""
    found = re.search(r"(\d+) requests in", said)
    if "Non-2xx" in said or "Socket errors" in said or not found or int(found.group(1)) == 0:
        raise RuntimeError(f"the run had errors:\n{said}")
    return int(found.group(1))


def strace_total(said):
    """The number of system calls in the table of `strace -c`, or None."""
    total = re.search(r"^100[.,]00\s+\S+\s+(?:\S+\s+)?(\d+)\s+(?:\d+\s+)?total$", said, re.M)
    return int(total.group(1)) if total else None
