#!/usr/bin/python3
"""Deploys under load, one scenario after another, as a transcript: the commands, what they printed, exit codes, client
errors, and the record as Debian's awscli reads it back. Exit 1 when an exit code or a client was not as it must be.

    SY_BIN_DIR=build/release/bin tests/e2e/show_deploy.py [--only NAME…]"""
import argparse
import json
import sys
import time
import traceback

from support.deploy_world import BAD, CRASHES, NEW, OLD, OLDER, DeployWorld

KILLS = ("claim", "start", "up", "versions", "gate", "smoke", "rollout", "health", "record")


class Stage:
    """One world, clients of each of its proxies, and what is said of them."""

    def __init__(self, title, **options):
        self.title = title
        self.options = options
        self.wrong = []

    def __enter__(self):
        print(f"\n==== {self.title} ====")
        self.world = DeployWorld(**self.options).open()
        self.env, self.ctl, self.fake = self.world.environment, self.world.ctl, self.world.fake
        self.loads = [self.world.load(proxy).start() for proxy in self.world.proxies]
        return self

    def __exit__(self, kind, problem, trace):
        if kind:
            self.wrong.append("".join(traceback.format_exception_only(kind, problem)))
        for load in self.loads:
            load.stop()
            print(f"clients: {load.words()}")
            self.wrong += [f"a client error: {failure}" for failure in load.failures[:3]]
        if not (verdict := self.fake.verdict())["ok"]:
            self.wrong.append(f"the fake AWS complains: {verdict}")
        self.world.close()
        for words in self.wrong:
            print(f"NOT AS IT MUST BE: {words}")
        return True

    def run(self, code, *words, **more):
        """One command, and the exit code it must have."""
        begun = time.monotonic()
        done = self.ctl.plain(*words, **more)
        self.show(done, time.monotonic() - begun, code)
        return done

    def show(self, done, seconds, *codes):
        print(f"$ switchctl {' '.join(done.words)}")
        for line in done.text.splitlines():
            print(f"  {line}")
        print(f"exit {done.code} after {seconds:.1f} s")
        if done.code not in codes:
            self.wrong.append(f"exit {done.code} instead of {' or '.join(map(str, codes))}")

    def killed(self, step, *words):
        """A command that dies at a step; its events are left out."""
        running = self.ctl.start(*words)
        running.wait_step(step)
        done = self.ctl.kill(running)
        print(f"$ switchctl {' '.join(words)}   # SIGKILL at step {step}")
        print(f"  steps so far: {' '.join(done.steps())}; exit {done.code}")

    def traffic(self):
        for proxy in self.world.proxies:
            live, version, weights = self.world.live(proxy)
            print(f"traffic: live {live} with {version}, weights {weights}")

    def doubtful_plan(self):
        """Waits at 25 % for the verdict: shares of a few requests decide nothing on a slow machine."""
        path = self.world.folder / "doubtful.json"
        path.write_text(json.dumps({"holds": [{"percent": 25, "for": 3600, "requests": 20},
                                              {"percent": 100, "for": "300ms", "requests": 10}]}))
        return str(path)

    def record(self):
        print(f"$ aws ssm get-parameter --name /pms/{self.env}/deployment-metadata")
        print(f"  {json.dumps(self.world.record())}")


def good_bad_back(wrong):
    with Stage("deploy, bad deploy, rollback, named rollback, drill", tasks=2) as stage:
        stage.run(0, "deploy", stage.env, OLDER, "--yes")
        stage.run(0, "deploy", stage.env, NEW, "--yes")
        stage.record()
        stage.run(3, "deploy", stage.env, BAD, "--yes", "--plan", stage.doubtful_plan())
        stage.record()
        stage.traffic()
        stage.run(0, "rollback", stage.env, "--yes")
        stage.record()
        stage.run(0, "rollback", "--list", stage.env)
        stage.run(0, "rollback", stage.env, NEW, "--yes")
        stage.record()
        stage.run(0, "drill", stage.env, OLDER, "--yes")
        stage.record()
        stage.run(0, "verify", stage.env)
        stage.run(0, "status", stage.env)
    wrong += stage.wrong


def kills(wrong):
    with Stage("SIGKILL of switchctl at every step; the same command carries on") as stage:
        for step in KILLS:
            stage.killed(step, "deploy", stage.env, NEW, "--yes")
            stage.traffic()
            stage.run(0, "status", stage.env)
        stage.run(0, "deploy", stage.env, NEW, "--yes")
        stage.record()
        stage.traffic()
    wrong += stage.wrong


def kill_and_back(wrong):
    with Stage("SIGKILL in the rollout; a rollback goes back") as stage:
        stage.killed("rollout", "deploy", stage.env, NEW, "--yes")
        stage.run(0, "status", stage.env)
        stage.run(0, "rollback", stage.env, "--yes")
        stage.record()
        stage.traffic()
    wrong += stage.wrong


def rivals(wrong):
    with Stage("two deploys at once") as stage:
        begun = time.monotonic()
        both = [stage.ctl.start("deploy", stage.env, version, "--yes", json_lines=False) for version in (NEW, OLDER)]
        ends = [stage.ctl.end(running, 90) for running in both]
        for done in ends:
            stage.show(done, time.monotonic() - begun, 0, 5)
        if sorted(done.code for done in ends) != [0, 5]:
            stage.wrong.append("not one winner")
        stage.record()
        stage.traffic()
    wrong += stage.wrong


def breaker(wrong):
    with Stage("the circuit breaker of ECS") as stage:
        stage.run(3, "deploy", stage.env, CRASHES, "--yes")
        stage.record()
        stage.traffic()
    wrong += stage.wrong


def superseded(wrong):
    with Stage("a deployment that somebody else supersedes") as stage:
        stage.world.freeze()
        begun = time.monotonic()
        running = stage.ctl.start("deploy", stage.env, NEW, "--yes")
        running.wait_step("up")
        words = ("ecs", "update-service", "--cluster", f"pms-{stage.env}", "--service",
                 stage.world.service("backend", "green"), "--force-new-deployment")
        print(f"$ aws {' '.join(words)}   # at step up")
        stage.world.aws(*words)
        stage.world.thaw()
        stage.show(stage.ctl.end(running), time.monotonic() - begun, 3, 4)
        stage.record()
        stage.traffic()
    wrong += stage.wrong


def weather(wrong):
    with Stage("lost answers and throttling") as stage:
        for kind, operation, more in (("lost", "PutParameter", {}), ("lost", "UpdateService", {}),
                                      ("throttle", "DescribeServices", {"count": 2, "skip": 2}),
                                      ("throttle", "PutParameter", {"skip": 3}),
                                      ("html", "DescribeTasks", {"status": 503})):
            print(f"fault: {kind} of {operation} {more or ''}")
            stage.fake.sow(kind, operation, **more)
        stage.run(0, "deploy", stage.env, NEW, "--yes")
        stage.record()
    wrong += stage.wrong


def ending(wrong):
    with Stage("credentials that end in the middle of the bake", credentials="temporary") as stage:
        plan = stage.world.folder / "bake.json"
        plan.write_text('{"holds": [{"percent": 100, "for": 3, "requests": 10}]}')
        begun = time.monotonic()
        running = stage.ctl.start("deploy", stage.env, NEW, "--yes", "--plan", str(plan), json_lines=False)
        stage.loads[0].wait_more(10, "green")
        stage.fake.post("expire")
        print("# the session token ends now")
        stage.show(stage.ctl.end(running), time.monotonic() - begun, 3)
        fresh = stage.fake.environment("temporary")
        stage.traffic()
        stage.run(0, "status", stage.env, environment=fresh)
        print("# with new credentials")
        stage.run(0, "rollback", stage.env, "--yes", environment=fresh)
        stage.run(0, "deploy", stage.env, NEW, "--yes", environment=fresh)
        stage.record()
        stage.traffic()
    wrong += stage.wrong


def fleet(wrong):
    with Stage("two proxies, a bad version", proxies=2) as stage:
        stage.run(3, "deploy", stage.env, BAD, "--yes", "--plan", stage.doubtful_plan())
        stage.traffic()
        stage.run(0, "deploy", stage.env, NEW, "--yes")
        stage.traffic()
    wrong += stage.wrong


SCENARIOS = {act.__name__: act for act in (good_bad_back, kills, kill_and_back, rivals, breaker, superseded, weather,
                                           ending, fleet)}


def main():
    parser = argparse.ArgumentParser(description="Deploys under load, as a transcript.")
    parser.add_argument("--only", nargs="+", choices=sorted(SCENARIOS), default=list(SCENARIOS))
    chosen = parser.parse_args().only
    print(f"live at first: {OLD} in blue; then {OLDER}, {NEW}; {BAD} fails its clients, {CRASHES} does not start")
    wrong = []
    for name in chosen:
        SCENARIOS[name](wrong)
    print(f"\n{len(chosen)} scenarios; not as it must be: {len(wrong)}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
