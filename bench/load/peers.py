"""The peers of the comparison and the origins behind them, started with the same features on: two weighted
upstreams, kept-alive connections both sides, forwarded headers. Ports are the kernel's choice; each is checked
to be ours."""
import os
import pathlib
import subprocess
import sys
from dataclasses import dataclass

from machine import LOAD_CORE, PROXY_CORE, free_port, free_ports, listens

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
from support import certificates  # noqa: E402
from support.proxy import Proxy, binary, service, wait_until  # noqa: E402

SIZES = {"64k": 64 << 10, "1m": 1 << 20, "100m": 100 << 20}


@dataclass(frozen=True)
class Setup:
    """How the peers of one row are started."""
    tls: bool = False        # towards clients
    log: bool = False        # access log to a file
    workers: int = 1
    clients: int = 4096      # so many may be connected
    splice: bool = False     # haproxy only; the others do what they do by themselves
    swallow: bool = False    # the origin is the one that reads bodies


class Peer:
    """One program under `taskset`; `command` runs in the foreground as a single process. `output` is a file that
    its standard output goes to, and its access log."""

    def __init__(self, name, command, ports, cores, output=None):
        self.name = name
        self.ports = ports
        self.log = output
        with open(output or os.devnull, "ab") as out:
            self.child = subprocess.Popen(["taskset", "-c", cores, *command], stdin=subprocess.DEVNULL,
                                          stdout=out, stderr=subprocess.DEVNULL)

    def wait(self):
        try:
            wait_until(self._up, 10, f"{self.name} listening")
        except BaseException:
            self.stop()
            raise
        return self

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


def cores_for(workers):
    """The first core for one worker. A second gets a core of its own, which on a machine of two it shares with
    origin and load."""
    return str(PROXY_CORE) if workers == 1 else f"{PROXY_CORE},{2 if os.cpu_count() > 3 else LOAD_CORE}"


NGINX = """
daemon off; master_process off; worker_processes 1; pid {folder}/{name}.pid; error_log /dev/null;
events {{ worker_connections {clients}; multi_accept on; }}
http {{
  access_log {log}; keepalive_requests 1000000000; keepalive_timeout 3600s; tcp_nodelay on; sendfile on;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; client_max_body_size 0;
  {body}
}}
"""


def nginx_command(folder, name, body, setup):
    log = f"{folder}/{name}.log combined buffer=64k flush=1s" if setup.log else "off"
    path = folder / f"{name}.conf"
    path.write_text(NGINX.format(folder=folder, name=name, body=body, log=log, clients=2 * setup.clients + 100))
    return ["nginx", "-p", str(folder), "-c", str(path)]


def origin(folder, core=LOAD_CORE):
    """Two upstreams in one nginx: 1 KiB for any path, files for /64k, /1m and /100m, and a health page."""
    ports = free_ports(2)
    for name, size in SIZES.items():
        with open(folder / name, "wb") as file:
            file.truncate(size)
    body = ""
    for color, port in zip(("blue", "green"), ports):
        files = "".join(f" location = /{name} {{ root {folder}; }}" for name in SIZES)
        body += (f"server {{ listen 127.0.0.1:{port} backlog=4096; add_header X-Color {color};"
                 f" location / {{ return 200 '{'x' * 1024}'; }}{files}"
                 f" location = /healthz {{ return 200 '{{\"status\":\"healthy\"}}'; }} }}\n")
    command = nginx_command(folder, "origin", body, Setup(clients=8192))
    return Peer("origin", command, ports, str(core)).wait()


class Swallow:
    """The origin that reads every request to its end before it answers (bench/load/swallow)."""

    def __init__(self):
        self.child = subprocess.Popen(["taskset", "-c", str(LOAD_CORE), binary("swallow")],
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.ports = [int(self.child.stdout.readline()) for _ in range(2)]

    def stop(self):
        self.child.terminate()
        self.child.wait(5)
        self.child.stdout.close()


# Each maker says what is to be run for (world, upstream ports, own port, setup).


def nginx_peer(world, upstreams, port, setup):
    servers = " ".join(f"server 127.0.0.1:{p} weight=1;" for p in upstreams)
    tls = ("ssl_certificate {0}; ssl_certificate_key {1}; ssl_protocols TLSv1.3;"
           " ssl_session_tickets on;").format(*world.certificate) if setup.tls else ""
    body = (f"upstream u {{ {servers} keepalive 64; keepalive_requests 1000000000; }}"
            f" server {{ listen 127.0.0.1:{port}{' ssl' if setup.tls else ''} backlog=4096; {tls}"
            " location / { proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection '';"
            " proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
            " proxy_set_header X-Forwarded-Proto $scheme; proxy_max_temp_file_size 0;"
            " proxy_request_buffering off; } }")
    return nginx_command(world.folder, "nginx", body, setup), None


HAPROXY = """
global
  nbthread {workers}
  maxconn {clients}
  tune.ssl.default-dh-param 2048
{log_target}
defaults
  mode http
  timeout connect 1s
  timeout client 600s
  timeout server 30s
  timeout http-request 10s
  timeout http-keep-alive 600s
  http-reuse always
  option forwardfor
{options}
frontend in
  bind 127.0.0.1:{port} backlog 4096{tls}
  http-request set-header X-Forwarded-Proto {scheme}
  default_backend out
backend out
  balance roundrobin
{servers}
"""


def haproxy_peer(world, upstreams, port, setup):
    options = ["  log global", "  option httplog"] if setup.log else []
    options += ["  option splice-auto"] if setup.splice else []
    pem = world.folder / "haproxy.pem"
    pem.write_text("".join(pathlib.Path(part).read_text() for part in world.certificate))
    path = world.folder / "haproxy.cfg"
    path.write_text(HAPROXY.format(
        workers=setup.workers, clients=setup.clients, port=port, options="\n".join(options),
        log_target="  log stdout format raw local0" if setup.log else "",
        tls=f" ssl crt {pem} alpn http/1.1 ssl-min-ver TLSv1.3" if setup.tls else "",
        scheme="https" if setup.tls else "http",
        servers="\n".join(f"  server s{n} 127.0.0.1:{p} weight 50 check inter 1s" for n, p in enumerate(upstreams))))
    return ["haproxy", "-db", "-f", str(path)], world.folder / "haproxy.log" if setup.log else None


def h2o_peer(world, upstreams, port, setup):
    """h2o 2.2 knows one upstream a path, so it has no weights to choose by."""
    tls = ("\n      ssl:\n        certificate-file: {0}\n        key-file: {1}\n        neverbleed: OFF\n"
           "        ocsp-update-interval: 0").format(*world.certificate) if setup.tls else ""
    log = f"access-log: {world.folder}/h2o.log\n" if setup.log else ""
    path = world.folder / "h2o.conf"
    path.write_text(f"num-threads: {setup.workers}\nmax-connections: {setup.clients}\n"
                    f"http1-request-timeout: 600\n{log}"
                    f"hosts:\n  default:\n    listen:\n      host: 127.0.0.1\n      port: {port}{tls}\n    paths:\n"
                    f"      /:\n        proxy.reverse.url: http://127.0.0.1:{upstreams[0]}/\n"
                    "        proxy.preserve-host: ON\n        proxy.timeout.keepalive: 60000\n")
    return ["h2o", "-c", str(path)], None


MAKERS = {"haproxy": haproxy_peer, "nginx": nginx_peer, "h2o": h2o_peer}
NAMES = [*MAKERS, "switchyard"]


class Switchyard:
    """The product, weights 50/50, no affinity cookies (the others set none either)."""

    name = "switchyard"

    def __init__(self, upstreams, cores, program=None, **config):
        urls = [f"http://127.0.0.1:{port}" for port in upstreams]
        self.cores = cores
        self.log = config.get("access_log")
        self.proxy = Proxy({"backend": service([urls[0]], [urls[1]], health={"interval": "1s", "timeout": "800ms"})},
                           program=program, **{"affinity": "off", **config})

    def wait(self):
        """Ready, with both gates open and half of the traffic each."""
        try:
            self.proxy.start()
            self.pin()
            self.proxy.wait_open("blue", "green")
            self.weights(50, 50)
        except BaseException:
            self.stop()
            raise
        return self

    def pin(self):
        subprocess.run(["taskset", "-a", "-p", "-c", self.cores, str(self.pid)], check=True,
                       stdout=subprocess.DEVNULL)

    def weights(self, blue, green):
        answer = self.proxy.weights(blue, green)
        if answer.status != 200:
            raise RuntimeError(f"weights refused: {answer.body!r}")

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


def switchyard_config(world, setup, port=0):
    listen = {"address": f"127.0.0.1:{port}"}
    if setup.tls:
        listen["tls"] = dict(zip(("certificate", "key"), world.certificate))
    return {"listen": [listen], "workers": setup.workers, "limits": {"clients": setup.clients},
            "timers": {"idle": "10m"}, "access_log": str(world.folder / "switchyard.log") if setup.log else "off"}


class World:
    """Origins, certificate and folder that all rows share; `peer()` starts one proxy in it."""

    def __init__(self, folder):
        self.folder = folder
        self.certificate = certificates.make(folder, "app.test")
        self.origin = origin(folder)
        self._swallow = None

    def upstreams(self, setup):
        if not setup.swallow:
            return self.origin.ports
        self._swallow = self._swallow or Swallow()
        return self._swallow.ports

    def peer(self, name, setup):
        """A proxy that answers."""
        if name == "switchyard":
            return Switchyard(self.upstreams(setup), cores_for(setup.workers), **switchyard_config(self, setup)).wait()
        return self.launch(name, setup)[0].wait()

    def launch(self, name, setup):
        """A proxy that was just told to start, and its port."""
        port = free_port()
        if name == "switchyard":
            made = Switchyard(self.upstreams(setup), cores_for(setup.workers), **switchyard_config(self, setup, port))
            here = os.sched_getaffinity(0)
            os.sched_setaffinity(0, {PROXY_CORE})  # What is started inherits it.
            made.proxy.spawn()
            os.sched_setaffinity(0, here)
            return made, port
        command, output = MAKERS[name](self, self.upstreams(setup), port, setup)
        made = Peer(name, command, [port], cores_for(setup.workers), output)
        if setup.log and output is None:
            made.log = self.folder / f"{name}.log"
        return made, port

    def stop(self):
        self.origin.stop()
        if self._swallow:
            self._swallow.stop()
