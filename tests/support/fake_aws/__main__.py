"""/usr/bin/python3 -B tests/support/fake_aws

Says where it is in one line of JSON, then runs until its standard input ends."""
import argparse
import json
import os
import signal
import sys

if __package__ in (None, ""):
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from fake_aws import control, seed  # noqa: E402
from fake_aws.server import Server  # noqa: E402
from fake_aws.signature_vectors import run as run_vectors  # noqa: E402
from fake_aws.world import World  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description="ECS, SSM, STS, ECR and Logs on a loopback port, for tests.")
    parser.add_argument("--port", type=int, default=0, help="0: the kernel chooses")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--seed", metavar="FILE", help="JSON as for POST /_fake/seed")
    parser.add_argument("--hook", metavar="FILE", help="JSON as for PUT /_fake/hook")
    parser.add_argument("--certificate", metavar="PEM", help="with --key: speaks TLS")
    parser.add_argument("--key", metavar="PEM")
    parser.add_argument("--forever", action="store_true", help="until a signal, not until standard input ends")
    arguments = parser.parse_args()
    if wrong := run_vectors()[1]:
        sys.exit(f"the signature check fails its own vectors: {', '.join(wrong)}")
    world = World(arguments.region)
    if arguments.hook:
        with open(arguments.hook, encoding="utf-8") as file:
            world.run_tasks(**json.load(file))
    if arguments.seed:
        with open(arguments.seed, encoding="utf-8") as file:
            seed.sow(world, json.load(file))
    tls = (arguments.certificate, arguments.key) if arguments.certificate else None
    server = Server(world, arguments.port, tls).start()
    places = {"imds": server.url + "/", "container": server.url + "/container/credentials",
              "github": server.url + "/github/token?api-version=1"}
    print(json.dumps({"url": server.url, "address": server.url.partition("//")[2], **places,
                      **control.about(world, None)}), flush=True)
    wait(arguments.forever)
    server.stop()


def wait(forever):
    ends = {signal.SIGTERM, signal.SIGINT}
    if forever:
        signal.pthread_sigmask(signal.SIG_BLOCK, ends)
        signal.sigwait(ends)
        return
    for each in ends:
        signal.signal(each, lambda *_: os.close(0))
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass


if __name__ == "__main__":
    main()
