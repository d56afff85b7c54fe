#!/usr/bin/python3
"""The measured share of green at 1, 10 and 50 % over 100 000 requests, as clients saw it and as each
worker counted it (switchyard_worker_requests_total)."""
import argparse
import json
import sys

from under_load import Load, changed, proxy_and_toys, wait_until


def per_worker(proxy):
    """{worker: {color: requests}}"""
    found = {}
    for (name, labels), value in proxy.metrics().items():
        if name == "switchyard_worker_requests_total":
            label = dict(labels)
            found.setdefault(label["worker"], {})[label["color"]] = value
    return found


def difference(after, before):
    rows = {}
    for worker, colors in sorted(after.items()):
        part = {c: colors.get(c, 0) - before.get(worker, {}).get(c, 0) for c in ("blue", "green")}
        total = sum(part.values())
        percent = round(100 * part["green"] / total, 4) if total else None
        rows[worker] = {"requests": int(total), "green_percent": percent}
    return rows


def settle(proxy, before, sent):
    """The counters are collected every 100 ms: waits until they hold every request sent."""
    def total(rows):
        return sum(sum(colors.values()) for colors in rows.values())
    wait_until(lambda: total(per_worker(proxy)) - total(before) >= sent, 5, "all requests counted")


def measure(proxy, percent, requests, rate):
    changed(proxy.weights(100 - percent, percent))
    before = per_worker(proxy)
    result = Load(proxy, rate, requests / rate, "get=90,new=10").result()
    settle(proxy, before, result["sent"])
    colors = result["by_color"]
    share = 100 * colors.get("green", 0) / max(1, result["ok"])
    return {"wanted_percent": percent, "measured_percent": round(share, 4), "sent": result["sent"],
            "failed": result["failed"], "by_color": colors, "workers": difference(per_worker(proxy), before)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--rate", type=int, default=4_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with proxy_and_toys(workers=options.workers) as proxy:
        rows = [measure(proxy, percent, options.requests, options.rate) for percent in (1, 10, 50)]
    print(json.dumps(rows, indent=2))
    for row in rows:
        workers = ", ".join(f"worker {w}: {r['green_percent']} % of {r['requests']}" for w, r in row["workers"].items())
        print(f"{row['wanted_percent']:>3} % wanted, {row['measured_percent']} % of {row['sent']} measured, "
              f"{row['failed']} failed; {workers}")
    far = [r for r in rows if abs(r["measured_percent"] - r["wanted_percent"]) > 0.1 or r["failed"]]
    return 1 if far else 0


if __name__ == "__main__":
    sys.exit(main())
