"""patchwatch in a real terminal: tmux renders its output."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import patchwatch
from tests.tui.driving import WAIT_SECONDS

NEEDS_TMUX = [
    pytest.mark.terminal,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux"),
]


class Tmux:
    """patchwatch in tmux, in 120 columns and 34 lines."""

    def __init__(self, directory: Path, *arguments: str, shell: bool = False) -> None:
        """Start it; the socket of tmux and the files of patchwatch are in `directory`.

        With `shell`, start an interactive bash, and type the command there.
        """
        self._tmux = ("tmux", "-f", "/dev/null", "-S", str(directory / "tmux"))
        self._status = directory / "status"
        kept = {name: str(directory) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
        root = str(Path(patchwatch.__file__).parents[1])
        environment = {**os.environ, **kept, "PYTHONPATH": root, "LC_ALL": "C.UTF-8"}
        for name in ("PATCHWATCH_CONFIG", "PATCHWATCH_DATABASE", "COLUMNS", "LINES", "NO_COLOR", "TMUX"):
            environment.pop(name, None)
        command = shlex.join([sys.executable, "-m", "patchwatch", *arguments])
        script = f"{command}; echo $? > {shlex.quote(str(self._status))}"
        start = "bash --norc --noprofile -i" if shell else script
        subprocess.run([*self._tmux, "new-session", "-d", "-x", "120", "-y", "34", start], check=True, env=environment)
        if shell:
            self.press("-l", script)
            self.press("Enter")

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names."""
        subprocess.run([*self._tmux, "send-keys", *keys], check=True)

    def screen(self) -> str:
        """The text on the screen; empty when the program has exited."""
        return subprocess.run([*self._tmux, "capture-pane", "-p"], capture_output=True, text=True).stdout

    def shows(self, *texts: str, not_any_more: str = "\0") -> str:
        """Wait until the screen shows `texts`, and no longer `not_any_more`."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            screen = self.screen()
            if all(text in screen for text in texts) and not_any_more not in screen:
                return screen
            assert time.monotonic() < deadline, f"{texts} did not appear:\n{screen}"
            time.sleep(0.05)

    def status(self) -> int:
        """Wait for the program to exit; return its status."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not (self._status.exists() and self._status.read_text()):
            assert time.monotonic() < deadline, f"it is still running:\n{self.screen()}"
            time.sleep(0.05)
        return int(self._status.read_text())

    def close(self) -> None:
        """Kill tmux."""
        subprocess.run([*self._tmux, "kill-server"], capture_output=True)
