"""What the screens look like.  After a change that is meant: pytest --snapshot-update, then look at the SVGs."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from patchwatch.errors import DatabaseLockedError, LoreUnreachableError
from patchwatch.series.model import InboxRow
from patchwatch.series.views import View
from patchwatch.tui.app import PatchwatchApp
from tests.tui.fake_tracker import FakeTracker, Report
from tests.tui.sample_mails import NOW
from tests.tui.snapshots import (
    LOOKS,
    LOOKS_ANSI,
    LOOKS_NARROW,
    NARROW,
    SIZES,
    Compare,
    after,
    typed,
)

JONAS = frozenset({"jonas@example.com"})


@pytest.mark.parametrize("size", [NARROW])
def test_overview(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int]) -> None:
    drive = after("a", "j", text="4 series")
    assert snap_compare(PatchwatchApp(tracker), terminal_size=size, run_before=drive)


FULL_VIEWS = [
    pytest.param(view, *look.values, id=f"{view.name.lower()}-{look.id}")
    for view in View
    for look in (LOOKS_ANSI if view is View.QUEUE else LOOKS)
]


@pytest.mark.parametrize(("view", "size", "theme"), FULL_VIEWS)
def test_view(snap_compare: Compare, tracker: FakeTracker, view: View, size: tuple[int, int], theme: str) -> None:
    tracker.addresses = JONAS
    tracker.follow(9)
    number = list(View).index(view) + 1
    keys = () if view is View.QUEUE else (str(number),)
    drive = after(*keys, ready="ping", text="All 4")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
@pytest.mark.parametrize(
    ("view", "text"),
    [
        (View.QUEUE, "Nothing needs you."),
        (View.MINE, "None of your series is known yet."),
        (View.WATCHED, "No series is watched yet."),
        (View.FOLLOWED, "No list is followed"),
        (View.CLOSED, "is closed yet."),
    ],
    ids=lambda value: value.name.lower() if isinstance(value, View) else "",
)
def test_empty_view(snap_compare: Compare, view: View, text: str, size: tuple[int, int], theme: str) -> None:
    tracker = FakeTracker()
    tracker.addresses = frozenset({"nobody@example.net"})
    for row in tuple(tracker.rows.values()):
        tracker.change(row.id, watched=False)
    number = list(View).index(view) + 1
    keys = () if view is View.QUEUE else (str(number),)
    drive = after(*keys, focused=False, ready="Nothing needs you.", text=text)
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@pytest.mark.parametrize(("size", "theme"), LOOKS_NARROW)
def test_first_start(snap_compare: Compare, size: tuple[int, int], theme: str) -> None:
    drive = after(text="Watch your first series")
    assert snap_compare(PatchwatchApp(FakeTracker(empty=True), theme=theme), terminal_size=size, run_before=drive)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_no_address_configured(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    drive = after("2", text="patchwatch does not know your e-mail address yet.")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_limit(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    drive = after("slash", *"zswap st:opne", text="st:opne")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_no_match(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    drive = after("slash", *"xyzzy", "enter", text="No series matches the limit.")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@pytest.mark.parametrize(("size", "theme"), LOOKS_ANSI)
def test_marked_and_sorted(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    drive = after("o", "o", "space", text="1 marked")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_state_dialog(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    drive = after("asterisk", "S", text="Set the state")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_palette(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    drive = after("colon", *"re", text="v3 RFC · Jonas")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@pytest.mark.parametrize("size", SIZES)
def test_help(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int]) -> None:
    drive = after("question_mark", text="Keys")
    assert snap_compare(PatchwatchApp(tracker), terminal_size=size, run_before=drive)


def test_notices(snap_compare: Compare, tracker: FakeTracker) -> None:
    drive = after("r", text="3 new mails")
    assert snap_compare(PatchwatchApp(tracker), terminal_size=(80, 24), run_before=drive)


# What goes wrong.

LOCKED = (
    "the database sqlite:////home/rita/patchwatch.db is locked by another program for more than 15 s. "
    "Nothing was changed; try again when the other has ended."
)
SILENT = "https://lore.kernel.org does not answer: the connection timed out. `patchwatch doctor` looks into it."


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_an_error_stays(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    tracker.failing["poll"] = LoreUnreachableError(SILENT)
    drive = after("r", "j", "k", "o", "O", text="! https://lore.kernel.org does not answer")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_one_list_fails(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    tracker.inbox_rows = (
        InboxRow("netdev", False, 2, NOW - 240, None, ""),
        InboxRow("bpf", True, 0, NOW - 86_400, NOW - 36_000, SILENT),
        InboxRow("linux-mm", False, 1, NOW - 86_400, NOW - 30_000, SILENT),
    )
    tracker.report = Report("2 new mails", failures=(f"bpf: {SILENT}", f"linux-mm: {SILENT}"))
    drive = after("r", text="! bpf stale since 19 Sep 2023 22:00 and 1 more")
    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_locked_while_it_is_open(
    snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str
) -> None:
    async def drive(pilot: Pilot[None]) -> None:
        await after(text="mm/zswap")(pilot)
        tracker.failing["generation"] = DatabaseLockedError(LOCKED)
        await after(text="! the database sqlite:////home/rita")(pilot)

    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)


@pytest.mark.parametrize(("size", "theme"), LOOKS)
def test_locked_from_the_start(snap_compare: Compare, tracker: FakeTracker, size: tuple[int, int], theme: str) -> None:
    tracker.failing["lines"] = DatabaseLockedError(LOCKED)

    async def drive(pilot: Pilot[None]) -> None:
        await typed(pilot, text="! the database sqlite:////home/rita")

    assert snap_compare(PatchwatchApp(tracker, theme=theme), terminal_size=size, run_before=drive)
