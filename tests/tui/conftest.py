"""Fixtures for the tests of the TUI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot
from textual.widgets import Input

from patchwatch.tui.app import PatchwatchApp
from tests.tui.driving import settled
from tests.tui.fake_tracker import FakeTracker
from tests.tui.reply_setup import ReplySetup


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten waits: Textual's pilot checks every 20 ms, twice for each key, if the app is idle.

    Also shorten the delays of the app itself, which most snapshots wait for.
    """
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.004)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 0.002)
    monkeypatch.setattr("patchwatch.tui.base.refresh._BEHIND_SECONDS", 0.1)
    monkeypatch.setattr("patchwatch.tui.controllers.mark_read._COLLECT_SECONDS", 0.05)


@pytest.fixture(autouse=True)
def _steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the cursor from blinking, so that snapshots do not depend on when they are taken."""
    monkeypatch.setattr(Input.cursor_blink, "_default", False)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a key, wait for the jobs it started; not for long, because some tests block them."""
    press = Pilot.press

    async def press_and_wait(pilot: Pilot[None], *pressed: str) -> None:
        await press(pilot, *pressed)
        await settled(pilot, 0.5)

    monkeypatch.setattr(Pilot, "press", press_and_wait)


_rules: dict[tuple[Any, ...], Any] = {}
_parse_rules = Stylesheet._parse_rules


def _parse_once(stylesheet: Stylesheet, *arguments: Any, **options: Any) -> Any:
    key = (arguments, *options.items(), *stylesheet._variables.items())
    if key not in _rules:
        _rules[key] = _parse_rules(stylesheet, *arguments, **options)
    return _rules[key]


@pytest.fixture(autouse=True)
def _parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse the same CSS once for all apps: that takes 25 ms each time, and Textual's cache is part of a stylesheet."""
    monkeypatch.setattr(Stylesheet, "_parse_rules", _parse_once)


@pytest.fixture
def tracker() -> FakeTracker:
    """A tracker with three watched series and one that is not watched."""
    return FakeTracker()


@pytest.fixture
def app(tracker: FakeTracker) -> PatchwatchApp:
    """The app, not yet running."""
    return PatchwatchApp(tracker)


@pytest.fixture
def reply_setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tracker: FakeTracker) -> ReplySetup:
    """A home directory with an editor and the drafts of `tracker`."""
    reply_setup = ReplySetup(tmp_path, monkeypatch)
    reply_setup.keep_drafts(tracker)
    return reply_setup
