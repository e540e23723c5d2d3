"""Labels, added and removed by keys."""

from __future__ import annotations

from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.label import LabelDialog
from tests.tui.driving import dialog_opened, opened, shown, until
from tests.tui.fake_tracker import FakeTracker


async def test_labels_are_typed_at_once_and_undone(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("G", "plus")
        await dialog_opened(pilot, LabelDialog)
        assert "mm/zswap: shrink the pool" in shown(pilot)
        await pilot.press(*"quick jk", "enter")  # letters that are keys elsewhere
        await until(pilot, lambda: "✓ Labels +jk +quick: mm/zswap" in shown(pilot))
        await until(pilot, lambda: "jk quick" in shown(pilot))
        await pilot.press("u")
        await until(pilot, lambda: "✓ Undone: label: #7" in shown(pilot))
        assert "✓ Labels" not in shown(pilot)
    assert tracker.asked["label"] == [(7, "+jk +quick")]
    assert tracker.rows[7].labels == ()


async def test_a_label_in_use_is_chosen_and_given_to_all_marked_series(tracker: FakeTracker) -> None:
    tracker.change(7, labels=("later", "todo"))
    tracker.change(3, labels=("todo",))
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("asterisk", "plus")
        await dialog_opened(pilot, LabelDialog)
        assert "  later" in shown(pilot)
        assert "1 series" in shown(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: "✓ Labels +later: 3 series" in shown(pilot))
        assert {row.labels for row in tracker.rows.values() if row.id in (3, 7, 9)} == {("later",), ("later", "todo")}


async def test_what_all_have_is_ticked_and_removed(tracker: FakeTracker) -> None:
    tracker.change(7, labels=("later", "todo"))
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("G", "plus")
        await dialog_opened(pilot, LabelDialog)
        assert "✓ todo" in shown(pilot)
        await pilot.press("down", "j", "enter")
        await until(pilot, lambda: "✓ Labels -todo: mm/zswap" in shown(pilot))
    assert tracker.rows[7].labels == ("later",)


async def test_what_can_be_no_label_is_refused_and_can_be_corrected(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("G", "plus")
        await dialog_opened(pilot, LabelDialog)
        await pilot.press("enter")  # nothing typed: nothing happens
        await pilot.press(*"a,b", "enter")
        await until(pilot, lambda: "! 'a,b' can't be a label" in shown(pilot))
        await pilot.press("backspace", "backspace", "enter")
        await until(pilot, lambda: "✓ Labels +a: mm/zswap" in shown(pilot))
    assert tracker.asked["label"] == [(7, "+a")]


async def test_escape_changes_nothing(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("plus")
        await dialog_opened(pilot, LabelDialog)
        await pilot.press(*"todo", "escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, LabelDialog))
    assert "label" not in tracker.asked
