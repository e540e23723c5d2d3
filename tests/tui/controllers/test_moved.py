"""Which series moved with a poll, and the key that goes to them."""

from __future__ import annotations

import threading

import pytest

from patchwatch.series.model import SeriesSummary
from patchwatch.series.queue import Place, Section
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.controllers.moved import Moved, moved_text
from patchwatch.tui.screens.overview import OverviewScreen
from patchwatch.tui.screens.series import SeriesScreen
from patchwatch.tui.widgets.series_table import SeriesTable
from tests.series.summaries import NOW, a_line
from tests.tui.driving import opened, settled, shown, shown_with_status, until
from tests.tui.fake_tracker import FakeTracker


def put(number: int, section: Section | None = Section.NEW, **changes: object) -> SeriesSummary:
    place = Place(section, "v2 posted", "because", NOW) if section else None
    named = {"title": f"net: series {number}", "roots": f"root{number}", **changes}
    return a_line(id=number, place=place)._replace(**named)


def moved_between(before: list[SeriesSummary], after: list[SeriesSummary]) -> list[int]:
    moved = Moved()
    moved.begin(before)
    return [line.id for line in moved.finish(after)]


@pytest.mark.parametrize(
    "changes",
    [{"roots": "root1\nroot1-v2"}, {"last_activity": NOW + 1}, {"state": "accepted"}, {"turn": "maintainer"}],
)
def test_series_with_new_mail_or_another_state_moved(changes: dict[str, object]) -> None:
    assert moved_between([put(1), put(2)], [put(1, **changes), put(2)]) == [1]


@pytest.mark.parametrize("changes", [{"unread": 0}, {"overdue": True}, {"snoozed_until": 0}])
def test_what_a_person_did_or_time_did_is_no_move(changes: dict[str, object]) -> None:
    assert moved_between([put(1)], [put(1, **changes)]) == []


def test_new_series_moved_but_not_those_outside_of_the_queue_or_muted() -> None:
    after = [put(1), put(2), put(3, None), put(4, muted=True)]
    assert moved_between([put(1)], after) == [2]


def test_moved_series_are_in_the_order_of_the_queue() -> None:
    after = [put(1, Section.WAITING), put(2, Section.NOW), put(3, Section.REVIEW)]
    assert moved_between([put(9)], after) == [2, 3, 1]


def test_nothing_is_said_to_move_if_it_is_unknown_what_was_there_before() -> None:
    assert moved_between([], [put(1)]) == []


def test_going_from_one_to_the_next_and_around() -> None:
    moved = Moved()
    assert moved.after(None) is None
    moved.begin([put(9)])
    moved.finish([put(1), put(2), put(9)])
    first = moved.after(None)
    second = moved.after(first)
    assert {first, second} == {1, 2}
    assert moved.after(second) == first
    assert moved.after(9) == first


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (200, "3 series moved (J goes there): net: series 1; net: series 2; net: series 3 · 9 new mails"),
        (80, "3 series moved (J goes there): net: series 1; net: series 2; net: series 3"),
        (70, "3 series moved (J goes there): net: series 1; and 2 more · 9 new mails"),
        (60, "3 series moved (J goes there): net: series 1; and 2 more"),
    ],
)
def test_notice_is_one_line(width: int, text: str) -> None:
    assert moved_text([put(1), put(2), put(3)], "9 new mails", "J", width) == text
    assert len(text) <= width


def test_a_long_title_is_cut() -> None:
    text = moved_text([put(1)._replace(title="net: " + "long " * 40)], "9 new mails", "J", 70)
    assert len(text) == 70
    assert text.endswith("…")


async def test_poll_says_which_series_moved_and_a_key_goes_there(tracker: FakeTracker) -> None:
    tracker.gates["poll"] = threading.Event()
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("J")
        await until(pilot, lambda: "No series moved with the last poll." in shown(pilot))
        await pilot.press("r")
        tracker.change(7, last_activity=tracker.now())
        tracker.gates["poll"].set()
        await until(pilot, lambda: "✓ 1 series moved (J goes there): mm/zswap: shrink the pool" in shown(pilot))
        screen = pilot.app.screen
        assert isinstance(screen, OverviewScreen)
        screen.query_one(SeriesTable).action_first()
        await pilot.press("J")
        assert screen.table.row is not None
        assert screen.table.row.id == 7


async def test_key_reveals_a_series_that_the_limit_hides(tracker: FakeTracker) -> None:
    tracker.gates["poll"] = threading.Event()
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("slash", *"drops", "enter")
        await until(pilot, lambda: "mm/zswap" not in shown(pilot))
        await pilot.press("r")
        tracker.change(7, last_activity=tracker.now())
        tracker.gates["poll"].set()
        await until(pilot, lambda: "1 series moved" in shown(pilot))
        await pilot.press("J")
        screen = pilot.app.screen
        assert isinstance(screen, OverviewScreen)
        await until(pilot, lambda: screen.table.row is not None and screen.table.row.id == 7)


async def test_key_turns_an_open_series_to_the_one_that_moved(tracker: FakeTracker) -> None:
    tracker.gates["poll"] = threading.Event()
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "mm/zswap")
        assert isinstance(pilot.app.screen, OverviewScreen)
        pilot.app.screen.reveal(3)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen) and "From " in shown_with_status(pilot))
        await pilot.press("r")
        tracker.change(7, last_activity=tracker.now())
        tracker.gates["poll"].set()
        await until(pilot, lambda: "1 series moved" in shown(pilot))
        await pilot.press("J")
        assert await settled(pilot)
        assert isinstance(pilot.app.screen, SeriesScreen)
        assert pilot.app.screen.series_id == 7
