"""Traffic between blue and green: weights, affinity, preview, a color that dies, maintenance,
replacement of endpoints, and what a restart remembers."""
import collections
import contextlib
import threading
import unittest

from support.case import ProxyCase
from support.proxy import Proxy, service, wait_until
from support.origin import Origin
from support.toy import Toy
from support.wire import Client, Ended, request

FAST = {"path": "/healthz", "interval": "200ms", "timeout": "190ms", "rise": 1, "fall": 3}


def then_reset(peer, _):
    peer.reset()
    return False


class Switching(ProxyCase):
    workers = 2

    @classmethod
    def configure(cls):
        return super().configure(workers=cls.workers, trusted=["127.0.0.0/8"])

    def setUp(self):
        self.proxy.wait_open("blue", "green")
        if self.proxy.status()["rollout"]:
            self.proxy.api("POST", "/v1/rollout/abort", {})
        self.assertEqual(self.proxy.weights(100, 0).status, 200)
        self.proxy.api("PUT", "/v1/maintenance", {"on": False})

    def colors(self, count, clients=8, fields=()):
        """Colors of `count` requests spread over `clients` connections."""
        seen = collections.Counter()
        with contextlib.ExitStack() as stack:
            all_clients = [stack.enter_context(Client(self.proxy.address)) for _ in range(clients)]
            for number in range(count):
                answer = all_clients[number % clients].exchange(request("GET", "/color", fields))
                seen[answer.value("X-Origin")] += 1
        return seen

    def test_weights_are_met_to_the_request(self):
        for green in (1, 10, 50):
            with self.subTest(green=green):
                self.assertEqual(self.proxy.weights(100 - green, green).status, 200)
                seen = self.colors(1000)
                self.assertAlmostEqual(seen["green"], 10 * green, delta=self.workers * 1.01)

    def test_one_color_gets_all_at_100_percent(self):
        self.assertEqual(self.proxy.weights(0, 100).status, 200)
        self.assertEqual(self.colors(100), {"green": 100})

    def test_weights_are_linearizable_on_every_worker(self):
        """Once the PUT is answered no connection, new or old, is sent by the old weights."""
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(Client(self.proxy.address)) for _ in range(40)]
            for number in range(100):
                color, green = ("green", 100) if number % 2 == 0 else ("blue", 0)
                self.assertEqual(self.proxy.weights(100 - green, green).status, 200)
                for client in clients:
                    client.send(request("GET", "/linear"))
                for client in clients:
                    self.assertEqual(client.response().value("X-Origin"), color)

    def test_the_affinity_cookie_keeps_a_client_on_its_color(self):
        self.assertEqual(self.proxy.weights(50, 50).status, 200)
        cookies = {}
        with Client(self.proxy.address) as client:
            while len(cookies) < 2:
                answer = client.exchange(request("GET", "/first"))
                cookie = answer.value("Set-Cookie")
                self.assertIsNotNone(cookie)
                cookies[answer.value("X-Origin")] = cookie.split(";")[0]
        for color, cookie in cookies.items():
            self.assertEqual(self.colors(40, fields=[("Cookie", f"a=1; {cookie}; b=2")]), {color: 40})
        self.assertEqual(self.passed("/color").value("Cookie"), "a=1; b=2")

    def test_affinity_is_monotone_while_the_percentage_grows(self):
        cookies = []
        self.assertEqual(self.proxy.weights(90, 10).status, 200)
        with Client(self.proxy.address) as client:
            for _ in range(40):
                answer = client.exchange(request("GET", "/grow"))
                cookies.append((answer.value("X-Origin"), answer.value("Set-Cookie").split(";")[0]))
            for green in (25, 50, 90):
                self.assertEqual(self.proxy.weights(100 - green, green).status, 200)
                for number, (color, cookie) in enumerate(cookies):
                    now = client.exchange(request("GET", "/grow", [("Cookie", cookie)])).value("X-Origin")
                    if color == "green":
                        self.assertEqual(now, "green", f"client {number} fell back at {green} %")
                    cookies[number] = (now, cookie)

    def test_a_trusted_peer_previews_a_color_at_0_percent(self):
        preview = [("X-Switchyard-Color", "green")]
        answer = self.get("/preview", preview)
        self.assertEqual(answer.value("X-Origin"), "green")
        self.assertIsNone(answer.value("Set-Cookie"))
        self.assertEqual(self.get("/preview").value("X-Origin"), "blue")

    def test_a_failing_live_color_does_not_show_a_color_at_0_percent(self):
        self.blue.on("/fails", then_reset)
        for _ in range(5):
            self.assertEqual(self.get("/fails").status, 502)
        self.assertEqual(self.green.seen("/fails"), [])

    def test_a_failing_candidate_is_replayed_on_live(self):
        self.green.on("/shield", then_reset)
        self.assertEqual(self.proxy.weights(50, 50, force=True, reason="must stay").status, 200)
        for _ in range(10):
            self.assertEqual(self.get("/shield").value("X-Origin"), "blue")
        self.assertGreater(len(self.green.seen("/shield")), 0)

    def test_switch_and_rollback(self):
        for force in (False, True):  # with a bake, and by hand
            with self.subTest(force=force):
                body = {"color": "green", "reason": "new", "force": force}
                self.assertEqual(self.proxy.api("POST", "/v1/switch", body).status, 200)
                self.assertEqual(self.colors(20), {"green": 20})
                self.assertEqual(self.proxy.status()["live"], "green" if force else "blue")
                self.assertEqual(self.proxy.api("POST", "/v1/rollback", {"reason": "bad"}).status, 200)
                self.assertEqual(self.colors(20), {"blue": 20})

    def test_maintenance_answers_503_and_leaves_health_alone(self):
        self.assertEqual(self.proxy.api("PUT", "/v1/maintenance", {"on": True, "reason": "work"}).status, 200)
        answer = self.get("/page", [("Accept", "text/html")])
        self.assertEqual(answer.status, 503)
        self.assertTrue(answer.value("Retry-After").isdigit())
        self.assertTrue(answer.value("Content-Type").startswith("text/html"))
        self.assertEqual(self.get("/healthz").status, 200)
        self.assertEqual(self.proxy.api("PUT", "/v1/maintenance", {"on": False}).status, 200)
        self.assertEqual(self.get("/page").status, 200)

    def test_upstreams_are_replaced_only_without_traffic(self):
        fresh = Origin("fresh", "v20240103-aaa1111")
        self.addCleanup(fresh.close)
        body = {"endpoints": {"backend": [fresh.url]}}
        self.assertEqual(self.proxy.api("PUT", "/v1/upstreams/blue", body).status, 409)
        self.assertEqual(self.proxy.api("PUT", "/v1/upstreams/green", body).status, 200)
        wait_until(lambda: self.proxy.color("green")["version"] == fresh.version and self.proxy.gate_open("green"),
                   what="the new endpoint probed")
        self.assertEqual(self.proxy.weights(0, 100).status, 200)
        self.assertEqual(self.colors(10), {"fresh": 10})
        self.assertEqual(self.proxy.weights(100, 0).status, 200)
        body = {"endpoints": {"backend": []}}
        self.assertEqual(self.proxy.api("PUT", "/v1/upstreams/green", body).status, 200)
        wait_until(lambda: self.proxy.color("green")["version"] == self.green.version,
                   what="the configured endpoint back")

    def test_weight_onto_a_shut_gate_is_refused_without_force(self):
        self.green.healthy = False
        try:
            wait_until(lambda: not self.proxy.gate_open("green"), what="gate of green shut")
            refused = self.proxy.weights(50, 50)
            self.assertEqual(refused.status, 409)
            self.assertEqual(self.colors(20), {"blue": 20})
        finally:
            self.green.healthy = True
        self.proxy.wait_open("green")


class Killed(unittest.TestCase):
    """A color's processes die by SIGKILL while clients go on asking."""

    def setUp(self):
        self.toys = {c: Toy(c, v) for c, v in (("blue", "v20240101-abc1234"), ("green", "v20240102-def5678"))}
        for toy in self.toys.values():
            self.addCleanup(toy.stop)
        urls = {color: [toy.url] for color, toy in self.toys.items()}
        self.proxy = Proxy({"backend": service(urls["blue"], urls["green"], health=FAST)}, workers=2)
        self.addCleanup(self.proxy.clean)
        self.proxy.start().wait_open("blue", "green")
        self.addCleanup(self.proxy.stop)
        self.failures = []
        self.answers = collections.Counter()

    def ask_without_end(self, over):
        try:
            with Client(self.proxy.address) as client:
                while not over.is_set():
                    answer = client.exchange(request("GET", "/api/version"))
                    self.answers[answer.value("X-Served-By")] += 1
                    if answer.status != 200:
                        self.failures.append((answer.status, answer.body[:200]))
        except (Ended, OSError) as problem:
            self.failures.append(repr(problem))

    def test_gets_never_fail_while_a_color_is_killed(self):
        over = threading.Event()
        self.assertEqual(self.proxy.weights(50, 50, force=True, reason="must stay").status, 200)
        askers = [threading.Thread(target=self.ask_without_end, args=(over,), daemon=True) for _ in range(4)]
        for asker in askers:
            asker.start()
        try:
            for victim in ("green", "blue", "green"):
                start = self.answers.total()
                wait_until(lambda start=start: self.answers.total() > start + 200, what="traffic")
                self.toys[victim].kill()
                wait_until(lambda victim=victim: not self.proxy.gate_open(victim), what=f"gate of {victim} shut")
                start = self.answers.total()
                wait_until(lambda start=start: self.answers.total() > start + 200, what="traffic goes on")
                self.toys[victim].restart()
                self.proxy.wait_open(victim)
        finally:
            over.set()
            for asker in askers:
                asker.join(10)
        self.assertEqual(self.failures, [])
        self.assertGreater(self.answers["blue"], 100)
        self.assertGreater(self.answers["green"], 100)


if __name__ == "__main__":
    unittest.main()
