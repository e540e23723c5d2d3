"""What the dialogs look like from which something is done.  After a change that is meant: --snapshot-update, look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from patchwatch.errors import MessageNotFoundError, ToolError
from patchwatch.tui.app import PatchwatchApp
from tests.tui.fake_tracker import FakeTracker
from tests.tui.sample_mails import likely, older_drops
from tests.tui.snapshots import CROSSWISE, LOOKS, LOOKS_ALL, LOOKS_NARROW, Compare, after

Drive = Callable[[Pilot[None]], Awaitable[None]]
ROWS = "net: count drops"
SNOOZE, LINK, COPY = "Snooze ", "Link with another version", "Copy "
WATCH = "Watch a series"

looks = pytest.mark.parametrize(("size", "theme"), LOOKS)
looks_all = pytest.mark.parametrize(("size", "theme"), LOOKS_ALL)
looks_everywhere = pytest.mark.parametrize(("size", "theme"), [*LOOKS_NARROW, *CROSSWISE])
looks_narrow = pytest.mark.parametrize(("size", "theme"), LOOKS_NARROW)


def asked(first: str, title: str, *keys: str, ready: str = "From ", text: str) -> Drive:
    """Press the keys of `first`, and `keys` when the dialog is there that they open."""

    async def drive(pilot: Pilot[None]) -> None:
        await after(*first.split(), ready=ready, text=title)(pilot)
        await after(*keys, text=text)(pilot)

    return drive


@pytest.fixture
def app(tracker: FakeTracker, theme: str) -> PatchwatchApp:
    """The program, opened at the applied series, whose mails were all read."""
    tracker.mark_read([row.message_id for row in tracker.thread(3)])
    tracker.add(older_drops())
    tracker.likely[3] = likely()
    return PatchwatchApp(tracker, open_series=3, theme=theme)


@looks_all
def test_watch(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    drive = asked("w", WATCH, ready=ROWS, text="any mail of it")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@looks
def test_watch_what_is_not_there(
    snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str
) -> None:
    tracker.failing["watch"] = MessageNotFoundError("https://lore.kernel.org has no message <x@example.org>.")
    drive = asked("w", WATCH, *"x@example.org", "enter", ready=ROWS, text="! https://lore.kernel.org has no")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@looks_all
def test_unwatch(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    drive = after("x", ready=ROWS, text="watch again to bring it back")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@looks
def test_unwatch_several(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    drive = after("asterisk", "x", ready=ROWS, text="watch again to bring it back")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@looks_everywhere
def test_snooze(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    drive = asked("asterisk Z", SNOOZE, "j", ready=ROWS, text="until somebody answers")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@looks
def test_snooze_until_a_date(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    tracker.change(3, snoozed_until=0)
    drive = asked("Z", SNOOZE, *"2023-10-02", ready=ROWS, text="→ Mon 2 Oct 2023")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@looks
def test_snooze_until_no_date(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    drive = asked("Z", SNOOZE, *"2023-09", "enter", ready=ROWS, text="! '2023-09'")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@looks_everywhere
def test_link(snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int], theme: str) -> None:
    drive = asked("L", LINK, text="one series, ")
    assert snap_compare(app, terminal_size=size, run_before=drive)


@looks
def test_part(snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int], theme: str) -> None:
    drive = asked("L", LINK, "G", text="two series, whatever the mails say")
    assert snap_compare(app, terminal_size=size, run_before=drive)


@looks
def test_link_with_a_message_that_is_not_known(
    snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int], theme: str
) -> None:
    async def drive(pilot: Pilot[None]) -> None:
        await asked("L", LINK, *"20230901-x@example.org", text="no known series")(pilot)
        await after("enter", text="! no known series")(pilot)

    assert snap_compare(app, terminal_size=size, run_before=drive)


@looks
def test_link_without_candidates(
    snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str
) -> None:
    drive = asked("G L", LINK, ready=ROWS, text="No other series here")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@looks_narrow
def test_copy(snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int], theme: str) -> None:
    drive = asked("y", COPY, "j", "j", text="(OSC 52)")
    assert snap_compare(app, terminal_size=size, run_before=drive)


@looks
def test_no_browser(
    snap_compare: Compare, app: PatchwatchApp, size: tuple[int, int], theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def browse(url: str) -> None:
        raise ToolError(f"there is no screen for a browser here. Copy the link: {url}")

    monkeypatch.setattr("patchwatch.compose.programs.browse", browse)
    drive = after("W", ready="From ", text="! there is no screen")
    assert snap_compare(app, terminal_size=size, run_before=drive)
