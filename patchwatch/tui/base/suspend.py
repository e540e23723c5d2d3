"""The terminal, lent to another program for a while: to an editor, to git, to b4."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
    failure: Exception | None = None
    try:
        with app.suspend():
            before = signal.signal(signal.SIGINT, lambda *_: None)
            try:
                yield
            except Exception as error:  # noqa: BLE001 (raised again below: Textual does not come back from one)
                failure = error
            finally:
                signal.signal(signal.SIGINT, before)
    except SuspendNotSupported:
        raise NoTerminalError(
            "this takes a terminal, and there is none here that could be lent to another program. "
            "Run `patchwatch tui` in a terminal for it."
        ) from None
    if failure is not None:
        raise failure


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
