"""Run a program on a pseudo-terminal and type keys."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time

from tests.support.paths import ROOT

SIZE = {"COLUMNS": "80", "LINES": "24"}


class Terminal:
    """A process on a pseudo-terminal."""

    def __init__(self, program: str, **size: str) -> None:
        """Run the Python code `program`; without a size (COLUMNS, LINES) the terminal has none."""
        self._ours, theirs = pty.openpty()
        environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        environment |= {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **size}
        self.process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
        )
        os.close(theirs)
        self.seen = b""
        self._open = True

    def press(self, keys: str) -> None:
        """Type keys."""
        os.write(self._ours, keys.encode())

    def wait_for(self, text: str) -> None:
        """Read until the program has written `text`."""
        deadline = time.monotonic() + 60
        while text.encode() not in self.seen:
            left = deadline - time.monotonic()
            assert left > 0, self.seen[-2000:]
            if select.select([self._ours], [], [], left)[0]:
                self.seen += os.read(self._ours, 65536)

    def wait_for_silence(self) -> None:
        """Read until nothing is written for half a second."""
        deadline = time.monotonic() + 60
        while select.select([self._ours], [], [], 0.5)[0]:
            assert time.monotonic() < deadline, "it draws without end"
            self.seen += os.read(self._ours, 65536)

    def ends_within(self, seconds: float) -> int:
        """Return the exit code; fail if the process does not exit in time."""
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
        """Hang up.  The kernel sends no signal, because this is not the controlling terminal of the process."""
        os.close(self._ours)
        self._open = False

    def close(self) -> None:
        """Kill the process if it is still running."""
        self.process.kill()
        self.process.wait()
        if self._open:
            os.close(self._ours)
