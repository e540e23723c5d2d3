"""Suspend the TUI while another program uses the terminal: an editor, git, b4."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from textual.app import App, SuspendNotSupported

from patchwatch.errors import NoTerminalError, ToolError
from patchwatch.output import print_error


@contextmanager
def suspended(app: App[Any]) -> Iterator[None]:
    """Leave the terminal to another program; redraw the TUI afterwards.

    Ctrl-C is meant for the other program, but reaches this one, too, and must not end it.  The handler does nothing;
    SIG_IGN would be inherited by the other program.

    Raises:
        NoTerminalError: there is no terminal; the TUI runs in a browser.
    """
    failure: Exception | None = None
    try:
        with app.suspend():
            before = signal.signal(signal.SIGINT, lambda *_: None)
            try:
                yield
            except Exception as error:  # noqa: BLE001 (raised again below: Textual would not resume after one)
                failure = error
            finally:
                signal.signal(signal.SIGINT, before)
    except SuspendNotSupported:
        raise NoTerminalError(
            "this needs a terminal, but the TUI runs in a browser. Run `patchwatch tui` in a terminal."
        ) from None
    if failure is not None:
        raise failure


def run_shell() -> None:
    """Run the user's shell until they leave it; call it while the TUI is suspended.

    Raises:
        ToolError: it can't be started.
    """
    shell = os.environ.get("SHELL") or "/bin/sh"
    print_error("`exit` returns to patchwatch.")
    try:
        subprocess.run([shell], check=False)
    except OSError as error:
        raise ToolError(f"can't run {shell}: {error.strerror}. Set $SHELL to your shell.") from None


def pause() -> None:
    """Wait for Enter, so that the user can read the other program's output; ignore what was typed before."""
    if sys.stdin.isatty():
        import termios

        termios.tcflush(sys.stdin, termios.TCIFLUSH)
    print_error("\nPress Enter to return to patchwatch.")
    sys.stdin.readline()
