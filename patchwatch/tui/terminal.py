"""The terminal, lent to another program for a while: to an editor, to git, to b4."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from textual.app import App, SuspendNotSupported

from patchwatch.errors import NoTerminalError


@contextmanager
def lent(app: App[Any]) -> Iterator[None]:
    """Give the terminal away; at the end the screen is drawn again.

    Ctrl-C is meant for the other program.  It reaches this one too, which must not end of it; ignoring it altogether
    would make the other program ignore it.

    Raises:
        NoTerminalError: there is none; the screen is shown in a browser.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(app.suspend())
        except SuspendNotSupported:
            raise NoTerminalError(
                "this takes a terminal, and there is none here that could be lent to another program. "
                "Run `patchwatch tui` in a terminal for it."
            ) from None
        stack.callback(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, lambda *_: None))
        yield


def tell(text: str) -> None:
    """Say something on the terminal that was lent; `text` must be printable."""
    print(text, file=sys.stderr, flush=True)


def pause() -> None:
    """Wait for Enter, so that what the other program said can be read; what was typed before does not count."""
    if sys.stdin.isatty():
        import termios

        termios.tcflush(sys.stdin, termios.TCIFLUSH)
    tell("\nEnter goes back to patchwatch.")
    sys.stdin.readline()
