"""Start processes that parse mail for this one (patchwatch.sync.parse_server), and end them.

Not multiprocessing: its fork server takes 20 MB beside the processes that it forks, another process that watches over
names of semaphores 6 MB, and each of those imports the command that was started, only to call a function.  Its
connections are used.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from multiprocessing.connection import Connection, Pipe

_CODE = "import sys; sys.path[:] = {path}; from patchwatch.sync.parse_server import serve; serve({life}, {connections})"


class ParseProcesses:
    """Processes that parse what is sent to their connections, and end with this one, by whatever signal."""

    def __init__(self, count: int) -> None:
        """Start them; they are not ready yet.

        Raises:
            OSError: there are too many open files or processes.
        """
        self.connections: list[Connection] = []
        with contextlib.ExitStack() as theirs, contextlib.ExitStack() as ours:
            life, self._life = os.pipe()
            theirs.callback(os.close, life)
            ours.callback(os.close, self._life)
            passed: list[int] = []
            for _ in range(count):
                here, there = Pipe()
                self.connections.append(ours.enter_context(here))
                passed.append(theirs.enter_context(there).fileno())
            code = _CODE.format(path=sys.path, life=life, connections=passed)
            self._first = subprocess.Popen(
                [sys.executable, "-c", code],
                stdin=subprocess.DEVNULL,
                pass_fds=(life, *passed),
                process_group=0,  # Ctrl-C is for this process
            )
            ours.pop_all()

    def kill(self) -> None:
        """End all of them, whatever they do."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._first.pid, signal.SIGKILL)
        os.close(self._life)
        self._first.wait()
