"""The validator: every rule of a model, where botocore's own lets some pass."""
import unittest

import botocore.validate

from . import shapes
from .models import SERVICES, Models
from .world import World, method_name

MODELS = Models()


def kinds(operation, value, service="ecs"):
    return [broken.kind for broken in shapes.check(MODELS.operation(service, operation).input_shape, value)]


def walk(shape, seen):
    """Every shape within one."""
    if shape.name in seen:
        return
    seen.add(shape.name)
    yield shape
    if shape.type_name == "structure":
        inner = shape.members.values()
    elif shape.type_name == "map":
        inner = (shape.key, shape.value)
    else:
        inner = (shape.member,) if shape.type_name == "list" else ()
    for member in inner:
        yield from walk(member, seen)


class Rules(unittest.TestCase):
    def test_what_botocore_lets_pass_is_refused(self):
        cases = {
            "enum": ("ecs", "CreateService", {"serviceName": "x", "propagateTags": "BOGUS"}),
            "length": ("ssm", "PutParameter", {"Name": "x", "Value": "v", "Description": "x" * 1025}),
            "pattern": ("ssm", "PutParameter", {"Name": "x", "Value": "v", "KeyId": "a b"}),
            "type": ("ecs", "UpdateService", {"service": "x", "desiredCount": True}),
        }
        for kind, (service, operation, value) in cases.items():
            with self.subTest(kind):
                self.assertEqual(kinds(operation, value, service), [kind])
                model = MODELS.operation(service, operation).input_shape
                self.assertFalse(botocore.validate.ParamValidator().validate(value, model).has_errors())

    def test_what_botocore_refuses_is_refused(self):
        for kind, value in {"missing": {}, "type": {"service": 7}, "unknown": {"service": "x", "Service": "x"}}.items():
            with self.subTest(kind):
                self.assertEqual(kinds("UpdateService", value), [kind])

    def test_every_level_is_looked_at_and_named(self):
        value = {"family": "f", "containerDefinitions": [
            {"name": "a", "environment": [{"name": "A", "valeu": "1"}], "logConfiguration": {"logDriver": "none"}}]}
        found = shapes.check(MODELS.operation("ecs", "RegisterTaskDefinition").input_shape, value)
        self.assertEqual([(broken.kind, broken.path) for broken in found],
                         [("unknown", "containerDefinitions[0].environment[0].valeu"),
                          ("enum", "containerDefinitions[0].logConfiguration.logDriver")])

    def test_lists_may_be_too_long_and_too_short(self):
        self.assertEqual(kinds("GetParameters", {"Names": ["x"] * 11}, "ssm"), ["length"])
        self.assertEqual(kinds("GetParameters", {"Names": []}, "ssm"), ["short"])
        self.assertEqual(kinds("GetParametersByPath", {"Path": "/", "MaxResults": 11}, "ssm"), ["range"])

    def test_null_is_absent_at_every_level(self):
        self.assertEqual(shapes.without_nulls({"a": None, "b": [{"c": None}, None]}), {"b": [{}]})


class Coverage(unittest.TestCase):
    def played(self):
        world = World()
        for service in SERVICES:
            for name in MODELS.services[service].operation_names:
                if world.knows(service, name):
                    yield service, name

    def test_every_pattern_of_a_played_operation_can_be_checked(self):
        for service, name in self.played():
            model = MODELS.operation(service, name)
            seen = set()
            for shape in (model.input_shape, model.output_shape):
                for one in walk(shape, seen) if shape else ():
                    pattern = one.metadata.get("pattern")
                    self.assertTrue(not pattern or shapes.compiled(pattern), f"{service}.{name}: {pattern}")

    def test_nothing_is_played_that_the_models_do_not_know(self):
        newer = {"describe_service_deployments", "list_service_deployments", "stop_service_deployment",
                 "describe_service_revisions"}
        names = {service: {method_name(name) for name in MODELS.services[service].operation_names}
                 for service in SERVICES}
        for service, one in World().services.items():
            others = {"begin", "arn", "page", "push", "remember", "fate", "digest_of", "host", "allow", "write",
                       "secrets", "sealed", "tokens"}
            offered = {name for name in dir(one) if not name.startswith("_") and callable(getattr(one, name))}
            self.assertLessEqual(offered - others - newer, names[service], service)


if __name__ == "__main__":
    unittest.main()
