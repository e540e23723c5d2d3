"""What the tests of the screens share."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from patchwatch.tui.app import PatchwatchApp
from tests.tui.driving import settled
from tests.tui.fake_tracker import FakeTracker
from tests.tui.reply_setup import ReplySetup


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look more often whether the program is idle: Textual's pilot does so every 20 ms, twice a key.

    And do soon what the program puts off: most pictures wait for it.
    """
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.004)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 0.002)
    monkeypatch.setattr("patchwatch.tui.base.refresh._BEHIND_SECONDS", 0.1)
    monkeypatch.setattr("patchwatch.tui.controllers.mark_read._COLLECT_SECONDS", 0.05)


@pytest.fixture(autouse=True)
def _steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cursor of a line does not blink: what a snapshot shows would depend on when it is taken."""
    monkeypatch.setattr(Input.cursor_blink, "_default", False)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a key, wait for what it asked for; not for long, because some tests hold that up."""
    press = Pilot.press

    async def press_and_wait(pilot: Pilot[None], *pressed: str) -> None:
        await press(pilot, *pressed)
        await settled(pilot, 0.5)

    monkeypatch.setattr(Pilot, "press", press_and_wait)


@pytest.fixture
def tracker() -> FakeTracker:
    """Three watched series and one that is not."""
    return FakeTracker()


@pytest.fixture
def app(tracker: FakeTracker) -> PatchwatchApp:
    """The program, not yet running."""
    return PatchwatchApp(tracker)


@pytest.fixture
def reply_setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tracker: FakeTracker) -> ReplySetup:
    """A home with an editor, where the drafts of `core` are kept."""
    reply_setup = ReplySetup(tmp_path, monkeypatch)
    reply_setup.keep_drafts(tracker)
    return reply_setup
