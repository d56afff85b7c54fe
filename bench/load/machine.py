"""What the kernel knows of this machine and of one process: cores, ticks, resident size, who listens where."""
import contextlib
import os
import pathlib
import platform
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

PROXY_CORE, LOAD_CORE = 0, 1


class Ticks:
    """User and system time of a process with all its threads, in seconds."""

    def __init__(self, user=0.0, system=0.0):
        self.user = user
        self.system = system

    @staticmethod
    def of(pid):
        return Ticks.read(pathlib.Path(f"/proc/{pid}/stat"))

    @staticmethod
    def of_first_thread(pid):
        """Of switchyard, the control thread."""
        return Ticks.read(pathlib.Path(f"/proc/{pid}/task/{pid}/stat"))

    @staticmethod
    def read(stat):
        words = stat.read_text().rpartition(")")[2].split()
        hertz = os.sysconf("SC_CLK_TCK")
        return Ticks(int(words[11]) / hertz, int(words[12]) / hertz)

    def total(self):
        return self.user + self.system

    def since(self, before):
        return Ticks(self.user - before.user, self.system - before.system)


def resident(pid):
    """Bytes of a process that are in memory; what the kernel holds for its sockets is not in it."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Rss:\s+(\d+)", text, re.M).group(1)) * 1024


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def free_ports(count):
    """So many different ones."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [probe.getsockname()[1] for probe in probes]


def listens(pid, port):
    """True when process `pid` holds the listening socket of this port, and not a stranger."""
    wanted = f"0100007F:{port:04X}"
    inodes = set()
    for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if words[1] == wanted and words[3] == "0A":
            inodes.add(f"socket:[{words[9]}]")
    held = set()
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            held.add(os.readlink(entry))
        except OSError:
            continue
    return bool(inodes & held)


def affordable(connections):
    """As many connections as the limit on descriptors allows: a proxy may need two for each client."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = 2 * connections + 1000
    try:
        most = max(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        return connections
    except (OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    fewer = min(connections, hard // 2 - 200)
    if fewer < connections:
        print(f"{hard} file descriptors allow {fewer} connections instead of {connections}", file=sys.stderr)
    return fewer


def have(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin") is not None


VERSION = {"haproxy": ["haproxy", "-v"], "nginx": ["nginx", "-v"], "h2o": ["h2o", "-v"],
           "wrk": ["wrk", "-v"], "openssl": ["openssl", "version"]}


def version(program):
    """The first line that a program says of its version, or None when it is not here."""
    if program not in VERSION or not have(program):
        return None
    said = subprocess.run(VERSION[program], capture_output=True, text=True, check=False)
    return (said.stdout + said.stderr).splitlines()[0].strip()


def facts(programs):
    """Of the machine a table was made on; nothing that names it."""
    model = re.search(r"^model name\s*:\s*(.+)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    return {"cores": os.cpu_count(), "processor": model.group(1) if model else platform.machine(),
            "kernel": platform.release(), "load": os.getloadavg()[0],
            "versions": {name: version(name) for name in [*programs, "wrk", "openssl"] if version(name)}}


def end_tidily():
    """SIGTERM ends the program like an exception, so that what it started is stopped."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


class Folder:
    """A temporary folder for configurations, certificates, bodies and logs."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="sy-bench-"))
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)
