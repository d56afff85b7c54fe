"""ECS's calls about tasks."""
from .errors import Refusal


class Tasks:
    """Mixed into Ecs, which owns the state."""

    def list_tasks(self, value, caller):
        cluster, _ = self.state.cluster(value.get("cluster"))
        filters = [name for name in ("serviceName", "family", "startedBy", "containerInstance", "launchType")
                   if name in value]
        if "startedBy" in filters and len(filters) > 1:
            raise Refusal("InvalidParameterException", "Cannot filter by startedBy and another filter.")
        if "containerInstance" in filters:
            raise Refusal("InvalidParameterException", "The fake has no container instances.")
        if "serviceName" in value:
            self.state.require_service(cluster, value["serviceName"])
        wanted = value.get("desiredStatus", "RUNNING")
        arns = []
        for arn, task in self.state.tasks.items():
            if self.state.task_clusters[arn] == cluster and task.wanted == wanted and self._fits(task, value):
                arns.append(arn)
        page, more = self.page(arns, value, 100)
        return {"taskArns": page, **more}

    @staticmethod
    def _fits(task, value):
        service = value.get("serviceName", "").rpartition("/")[2]
        return (not service or task.group == f"service:{service}") \
            and value.get("family", task.definition["family"]) == task.definition["family"] \
            and value.get("startedBy", task.started_by) == task.started_by

    def _task(self, cluster, text):
        short = text.rpartition("/")[2]
        for arn, task in self.state.tasks.items():
            if task.id == short and self.state.task_clusters[arn] == cluster:
                return task
        return None

    def describe_tasks(self, value, caller):
        cluster, _ = self.state.cluster(value.get("cluster"))
        if not 1 <= len(value["tasks"]) <= 100:
            raise Refusal("InvalidParameterException",
                          "tasks can have at most 100 items." if value["tasks"] else "Tasks cannot be empty.")
        found, failures = [], []
        for text in value["tasks"]:
            task = self._task(cluster, text)
            if task is None:
                arn = text if text.startswith("arn:") else self.state.arn(f"task/{cluster}/{text}")
                failures.append({"arn": arn, "reason": "MISSING"})
            else:
                found.append(self.views.task(task))
        return {"tasks": found, "failures": failures}

    def stop_task(self, value, caller):
        cluster, _ = self.state.cluster(value.get("cluster"))
        task = self._task(cluster, value["task"])
        if task is None:
            raise Refusal("InvalidParameterException", "The referenced task was not found.")
        self.machine.stop(task, "UserInitiated", value.get("reason", "Task stopped by user"))
        return {"task": self.views.task(task)}
