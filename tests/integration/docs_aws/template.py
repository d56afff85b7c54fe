"""A CloudFormation template: its tags read, its references found, its values as they would be in one environment."""
import re

import yaml
from support import FOLDER

PSEUDO = {"AWS::AccountId": "111122223333", "AWS::Region": "us-east-1", "AWS::Partition": "aws",
          "AWS::URLSuffix": "amazonaws.com"}
# By type: properties it must have (CloudFormation's own list, and what this template cannot do without), attributes.
TYPES = {
    "AWS::EC2::SecurityGroup": ({"GroupDescription", "VpcId"}, {"GroupId", "VpcId"}),
    "AWS::ECS::Cluster": ({"ClusterName"}, {"Arn"}),
    "AWS::ECS::Service": ({"ServiceName", "Cluster", "TaskDefinition", "DesiredCount", "NetworkConfiguration",
                           "DeploymentConfiguration", "ServiceRegistries"}, {"Name", "ServiceArn"}),
    "AWS::ECS::TaskDefinition": ({"Family", "ContainerDefinitions", "ExecutionRoleArn", "TaskRoleArn"},
                                 {"TaskDefinitionArn"}),
    "AWS::EFS::AccessPoint": ({"FileSystemId", "PosixUser", "RootDirectory"}, {"AccessPointId", "Arn"}),
    "AWS::EFS::FileSystem": ({"Encrypted", "KmsKeyId"}, {"Arn", "FileSystemId"}),
    "AWS::EFS::MountTarget": ({"FileSystemId", "SecurityGroups", "SubnetId"}, {"Id", "IpAddress"}),
    "AWS::ElasticLoadBalancingV2::Listener": ({"DefaultActions", "LoadBalancerArn", "Port", "Protocol"},
                                              {"ListenerArn"}),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ({"Type", "Subnets", "SecurityGroups"},
                                                  {"DNSName", "CanonicalHostedZoneID", "LoadBalancerName"}),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ({"VpcId", "Protocol", "Port", "TargetType"},
                                                 {"TargetGroupArn", "TargetGroupName"}),
    "AWS::IAM::ManagedPolicy": ({"PolicyDocument"}, set()),
    "AWS::IAM::Role": ({"AssumeRolePolicyDocument"}, {"Arn", "RoleId"}),
    "AWS::KMS::Key": ({"KeyPolicy"}, {"Arn", "KeyId"}),
    "AWS::Logs::LogGroup": ({"LogGroupName", "RetentionInDays", "KmsKeyId"}, {"Arn"}),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": ({"Name", "Vpc"}, {"Arn", "HostedZoneId", "Id"}),
    "AWS::ServiceDiscovery::Service": ({"Name", "DnsConfig", "HealthCheckCustomConfig"}, {"Arn", "Id", "Name"}),
}
GIVEN = {"Version": "v20240101-abc1234", "Vpc": "vpc-0123456789abcdef0",
         "PublicSubnets": ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"],
         "PrivateSubnets": ["subnet-0cccccccccccccccc", "subnet-0dddddddddddddddd"],
         "EdgeImage": "111122223333.dkr.ecr.us-east-1.amazonaws.com/switchyard-edge:v20240101-abc1234",
         "EdgeSecret": "arn:aws:secretsmanager:us-east-1:111122223333:secret:pms/staging/edge-AbCdEf",
         "OidcProvider": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}


class Function:
    """!Name value"""

    def __init__(self, name, value):
        self.name = name
        self.value = value


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Knows CloudFormation's tags, and refuses what YAML allows and nobody means: the same key twice."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key) for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise yaml.YAMLError(f"the same key twice, line {node.start_mark.line + 1}")
        return super().construct_mapping(node, deep)


def _function(loader, name, node):
    if isinstance(node, yaml.ScalarNode):
        return Function(name, loader.construct_scalar(node))
    return Function(name, loader.construct_sequence(node, deep=True))


Loader.add_multi_constructor("!", _function)


def load(text=None):
    if text is None:
        text = (FOLDER / "environment.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader)  # noqa: S506, a SafeLoader


def functions_in(value):
    if isinstance(value, Function):
        yield value
        yield from functions_in(value.value)
    elif isinstance(value, dict):
        for one in value.values():
            yield from functions_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from functions_in(one)


def names_of(function):
    """[(name, attribute or None)] that a function refers to."""
    if function.name == "Ref":
        return [(function.value, None)]
    if function.name == "GetAtt":
        return [tuple(function.value.split(".", 1))]
    if function.name == "Sub":
        return [tuple(name.split(".", 1)) if "." in name else (name, None)
                for name in re.findall(r"\$\{([^!}][^}]*)\}", function.value)]
    return []


def problems(template):
    """Sentences; none when every reference leads somewhere and every resource has what it needs."""
    resources, parameters = template["Resources"], template["Parameters"]
    found = []
    for function in functions_in([resources, template["Outputs"]]):
        if function.name not in ("Ref", "GetAtt", "Sub", "Select"):
            found.append(f"!{function.name} is not known here")
        for name, attribute in names_of(function):
            if attribute is None and name not in parameters and name not in resources and name not in PSEUDO:
                found.append(f"{name} is nowhere")
            if attribute is not None and (name not in resources or
                                          attribute not in TYPES[resources[name]["Type"]][1]):
                found.append(f"{name} has no {attribute}")
    used = {name for function in functions_in([resources, template["Outputs"]]) for name, _ in names_of(function)}
    found += [f"nobody uses the parameter {name}" for name in parameters if name not in used]
    for name, one in resources.items():
        if one["Type"] not in TYPES:
            found.append(f"{name}: {one['Type']} is not known here")
            continue
        lacking = TYPES[one["Type"]][0] - set(one.get("Properties", {}))
        found += [f"{name} lacks {key}" for key in sorted(lacking)]
        found += [f"{name} depends on {other}, which is nowhere" for other in one.get("DependsOn", [])
                  if other not in resources]
        found += [f"{name}: {key} is no attribute of a resource" for key in one
                  if key not in ("Type", "Properties", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy")]
    return found + circles(resources)


def circles(resources):
    """Resources that wait for each other."""
    left = {name: {other for function in functions_in(one.get("Properties", {})) for other, _ in names_of(function)
                   if other in resources} | set(one.get("DependsOn", [])) for name, one in resources.items()}
    while ready := [name for name, others in left.items() if not others & set(left)]:
        for name in ready:
            del left[name]
    return [f"{name} waits for itself" for name in left]


class Environment:
    """The template with its parameters filled in."""

    def __init__(self, template, **given):
        self.template = template
        self.values = {name: one.get("Default") for name, one in template["Parameters"].items()}
        self.values.update(GIVEN)
        self.values.update(given)

    def of(self, kind):
        """{logical name: properties} of one type."""
        return {name: self.filled(one.get("Properties", {})) for name, one in self.template["Resources"].items()
                if one["Type"] == kind}

    def filled(self, value):
        if isinstance(value, Function):
            return self._value(value)
        if isinstance(value, dict):
            return {key: self.filled(one) for key, one in value.items()}
        return [self.filled(one) for one in value] if isinstance(value, list) else value

    def _value(self, function):
        if function.name == "Select":
            place, values = function.value
            return self.filled(values)[place]
        if function.name == "Sub":
            return re.sub(r"\$\{([^}]+)\}", lambda match: str(self._named(match.group(1))), function.value)
        return self._named(function.value)

    def _named(self, name):
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.values:
            return self.values[name]
        name, _, attribute = name.partition(".")
        one = self.template["Resources"][name]
        own = {"AWS::ECS::Cluster": "ClusterName", "AWS::Logs::LogGroup": "LogGroupName",
               "AWS::ECS::TaskDefinition": "Family"}.get(one["Type"])
        if own and not attribute:
            return self.filled(one["Properties"][own])
        return f"arn:aws:x:us-east-1:111122223333:{name}" if attribute == "Arn" else name
