"""Pictures of the dialogs.  After an intended change: pytest --snapshot-update, then look at the SVGs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from patchwatch.tui.app import PatchwatchApp
from tests.tui.driving import opened, settled, shown, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.sample_series import likely, older_drops
from tests.tui.snapshots import LOOKS, Compare, after, typed

Drive = Callable[[Pilot[None]], Awaitable[None]]
ROWS = "net: count drops"
SNOOZE, LINK, COPY = "Snooze ", "Link or unlink versions", "Copy "
WATCH = "Watch a series"

looks = pytest.mark.parametrize(("size", "theme"), LOOKS)


def asked(first: str, title: str, *keys: str, ready: str = "From ", text: str) -> Drive:
    """Press the keys of `first`, and `keys` once the dialog is open."""

    async def drive(pilot: Pilot[None]) -> None:
        await opened(pilot, ready)
        for key in first.split():
            assert await settled(pilot)
            await pilot.press(key)
        await until(pilot, lambda: title in shown(pilot), title)
        await typed(pilot, *keys, text=text)

    return drive


@pytest.fixture
def app(tracker: FakeTracker, theme: str) -> PatchwatchApp:
    """The app, opened at the applied series, with all mail read."""
    tracker.mark_read([row.message_id for row in tracker.thread(3)])
    tracker.add(older_drops())
    tracker.link_candidates[3] = likely()
    return PatchwatchApp(tracker, open_series=3, theme=theme)


@looks
def test_watch(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    drive = asked("w", WATCH, ready=ROWS, text="any mail in the series")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@looks
def test_unwatch(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    drive = after("x", ready=ROWS, text="watch again to bring it back")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@looks
def test_snooze(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    drive = asked("asterisk Z", SNOOZE, "j", ready=ROWS, text="until someone replies")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@looks
def test_link(snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int], theme: str) -> None:
    drive = asked("L", LINK, text="None of these")
    assert snap_compare(app, terminal_size=size, run_before=drive)


@looks
def test_copy(snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int], theme: str) -> None:
    drive = asked("y", COPY, "j", "j", text="(OSC 52)")
    assert snap_compare(app, terminal_size=size, run_before=drive)
