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


def test_choices_name_the_days_they_mean() -> None:
    assert choices(NOW, asleep=False) == (
        ("until somebody answers", Snooze()),
        ("until tomorrow", Snooze(MIDNIGHT + DAY)),
        ("until next Monday", Snooze(MIDNIGHT + 5 * DAY)),
        ("for 2 weeks", Snooze(NOW + 14 * DAY)),
    )
    assert choices(NOW, asleep=True)[0] == ("unsnooze now", Snooze(wakes=True))


def test_days_are_told_with_their_weekday_and_with_the_hour_where_it_is_not_midnight() -> None:
    assert day(MIDNIGHT + 12 * DAY) == "Mon 2 Oct 2023"
    assert day(NOW) == "Wed 20 Sep 2023 08:00 UTC"


async def test_snoozing_until_somebody_answers_takes_two_keys(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("G", "Z")
        await dialog_opened(pilot, SnoozeDialog)
        assert "mm/zswap: shrink the pool" in shown(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Snoozed until somebody answers: mm/zswap" in shown(pilot))
    assert tracker.asked["snooze"] == [(7, None)]


async def test_marked_series_are_snoozed_at_once_and_undone_at_once(tracker: FakeTracker) -> None:
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


async def test_a_date_is_typed_at_once_and_read_as_it_is_typed(tracker: FakeTracker) -> None:
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


async def test_what_is_no_date_snoozes_nothing_and_the_choices_are_one_key_away(tracker: FakeTracker) -> None:
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


async def test_a_snoozed_series_is_woken(tracker: FakeTracker) -> None:
    tracker.change(3, snoozed_until=NOW + DAY)
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await series_shown(pilot, "snoozed until 21 Sep 2023")
        await pilot.press("Z")
        await dialog_opened(pilot, SnoozeDialog)
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Unsnoozed: net: count drops" in shown(pilot))
    assert tracker.asked["unsnooze"] == [(3,)]


async def test_what_could_not_be_written_is_said_and_stays(tracker: FakeTracker) -> None:
    tracker.failing["snooze"] = DatabaseLockedError("the database is locked by another process. Try again.")
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("Z")
        await dialog_opened(pilot, SnoozeDialog)
        await pilot.press("enter")
        await until(pilot, lambda: "! the database is locked by another process." in shown(pilot))
        await pilot.press("j", "k")
        assert "! the database is locked by another process." in shown(pilot)
