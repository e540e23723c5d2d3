"""Show what a command prints in the user's pager, if stdout is a terminal, as git does."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

from patchwatch.output import stdout_into, stdout_is_terminal

if TYPE_CHECKING:
    import subprocess


@contextlib.contextmanager
def paged(*, chop: bool = False) -> Iterator[None]:
    """While the block runs, stdout is the input of the pager; a pager that is left early ends the block's output.

    The pager is git's: $GIT_PAGER, core.pager, $PAGER, less (git-var(1)); `cat` or none means that nothing is paged.
    As in git, less gets FRX unless $LESS is set: it quits if all fits on one screen, and shows colors; with `chop`, it
    cuts long lines, too, and scrolls to the right.
    """
    command = _pager() if stdout_is_terminal() and os.environ.get("TERM", "dumb") != "dumb" else ""
    if not command:
        yield
        return
    import subprocess  # what goes to a pipe needs neither this nor shutil

    environment = {"LESS": "FRSX" if chop else "FRX", "LV": "-c", **os.environ}
    process = subprocess.Popen(["sh", "-c", command], stdin=subprocess.PIPE, env=environment)
    try:
        with stdout_into(cast("BinaryIO", process.stdin)):
            yield
    finally:
        _wait(process)


def _pager() -> str:
    """Return the user's pager; empty if there is none."""
    import shutil
    import subprocess

    try:
        found = subprocess.run(["git", "var", "GIT_PAGER"], capture_output=True, text=True, timeout=5, check=False)
        command = found.stdout.strip()
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        command = os.environ.get("PAGER", "less")
    with contextlib.suppress(ValueError):  # an unmatched quote, which the shell reports
        words = [word for word in shlex.split(command) if "=" not in word]
        if not words or words[0] == "cat" or not shutil.which(os.path.expanduser(words[0])):
            return ""
    return command


def _wait(process: subprocess.Popen[bytes]) -> None:
    """Wait for the pager; ^C is for it, not for us."""
    while True:
        with contextlib.suppress(KeyboardInterrupt):
            process.wait()
            return
