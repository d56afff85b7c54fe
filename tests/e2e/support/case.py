"""The common shape of a test class: one scripted origin per color, one proxy, both gone at the end."""
import unittest

from .origin import Origin
from .proxy import Proxy, service, wait_until
from .wire import Client, Ended, request


class ProxyCase(unittest.TestCase):
    """Override `configure` for a proxy other than plain blue and green."""

    proxy = None

    @classmethod
    def setUpClass(cls):
        cls.blue = Origin("blue", "v20240101-abc1234")
        cls.green = Origin("green", "v20240102-def5678")
        cls.origin = cls.blue
        cls.proxy = cls.configure()
        try:
            cls.proxy.start()
            cls.proxy.wait_open("blue")
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def configure(cls, **config):
        return Proxy({"backend": service([cls.blue.url], [cls.green.url])}, **config)

    @classmethod
    def tearDownClass(cls):
        try:
            code = cls.proxy.stop()
            if code not in (0, None):
                raise AssertionError(f"the proxy ended with {code}: {cls.proxy.noise[-20:]}")
        finally:
            cls.proxy.clean()
            cls.blue.close()
            cls.green.close()

    def client(self, **more):
        client = Client(self.proxy.address, **more)
        self.addCleanup(client.close)
        return client

    def ask(self, octets, method="GET", timeout=None):
        """One exchange on a fresh connection."""
        with Client(self.proxy.address) as client:
            return client.exchange(octets, method, timeout)

    def get(self, target, fields=(), **more):
        return self.ask(request("GET", target, fields, **more))

    def assert_never_whole(self, path):
        """A GET that the upstream spoils: 502, a body that is visibly cut, or a closed connection."""
        try:
            answer = self.get(path)
        except Ended as end:
            self.assertEqual(end.got, b"", "half a head")
            return
        self.assertTrue(answer.status == 502 or not answer.complete, answer)

    def passed(self, path):
        """The newest request the origin saw for a path."""
        return self.origin.wait(path)[-1]

    def wait_upstream_closed(self, peer):
        """Waits until the proxy has ended this upstream connection."""
        wait_until(lambda: peer not in self.origin.open, what="upstream connection closed")

    def assert_serving(self):
        """Others are unharmed: a new connection gets a good answer."""
        self.assertEqual(self.get("/alive").status, 200)
