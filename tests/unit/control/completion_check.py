"""The completion scripts, run by the shells they are for. A shell that is not installed is passed over.

Usage: completion_check.py SWITCHCTL
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SWITCHCTL = pathlib.Path(sys.argv[1]).resolve()
CONFIG = """services: {backend: {}, frontend: {}}
environments:
  staging: {proxies: ["http://127.0.0.1:1"], token: "${NOT_SET}"}
  production: {proxies: ["http://127.0.0.1:1"]}
"""
CASES = [
    (["dep"], ["deploy"]),
    (["deploy", ""], ["production", "staging"]),
    (["deploy", "st"], ["staging"]),
    (["deploy", "staging", "--pl"], ["--plan"]),
    (["deploy", "staging", "v1", "--wait-until", ""], ["done", "gate", "recorded", "rollout", "started"]),
    (["rollout", "staging", "green", "v1", "--wait-until", "b"], ["baking"]),
    (["--timeout", "5", "scale", "staging", "b"], ["backend"]),
    (["switch", "staging", ""], ["blue", "green"]),
    (["logs", "staging", "backend", "--color", "g"], ["green"]),
    (["maintenance", "staging", "of"], ["off"]),
    (["completion", ""], ["bash", "fish", "zsh"]),
    (["status", "--fa"], []),
    (["--js"], ["--json"]),
]
BASH = """eval "$(switchctl completion bash)"
COMP_WORDS=(switchctl "$@"); COMP_CWORD=$#; COMPREPLY=(); _switchctl; printf '%s\\n' "${COMPREPLY[@]}"
"""
# compadd and compdef only work while zsh completes, so that they are stood in for.
ZSH = """compdef() { :; }; compadd() { shift; printf '%s\\n' "$@"; }; _files() { print files; }
eval "$(switchctl completion zsh)"
words=(switchctl "$@"); CURRENT=$#words; PREFIX=$words[CURRENT]; _switchctl
"""
FISH = "switchctl completion fish | source\ncomplete -C \"switchctl $argv\" | string split -f1 \\t\n"


class Shells(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        (pathlib.Path(self.folder.name) / "switchctl.yaml").write_text(CONFIG)

    def run_in(self, *command):
        path = f"{SWITCHCTL.parent}:{os.environ['PATH']}"
        home = {"PATH": path, "HOME": self.folder.name, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, cwd=self.folder.name, env=home, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def need(self, shell):
        if shutil.which(shell) is None:
            self.skipTest(f"{shell} is not installed")

    def test_names_are_given_even_of_a_file_with_problems(self):
        self.assertEqual(self.run_in("switchctl", "completion", "environments"), ["production", "staging"])
        self.assertEqual(self.run_in("switchctl", "completion", "services"), ["backend", "frontend"])

    def test_bash_completes(self):
        self.need("bash")
        for words, wanted in CASES:
            self.assertEqual(sorted(self.run_in("bash", "-c", BASH, "bash", *words)), wanted, words)
        self.assertEqual(self.run_in("bash", "-c", BASH, "bash", "--config", "switchctl."), ["switchctl.yaml"])

    def test_zsh_completes(self):
        self.need("zsh")
        for words, wanted in CASES:
            found = self.run_in("zsh", "-f", "-c", ZSH, "zsh", *words)
            self.assertEqual(sorted(word for word in found if word.startswith(words[-1])), wanted, words)
        self.assertEqual(self.run_in("zsh", "-f", "-c", ZSH, "zsh", "--config", "s"), ["files"])

    def test_fish_completes(self):
        self.need("fish")
        for words, wanted in CASES:
            self.assertEqual(sorted(self.run_in("fish", "-N", "-c", FISH, "--", *words)), wanted, words)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
