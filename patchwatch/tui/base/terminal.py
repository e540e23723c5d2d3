"""Exit cleanly when the terminal goes away (hangup), or at SIGTERM.

Usually the kernel sends SIGHUP, which ends the process.  A process without a controlling terminal, or one that ignores
the signal (nohup), is not notified: reads return nothing at once, writes fail, and Textual's driver would keep a CPU
busy with that until it is killed.
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

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import CursorPosition
from textual.message import Message

from patchwatch.output import stdout_encoding
from patchwatch.tui.base import signs

STATUS = 128 + signal.SIGHUP
"""Exit status after a hangup, as a shell reports it."""
TERMINATED = 128 + signal.SIGTERM
"""Exit status after SIGTERM."""
_STDIN = 0
_EXIT_SECONDS = 10  # to exit in; then SIGALRM ends the process


class TerminalDriver(LinuxDriver):
    """Textual's driver, with a writer thread that survives a hangup: without it, drawing would block forever.

    It draws signs in ASCII where the terminal needs that.
    """

    probes = False
    """True to ask the terminal how wide it draws signs."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Take the arguments of Textual's driver."""
        super().__init__(*arguments, **options)
        self._file = cast(Any, _HangupSafe(self._file))

    def write(self, data: str) -> None:
        """Write to the terminal."""
        super().write(signs.drawable(data))

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self.probes and not signs.ascii_only():
            self.write(signs.PROBE)

    def process_message(self, message: Message) -> None:
        """Pass a message to the app, unless it is the terminal's answer to where the cursor is."""
        if not isinstance(message, CursorPosition):
            super().process_message(message)
        elif self.probes and message.x > 1 and not signs.ascii_only():  # the sign took two cells
            signs.use_ascii(True)
            self._app.call_later(_draw_again, self._app)


def _draw_again(app: App[Any]) -> None:
    """Draw everything anew, cached rows included."""
    for screen in app.screen_stack:
        for widget in screen.walk_children():
            widget.notify_style_update()
            widget.refresh()
        screen.refresh(layout=True)
        screen.refresh_bindings()  # for the name of the Enter key


def draw_signs(choice: str) -> None:
    """Draw signs as `[tui] signs` says; if that is `auto`, as the locale needs, or else as the terminal shows them."""
    signs.choose(choice, stdout_encoding())
    TerminalDriver.probes = choice == "auto"


class _HangupSafe:
    """A file that drops what is written after a hangup."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def fileno(self) -> int:
        return int(self._file.fileno())

    def write(self, text: str) -> None:
        with suppress(OSError):  # `on_hangup` ends the program
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()


def on_sigterm(leave: Callable[[], None]) -> None:
    """At SIGTERM, call `leave` in the running event loop, so that the terminal is restored.

    SIGALRM ends the process ten seconds later if it has not exited by then.
    """

    def handle() -> None:
        signal.alarm(_EXIT_SECONDS)
        leave()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, handle)


def on_hangup(leave: Callable[[], None]) -> None:
    """Call `leave`, from another thread, when the terminal at stdin hangs up.

    From then on reads return end of file and writes are dropped.  SIGALRM ends the process ten seconds later if it has
    not exited by then.
    """

    def wait() -> None:
        watch = select.poll()
        watch.register(_STDIN, 0)  # POLLHUP is always reported
        if not any(events & (select.POLLHUP | select.POLLERR) for _, events in watch.poll()):
            return  # not a terminal
        signal.alarm(_EXIT_SECONDS)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        leave()

    threading.Thread(target=wait, name="patchwatch-hangup", daemon=True).start()
