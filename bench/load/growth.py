#!/usr/bin/python3
"""Does switchyard get dearer as things get more? CPU a request and resident size against

  connections  10, 100, 1 000, 10 000 kept-alive clients, of which 10 ask at any size and the rest wait
  endpoints    1, 4, 16, 64 of each color
  routes       1, 10, 100, 1 000 path prefixes, at most 250 of them a service; the last one is asked for

One worker on core 0, origin and load on core 1. All sizes of a kind run at once and are asked in turn, round by
round. Prints a table and one sentence: what grew by more than 10 % and beyond the spread of the rounds. Only memory
may grow with connections. JSON and SVG go to bench/results; exit 1 when something else grew."""
import argparse
import contextlib
import datetime
import html
import json
import os
import pathlib
import statistics
import sys

import idle
import machine
import measures
import peers
from drivers import Wrk
from support.proxy import service

RESULTS = pathlib.Path(__file__).resolve().parents[1] / "results"
ACTIVE = 10
SIZES = {"connections": (10, 100, 1000, 10_000), "endpoints": (1, 4, 16, 64), "routes": (1, 10, 100, 1000)}


def grew(series):
    """Factor from the smallest size to the largest, when it is over 1.1 and no round of the one is among those of
    the other; else None. `series` is {size: [value of each round]}."""
    first, last = series[min(series)], series[max(series)]
    factor = statistics.median(last) / statistics.median(first)
    return factor if factor > 1.1 and min(last) > max(first) else None


def many_origins(folder, count):
    """One nginx that listens on so many ports for each color."""
    ports = machine.free_ports(2 * count)
    listen = " ".join(f"listen 127.0.0.1:{port} backlog=4096;" for port in ports)
    body = (f"server {{ {listen} location / {{ return 200 '{'x' * 1024}'; }}"
            " location = /healthz { return 200 '{\"status\":\"healthy\"}'; } }")
    command = peers.nginx_command(folder, "origins", body, peers.Setup(clients=8192))
    return peers.Peer("origins", command, ports, str(machine.LOAD_CORE)).wait()


class Grown(peers.Switchyard):
    """The product with so many endpoints and routes, and idle clients."""

    def __init__(self, world, kind, size):
        setup = peers.Setup(clients=size + 200 if kind == "connections" else 1000)
        super().__init__(world.origin.ports, peers.cores_for(1), **peers.switchyard_config(world, setup))
        self.held, self.path = [], "/"
        backend = self.proxy.config["services"]["backend"]
        if kind == "endpoints":
            urls = [f"http://127.0.0.1:{port}" for port in world.many.ports]
            backend.update(service(urls[:size], urls[-size:], health={"interval": "1s", "timeout": "800ms"}))
        if kind == "routes":
            self.add_routes(backend, size)
        self.wait()
        if kind == "connections":
            self.held = idle.connect(self.port, size - ACTIVE)

    def add_routes(self, first, size):
        """A service takes 256 of them."""
        routes = [f"/r{number}/" for number in range(1, size)]
        first["match"]["paths"] += routes[:249]
        for begin in range(249, len(routes), 250):
            more = {**first, "match": {"paths": routes[begin:begin + 250]}}
            self.proxy.config["services"][f"more{begin}"] = more
        self.path = f"/r{size - 1}/x"

    def stop(self):
        closed = sum(map(idle.ended, self.held))
        idle.drop(self.held)
        super().stop()
        if closed:
            raise RuntimeError(f"{closed} idle connections were closed")


def measure(world, kind, sizes, options):
    """{"cpu": {size: [µs a request of each round]}, "memory": {size: [MiB …]}}"""
    found = {"cpu": {size: [] for size in sizes}, "memory": {size: [] for size in sizes}}
    run = measures.Run(world, ["switchyard"], options.rounds, options.seconds)
    with contextlib.ExitStack() as stack:
        grown = {}
        for size in sizes:
            grown[size] = Grown(world, kind, size)
            stack.callback(grown[size].stop)
        loads = {size: Wrk(ACTIVE if kind == "connections" else 64, path=one.path) for size, one in grown.items()}
        for size, one in grown.items():
            loads[size].ask(one.port, 1, world.folder)  # warms connections and caches
        for number in range(options.rounds):
            for size in sizes if number % 2 == 0 else sizes[::-1]:
                found["cpu"][size].append(measures.once(run, grown[size], loads[size]).value)
                found["memory"][size].append(machine.resident(grown[size].pid) / (1 << 20))
            measures.say(f"  {kind}, round {number + 1} of {options.rounds}: " + ", ".join(
                f"{size} {values[-1]:.1f} µs" for size, values in found["cpu"].items()))
    return found


def table(found):
    out = [f"{'':24}{'CPU µs a request':>26}{'resident MiB':>16}", f"{'':24}{'median (min – max)':>26}{'median':>16}"]
    for kind, series in found.items():
        for size, values in series["cpu"].items():
            span = f"{statistics.median(values):.1f} ({min(values):.1f} – {max(values):.1f})"
            out.append(f"{kind:14}{size:>10}{span:>26}{statistics.median(series['memory'][size]):>16.1f}")
        out += [f"  {line}" for line in per_connection(kind, series["memory"])]
    return "\n".join(out)


def per_connection(kind, memory):
    if kind != "connections":
        return
    few, many = min(memory), max(memory)
    grown = statistics.median(memory[many]) - statistics.median(memory[few])
    yield f"{grown * (1 << 20) / (many - few):.0f} bytes for each connection more"


def sentence(found):
    """(words, True when something grew that must not)"""
    names = {"cpu": "CPU a request", "memory": "memory"}
    said = [f"{names[what]} with {kind} × {factor:.2f}" for kind, series in found.items()
            for what, values in series.items() if (kind, what) != ("connections", "memory")
            and (factor := grew(values))]
    if said:
        return "Beside memory with connections there grew: " + ", ".join(said) + ".", True
    return "Nothing but memory with connections grew by more than 10 % beyond the spread of the rounds.", False


def panel(kind, what, values, left):
    """One plot: sizes side by side, so on a logarithmic scale; zero is the bottom."""
    top = 1.15 * max(max(rounds) for rounds in values.values())
    unit = "µs a request" if what == "cpu" else "MiB resident"
    parts, points = [f'<text x="{left}" y="20" font-weight="bold">{html.escape(f"{unit}, {kind}")}</text>'
                     f'<path d="M{left} 190H{left + 210}" stroke="#57606a"/>'], []
    for index, (size, rounds) in enumerate(values.items()):
        x = left + 20 + 57 * index
        low, middle, high = (190 - 150 * value / top for value in
                             (min(rounds), statistics.median(rounds), max(rounds)))
        points.append(f"{x},{middle:.1f}")
        parts.append(f'<path d="M{x} {low:.1f}V{high:.1f}" stroke="#9ecbff" stroke-width="4"/>'
                     f'<circle cx="{x}" cy="{middle:.1f}" r="3" fill="#1f6feb"/>'
                     f'<text x="{x}" y="{high - 6:.1f}" text-anchor="middle">{statistics.median(rounds):.1f}</text>'
                     f'<text x="{x}" y="206" text-anchor="middle">{size}</text>')
    return "".join(parts) + f'<polyline points="{" ".join(points)}" fill="none" stroke="#1f6feb"/>'


def chart(found):
    rows = ""
    for row, what in enumerate(("cpu", "memory")):
        inside = "".join(panel(kind, what, series[what], 20 + 250 * number)
                         for number, (kind, series) in enumerate(found.items()))
        rows += f'<g transform="translate(0 {220 * row})">{inside}</g>'
    return ('<svg xmlns="http://www.w3.org/2000/svg" width="770" height="440" font-family="sans-serif" font-size="11">'
            f'<rect width="100%" height="100%" fill="#ffffff"/>{rows}</svg>\n')


def keep(options, found, words):
    at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    text = json.dumps({"at": at, "machine": machine.facts([]), "rounds": options.rounds, "seconds": options.seconds,
                       "active": ACTIVE, "found": found, "words": words}, indent=1, ensure_ascii=False) + "\n"
    if options.json:
        pathlib.Path(options.json).write_text(text, encoding="utf-8")
        return
    (RESULTS / f"growth-{at}.json").write_text(text, encoding="utf-8")
    (RESULTS / f"growth-{at}.svg").write_text(chart(found), encoding="utf-8")
    print(f"bench/results/growth-{at}.json and .svg")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", nargs="+", choices=SIZES, default=list(SIZES), help="only these")
    parser.add_argument("--rounds", type=int, default=5, help="of each size (5)")
    parser.add_argument("--seconds", type=float, default=3, help="of load for each size in each round (3)")
    parser.add_argument("--json", metavar="FILE", help="write the JSON there, and no SVG")
    return parser.parse_args()


def main():
    options = arguments()
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("growth: needs two cores: one for the proxy, one for origin and load")
    os.sched_setaffinity(0, {machine.LOAD_CORE})
    machine.end_tidily()
    most = machine.affordable(max(SIZES["connections"]))
    found = {}
    with machine.Folder() as folder, contextlib.ExitStack() as stack:
        world = peers.World(folder)
        stack.callback(world.stop)
        world.many = many_origins(folder, max(SIZES["endpoints"]))
        stack.callback(world.many.stop)
        for kind in options.kinds:
            sizes = [min(size, most) if kind == "connections" else size for size in SIZES[kind]]
            measures.say(f"{kind}: {', '.join(map(str, sizes))}")
            found[kind] = measure(world, kind, sizes, options)
    words, bad = sentence(found)
    print(f"{table(found)}\n{words}")
    keep(options, found, words)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
