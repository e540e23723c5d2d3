"""What the snapshot tests share: sizes, themes, and driving the app to the state that is shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from tests.tui.driving import opened, settled, shown, until

SIZES = [pytest.param((80, 24), id="80x24"), pytest.param((120, 40), id="120x40")]
NARROW = pytest.param((40, 24), id="40x24")
Compare = Callable[..., bool]


def after(*keys: str, ready: str = "", text: str, focused: bool = True) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Press `keys` when the rows and `ready` are there, then wait for `text`, and until nothing moves any more."""

    async def drive(pilot: Pilot[None]) -> None:
        await opened(pilot, ready, focused=focused)
        await typed(pilot, *keys, text=text)

    return drive


async def typed(pilot: Pilot[None], *keys: str, text: str) -> None:
    """Press `keys`, wait for `text`, and until nothing moves any more.

    Each key waits for what the one before it asked for: `G` goes to the end of a list only when the list is there.
    """
    for key in keys:
        assert await settled(pilot)
        await pilot.press(key)
    assert await settled(pilot)
    await until(pilot, lambda: text in shown(pilot), text)
    before = ""
    while before != (now := pilot.app.export_screenshot()):
        before = now
        await pilot.pause(0.1)
    pilot.app.screen.refresh()  # what is under a dialog is drawn by the app, and not by a screenshot
    await pilot.pause()


# Sizes and themes are tried in pairs: what a theme changes does not depend on the size.  Crosswise they are tried too
# where a screen or dialog is shown for itself, and where it is empty.
LOOKS = [pytest.param((80, 24), "dark", id="80x24-dark"), pytest.param((120, 40), "light", id="120x40-light")]
CROSSWISE = [pytest.param((80, 24), "light", id="80x24-light"), pytest.param((120, 40), "dark", id="120x40-dark")]
LOOKS_ALL = [*LOOKS, *CROSSWISE]
DARK_AND_LIGHT = [
    pytest.param((80, 24), "dark", id="80x24"),
    pytest.param((120, 40), "dark", id="120x40"),
    pytest.param((80, 24), "light", id="80x24-light"),
    pytest.param((120, 40), "light", id="120x40-light"),
]
LOOKS_ANSI = [*LOOKS, pytest.param((80, 24), "ansi", id="80x24-ansi")]
LOOKS_NARROW = [*LOOKS, pytest.param((40, 24), "dark", id="40x24-dark")]
