"""Somebody else: calls that are made meanwhile, at a moment of virtual time or just before a call of the client."""
from . import shapes
from .accounts import ACCOUNT, Principal
from .errors import Refusal

SOMEBODY = Principal("AKIASOMEBODYELSE0000", "", f"arn:aws:iam::{ACCOUNT}:user/somebody-else", "AIDASOMEBODYELSE0000")


class Planned:
    """`perform` is called once: when `elapsed` is reached, or before call `number` of `at_call`."""

    def __init__(self, words, perform, elapsed=None, at_call=None, number=1):
        self.words = words
        self.perform = perform
        self.elapsed = elapsed
        self.at_call = at_call
        self.left = number


class Others:
    def __init__(self, world):
        self.world = world
        self.planned = []

    def plan(self, described):
        """{"perform": "ecs.UpdateService", "input": {…}} with "after": seconds, or "at_call": "ecs.DescribeServices"
        and "number"?"""
        known = {"perform", "input", "after", "at_call", "number"}
        if set(described) - known or ("after" in described) == ("at_call" in described):
            raise ValueError(f"a plan has {', '.join(sorted(known))}; either after or at_call")
        perform = self._call(described["perform"], described["input"])
        if "after" in described:
            moment = self.world.clock.elapsed + float(described["after"])
            self.planned.append(Planned(described["perform"], perform, elapsed=moment))
            return
        self._split(described["at_call"])
        self.planned.append(Planned(described["perform"], perform, at_call=described["at_call"],
                                    number=int(described.get("number", 1))))

    def _split(self, text):
        service, _, operation = text.partition(".")
        if service not in self.world.services or not self.world.knows(service, operation):
            raise ValueError(f"no such operation: {text}")
        return service, operation

    def _call(self, text, value):
        """The call as a function; its input is held to the same shapes as everybody's."""
        service, operation = self._split(text)
        broken = shapes.check(self.world.models.operation(service, operation).input_shape, value)
        if broken:
            raise ValueError(broken[0].words)
        act = self.world.act(service, operation)
        return lambda: act(value, SOMEBODY)

    def time_passed(self):
        now = self.world.clock.elapsed
        self._perform([one for one in self.planned if one.elapsed is not None and one.elapsed <= now])

    def before(self, service, operation):
        due = []
        for one in self.planned:
            if one.at_call == f"{service}.{operation}":
                one.left -= 1
                if one.left == 0:
                    due.append(one)
        self._perform(due)

    def _perform(self, due):
        for one in due:
            self.planned.remove(one)
            try:
                one.perform()
            except Refusal as refusal:
                self.world.journal.problem(f"somebody else's {one.words} was refused: {refusal}")

    def waiting(self):
        return [one.words for one in self.planned]
