"""ECS's newer calls about service deployments and revisions; there only when the models know them."""
from .errors import Refusal


class Deployments:
    """Mixed into Ecs, which owns the state."""

    def list_service_deployments(self, value, caller):
        one = self.state.require_service(value.get("cluster"), value["service"])
        between = value.get("createdAt", {})
        records = [record for record in reversed(one.records)
                   if record.status in (value.get("status") or [record.status])
                   and between.get("after", 0) <= record.created <= between.get("before", float("inf"))]
        page, more = self.page(records, value, 20)
        return {"serviceDeployments": [self.views.record(one, record, brief=True) for record in page], **more}

    def _record(self, arn):
        for one in self.state.services():
            for record in one.records:
                if record.arn == arn:
                    return one, record
        return None, None

    def describe_service_deployments(self, value, caller):
        arns = value["serviceDeploymentArns"]
        if not 1 <= len(arns) <= 20:
            raise Refusal("InvalidParameterException", "serviceDeploymentArns can have 1 to 20 items.")
        found, failures = [], []
        for arn in arns:
            one, record = self._record(arn)
            if record is None:
                failures.append({"arn": arn, "reason": "MISSING"})
            else:
                found.append(self.views.record(one, record))
        return {"serviceDeployments": found, "failures": failures}

    def stop_service_deployment(self, value, caller):
        one, record = self._record(value["serviceDeploymentArn"])
        if record is None:
            raise Refusal("ServiceDeploymentNotFoundException", "The service deployment was not found.")
        if value.get("stopType", "ROLLBACK") != "ROLLBACK":
            raise Refusal("InvalidParameterException", "Only the stop type ROLLBACK is supported.")
        primary = one.primary()
        if record.finished is not None or record.rollback or primary is None or primary.record is not record:
            raise Refusal("ConflictException", "The service deployment is not in a state that can be stopped.")
        if one.last_good is None:
            raise Refusal("InvalidParameterException", "There is nothing to roll back to.")
        self.machine.fail_deployment(one, primary, True, "stopped by user", "Service deployment")
        return {"serviceDeploymentArn": record.arn}

    def describe_service_revisions(self, value, caller):
        arns = value["serviceRevisionArns"]
        if not 1 <= len(arns) <= 20:
            raise Refusal("InvalidParameterException", "serviceRevisionArns can have 1 to 20 items.")
        return {"serviceRevisions": [self.state.revisions[arn] for arn in arns if arn in self.state.revisions],
                "failures": [{"arn": arn, "reason": "MISSING"} for arn in arns if arn not in self.state.revisions]}
