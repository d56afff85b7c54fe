"""The 43 clauses of RFC 9110 and RFC 9112 that a reverse proxy must meet, through a running proxy."""
import sys
import tempfile
import unittest

from clauses.ends import EndClauses
from clauses.exchange import ExchangeClauses
from clauses.fields import FieldClauses
from clauses.framing import FramingClauses
from support import certificates
from support.case import ProxyCase

CLAUSES = 43


class Clauses(FieldClauses, FramingClauses, ExchangeClauses, EndClauses, ProxyCase):
    passing = set()
    notes = []

    @classmethod
    def configure(cls):
        cls.folder = tempfile.TemporaryDirectory()
        certificate, key = certificates.make(cls.folder.name, "app.test")
        cls.trust = certificates.trust(certificate)
        return super().configure(listen=[{"address": "127.0.0.1:0"},
                                         {"address": "127.0.0.1:0", "tls": {"certificate": certificate, "key": key}}])

    @classmethod
    def tearDownClass(cls):
        try:
            super().tearDownClass()
        finally:
            cls.folder.cleanup()
        for note in cls.notes:
            print(note, file=sys.stderr)
        print(f"{len(cls.passing)} of {CLAUSES} clauses pass", file=sys.stderr)

    def not_applicable(self, clause, why):
        self.notes.append(f"{clause}: part not applicable, {why}")

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) == before:
            self.passing.add(self._testMethodName[5:8])


if __name__ == "__main__":
    unittest.main()
