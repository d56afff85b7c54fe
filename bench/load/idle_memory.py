#!/usr/bin/python3
"""Memory of one idle client connection: growth of the resident size over 10 000 connections that have
each made a request and now wait, divided by their number. Kernel socket memory is not in it."""
import argparse
import json
import resource
import socket
import sys

import peers
from under_load import proxy_and_toys

ASK = b"GET /api/version HTTP/1.1\r\nHost: app.test\r\n\r\n"


def resident(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        for line in file:
            if line.startswith("Rss:"):
                return int(line.split()[1]) * 1024
    raise RuntimeError("no Rss")


def connect(port, count):
    """Idle connections; several loopback addresses so that source ports do not run out."""
    held = []
    for number in range(count):
        client = socket.socket()
        client.bind((f"127.0.0.{2 + number // 5000}", 0))
        client.connect(("127.0.0.1", port))
        client.settimeout(10)
        held.append(client)
        client.sendall(ASK)
        if b" 200 " not in client.recv(65536)[:20]:
            raise RuntimeError("not answered")
    return held


def affordable(connections):
    """As many connections as the limit on descriptors allows; the proxy keeps half for upstreams."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = 2 * connections + 1000
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted) if wanted > hard else (hard, hard))
        return connections
    except (OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    fewer = min(connections, hard // 2 - 200)
    print(f"{hard} file descriptors allow {fewer} connections", file=sys.stderr)
    return fewer


def measure(pid, port, count):
    for client in connect(port, 50):  # warms buffers and pools
        client.close()
    before = resident(pid)
    held = connect(port, count)
    growth = resident(pid) - before
    for client in held:
        client.close()
    return {"connections": count, "before_bytes": before, "growth_bytes": growth,
            "bytes_per_connection": round(growth / count)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    options.connections = affordable(options.connections)
    rows = {}
    with proxy_and_toys(workers=options.workers, limits={"clients": options.connections + 1000},
                        timers={"idle": "10m"}) as proxy:
        rows["switchyard"] = measure(proxy.child.pid, proxy.address[1], options.connections)
        with peers.Folder() as folder:
            backend = proxy.config["services"]["backend"]
            upstream = [int(url.rpartition(":")[2]) for url in backend["blue"] + backend["green"]]
            other = peers.haproxy(folder, upstream, 0, clients=options.connections + 80)
            try:
                rows["haproxy"] = measure(other.pid, other.port, options.connections)
            finally:
                other.stop()
    print(json.dumps(rows, indent=2))
    for name, row in rows.items():
        print(f"{name}: {row['bytes_per_connection']} bytes a connection at {row['connections']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
