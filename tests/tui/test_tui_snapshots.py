"""What the screens look like.  After a change that is meant: pytest --snapshot-update, then look at the SVGs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from driving import opened, shown, until
from fake import FakeCore
from textual.pilot import Pilot

from patchwatch.tui.app import PatchwatchApp

SIZES = [pytest.param((80, 24), id="80x24"), pytest.param((120, 40), id="120x40")]
NARROW = pytest.param((40, 24), id="40x24")
Compare = Callable[..., bool]


def after(*keys: str, ready: str = "", text: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Press `keys` when the rows and `ready` are there, then wait for `text`, and until nothing moves any more."""

    async def drive(pilot: Pilot[None]) -> None:
        await opened(pilot, ready)
        await pilot.press(*keys)
        await until(pilot, lambda: text in shown(pilot), text)
        before = ""
        while before != (now := pilot.app.export_screenshot()):
            before = now
            await pilot.pause(0.1)
        pilot.app.screen.refresh()  # what is under a dialog is drawn by the app, and not by a screenshot
        await pilot.pause()

    return drive


@pytest.mark.parametrize("size", [*SIZES, NARROW])
def test_overview(snap_compare: Compare, core: FakeCore, size: tuple[int, int]) -> None:
    drive = after("a", "j", text="4 series known")
    assert snap_compare(PatchwatchApp(core), terminal_size=size, run_before=drive)


@pytest.mark.parametrize("size", SIZES)
def test_empty_overview(snap_compare: Compare, size: tuple[int, int]) -> None:
    drive = after(text="Follow your first thread")
    assert snap_compare(PatchwatchApp(FakeCore(empty=True)), terminal_size=size, run_before=drive)


@pytest.mark.parametrize("size", SIZES)
def test_help(snap_compare: Compare, core: FakeCore, size: tuple[int, int]) -> None:
    drive = after("question_mark", text="Keys")
    assert snap_compare(PatchwatchApp(core), terminal_size=size, run_before=drive)


def test_notices(snap_compare: Compare, core: FakeCore) -> None:
    drive = after("r", text="3 new mails")
    assert snap_compare(PatchwatchApp(core), terminal_size=(80, 24), run_before=drive)
