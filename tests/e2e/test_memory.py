"""What survives: restarts, SIGKILL at any moment, SIGTERM in two steps, reloads, and bad configs.
SY_KILLS sets how often the proxy is killed during changes (30 in the suite)."""
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import threading
import unittest

from support.origin import Origin
from support.proxy import Proxy, binary, service, wait_until
from support.wire import Client, request

KILLS = int(os.environ.get("SY_KILLS", "30"))
SEED = int(os.environ.get("SY_SEED", "1"))


def run(*arguments):
    return subprocess.run([binary("switchyard"), *arguments], capture_output=True, text=True, timeout=20,
                          check=False)


class Memory(unittest.TestCase):
    def setUp(self):
        self.blue, self.green = Origin("blue"), Origin("green", "v20240102-def5678")
        self.addCleanup(self.blue.close)
        self.addCleanup(self.green.close)
        self.proxy = self.make()

    def make(self, **config):
        proxy = Proxy({"backend": service([self.blue.url], [self.green.url], health={
            "interval": "200ms", "timeout": "190ms"})}, **config)
        self.addCleanup(proxy.clean)
        self.addCleanup(proxy.stop)
        return proxy

    def get(self, target="/", fields=()):
        with Client(self.proxy.address) as client:
            return client.exchange(request("GET", target, fields))

    def test_a_restart_remembers(self):
        self.proxy.start().wait_open("blue", "green")
        self.assertEqual(self.proxy.weights(30, 70, reason="before").status, 200)
        self.proxy.api("PUT", "/v1/maintenance", {"on": True})
        generation = self.proxy.status()["generation"]
        self.assertEqual(self.proxy.stop(), 0)
        self.proxy.start()
        status = self.proxy.status()
        self.assertEqual((status["colors"]["green"]["weight"], status["maintenance"]), (70, True))
        self.assertGreaterEqual(status["generation"], generation)
        self.verify_journal()

    def verify_journal(self):
        state = self.proxy.config["state"]["path"]
        journals = [os.path.join(state, name) for name in os.listdir(state)
                    if "journal" in name and not name.endswith(".torn")]
        for journal in journals:
            ran = run("journal", "verify", journal)
            self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertTrue(journals)

    def test_killed_at_any_moment_it_never_comes_back_further_forward(self):
        """Green's share only grows, one step a change. After SIGKILL the share is that of the last
        change that was answered, or of the one under way: never more, and it starts by itself."""
        chance = random.Random(SEED)
        self.proxy.start().wait_open("blue", "green")
        answered = 0.0
        for number in range(KILLS):
            asked = self.change_until_killed(answered, chance)
            self.proxy.start()
            share = self.proxy.color("green")["weight"]
            self.assertIn(round(share, 2), {round(s, 2) for s in asked},
                          f"kill {number}: came back at {share}, asked {asked}")
            self.proxy.wait_open("blue", "green")
            if share > 90:
                self.assertEqual(self.proxy.weights(100, 0).status, 200)
                share = 0.0
            answered = share
        self.assertEqual(self.get().status, 200)
        self.verify_journal()

    def change_until_killed(self, answered, chance):
        """Raises green's share until the proxy is gone; the shares it may come back with."""
        asked = [answered]
        timer = threading.Timer(chance.uniform(0.0, 0.04), self.proxy.child.kill)
        timer.start()
        try:
            while True:
                wanted = round(asked[-1] + 0.01, 2)
                asked.append(wanted)
                answer = self.proxy.weights(round(100 - wanted, 2), wanted)
                if answer.status != 200:
                    raise AssertionError(f"refused: {answer.status} {answer.body!r}")
                asked = [wanted]
        except (OSError, ValueError, http.client.HTTPException):
            pass  # it is gone, at the latest while it answered
        timer.join()
        self.proxy.kill()
        return asked

    def test_sigterm_drains_in_two_steps(self):
        release = threading.Event()
        self.addCleanup(release.set)

        def late(peer, _):
            release.wait(20)
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")

        self.blue.on("/late", late)
        self.proxy.config["drain"] = {"notice": "1500ms", "finish": "8s"}
        self.proxy.start().wait_open("blue")
        with Client(self.proxy.address) as busy, Client(self.proxy.address) as idle:
            self.assertEqual(idle.exchange(request("GET", "/idle")).status, 200)
            busy.send(request("GET", "/late"))
            self.blue.wait("/late")
            self.proxy.signal(signal.SIGTERM)
            wait_until(lambda: self.proxy.api("GET", "/readyz").status == 503, what="not ready")
            self.assertEqual(self.proxy.api("GET", "/livez").status, 200)
            self.assertEqual(self.get("/still-accepting").status, 200)
            wait_until(self.refused, 10, "no new connections after the notice")
            self.assertIsNone(self.proxy.child.poll())
            release.set()
            answer = busy.response()
            self.assertEqual((answer.status, answer.body), (200, b"late"))
            self.assertEqual(idle.to_end(5), b"")
        self.assertEqual(self.proxy.wait_exit(10), 0)

    def refused(self):
        try:
            socket.create_connection(self.proxy.address, timeout=1).close()
            return False
        except OSError:
            return True

    def test_a_reload_touches_no_connection(self):
        self.proxy.start().wait_open("blue", "green")
        with Client(self.proxy.address) as client:
            self.assertEqual(client.exchange(request("GET", "/reload/1")).status, 200)
            upstream = self.blue.wait("/reload/1")[0].peer
            self.reload("reloaded")
            self.assertEqual(client.exchange(request("GET", "/reload/2")).status, 200)
            self.assertIs(self.blue.wait("/reload/2")[0].peer, upstream, "upstream connections stay too")
            self.proxy.config["limits"] = {"target": "100B"}
            self.reload("reloaded", 2)
            self.assertEqual(self.get("/" + "x" * 200).status, 414)
            self.assertEqual(client.exchange(request("GET", "/reload/3")).status, 200)

    def reload(self, event, count=1):
        self.proxy.write_config()
        self.proxy.signal(signal.SIGHUP)
        wait_until(lambda: sum(e.get("event") == event for e in self.proxy.log) >= count, what=event)

    def test_an_invalid_reload_changes_nothing_and_says_so(self):
        self.proxy.start().wait_open("blue")
        with Client(self.proxy.address) as client:
            self.assertEqual(client.exchange(request("GET", "/before")).status, 200)
            self.proxy.path.write_text("services: {}\nnonsense: 1\n")
            before = len(self.proxy.log)
            self.proxy.signal(signal.SIGHUP)
            wait_until(lambda: any("nonsense" in json.dumps(e) for e in self.proxy.log[before:]),
                       what="the problem in the log")
            self.assertEqual(client.exchange(request("GET", "/after")).status, 200)
        self.assertEqual(self.get("/fresh").status, 200)

    def test_a_bad_config_exits_78_and_binds_nothing(self):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.proxy.config["listen"] = [{"address": f"127.0.0.1:{port}"}]
        self.proxy.config["nonsense"] = True
        self.proxy.config["workers"] = -1
        self.proxy.spawn()
        self.assertEqual(self.proxy.wait_exit(), 78)
        said = "\n".join(self.proxy.noise)
        for problem in ("nonsense: unknown key", "workers: "):
            self.assertIn(problem, said)
        self.assertEqual(self.proxy.log, [])
        with socket.create_server(("127.0.0.1", port)):
            pass  # nobody holds it

    def test_check_prints_every_problem_at_once(self):
        self.proxy.config["nonsense"] = True
        self.proxy.config["timers"] = {"head": "10 parsecs"}
        self.proxy.write_config()
        ran = run("check", str(self.proxy.path))
        self.assertEqual(ran.returncode, 78)
        self.assertIn("nonsense", ran.stdout + ran.stderr)
        self.assertIn("timers.head", ran.stdout + ran.stderr)
        del self.proxy.config["nonsense"], self.proxy.config["timers"]
        self.proxy.write_config()
        ran = run("check", str(self.proxy.path))
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)

    def test_a_color_that_is_gone_does_not_stop_a_start(self):
        self.green.close()
        self.proxy.start().wait_open("blue")
        self.assertEqual(self.get().status, 200)
        self.assertFalse(self.proxy.gate_open("green"))


if __name__ == "__main__":
    unittest.main()
