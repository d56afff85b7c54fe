#!/usr/bin/python3
"""Rollouts whose candidate turns bad, over real sockets, many times each: was it taken out, what did clients see,
how many failures and milliseconds did it take.

Failures are those that the candidate answered, from the turn of the knob to the end of the repetition (refused: those
that the journal's entry names). "last" is from the first of them to the last: then no more requests came. "event" is
from the first failure (refused, wrong version: from the turn of the knob; slow: from the first request that waits) to
the arrival of the event "reverted" at a subscriber, which is sent once every worker has the new weights and the journal
its entry. All are milliseconds of the machine's one monotonic clock. Exit 1: something that must hold did not."""
import argparse
import concurrent.futures
import contextlib
import datetime
import json
import math
import os
import signal
import statistics
import sys
import time

from scenarios import SCENARIOS
from under_load import Load, Proxy, Toy, service, wait_until

from support.events import Events  # noqa: E402
from support.rollout import GREEN, HEALTH, VERSIONS, WELL  # noqa: E402

RATE = 2_000
MIX = "get=80,post=10,keyed=10"
WATCH, WATCH_MAX = 0.6, 3.0  # seconds that something is watched that must not revert; until its verdict is said
TARGET_FAILURES, TARGET_MS = 5, 50  # of "100 % bad at 10 %"


class Rig:
    """A proxy, its toys and a subscriber; used for one scenario's repetitions."""

    def __init__(self, stack, workers):
        self.toys = {color: Toy(color, version) for color, version in VERSIONS.items()}
        for toy in self.toys.values():
            stack.callback(toy.stop)
        self.green = self.toys["green"]
        urls = {color: [toy.url] for color, toy in self.toys.items()}
        self.proxy = Proxy({"backend": service(urls["blue"], urls["green"], health=HEALTH,
                                               templates=["/api/patients", "/api/claims"])}, workers=workers)
        stack.callback(self.proxy.clean)
        stack.callback(self.proxy.stop)
        self.proxy.start().wait_open("blue", "green")
        self.read = 0  # of the journal
        self.events = Events(self.proxy)
        stack.callback(self.events.close)

    def post(self, path, body, wanted):
        reply = self.proxy.api("POST", path, body)
        if reply.status != wanted:
            raise RuntimeError(f"{path}: {reply.status} {reply.body!r}")

    def rollout(self):
        return self.proxy.api("GET", "/v1/rollout").json

    def entry(self):
        """The newest "reverted" of the journal since the last call."""
        found, more = None, True
        while more:
            page = self.proxy.api("GET", f"/v1/journal?after={self.read}").json
            self.read, more = page["next"], page["more"]
            found = next((e for e in reversed(page["entries"]) if e["action"] == "reverted"), found)
        return found

    def well(self, more):
        for toy in self.toys.values():
            toy.knobs(**{**WELL, **more})

        def ready():
            colors = self.proxy.status()["colors"]
            return all(color["gate"]["open"] for color in colors.values()) and colors["green"]["version"] == GREEN
        wait_until(ready, 10, "both colors well")

    def begin(self, scenario):
        """A rollout in the phase in which it is to turn bad."""
        self.post("/v1/rollouts", {"color": "green", "version": GREEN, "plan": scenario.plan}, 202)

        def there():
            now = self.rollout()["rollout"]
            return now is not None and now["phase"] == scenario.phase
        wait_until(there, 10, scenario.phase)
        if scenario.paused:
            self.post("/v1/rollout/pause", {}, 200)

    def turn(self, scenario):
        if scenario.blue:
            self.toys["blue"].knobs(**scenario.blue)
        if scenario.green:
            self.green.knobs(**scenario.green)


@contextlib.contextmanager
def load(rig, scenario):
    """The load of a scenario; gives a function that ends it and returns openload's reports."""
    loads = []
    if scenario.load:
        loads.append(Load(rig.proxy, RATE, 60, MIX, "--clients", "1000000", path="/api/patients"))
    if scenario.poison:
        loads.append(Load(rig.proxy, RATE / 5, 60, "get=100", "--field", "Cookie: client=poison",
                          path="/api/claims"))

    def end():
        for one in loads:
            if one.running():
                one.child.send_signal(signal.SIGTERM)
        reports = [one.result() for one in loads]
        loads.clear()
        return reports
    try:
        yield end
    finally:
        end()


def errors(reports, kinds):
    """Failed requests of these kinds ("get: status 500" → 3)."""
    return sum(count for report in reports for reason, count in report["by_reason"].items()
               if reason.partition(":")[0] in kinds)


def watch(rig, scenario):
    """Looks for a while at something that must not revert: (held, kinds of verdict seen)."""
    kinds = set()
    began = time.monotonic()
    while (took := time.monotonic() - began) < WATCH_MAX:
        if took > WATCH and (not scenario.verdict or scenario.verdict in kinds):
            break
        now = rig.rollout()
        if now["rollout"] is None:
            return False, kinds
        kinds.add(now["verdict"]["kind"])
        time.sleep(0.02)
    return True, kinds


def repetition(rig, scenario):
    rig.well(scenario.well)
    with load(rig, scenario) as end:
        rig.begin(scenario)
        if scenario.load:
            wait_until(lambda: rig.green.counts()["requests"] >= scenario.warm, 10, "the candidate serving")
        mark = rig.events.mark()
        rig.turn(scenario)
        row = reverted(rig, scenario, mark) if scenario.reverts else held(rig, scenario)
        reports = end()
    counts = rig.green.counts()
    others = reports[:1]  # what the one client with poisoned requests sees is its own doing
    row.update(sent=sum(report["sent"] for report in reports), get_errors=errors(others, ("get", "new")),
               keyed_errors=errors(others, ("keyed",)), post_errors=errors(others, ("post",)),
               poison_errors=errors(reports[1:], ("get",)))
    row["failures"] = counts["failures"] or row.pop("told", 0)
    if row.get("event_ns") and counts[scenario.since]:
        row["event_ms"] = max(0.0, (row.pop("event_ns") - counts[scenario.since]) / 1e6)
    if counts["failures"]:
        row["last_ms"] = (counts["last_failure_ns"] - counts["first_failure_ns"]) / 1e6
    return row


def reverted(rig, scenario, mark):
    try:
        event = rig.events.wait("reverted", since=mark, timeout=15)
    except AssertionError:
        now = rig.rollout()
        rig.proxy.api("POST", "/v1/rollout/abort", {})
        return {"as_it_must": False, "why": now["verdict"]["words"]}
    last = rig.rollout()["last_rollout"]
    weight = rig.proxy.status()["colors"]["green"]["effective"]
    entry = rig.entry()
    return {"as_it_must": last["outcome"] == "reverted" and weight == 0, "why": last["why"],
            "event_ns": event.at_ns, "told": int(entry["fields"].get("failures", 0)), "entry": entry["fields"]}


def held(rig, scenario):
    kept, kinds = watch(rig, scenario)
    now = rig.rollout()
    why = now["verdict"]["words"] if kept else now["last_rollout"]["why"]
    rig.proxy.api("POST", "/v1/rollout/abort", {})
    fits = kept and (not scenario.verdict or scenario.verdict in kinds)
    return {"as_it_must": fits, "why": why, "kinds": sorted(kinds)}


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, math.ceil(share * len(values)) - 1)] if values else None


def summary(scenario, rows, seconds):
    def spread(name):
        values = [row[name] for row in rows]
        return {"min": min(values), "median": statistics.median(values), "max": max(values)}

    def tail(name):
        values = [row[name] for row in rows if name in row]
        return {"p50": percentile(values, 0.5), "p90": percentile(values, 0.9), "max": max(values, default=None)}
    spared = scenario.seen_by_clients or not (spread("get_errors")["max"] or spread("keyed_errors")["max"])
    as_it_must = sum(row["as_it_must"] for row in rows)
    return {"name": scenario.name, "times": len(rows), "must": "revert" if scenario.reverts else "hold",
            "as_it_must": as_it_must, "get_errors": spread("get_errors"), "keyed_errors": spread("keyed_errors"),
            "post_errors": spread("post_errors"), "failures": tail("failures"), "last_ms": tail("last_ms"),
            "event_ms": tail("event_ms"),
            "good": as_it_must == len(rows) and spared, "seconds": round(seconds, 1),
            "why": rows[-1]["why"], "rows": rows}


def run(scenario, options):
    rows, began = [], time.monotonic()
    with contextlib.ExitStack() as stack:
        rig = Rig(stack, options.workers)
        for number in range(options.times):
            rows.append(repetition(rig, scenario))
            if not rows[-1]["as_it_must"]:
                print(f"{scenario.name}, {number + 1}: {rows[-1]}", file=sys.stderr)
    return summary(scenario, rows, time.monotonic() - began)


def three(values, keys, form="{:g}"):
    if values[keys[0]] is None:
        return "–"
    return " / ".join(form.format(values[key]) for key in keys)


HEAD = ("", "must", "did", "GET errors", "POST errors", "failures", "last, ms", "event, ms", "s")
UNDER = ("", "", "", "min/med/max", "min/med/max", "p50/p90/max", "p50/p90/max", "p50/p90/max", "")
WIDTHS = (28, 6, 10, 12, 12, 12, 19, 22, 5)


def line(cells):
    return "".join(f"{cell:<{width}} " for cell, width in zip(cells, WIDTHS)).rstrip()


def table_row(row):
    spread, tail = ("min", "median", "max"), ("p50", "p90", "max")
    revert = row["must"] == "revert"
    last, event = (three(row[key], tail, "{:.1f}") if revert else "–" for key in ("last_ms", "event_ms"))
    failures = three(row["failures"], tail) if row["failures"]["max"] else "–"
    return line((row["name"], row["must"], f"{row['as_it_must']} of {row['times']}", three(row["get_errors"], spread),
                 three(row["post_errors"], spread), failures, last, event, f"{row['seconds']:.0f}"))


def within_target(row):
    """How many repetitions of "100 % bad at 10 %" met what decide.md asks for."""
    return sum(one["failures"] <= TARGET_FAILURES and one.get("last_ms", math.inf) <= TARGET_MS for one in row["rows"])


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--together", type=int, default=3, help="of those whose milliseconds do not matter")
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    parser.add_argument("--json", help="file for the rows")
    return parser.parse_args()


def main():
    options = arguments()
    began = time.monotonic()
    print(line(HEAD), line(UNDER), sep="\n", flush=True)
    result = {}

    def row(name):
        result[name] = run(SCENARIOS[name], options)
        print(table_row(result[name]), flush=True)
    for name in options.only:
        if SCENARIOS[name].timed:
            row(name)
    with concurrent.futures.ThreadPoolExecutor(options.together) as pool:
        list(pool.map(row, (name for name in options.only if not SCENARIOS[name].timed)))
    for row in result.values():
        print(f"{row['name']}: {row['why']}")
    good = all(row["good"] for row in result.values())
    if "bad-10" in result:
        met = within_target(result["bad-10"])
        print(f"100 % bad at 10 %: within {TARGET_FAILURES} failures and {TARGET_MS} ms in {met} of {options.times}")
    seconds = time.monotonic() - began
    print(f"{'all held' if good else 'NOT ALL HELD'}; {seconds:.0f} s")
    if options.json:
        at = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"at": at, "cores": os.cpu_count(), "rate": RATE, "mix": MIX, "seconds": round(seconds),
                       "scenarios": result}, file, indent=1)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
