"""Mail is hostile: what it says is harmless text in notices, dialogs and the window's title too."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driving import opened, settled, shown, until
from fake import FakeCore, Report
from letters import HOSTILE
from textual.pilot import Pilot
from textual.screen import ModalScreen

from patchwatch.errors import LoreError
from patchwatch.tui.app import PatchwatchApp

FORBIDDEN = "\x1b\x07\x9b\u202e\u200b"
SIZE = (130, 40)


def harmless(pilot: Pilot[None]) -> str:
    """What is shown; nothing in it steers a terminal, and brackets are brackets."""
    text = shown(pilot)
    assert not set(FORBIDDEN) & set(text)
    assert "[bold]patch[/bold]" in text
    return text


@pytest.fixture
def harmful(core: FakeCore) -> None:
    """The one series there is wants to harm with its title."""
    core.rows = {7: replace(core.rows[7], title=HOSTILE)}
    core.threads = {7: core.threads[7]}


@pytest.mark.parametrize("key", ["x", "S"], ids=["unwatch", "state"])
@pytest.mark.usefixtures("harmful")
async def test_dialogs(app: PatchwatchApp, key: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "[bold]patch[/bold]")
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, ModalScreen), "the dialog")
        await until(pilot, lambda: "[bold]patch[/bold]" in shown(pilot), "its question")
        harmless(pilot)


@pytest.mark.parametrize("fails", [False, True], ids=["outcome", "error"])
async def test_notices(core: FakeCore, app: PatchwatchApp, fails: bool) -> None:
    if fails:
        core.failing["poll"] = LoreError(HOSTILE)
    else:
        core.report = Report(HOSTILE, failures=(HOSTILE,))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("r")
        await until(pilot, lambda: "[bold]patch[/bold]" in shown(pilot), "the notice")
        assert await settled(pilot)
        harmless(pilot)


async def test_progress(app: PatchwatchApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "mm/zswap")
        app._poll_progress(HOSTILE)
        await until(pilot, lambda: "[bold]patch[/bold]" in shown(pilot), "the progress")
        harmless(pilot)


@pytest.mark.usefixtures("harmful")
async def test_the_title_of_the_window_says_nothing_of_any_mail(app: PatchwatchApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "[bold]patch[/bold]")
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        assert await settled(pilot)
        harmless(pilot)
        assert (app.title, app.sub_title) == ("patchwatch", "")
