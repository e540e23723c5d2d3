"""A terminal whose size changes."""

from __future__ import annotations

import pytest
from driving import opened, until
from fake import FakeCore
from textual.geometry import Region, Size

from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.status_bar import StatusBar


@pytest.mark.parametrize(
    ("series", "keys"), [(None, ""), (3, ""), (3, "d"), (3, "f")], ids=["overview", "series", "comparison", "files"]
)
async def test_two_sizes_under_way_end_in_the_last(core: FakeCore, series: int | None, keys: str) -> None:
    app = PatchwatchApp(core, open_series=series)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        for key in keys:
            below = app.screen
            await pilot.press(key)
            await until(pilot, lambda below=below: app.screen is not below, "the next screen")
        screen, last, seen = app.screen, Size(100, 31), []
        for size in (Size(90, 25), last):
            app._size = size
            screen._refresh_layout(size)  # tells the screen of its size, later
        refresh = screen._refresh_layout

        def refreshing(size: Size | None = None, scroll: bool = False) -> None:
            seen.append(size or screen.size)
            assert len(seen) < 50, f"it is laid out without end: {seen[-4:]}"
            refresh(size, scroll)

        screen._refresh_layout = refreshing  # type: ignore[method-assign]
        await pilot.pause()
        await pilot.pause()
        assert set(seen) <= {last}
        assert screen.outer_size == last


@pytest.mark.parametrize("keys", ["", "?"], ids=["overview", "behind the help"])
async def test_a_screen_fills_the_terminal_that_has_changed(core: FakeCore, keys: str) -> None:
    app = PatchwatchApp(core)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        bar = app.screen.query_one(StatusBar)
        await pilot.press(*keys)
        for width, height in ((200, 60), (80, 24), (40, 24), (120, 40)):
            await pilot.resize_terminal(width, height)
            last_but_one = Region(0, height - 2, width, 1)
            await until(pilot, lambda at=last_but_one: bar.region == at, "the new size")
            assert bar.screen.has_class("-wide") == (width >= 112)
