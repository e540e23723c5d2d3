"""What people expect of every program in a terminal: ^Z, a shell, ^C, and a question before work is left behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchwatch.compose.draft_store import DraftStore
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.command_palette import Palette
from patchwatch.tui.dialogs.quit import QuitDialog
from tests.tui.driving import opened, shown, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.tmux import NEEDS_TMUX, Tmux

DRAFT = "Subject: Re: [PATCH] frob: fix it\nTo: ann@example.org\n\nLooks good.\n"


@pytest.fixture
def in_shell(tmp_path: Path) -> Iterator[Tmux]:
    """The demo, started from an interactive bash."""
    tmux = Tmux(tmp_path, "demo", shell=True)
    yield tmux
    tmux.close()


class TestInATerminal:
    """In a real terminal, started from a shell."""

    pytestmark = NEEDS_TMUX

    def test_ctrl_z_suspends_and_fg_returns(self, in_shell: Tmux) -> None:
        in_shell.shows("2 series", "⏎ Open")
        in_shell.press("C-z")
        in_shell.shows("Stopped", not_any_more="2 series")
        in_shell.press("fg", "Enter")
        in_shell.shows("2 series", "⏎ Open")
        in_shell.press("q")
        in_shell.shows("patchwatch demo\n", not_any_more="2 series")  # what fg printed

    def test_a_shell_runs_and_returns(self, in_shell: Tmux) -> None:
        in_shell.shows("2 series", "⏎ Open")
        in_shell.press("!")
        in_shell.shows("`exit` returns to patchwatch.", not_any_more="2 series")
        in_shell.press("-l", "echo $((6 * 7)); exit")
        in_shell.press("Enter")
        in_shell.shows("2 series", "⏎ Open")
        in_shell.press("q")
        assert in_shell.status() == 0
        in_shell.shows("That was the demo", "patchwatch watch URL", "under [me] in")


async def test_ctrl_c_says_how_to_leave(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "To quit, press q in the overview, or Ctrl-Q anywhere." in shown(pilot))


async def test_a_shell_that_cannot_be_started_is_reported(
    tracker: FakeTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with PatchwatchApp(tracker).run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("exclamation_mark")  # a test has no terminal
        await until(pilot, lambda: "this needs a terminal" in shown(pilot))


async def test_quitting_asks_while_a_reply_is_not_sent(tracker: FakeTracker, tmp_path: Path) -> None:
    tracker.drafts = DraftStore(tmp_path)
    app = PatchwatchApp(tracker)
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        (tmp_path / "frob.eml").write_text(DRAFT)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, QuitDialog))
        assert "Re: [PATCH] frob: fix it" in shown(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, QuitDialog))
        assert app.is_running
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, QuitDialog))
        await pilot.press("y")
        await until(pilot, lambda: app._exit)


async def test_quitting_does_not_ask_about_drafts_of_earlier_days(tracker: FakeTracker, tmp_path: Path) -> None:
    (tmp_path / "frob.eml").write_text(DRAFT)
    os.utime(tmp_path / "frob.eml", (1_690_000_000, 1_690_000_000))
    tracker.drafts = DraftStore(tmp_path)
    app = PatchwatchApp(tracker)
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(pilot)
        await pilot.press("q")
        await until(pilot, lambda: app._exit)


def test_what_is_no_draft_is_not_asked_about(tmp_path: Path) -> None:
    store = DraftStore(tmp_path / "drafts")
    assert store.subjects_since(0) == []
    store.directory.mkdir()
    (store.directory / "a.eml").write_bytes(b"\xff\xfe")
    (store.directory / "b.eml").symlink_to("/etc/passwd")
    (store.directory / "c.eml").write_text(DRAFT)
    (store.directory / "notes.txt").write_text(DRAFT)
    assert store.subjects_since(0) == ["Re: [PATCH] frob: fix it"]


async def test_the_palette_begins_with_what_people_do(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(pilot.app.screen, Palette) and "Watch a series" in shown(pilot))
        names = [line.strip() for line in shown(pilot).splitlines() if line.strip()]
        assert not any(name.startswith(("Down", "Up", "First", "Last", "Page")) for name in names[:12])
