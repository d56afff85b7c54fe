"""What can happen to a rollout, one entry a row of reverts.py's table: the plan, the phase in which it happens,
what is turned on the toys, and what must come of it."""
from dataclasses import dataclass, field

from under_load import ROOT  # noqa: F401  (puts tests/e2e on the path)
from support.rollout import LONG, OTHER, hold, plan, staying  # noqa: E402

BAD = {"error_rate": 1}
POISON = {"error_rate": 1, "error_field": "Cookie: client=poison"}
APPROVAL = plan(hold(10, 0.05), hold(100, LONG), approval={"before": 100, "timeout": LONG})


@dataclass
class Scenario:
    name: str
    plan: dict
    green: dict = field(default_factory=dict)  # knobs that make the candidate ill
    blue: dict = field(default_factory=dict)   # … and live, for what both depend on
    well: dict = field(default_factory=dict)   # knobs of both before
    phase: str = "shifting"
    paused: bool = False
    reverts: bool = True
    verdict: str = ""       # kind of verdict that must be seen while it holds
    load: bool = True
    poison: bool = False    # one client more, that sends what fails
    since: str = "first_failure_ns"  # what of the candidate's counts the time begins with
    seen_by_clients: bool = False    # live fails as well, so that clients see it
    warm: int = 5           # requests of the candidate before it turns

    @property
    def timed(self):
        """Its milliseconds matter, so it runs alone. Latency is judged by the second."""
        return self.reverts and self.since != "first_delayed_ns"


SCENARIOS = {
    "bad-1": Scenario("100 % bad at 1 %", staying(1), BAD, warm=2),
    "bad-10": Scenario("100 % bad at 10 %", staying(10), BAD),
    "bad-50": Scenario("100 % bad at 50 %", staying(50), BAD),
    "bad20-10": Scenario("20 % bad at 10 %", staying(10), {"error_rate": 0.2}),
    "refused": Scenario("connection refused at 10 %", staying(10), {"crash": True}, since="turned_ns"),
    "reset": Scenario("connection reset at 10 %", staying(10), {"reset_rate": 1, "reset_early": True}),
    "slow": Scenario("slow (p95 x 5) at 10 %", staying(10), {"latency_ms": 25}, well={"latency_ms": 5},
                     since="first_delayed_ns", warm=30),
    "version": Scenario("wrong version at 10 %", staying(10), {"version": OTHER}, since="turned_ns"),
    "approval": Scenario("bad while held for approval", APPROVAL, BAD, phase="approval"),
    "paused": Scenario("bad while paused", staying(10), BAD, paused=True),
    "bake": Scenario("bad in the bake", staying(100), BAD, phase="baking"),
    "outage": Scenario("outage of both, 100 %", staying(10), BAD, BAD, reverts=False, verdict="shared",
                       seen_by_clients=True),
    "outage30": Scenario("outage of both, 30 %", staying(10), {"error_rate": 0.3}, {"error_rate": 0.3},
                         reverts=False, seen_by_clients=True),
    "poison": Scenario("one poison client, both fail", staying(10), POISON, POISON, reverts=False, poison=True),
    "poison1": Scenario("one client, candidate fails", staying(10), POISON, reverts=False, poison=True),
    "quiet": Scenario("no traffic", plan(hold(10, 0.05, 300), hold(100, LONG)), reverts=False, load=False,
                      verdict="inconclusive"),
}
