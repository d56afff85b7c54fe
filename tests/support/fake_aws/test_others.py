"""ECR and Logs."""
import unittest

from .case import FakeCase


class Registry(FakeCase):
    def setUp(self):
        super().setUp()
        self.seed(images=[{"repository": "pms-backend", "tag": f"v{number}"} for number in (1, 2, 3)])

    def test_awscli_resolves_a_tag_to_a_digest(self):
        _, said, _ = self.aws("ecr", "describe-images", "--repository-name", "pms-backend", "--image-ids",
                              "imageTag=v2")
        self.assertEqual(said["imageDetails"][0]["imageTags"], ["v2"])
        self.assertTrue(said["imageDetails"][0]["imageDigest"].startswith("sha256:"))

    def test_a_missing_tag_and_a_missing_repository_are_told_apart(self):
        ecr = self.client("ecr")
        self.assert_refused("ImageNotFoundException", ecr.describe_images, repositoryName="pms-backend",
                            imageIds=[{"imageTag": "v9"}])
        self.assert_refused("RepositoryNotFoundException", ecr.describe_images, repositoryName="other")

    def test_images_come_in_pages(self):
        pages = list(self.client("ecr").get_paginator("describe_images").paginate(
            repositoryName="pms-backend", PaginationConfig={"PageSize": 2}))
        self.assertEqual([len(page["imageDetails"]) for page in pages], [2, 1])


class LogEvents(FakeCase):
    GROUP = "/ecs/pms-backend-production"

    def setUp(self):
        super().setUp()
        self.seed(logs=[{"group": self.GROUP, "stream": "ecs/app/1", "message": f"line {number}", "timestamp": number}
                        for number in range(1, 6)])

    def test_pages_may_be_empty_and_go_on(self):
        self.world.set("logs", {"empty_pages": True, "page": 2})
        pages = list(self.client("logs").get_paginator("filter_log_events").paginate(logGroupName=self.GROUP))
        self.assertEqual([len(page["events"]) for page in pages], [0, 2, 0, 2, 0, 1])

    def test_time_and_pattern_choose(self):
        events = self.client("logs").filter_log_events(logGroupName=self.GROUP, startTime=3,
                                                       filterPattern='"line 4"')["events"]
        self.assertEqual([event["message"] for event in events], ["line 4"])

    def test_a_missing_group_is_not_found(self):
        self.assert_refused("ResourceNotFoundException", self.client("logs").filter_log_events, logGroupName="/no")


if __name__ == "__main__":
    unittest.main()
