"""The program in a terminal of its own: that leaving it ends the process, and so does a terminal that goes away."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from patchwatch.tui.terminal import STATUS

SIZE = {"COLUMNS": "80", "LINES": "24"}
HERE = Path(__file__).parent
PROGRAM = """
import sys
import threading
from fake import FakeCore
from patchwatch.tui.app import run_tui
core = FakeCore()
core.gates["poll"] = threading.Event()
sys.exit(run_tui(core))
"""


class Terminal:
    """A process on a pseudo-terminal."""

    def __init__(self, **size: str) -> None:
        """Start the program; without a size the terminal does not know its own."""
        self._ours, theirs = pty.openpty()
        path = os.pathsep.join((str(HERE), str(HERE.parents[1])))
        environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        environment |= {"PYTHONPATH": path, "TERM": "xterm-256color", **size}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
        )
        os.close(theirs)
        self.seen = b""
        self._open = True

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

    def wait_for_silence(self) -> None:
        """Read until nothing is drawn for half a second."""
        deadline = time.monotonic() + 60
        while select.select([self._ours], [], [], 0.5)[0]:
            assert time.monotonic() < deadline, "it draws without end"
            self.seen += os.read(self._ours, 65536)

    def ends_within(self, seconds: float) -> int:
        """The exit code; the process must end in time."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "it is still running"
            if not self._open:
                time.sleep(0.01)
            elif select.select([self._ours], [], [], 0.02)[0]:
                try:
                    self.seen += os.read(self._ours, 65536)
                except OSError:  # Linux: the other end is closed
                    time.sleep(0.01)
        return self.process.returncode

    def hang_up(self) -> None:
        """Go away.  The kernel sends no signal: the process has another terminal for its own, or none."""
        os.close(self._ours)
        self._open = False

    def close(self) -> None:
        """End what is left."""
        self.process.kill()
        self.process.wait()
        if self._open:
            os.close(self._ours)


@pytest.mark.parametrize("keys", ["q", "\x11"])
def test_the_process_ends_while_a_poll_is_stuck(keys: str) -> None:
    terminal = Terminal(**SIZE)
    try:
        terminal.wait_for("zswap")
        terminal.press("r")
        terminal.wait_for("polling netdev")
        terminal.press(keys)
        assert terminal.ends_within(30) == 0  # the poll never ends by itself
        assert b"Traceback" not in terminal.seen
    finally:
        terminal.close()


@pytest.mark.parametrize("keys", ["", "r", "jk" * 300], ids=["idle", "polling", "drawing"])
def test_the_process_ends_when_its_terminal_goes_away(keys: str) -> None:
    terminal = Terminal(**SIZE)
    try:
        terminal.wait_for("zswap")
        terminal.press(keys)  # what is drawn then nobody reads
        terminal.hang_up()
        assert terminal.ends_within(30) == STATUS  # by itself: ten seconds after the hangup it would be a signal
    finally:
        terminal.close()


def test_a_terminal_without_a_size_is_drawn_once() -> None:
    terminal = Terminal()
    try:
        terminal.wait_for("zswap")
        terminal.wait_for_silence()
        terminal.press("q")
        assert terminal.ends_within(30) == 0
    finally:
        terminal.close()
