"""Stand-ins for programs: each writes down how it was called, and ends as it is told."""
import json
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
RECORDER = """#!/usr/bin/python3
import json, os, sys
with open(os.environ["CALLS"], "a", encoding="utf-8") as calls:
    calls.write(json.dumps([os.path.basename(sys.argv[0]), *sys.argv[1:]]) + "\\n")
sys.exit(int(os.environ.get("EXIT", "0")))
"""


class Programs:
    """A folder first on PATH with recorders of these names."""

    def __init__(self, *names):
        self.folder = tempfile.TemporaryDirectory(prefix="sy-entry-")
        self.path = pathlib.Path(self.folder.name)
        for name in names:
            program = self.path / name
            program.write_text(RECORDER)
            program.chmod(0o755)

    def close(self):
        self.folder.cleanup()

    def run(self, *command, exits=0, **environment):
        """(exit code, calls, standard output, standard error)"""
        calls = self.path / "calls"
        calls.unlink(missing_ok=True)
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
                              env={"PATH": f"{self.path}:/usr/bin:/bin", "CALLS": str(calls), "EXIT": str(exits),
                                   "HOME": str(self.path), **environment})
        said = calls.read_text().splitlines() if calls.exists() else []
        return done.returncode, [json.loads(line) for line in said], done.stdout, done.stderr

    @property
    def switchctl(self):
        return os.fspath(self.path / "switchctl")
