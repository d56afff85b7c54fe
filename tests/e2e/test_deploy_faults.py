"""AWS on a bad day: throttling, lost answers, resets, pages instead of JSON, stale reads, credentials that end in the
middle, two deploys at once. The deploy goes through, or says why not and leaves traffic and record in order."""
import unittest

from support.deploy_case import DONE, FORBIDDEN, LOCKED, REFUSED, ROLLED_BACK, DeployCase
from support.deploy_world import NEW, OLD, OLDER, SERVICES


class Weather(DeployCase):
    """Faults that a patient client gets over."""

    def survives(self, *faults, **more):
        self.load()
        for kind, operation, described in faults:
            self.fake.sow(kind, operation, **described)
        done = self.deploy(**more)
        self.assert_exit(done, DONE)
        self.assert_live("green", NEW)
        record = self.assert_record("succeeded", NEW, OLD)
        self.assertEqual(record["epoch"], 1)
        return done

    def test_throttling(self):
        self.survives(*(("throttle", operation, {"count": 2, "skip": 1}) for operation in (
            "DescribeServices", "DescribeTasks", "UpdateService", "PutParameter")))

    def test_answers_that_are_lost(self):
        """Applied, but nobody was told: nothing may be done twice, and our own claim is not somebody else's."""
        self.survives(("lost", "PutParameter", {"count": 1}), ("lost", "UpdateService", {"count": 1}),
                      ("reset_after", "RegisterTaskDefinition", {"count": 1}))
        claims = {one["input"]["Name"] for one in self.fake.requests(operation="PutParameter")
                  if "claims" in one["input"]["Name"]}
        self.assertEqual(len(claims), 1, claims)
        for name in SERVICES:
            self.assertEqual(self.world.described(name, "green")["deployments"][0]["rolloutState"], "COMPLETED")

    def test_the_answer_to_the_record_is_lost(self):
        where = {"Name": f"/pms/{self.env}/deployment-metadata"}
        self.survives(("lost", "PutParameter", {"where": where}))

    def test_pages_instead_of_json(self):
        self.survives(("html", "DescribeServices", {"status": 503, "skip": 2}),
                      ("html", "GetParameter", {"status": 503}), ("html", "PutParameter", {"status": 500, "skip": 1}))

    def test_connections_that_are_reset(self):
        self.survives(("reset_before", "DescribeServices", {"skip": 1}), ("reset_before", "UpdateService", {}),
                      ("truncate", "DescribeTasks", {"skip": 1}))

    def test_reads_that_are_stale(self):
        self.fake.put("settings", ssm={"stale_reads": 2}, ecs={"stale_polls": 2, "shuffle_deployments": True})
        self.survives()

    def test_answers_of_another_day(self):
        """Unknown members everywhere, times with exponents, no rolloutState."""
        self.fake.put("settings", http={"future_members": True, "exponents": True}, ecs={"no_rollout_state": True})
        self.survives()


class Storm(DeployCase):
    """Faults that do not pass."""

    def test_ecs_is_out_of_order_while_tasks_start(self):
        self.load()
        self.world.freeze()
        running = self.start_deploy()
        running.wait_step("up")
        self.fake.put("policy", deny=["ecs:Describe*"])
        self.world.thaw()
        done = self.ctl.end(running)
        self.assert_exit(done, ROLLED_BACK, "ecs:Describe")
        self.assert_live("blue", OLD)
        self.fake.put("policy", deny=[])
        self.deployed(NEW)

    def test_a_denied_start_leaves_nothing_behind(self):
        self.load()
        self.fake.put("policy", deny=["ecs:UpdateService"])
        done = self.deploy()
        self.assert_exit(done, FORBIDDEN, "ecs:UpdateService")
        self.assert_live("blue", OLD)
        self.fake.put("policy", deny=[])
        self.world.wait_counts(1, 0)
        self.assertNotEqual((self.world.record() or {}).get("result"), "succeeded")
        self.deployed(NEW)

    def test_somebody_else_writes_the_record_meanwhile(self):
        """A conflict is told loudly, and nothing more is changed in ECS."""
        self.load()
        self.deployed(OLDER)
        name = f"/pms/{self.env}/deployment-metadata"
        running = self.start_deploy(NEW, "--plan", self.long_plan())
        running.wait_step("rollout")
        value = self.world.aws("ssm", "get-parameter", "--name", name)["Parameter"]["Value"]
        self.fake.post("seed", parameters=[{"Name": name, "Value": value.replace('"epoch":1', '"epoch":2'),
                                            "Overwrite": True}])
        mark = self.world.mark()
        for _ in range(2):
            self.ctl.run("promote", self.env, NEW, environment=self.world.as_role("approver"))
        running.wait_step("health")
        done = self.ctl.end(running)
        self.assert_exit(done, REFUSED, name)
        self.assertEqual(self.world.updates(mark), [])


class Rivals(DeployCase):
    def test_of_two_deploys_at_once_one_wins(self):
        load = self.load()
        both = [self.start_deploy(version) for version in (NEW, OLDER)]
        done = [self.ctl.end(running, 90) for running in both]
        self.assertEqual(sorted(one.code for one in done), [DONE, LOCKED], "\n".join(map(str, done)))
        winner = next(one for one in done if one.code == DONE)
        self.assertEqual(self.world.live()[1], winner.result["version"])
        self.assert_record("succeeded", winner.result["version"], OLD)
        self.assertEqual(load.served_by(), ["green"])
        self.assertEqual(self.fake.get("requests")["counts"]["ecs.RegisterTaskDefinition"], 2)


class Ending(DeployCase):
    """Credentials from outside that nobody can refresh."""

    options = {"credentials": "temporary"}

    def test_credentials_that_end_in_the_bake(self):
        load = self.load()
        running = self.start_deploy(NEW, "--plan", self.long_plan((100, 3)))
        load.wait_more(20, "green")
        self.fake.post("expire")
        done = self.ctl.end(running)
        self.assert_exit(done, ROLLED_BACK, "ExpiredToken", "stays claimed", f"switchctl rollback {self.env}")
        self.assert_live("blue", OLD)
        self.assertIsNone(self.world.record())
        fresh = self.fake.environment("temporary")
        seen = self.ctl.plain("status", self.env, environment=fresh)
        self.assertIn(f"switchctl rollback {self.env}", seen.out)
        self.assert_exit(self.ctl.run("rollback", self.env, "--yes", environment=fresh), DONE)
        self.world.wait_counts(1, 0)
        self.deployed(NEW, environment=fresh)
        self.assert_live("green", NEW)


class Refreshed(DeployCase):
    options = {"credentials": "container"}

    def test_credentials_that_can_be_had_again(self):
        load = self.load()
        running = self.start_deploy(NEW, "--plan", self.long_plan((100, 3)))
        load.wait_more(20, "green")
        self.fake.post("expire")
        self.assert_exit(self.ctl.end(running), DONE)
        self.assert_live("green", NEW)
        self.assert_record("succeeded", NEW, OLD)


if __name__ == "__main__":
    unittest.main()
