#!/usr/bin/python3
"""CPU per request of two builds of switchyard, side by side: the one at hand against --baseline, in interleaved
rounds, so that what else the machine does hits both. The ratio is the median of the rounds' ratios.

Two states are measured: all traffic on one color, and a split of 90 to 10 % by hand, which is where verdict and
shield have work to do. Cores as in run.py."""
import argparse
import json
import os
import statistics
import sys

import peers
import run

STATES = {"one color": (100, 0), "90 to 10 %": (90, 10)}


class Build(peers.Switchyard):
    """The product from one binary."""

    def __init__(self, name, program, upstreams, core):
        self.name = name
        super().__init__(upstreams, core, program=os.path.abspath(program))

    def split(self, weights):
        reply = self.proxy.weights(*weights)
        if reply.status != 200:
            raise RuntimeError(f"weights refused: {reply.body!r}")


def one_state(builds, weights, options):
    rounds = {build.name: [] for build in builds}
    for build in builds:
        build.split(weights)
        run.wrk(build.port, 1, options.connections)  # warms connections and caches
    for number in range(options.rounds):
        for build in builds if number % 2 == 0 else reversed(builds):
            rounds[build.name].append(run.measure(build, options.seconds, options.connections))
        print(f"round {number + 1} of {options.rounds}: " + ", ".join(
            f"{name} {done[-1]['total_us']:.1f} µs" for name, done in rounds.items()), file=sys.stderr)
    result = {name: run.summary(done) for name, done in rounds.items()}
    pairs = zip(rounds["now"], rounds["baseline"])
    result["now"]["ratio"] = statistics.median(now["total_us"] / old["total_us"] for now, old in pairs)
    result["baseline"]["ratio"] = 1.0
    return result


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--baseline", required=True, help="another switchyard binary")
    parser.add_argument("--now", default=peers.binary("switchyard"), help="the binary at hand")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--json", help="file for the figures")
    parser.add_argument("--fail-above", type=float, help="exit 1 when a ratio is higher")
    return parser.parse_args()


def main():
    options = arguments()
    if os.cpu_count() < 2:
        sys.exit("needs two cores: one for the proxy, one for origin and load")
    builds, result = [], {}
    with peers.Folder() as folder:
        upstream = peers.origin(folder, run.LOAD_CORE)
        try:
            for name, program in (("baseline", options.baseline), ("now", options.now)):
                builds.append(Build(name, program, upstream.ports, run.PROXY_CORE))
            for state, weights in STATES.items():
                result[state] = one_state(builds, weights, options)
        finally:
            for peer in [*builds, upstream]:
                peer.stop()
    for state, measured in result.items():
        print(f"{state}\n{run.table(measured)}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=1)
    worst = max(measured["now"]["ratio"] for measured in result.values())
    print(f"CPU per request against the baseline: {worst:.2f} at worst")
    return 1 if options.fail_above and worst > options.fail_above else 0


if __name__ == "__main__":
    sys.exit(main())
