"""Hostile text in mail is harmless in notices, dialogs and the window title, too."""

from __future__ import annotations

import base64
import dataclasses
import unicodedata
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from textual.events import Paste
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input

from patchwatch.errors import LoreError, ToolError
from patchwatch.series.model import Evidence, InboxRow, OutboxRow
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.screens.overview import OverviewScreen
from tests.tui.driving import opened, settled, shown, until
from tests.tui.fake_tracker import FakeTracker, Report
from tests.tui.reply_setup import ReplySetup
from tests.tui.sample_mails import HOSTILE, NOW, series_row
from tests.tui.sample_series import drops, likely, older_drops

FORBIDDEN = "\x1b\x07\x9b\u202e\u200b"
SIZE = (130, 40)


def harmless(pilot: Pilot[None]) -> str:
    """The text on the screen; check that it has no control characters, and that brackets are literal."""
    text = shown(pilot)
    assert not set(FORBIDDEN) & set(text)
    assert "[bold]patch[/bold]" in text
    return text


@pytest.fixture
def harmful(tracker: FakeTracker) -> None:
    """A tracker with a single series, whose title is hostile."""
    tracker.rows = {7: replace(tracker.rows[7], title=HOSTILE)}
    tracker.threads = {7: tracker.threads[7]}


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
async def test_notices(tracker: FakeTracker, app: PatchwatchApp, fails: bool) -> None:
    if fails:
        tracker.failing["poll"] = LoreError(HOSTILE)
    else:
        tracker.report = Report(HOSTILE, failures=(HOSTILE,))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("r")
        await until(pilot, lambda: "[bold]patch[/bold]" in shown(pilot), "the notice")
        assert await settled(pilot)
        harmless(pilot)


async def test_progress(app: PatchwatchApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "mm/zswap")
        app._polls._say(HOSTILE)
        await until(pilot, lambda: "[bold]patch[/bold]" in shown(pilot), "the progress")
        harmless(pilot)


@pytest.mark.usefixtures("harmful")
async def test_window_title_never_shows_mail_text(app: PatchwatchApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot, "[bold]patch[/bold]")
        await pilot.press("enter")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        assert await settled(pilot)
        harmless(pilot)
        assert (app.title, app.sub_title) == ("patchwatch", "")


# This text is in every name, subject, list and sentence of the mail.

READABLE = "[bold]x[/bold] [@click=app.quit]y[/]"
_HIDDEN = "\x1b[31m\x9b2J\x07\r\nBcc: e@x\u2028\u202e\u2066\u200b\u2060\xad\ufeff"
EVIL = f"{_HIDDEN} {READABLE} יעל 林小雨 z{chr(0x301) * 9} राजेश"
LEFT_TO_RIGHT = "\u200e"  # added by us: it ends a run of right-to-left text (patchwatch.tui.render.columns)
UNSAFE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@pytest.fixture
def evil(tracker: FakeTracker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeTracker:
    """Two revisions of a series, and a link candidate, in which every text is hostile."""
    _, postings = drops()
    encoded = f"=?utf-8?B?{base64.b64encode(EVIL.encode()).decode()}?="
    postings = tuple(
        dataclasses.replace(
            posting,
            mails=tuple(
                dataclasses.replace(
                    one, subject=f"[PATCH v{posting.version}] {EVIL}", who=(EVIL, one.who[1]), excerpt=EVIL
                )
                for one in posting.mails
            ),
        )
        for posting in postings
    )
    said = Evidence(postings[-1].mails[-1].id, EVIL)
    more = {"inboxes": (EVIL,), "state_evidence": said, "turn": "author", "turn_evidence": said}
    tracker.rows, tracker.threads, tracker.mails, tracker.raws = {}, {}, {}, {}
    tracker.add((series_row(3, EVIL, postings, state="under-review", **more), postings))
    other, mails = older_drops()
    tracker.add((replace(other, title=EVIL, author_name=EVIL, inboxes=(EVIL,)), mails))
    tracker.link_candidates[3] = tuple(replace(one, subject=f"[PATCH v3] {EVIL}", author_name=EVIL) for one in likely())
    tracker.histories = {3: tuple(replace(one, text=EVIL) for one in tracker.histories[3])}
    for name, raw in tracker.raws.items():
        head, _, body = raw.decode().partition("\n\n")
        kept = [one for one in head.splitlines() if one.startswith(("Date: ", "Message-ID: ", "Content-Type: "))]
        version = "v4" if "v4" in name else "v5"
        above = [f"From: {encoded} <eve@example.org>", f"Subject: [PATCH {version}]\n {encoded}", *kept]
        tracker.raws[name] = ("\n".join(above) + "\n\n" + body).encode()
    tracker.trees = (tmp_path / "src" / "linux",)
    tracker.inbox_rows = (InboxRow("\x1b\u202eb", False, 1, NOW - 86_400, NOW - 3600, EVIL),)
    reply_setup = ReplySetup(tmp_path, monkeypatch)
    reply_setup.keep_drafts(tracker)
    return tracker


def in_sight(pilot: Pilot[None]) -> str:
    """The text of the dialog or screen; check its line widths and that it has no control characters."""
    app = pilot.app
    lines = [strip.text for strip in app.screen._compositor.render_strips(app.screen.size)]
    assert {cell_len(one) for one in lines} == {app.screen.size.width}
    odd = {one for text in lines for one in text if unicodedata.category(one) in UNSAFE and one != LEFT_TO_RIGHT}
    assert not odd, sorted(f"U+{ord(one):04X}" for one in odd)
    dialogs = app.screen.query("#dialog")
    if not dialogs:
        return "\n".join(lines)
    region = dialogs.first().region
    inside = [_cut(text, region.x, region.right) for text in lines[region.y : region.bottom]]
    # A mark whose base is below the dialog combines with the border.
    bases = [[one for one in text if cell_len(one)] for text in inside]
    frame = {(text[0], text[-1]) for text in bases}
    assert frame == {("╭", "╮"), ("│", "│"), ("╰", "╯")}
    return " ".join(word for text in inside for word in text[1:-1].split())


def _cut(text: str, first: int, end: int) -> str:
    return text[_after(text, first) : _after(text, end)]


def _after(text: str, cells: int) -> int:
    """How many characters of `text` fill a number of cells; combining marks belong to their base."""
    return max(at for at in range(len(text) + 1) if cell_len(text[:at]) <= cells)


ON_THE_OVERVIEW = {
    "rows": ((), "2 series"),
    "unwatch": (("x",), "Stop watching?"),
    "unwatch both": (("asterisk", "x"), "2 series"),
    "state": (("S",), "Set the state"),
    "snooze": (("Z",), "Snooze"),
    "link": (("L", "j"), "one series, "),
    "copy": (("y",), "Copy"),
    "palette": (("colon", *"yx"), "v5 ·"),
    "limit": (("slash", *"[bold"), "[bold"),
    "mute": (("M",), "✓ Muted: "),
    "undo": (("M", "u"), "✓ Undone"),
}
IN_THE_SERIES = {
    "itself": ((), "From "),
    "mail": (("enter",), "From "),
    "story": (("s",), "→ reviewers"),
    "files": (("f",), "drops.sh"),
    "comparison": (("d",), "1 changed"),
    "changelog": (("d", "c"), "one lock less"),
    "unwatch": (("x",), "Stop watching?"),
    "watch": (("w",), "Watch a series"),
    "link": (("L", "j"), "one series, "),
    "tag": (("T",), "Reply with tags"),
    "tag all": (("T", "w"), "all 2 patches"),
    "send": (("R",), "DRY RUN"),
    "tags to send": (("T", "r", "enter"), "DRY RUN"),
    "draft": (("R", "q", "R"), "Unsent draft"),
    "b4": (("B",), "Will run in"),
    "copy": (("y",), "Copy"),
    "copied": (("y", "enter"), "✓ Copied"),
}
NOT_QUOTED = ("watch", "copy", "copied")  # these show a message-id


@pytest.mark.parametrize("place", ON_THE_OVERVIEW)
async def test_hostile_text_is_harmless_on_the_overview(evil: FakeTracker, place: str) -> None:
    keys, sign = ON_THE_OVERVIEW[place]
    async with PatchwatchApp(evil).run_test(size=(120, 40)) as pilot:
        await opened(pilot, READABLE)
        await pressed(pilot, *keys)
        await until(pilot, lambda: sign in shown(pilot), place)
        text = in_sight(pilot)
        assert READABLE in text or place in NOT_QUOTED


@pytest.mark.parametrize("place", IN_THE_SERIES)
async def test_hostile_text_is_harmless_on_the_series_screen(evil: FakeTracker, place: str) -> None:
    keys, sign = IN_THE_SERIES[place]
    async with PatchwatchApp(evil, open_series=3).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "From ")
        await pressed(pilot, *keys)
        await until(pilot, lambda: sign in shown(pilot), place)
        text = in_sight(pilot)
        assert READABLE in text or place in NOT_QUOTED


@pytest.mark.parametrize("size", [(40, 24), (80, 24)], ids=["40x24", "80x24"])
@pytest.mark.parametrize("series", [None, 3], ids=["overview", "series"])
async def test_columns_keep_their_width_on_a_small_screen(
    evil: FakeTracker, series: int | None, size: tuple[int, int]
) -> None:
    async with PatchwatchApp(evil, open_series=series).run_test(size=size) as pilot:
        await until(pilot, lambda: "␛[31m" in shown(pilot))
        assert await settled(pilot)
        in_sight(pilot)


async def test_hostile_text_pasted_into_the_watch_dialog(evil: FakeTracker) -> None:
    evil.failing["watch"] = LoreError(EVIL)
    async with PatchwatchApp(evil).run_test(size=(120, 40)) as pilot:
        await opened(pilot, READABLE)
        await pressed(pilot, "w")
        field = pilot.app.screen.query_one(Input)
        field.value = EVIL
        await until(pilot, lambda: READABLE in in_sight(pilot), "what was pasted")
        await pressed(pilot, "enter")
        await until(pilot, lambda: in_sight(pilot).count(READABLE) == 2, "the error")
    assert not any(unicodedata.category(one) in UNSAFE for (text,) in evil.asked["watch"] for one in str(text))


async def test_hostile_text_pasted_into_the_link_dialog(evil: FakeTracker) -> None:
    async with PatchwatchApp(evil, open_series=3).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "From ")
        await pressed(pilot, "L")
        pilot.app.screen.query_one(Input).value = EVIL
        await until(pilot, lambda: "no known series has the message" in in_sight(pilot))


async def test_hostile_text_pasted_into_the_palette(evil: FakeTracker) -> None:
    async with PatchwatchApp(evil).run_test(size=(120, 40)) as pilot:
        await opened(pilot, READABLE)
        await pressed(pilot, "colon")
        line = pilot.app.screen.query_one(Input)
        pasted = EVIL.replace("\r\n", " ").replace("\u2028", " ")  # only the first line is used
        line.post_message(Paste(pasted))
        await until(pilot, lambda: line.value)
        assert await settled(pilot)
        assert READABLE in in_sight(pilot)


@pytest.mark.parametrize(
    ("fails", "key"), [("poll", "r"), ("mute", "M"), ("undo", "u"), ("citations", "y"), ("candidates", "L")]
)
async def test_errors_that_quote_a_mail(evil: FakeTracker, fails: str, key: str) -> None:
    evil.failing[fails] = LoreError(EVIL)
    async with PatchwatchApp(evil).run_test(size=(120, 40)) as pilot:
        await opened(pilot, READABLE)
        await pressed(pilot, key)
        await until(pilot, lambda: "! ␛" in shown(pilot), fails)
        assert READABLE in in_sight(pilot).partition("! ␛")[2]


async def test_hostile_text_in_errors_of_browser_and_digest(evil: FakeTracker, monkeypatch: pytest.MonkeyPatch) -> None:
    def browse(url: str) -> None:
        raise ToolError(f"no browser for {url} {EVIL}")

    monkeypatch.setattr("patchwatch.compose.programs.browse", browse)
    evil.outbox_rows = (
        OutboxRow(3, "me", "day", "me@example.org", "pw@example.org", "1@pw", "x", NOW, 3, None, None, None, NOW, EVIL),
    )
    async with PatchwatchApp(evil).run_test(size=(120, 40)) as pilot:
        await opened(pilot, READABLE)
        await pressed(pilot, "W")
        await until(pilot, lambda: "! no browser" in shown(pilot))
        await until(pilot, lambda: "! The digest" in shown(pilot))
        in_sight(pilot)
        assert isinstance(pilot.app.screen, OverviewScreen)


async def pressed(pilot: Pilot[None], *keys: str) -> None:
    """Press `keys`, each after the jobs of the one before."""
    for key in keys:
        assert await settled(pilot)
        await pilot.press(key)
    assert await settled(pilot)
