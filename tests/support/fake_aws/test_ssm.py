"""Parameter Store's rules: sizes, names, versions, labels, pages, tombstones, stale reads, rates."""
import threading
import unittest

from .case import FakeCase

NAME = "/pms/production/deployment-metadata"


class Parameters(FakeCase):
    def setUp(self):
        super().setUp()
        self.ssm = self.client("ssm")

    def put(self, name=NAME, value="{}", **more):
        more = {"Type": "String", **more} if not more.get("Overwrite") else more
        return self.ssm.put_parameter(Name=name, Value=value, **more)["Version"]

    def get(self, name=NAME, **more):
        return self.ssm.get_parameter(Name=name, **more)["Parameter"]

    def test_awscli_puts_once_is_refused_twice_and_overwrites(self):
        put = ("ssm", "put-parameter", "--name", NAME, "--value", "first", "--type", "String")
        self.assertEqual(self.aws(*put)[1], {"Version": 1, "Tier": "Standard"})
        code, _, words = self.aws(*put, check=False)
        self.assertEqual(code, 254)
        self.assertIn("ParameterAlreadyExists", words)
        self.assertEqual(self.aws("ssm", "put-parameter", "--name", NAME, "--value", "second", "--overwrite")[1],
                         {"Version": 2, "Tier": "Standard"})
        _, said, _ = self.aws("ssm", "get-parameter", "--name", NAME + ":1")
        self.assertEqual((said["Parameter"]["Value"], said["Parameter"]["Selector"]), ("first", ":1"))

    def test_a_standard_value_has_at_most_4096_octets(self):
        self.assertEqual(self.put(value="x" * 4096), 1)
        self.assertIn("4096", self.assert_refused("ValidationException", self.ssm.put_parameter, Name=NAME,
                                                  Value="ä" * 2049, Overwrite=True))
        self.assertEqual(self.put(value="x" * 8192, Overwrite=True, Tier="Advanced"), 2)
        self.assert_refused("ValidationException", self.ssm.put_parameter, Name=NAME, Value="x" * 8193, Overwrite=True)
        self.assert_refused("ValidationException", self.ssm.put_parameter, Name=NAME, Value="x", Overwrite=True,
                            Tier="Standard")

    def test_double_braces_and_nothing_are_no_values(self):
        for value in ("{{x}}", '{"a":{"b":"{{"}}', ""):
            self.assert_refused("ValidationException", self.ssm.put_parameter, Name=NAME, Value=value, Type="String")

    def test_bad_names_are_refused(self):
        for name in ("aws/x", "/ssm/x", "/AWSome", "a/b", "/a b", "/a//b", "/" + "x" * 1011, "/é"):
            with self.subTest(name):
                self.assert_refused("ValidationException", self.ssm.put_parameter, Name=name, Value="v", Type="String")
        self.assert_refused("HierarchyLevelLimitExceededException", self.ssm.put_parameter, Name="/a" * 16, Value="v",
                            Type="String")

    def test_a_type_is_needed_once_and_never_changes(self):
        self.assert_refused("ValidationException", self.ssm.put_parameter, Name=NAME, Value="v")
        self.put()
        self.assert_refused("HierarchyTypeMismatchException", self.ssm.put_parameter, Name=NAME, Value="v",
                            Type="SecureString", Overwrite=True)
        self.assert_refused("ValidationException", self.ssm.put_parameter, Name=NAME, Value="v", Type="Number",
                            Overwrite=True)

    def test_tags_and_overwrite_exclude_one_another(self):
        self.put()
        self.assertIn("tags and overwrite", self.assert_refused(
            "ValidationException", self.ssm.put_parameter, Name=NAME, Value="v", Overwrite=True,
            Tags=[{"Key": "a", "Value": "b"}]))

    def test_a_hundred_versions_are_kept(self):
        for number in range(1, 103):
            self.assertEqual(self.put(value=str(number), Overwrite=True, Type="String"), number)
        self.assert_refused("ParameterVersionNotFound", self.ssm.get_parameter, Name=NAME + ":2")
        self.assertEqual(self.get(NAME + ":3")["Value"], "3")
        pages = list(self.ssm.get_paginator("get_parameter_history").paginate(Name=NAME))
        self.assertEqual([len(page["Parameters"]) for page in pages], [50, 50])
        self.assertEqual(pages[1]["Parameters"][-1]["LastModifiedUser"], self.root.arn)

    def test_a_label_on_the_oldest_of_a_hundred_blocks_every_write(self):
        for number in range(1, 101):
            self.put(value=str(number), Overwrite=True, Type="String")
        self.ssm.label_parameter_version(Name=NAME, ParameterVersion=1, Labels=["current"])
        self.assert_refused("ParameterMaxVersionLimitExceeded", self.ssm.put_parameter, Name=NAME, Value="v",
                            Overwrite=True)
        self.ssm.label_parameter_version(Name=NAME, ParameterVersion=100, Labels=["current"])
        self.assertEqual(self.put(value="v", Overwrite=True), 101)
        self.assertEqual(self.get(NAME + ":current")["Version"], 100)

    def test_a_bad_label_is_told_in_a_good_answer(self):
        self.put()
        said = self.ssm.label_parameter_version(Name=NAME, Labels=["v1", "1st", "aws-x", "a/b"])
        self.assertEqual(said["InvalidLabels"], ["1st", "aws-x", "a/b"])

    def test_names_that_are_not_there_are_listed_and_a_page_has_ten(self):
        for place in range(12):
            self.put(f"/pms/x/{place:02}")
        said = self.ssm.get_parameters(Names=["/pms/x/01", "/pms/x/00", "/none"])
        self.assertEqual([one["Name"] for one in said["Parameters"]], ["/pms/x/00", "/pms/x/01"])
        self.assertEqual(said["InvalidParameters"], ["/none"])
        pages = list(self.ssm.get_paginator("get_parameters_by_path").paginate(Path="/pms", Recursive=True))
        self.assertEqual([len(page["Parameters"]) for page in pages], [10, 2])
        self.assertEqual(self.ssm.get_parameters_by_path(Path="/pms")["Parameters"], [])

    def test_a_page_may_be_empty_and_not_the_last(self):
        for place in range(3):
            self.put(f"/pms/x/{place}")
        self.world.set("ssm", {"empty_pages": True})
        pages = list(self.ssm.get_paginator("get_parameters_by_path").paginate(Path="/pms/x"))
        self.assertEqual([len(page["Parameters"]) for page in pages], [0, 3])

    def test_a_deleted_name_is_free_after_thirty_seconds(self):
        self.put()
        self.ssm.delete_parameter(Name=NAME)
        self.assert_refused("ParameterNotFound", self.ssm.get_parameter, Name=NAME)
        self.assert_refused("ParameterAlreadyExists", self.ssm.put_parameter, Name=NAME, Value="v", Type="String")
        self.advance(31)
        self.assertEqual(self.put(), 1)

    def test_reads_may_lag_behind_a_write(self):
        self.world.set("ssm", {"stale_reads": 2})
        self.put(value="one")
        for _ in range(2):
            self.assert_refused("ParameterNotFound", self.ssm.get_parameter, Name=NAME)
        self.put(value="two", Overwrite=True)
        self.assertEqual([self.get()["Value"] for _ in range(3)], ["one", "one", "two"])

    def test_a_secure_string_is_sealed_until_decrypted(self):
        self.put(value="geheimnis", Type="SecureString")
        self.assertNotIn("geheimnis", self.get()["Value"])
        self.assertEqual(self.get(WithDecryption=True)["Value"], "geheimnis")
        self.world.set("ssm", {"kms_denied": True})
        self.assert_refused("AccessDeniedException", self.ssm.get_parameter, Name=NAME, WithDecryption=True)

    def test_two_writes_at_once_are_too_many_updates(self):
        self.put()
        self.sow("slow", "PutParameter", seconds=20)
        thread = threading.Thread(target=lambda: self.put(value="first", Overwrite=True))
        thread.start()
        held = self.world.services["ssm"].busy
        while not held:
            thread.join(0.005)
        self.assert_refused("TooManyUpdates", self.client("ssm").put_parameter, Name=NAME, Value="v", Overwrite=True)
        self.server.stopping.set()
        thread.join()
        self.assertEqual(self.get()["Value"], "first")

    def test_of_many_creators_at_once_one_wins(self):
        codes = []

        def create(owner):
            codes.append(self.raw("ssm", "PutParameter", {"Name": NAME, "Value": owner, "Type": "String"}).code)
        threads = [threading.Thread(target=create, args=(f"owner {number}",)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(codes.count(None), 1)
        self.assertLessEqual(set(codes), {None, "ParameterAlreadyExists", "TooManyUpdates"})
        self.assertEqual(self.get()["Version"], 1)

    def test_puts_can_be_rationed(self):
        self.world.set("ssm", {"put_tps": 3})
        self.world.clock.steady = lambda: 0.0
        for place in range(3):
            self.put(f"/pms/{place}")
        self.assert_refused("ThrottlingException", self.ssm.put_parameter, Name="/pms/4", Value="v", Type="String")
        self.world.clock.advance(1)
        self.put("/pms/4")

    def test_unknown_members_are_refused_and_remembered(self):
        answer = self.raw("ssm", "GetParameter", {"Name": NAME, "Nmae": NAME})
        self.assertEqual((answer.status, answer.code), (400, "ValidationException"))
        self.assertEqual(len(self.world.journal.problems), 1)
        self.world.journal.problems.clear()


if __name__ == "__main__":
    unittest.main()
