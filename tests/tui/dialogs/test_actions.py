"""Actions of both screens: undo, catch up, unwatch, and the command palette, driven by keys."""

from __future__ import annotations

import pytest
from textual.binding import Binding

from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.command_palette import Actions, action_name
from patchwatch.tui.dialogs.snooze import SnoozeDialog
from patchwatch.tui.dialogs.state import StateDialog
from patchwatch.tui.dialogs.unwatch import UnwatchDialog
from patchwatch.tui.screens.actions import ACTIONS
from patchwatch.tui.screens.series import SeriesScreen
from tests.tui.driving import dialog_opened, opened, series_shown, shown, until
from tests.tui.fake_tracker import FakeTracker


async def test_u_undoes_one_decision_at_a_time_until_none_is_left(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await series_shown(pilot)
        await pilot.press("S")
        await dialog_opened(pilot, StateDialog)
        await pilot.press("home", "enter")
        await until(pilot, lambda: "✓ Set to new: net: count drops" in shown(pilot))
        await until(pilot, lambda: "○ new" in shown(pilot))
        await pilot.press("M")
        await until(pilot, lambda: "✓ Muted: net: count drops" in shown(pilot))
        await pilot.press("u")
        await until(pilot, lambda: "✓ Undone: mute: #3" in shown(pilot))
        await pilot.press("u")
        await until(pilot, lambda: "✓ Undone: mark: #3" in shown(pilot))
        await until(pilot, lambda: "✓ accepted" in shown(pilot))
        await pilot.press("u")
        await until(pilot, lambda: "! there is nothing to undo." in shown(pilot))


async def test_decisions_work_on_the_series_screen(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await series_shown(pilot)
        await pilot.press("C")
        await until(pilot, lambda: "✓ Read: net: count drops" in shown(pilot))
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, UnwatchDialog))
        await pilot.press("y")
        await until(pilot, lambda: "✓ No longer watched: net: count drops" in shown(pilot))
        assert isinstance(pilot.app.screen, SeriesScreen)
    assert (tracker.asked["read_series"], tracker.asked["unwatch"]) == ([(3,)], [(3,)])


@pytest.mark.parametrize("series", [None, 3], ids=["overview", "series"])
async def test_palette_has_every_action_of_the_screen(tracker: FakeTracker, series: int | None) -> None:
    app = PatchwatchApp(tracker, open_series=series)
    async with app.run_test(size=(120, 40)) as pilot:
        await (opened(pilot, "net: count drops") if series is None else series_shown(pilot))
        screen = pilot.app.screen
        offered = {name for name, *_ in Actions(screen)._actions()}
        bound = type(screen).__dict__["BINDINGS"]
        wanted = [
            b for b in bound if b.action != "app.command_palette" and not b.action.startswith("point(")
        ]  # no points
        assert [b.id for b in wanted if action_name(b) not in offered] == []
        assert set(ACTIONS) <= set(wanted)
        await pilot.press("colon", *"snooze")  # the name of Undo has this word, too
        await until(pilot, lambda: "Snooze until a date" in shown(pilot))
        await pilot.press("enter")
        await dialog_opened(pilot, SnoozeDialog)


@pytest.mark.parametrize(
    ("binding", "name"),
    [
        (Binding("M", "mute", "Mute", tooltip="Move to Waiting; or unmute"), "Mute: move to Waiting; or unmute"),
        (Binding("Z", "snooze", "Snooze", tooltip="Snooze until a reply"), "Snooze until a reply"),
        (Binding("q", "quit", "Quit"), "Quit"),
    ],
)
def test_the_palette_names_an_action_once(binding: Binding, name: str) -> None:
    assert action_name(binding) == name
