#!/usr/bin/python3
"""10 000 weight changes and 1 000 blue-green switches while requests arrive on schedule: GET and POST
on kept-alive connections, new connections, WebSockets. Not one request may fail."""
import argparse
import collections
import random
import sys
import time

from under_load import Load, changed, proxy_and_toys, verdict

MIX = "get=60,post=20,new=10,ws=10"


SECONDS = 20  # of one load


def change_weights(proxy, _number, chance):
    green = chance.randrange(0, 10_001) / 100
    changed(proxy.weights(round(100 - green, 2), green))


def switch(proxy, number, _chance):
    body = {"color": "green" if number % 2 == 0 else "blue", "force": True, "reason": "no bake"}
    changed(proxy.api("POST", "/v1/switch", body))


def paced(numbers, running):
    """The numbers, spread evenly over a load and a little less, while it runs."""
    began, count = time.monotonic(), len(numbers)
    for index, number in enumerate(numbers):
        due = began + index / count * SECONDS * 0.95
        time.sleep(max(0.0, due - time.monotonic()))
        if not running():
            return
        yield number


def add_up(counts):
    total = collections.Counter()
    for one in counts:
        total.update(one)
    return dict(total)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=int, default=10_000)
    parser.add_argument("--switches", type=int, default=1_000)
    parser.add_argument("--rate", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    failed = 0
    with proxy_and_toys(workers=options.workers) as proxy:
        for name, count, change in (("weight changes", options.weights, change_weights),
                                    ("switches", options.switches, switch)):
            began, done, lines = time.monotonic(), 0, []
            while done < count:  # one load after another until all changes are made
                load = Load(proxy, options.rate, SECONDS, MIX)
                for number in paced(range(done, count), load.running):
                    change(proxy, number, chance)
                    done += 1
                lines.append(load.result())
            total = {key: sum(line[key] for line in lines) for key in ("sent", "ok", "failed")}
            total["by_reason"] = [line["by_reason"] for line in lines if line["by_reason"]]
            for key in ("by_kind", "by_color"):
                total[key] = add_up(line[key] for line in lines)
            total["p99_ms"] = max(line["p99_ms"] for line in lines)
            total["max_ms"] = max(line["max_ms"] for line in lines)
            total["seconds"] = round(time.monotonic() - began, 1)
            failed |= verdict(total, f"{done} {name}")
        generation = proxy.status()["generation"]
        print(f"generation {generation} after {options.weights + options.switches} changes")
    return failed


if __name__ == "__main__":
    sys.exit(main())
