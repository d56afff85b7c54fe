"""What the fake says no with."""


class Refusal(Exception):
    """An error answer of AWS: a code of its error shapes, a message, an HTTP status."""

    def __init__(self, code, message, status=400, **members):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members
