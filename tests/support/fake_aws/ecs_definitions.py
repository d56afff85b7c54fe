"""ECS's calls about task definitions: registered once, never changed, made inactive."""
from .accounts import ACCOUNT
from .errors import Refusal

FARGATE = {"256": (512, 1024, 2048), "512": range(1024, 4097, 1024), "1024": range(2048, 8193, 1024),
           "2048": range(4096, 16385, 1024), "4096": range(8192, 30721, 1024)}
READ_ONLY = ("taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt",
             "registeredBy", "deregisteredAt", "deleteRequestedAt")
OWN_TAGS = 50


class Definitions:
    """Mixed into Ecs, which owns the state."""

    def register_task_definition(self, value, caller):
        kept = dict(value)
        tags = {tag["key"]: tag.get("value", "") for tag in kept.pop("tags", [])}
        self._check_definition(kept, tags)
        family = kept["family"]
        known = self.state.families.setdefault(family, [])
        revision = known[-1]["revision"] + 1 if known else 1
        arn = self.state.arn(f"task-definition/{family}:{revision}")
        kept["containerDefinitions"] = [self._completed(one) for one in kept["containerDefinitions"]]
        kept.setdefault("volumes", [])
        kept.setdefault("placementConstraints", [])
        kept.update(taskDefinitionArn=arn, revision=revision, status="ACTIVE",
                    compatibilities=["EC2", "FARGATE"], requiresAttributes=[{"name": "ecs.capability.task-eni"}],
                    registeredAt=self.state.clock.stamp(), registeredBy=caller.arn)
        known.append(kept)
        self.state.definition_tags[arn] = tags
        return {"taskDefinition": kept, "tags": self._shown_tags(arn)}

    @staticmethod
    def _completed(container):
        whole = {"cpu": 0, "essential": True, "environment": [], "mountPoints": [], "volumesFrom": [],
                 "portMappings": [], **container}
        whole["portMappings"] = [{"protocol": "tcp", "hostPort": one.get("containerPort"), **one}
                                 for one in whole["portMappings"]]
        return whole

    @staticmethod
    def _check_definition(value, tags):
        if not value["family"] or len(value["family"]) > 255:
            raise Refusal("ClientException", "Family contains invalid characters.")
        containers = value["containerDefinitions"]
        if not containers:
            raise Refusal("ClientException", "Container list cannot be empty.")
        names = [one.get("name") for one in containers]
        if None in names or len(set(names)) != len(names):
            raise Refusal("ClientException", "Container.name should not be null, empty or used twice.")
        for one in containers:
            if not one.get("image"):
                raise Refusal("ClientException", "Container.image should not be null or empty.")
            for pair in one.get("environment", []):
                if not pair.get("name"):
                    raise Refusal("ClientException", "Environment variable names should not be null or empty.")
        if not any(one.get("essential", True) for one in containers):
            raise Refusal("ClientException", "At least one container must be essential.")
        if any(key.lower().startswith("aws:") for key in tags):
            raise Refusal("InvalidParameterException", "Tag keys can't start with aws:. They are reserved for AWS.")
        if len(tags) > OWN_TAGS:
            raise Refusal("InvalidParameterException", "A resource can have at most 50 tags.")
        if "FARGATE" in value.get("requiresCompatibilities", []):
            if value.get("networkMode") != "awsvpc":
                raise Refusal("ClientException", "Fargate only supports network mode 'awsvpc'.")
            memory = value.get("memory", "")
            if not memory.isdigit() or int(memory) not in FARGATE.get(value.get("cpu"), ()):
                raise Refusal("ClientException", "No Fargate configuration exists for given values.")

    def _shown_tags(self, arn):
        tags = self.state.definition_tags.get(arn, {})
        return [{"key": key, "value": text} for key, text in sorted(tags.items())]

    def describe_task_definition(self, value, caller):
        found = self.state.definition(value["taskDefinition"])
        if found is None:
            raise Refusal("ClientException", "Unable to describe task definition.")
        answer = {"taskDefinition": found}
        if "TAGS" in value.get("include", []):
            answer["tags"] = self._shown_tags(found["taskDefinitionArn"])
        return answer

    def list_task_definitions(self, value, caller):
        families = [value["familyPrefix"]] if "familyPrefix" in value else sorted(self.state.families)
        status = value.get("status", "ACTIVE")
        arns = [one["taskDefinitionArn"] for family in families for one in self.state.families.get(family, [])
                if one["status"] == status]
        if value.get("sort") == "DESC":
            arns.reverse()
        page, more = self.page(arns, value, 100)
        return {"taskDefinitionArns": page, **more}

    def deregister_task_definition(self, value, caller):
        if ":" not in value["taskDefinition"].rpartition("/")[2]:
            raise Refusal("ClientException", "Task definition must have a revision.")
        found = self.state.definition(value["taskDefinition"])
        if found is None:
            raise Refusal("ClientException", "The specified task definition does not exist.")
        found["status"] = "INACTIVE"
        found["deregisteredAt"] = self.state.clock.stamp()
        return {"taskDefinition": found}


def example(family, image, **more):
    """A task definition as a service of the guide has it, for tests that care about something else."""
    port = more.pop("port", 8080)
    environment = [{"name": name, "value": text} for name, text in more.pop("environment", {}).items()]
    container = {"name": more.pop("container", "app"), "image": image, "essential": True, "environment": environment,
                 "portMappings": [{"containerPort": port, "protocol": "tcp"}],
                 "logConfiguration": {"logDriver": "awslogs",
                                      "options": {"awslogs-group": f"/ecs/{family}", "awslogs-region": "us-east-1",
                                                  "awslogs-stream-prefix": "ecs"}}}
    if more.pop("health_check", True):
        container["healthCheck"] = {"command": ["CMD-SHELL", f"curl -f http://localhost:{port}/healthz || exit 1"],
                                    "interval": 5, "timeout": 2, "retries": 2, "startPeriod": 5}
    return {"family": family, "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256",
            "memory": "512", "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/execution",
            "taskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/task", "containerDefinitions": [container], **more}
