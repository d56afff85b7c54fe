"""Debian's botocore as an oracle: it and control/aws are asked the same, many times, by seed."""
import datetime
import json
import os
import random
import subprocess
import unittest
import unittest.mock
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.endpoint_provider
import botocore.exceptions
import botocore.loaders
import botocore.parsers

ORACLE = os.path.join(os.environ.get("SY_TEST_DIR", "build/release/tests"), "aws_oracle")
SEED = int(os.environ.get("SY_SEED", "1"))
CASES = int(os.environ.get("SY_CASES", "2000"))
SERVICES = ("ecs", "ssm", "sts", "ecr", "logs", "servicediscovery")
FOLDERS = {name: name for name in SERVICES}


def ask(lines):
    """The answers to many questions, of one process."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run([ORACLE], input=text, capture_output=True, text=True, check=True, timeout=300)
    return [json.loads(line) for line in done.stdout.splitlines()]


class At(datetime.datetime):
    """A clock that stands."""

    stands = 0

    @classmethod
    def utcnow(cls):
        return datetime.datetime.fromtimestamp(cls.stands, datetime.timezone.utc).replace(tzinfo=None)


class Signatures(unittest.TestCase):
    letters = "abcXYZ019-_.~"

    def words(self, chance, letters, most):
        return "".join(chance.choice(letters) for _ in range(chance.randrange(1, most)))

    def path(self, chance):
        if chance.random() < 0.4:
            return "/"
        parts = [chance.choice(["", ".", "..", self.words(chance, self.letters + " é:+,", 12)])
                 for _ in range(chance.randrange(1, 6))]
        # Behind a last dot segment RFC 3986 leaves a slash, and botocore does not.
        parts.append(chance.choice(["", self.words(chance, "abc", 5)]))
        return "/" + urllib.parse.quote("/".join(parts), safe="/~.")

    def query(self, chance):
        pairs = [(self.words(chance, self.letters + " &=é/", 6),
                  self.words(chance, self.letters + " +?é/", 9)) for _ in range(chance.randrange(0, 4))]
        return "&".join(f"{urllib.parse.quote(key, safe='')}={urllib.parse.quote(value, safe='')}"
                        for key, value in pairs)

    def case(self, chance):
        query = self.query(chance)
        fields = [["Host", chance.choice(["ecs.us-east-1.amazonaws.com", "127.0.0.1:4599", "[::1]:80"])],
                  ["Content-Type", "application/x-amz-json-1.1"]]
        for number in range(chance.randrange(0, 4)):
            value = self.words(chance, self.letters + "  ,;=\"", 20).strip() or "x"
            fields.append([chance.choice(["X-Amz-Target", "x-amz-meta", "X-Custom"]) + f"-{number}", value])
        if chance.random() < 0.3:
            fields.append(["User-Agent", "not signed"])
        return {"ask": "sign", "method": chance.choice(["POST", "GET", "PUT"]),
                "target": self.path(chance) + (f"?{query}" if query else ""), "fields": fields,
                "body": self.words(chance, self.letters + "{}\":é\n", 200), "id": self.words(chance, "AKIA0189", 21),
                "secret": self.words(chance, self.letters + "/+=", 41),
                "token": self.words(chance, self.letters + "/+=", 300) if chance.random() < 0.5 else "",
                "region": chance.choice(["us-east-1", "eu-central-1", "us-gov-west-1"]),
                "service": chance.choice(SERVICES), "now": chance.randrange(946684800, 4102444800)}

    def expected(self, case):
        host = case["fields"][0][1]
        request = botocore.awsrequest.AWSRequest(case["method"], f"https://{host}{case['target']}",
                                                 headers=dict(case["fields"]), data=case["body"].encode())
        keys = botocore.credentials.Credentials(case["id"], case["secret"], case["token"] or None)
        At.stands = case["now"]
        with unittest.mock.patch("botocore.auth.datetime.datetime", At):
            botocore.auth.SigV4Auth(keys, case["service"], case["region"]).add_auth(request)
        names = ("authorization", "x-amz-date", "x-amz-security-token")
        return {name.lower(): value for name, value in request.headers.items() if name.lower() in names}

    def test_every_request_is_signed_alike(self):
        chance = random.Random(SEED)
        cases = [self.case(chance) for _ in range(CASES)]
        for number, (case, got) in enumerate(zip(cases, ask(cases), strict=True)):
            self.assertEqual(got, self.expected(case), f"seed {SEED}, case {number}: {case}")
        print(f"[  ORACLE  ] signatures: {len(cases)} cases, seed {SEED}")


class Endpoints(unittest.TestCase):
    """Where a rule set of Debian's botocore gives a URL, it is ours."""

    def test_every_region_of_every_service_in_every_mode(self):
        loader = botocore.loaders.Loader()
        partitions = loader.load_data("partitions")
        regions = [region for one in partitions["partitions"] for region in one["regions"] if "global" not in region]
        regions += ["us-east-77", "eu-nowhere-3", "cn-far-9"]
        cases, wanted = [], []
        for service in SERVICES:
            rules = loader.load_service_model(service, "endpoint-rule-set-1")
            provider = botocore.endpoint_provider.EndpointProvider(rules, partitions)
            for region in regions:
                for fips in (False, True):
                    for dual in (False, True):
                        if dual and service == "ecr":
                            continue  # Its name has changed since Debian's rules.
                        try:
                            found = provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual)
                        except botocore.exceptions.EndpointProviderError:
                            continue
                        cases.append({"ask": "endpoint", "service": service, "region": region, "fips": fips,
                                      "dual_stack": dual})
                        wanted.append(found.url)
        different = [(case, url, got) for case, url, got in zip(cases, wanted, ask(cases), strict=True)
                     if got.get("url") != url]
        self.assertEqual(different[:5], [])
        self.assertGreater(len(cases), 300)
        print(f"[  ORACLE  ] endpoints: {len(cases)} cases")


class Refusals(unittest.TestCase):
    def answers(self):
        codes = ["ThrottlingException", "aws.ecs#ClientException", "FooError:http://internal.example/coral/",
                 "aws.x#FooError:http://internal.example/"]
        for code in codes:
            for message in ("message", "Message"):
                yield [], {"__type": code, message: "what went wrong"}
            yield [["x-amzn-errortype", code]], {"message": "by the header alone"}

    def test_every_form_of_an_error_has_the_same_code_and_message(self):
        cases, wanted = [], []
        parser = botocore.parsers.JSONParser()
        for fields, body in self.answers():
            text = json.dumps(body)
            cases.append({"ask": "error", "status": 400, "fields": fields, "body": text})
            parsed = parser.parse({"status_code": 400, "headers": dict(fields), "body": text.encode()}, None)
            wanted.append(parsed["Error"])
        known = 0
        for case, want, got in zip(cases, wanted, ask(cases), strict=True):
            # Debian's botocore neither reads the header nor cuts the URI; the protocol's vectors want both.
            if case["fields"] or ":" in want["Code"]:
                continue
            known += 1
            self.assertEqual((got["code"], got["message"]), (want["Code"], want["Message"]), case)
        print(f"[  ORACLE  ] errors: {known} cases")


if __name__ == "__main__":
    unittest.main()
