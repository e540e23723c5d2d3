"""The user's editor and browser."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from patchwatch.errors import ToolError


def run_here(argv: Sequence[str], directory: Path | None) -> int:
    """Run a program in this terminal, in `directory` if given; returns its exit status.

    Raises:
        ToolError: the program or the directory is missing.
    """
    try:
        return subprocess.run(argv, cwd=directory, check=False).returncode
    except OSError as error:
        missing = str(directory) if directory is not None and not directory.is_dir() else argv[0]
        raise ToolError(f"can't start {argv[0]}: {missing}: {error.strerror}") from None


def edit(file: Path) -> None:
    """Open a file in the user's editor, the one git would start, in this terminal.

    Raises:
        ToolError: there is no editor, or it failed.
    """
    editor = _editor()
    # As in git: the setting is shell code, the file name is not.
    status = run_here(("sh", "-c", f'{editor} "$@"', editor, str(file)), None)
    if status != 0:
        raise ToolError(f"editor {editor} exited with status {status}; nothing was sent. Your text is in {file}.")


def browser_command(url: str, platform: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The command that opens a page in a graphical browser.  Pure.

    Raises:
        ToolError: there is no display.
    """
    if platform == "darwin":
        return ("open", url)
    if browsers := environment.get("BROWSER"):
        return (*shlex.split(browsers.partition(":")[0].replace("%s", "")), url)
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY") or environment.get("WSL_DISTRO_NAME")):
        raise ToolError(f"can't open a browser: no display. Copy this URL: {url}")
    return ("xdg-open", url)


def browse(url: str) -> None:
    """Open a page in the user's browser.

    Raises:
        ToolError: there is none.
    """
    command = browser_command(url, sys.platform, os.environ)
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    except OSError as error:
        raise ToolError(f"can't start {command[0]}: {error.strerror}. Copy this URL: {url}") from None
    # Some openers run until the browser is closed; a thread reaps them.
    threading.Thread(target=process.wait, name="patchwatch-browser", daemon=True).start()


def _editor() -> str:
    try:
        output = subprocess.run(["git", "var", "GIT_EDITOR"], capture_output=True, text=True, check=False)
        editor = output.stdout.strip()
    except OSError:
        editor = ""
    return editor or os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
