"""Every screen in every size and theme of the terminal: its essential text is there, and no line is too long."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from textual.pilot import Pilot

from patchwatch.text_width import cell_len
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.base.theme import THEMES
from tests.tui.driving import opened, settled, until
from tests.tui.fake_tracker import FakeTracker

LOOKS = (((40, 24), "dark"), ((80, 24), "light"), ((80, 24), "ansi"), ((120, 40), "dark"), ((200, 50), "light"))
UNKNOWN_USER: frozenset[str] = frozenset()
UNINVOLVED_USER = frozenset({"nobody@example.net"})


@dataclass(frozen=True)
class Case:
    """A screen, the keys that lead to it, and what it must show."""

    name: str
    keys: tuple[str, ...]
    shows: tuple[str, ...]
    series: int | None = None  # the series that is open
    addresses: frozenset[str] = UNKNOWN_USER
    watched: bool = True


CASES = (
    Case("overview", ("a", "j"), ("mm/zswap", "waiting for", "4 series")),
    Case("no_match", ("slash", *"xyzzy", "enter"), ("No series matches the limit.", "clear the limit")),
    Case("limit_error", ("slash", *"st:opne"), ("st:opne", "!")),
    Case("no_address", ("2",), ("patchwatch does not know your e-mail address yet.", "[me]")),
    Case("queue", (), ("Nothing needs you.", "series you watch"), None, UNINVOLVED_USER, watched=False),
    Case("closed", ("5",), ("No series is closed yet.",), None, UNINVOLVED_USER, watched=False),
    Case("series", ("e",), ("accepted", "[v5"), 3),
    Case("history", ("s", "k", "k"), ("posted",), 3),
    Case("files", ("f", "G"), ("drops.sh", "+"), 3),
    Case("comparison", ("d",), ("v4 → v5", "1 changed"), 3),
)


def screen_text(pilot: Pilot[None]) -> str:
    """The text of the screen; all white space is single spaces."""
    screen = pilot.app.screen
    return " ".join("\n".join(strip.text for strip in screen._compositor.render_strips(screen.size)).split())


def _all_in(texts: tuple[str, ...], shown: str) -> bool:
    return all(text in shown for text in texts)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_screen_fits_in_every_size(tracker: FakeTracker, case: Case) -> None:
    tracker.addresses = case.addresses
    if not case.watched:
        for row in tuple(tracker.rows.values()):
            tracker.change(row.id, watched=False)
    app = PatchwatchApp(tracker, open_series=case.series)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, "From " if case.series else "", focused=case.watched)
        for key in case.keys:
            assert await settled(pilot)
            await pilot.press(key)
        for size, theme in LOOKS:
            app.theme = THEMES[theme].name
            await pilot.resize_terminal(*size)
            await until(pilot, lambda size=size: app.screen.size == size, "the new size")
            assert await settled(pilot)
            await until(pilot, lambda: _all_in(case.shows, screen_text(pilot)), f"{case.shows} at {size}")
            strips = app.screen._compositor.render_strips(app.screen.size)
            assert all(cell_len(strip.text.rstrip()) <= size[0] for strip in strips)
            for widget in app.screen.children:
                if widget.display and widget.region.area:
                    assert app.screen.region.contains_region(widget.region), (widget, size)


@pytest.mark.parametrize(
    ("size", "beside"), [((159, 45), False), ((160, 45), True), ((160, 12), True), ((230, 60), True)]
)
async def test_the_preview_is_beside_the_queue_in_a_wide_terminal(
    tracker: FakeTracker, size: tuple[int, int], *, beside: bool
) -> None:
    async with PatchwatchApp(tracker).run_test(size=size) as pilot:
        await opened(pilot, "mm/zswap")
        await settled(pilot)
        table, preview = (pilot.app.screen.query_one(name).region for name in ("#table", "#preview"))
        assert (preview.x >= table.right) is beside
        assert (preview.bottom == table.bottom) is beside
        assert preview.width >= 70  # its labels fit
        await pilot.press("P")
        await settled(pilot)
        assert not pilot.app.screen.query_one("#preview").display
        assert pilot.app.screen.query_one("#table").region.width == size[0]


async def test_the_preview_moves_when_the_terminal_gets_wider(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "mm/zswap")
        for width, beside in ((180, True), (100, False)):
            await pilot.resize_terminal(width, 40)
            await settled(pilot)
            preview = pilot.app.screen.query_one("#preview").region
            assert (preview.x > 0) is beside
            assert preview.height > 3
