#!/usr/bin/python3
"""Switchyard beside other proxies, doing the same work in the same run: one table, and JSON and SVG of it.

Every proxy has one worker on core 0; origin, load and this program are on core 1. Rounds are interleaved. What is
measured in most rows is the CPU time of the proxy's process for each completed request. Absolute figures mean little on
a shared machine; the ratio, which is the median over the rounds of "peer divided by HAProxy in the same round", does.
docs/performance.md says what each row is and how to read the table."""
import argparse
import datetime
import json
import os
import pathlib
import shutil
import sys

import figures
import machine
import measures
import peers
import report
import rows

RESULTS = pathlib.Path(__file__).resolve().parents[1] / "results"
SKIPPED = 77  # what ctest takes for "not here"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="name the rows and end")
    parser.add_argument("--rows", nargs="+", metavar="NAME", help="only these")
    parser.add_argument("--peers", nargs="+", metavar="NAME", choices=peers.NAMES,
                        help=f"only these of {', '.join(peers.NAMES)} (default: all that are installed)")
    parser.add_argument("--rounds", type=int, help="of each row (5)")
    parser.add_argument("--seconds", type=float, help="of load for each peer in each round (3)")
    parser.add_argument("--no-syscalls", dest="syscalls", action="store_false",
                        help="do not count system calls with strace after the rounds")
    parser.add_argument("--json", metavar="FILE", help="write the JSON there, and no SVG, instead of to bench/results")
    parser.add_argument("--short", action="store_true",
                        help="few rows in short rounds against haproxy; exit 1 when a ratio is above its ceiling, 77"
                             " when this machine cannot run it")
    options = parser.parse_args()
    defaults = (3, 2.0) if options.short else (5, 3.0)
    options.rounds = options.rounds or defaults[0]
    options.seconds = options.seconds or defaults[1]
    if options.short:
        options.peers = options.peers or ["haproxy", "switchyard"]
        options.syscalls = False
    options.peers = options.peers or [name for name in peers.NAMES
                                      if name == "switchyard" or machine.have(name)]
    return parser, options


def chosen(parser, options):
    try:
        named = rows.by_name(options.rows) if options.rows else rows.ROWS
    except ValueError as error:
        parser.error(str(error))
    return [row for row in named if row.ceiling is not None] if options.short else rows.without_ceilings(named)


def missing(options):
    """Why this machine cannot run it, or None."""
    if len(os.sched_getaffinity(0)) < 2:
        return "needs two cores: one for the proxy, one for origin and load"
    wanted = ["nginx", "wrk", "openssl", *(name for name in options.peers if name != "switchyard")]
    lacking = [name for name in wanted if not machine.have(name)]
    if lacking:
        return f"not installed: {', '.join(lacking)}"
    unbuilt = [name for name in ("switchyard", "openload", "closedload", "swallow")
               if shutil.which(peers.binary(name)) is None]
    return f"not built: {', '.join(unbuilt)}" if unbuilt else None


def measure(options, chosen_rows):
    found = []
    os.sched_setaffinity(0, {machine.LOAD_CORE})
    machine.end_tidily()
    with machine.Folder() as folder:
        world = peers.World(folder)
        try:
            run = measures.Run(world, options.peers, options.rounds, options.seconds, options.syscalls)
            for number, row in enumerate(chosen_rows):
                measures.say(f"{row.name} ({number + 1} of {len(chosen_rows)}): {row.what}")
                found += measures.MEASURES[row.measure](row, run)
        finally:
            world.stop()
    return found


def keep(options, facts, found):
    """JSON and SVG, named by the time in UTC."""
    at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    text = json.dumps({"at": at, "machine": facts, "rounds": options.rounds, "seconds": options.seconds,
                       "rows": [report.record(figure) for figure in found]}, indent=1, ensure_ascii=False) + "\n"
    if options.json:
        pathlib.Path(options.json).write_text(text, encoding="utf-8")
        return
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"bench-{at}.json").write_text(text, encoding="utf-8")
    (RESULTS / f"bench-{at}.svg").write_text(report.chart(found), encoding="utf-8")
    print(f"bench/results/bench-{at}.json and .svg")


def main():
    parser, options = arguments()
    if options.list:
        for row in rows.ROWS:
            print(f"{row.name:18}{row.what}{'  [short]' if row.ceiling else ''}")
        return 0
    todo = chosen(parser, options)
    reason = missing(options)
    if reason:
        print(f"bench: {reason}", file=sys.stderr)
        return SKIPPED if options.short else 1
    facts = machine.facts(options.peers)
    found = measure(options, todo)
    print(report.table(found, options.peers))
    if options.json or not options.short:
        keep(options, facts, found)
    failed = [f"{figure.name}: {peer} failed" for figure in found for peer in figure.failures]
    over = [words for words in map(figures.over_ceiling, found) if words]
    for words in failed + over:
        print(words)
    return 1 if failed or over else 0


if __name__ == "__main__":
    sys.exit(main())
