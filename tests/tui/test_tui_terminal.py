"""The program in a terminal of its own: that leaving it ends the process, and that it lends the terminal to others."""

from __future__ import annotations

import email
import email.policy
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import gitmail
import pytest
from gitmail import Outbox

HERE = Path(__file__).parent
POLLING = """
import threading
from fake import FakeCore
from patchwatch.tui.app import run_tui
core = FakeCore()
core.gates["poll"] = threading.Event()
run_tui(core)
"""
WRITING = """
import os
from pathlib import Path
from fake import FakeCore
from patchwatch.drafts import Drafts
from patchwatch.tui.app import run_tui
core = FakeCore()
core.drafts = Drafts(Path(os.environ["HOME"]) / "drafts")
core.trees = (Path(os.environ["HOME"]),)
run_tui(core, open_series=3)
"""
SENDING = """
from patchwatch.config import Config, Send
from patchwatch.demo import demo
from patchwatch.tui.app import run_tui
with demo() as tracker:
    tracker.config = Config(send=Send(dry_run=False))
    run_tui(tracker, open_series=tracker.find("20230801142621.7925-1-hffilwlqm@gmail.com"))
"""


class Terminal:
    """A process on a pseudo-terminal."""

    def __init__(self, program: str) -> None:
        """Start it."""
        self._ours, theirs = pty.openpty()
        path = os.pathsep.join((str(HERE), str(HERE.parents[1])))
        environment = {**os.environ, "PYTHONPATH": path, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
        )
        os.close(theirs)
        self.seen = b""

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._ours, keys.encode())

    def wait_for(self, text: str) -> None:
        """Read until `text` was written."""
        deadline = time.monotonic() + 60
        while text.encode() not in self.seen:
            left = deadline - time.monotonic()
            assert left > 0, self.seen[-2000:]
            if select.select([self._ours], [], [], left)[0]:
                self.seen += os.read(self._ours, 65536)

    def ends_within(self, seconds: float) -> int:
        """The exit code; the process must end in time."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "it is still running"
            if select.select([self._ours], [], [], 0.02)[0]:
                try:
                    self.seen += os.read(self._ours, 65536)
                except OSError:  # Linux: the other end is closed
                    time.sleep(0.01)
        return self.process.returncode

    def close(self) -> None:
        """End what is left."""
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


@pytest.mark.parametrize("keys", ["q", "\x11"])
def test_the_process_ends_while_a_poll_is_stuck(keys: str) -> None:
    terminal = Terminal(POLLING)
    try:
        terminal.wait_for("zswap")
        terminal.press("r")
        terminal.wait_for("polling netdev")
        terminal.press(keys)
        assert terminal.ends_within(30) == 0  # the poll never ends by itself
        assert b"Traceback" not in terminal.seen
    finally:
        terminal.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own."""
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


def test_the_screen_comes_back_from_an_editor_and_from_one_that_fails(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The editor interrupts us, as Ctrl-C does that is meant for it."""
    monkeypatch.setenv("GIT_EDITOR", f"kill -INT $PPID; echo EDITING; test -e {home}/again && echo Fine. >>")
    terminal = Terminal(WRITING)
    try:
        terminal.wait_for("wrote:")
        terminal.press("R")
        terminal.wait_for("EDITING")
        terminal.wait_for("nothing is sent. Your")
        (home / "again").touch()
        terminal.press("R")
        terminal.wait_for("Your draft")
        terminal.press("n")
        terminal.wait_for("Dry run")
        terminal.press("qqq")
        assert terminal.ends_within(30) == 0
        assert b"Traceback" not in terminal.seen
    finally:
        terminal.close()


@pytest.mark.usefixtures("home")
def test_what_b4_says_stays_until_it_was_read() -> None:
    terminal = Terminal(WRITING)
    try:
        terminal.wait_for("wrote:")
        terminal.press("B")
        terminal.wait_for("this will run")
        terminal.press("\r")
        terminal.wait_for("b4 ended with 0.")
        terminal.wait_for("Enter goes back to patchwatch.")
        terminal.press("\r")
        terminal.wait_for("b4 am ended with 0")
        terminal.press("qq")
        assert terminal.ends_within(30) == 0
    finally:
        terminal.close()


@pytest.mark.skipif(bool(gitmail.missing()), reason=gitmail.missing() or "-")
def test_an_answer_goes_out_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox = Outbox(tmp_path, monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\necho 'I have run this: it works, größer.' >>\"$1\"\n")
    editor.chmod(0o700)
    for name in ("GIT_EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = Terminal(SENDING)
    try:
        terminal.wait_for("When an XDP program")
        terminal.press("R")
        terminal.wait_for("Ready to be sent")
        assert not outbox.mail.exists()
        terminal.press("y")
        terminal.wait_for("Sent: <")
        terminal.press("qq")
        assert terminal.ends_within(30) == 0
    finally:
        terminal.close()
    mail = email.message_from_bytes(outbox.mail.read_bytes(), policy=email.policy.default)
    assert mail["From"] == "Rita Reviewer <rita@example.com>"
    assert mail["To"] == "Leon Hwang <hffilwlqm@gmail.com>"
    assert mail["In-Reply-To"] == "<20230801142621.7925-1-hffilwlqm@gmail.com>"
    assert "bpf@vger.kernel.org" in outbox.recipients()
    first, *_, last = mail.get_content().splitlines()
    assert first == "On Tue, 01 Aug 2023 22:26:19 +0800, Leon Hwang wrote:"
    assert last == "I have run this: it works, größer."
