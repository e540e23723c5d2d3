"""Reading by patch in the thread, the files and the comparison of a series."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from patchwatch.errors import DatabaseError
from patchwatch.series.patch_reading import Mark
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.screens.compare import CompareScreen
from patchwatch.tui.screens.files import FilesScreen
from patchwatch.tui.screens.series import SeriesScreen
from tests.tui.driving import opened, page_id, reading, settled, shown, until
from tests.tui.fake_tracker import FakeTracker

V4, V5 = "drops-v4-{}@example.org", "drops-v5-{}@example.org"
WIDE = (120, 40)


def app_of(tracker: FakeTracker, *, all_read: bool = True) -> PatchwatchApp:
    """The app with a series of two patches; its mails are read, unless `all_read` is False."""
    if all_read:
        tracker.mark_read([row.message_id for row in tracker.threads[3]])
    return PatchwatchApp(tracker, open_series=3)


async def at(pilot: Pilot[None], number: int) -> None:
    """Put the cursor on patch `number` of the newest version, or on its cover letter."""
    screen = pilot.app.screen
    assert isinstance(screen, SeriesScreen)
    await opened(pilot, "From ")
    assert await settled(pilot)
    screen.thread.select(V5.format(number))
    await reading(pilot, V5.format(number))


def line_with(pilot: Pilot[None], text: str) -> str:
    return next(line for line in shown(pilot).split("\n") if text in line)


async def test_marking_a_patch_goes_to_the_next_one_left(tracker: FakeTracker) -> None:
    async with app_of(tracker).run_test(size=WIDE) as pilot:
        await at(pilot, 1)
        await pilot.press("v")
        await reading(pilot, V5.format(2))
        assert tracker.marks == {V5.format(1): Mark.READ}
        assert "1 of 2 read" in shown(pilot)
        assert " read " in line_with(pilot, "1/2 ")


async def test_skipping_the_last_patch_says_what_is_left(tracker: FakeTracker) -> None:
    async with app_of(tracker).run_test(size=WIDE) as pilot:
        await at(pilot, 2)
        await pilot.press("V")
        await until(pilot, lambda: "That was the last patch; 1 above it still to read." in shown(pilot))
        assert "0 of 2 read, 1 skipped" in shown(pilot)
        assert page_id(pilot) == V5.format(2)


async def test_the_same_key_takes_a_mark_back(tracker: FakeTracker) -> None:
    tracker.marks = {V5.format(1): Mark.READ}
    async with app_of(tracker).run_test(size=WIDE) as pilot:
        await at(pilot, 1)
        await pilot.press("v")
        await until(pilot, lambda: "of 2 read" not in shown(pilot))
        assert tracker.marks == {V5.format(1): Mark.LEFT}
        assert page_id(pilot) == V5.format(1)


async def test_two_marks_in_a_row_are_for_two_patches(tracker: FakeTracker) -> None:
    async with app_of(tracker).run_test(size=WIDE) as pilot:
        await at(pilot, 1)
        await pilot.press("v", "v")
        await until(pilot, lambda: "all 2 read" in shown(pilot))
        assert tracker.marks == {V5.format(1): Mark.READ, V5.format(2): Mark.READ}
        assert "All patches are read or skipped." in shown(pilot)


async def test_a_reply_stands_for_its_patch(tracker: FakeTracker) -> None:
    async with app_of(tracker).run_test(size=WIDE) as pilot:
        await opened(pilot, "From ")
        screen = pilot.app.screen
        assert isinstance(screen, SeriesScreen)
        screen.thread.select("drops-v5-r@example.org")  # to patch 1
        await reading(pilot, "drops-v5-r@example.org")
        await pilot.press("v")
        await until(pilot, lambda: tracker.marks == {V5.format(1): Mark.READ})


async def test_a_cover_letter_is_no_patch(tracker: FakeTracker) -> None:
    async with app_of(tracker).run_test(size=WIDE) as pilot:
        await at(pilot, 0)
        await pilot.press("v")
        await until(pilot, lambda: "Only patches are marked" in shown(pilot))
        assert tracker.marks == {}


async def test_a_failed_mark_is_reported(tracker: FakeTracker) -> None:
    tracker.failing["mark_patches"] = DatabaseError("the database is locked.")
    async with app_of(tracker).run_test(size=WIDE) as pilot:
        await at(pilot, 1)
        await pilot.press("v")
        await until(pilot, lambda: "the database is locked." in shown(pilot))
        assert " read " not in line_with(pilot, "1/2 ")


async def test_n_goes_through_the_patches_left_once_reading_has_begun(tracker: FakeTracker) -> None:
    tracker.marks = {V5.format(2): Mark.SKIPPED}
    async with app_of(tracker).run_test(size=WIDE) as pilot:
        await at(pilot, 0)
        await pilot.press("n")
        await reading(pilot, V5.format(1))
        await pilot.press("n")
        await until(pilot, lambda: "No more unread mail" in shown(pilot) or "Next: " in shown(pilot))


async def test_n_goes_to_another_series_if_reading_has_not_begun(tracker: FakeTracker) -> None:
    async with app_of(tracker).run_test(size=WIDE) as pilot:
        await at(pilot, 0)
        await pilot.press("n")
        await until(pilot, lambda: page_id(pilot) not in {"", V5.format(0)} or "No more unread" in shown(pilot))
        assert page_id(pilot) != V5.format(1)


async def test_unread_mail_comes_before_patches_left(tracker: FakeTracker) -> None:
    tracker.marks = {V5.format(2): Mark.READ}
    async with app_of(tracker, all_read=False).run_test(size=WIDE) as pilot:
        await at(pilot, 0)
        await pilot.press("n")
        await until(pilot, lambda: page_id(pilot) not in {V5.format(0), V5.format(1)})


async def test_a_patch_that_did_not_change_is_shown_as_in_the_version_before(tracker: FakeTracker) -> None:
    tracker.mails[V4.format(1)] = tracker.mails[V5.format(1)]
    async with app_of(tracker).run_test(size=WIDE) as pilot:
        await at(pilot, 1)
        assert "as in v4" in line_with(pilot, "1/2 ")
        assert "as in v4" not in line_with(pilot, "2/2 ")


async def test_a_patch_that_changed_since_i_read_it_is_marked(tracker: FakeTracker) -> None:
    tracker.marks = {V4.format(1): Mark.READ}
    async with app_of(tracker).run_test(size=WIDE) as pilot:
        await at(pilot, 1)
        assert "0 of 2 read, 1 changed since your review" in shown(pilot)
        assert " changed " in line_with(pilot, "1/2 ")


async def test_files_of_patches_that_were_read_are_marked(tracker: FakeTracker) -> None:
    async with app_of(tracker).run_test(size=WIDE) as pilot:
        await at(pilot, 1)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, FilesScreen) and "+++ " in shown(pilot))
        await pilot.press("v")
        await until(pilot, lambda: "1 of 2 read" in shown(pilot))
        assert "read" in line_with(pilot, "dev.c  ")
        await pilot.press("n")
        assert await settled(pilot)
        assert "#!/bin/bash" in shown(pilot)
        await pilot.press("n")
        await until(pilot, lambda: "Nothing is left to read below." in shown(pilot))


async def test_a_comparison_marks_the_newer_patch(tracker: FakeTracker) -> None:
    async with app_of(tracker).run_test(size=WIDE) as pilot:
        await at(pilot, 1)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen) and "1 → 1" in shown(pilot))
        await pilot.press("v")
        await until(pilot, lambda: "1 of 2 read" in shown(pilot))
        assert tracker.marks == {V5.format(1): Mark.READ}
        assert line_with(pilot, "1 → 1").rstrip("▁ ").endswith("read")
        assert line_with(pilot, "- → 2").startswith("▌")


@pytest.mark.parametrize("keys", [("f",), ("d",)])
async def test_marks_made_in_another_screen_are_shown_in_the_thread(
    tracker: FakeTracker, keys: tuple[str, ...]
) -> None:
    async with app_of(tracker).run_test(size=WIDE) as pilot:
        await at(pilot, 1)
        await pilot.press(*keys)
        await until(
            pilot, lambda: isinstance(pilot.app.screen, FilesScreen | CompareScreen) and "dev.c" in shown(pilot)
        )
        assert await settled(pilot)
        await pilot.press("v", "q")
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen))
        await until(pilot, lambda: "1 of 2 read" in shown(pilot))


async def test_the_preview_counts_what_is_read(tracker: FakeTracker) -> None:
    tracker.marks = {V5.format(2): Mark.READ}
    async with PatchwatchApp(tracker).run_test(size=WIDE) as pilot:
        await opened(pilot, "net: count drops")
        await until(pilot, lambda: "1 of 2 read" in shown(pilot))
