"""The test's own door, /_fake/…: time, faults, seeds, settings, what was asked, what leaked."""
import json
import urllib.parse

from . import seed
from .accounts import ACCOUNT
from .errors import Refusal
from .journal import leaks


def handle(world, request):
    """(status, value as JSON)."""
    path, _, query = request.target.partition("?")
    act = ACTIONS.get((request.method, path[len("/_fake/"):]))
    if act is None:
        return 404, {"error": f"no {request.method} {path}", "known": sorted(" ".join(key) for key in ACTIONS)}
    try:
        value = json.loads(request.body) if request.body else {}
        asked = {key: texts[-1] for key, texts in urllib.parse.parse_qs(query).items()}
        with world.lock:
            return 200, act(world, {**asked, **value} if isinstance(value, dict) else value)
    except (ValueError, KeyError, TypeError, AttributeError, OSError, Refusal) as error:
        return 400, {"error": f"{type(error).__name__}: {error}"}


def about(world, _):
    root = world.book.root
    return {"region": world.region, "account": ACCOUNT, "access_key_id": root.access_key,
            "secret_access_key": root.secret, "arn": root.arn, "models": world.models.folder,
            "container_token": world.identity.container_token, "github_token": world.identity.github_request}


def advance(world, value):
    world.services["ecs"].machine.advance(float(value["seconds"]), bool(value.get("date", False)))
    return {"elapsed": world.clock.elapsed, "now": world.clock.now()}


def skew(world, value):
    world.clock.skew = float(value["seconds"])
    return {"skew": world.clock.skew, "now": world.clock.now()}


def settings(world, value):
    for service, values in value.items():
        world.set(service, values)
    return world.settings


def sow(world, value):
    for described in value if isinstance(value, list) else [value]:
        world.faults.sow(described)
    return {"unused": world.faults.unused()}


def clear_faults(world, _):
    world.faults.clear()
    return {}


def requests(world, value):
    chosen = world.journal.select(value.get("service"), value.get("operation"), int(value.get("since", 0)),
                                  value.get("code"))
    return {"requests": chosen, "counts": world.journal.counts()}


def secrets(world, value):
    """`values`: parameters of every type count as secrets."""
    return {"leaks": leaks(value["text"], world.secrets(bool(value.get("values"))))}


def credentials(world, value):
    arn = value.get("arn", f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/test")
    issued = world.book.issue(arn, float(value.get("seconds", 3600)))
    return {"access_key_id": issued.access_key, "secret_access_key": issued.secret, "session_token": issued.token,
            "expires": issued.expires}


def expire(world, value):
    return {"ended": world.book.expire(value.get("access_key"))}


def lifetime(world, value):
    """Seconds that everything issued from now on lasts, whatever is asked; null: as asked."""
    world.book.lifetime = value["seconds"]
    return {}


def policy(world, value):
    """{"deny": [action…], "allow": [action…] or null}; * as in a policy. Gives the actions needed so far."""
    world.book.denied = list(value.get("deny", world.book.denied))
    world.book.allowed = value.get("allow", world.book.allowed)
    return actions(world, None)


def actions(world, _):
    return {"deny": world.book.denied, "allow": world.book.allowed, "used": sorted(world.book.used)}


def flow(world, value):
    """Virtual seconds for each second of the machine; 0: time moves only when it is advanced."""
    world.flow.turn(float(value["rate"]))
    return {"rate": world.flow.rate}


def hide(world, value):
    """Texts that no output may show, by name."""
    world.book.extra_secrets.update(value)
    return {}


def identity(world, value):
    """What is switched off among imds, container and github; the subject; how long their credentials last."""
    if "off" in value:
        world.identity.off = set(value["off"])
    world.identity.subject = value.get("subject", world.identity.subject)
    world.identity.seconds = value.get("seconds", world.identity.seconds)
    return {"token": world.identity.new_identity(value.get("token_seconds", 300))}


def hook(world, value):
    world.run_tasks(**value)
    return {"network": world.processes.network}


def tasks(world, _):
    return {"tasks": world.processes.listed() if world.processes else []}


def kill(world, value):
    world.processes.kill(value["task"])
    return {}


def later(world, value):
    world.others.plan(value)
    return {"waiting": world.others.waiting()}


def arrived(world, value):
    """Waits until `count` requests are there that `requests` would list; {"seen": n} also when they do not come."""
    def seen():
        return len(requests(world, value)["requests"])
    world.journal.changed.wait_for(lambda: seen() >= int(value.get("count", 1)), float(value.get("timeout", 30)))
    return {"seen": seen()}


def verdict(world, _):
    return world.verdict()


ACTIONS = {
    ("GET", "about"): about,
    ("POST", "advance"): advance,
    ("PUT", "flow"): flow,
    ("POST", "skew"): skew,
    ("PUT", "settings"): settings,
    ("POST", "seed"): seed.sow,
    ("POST", "faults"): sow,
    ("DELETE", "faults"): clear_faults,
    ("GET", "requests"): requests,
    ("GET", "await"): arrived,
    ("POST", "secrets"): secrets,
    ("PUT", "secrets"): hide,
    ("POST", "credentials"): credentials,
    ("POST", "expire"): expire,
    ("PUT", "lifetime"): lifetime,
    ("PUT", "policy"): policy,
    ("GET", "policy"): actions,
    ("PUT", "identity"): identity,
    ("PUT", "hook"): hook,
    ("GET", "tasks"): tasks,
    ("POST", "kill"): kill,
    ("POST", "later"): later,
    ("GET", "verdict"): verdict,
}
