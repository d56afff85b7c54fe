"""How a row is measured: each function takes a row and the run, and gives the figures that came out. Rounds are
interleaved: one run of each peer in turn, again and again. A peer that fails once is out of the row, with a reason."""
import contextlib
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace

import drivers
import idle
import machine
from figures import Figure, Sample


@dataclass(frozen=True)
class Run:
    """What all rows of one run share."""
    world: object
    peers: list
    rounds: int = 5
    seconds: float = 3
    syscalls: bool = True

    def of(self, row):
        return [name for name in self.peers if not row.peers or name in row.peers]


FAILURES = (RuntimeError, OSError, AssertionError, ValueError, subprocess.SubprocessError)


def say(text):
    print(text, file=sys.stderr, flush=True)


def attempt(figure, peer, action):
    """What the action gives, or None and the failure in the figure."""
    try:
        return action()
    except FAILURES as failure:
        if isinstance(failure, subprocess.CalledProcessError):
            failure = f"{failure.cmd[3]} ended with {failure.returncode}: {failure.stderr}"
        figure.fail(peer, failure)
        say(f"  {figure.name}: {peer} failed: {failure}")
        return None


@contextlib.contextmanager
def started(run, row, figure):
    """The peers of a row, by name, those that would not start left out."""
    with contextlib.ExitStack() as stack:
        made = {}
        for name in run.of(row):
            peer = attempt(figure, name, lambda name=name: run.world.peer(name, row.setup))
            if peer:
                stack.callback(peer.stop)
                made[name] = peer
        yield made


def figure_of(row, unit, **more):
    return Figure(row.name, row.what, unit, **{"goal": row.goal, "goal_of": row.goal_of, "ceiling": row.ceiling,
                                               "octets": row.octets, **more})


def once(run, peer, load):
    """CPU a request over one run of the load."""
    before = machine.Ticks.of(peer.pid)
    requests = load.ask(peer.port, run.seconds, run.world.folder)
    used = machine.Ticks.of(peer.pid).since(before)
    if peer.log not in (None, "off"):
        if os.path.getsize(peer.log) < 50 * requests:
            raise RuntimeError("not every request was logged")
        os.truncate(peer.log, 0)  # They append.
    user, system = used.user * 1e6 / requests, used.system * 1e6 / requests
    return Sample(user + system, user, system, requests)


def in_turn(figure, peers, number):
    """Peers still in the row; every second round the other way round."""
    left = [name for name in peers if name not in figure.failures]
    return left if number % 2 == 0 else left[::-1]


def warm(run, figure, peers, load):
    for name, peer in peers.items():
        attempt(figure, name, lambda peer=peer: load.ask(peer.port, 1, run.world.folder))


def progress(figure, number, rounds):
    last = ", ".join(f"{name} {samples[-1].value:.2f}" for name, samples in figure.samples.items())
    say(f"  {figure.name}, round {number + 1} of {rounds}: {last} {figure.unit}")


def cpu(row, run):
    figure = figure_of(row, "CPU µs a request")
    with started(run, row, figure) as peers:
        warm(run, figure, peers, row.load)
        for number in range(run.rounds):
            for name in in_turn(figure, peers, number):
                sample = attempt(figure, name, lambda name=name: once(run, peers[name], row.load))
                if sample:
                    figure.add(name, sample)
            progress(figure, number, run.rounds)
        for name in in_turn(figure, peers, 0) if run.syscalls else []:
            calls = attempt(figure, name, lambda name=name: drivers.system_calls(
                peers[name], row.load, run.world.folder))
            if calls:
                figure.calls[name] = calls
    figure.samples = {name: figure.samples[name] for name in run.of(row) if name in figure.samples}
    return [figure]


PERCENTILES = ("p50", "p99", "p99.9")


def latency(row, run):
    """Rounds of openload: the origin itself, then each peer, all at one rate."""
    found = {key: Figure(f"latency-{key}", f"{key}, {row.what}", "ms", row.goal if key == "p99" else None)
             for key in PERCENTILES}
    first = found["p50"]
    with started(run, row, first) as peers:
        warm(run, first, peers, row.load)
        if "haproxy" not in peers or first.failures.get("haproxy"):
            first.fail("haproxy", "without HAProxy's saturation there is no rate")
            return [first]
        seconds = max(2, round(run.seconds))
        rate = row.load.ask(peers["haproxy"].port, seconds, run.world.folder) / seconds / 2
        ports = {"origin": run.world.origin.port, **{name: peer.port for name, peer in peers.items()}}
        for number in range(run.rounds):
            for name in in_turn(first, ports, number):
                said = attempt(first, name, lambda name=name: drivers.open_loop(ports[name], rate, run.seconds))
                for key, figure in found.items() if said else []:
                    figure.add(name, Sample(said[f"{key}_ms"], requests=said["ok"]))
            progress(found["p99"], number, run.rounds)
    for figure in found.values():
        figure.failures = dict(first.failures)
        figure.floor = [sample.value for sample in figure.samples.pop("origin", [])]
        figure.samples = {name: figure.samples[name] for name in run.of(row) if name in figure.samples
                          and name not in figure.failures}
        middle = sorted(figure.floor)[len(figure.floor) // 2] if figure.floor else 0
        figure.notes.append(f"{rate:.0f} requests a second; the origin itself: {middle:.3f} ms")
    return list(found.values())


def idle_connections(row, run):
    """One measurement a peer: the figure is a property of its structures, not of the moment."""
    figure = figure_of(row, "bytes a connection")
    count = machine.affordable(row.setup.clients)
    figure.notes.append(f"{count} connections")
    for name in run.of(row):
        def one(name=name):
            peer = run.world.peer(name, replace(row.setup, clients=count + 100))
            try:
                return idle.growth(peer, count, row.setup.tls)
            finally:
                peer.stop()
        grown = attempt(figure, name, one)
        if grown is not None:
            figure.add(name, Sample(grown, requests=count))
            say(f"  {row.name}: {name} {grown:.0f} bytes a connection")
    return [figure]


def workers(row, run):
    figure = figure_of(row, "× of one worker")
    with contextlib.ExitStack() as stack:
        peers = {}
        for count in (1, 2):
            peers[count] = stack.enter_context(started(run, replace(row, setup=replace(row.setup, workers=count)),
                                                       figure))
            warm(run, figure, peers[count], row.load)
        for number in range(run.rounds):
            for name in in_turn(figure, peers[2], number):
                pair = attempt(figure, name, lambda name=name: [
                    once(run, peers[count][name], row.load) for count in (1, 2)])
                if pair:
                    figure.add(name, Sample(pair[1].value / pair[0].value, requests=pair[1].requests))
            progress(figure, number, run.rounds)
    figure.samples = {name: figure.samples[name] for name in run.of(row) if name in figure.samples}
    return [figure]


@contextlib.contextmanager
def changing(peer, times_a_second):
    """Weights change all the while, on a schedule; gives a list with the number of changes made."""
    done, made, broken = threading.Event(), [0], []

    def change():
        due = time.monotonic()
        while not done.wait(max(0.0, due - time.monotonic())):
            due += 1 / times_a_second
            green = 1 + made[0] % 99
            try:
                peer.weights(100 - green, green)
            except FAILURES as failure:
                broken.append(failure)
                return
            made[0] += 1
    thread = threading.Thread(target=change, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        done.set()
        thread.join(5)
    if broken:
        raise RuntimeError(f"a change failed: {broken[0]}")


def with_and_without_control(run, peer, load):
    """CPU a request of the process, and of its workers alone."""
    before = machine.Ticks.of_first_thread(peer.pid)
    sample = once(run, peer, load)
    control = machine.Ticks.of_first_thread(peer.pid).since(before).total() * 1e6 / sample.requests
    return sample.value, sample.value - control


def weights(row, run):
    """The goal is of the process; what a change costs the requests is seen in the workers."""
    figure = figure_of(row, "× of no change")
    workers_only = Figure("weights-worker", "the same, of the worker threads alone", figure.unit)
    rates = []
    with started(run, row, figure) as peers:
        warm(run, figure, peers, row.load)

        def pair(peer):
            peer.weights(50, 50)
            quiet = with_and_without_control(run, peer, row.load)
            with changing(peer, 100) as made:
                moving = with_and_without_control(run, peer, row.load)
                rates.append(made[0] / max(1, round(run.seconds)))
            return [Sample(after / before) for before, after in zip(quiet, moving)]
        for number in range(run.rounds):
            for name in in_turn(figure, peers, number):
                samples = attempt(figure, name, lambda name=name: pair(peers[name]))
                for each, sample in zip((figure, workers_only), samples or []):
                    each.add(name, sample)
            progress(figure, number, run.rounds)
    if rates:
        figure.notes.append(f"{min(rates):.0f} changes a second at least")
    return [figure, workers_only]


def start(row, run):
    """Time until the first answer, then the resident size a second later."""
    times = Figure("start-time", "from exec to the first request answered", "ms", 50, "value")
    sizes = Figure("idle-size", "resident size, nothing connected", "MiB", 20, "value")
    for number in range(run.rounds):
        for name in in_turn(times, run.of(row), number):
            found = attempt(times, name, lambda name=name: idle.start(run.world, name, row.setup))
            if found:
                times.add(name, Sample(found[0] * 1e3))
                sizes.add(name, Sample(found[1] / (1 << 20)))
        progress(times, number, run.rounds)
    sizes.failures = dict(times.failures)
    for figure in (times, sizes):
        figure.samples = {name: figure.samples[name] for name in run.of(row) if name in figure.samples
                          and name not in figure.failures}
    return [times, sizes]


MEASURES = {"cpu": cpu, "latency": latency, "idle": idle_connections, "workers": workers, "weights": weights,
            "start": start}
