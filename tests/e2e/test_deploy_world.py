"""The world that tests of deploys live in, without any deploy: ECS by Debian's awscli, traffic by hand."""
import json
import unittest

from support.deploy_case import DONE, DeployCase
from support.deploy_world import BAD, NEW, OLD, SERVICES, image
from support.rollout import hold, plan


class World(DeployCase):
    options = {"tasks": 2}

    def start_in_green(self, version):
        """What an operator without switchctl would do."""
        world = self.world
        for name in SERVICES:
            family = world.service(name, "green")
            definition = {"family": family, "image": image(name, version), "environment": {"VERSION": version}}
            world.fake.post("seed", task_definitions=[definition])
            world.aws("ecs", "update-service", "--cluster", f"pms-{self.env}", "--service", family,
                      "--task-definition", family, "--desired-count", "2")
        world.wait_counts(2, 2)
        world.proxy.wait_open("green")

    def roll_out(self, version, seconds=0.2):
        path = self.world.folder / "plan.json"
        path.write_text(json.dumps(plan(hold(25, seconds, 20), hold(100, 0.2, 10))))
        return self.ctl.plain("rollout", self.env, "green", version, "--plan", str(path), "--proxy",
                              self.world.control_url(self.world.proxy))

    def test_a_good_version_takes_over_and_no_client_notices(self):
        load = self.load()
        self.start_in_green(NEW)
        done = self.roll_out(NEW)
        self.assertEqual(done.code, DONE, done)
        self.assert_live("green", NEW)
        self.assertEqual(load.served_by(), ["green"])
        self.assertEqual(len(self.world.updates()), 2)
        self.assertEqual(self.world.described("backend", "green")["runningCount"], 2)

    def test_a_bad_version_is_taken_out_and_no_client_notices(self):
        load = self.load()
        self.start_in_green(BAD)
        done = self.roll_out(BAD, 3600)
        self.assertEqual(done.code, 3, done)
        self.assert_live("blue", OLD)
        self.assertEqual(load.served_by(), ["blue"])


if __name__ == "__main__":
    unittest.main()
