"""A terminal that goes away while the program runs: noticing it, and being able to end after it; and giving one back.

Mostly the kernel tells by SIGHUP, which ends the process.  A process without a controlling terminal, or one that was
told to ignore the signal (nohup), gets none: reading then yields nothing at once, for ever, writing fails, and
Textual's driver would keep a processor busy with that until somebody kills it.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from textual.drivers.linux_driver import LinuxDriver

STATUS = 128 + signal.SIGHUP
"""The exit status of who was left alone by his terminal, as a shell tells it."""
TERMINATED = 128 + signal.SIGTERM
"""That of who was told to end."""
_STDIN = 0
_LAST_SECONDS = 10  # to end in; then the kernel ends the process


class TerminalDriver(LinuxDriver):
    """Textual's, whose writing thread outlives the terminal: else whatever is drawn after it waits for ever."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As Textual's."""
        super().__init__(*arguments, **options)
        self._file = cast(Any, _Deaf(self._file))


class _Deaf:
    """A file; what is written to a terminal that is gone is dropped."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def fileno(self) -> int:
        return int(self._file.fileno())

    def write(self, text: str) -> None:
        with suppress(OSError):  # `when_hung_up` ends the program
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()


def when_terminated(leave: Callable[[], None]) -> None:
    """Call `leave` in the event loop that runs, at SIGTERM: the terminal gets its own screen, keys and mouse back.

    The process ends ten seconds later if it does not by itself.
    """

    def told() -> None:
        signal.alarm(_LAST_SECONDS)
        leave()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told)


def when_hung_up(tell: Callable[[], None]) -> None:
    """Call `tell`, from a thread of its own, when nobody is left at the other end of stdin.

    From then on what is read is at its end, what is written goes nowhere, and the process ends in ten seconds if it
    does not by itself.
    """

    def wait() -> None:
        watch = select.poll()
        watch.register(_STDIN, 0)  # hanging up is told always
        if not any(told & (select.POLLHUP | select.POLLERR) for _, told in watch.poll()):
            return  # no file that can hang up
        signal.alarm(_LAST_SECONDS)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        tell()

    threading.Thread(target=wait, name="patchwatch-hangup", daemon=True).start()
