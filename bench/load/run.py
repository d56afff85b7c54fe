#!/usr/bin/python3
"""CPU per request of haproxy, nginx and switchyard, side by side: 1 KiB answers, 64 kept-alive
clients, one worker each on core 0, origin and load on core 1, rounds interleaved. Absolute figures
mean little on a shared machine; the ratio to HAProxy within one run does (docs/performance.md)."""
import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys

import peers

RESULTS = pathlib.Path(__file__).resolve().parents[1] / "results"
PROXY_CORE, LOAD_CORE = 0, 1


def wrk(port, seconds, connections):
    """Completed requests of one closed-loop run; anything but 2xx answers spoils it."""
    out = subprocess.run(
        ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
         f"http://127.0.0.1:{port}/"], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise RuntimeError(f"the run had errors:\n{out}")
    return int(re.search(r"(\d+) requests in", out).group(1))


def measure(peer, seconds, connections):
    before = peers.Ticks.of(peer.pid)
    requests = wrk(peer.port, seconds, connections)
    used = peers.Ticks.of(peer.pid).since(before)
    return {"requests": requests, "user_us": used.user * 1e6 / requests,
            "system_us": used.system * 1e6 / requests,
            "total_us": (used.user + used.system) * 1e6 / requests}


def system_calls(peer, connections):
    """System calls a request, by strace over two seconds of load; None where strace may not."""
    if not peers.have("strace"):
        return None
    with subprocess.Popen(["strace", "-f", "-c", "-p", str(peer.pid)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as tracer:
        requests = wrk(peer.port, 2, connections)
        tracer.send_signal(2)
        table = tracer.communicate(timeout=20)[1]
    total = re.search(r"^100[.,]00\s+\S+\s+(?:\S+\s+)?(\d+)\s+(?:\d+\s+)?total$", table, re.M)
    return int(total.group(1)) / requests if total else None


def summary(rounds):
    totals = [r["total_us"] for r in rounds]
    return {"median_us": statistics.median(totals), "min_us": min(totals), "max_us": max(totals),
            "user_us": statistics.median(r["user_us"] for r in rounds),
            "system_us": statistics.median(r["system_us"] for r in rounds),
            "requests": sum(r["requests"] for r in rounds), "rounds": rounds}


def compare(started, options):
    measured = {peer.name: [] for peer in started}
    for peer in started:
        wrk(peer.port, 1, options.connections)  # warms connections and caches
    for number in range(options.rounds):
        for peer in started:
            measured[peer.name].append(measure(peer, options.seconds, options.connections))
        print(f"round {number + 1} of {options.rounds}: " + ", ".join(
            f"{name} {rounds[-1]['total_us']:.1f} µs" for name, rounds in measured.items()),
            file=sys.stderr)
    result = {name: summary(rounds) for name, rounds in measured.items()}
    for peer in started:
        if options.syscalls:
            result[peer.name]["system_calls"] = system_calls(peer, options.connections)
        if "haproxy" in measured:
            pairs = zip(measured[peer.name], measured["haproxy"])
            result[peer.name]["ratio"] = statistics.median(
                mine["total_us"] / other["total_us"] for mine, other in pairs)
    return result


def table(result):
    lines = [f"{'':12}{'CPU µs a request':>24}{'user':>7}{'system':>8}{'calls':>7}{'ratio':>7}",
             f"{'':12}{'median (min – max)':>24}"]
    for name, row in result.items():
        span = f"{row['median_us']:.1f} ({row['min_us']:.1f} – {row['max_us']:.1f})"
        calls, ratio = row.get("system_calls"), row.get("ratio")
        lines.append(f"{name:12}{span:>24}{row['user_us']:>7.1f}{row['system_us']:>8.1f}"
                     f"{f'{calls:.1f}' if calls else '–':>7}{f'{ratio:.2f}' if ratio else '–':>7}")
    return "\n".join(lines)


def chart(result):
    """The table as bars, user and system time stacked."""
    top = max(row["median_us"] for row in result.values())
    rows = []
    for n, (name, row) in enumerate(result.items()):
        y, user = 20 + n * 36, 400 * row["user_us"] / top
        system = 400 * row["system_us"] / top
        rows.append(f'<text x="90" y="{y + 16}" text-anchor="end">{name}</text>'
                    f'<rect x="100" y="{y}" width="{user:.1f}" height="24" fill="#1f6feb"/>'
                    f'<rect x="{100 + user:.1f}" y="{y}" width="{system:.1f}" height="24" fill="#9ecbff"/>'
                    f'<text x="{108 + user + system:.1f}" y="{y + 16}">{row["median_us"]:.1f} µs</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="{40 + 36 * len(result)}" '
            f'font-family="sans-serif" font-size="13">{"".join(rows)}</svg>\n')


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="3 rounds of 2 s, for CI")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--peers", nargs="+", default=["haproxy", "nginx", "switchyard"])
    parser.add_argument("--no-syscalls", dest="syscalls", action="store_false")
    parser.add_argument("--fail-above", type=float, help="exit 1 when switchyard's ratio is higher")
    options = parser.parse_args()
    if options.short:
        options.rounds, options.seconds = 3, 2
    return options


def main():
    options = arguments()
    if os.cpu_count() < 2:
        sys.exit("needs two cores: one for the proxy, one for origin and load")
    started = []
    with peers.Folder() as folder:
        upstream = peers.origin(folder, LOAD_CORE)
        makers = {"haproxy": lambda: peers.haproxy(folder, upstream.ports, PROXY_CORE),
                  "nginx": lambda: peers.nginx_proxy(folder, upstream.ports, PROXY_CORE),
                  "switchyard": lambda: peers.Switchyard(upstream.ports, PROXY_CORE)}
        try:
            for name in options.peers:
                started.append(makers[name]())
            result = compare(started, options)
        finally:
            for peer in [*started, upstream]:
                peer.stop()
    print(table(result))
    RESULTS.mkdir(exist_ok=True)
    at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    record = {"at": at, "machine": {"cores": os.cpu_count(), "kernel": platform.release()},
              "work": "1 KiB, keep-alive, plain", "connections": options.connections,
              "seconds": options.seconds, "peers": result}
    (RESULTS / f"keep-alive-{at}.json").write_text(json.dumps(record, indent=2) + "\n")
    (RESULTS / f"keep-alive-{at}.svg").write_text(chart(result))
    ratio = result.get("switchyard", {}).get("ratio")
    if options.fail_above and ratio and ratio > options.fail_above:
        sys.exit(f"ratio {ratio:.2f} is above {options.fail_above}")


if __name__ == "__main__":
    main()
