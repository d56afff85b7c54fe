"""TLS with an authority of one's own, and real host names through a CONNECT proxy."""
import os
import subprocess
import tempfile
import unittest

import botocore.config
import botocore.exceptions
import botocore.session

from .case import FakeCase
from .connect_proxy import ConnectProxy
from .server import Server

NAMES = "DNS:*.us-east-1.amazonaws.com,DNS:api.ecr.us-east-1.amazonaws.com"


def certificate(folder, names):
    """(certificate, key) that signs itself."""
    pair = os.path.join(folder, "server.pem"), os.path.join(folder, "server.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", "/CN=fake-aws", "-addext", f"subjectAltName={names}",
                    "-out", pair[0], "-keyout", pair[1]], check=True, capture_output=True)
    return pair


class Tls(FakeCase):
    names = NAMES + ",IP:127.0.0.1"

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.pair = certificate(folder.name, self.names)
        self.secure = Server(self.world, tls=self.pair).start()
        self.addCleanup(self.secure.stop)

    def connect(self, service, verify, proxy=None):
        """A client of the real host names behind a proxy, or of the address without one."""
        session = botocore.session.Session()
        config = botocore.config.Config(retries={"total_max_attempts": 1},
                                        proxies={"https": proxy.url} if proxy else {})
        client = session.create_client(service, region_name="us-east-1", verify=verify, config=config,
                                       endpoint_url=None if proxy else self.secure.url,
                                       aws_access_key_id=self.root.access_key, aws_secret_access_key=self.root.secret)
        self.addCleanup(client.close)
        return client

    def test_an_authority_of_ones_own_is_believed_when_named(self):
        self.assertEqual(self.connect("sts", self.pair[0]).get_caller_identity()["Arn"], self.root.arn)

    def test_without_it_nothing_is_sent(self):
        with self.assertRaises(botocore.exceptions.SSLError):
            self.connect("sts", True).get_caller_identity()
        self.assertEqual(self.world.journal.entries, [])

    def proxy(self):
        made = ConnectProxy(self.secure.server_address).start()
        self.addCleanup(made.stop)
        return made

    def test_real_host_names_lead_here_through_a_proxy(self):
        proxy = self.proxy()
        self.connect("ssm", self.pair[0], proxy).get_parameters_by_path(Path="/")
        self.connect("ecs", self.pair[0], proxy).describe_clusters()
        self.assertEqual([asked["host"] for asked in proxy.asked],
                         ["ssm.us-east-1.amazonaws.com:443", "ecs.us-east-1.amazonaws.com:443"])
        self.assertEqual(self.world.journal.entries[0]["headers"]["host"], "ssm.us-east-1.amazonaws.com")

    def test_the_host_of_another_region_is_refused(self):
        proxy = self.proxy()
        ssm = self.connect("ssm", self.pair[0], proxy)
        self.world.region = "eu-west-1"
        self.assert_refused("UnknownOperationException", ssm.get_parameters_by_path, Path="/")
        self.world.journal.problems.clear()

    def test_a_proxy_that_refuses_is_an_error(self):
        proxy = self.proxy()
        proxy.refuse = 407
        with self.assertRaises(botocore.exceptions.ProxyConnectionError):
            self.connect("ssm", self.pair[0], proxy).get_parameters_by_path(Path="/")


if __name__ == "__main__":
    unittest.main()
