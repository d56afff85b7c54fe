"""A proxy in front of the toy application, and openload against it."""
import contextlib
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
from support.proxy import Proxy, binary, service, wait_until  # noqa: E402
from support.toy import Toy  # noqa: E402

VERSIONS = {"blue": "v20240101-abc1234", "green": "v20240102-def5678"}


@contextlib.contextmanager
def proxy_and_toys(**config):
    """A running proxy with both gates open."""
    with contextlib.ExitStack() as stack:
        toys = {color: Toy(color, version) for color, version in VERSIONS.items()}
        for toy in toys.values():
            stack.callback(toy.stop)
        proxy = Proxy({"backend": service([toys["blue"].url], [toys["green"].url], health={
            "interval": "1s", "timeout": "900ms", "rise": 1, "fall": 10})}, **config)
        stack.callback(proxy.clean)
        stack.callback(proxy.stop)
        proxy.start().wait_open("blue", "green")
        yield proxy


class Load:
    """openload in the background; `result()` waits for its JSON."""

    def __init__(self, proxy, rate, duration, mix, *more, path="/api/version"):
        host, port = proxy.address
        self.duration = duration
        self.child = subprocess.Popen(
            [binary("openload"), f"{host}:{port}", "--rate", str(rate), "--duration", str(duration),
             "--mix", mix, "--path", path, "--ws-path", "/api/ws",
             "--color-header", "x-served-by", *more],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

    def running(self):
        return self.child.poll() is None

    def result(self):
        out, _ = self.child.communicate(timeout=self.duration + 30)
        return json.loads(out)


def changed(reply):
    """Refuses to go on when the control API said no."""
    if reply.status != 200:
        raise RuntimeError(f"{reply.status}: {reply.body!r}")


def verdict(result, what):
    """Prints the result; the exit code says whether a request failed."""
    print(json.dumps(result, indent=2))
    print(f"{what}: {result['ok']} requests answered, {result['failed']} failed")
    return 0 if result["failed"] == 0 and result["ok"] == result["sent"] else 1
