"""The IAM policies: well-formed, narrow, and just the actions that switchctl uses and the documentation lists."""
import functools
import re
import unittest

from support import FOLDER, ROOT, read_json

SERVICES = {"AmazonEC2ContainerServiceV20141113": "ecs", "AmazonSSM": "ssm", "Logs_20140328": "logs",
            "AmazonEC2ContainerRegistry_V20150921": "ecr"}
# Used without a call of that name: ECS asks for them when a definition with roles and tags is registered.
IMPLIED = {"ecs:TagResource", "iam:PassRole"}
# AWS has nothing narrower than "*" for these.
WHOLE = {"ecr:GetAuthorizationToken", "ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition", "ecs:ListTasks"}


def policies():
    return sorted(path.name for path in (FOLDER / "iam").glob("*.json"))


def listed(value):
    return value if isinstance(value, list) else [value]


def actions_of(name):
    return [action for one in read_json(f"iam/{name}")["Statement"] for action in listed(one["Action"])]


@functools.lru_cache(maxsize=None)
def functions_of_aws():
    """{name: (what it calls, names in its body)} of control/aws. A body ends with a brace in the first column."""
    found = {}
    for path in sorted((ROOT / "control/aws").glob("*.cpp")):
        for text in path.read_text(encoding="utf-8").split("\n}\n"):
            head = re.search(r"^\w[^\n;]*?(\w+)\([^;]*?\{$", text, re.MULTILINE)
            if not head:
                continue
            calls = {f"ecs:{call}" for call in re.findall(r'(?:target_of|\bcall)\("(\w+)"', text)}
            calls |= {f"{SERVICES[prefix]}:{call}" for prefix, call in re.findall(r'"(\w+)\.(\w+)"', text)
                      if prefix in SERVICES}
            known, names = found.get(head.group(1), (set(), set()))
            found[head.group(1)] = (known | calls, names | set(re.findall(r"\b(\w+)\(", text)))
    return found


@functools.lru_cache(maxsize=None)
def used_actions():
    """What control/ can come to call, STS aside, which needs no permission."""
    functions = functions_of_aws()
    waiting = set()
    for path in (ROOT / "control").rglob("*.cpp"):
        if path.parent.name != "aws":
            waiting.update(re.findall(r"(?:\.|->|\baws::)(\w+)\(", path.read_text(encoding="utf-8")))
    reached, actions = set(), set()
    while waiting := (waiting & set(functions)) - reached:
        name = waiting.pop()
        reached.add(name)
        actions |= functions[name][0]
        waiting |= functions[name][1]
    return actions


def documented_actions():
    ecs = (ROOT / "docs/ecs.md").read_text(encoding="utf-8").split("\n## Actions\n")[1].split("```")[1]
    records = (ROOT / "docs/records.md").read_text(encoding="utf-8").split("\n## IAM\n")[1].split("```")[1]
    return set(re.findall(r"\b(?:ecs|ecr|iam|logs|ssm):[A-Z][a-z]\w+", ecs + records))


class Policies(unittest.TestCase):
    def each(self):
        for name in policies():
            with self.subTest(name):
                for statement in read_json(f"iam/{name}")["Statement"]:
                    yield name, statement

    def test_they_are_well_formed(self):
        for name in policies():
            self.assertEqual((name, read_json(f"iam/{name}").keys()), (name, {"Version", "Statement"}))
            self.assertEqual(read_json(f"iam/{name}")["Version"], "2012-10-17")
            ids = [one["Sid"] for one in read_json(f"iam/{name}")["Statement"]]
            self.assertEqual(len(ids), len(set(ids)))
        for name, one in self.each():
            trust = "-trust" in name or name.startswith("tasks-trust")
            needed = {"Sid", "Effect", "Action", "Principal" if trust else "Resource"}
            self.assertEqual(needed, set(one) - {"Condition"})
            self.assertEqual(one["Effect"], "Allow")
            self.assertRegex(one["Sid"], r"^[A-Za-z0-9]+$")

    def test_no_action_has_a_star(self):
        for _, one in self.each():
            for action in listed(one["Action"]):
                self.assertRegex(action, r"^[a-z]+:[A-Z][A-Za-z]+$")

    def test_only_what_cannot_be_narrower_is_for_every_resource(self):
        for _, one in self.each():
            for resource in listed(one.get("Resource", [])):
                if resource == "*":
                    self.assertLessEqual(set(listed(one["Action"])), WHOLE)
                else:
                    self.assertRegex(resource, r"^arn:aws:[a-z]+:(us-east-1)?:111122223333:[\w/:*.-]+$")

    def test_tasks_are_listed_in_one_cluster_and_roles_handed_to_tasks_only(self):
        for _, one in self.each():
            if "ecs:ListTasks" in one["Action"]:
                self.assertTrue(one["Condition"]["ArnEquals"]["ecs:cluster"].endswith(":cluster/pms-staging"))
            if "iam:PassRole" in one["Action"]:
                self.assertEqual(one["Condition"], {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}})
                self.assertNotIn("*", "".join(one["Resource"]))

    def test_a_deploy_may_do_just_what_switchctl_does(self):
        used = used_actions() | IMPLIED
        self.assertGreater(len(used), 12)
        self.assertEqual(used, documented_actions())
        self.assertEqual(sorted(actions_of("deploy-policy.json")), sorted(used))

    def test_looking_changes_nothing(self):
        looking = actions_of("read-only-policy.json")
        for action in looking:
            self.assertRegex(action, r":(Describe|List|Get|Filter)")
        self.assertEqual(set(looking), {action for action in used_actions()
                                        if re.search(r":(Describe|List|Get|Filter)", action)})

    def test_the_record_is_where_switchctl_keeps_it(self):
        at = "arn:aws:ssm:us-east-1:111122223333:parameter/pms/staging"
        for name in ("deploy-policy.json", "read-only-policy.json"):
            for one in read_json(f"iam/{name}")["Statement"]:
                if any(action.startswith("ssm:") for action in one["Action"]):
                    self.assertEqual(one["Resource"], [f"{at}/deployment-metadata", f"{at}/deploy-claims",
                                                       f"{at}/deploy-claims/*"])

    def test_a_deploy_cannot_touch_the_proxies(self):
        for one in read_json("iam/deploy-policy.json")["Statement"]:
            if "ecs:UpdateService" in one["Action"]:
                for resource in one["Resource"]:
                    self.assertRegex(resource, r":service/pms-staging/\*-(blue|green)$")

    def test_github_is_believed_by_subject_and_audience(self):
        issuer = "token.actions.githubusercontent.com"
        subjects = {"staging": "repo:your-org/pms:environment:staging",
                    "production": "repo:your-org/pms:environment:production",
                    "push": "repo:your-org/pms:ref:refs/heads/main"}
        for name, subject in subjects.items():
            one, = read_json(f"iam/github-trust-{name}.json")["Statement"]
            self.assertEqual(one["Action"], "sts:AssumeRoleWithWebIdentity")
            self.assertEqual(one["Principal"], {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{issuer}"})
            self.assertEqual(one["Condition"], {"StringEquals": {f"{issuer}:aud": "sts.amazonaws.com",
                                                                 f"{issuer}:sub": subject}})


if __name__ == "__main__":
    unittest.main()
