"""Snoozing and unsnoozing, driven by keys."""

from __future__ import annotations

from patchwatch.errors import DatabaseLockedError
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.snooze import Snooze, SnoozeDialog, choices, day
from patchwatch.tui.screens.overview import OverviewScreen
from tests.tui.driving import dialog_opened, opened, series_shown, shown, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.sample_mails import NOW

DAY = 86_400
MIDNIGHT = NOW - 8 * 3600  # it is 8 o'clock on Wednesday, 20 September 2023


def test_choices_name_their_dates() -> None:
    assert choices(NOW, asleep=False) == (
        ("until someone replies", Snooze()),
        ("until tomorrow", Snooze(MIDNIGHT + DAY)),
        ("until next Monday", Snooze(MIDNIGHT + 5 * DAY)),
        ("for 2 weeks", Snooze(NOW + 14 * DAY)),
    )
    sunday = 1_695_513_600  # 24 September 2023: the next Monday is tomorrow
    assert [name for name, _ in choices(sunday, asleep=False)] == [
        "until someone replies",
        "until tomorrow",
        "for 2 weeks",
    ]
    assert choices(NOW, asleep=True)[0] == ("unsnooze now", Snooze(wakes=True))


def test_day_has_a_weekday_and_an_hour_unless_midnight() -> None:
    assert day(MIDNIGHT + 12 * DAY) == "Mon 2 Oct 2023"
    assert day(NOW) == "Wed 20 Sep 2023 08:00 UTC"


async def test_snoozing_until_somebody_answers_takes_two_keys(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("G", "Z")
        await dialog_opened(pilot, SnoozeDialog)
        assert "mm/zswap: shrink the pool" in shown(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Snoozed until someone replies: mm/zswap" in shown(pilot))
    assert tracker.asked["snooze"] == [(7, None)]


async def test_marked_series_are_snoozed_and_undone_together(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("space", "space", "Z")
        await dialog_opened(pilot, SnoozeDialog)
        await pilot.press("j", "j", "enter")
        await until(pilot, lambda: "✓ Snoozed until Mon 25 Sep 2023: 2 series" in shown(pilot))
        assert tracker.asked["snooze"] == [(3, 9, MIDNIGHT + 5 * DAY)]
        await until(pilot, lambda: "marked" not in shown(pilot))
        await pilot.press("u")
        await until(pilot, lambda: "✓ Undone: snooze: #3, #9" in shown(pilot))
        assert "Snoozed until" not in shown(pilot)
    assert (tracker.rows[3].snoozed_until, tracker.rows[9].snoozed_until) == (None, None)


async def test_date_can_be_typed_without_focusing_the_field(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("Z")
        await dialog_opened(pilot, SnoozeDialog)
        await pilot.press("3")
        await until(pilot, lambda: "'3' is not a valid time" in shown(pilot))
        assert "! " not in shown(pilot)
        await pilot.press("d")
        await until(pilot, lambda: "→ Sat 23 Sep 2023 08:00 UTC, in 3d" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Snoozed until Sat 23 Sep 2023 08:00 UTC: net: count" in shown(pilot))
    assert tracker.asked["snooze"] == [(3, NOW + 3 * DAY)]


async def test_invalid_date_is_refused_and_up_returns_to_the_choices(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("Z")
        await dialog_opened(pilot, SnoozeDialog)
        await pilot.press(*"2023-01-01", "enter")
        await until(pilot, lambda: "! 2023-01-01 has passed" in shown(pilot))
        await pilot.press("up")
        await until(pilot, lambda: pilot.app.screen.focused and pilot.app.screen.focused.id == "rests")
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, OverviewScreen))
    assert not tracker.asked["snooze"]


async def test_snoozed_series_can_be_unsnoozed(tracker: FakeTracker) -> None:
    tracker.change(3, snoozed_until=NOW + DAY)
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await series_shown(pilot, "snoozed until 21 Sep 2023")
        await pilot.press("Z")
        await dialog_opened(pilot, SnoozeDialog)
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Unsnoozed: net: count drops" in shown(pilot))
    assert tracker.asked["unsnooze"] == [(3,)]


async def test_write_error_is_shown_and_stays(tracker: FakeTracker) -> None:
    tracker.failing["snooze"] = DatabaseLockedError("the database is locked by another process. Try again.")
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("Z")
        await dialog_opened(pilot, SnoozeDialog)
        await pilot.press("enter")
        await until(pilot, lambda: "! the database is locked by another process." in shown(pilot))
        await pilot.press("j", "k")
        assert "! the database is locked by another process." in shown(pilot)
