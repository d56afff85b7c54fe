"""Starts the peers of the comparison with the same features on: two weighted upstreams, kept-alive
connections both sides, forwarded headers. Ports are the kernel's choice; each is checked to be ours."""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
from support.proxy import Proxy, binary, service, wait_until  # noqa: E402


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


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


class Ticks:
    """User and system time of a process, in seconds."""

    def __init__(self, user=0.0, system=0.0):
        self.user = user
        self.system = system

    @staticmethod
    def of(pid):
        words = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        hertz = os.sysconf("SC_CLK_TCK")
        return Ticks(int(words[11]) / hertz, int(words[12]) / hertz)

    def since(self, before):
        return Ticks(self.user - before.user, self.system - before.system)


class Peer:
    """One program under `taskset`; `command` runs in the foreground as a single process."""

    def __init__(self, name, command, ports, core):
        self.name = name
        self.ports = ports
        self.child = subprocess.Popen(["taskset", "-c", str(core), *command],
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
        try:
            wait_until(self._up, 10, f"{name} listening")
        except BaseException:
            self.stop()
            raise

    def _up(self):
        if self.child.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self.child.returncode}")
        return all(listens(self.child.pid, port) for port in self.ports)

    @property
    def pid(self):
        return self.child.pid

    @property
    def port(self):
        return self.ports[0]

    def stop(self):
        self.child.terminate()
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


NGINX = """
daemon off; master_process off; worker_processes 1; pid {folder}/{name}.pid; error_log /dev/null;
events {{ worker_connections 8192; multi_accept on; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 3600s; tcp_nodelay on;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {body}
}}
"""


def nginx(folder, name, body, ports, core):
    path = folder / f"{name}.conf"
    path.write_text(NGINX.format(folder=folder, name=name, body=body))
    return Peer(name, ["nginx", "-p", str(folder), "-c", str(path)], ports, core)


def origin(folder, core, octets=1024):
    """Two upstreams in one nginx: a fixed body of `octets`, and a health page that names the version."""
    ports = [free_port(), free_port()]
    body = ""
    for color, port in zip(("blue", "green"), ports):
        body += (f"server {{ listen 127.0.0.1:{port} backlog=4096; add_header X-Color {color};"
                 f" location / {{ return 200 '{'x' * octets}'; }}"
                 f" location = /healthz {{ return 200 '{{\"status\":\"healthy\"}}'; }} }}\n")
    return nginx(folder, "origin", body, ports, core)


def nginx_proxy(folder, upstreams, core):
    port = free_port()
    servers = " ".join(f"server 127.0.0.1:{p} weight=1;" for p in upstreams)
    body = (f"upstream u {{ {servers} keepalive 64; keepalive_requests 1000000000; }}"
            f" server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ proxy_pass http://u;"
            " proxy_http_version 1.1; proxy_set_header Connection ''; proxy_set_header Host $host;"
            " proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
            " proxy_set_header X-Forwarded-Proto $scheme; } }")
    return nginx(folder, "nginx", body, [port], core)


def haproxy(folder, upstreams, core, clients=8192):
    port = free_port()
    servers = "\n".join(f"  server s{n} 127.0.0.1:{p} weight 50 check inter 1s"
                        for n, p in enumerate(upstreams))
    path = folder / "haproxy.cfg"
    path.write_text(f"""
global
  nbthread 1
  maxconn {clients}
defaults
  mode http
  timeout connect 1s
  timeout client 75s
  timeout server 30s
  timeout http-request 10s
  http-reuse always
  option forwardfor
frontend in
  bind 127.0.0.1:{port} backlog 4096
  http-request set-header X-Forwarded-Proto http
  default_backend out
backend out
  balance roundrobin
{servers}
""")
    return Peer("haproxy", ["haproxy", "-db", "-f", str(path)], [port], core)


class Switchyard:
    """The product at one worker, weights 50/50, no affinity cookies (the others set none either)."""

    name = "switchyard"

    def __init__(self, upstreams, core, **config):
        urls = [f"http://127.0.0.1:{port}" for port in upstreams]
        options = {"affinity": "off", **config}
        self.proxy = Proxy({"backend": service([urls[0]], [urls[1]], health={
            "interval": "1s", "timeout": "800ms"})}, **options)
        try:
            self.proxy.start()
            subprocess.run(["taskset", "-a", "-p", "-c", str(core), str(self.pid)], check=True,
                           stdout=subprocess.DEVNULL)
            self.proxy.wait_open("blue", "green")
            answer = self.proxy.weights(50, 50)
            if answer.status != 200:
                raise RuntimeError(f"weights refused: {answer.body!r}")
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self):
        return self.proxy.child.pid

    @property
    def port(self):
        return self.proxy.address[1]

    def stop(self):
        try:
            self.proxy.stop()
        finally:
            self.proxy.clean()


class Folder:
    """A temporary folder for configurations and pid files."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="sy-bench-"))
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def have(program):
    return shutil.which(program) is not None


def settle(seconds):
    """Lets kernel and program reach a steady state before a measurement begins."""
    time.sleep(seconds)


__all__ = ["Folder", "Peer", "Switchyard", "Ticks", "binary", "free_port", "haproxy", "have",
           "listens", "nginx_proxy", "origin", "settle"]
