"""Who a caller is, and temporary credentials for roles."""
from .accounts import ACCOUNT
from .errors import Refusal

DEFAULT_SECONDS = 3600


class Sts:
    def __init__(self, book, tokens):
        """`tokens(text)`: the subject of a web identity token, or None when it is not one of ours."""
        self.book = book
        self.tokens = tokens
        self.roles = {}  # ARN: {"max": seconds, "external_id": text or None, "trusts": "web" | "aws" | "any"}

    def begin(self, operation, value):
        return None

    def allow(self, arn, **rules):
        self.roles[arn] = {"max": 3600, "external_id": None, "trusts": "any", **rules}

    def get_caller_identity(self, value, caller):
        return {"UserId": caller.user_id, "Account": ACCOUNT, "Arn": caller.arn}

    def _role(self, value, kind, who):
        arn = value["RoleArn"]
        role = self.roles.get(arn)
        action = "sts:AssumeRoleWithWebIdentity" if kind == "web" else "sts:AssumeRole"
        if role is None or role["trusts"] not in ("any", kind) or role["external_id"] not in (
                None, value.get("ExternalId")):
            words = f"Not authorized to perform {action}" if kind == "web" else \
                f"User: {who} is not authorized to perform: {action} on resource: {arn}"
            raise Refusal("AccessDenied", words, 403)
        seconds = value.get("DurationSeconds", DEFAULT_SECONDS)
        if seconds > role["max"]:
            raise Refusal("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for "
                          "this role.")
        name, session = arn.rpartition("role/")[2], value["RoleSessionName"]
        return self.book.issue(f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session}", seconds)

    @staticmethod
    def _answer(issued):
        return {"Credentials": {"AccessKeyId": issued.access_key, "SecretAccessKey": issued.secret,
                                "SessionToken": issued.token, "Expiration": issued.expires},
                "AssumedRoleUser": {"AssumedRoleId": issued.user_id, "Arn": issued.arn}}

    def assume_role(self, value, caller):
        return self._answer(self._role(value, "aws", caller.arn))

    def assume_role_with_web_identity(self, value, caller):
        subject = self.tokens(value["WebIdentityToken"])
        if subject is None:
            raise Refusal("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider, "
                          "please reference AssumeRoleWithWebIdentity documentation for requirements")
        answer = self._answer(self._role(value, "web", subject))
        return {**answer, "SubjectFromWebIdentityToken": subject, "Audience": "sts.amazonaws.com",
                "Provider": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"}
