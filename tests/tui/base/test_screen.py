"""Resizing the terminal, and stacked screens."""

from __future__ import annotations

import pytest
from textual.geometry import Region, Size
from textual.screen import Screen

from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.widgets.status_bar import StatusBar
from tests.tui.driving import opened, settled, until
from tests.tui.fake_tracker import FakeTracker


@pytest.mark.parametrize(
    ("series", "keys"),
    [
        pytest.param(None, "", id="overview"),
        pytest.param(3, "", id="series"),
        pytest.param(3, "d", id="comparison"),
        pytest.param(3, "f", id="files"),
        pytest.param(None, "w", id="watch"),
        pytest.param(3, "x", id="unwatch"),
        pytest.param(3, "S", id="state"),
        pytest.param(None, "L", id="link"),
        pytest.param(3, "T", id="tags"),
        pytest.param(3, "?", id="help"),
        pytest.param(3, ":", id="palette"),
    ],
)
async def test_two_resizes_in_flight_end_with_the_last_size(
    tracker: FakeTracker, series: int | None, keys: str
) -> None:
    app = PatchwatchApp(tracker, open_series=series)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        for key in keys:
            below = app.screen
            await pilot.press(key)
            await until(pilot, lambda below=below: app.screen is not below, "the next screen")
            assert await settled(pilot)
        screen, last, seen = app.screen, Size(100, 31), []
        for size in (Size(90, 25), last):
            app._size = size
            screen._refresh_layout(size)  # posts the size to the screen
        refresh = screen._refresh_layout

        def refreshing(size: Size | None = None, scroll: bool = False) -> None:
            seen.append(size or screen.size)
            assert len(seen) < 50, f"endless layouts: {seen[-4:]}"
            refresh(size, scroll)

        screen._refresh_layout = refreshing  # type: ignore[method-assign]
        await pilot.pause()
        await pilot.pause()
        assert set(seen) <= {last}
        assert screen.outer_size == last


@pytest.mark.parametrize("keys", ["", "?"], ids=["overview", "behind the help"])
async def test_screen_fills_a_resized_terminal(tracker: FakeTracker, keys: str) -> None:
    app = PatchwatchApp(tracker)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        bar = app.screen.query_one(StatusBar)
        await pilot.press(*keys)
        for width, height in ((200, 60), (80, 24), (40, 24), (120, 40)):
            await pilot.resize_terminal(width, height)
            bottom = Region(0, height - 2, width, 1)
            await until(pilot, lambda at=bottom: bar.region == at, "the new size")
            assert bar.screen.has_class("-narrow") == (width < 64)


@pytest.mark.parametrize(
    "key",
    ["w", "x", "S", "Z", "L", "y", "?", ":"],
    ids=["watch", "unwatch", "state", "snooze", "link", "copy", "help", "palette"],
)
async def test_screen_below_a_dialog_is_not_laid_out_again(
    tracker: FakeTracker, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    laid_out: list[object] = []
    lay_out = Screen._refresh_layout

    def recorded(screen: Screen[object], size: Size | None = None, scroll: bool = False) -> None:
        laid_out.append(screen)
        lay_out(screen, size, scroll)

    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "mm/zswap")
        assert await settled(pilot)
        below = pilot.app.screen
        monkeypatch.setattr(Screen, "_refresh_layout", recorded)
        await pilot.press(key)
        await until(pilot, lambda: pilot.app.screen in laid_out, "the dialog")
        assert await settled(pilot)
        assert below not in laid_out
