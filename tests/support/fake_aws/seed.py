"""What is there before a test begins, said in a few words of JSON."""
from . import ecs_definitions, shapes


def sow(world, value):
    """Each key is optional; the order below is the order of work."""
    if unknown := set(value) - set(SOWERS):
        raise ValueError(f"no seed called {', '.join(sorted(unknown))}; there are {', '.join(SOWERS)}")
    made = {}
    for name, act in SOWERS.items():
        if name in value:
            made[name] = [act(world, one) for one in value[name]]
    return made


def _checked(world, service, operation, value):
    """Seeds are held to the same shapes as calls."""
    broken = shapes.check(world.models.operation(service, operation).input_shape, value)
    if broken:
        raise ValueError(f"{operation}: {broken[0].words}")
    return value


def image(world, one):
    """{"repository", "tag"}"""
    return {"digest": world.services["ecr"].push(one["repository"], one["tag"])}


def repository(world, name):
    world.services["ecr"].repositories.setdefault(name, {})
    return name


def fate(world, one):
    """{"image": part of its name, or a family, "fate": one of ecs_machine.FATES}"""
    world.services["ecr"].remember(one["image"], one["fate"])
    return one


def cluster(world, name):
    world.services["ecs"].state.clusters.setdefault(name, {})
    return name


def definition(world, one):
    """RegisterTaskDefinition's input, or {"family", "image", …} of ecs_definitions.example."""
    if "containerDefinitions" not in one:
        one = ecs_definitions.example(**one)
    _checked(world, "ecs", "RegisterTaskDefinition", one)
    return world.services["ecs"].register_task_definition(one, world.book.root)["taskDefinition"]["taskDefinitionArn"]


def service(world, one):
    """CreateService's input; it is steady when this returns, however long that takes on the virtual clock."""
    ecs = world.services["ecs"]
    ecs.state.clusters.setdefault(one.get("cluster", "default"), {})
    _checked(world, "ecs", "CreateService", one)
    arn = ecs.create_service(one, world.book.root)["service"]["serviceArn"]
    for _ in range(600):
        ecs.machine.advance(1)
        if ecs.state.service(one.get("cluster"), one["serviceName"]).steady:
            return arn
    raise ValueError(f"{one['serviceName']} does not become steady")


def parameter(world, one):
    """PutParameter's input."""
    _checked(world, "ssm", "PutParameter", one)
    return world.services["ssm"].put_parameter(one, world.book.root)


def role(world, one):
    """{"arn", "max"?, "external_id"?, "trusts"?: web | aws | any}"""
    world.services["sts"].allow(**one)
    return one["arn"]


def log(world, one):
    """{"group", "stream", "message", "timestamp"?}"""
    world.services["logs"].write(**one)
    return one["group"]


SOWERS = {"repositories": repository, "images": image, "fates": fate, "clusters": cluster,
          "task_definitions": definition, "services": service, "parameters": parameter, "roles": role, "logs": log}
