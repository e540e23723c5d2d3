"""Every dialog in every size of the terminal: its lines are there, and nothing is cut off."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from textual.pilot import Pilot

from patchwatch.errors import MessageNotFoundError
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.base.theme import THEMES
from tests.tui.driving import opened, settled, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.reply_setup import ReplySetup
from tests.tui.sample_series import likely, older_drops

LOOKS = (((40, 24), "dark"), ((80, 24), "light"), ((120, 40), "ansi"))  # the others are in the pictures
PATCH_KEYS = ("g", "j", "T")
Prepare = Callable[[FakeTracker, ReplySetup], object]


@dataclass(frozen=True)
class Case:
    """A dialog, the keys that lead to it, and what it must show."""

    name: str
    keys: tuple[str, ...]
    shows: tuple[str, ...]
    series: int | None = None  # the series that is open
    prepare: Prepare = lambda tracker, setup: None
    narrow: bool = True  # True if it fits into 40 columns and 24 lines


def with_candidates(tracker: FakeTracker, _: ReplySetup) -> None:
    tracker.add(older_drops())
    tracker.link_candidates[3] = likely()


def watch_fails(tracker: FakeTracker, _: ReplySetup) -> None:
    tracker.failing["watch"] = MessageNotFoundError("https://lore.kernel.org has no message <x@example.org>.")


def with_trees(tracker: FakeTracker, setup: ReplySetup) -> None:
    tracker.trees = (setup.home / "src" / "linux", setup.home / "src" / "net-next")


def with_draft(tracker: FakeTracker, _: ReplySetup) -> None:
    tracker.drafts.save(tracker.reply("drops-v5-1@example.org"))


CASES = (
    Case("watch", ("w",), ("Watch a series", "any mail in the series", "esc close")),
    Case("watch_fails", ("w", *"x@y", "enter"), ("! https://lore.kernel.org has no message",), prepare=watch_fails),
    Case("unwatch", ("x",), ("Stop watching?", "v5 · Mira Okafor · netdev", "y stop watching esc cancel")),
    Case("unwatch_several", ("asterisk", "x"), ("3 series", "mm/zswap: shrink the pool", "esc cancel")),
    Case("state", ("S",), ("Set the state", "automatic", "Overrides the automatic state", "⏎ set esc cancel")),
    Case(
        "snooze",
        ("asterisk", "Z"),
        ("3 series", "until next Monday", "for 2 weeks", "the e-mail digest.", "⏎ snooze"),
    ),
    Case("snooze_date", ("Z", *"2w"), ("→ Wed 4 Oct 2023 08:00 UTC, in 14d", "⏎ snooze esc cancel")),
    Case("snooze_no_date", ("Z", "3", "enter"), ("! '3'", "⏎ snooze esc cancel")),
    Case(
        "link",
        ("L",),
        ("Link or unlink versions", "None of these", "same author, same files", "⏎ close esc cancel"),
        3,
        with_candidates,
    ),
    Case("unlink", ("L", "G"), ("Unlink v5 from v4", "two series: v4 and v5"), 3, with_candidates),
    Case("link_unknown", ("L", *"x@y", "enter"), ("! no known series has",), 3, with_candidates),
    Case("link_without_candidates", ("G", "L"), ("No known series looks like another version of this one.",)),
    Case("copy", ("y", "j", "j"), ("5 ", "(OSC 52)", "⏎ copy esc cancel"), 3),
    Case("draft", ("g", "j", "R"), ("Unsent draft", "discard and start over", "esc cancel"), 3, with_draft),
    Case("tags", (*PATCH_KEYS, "r", "t"), ("For this patch", "[x] Reviewed-by", "[x] Tested-by", "esc cancel"), 3),
    Case(
        "b4",
        ("B", "j"),
        ("Run b4", "b4 shazam -m MAILS", "Will run in ~/src/linux", "esc cancel"),
        3,
        with_trees,
        narrow=False,
    ),
    Case("b4_without_tree", ("B",), ("No git tree is configured.", "[[tree]]", "esc close"), 3),
)


def dialog_text(pilot: Pilot[None]) -> str:
    """The text of the dialog without its frame; all white space is single spaces."""
    screen = pilot.app.screen
    dialog = screen.query_one("#dialog")
    strips = screen._compositor.render_strips(screen.size)[dialog.region.y : dialog.region.bottom]
    lines = (strip.crop(dialog.region.x, dialog.region.right).text for strip in strips)
    return " ".join(re.sub("[│╭╮╰╯─]", " ", "\n".join(lines)).split())


def assert_fits(pilot: Pilot[None]) -> None:
    """Nothing in the dialog is outside it, and the dialog is on the screen."""
    screen = pilot.app.screen
    dialog = screen.query_one("#dialog")
    assert screen.region.contains_region(dialog.region)
    for widget in dialog.children:
        if widget.display:
            assert dialog.region.contains_region(widget.region), (widget, widget.region, dialog.region)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_dialog_fits_in_every_size(tracker: FakeTracker, reply_setup: ReplySetup, case: Case) -> None:
    case.prepare(tracker, reply_setup)
    app = PatchwatchApp(tracker, open_series=case.series)
    async with app.run_test(size=LOOKS[0][0]) as pilot:
        await opened(pilot, "From " if case.series else "")
        for key in case.keys:
            assert await settled(pilot)
            await pilot.press(key)
        await until(pilot, lambda: app.screen.query("#dialog"), "the dialog")
        for size, theme in LOOKS[0 if case.narrow else 1 :]:
            app.theme = THEMES[theme].name
            await pilot.resize_terminal(*size)
            await until(pilot, lambda size=size: app.screen.size == size, "the new size")
            assert await settled(pilot)
            await until(pilot, lambda: _all_in(case.shows, dialog_text(pilot)), f"{case.shows} at {size}")
            assert_fits(pilot)


def _all_in(texts: tuple[str, ...], shown: str) -> bool:
    return all(text in shown for text in texts)


@pytest.mark.parametrize(
    ("editor", "keys", "shows"),
    [
        ("", ("g", "j", "R"), ("DRY RUN", "after ", "To: Mira Okafor")),
        (
            'sed -i "s/^To:.*/To: nobody at all/; \\$ a Fine." "$1"',
            ("g", "j", "R"),
            ("Cannot be sent", "nobody at all"),
        ),
    ],
    ids=["dry_run", "refused"],
)
async def test_preview_fits_in_every_size(
    tracker: FakeTracker, reply_setup: ReplySetup, editor: str, keys: tuple[str, ...], shows: tuple[str, ...]
) -> None:
    if editor:
        reply_setup.editor_runs(editor)
    app = PatchwatchApp(tracker, open_series=3)
    async with app.run_test(size=LOOKS[0][0]) as pilot:
        await opened(pilot, "From ")
        await pilot.press(*keys)
        for size, theme in LOOKS:
            app.theme = THEMES[theme].name
            await pilot.resize_terminal(*size)
            assert await settled(pilot)
            for text in shows:
                await until(pilot, lambda text=text: text in _screen_text(pilot), text)


def _screen_text(pilot: Pilot[None]) -> str:
    screen = pilot.app.screen
    return " ".join("\n".join(strip.text for strip in screen._compositor.render_strips(screen.size)).split())
