"""ECS's scheduler on virtual time: tasks live and die, deployments complete, fail, roll back and are superseded."""
import math

from .ecs_state import Deployment, ServiceDeployment, Task, has_health_check

TICK = 1.0
KEPT = 3600  # seconds a stopped task is still described
BREAKER = "ECS deployment circuit breaker"
FATES = ("good", "missing_image", "crashes", "unhealthy", "stuck", "unplaced")
DEFAULTS = {"pull_seconds": 10, "provision_seconds": 5, "health_seconds": 10, "unknown_healthy_seconds": 40,
            "crash_seconds": 5, "stop_seconds": 10, "seconds_per_poll": 0, "no_rollout_state": False,
            "shuffle_deployments": False, "failed_tasks_stay_zero": False, "rollback_fails_to_happen": False,
            "rollback_keeps_id": False, "stale_polls": 0}


def threshold(breaker, desired):
    """How many failed tasks trip the breaker."""
    rule = breaker.get("thresholdConfiguration", {"type": "BOUNDED_PERCENT", "value": 50})
    if rule["type"] == "COUNT":
        return rule["value"]
    share = math.ceil(desired * rule["value"] / 100)
    return share if rule["type"] == "UNBOUNDED_PERCENT" else min(200, max(3, share))


class Machine:
    """`images` tells what becomes of an image; `processes` runs real tasks or is None."""

    def __init__(self, state, settings, images, processes):
        self.state = state
        self.clock = state.clock
        self.settings = settings
        self.images = images
        self.processes = processes
        self.log = None  # write(group, stream, message)
        self.time_passed = lambda: None  # called at each step, before anything happens

    def advance(self, seconds, date=False):
        """Second by second, so that nothing within is passed over."""
        if seconds < 0:
            raise ValueError("time does not go back; use the skew")
        left = float(seconds)
        while left > 0:
            step = min(TICK, left)
            left -= step
            self.clock.advance(step, date)
            self.tick()

    def tick(self):
        now = self.clock.elapsed
        self.time_passed()
        for service in self.state.services():
            for deployment in list(service.deployments):
                for task in list(deployment.tasks):
                    self._task(service, deployment, task)
            if service.status != "INACTIVE":
                self._schedule(service)
        self._forget(now)

    def _forget(self, now):
        for arn, task in list(self.state.tasks.items()):
            if task.stopped is not None and now - task.stopped > KEPT:
                del self.state.tasks[arn]

    # Tasks

    def launch(self, service, deployment):
        ident = self.state.task_id()
        definition = self.state.definition(deployment.definition)
        task = Task(ident, self.state.arn(f"task/{service.cluster}/{ident}"), definition, deployment.id,
                    f"service:{service.name}")
        task.created = self.clock.elapsed
        task.stamps["createdAt"] = self.clock.stamp()
        task.fate = self.images.fate(definition)
        number = self.state.number()
        task.address = f"10.0.{number // 250 % 250}.{number % 250 + 4}"
        deployment.tasks.append(task)
        self.state.tasks[task.arn] = task
        self.state.task_clusters[task.arn] = service.cluster
        return task

    def _task(self, service, deployment, task):
        now = self.clock.elapsed
        if task.status == "STOPPED":
            deployment.tasks.remove(task)
        elif task.stop_at is not None:
            if now >= task.stop_at:
                self._ended(task)
        elif task.status == "RUNNING":
            self._running(service, deployment, task, now - task.ran)
        else:
            self._starting(service, deployment, task, now - task.created)

    def _starting(self, service, deployment, task, age):
        ready = self.settings["provision_seconds"]
        if task.fate == "stuck":
            task.status = "PENDING" if age >= ready else task.status
            return
        if age >= ready + self.settings["pull_seconds"]:
            if task.fate == "missing_image":
                image = task.definition["containerDefinitions"][0]["image"]
                task.container_reason = f"CannotPullContainerError: pull image manifest has been retried 5 time(s): " \
                                        f"failed to resolve ref {image}: not found"
                self.fail(deployment, task, "TaskFailedToStart", task.container_reason)
                return
            task.status = "RUNNING"
            task.ran = self.clock.elapsed
            task.stamps["startedAt"] = self.clock.stamp()
            self._write(task, f"{service.name} starts")
            self._start_process(service, deployment, task)
        elif age >= ready:
            task.status = "PENDING"

    def _running(self, service, deployment, task, age):
        if self.processes and (code := self.processes.ended(task)) is not None:
            task.exit_code = code
            self.fail(deployment, task, "EssentialContainerExited", "Essential container in task exited")
        elif task.fate == "crashes" and age >= self.settings["crash_seconds"]:
            task.exit_code = 1
            self._write(task, "fatal: the configuration cannot be read")
            self.fail(deployment, task, "EssentialContainerExited", "Essential container in task exited")
        elif has_health_check(task.definition) and age >= self.settings["health_seconds"]:
            good = task.fate != "unhealthy" and (not self.processes or self.processes.healthy(task))
            task.health = "HEALTHY" if good else "UNHEALTHY"
            if not good:
                self.state.say(service, f"(service {service.name}) (task {task.id}) failed container health checks.")
                self._count_failure(deployment)
                self.stop(task, "ServiceSchedulerInitiated", "Task failed container health checks")

    def _start_process(self, service, deployment, task):
        if not self.processes:
            return
        try:
            self.processes.start(service, task)
        except OSError as error:
            task.container_reason = f"CannotStartContainerError: {error}"
            self.fail(deployment, task, "TaskFailedToStart", task.container_reason)

    def _write(self, task, message):
        """One line where the task definition says that the first container's output goes."""
        container = task.definition["containerDefinitions"][0]
        options = container.get("logConfiguration", {}).get("options", {})
        if self.log and "awslogs-group" in options:
            prefix = options.get("awslogs-stream-prefix", "ecs")
            self.log(options["awslogs-group"], f"{prefix}/{container['name']}/{task.id}", message)

    def fail(self, deployment, task, code, words):
        """A task that ended by itself."""
        self._count_failure(deployment)
        task.stop_code, task.stop_reason, task.wanted = code, words, "STOPPED"
        self._ended(task)

    def _count_failure(self, deployment):
        if deployment and deployment.state == "IN_PROGRESS":
            deployment.failed += 1

    def stop(self, task, code, words):
        if task.wanted == "STOPPED":
            return
        task.wanted = "STOPPED"
        task.stop_code, task.stop_reason = code, words
        task.stamps["stoppingAt"] = self.clock.stamp()
        task.stop_at = self.clock.elapsed + (self.settings["stop_seconds"] if task.status == "RUNNING" else 0)
        task.status = "DEACTIVATING" if task.status == "RUNNING" else task.status

    def _ended(self, task):
        task.status = "STOPPED"
        task.stopped = self.clock.elapsed
        task.stamps.setdefault("stoppingAt", self.clock.stamp())
        task.stamps["stoppedAt"] = self.clock.stamp()
        if self.processes:
            self.processes.stop(task)

    def counts(self, task):
        """Whether the scheduler takes a task for healthy."""
        if task.status != "RUNNING" or task.wanted != "RUNNING":
            return False
        if has_health_check(task.definition):
            return task.health == "HEALTHY"
        return self.clock.elapsed - task.ran >= self.settings["unknown_healthy_seconds"]

    # Deployments

    def deploy(self, service, definition):
        """A new PRIMARY; what was primary is superseded."""
        stamp = self.clock.stamp()
        before = service.primary()
        if before:
            before.status, before.updated = "ACTIVE", stamp
            if before.record and before.record.finished is None:
                self._finish(before, "STOPPED", "Deployment was superseded by a newer one.")
        deployment = Deployment(self.state.deployment_id(), definition, service.desired, stamp)
        service.deployments.insert(0, deployment)
        service.definition = definition
        service.steady = False
        self._record(service, deployment)
        return deployment

    def _record(self, service, deployment):
        definition = self.state.definition(deployment.definition)
        number = self.state.number()
        revision = self.state.arn(f"service-revision/{service.cluster}/{service.name}/{number:019d}")
        images = [{"containerName": one["name"], "image": one["image"], **self.images.digest_of(one["image"])}
                  for one in definition["containerDefinitions"]]
        self.state.revisions[revision] = {
            "serviceRevisionArn": revision, "serviceArn": service.arn, "taskDefinition": deployment.definition,
            "clusterArn": self.state.arn(f"cluster/{service.cluster}"), "createdAt": deployment.created,
            "containerImages": images, "launchType": "FARGATE"}
        arn = self.state.arn(f"service-deployment/{service.cluster}/{service.name}/{self.state.task_id()[:21]}")
        deployment.record = ServiceDeployment(arn, revision, deployment.created)
        deployment.record.breaker = "MONITORING" if service.breaker["enable"] else "DISABLED"
        if service.records:
            deployment.record.sources = [service.records[-1].target]
        service.records.append(deployment.record)

    def _finish(self, deployment, status, words=None):
        record = deployment.record
        record.status, record.reason = status, words
        record.finished = record.updated = self.clock.stamp()
        if record.breaker == "MONITORING":
            record.breaker = "MONITORING_COMPLETE"

    def _schedule(self, service):
        primary = service.primary()
        if primary is None:
            return
        draining = service.status == "DRAINING"
        primary.desired = 0 if draining else service.desired
        healthy = sum(self.counts(task) for task in primary.tasks)
        self._stop_old(service, primary, healthy)
        self._stop_surplus(primary)
        if not draining:
            self._start_new(service, primary)
            self._judge(service, primary, healthy)
        for old in [one for one in service.deployments if one.status != "PRIMARY"]:
            old.desired = len(old.live())
            if not old.tasks:
                service.deployments.remove(old)
        if draining and not service.tasks():
            service.status = "INACTIVE"
            service.deployments.clear()

    def _stop_old(self, service, primary, healthy):
        keep = 0 if primary.desired == 0 else math.ceil(primary.desired * service.minimum / 100) - healthy
        old = [task for one in service.deployments if one is not primary for task in one.live()]
        old.sort(key=lambda task: (self.counts(task), task.created))
        for task in old[:max(0, len(old) - max(0, keep))]:
            self.stop(task, "ServiceSchedulerInitiated", self._scaling_words(service, task))

    def _stop_surplus(self, primary):
        live = primary.live()
        for task in live[:max(0, len(live) - primary.desired)]:
            self.stop(task, "ServiceSchedulerInitiated", f"Scaling activity initiated by (deployment {primary.id})")

    @staticmethod
    def _scaling_words(service, task):
        return f"Scaling activity initiated by (deployment {task.started_by})"

    def _start_new(self, service, primary):
        if primary.halted:
            return
        live = sum(len(one.live()) for one in service.deployments)
        room = max(1, math.floor(primary.desired * service.maximum / 100)) - live
        wanted = min(primary.desired - len(primary.live()), room)
        if wanted <= 0:
            return
        if self.images.fate(self.state.definition(primary.definition)) == "unplaced":
            if service.placed:
                self.state.say(service, f"(service {service.name}) was unable to place a task because no container "
                               "instance met all of its requirements.")
            service.placed = False
            return
        started = [self.launch(service, primary) for _ in range(wanted)]
        service.steady = False
        names = " ".join(f"(task {task.id})" for task in started)
        self.state.say(service, f"(service {service.name}) has started {len(started)} tasks: {names}.")

    def _judge(self, service, primary, healthy):
        """Whether the primary is done, or has failed too often."""
        others = any(one.tasks for one in service.deployments if one is not primary)
        if healthy == primary.desired and len(primary.live()) == primary.desired and not others and not primary.halted:
            if primary.state == "IN_PROGRESS":
                self._complete(service, primary)
            if not service.steady:
                service.steady = True
                self.state.say(service, f"(service {service.name}) has reached a steady state.")
        elif primary.state == "IN_PROGRESS" and service.breaker["enable"] and not primary.halted:
            if primary.failed >= threshold(service.breaker, primary.desired):
                self.fail_deployment(service, primary, service.breaker["rollback"])

    def _complete(self, service, primary):
        primary.state = "COMPLETED"
        primary.reason = f"ECS deployment {primary.id} completed."
        primary.updated = self.clock.stamp()
        service.last_good = (primary.id, primary.definition)
        record = primary.record
        if record.finished is None:
            back = record.rollback is not None
            self._finish(primary, "ROLLBACK_SUCCESSFUL" if back else "SUCCESSFUL", record.reason)
        self.state.say(service, f"(service {service.name}) (deployment {primary.id}) deployment completed.")

    def fail_deployment(self, service, failed, rollback, words="tasks failed to start", by=BREAKER):
        failed.state, failed.halted = "FAILED", True
        failed.reason = f"{by}: {words}."
        failed.updated = self.clock.stamp()
        record = failed.record
        record.breaker = "TRIGGERED" if by == BREAKER else record.breaker
        self.state.say(service, f"(service {service.name}) (deployment {failed.id}) deployment failed: {words}.")
        good = service.last_good
        if not rollback or good is None or self.settings["rollback_fails_to_happen"]:
            self._finish(failed, "STOPPED", failed.reason)
            for task in failed.live() if good is not None and rollback else ():
                self.stop(task, "ServiceSchedulerInitiated", f"Scaling activity initiated by (deployment {failed.id})")
            return
        self._roll_back(service, failed, good)

    def _roll_back(self, service, failed, good):
        stamp = self.clock.stamp()
        failed.status = "ACTIVE"
        kept = next((one for one in service.deployments if one.id == good[0]), None)
        if kept and self.settings["rollback_keeps_id"]:
            back = kept
            service.deployments.remove(kept)
            back.status, back.state, back.updated = "PRIMARY", "IN_PROGRESS", stamp
        else:
            ident = good[0] if self.settings["rollback_keeps_id"] else self.state.deployment_id()
            back = Deployment(ident, good[1], service.desired, stamp)
        if kept and kept is not back:
            back.tasks = kept.tasks  # What still runs of the old version is taken over.
            kept.tasks = []
            for task in back.tasks:
                task.started_by = back.id
        back.reason = f"{BREAKER}: rolling back to deploymentId {good[0]}."
        back.record = failed.record
        record = failed.record
        record.status, record.updated = "ROLLBACK_IN_PROGRESS", stamp
        record.rollback = {"reason": failed.reason, "startedAt": stamp,
                           "serviceRevisionArn": (record.sources or [record.target])[0]}
        record.reason = failed.reason
        service.deployments.insert(0, back)
        service.definition = good[1]
        service.steady = False
        self.state.say(service, f"(service {service.name}) rolling back to deployment {good[0]}.")
