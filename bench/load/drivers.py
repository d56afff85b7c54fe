"""Load, as values: each knows how to ask a port for some seconds and gives the number of completed requests.
A single wrong answer spoils a run, which is then an error and no figure."""
import json
import os
import re
import subprocess
from dataclasses import dataclass

import figures
from machine import LOAD_CORE, have
from peers import binary

# What wrk offers: TLS 1.3, one cipher, one curve, the same to everybody.
OPENSSL = """openssl_conf = all
[all]
ssl_conf = tls
[tls]
system_default = offered
[offered]
MinProtocol = TLSv1.3
Ciphersuites = TLS_AES_128_GCM_SHA256
Groups = X25519
"""
PINNED = ["taskset", "-c", str(LOAD_CORE)]


@dataclass(frozen=True)
class Wrk:
    """Kept-alive connections, closed loop."""
    connections: int = 64
    tls: bool = False
    path: str = "/"

    def ask(self, port, seconds, folder):
        environment = dict(os.environ)
        if self.tls:
            settings = folder / "wrk-openssl.cnf"
            settings.write_text(OPENSSL)
            environment["OPENSSL_CONF"] = str(settings)
        scheme = "https" if self.tls else "http"
        return figures.wrk_requests(subprocess.run(
            [*PINNED, "wrk", "-t1", f"-c{self.connections}", f"-d{max(1, round(seconds))}s",
             f"{scheme}://127.0.0.1:{port}{self.path}"],
            check=True, capture_output=True, text=True, env=environment, timeout=seconds + 30).stdout)


@dataclass(frozen=True)
class Closed:
    """closedload: bodies both ways, a connection for every request, TLS full and resumed."""
    connections: int = 32
    tls: bool = False
    resume: bool = False
    close: bool = False
    path: str = "/"
    post: int = 0

    def ask(self, port, seconds, _folder):
        more = [f"--{name}" for name in ("tls", "resume", "close") if getattr(self, name)]
        run = subprocess.run(
            [*PINNED, binary("closedload"), f"127.0.0.1:{port}", "--connections", str(self.connections),
             "--seconds", str(seconds), "--path", self.path, "--post-bytes", str(self.post), *more],
            check=False, capture_output=True, text=True, timeout=seconds + 60)
        if run.returncode != 0:
            raise RuntimeError(f"the run had errors: {run.stdout}{run.stderr}".strip())
        said = json.loads(run.stdout)
        if self.resume and said["resumed"] != said["connections"]:
            raise RuntimeError(f"{said['resumed']} of {said['connections']} connections resumed")
        if self.tls and self.close and not self.resume and said["resumed"]:
            raise RuntimeError(f"{said['resumed']} connections resumed that should not have")
        return said["requests"]


def open_loop(port, rate, seconds):
    """openload's own JSON: latencies from the moment each request was due."""
    run = subprocess.run([*PINNED, binary("openload"), f"127.0.0.1:{port}", "--rate", str(rate), "--duration",
                          str(seconds), "--connections", "64"], check=False, capture_output=True, text=True,
                         timeout=seconds + 30)
    said = json.loads(run.stdout)
    if run.returncode != 0 or said["failed"]:
        raise RuntimeError(f"{said['failed']} of {said['sent']} failed: {said['by_reason']}")
    return said


def system_calls(peer, driver, folder):
    """System calls a request over two seconds of load; None where strace may not, or is not here."""
    if not have("strace"):
        return None
    with subprocess.Popen(["strace", "-f", "-c", "-p", str(peer.pid)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as tracer:
        try:
            requests = driver.ask(peer.port, 2, folder)
        finally:
            tracer.send_signal(2)
            table = tracer.communicate(timeout=20)[1]
    total = figures.strace_total(table)
    return total / requests if total else None


def words(driver):
    """A driver in a few words, for --list and the JSON."""
    return re.sub(r"^(\w+)\((.*)\)$", r"\1 \2", repr(driver))
