"""`switchctl watch` on a terminal: it fits, follows a resize, shows what changes, and gives the terminal back."""
import os
import signal
import unittest

from support.case import ProxyCase
from support.proxy import binary
from support.screen import ALTERNATE, HIDDEN, NORMAL, SHOWN, Screen


class Watch(ProxyCase):
    def setUp(self):
        self.proxy.wait_open("blue", "green")
        self.assertEqual(self.proxy.weights(100, 0).status, 200)

    def watch(self, **size):
        host, port = self.proxy.control
        environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
        environment["TERM"] = "xterm"
        screen = Screen([binary("switchctl"), "watch", "local", "--proxy", f"http://{host}:{port}"], environment,
                        self.proxy.folder, **size)
        self.addCleanup(screen.close)
        return screen

    def test_it_shows_what_changes_and_gives_the_terminal_back(self):
        screen = self.watch(rows=30, columns=110)
        screen.wait_for(lambda lines: "traffic is all on blue" in lines[0], "traffic before")
        self.assertEqual(self.proxy.weights(90, 10).status, 200)
        frame = screen.wait_for(lambda lines: "traffic is blue 90 %, green 10 %" in lines[0], "traffic after")
        bar = "[##------------------] 10 %"
        self.assertTrue(any(line.startswith("green") and bar in line for line in frame), frame)
        self.assertTrue(any("weights" in line for line in frame), frame)
        self.assertEqual(screen.end(signal.SIGINT), 130)
        self.assertTrue(screen.text.startswith(ALTERNATE + HIDDEN))
        self.assertTrue(screen.text.endswith(SHOWN + NORMAL), repr(screen.text[-80:]))

    def test_it_fits_whatever_size_the_terminal_takes(self):
        screen = self.watch(rows=40, columns=160)
        screen.wait_for(lambda lines: len(lines) == 40, "forty rows")
        for rows, columns in ((12, 50), (24, 80), (5, 20)):
            screen.resize(rows, columns)
            frame = screen.wait_for(lambda lines, rows=rows: len(lines) == rows, f"{rows} rows")
            self.assertTrue(all(len(line) <= columns for line in frame), frame)
        self.assertEqual(screen.end(signal.SIGTERM), 130)
        self.assertTrue(screen.text.endswith(SHOWN + NORMAL), repr(screen.text[-80:]))


if __name__ == "__main__":
    unittest.main()
