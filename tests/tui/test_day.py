"""A day of a reviewer, in a real terminal: tmux renders the output of patchwatch."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import patchwatch
from tests.tui.driving import WAIT_SECONDS

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux"),
]

XDP = "bpf, xdp: Add tracepoint to xdp attaching failure"
APPLIED = "This series was applied to bpf/bpf-next.git (master)"


class Tmux:
    """patchwatch in tmux, in 120 columns and 34 lines."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        """Start it; the socket of tmux and the files of patchwatch are in `directory`."""
        self._tmux = ("tmux", "-f", "/dev/null", "-S", str(directory / "tmux"))
        self._status = directory / "status"
        kept = {name: str(directory) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
        root = str(Path(patchwatch.__file__).parents[1])
        environment = {**os.environ, **kept, "PYTHONPATH": root, "LC_ALL": "C.UTF-8"}
        for name in ("PATCHWATCH_CONFIG", "PATCHWATCH_DATABASE", "COLUMNS", "LINES", "NO_COLOR", "TMUX"):
            environment.pop(name, None)
        command = shlex.join([sys.executable, "-m", "patchwatch", *arguments])
        script = f"{command}; echo $? > {shlex.quote(str(self._status))}"
        subprocess.run([*self._tmux, "new-session", "-d", "-x", "120", "-y", "34", script], check=True, env=environment)

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


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Tmux]:
    """The demo: three threads."""
    tmux = Tmux(tmp_path, "demo")
    yield tmux
    tmux.close()


def test_day_of_a_reviewer(terminal: Tmux) -> None:
    # Three series, with state and turn.
    screen = terminal.shows("3 series", "58 unread", "⏎ Open")
    rows = [next(line for line in screen.splitlines() if text in line) for text in ("Refault", "tcp_ca_", "bpf, xdp")]
    assert "new" in rows[0]
    assert "reviewers 12h" in rows[0]
    assert "deferred" in rows[1]
    assert "accepted" in rows[2]

    # Find the applied one with a limit.
    terminal.press("/")
    terminal.shows("esc Clear")
    terminal.press("-l", "s:xdp")
    terminal.shows("bpf, xdp", not_any_more="Refault distance")
    terminal.press("Enter")
    terminal.shows("⏎ Open")
    terminal.press("Enter")
    terminal.shows(XDP, "v1–v3 missing", "[v5", "0/2", "linked to v4: same title")

    # Go to the first unread mail, a patch, which marks it as read.
    terminal.press("n")
    terminal.shows("v5 1/2]", "11 unread")  # of 13: the cover letter was read first

    # Why accepted?  Go to the sentence in the mail.
    terminal.press("e")
    screen = terminal.shows("git-patchwork-notify@kernel.o", "Here is the summary with links:")
    assert sum(APPLIED in line for line in screen.splitlines()) == 2  # in the history and in the mail

    # What changed since v4?
    terminal.press("d")
    terminal.shows("v4 → v5", "2 changed", "Zero the extack before use.", "struct netlink_ext_ack ack = {};")
    terminal.press("q")
    terminal.shows("git-patchwork-notify@kernel.o", not_any_more="2 changed")
    terminal.press("q")
    terminal.shows("bpf, xdp", "unread", not_any_more="linked to v4: same title")

    # Snooze until someone replies.
    terminal.press("Z")
    terminal.shows("until someone replies", "until next Monday")
    terminal.press("Enter")
    terminal.shows("Snoozed until someone replies", not_any_more="until next Monday")

    terminal.press("C-q")
    assert terminal.status() == 0
