"""Who may call: long-lived keys, and temporary ones that expire and are then refused."""
import fnmatch
import secrets
import string

ACCOUNT = "111122223333"
LETTERS = string.ascii_uppercase + "234567"


def random_key(prefix):
    return prefix + "".join(secrets.choice(LETTERS) for _ in range(16))


class Principal:
    def __init__(self, access_key, secret, arn, user_id, token=None, expires=None):
        self.access_key = access_key
        self.secret = secret
        self.arn = arn
        self.user_id = user_id
        self.token = token
        self.expires = expires


class Book:
    """Every credential ever issued, so that an old one is told from an unknown one."""

    def __init__(self, clock):
        self.clock = clock
        self.principals = {}
        self.denied = []  # actions, with * as in a policy
        self.allowed = None  # the same; None: all
        self.used = set()  # actions that were asked for
        self.extra_secrets = {}  # name: text; what else must not be printed
        self.lifetime = None  # seconds; overrides what a caller asks for
        user = f"arn:aws:iam::{ACCOUNT}:user/deployer"
        self.root = self._add(Principal(random_key("AKIA"), secrets.token_urlsafe(30) + "/+==", user,
                                        random_key("AIDA")))

    def _add(self, principal):
        self.principals[principal.access_key] = principal
        return principal

    def issue(self, arn, seconds):
        """Temporary credentials."""
        if self.lifetime is not None:
            seconds = self.lifetime
        role = random_key("AROA") + ":" + arn.rpartition("/")[2]
        token = "Fwo" + secrets.token_urlsafe(150) + "+/="
        return self._add(Principal(random_key("ASIA"), secrets.token_urlsafe(30) + "/+/=", arn, role, token,
                                   self.clock.now() + seconds))

    def find(self, access_key):
        return self.principals.get(access_key)

    def expire(self, access_key=None):
        """Ends one, or all that are temporary."""
        ended = 0
        for principal in self.principals.values():
            if principal.token and access_key in (None, principal.access_key):
                principal.expires = self.clock.now()
                ended += 1
        return ended

    def denies(self, action):
        """Whether a policy is in the way; the action is remembered as needed."""
        self.used.add(action)
        if any(fnmatch.fnmatchcase(action, pattern) for pattern in self.denied):
            return True
        return self.allowed is not None and not any(fnmatch.fnmatchcase(action, pattern) for pattern in self.allowed)

    def secrets(self):
        """{name: text} of all that no tool may print."""
        found = dict(self.extra_secrets)
        for key, principal in self.principals.items():
            found[f"secret key of {key}"] = principal.secret
            if principal.token:
                found[f"session token of {key}"] = principal.token
        return found
