"""Keys that no other test presses: each does what its binding says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import OptionList

from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.keymap import bindings
from patchwatch.tui.screens.overview import OverviewScreen
from patchwatch.tui.screens.series import SeriesScreen
from patchwatch.tui.widgets.mail_view import MailView
from patchwatch.tui.widgets.series_table import SeriesTable
from tests.tui.driving import opened, settled, shown, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.reply_setup import ReplySetup

Seen = Callable[[Pilot[None]], object]
JONAS = "drops-v5-r@example.org"  # the open mail


def says(text: str) -> Seen:
    return lambda pilot: text in shown(pilot)


def row(number: int) -> Seen:
    return lambda pilot: pilot.app.screen.query_one(SeriesTable).cursor == number


def choice(number: int) -> Seen:
    return lambda pilot: pilot.app.screen.query_one(OptionList).highlighted == number


def scrolled(kind: type[VerticalScroll] | type[MailView], *, far: bool) -> Seen:
    return lambda pilot: (pilot.app.screen.query_one(kind).scroll_offset.y > 0) is far


def rail(*, there: bool) -> Seen:
    return lambda pilot: pilot.app.screen.query_one("#revisions").display is there


def copied(text: str) -> Seen:
    return lambda pilot: pilot.app.clipboard == text


def lists(pilot: Pilot[None]) -> bool:
    return isinstance(pilot.app.screen, OverviewScreen)


def reads(pilot: Pilot[None]) -> bool:
    return isinstance(pilot.app.screen, SeriesScreen)


LINK = "https://lore.kernel.org/netdev/drops-v5-r@example.org/"
SUBJECT = "Re: [PATCH net-next v5 1/2] net: count drops for each queue"
Step = tuple[str, str, Seen]  # a key, its binding, and what the screen must then show

ON_THE_OVERVIEW: tuple[tuple[Step, ...], ...] = (
    (
        ("pagedown", "list.page_down", row(2)),
        ("pageup", "list.page_up", row(0)),
        ("ctrl+f", "list.page_down", row(2)),
        ("b", "list.page_up", row(0)),
    ),
    (
        ("question_mark", "app.help", says("Keys")),
        ("j", "help.down", scrolled(VerticalScroll, far=True)),
        ("k", "help.up", scrolled(VerticalScroll, far=False)),
        ("space", "help.page_down", scrolled(VerticalScroll, far=True)),
        ("b", "help.page_up", scrolled(VerticalScroll, far=False)),
        ("G", "help.bottom", scrolled(VerticalScroll, far=True)),
        ("g", "help.top", scrolled(VerticalScroll, far=False)),
    ),
    (
        ("Z", "act.snooze", choice(0)),
        ("j", "snooze.down", choice(1)),
        ("k", "snooze.up", choice(0)),
    ),
    (("plus", "act.label", says("Adds the labels you type")), ("escape", "label.leave", lists)),
    (("D", "overview.not_mine", says("✓ Not yours")), ("D", "overview.not_mine", says("✓ Yours again"))),
    (("p", "act.pin", says("✓ Pinned")), ("p", "act.pin", says("✓ Unpinned"))),
    (("T", "overview.tag", says("Reply with tags")), ("escape", "tag.leave", lists)),
    (("B", "overview.b4", says("Run b4")), ("escape", "b4.leave", lists)),
    (("R", "overview.reply", says("DRY RUN")), ("q", "send.leave", lists)),
    (("ctrl+q", "app.quit", lambda pilot: pilot.app._exit),),
)
IN_A_SERIES: tuple[tuple[Step, ...], ...] = (
    (("E", "series.turn", says("by somebody who looks after it")),),
    (("z", "series.zoom", rail(there=False)), ("z", "series.zoom", rail(there=True))),
    (("L", "act.link", says("Link or unlink")), ("escape", "link.leave", reads)),
    (("y", "act.copy", says("(OSC 52)")), ("q", "copy.leave", reads)),
    (("y", "act.copy", says("(OSC 52)")), ("1", "copy.1", copied(JONAS))),
    (("y", "act.copy", says("(OSC 52)")), ("2", "copy.2", copied(LINK))),
    (("y", "act.copy", says("(OSC 52)")), ("4", "copy.4", copied(f"b4 am {JONAS}"))),
    (("y", "act.copy", says("(OSC 52)")), ("5", "copy.5", copied(f"{SUBJECT}\n{LINK}"))),
    (
        ("T", "series.tag", choice(0)),
        ("j", "choices.down", choice(1)),
        ("k", "choices.up", choice(0)),
        ("a", "tag.acked", says("[x] Acked-by")),
    ),
    (
        ("R", "series.reply", says("DRY RUN")),
        ("space", "send.page_down", scrolled(MailView, far=True)),
        ("b", "send.page_up", scrolled(MailView, far=False)),
    ),
)


def named(steps: tuple[Step, ...]) -> str:
    return steps[-1][1]


async def taken(pilot: Pilot[None], steps: tuple[Step, ...]) -> None:
    """Press the keys, and check the effect of each."""
    known = bindings()
    for key, name, seen in steps:
        assert key in known[name].key.split(",")
        assert await settled(pilot)
        await pilot.press(key)
        await until(pilot, lambda seen=seen: seen(pilot), name)


@pytest.mark.parametrize("steps", ON_THE_OVERVIEW, ids=named)
async def test_keys_of_the_overview(
    tracker: FakeTracker, app: PatchwatchApp, steps: tuple[Step, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ReplySetup(tmp_path, monkeypatch).keep_drafts(tracker)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, "mm/zswap")
        await taken(pilot, steps)


@pytest.mark.parametrize("steps", IN_A_SERIES, ids=named)
async def test_keys_of_a_series(
    tracker: FakeTracker, steps: tuple[Step, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ReplySetup(tmp_path, monkeypatch).keep_drafts(tracker)
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(80, 24)) as pilot:
        await opened(pilot, "From ")
        await taken(pilot, steps)
