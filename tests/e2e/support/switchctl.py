"""Runs the real `switchctl` as a person or a workflow would, and holds what it says to what every run owes: bounded
time, no secret in any stream, and with --json nothing but one object a line."""
import json
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field

from .proxy import binary

PATIENCE = 60.0  # seconds a command may take, sanitizers included


@dataclass
class Done:
    """How a command ended."""
    words: list
    code: int
    out: str
    err: str
    lines: list = field(default_factory=list)  # what --json printed

    @property
    def result(self):
        """The last object of --json."""
        return self.lines[-1] if self.lines else {}

    @property
    def events(self):
        return self.lines[:-1]

    @property
    def text(self):
        return self.out + self.err

    def steps(self, kind="begun"):
        """Names of the steps that began (or: done, undone), in order and each once."""
        found = [line["step"] for line in self.events if line.get("kind") == kind and "step" in line]
        return list(dict.fromkeys(found))

    def __str__(self):
        return f"switchctl {' '.join(self.words)}: exit {self.code}\n{self.out}{self.err}"


class Running:
    """One that has not ended; everything it says is kept."""

    def __init__(self, words, environment, folder, program=None):
        self.words = list(words)
        self.heard = threading.Condition()
        self.lines = []
        self.out, self.err = [], []
        self.child = subprocess.Popen([program or binary("switchctl"), *self.words], cwd=folder, env=environment,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      text=True, errors="replace")
        self._readers = [threading.Thread(target=self._read, args=(stream, into), daemon=True)
                         for stream, into in ((self.child.stdout, self.out), (self.child.stderr, self.err))]
        for reader in self._readers:
            reader.start()

    def _read(self, stream, into):
        with stream:
            for line in stream:
                with self.heard:
                    into.append(line)
                    if into is self.out and "--json" in self.words and line.strip():
                        self._take(line)
                    self.heard.notify_all()
        with self.heard:
            self.heard.notify_all()

    def _take(self, line):
        try:
            self.lines.append(json.loads(line))
        except ValueError:
            self.lines.append({"not_json": line})

    def wait_for(self, found, what, timeout=PATIENCE):
        """Waits until `found(self)` gives something that is true, and gives it back."""
        deadline = time.monotonic() + timeout
        with self.heard:
            while True:
                if got := found(self):
                    return got
                left = deadline - time.monotonic()
                ended = not any(reader.is_alive() for reader in self._readers)
                if left <= 0 or ended:
                    raise AssertionError(f"no {what}; exit {self.child.poll()}\n{''.join(self.out + self.err)}")
                self.heard.wait(min(left, 0.2))

    def wait_step(self, step, kind=None, timeout=PATIENCE):
        """The first event of a step (and of a kind)."""
        def found(_):
            return next((line for line in self.lines if line.get("step") == step and kind in (None, line.get("kind"))),
                        None)
        return self.wait_for(found, f"event {step} {kind or ''}", timeout)

    def signal(self, number):
        self.child.send_signal(number)

    def kill(self):
        """SIGKILL; what it said until then."""
        self.signal(signal.SIGKILL)
        return self.wait()

    def wait(self, timeout=PATIENCE):
        try:
            code = self.child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise AssertionError(f"switchctl {' '.join(self.words)} did not end in {timeout:.0f} s\n"
                                 f"{''.join(self.out + self.err)}") from None
        for reader in self._readers:
            reader.join(10)
        return Done(self.words, code, "".join(self.out), "".join(self.err), list(self.lines))

    def stop(self):
        """For clean-ups: nothing of it is left."""
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()


class Switchctl:
    """`leaks(text)` names the secrets that a text shows; any is a failure of the test, whatever it is about."""

    def __init__(self, folder, environment, leaks):
        self.folder = folder
        self.environment = environment
        self.leaks = leaks
        self.started = []
        self.all = []  # every command that has ended, for transcripts

    def start(self, *words, json_lines=True, environment=None):
        """In the background; `end` or `stop` it."""
        words = [*words, *(["--json"] if json_lines else [])]
        changed = {**self.environment, **(environment or {})}
        running = Running(words, {name: text for name, text in changed.items() if text is not None}, self.folder)
        self.started.append(running)
        return running

    def end(self, running, timeout=PATIENCE):
        """Waits for it; what it said is checked."""
        return self._checked(running.wait(timeout))

    def kill(self, running):
        return self._checked(running.kill())

    def run(self, *words, timeout=PATIENCE, **more):
        return self.end(self.start(*words, **more), timeout)

    def plain(self, *words, **more):
        """As people see it, without --json."""
        return self.run(*words, json_lines=False, **more)

    def _checked(self, done):
        self.all.append(done)
        if found := self.leaks(done.text):
            raise AssertionError(f"switchctl {' '.join(done.words)} shows {found}")
        broken = [line for line in done.lines if not isinstance(line, dict) or "not_json" in line]
        if broken and done.code != -signal.SIGKILL:
            raise AssertionError(f"not JSON: {broken[0]}\n{done}")
        return done

    def stop(self):
        for running in self.started:
            running.stop()
