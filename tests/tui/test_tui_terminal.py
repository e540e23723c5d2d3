"""The program in a terminal of its own: that leaving it ends the process, whatever is going on."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROGRAM = """
import threading
from fake import FakeCore
from patchwatch.tui.app import run_tui
core = FakeCore()
core.gates["poll"] = threading.Event()
run_tui(core)
"""


class Terminal:
    """A process on a pseudo-terminal."""

    def __init__(self) -> None:
        """Start the program."""
        self._ours, theirs = pty.openpty()
        path = os.pathsep.join((str(HERE), str(HERE.parents[1])))
        environment = {**os.environ, "PYTHONPATH": path, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
        )
        os.close(theirs)
        self.seen = b""

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._ours, keys.encode())

    def wait_for(self, text: str) -> None:
        """Read until `text` was written."""
        deadline = time.monotonic() + 60
        while text.encode() not in self.seen:
            left = deadline - time.monotonic()
            assert left > 0, self.seen[-2000:]
            if select.select([self._ours], [], [], left)[0]:
                self.seen += os.read(self._ours, 65536)

    def ends_within(self, seconds: float) -> int:
        """The exit code; the process must end in time."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "it is still running"
            if select.select([self._ours], [], [], 0.02)[0]:
                try:
                    self.seen += os.read(self._ours, 65536)
                except OSError:  # Linux: the other end is closed
                    time.sleep(0.01)
        return self.process.returncode

    def close(self) -> None:
        """End what is left."""
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


@pytest.mark.parametrize("keys", ["q", "\x11"])
def test_the_process_ends_while_a_poll_is_stuck(keys: str) -> None:
    terminal = Terminal()
    try:
        terminal.wait_for("zswap")
        terminal.press("r")
        terminal.wait_for("polling netdev")
        terminal.press(keys)
        assert terminal.ends_within(30) == 0  # the poll never ends by itself
        assert b"Traceback" not in terminal.seen
    finally:
        terminal.close()
