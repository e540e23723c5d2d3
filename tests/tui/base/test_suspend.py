"""Suspending the TUI for an editor, git and b4, on a pseudo-terminal."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pytest

from tests.support import git_mail
from tests.support.git_mail import Outbox
from tests.tui.pseudo_terminal import SIZE, Terminal

WRITING = """
import os
from pathlib import Path
from tests.tui.fake_tracker import FakeTracker
from patchwatch.compose.draft_store import DraftStore
from patchwatch.tui.app import run_tui
tracker = FakeTracker()
tracker.drafts = DraftStore(Path(os.environ["HOME"]) / "drafts")
tracker.trees = (Path(os.environ["HOME"]),)
run_tui(tracker, open_series=3)
"""
SENDING = """
from patchwatch.config import Config, Send
from patchwatch.cli.demo import demo
from patchwatch.tui.app import run_tui
with demo() as tracker:
    tracker.config = Config(send=Send(dry_run=False))
    run_tui(tracker, open_series=tracker.find("20230801142621.7925-1-hffilwlqm@gmail.com"))
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory for the test."""
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


def test_tui_resumes_after_an_editor_succeeds_or_fails(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The editor sends SIGINT, as Ctrl-C in the editor would."""
    monkeypatch.setenv("GIT_EDITOR", f"kill -INT $PPID; echo EDITING; test -e {home}/again && echo Fine. >>")
    terminal = Terminal(WRITING, **SIZE)
    try:
        terminal.wait_for("wrote:")
        terminal.press("R")
        terminal.wait_for("EDITING")
        terminal.wait_for("nothing was sent. Your")
        (home / "again").touch()
        terminal.press("R")
        terminal.wait_for("Unsent draft")
        terminal.press("n")
        terminal.wait_for("DRY RUN")
        terminal.press("qqq")
        terminal.wait_for("Quit without sending?")
        terminal.press("y")
        assert terminal.ends_within(30) == 0
        assert b"Traceback" not in terminal.seen
    finally:
        terminal.close()


@pytest.mark.usefixtures("home")
def test_output_of_b4_stays_until_enter() -> None:
    terminal = Terminal(WRITING, **SIZE)
    try:
        terminal.wait_for("wrote:")
        terminal.press("B")
        terminal.wait_for("Will run in")
        terminal.press("\r")
        terminal.wait_for("b4 exited with status 0.")
        terminal.wait_for("Press Enter to return to patchwatch.")
        terminal.press("\r")
        terminal.wait_for("b4 am exited with status 0")
        terminal.press("qq")
        assert terminal.ends_within(30) == 0
    finally:
        terminal.close()


@pytest.mark.skipif(bool(git_mail.missing()), reason=git_mail.missing() or "-")
def test_reply_is_sent_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox = Outbox(tmp_path, monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\necho 'I have run this: it works, größer.' >>\"$1\"\n")
    editor.chmod(0o700)
    for name in ("GIT_EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = Terminal(SENDING, **SIZE)
    try:
        terminal.wait_for("When an XDP program")
        terminal.press("R")
        terminal.wait_for("NOT SENT YET")
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
