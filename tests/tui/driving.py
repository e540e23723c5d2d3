"""Drive the TUI: wait for conditions, and read the screen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, cast

from textual._compositor import Compositor
from textual._wait import wait_for_idle
from textual.app import App
from textual.pilot import Pilot

from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.screens.series import SeriesScreen
from patchwatch.tui.widgets.mail_view import MailView
from patchwatch.tui.widgets.status_bar import status_pieces

WAIT_SECONDS = 60.0
_render_update = Compositor.render_update


def draw(app: App[Any]) -> None:
    """Draw what changed on the screen since it was last drawn."""
    _render_update(app.screen._compositor, screen_stack=app._background_screens)


async def until(pilot: Pilot[None], holds: Callable[[], object], what: str = "") -> None:
    """Wait until `holds` is true, and then, not for long, for what belongs to it: some tests hold jobs back."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if holds():
            await settled(pilot, 0.2)
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{what or 'it'} did not happen; the screen shows:\n{shown(pilot)}")


def shown(pilot: Pilot[None]) -> str:
    """The text on the screen."""
    screen = pilot.app.screen
    return "\n".join(strip.text.rstrip() for strip in screen._compositor.render_strips(screen.size))


def shown_with_status(pilot: Pilot[None]) -> str:
    """The text on the screen, and what a low screen of one series leaves out: status line and headers of the mail."""
    status, mails = cast(PatchwatchApp, pilot.app).status, pilot.app.screen.query(MailView)
    headers = "From " if any(mail.page for mail in mails) else ""
    return f"{shown(pilot)}\n{''.join(text for text, _ in status_pieces(status, 200))}\n{headers}"


async def opened(pilot: Pilot[None], text: str = "", *, focused: bool = True) -> None:
    """Wait until there are rows, `text` and, unless `focused` is False, the focus."""

    def drawn() -> bool:
        screen = shown_with_status(pilot)
        return "series" in screen and text in screen

    await until(pilot, drawn, f"{text!r} on the screen")
    await until(pilot, lambda: pilot.app.focused or not focused, "the focus")


async def settled(pilot: Pilot[None], seconds: float = WAIT_SECONDS) -> bool:
    """Wait until all jobs are done and their results are handled; True if they are.

    It waits for `seconds`, or for up to four times as long on a machine so busy that this process could work less.
    """
    app = cast(PatchwatchApp, pilot.app)
    start, worked = time.monotonic(), time.process_time() + seconds
    await pilot.pause()
    quiet, rounds = int(app.jobs.idle), 1
    while quiet < 2:
        waited = time.monotonic() - start
        if rounds >= 4 and waited >= seconds and (time.process_time() >= worked or waited >= 4 * seconds):
            break
        await wait_for_idle(0)  # `pause` would send a message to each widget
        app.screen._on_timer_update()
        quiet, rounds = quiet + 1 if app.jobs.idle else 0, rounds + 1  # a result may start the next job
    return quiet == 2


async def reading(pilot: Pilot[None], message_id: str) -> None:
    """Wait until a mail is shown."""
    await until(pilot, lambda: page_id(pilot) == message_id, message_id)
    await settled(pilot)  # the layout may have changed


def page_id(pilot: Pilot[None]) -> str:
    """The message-id of the mail that is shown; empty if there is none."""
    if not isinstance(pilot.app.screen, SeriesScreen):
        return ""
    page = pilot.app.screen.mail.page
    return page.message_id if page else ""


async def dialog_opened(pilot: Pilot[None], kind: type) -> None:
    """Wait until a dialog is open and has the focus."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind) and pilot.app.screen.focused, kind.__name__)


async def series_shown(pilot: Pilot[None], text: str = "From ") -> None:
    """Wait until a series and a mail are shown."""
    await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen) and text in shown_with_status(pilot), text)
    await settled(pilot)  # the layout may have changed
