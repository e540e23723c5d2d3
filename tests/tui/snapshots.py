"""What the snapshot tests share: sizes, themes, and driving the app to the state that is shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot
from textual.strip import Strip

from tests.tui.driving import draw, opened, settled, shown_with_status, until

SIZES = [pytest.param((80, 24), id="80x24"), pytest.param((120, 40), id="120x40")]
NARROW = pytest.param((40, 24), id="40x24")
Compare = Callable[..., bool]


def after(*keys: str, ready: str = "", text: str, focused: bool = True) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Press `keys` once the rows and `ready` are shown, then wait for `text` and for a stable screen."""

    async def drive(pilot: Pilot[None]) -> None:
        await opened(pilot, ready, focused=focused)
        await typed(pilot, *keys, text=text)

    return drive


async def typed(pilot: Pilot[None], *keys: str, text: str) -> None:
    """Press `keys`, then wait for `text` and for a stable screen.

    Each key waits for the jobs of the one before: `G` goes to the end of a list only once the list is loaded.
    """
    for key in keys:
        assert await settled(pilot)
        await pilot.press(key)
    assert await settled(pilot)
    await until(pilot, lambda: text in shown_with_status(pilot), text)
    before: list[Strip] = []
    while before != (now := pilot.app.screen._compositor.render_strips(pilot.app.screen.size)):
        before = now
        await pilot.pause(0.1)
    pilot.app.screen.refresh()
    await pilot.pause()
    draw(pilot.app)  # the screen below a dialog is drawn by the app, not by a screenshot


# Sizes and themes are paired, because the effects of a theme do not depend on the size.  The tests of sizes cover the
# other combinations by their text.
LOOKS = [pytest.param((80, 24), "dark", id="80x24-dark"), pytest.param((120, 40), "light", id="120x40-light")]
LOOKS_ANSI = [*LOOKS, pytest.param((80, 24), "ansi", id="80x24-ansi")]
LOOKS_NARROW = [*LOOKS, pytest.param((40, 24), "dark", id="40x24-dark")]
