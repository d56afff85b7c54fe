"""The template of one environment: whole, as AWS's models want it, and named as switchctl expects."""
import unittest

import yaml
from support import FOLDER, model, named, read_json, wrong_with
from template import Environment, Function, load, problems

SPELLED = {"EFSVolumeConfiguration": "efsVolumeConfiguration", "FilesystemId": "fileSystemId", "IAM": "iam"}
COLORS = ("blue", "green")
SERVICES = ("backend", "frontend")


def as_request(value):
    """CloudFormation's spelling to that of ECS's API."""
    if isinstance(value, dict):
        return {SPELLED.get(key, key[0].lower() + key[1:]): as_request(one) for key, one in value.items()}
    return [as_request(one) for one in value] if isinstance(value, list) else value


def statements(document):
    return [{key: one[key] for key in sorted(one)} for one in document["Statement"]]


class Template(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.template = load()
        cls.staging = Environment(cls.template)

    def services(self):
        return {one["ServiceName"]: one for one in self.staging.of("AWS::ECS::Service").values()}

    def test_it_is_whole(self):
        self.assertEqual(problems(self.template), [])

    def test_it_is_small_enough_to_be_given_as_text(self):
        self.assertLess((FOLDER / "environment.yaml").stat().st_size, 51200)

    def test_ecs_would_take_the_definitions(self):
        definitions = self.staging.of("AWS::ECS::TaskDefinition")
        self.assertEqual(len(definitions), 4)
        for name, one in definitions.items():
            self.assertEqual((name, wrong_with("ecs", "RegisterTaskDefinition", as_request(one))), (name, []))

    def test_ecs_would_take_the_services(self):
        for name, one in self.services().items():
            self.assertEqual((name, wrong_with("ecs", "CreateService", as_request(one))), (name, []))

    def test_the_other_services_would_take_theirs(self):
        for kind, service, operation in (
                ("AWS::ServiceDiscovery::Service", "servicediscovery", "CreateService"),
                ("AWS::ServiceDiscovery::PrivateDnsNamespace", "servicediscovery", "CreatePrivateDnsNamespace"),
                ("AWS::ElasticLoadBalancingV2::Listener", "elbv2", "CreateListener")):
            members = model(service).operation_model(operation).input_shape.members
            for name, one in self.staging.of(kind).items():
                self.assertLessEqual(set(one), set(members))
                self.assertEqual((name, wrong_with(service, operation, one)), (name, []))

    def test_names_are_those_that_switchctl_looks_for(self):
        for environment in ("staging", "production"):
            made = Environment(self.template, Environment=environment)
            cluster, = made.of("AWS::ECS::Cluster").values()
            self.assertEqual(cluster["ClusterName"], named("cluster", environment=environment))
            wanted = {named(f"service_{color}", service, environment) for service in SERVICES for color in COLORS}
            proxies = {f"pms-edge-{environment}-{one}" for one in "ab"}
            self.assertEqual({one["ServiceName"] for one in made.of("AWS::ECS::Service").values()}, wanted | proxies)
            groups = {one["LogGroupName"] for one in made.of("AWS::Logs::LogGroup").values()}
            self.assertEqual(groups, {named("log_group", one, environment) for one in (*SERVICES, "edge")})

    def test_each_service_has_a_name_of_its_own_that_the_proxy_asks_for(self):
        registered = [one["ServiceRegistries"][0]["RegistryArn"] for one in self.services().values()]
        self.assertEqual(len(registered), len(set(registered)))
        zone, = self.staging.of("AWS::ServiceDiscovery::PrivateDnsNamespace").values()
        names = {f"{one['Name']}.{zone['Name']}" for one in self.staging.of("AWS::ServiceDiscovery::Service").values()}
        text = (FOLDER / "edge.yaml").read_text(encoding="utf-8").replace("${ENVIRONMENT}", "staging")
        edge = yaml.safe_load(text)
        asked = {edge["services"][service][color][0] for service in SERVICES for color in COLORS}
        self.assertEqual(asked, {f"dns://{name}:8080" for name in names if "edge" not in name})
        for service in SERVICES:
            for color in COLORS:
                own = self.services()[named(f"service_{color}", service)]["ServiceRegistries"][0]["RegistryArn"]
                record = self.staging.of("AWS::ServiceDiscovery::Service")[own.rsplit(":", 1)[1]]
                self.assertEqual(record["Name"], f"{service}-{color}")

    def test_names_are_forgotten_soon(self):
        zone, = self.staging.of("AWS::ServiceDiscovery::PrivateDnsNamespace").values()
        self.assertLessEqual(zone["Properties"]["DnsProperties"]["SOA"]["TTL"], 15)
        for one in self.staging.of("AWS::ServiceDiscovery::Service").values():
            self.assertEqual([record["Type"] for record in one["DnsConfig"]["DnsRecords"]], ["A"])
            self.assertLessEqual(one["DnsConfig"]["DnsRecords"][0]["TTL"], 10)

    def test_every_service_has_a_circuit_breaker_and_every_task_a_health_check(self):
        for one in self.services().values():
            breaker = one["DeploymentConfiguration"]["DeploymentCircuitBreaker"]
            self.assertEqual(breaker, {"Enable": True, "Rollback": True})
            self.assertEqual(one["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"], "DISABLED")
        for one in self.staging.of("AWS::ECS::TaskDefinition").values():
            self.assertIn("HealthCheck", next(box for box in one["ContainerDefinitions"] if box["Essential"]))

    def test_two_proxies_never_share_a_state(self):
        edges = [one for name, one in self.services().items() if "-edge-" in name]
        for one in edges:
            self.assertEqual(one["DesiredCount"], 1)
            self.assertEqual(one["DeploymentConfiguration"]["MaximumPercent"], 100)
        points = [volume["EFSVolumeConfiguration"]["AuthorizationConfig"]["AccessPointId"]
                  for one in self.staging.of("AWS::ECS::TaskDefinition").values()
                  for volume in one.get("Volumes", []) if "EFSVolumeConfiguration" in volume]
        self.assertEqual((len(points), len(set(points))), (2, 2))
        folders = {one["RootDirectory"]["Path"] for one in self.staging.of("AWS::EFS::AccessPoint").values()}
        self.assertEqual(len(folders), 2)

    def test_logs_are_sealed_and_end(self):
        for one in self.template["Resources"].values():
            if one["Type"] == "AWS::Logs::LogGroup":
                self.assertIsInstance(one["Properties"]["KmsKeyId"], Function)
                self.assertEqual(one["DeletionPolicy"], "Retain")

    def test_the_edge_is_that_of_the_task_definition(self):
        """Image, roles, file system and the ends of log groups aside, which differ by account."""
        alone = read_json("task-definitions/edge.json")
        made = as_request(self.staging.of("AWS::ECS::TaskDefinition")["EdgeADefinition"])
        self.assertEqual(made["family"], alone["family"])
        self.assertEqual(made["containerDefinitions"], alone["containerDefinitions"])

    def test_policies_are_those_of_the_folder(self):
        policies = self.staging.of("AWS::IAM::ManagedPolicy")
        roles = self.staging.of("AWS::IAM::Role")
        for document, file in ((policies["DeployPolicy"]["PolicyDocument"], "deploy-policy"),
                               (policies["ReadOnlyPolicy"]["PolicyDocument"], "read-only-policy"),
                               (roles["ExecutionRole"]["Policies"][0]["PolicyDocument"], "execution-policy"),
                               (roles["DeployRole"]["AssumeRolePolicyDocument"], "github-trust-staging"),
                               (roles["AppRole"]["AssumeRolePolicyDocument"], "tasks-trust")):
            wanted = statements(read_json(f"iam/{file}.json"))
            self.assertEqual((file, statements(document)), (file, wanted))
        production = Environment(self.template, Environment="production").of("AWS::IAM::Role")["DeployRole"]
        self.assertEqual(statements(production["AssumeRolePolicyDocument"]),
                         statements(read_json("iam/github-trust-production.json")))

    def test_the_roles_that_may_be_handed_on_are_those_that_tasks_have(self):
        names = {name: one["RoleName"] for name, one in self.staging.of("AWS::IAM::Role").items()}
        handed = {one["Resource"][place].rsplit("/", 1)[1] for place in (0, 1)
                  for one in read_json("iam/deploy-policy.json")["Statement"] if "iam:PassRole" in one["Action"]}
        self.assertEqual(handed, {names["AppRole"], names["ExecutionRole"]})
        for name in ("BackendDefinition", "FrontendDefinition"):
            one = self.staging.of("AWS::ECS::TaskDefinition")[name]
            self.assertTrue(one["TaskRoleArn"].endswith(":AppRole"))
            self.assertTrue(one["ExecutionRoleArn"].endswith(":ExecutionRole"))

    def test_no_role_may_do_everything_of_a_service(self):
        for one in self.template["Resources"].values():
            for document in documents(one["Properties"]):
                for statement in document["Statement"]:
                    self.assertNotIn("*", "".join(statement["Action"]))


def documents(properties):
    """Every policy document of a role or a policy; that of the key is another thing."""
    own = [properties[key] for key in ("PolicyDocument", "AssumeRolePolicyDocument") if key in properties]
    return own + [one["PolicyDocument"] for one in properties.get("Policies", [])]


class Checker(unittest.TestCase):
    """The checker sees what it is for."""

    def broken(self, old, new):
        text = (FOLDER / "environment.yaml").read_text(encoding="utf-8")
        self.assertIn(old, text)
        return problems(load(text.replace(old, new)))

    def test_a_name_that_is_nowhere(self):
        self.assertIn("Claster is nowhere", self.broken("Cluster: !Ref Cluster", "Cluster: !Ref Claster"))

    def test_an_attribute_that_is_nowhere(self):
        self.assertIn("Key has no Arm", self.broken("KmsKeyId: !GetAtt Key.Arn", "KmsKeyId: !GetAtt Key.Arm"))

    def test_a_name_inside_a_text(self):
        found = self.broken('ClusterName: !Sub "${App}', 'ClusterName: !Sub "${Applicaton}')
        self.assertIn("Applicaton is nowhere", found)

    def test_a_dependency(self):
        self.assertIn("EdgeA depends on Lisener, which is nowhere",
                      self.broken("DependsOn: [Listener,", "DependsOn: [Lisener,"))

    def test_a_property_that_is_not_there(self):
        self.assertIn("Cluster lacks ClusterName", self.broken("      ClusterName:", "      Clustername:"))

    def test_a_circle(self):
        found = self.broken("VpcId: !Ref Vpc\n      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443",
                            "VpcId: !Ref EdgeGroup\n      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443")
        self.assertIn("BalancerGroup waits for itself", found)

    def test_a_key_given_twice(self):
        with self.assertRaises(yaml.YAMLError):
            load("Resources: {A: 1, A: 2}")


if __name__ == "__main__":
    unittest.main()
