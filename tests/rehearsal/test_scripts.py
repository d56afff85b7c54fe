"""The scripts of the rehearsal with stand-ins for docker: what they ask of it, and what they leave."""
import contextlib
import importlib.machinery
import importlib.util
import io
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def module(name):
    """A script without .py as a module."""
    loader = importlib.machinery.SourceFileLoader(name, str(ROOT / "scripts" / name))
    found = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(found)
    return found


class WithDocker(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def docker(self, script):
        """A docker that notes its arguments and then does as the script says."""
        path = self.folder / "docker"
        path.write_text(f'#!/bin/sh\necho "$@" >>{self.folder}/asked\n{script}\n')
        path.chmod(0o755)
        return str(path)

    def asked(self):
        return (self.folder / "asked").read_text().splitlines()

    def run_script(self, name, *arguments, **environment):
        return subprocess.run([ROOT / "scripts" / name, *arguments], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60,
                              env={**os.environ, "SY_ENGINE_RUN": str(self.folder / "run"),
                                   "SY_ENGINE_ROOT": str(self.folder / "root"), **environment})


class BaseImage(WithDocker):
    def test_nothing_is_done_when_the_image_is_there(self):
        done = self.run_script("base-image", DOCKER=self.docker("exit 0"))
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertEqual(self.asked(), ["image inspect debian:bookworm-slim"])

    def test_it_is_pulled_when_a_registry_answers(self):
        done = self.run_script("base-image", DOCKER=self.docker('[ "$1" = pull ]'))
        self.assertEqual((done.returncode, done.stdout), (0, "base-image: debian:bookworm-slim pulled\n"))
        self.assertEqual(self.asked()[-1], "pull --quiet debian:bookworm-slim")

    def test_a_wrong_argument_is_told(self):
        self.assertEqual(self.run_script("base-image", "--pull").returncode, 2)


class Engine(WithDocker):
    def test_an_engine_that_answers_is_used_as_it_is(self):
        docker = self.docker("exit 0")
        done = self.run_script("engine", "up", DOCKER=docker, DOCKERD="/bin/false", DOCKER_HOST="unix:///a.sock")
        self.assertEqual((done.returncode, done.stdout), (0, "DOCKER_HOST=unix:///a.sock\n"))
        self.assertFalse((self.folder / "run").exists())

    def test_one_that_does_not_start_is_told_with_its_last_words(self):
        if os.getuid() != 0:
            self.skipTest("only root may start one")
        daemon = self.folder / "dockerd"
        daemon.write_text("#!/bin/sh\necho no such driver\nexit 1\n")
        daemon.chmod(0o755)
        done = self.run_script("engine", "up", DOCKER=self.docker("exit 1"), DOCKERD=str(daemon))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("engine: dockerd does not start", done.stderr)
        self.assertIn("no such driver", done.stderr)


class RuntimePackages(WithDocker):
    def test_it_names_the_packages_of_the_libraries(self):
        done = self.run_script("runtime-packages", "/bin/bash")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("libc6", done.stdout.split())

    def test_a_library_that_is_not_there_is_told(self):
        (self.folder / "ldd").write_text('#!/bin/sh\necho "libgone.so.1 => not found"\n')
        (self.folder / "ldd").chmod(0o755)
        done = self.run_script("runtime-packages", "/bin/bash", PATH=f"{self.folder}:{os.environ['PATH']}")
        self.assertEqual(done.returncode, 1)
        self.assertIn("libgone.so.1 => not found", done.stderr)


class Verdict(unittest.TestCase):
    def verdict(self, *expectations):
        verdict = module("rehearsal").Verdict()
        with contextlib.redirect_stdout(io.StringIO()) as said:
            for what, promised, got in expectations:
                verdict.expect(what, promised, got)
            code = verdict.show()
        return code, said.getvalue()

    def test_all_as_promised(self):
        code, said = self.verdict(("exit", 0, 0), ("live", "v1", "v1"))
        self.assertEqual(code, 0)
        self.assertTrue(said.endswith("rehearsal: everything as promised\n"))

    def test_one_thing_that_is_not_spoils_it(self):
        code, said = self.verdict(("exit", 3, 0), ("live", "v1", "v1"))
        self.assertEqual(code, 1)
        self.assertIn("NO  exit  3         0", said)
        self.assertTrue(said.endswith("rehearsal: NOT as promised\n"))

    def test_nothing_seen_is_nothing_shown(self):
        self.assertEqual(self.verdict()[0], 1)


if __name__ == "__main__":
    unittest.main()
