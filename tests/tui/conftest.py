"""Fixtures for the tests of the TUI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual._compositor import Compositor
from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot
from textual.widgets import Input

from patchwatch.tui.app import PatchwatchApp
from tests.tui.driving import draw, settled
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
    """After a key, wait for the jobs it started; not for long, because some tests block them.  Then draw the screen."""

    async def press_and_wait(pilot: Pilot[None], *pressed: str) -> None:
        await pilot.app._press_keys(pressed)
        await settled(pilot, 0.5)
        draw(pilot.app)

    monkeypatch.setattr(Pilot, "press", press_and_wait)


@pytest.fixture(autouse=True)
def _drawn_when_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw after each key and before the app exits, not the steps in between: they took a third of the time."""
    render_update, shut_down = Compositor.render_update, App._shutdown

    def draw_later(compositor: Compositor, full: bool = False, **options: Any) -> Any:
        return render_update(compositor, full, **options) if full else None  # else what changed remains to be drawn

    async def draw_and_shut_down(app: App[Any]) -> None:
        if app.screen_stack and app.screen.is_mounted:
            draw(app)
        await shut_down(app)

    monkeypatch.setattr(Compositor, "render_update", draw_later)
    monkeypatch.setattr(App, "_shutdown", draw_and_shut_down)


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
