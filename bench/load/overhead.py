#!/usr/bin/python3
"""CPU per request of two builds of switchyard, side by side: the one at hand against --baseline, in interleaved
rounds, so that what else the machine does hits both. The ratio is the median of the rounds' ratios.

Two states are measured: all traffic on one color, and a split of 90 to 10 % by hand, which is where verdict and
shield have work to do. Cores as in run.py."""
import argparse
import json
import os
import sys

import figures
import machine
import measures
import peers
import report
from drivers import Wrk

STATES = {"one color": (100, 0), "90 to 10 %": (90, 10)}


class Build(peers.Switchyard):
    """The product from one binary."""

    def __init__(self, name, program, upstreams):
        super().__init__(upstreams, peers.cores_for(1), program=os.path.abspath(program))
        self.name = name


def one_state(builds, state, run, load):
    figure = figures.Figure(state, "CPU of two builds", "µs a request")
    for build in builds:
        build.weights(*STATES[state])
        load.ask(build.port, 1, run.world.folder)  # warms connections and caches
    for number in range(run.rounds):
        for build in builds if number % 2 == 0 else reversed(builds):
            figure.add(build.name, measures.once(run, build, load))
        measures.progress(figure, number, run.rounds)
    return figure


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


def measure(options):
    """{state: Figure}, both builds side by side."""
    with machine.Folder() as folder:
        builds, world = [], peers.World(folder)
        run = measures.Run(world, ["baseline", "now"], options.rounds, options.seconds)
        try:
            for name, program in (("baseline", options.baseline), ("now", options.now)):
                builds.append(Build(name, program, world.origin.ports).wait())
            return {state: one_state(builds, state, run, Wrk(options.connections)) for state in STATES}
        finally:
            for build in builds:
                build.stop()
            world.stop()


def main():
    options = arguments()
    if os.cpu_count() < 2:
        sys.exit("needs two cores: one for the proxy, one for origin and load")
    found = measure(options)
    print(report.table(found.values(), ["baseline", "now"]))
    ratios = {state: figures.ratio(figure.samples["now"], figure.samples["baseline"])
              for state, figure in found.items()}
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({state: {**report.record(figure), "ratio": ratios[state]} for state, figure in found.items()},
                      file, indent=1, ensure_ascii=False)
    for state, ratio in ratios.items():
        print(f"{state}: {ratio:.3f} × the baseline")
    worst = max(ratios.values())
    print(f"CPU per request against the baseline: {worst:.2f} at worst")
    return 1 if options.fail_above and worst > options.fail_above else 0


if __name__ == "__main__":
    sys.exit(main())
