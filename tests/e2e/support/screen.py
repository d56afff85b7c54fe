"""A terminal of a given size around a program, and what a person would see on it: enough of ECMA-48 for a view that
begins at the upper left corner and draws each line to its end."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

ALTERNATE, NORMAL = "\x1b[?1049h", "\x1b[?1049l"
HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"


class Screen:
    def __init__(self, words, environment, folder, rows=30, columns=100):
        self.ours, theirs = pty.openpty()
        self.resize(rows, columns)
        self.child = subprocess.Popen(words, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs,
                                      start_new_session=True)
        os.close(theirs)
        self.text = ""

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds=0.05):
        while select.select([self.ours], [], [], seconds)[0]:
            try:
                block = os.read(self.ours, 65536)
            except OSError:  # the other end was closed
                return False
            if not block:
                return False
            self.text += block.decode(errors="replace")
        return True

    def frames(self):
        """What was drawn, one list of lines a time, without tones."""
        drawn = self.text.replace("\r\r\n", "\r\n").split("\x1b[H")[1:]  # the terminal adds a \r of its own
        return [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", frame).split("\r\n") for frame in drawn]

    def wait_for(self, found, what, timeout=30.0):
        """The first whole frame from now on for which `found(lines)` holds."""
        begun = len(self.frames())
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            alive = self.read()
            for frame in self.frames()[begun:-1] if alive else self.frames()[begun:]:
                if found(frame):
                    return frame
            if not alive:
                break
        raise AssertionError(f"{what}: not seen\n{self.text[-4000:]}")

    def end(self, number=signal.SIGINT, timeout=30.0):
        """Its exit code after a signal."""
        self.child.send_signal(number)
        deadline = time.monotonic() + timeout
        while self.child.poll() is None and time.monotonic() < deadline:
            self.read()
        self.read()
        return self.child.poll()

    def close(self):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        os.close(self.ours)
