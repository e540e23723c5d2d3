"""Decisions in the TUI with a real tracker and database: snooze, link, unlink and undo."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from patchwatch.cli.demo import NOW, DemoTracker
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.link import LinkDialog
from patchwatch.tui.dialogs.snooze import SnoozeDialog
from patchwatch.tui.screens.overview import OverviewScreen
from patchwatch.tui.screens.series import SeriesScreen
from patchwatch.tui.widgets.series_table import SeriesTable
from tests.support.demo import demo
from tests.tui.driving import opened, shown, until

XDP_V4, XDP_V5 = "20230730114951.74067-1-hffilwlqm@gmail.com", "20230801142621.7925-1-hffilwlqm@gmail.com"
MGLRU_V3 = "20230920190244.16839-1-ryncsn@gmail.com"
DAY = 86_400


@pytest.fixture
def tracker() -> Iterator[DemoTracker]:
    with demo() as tracker:
        yield tracker


def versions(tracker: DemoTracker, message_id: str) -> list[int]:
    return [r.version for r in tracker.one(tracker.find(message_id)).revisions]


def chosen(pilot: Pilot[None]) -> str:
    """The root of the selected revision."""
    screen = pilot.app.screen
    reading = screen._reading if isinstance(screen, SeriesScreen) else None
    return reading.revision.message_id if reading and reading.revision else ""


async def dialog(pilot: Pilot[None], kind: type) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, kind) and pilot.app.screen.focused, kind.__name__)


async def test_a_snooze_is_written_and_undone(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "bpf, xdp")
        await pilot.press("3")
        await until(pilot, lambda: "3 series" in shown(pilot))
        table = pilot.app.screen.query_one(SeriesTable)
        assert table.select(number)
        await pilot.press("Z")
        await dialog(pilot, SnoozeDialog)
        await pilot.press("2", "d", "enter")
        await until(pilot, lambda: "✓ Snoozed until Sat 23 Sep 2023 08:00 UTC: bpf, xdp" in shown(pilot))
        assert tracker.one(number).snoozed_until == NOW + 2 * DAY
        await pilot.press("u")
        await until(pilot, lambda: f"✓ Undone: snoozed until 2023-09-23 08:00 UTC: #{number} bpf" in shown(pilot))
        assert tracker.one(number).snoozed_until is None


async def test_link_and_unlink_and_undo_keep_the_selected_revision(tracker: DemoTracker) -> None:
    xdp, mglru = tracker.find(XDP_V5), tracker.find(MGLRU_V3)
    async with PatchwatchApp(tracker, open_series=mglru).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: chosen(pilot) == MGLRU_V3)
        await pilot.press("L")
        await dialog(pilot, LinkDialog)
        field = pilot.app.screen.query_one(Input)
        field.value = XDP_V5
        field.focus()
        await until(pilot, lambda: "one series, " in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Linked:" in shown(pilot))
        joined = tracker.find(MGLRU_V3)
        assert joined == tracker.find(XDP_V5)
        await until(pilot, lambda: chosen(pilot) == MGLRU_V3 and pilot.app.screen.series_id == joined, "the same")
        await pilot.press("u")
        await until(pilot, lambda: "✓ Undone: linked: v4 of" in shown(pilot))
        assert (tracker.find(XDP_V5), tracker.find(MGLRU_V3)) == (xdp, mglru)
        await until(pilot, lambda: chosen(pilot) == MGLRU_V3 and pilot.app.screen.series_id == mglru, "back again")


async def test_unlinked_revision_becomes_a_link_candidate(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    async with PatchwatchApp(tracker, open_series=number).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: chosen(pilot) == XDP_V5)
        await pilot.press("L")
        await dialog(pilot, LinkDialog)
        await until(pilot, lambda: "Unlink v5 from v4" in shown(pilot))
        await pilot.press("G")
        await until(pilot, lambda: "two series: v4 and v5" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Unlinked: v5 no longer follows v4" in shown(pilot))
        assert versions(tracker, XDP_V5) == [5]
        await until(pilot, lambda: chosen(pilot) == XDP_V5 and "[v5" in shown(pilot) and "v4 missing" in rail(pilot))
        await pilot.press("L")
        await dialog(pilot, LinkDialog)
        await until(pilot, lambda: "None of these" in shown(pilot))
        await pilot.press("j")
        await until(pilot, lambda: "one series, v4 v5" in shown(pilot), "the candidate")
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Linked: v5 follows v4" in shown(pilot))
        assert versions(tracker, XDP_V5) == [4, 5]
        await until(pilot, lambda: "by hand" in shown(pilot))
        await pilot.press("u")
        await until(pilot, lambda: "✓ Undone: linked:" in shown(pilot))
        await pilot.press("u")
        await until(pilot, lambda: "✓ Undone: unlinked:" in shown(pilot))
        await until(pilot, lambda: "same title" in shown(pilot))
        assert versions(tracker, XDP_V5) == [4, 5]
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, OverviewScreen))


def rail(pilot: Pilot[None]) -> str:
    """The line with the revisions."""
    return next((one for one in shown(pilot).splitlines() if "[v" in one), "")
