"""On every screen and in every command the user is "you", and never hears of themselves in the third person."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import pytest
from textual.pilot import Pilot

from patchwatch.cli.main import run
from patchwatch.config import Config, Me
from patchwatch.tracker import Tracker
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.screens.compare import CompareScreen
from patchwatch.tui.screens.files import FilesScreen
from patchwatch.tui.screens.series import SeriesScreen
from patchwatch.tui.widgets.mail_view import MailView
from patchwatch.tui.widgets.point_list import PointList
from tests.support.mails import mail, mbox
from tests.tui.driving import opened, page_id, settled, shown, until

LIST = "quill@lists.example.org"
INES, LEA, TOMAS = "Ines Varga <ines@example.org>", "Lea Brandt <lea@example.com>", "Tomas Veld <tomas@example.net>"
NOW = 1_689_148_800  # 2023-07-12 08:00 UTC
DIFF = "diff --git a/ring.c b/ring.c\n--- a/ring.c\n+++ b/ring.c\n@@ -1 +1 @@\n-a\n+{}\n"
PATCH = f"It does.\n---\n ring.c | 1 +\n\n{DIFF}"
WAKEUP, TABLE, WORKER = "quill: drop the second wakeup", "quill: add a table", "quill: pin the worker"
SIZES = ((80, 24), (120, 40), (200, 60))
# Whose turn it is, or who posted it, in words for somebody else.
OTHERS_WORDS = re.compile(
    r"(?m)\bInes\b.*|^Turn: +(?:author|maintainer|reviewers)|waiting for the (?:author|maintainer)"
)


def said(name: str, sender: str, subject: str, day: int, body: str, answers: str = "", to: str = LIST) -> bytes:
    """A mail of a day of July 2023."""
    date, above = f"{day:02} Jul 2023 07:00:00 +0000", f"{answers}@x" if answers else None
    return mail(
        message_id=f"{name}@x", sender=sender, subject=subject, date=date, body=body, in_reply_to=above, to=to, cc=LIST
    )


MAILS = (
    # Hers: Lea asked, and it is her turn; she posted a second version.
    said("w1", INES, f"[PATCH] {WAKEUP}", 1, PATCH.format("b")),
    said("w2", INES, f"[PATCH v2] {WAKEUP}", 4, PATCH.format("c")),
    said("lea", LEA, f"Re: [PATCH v2] {WAKEUP}", 6, "Why is the first one needed?\n", "w2", INES),
    # Reviewed, and she said that she will apply it.
    said("t1", TOMAS, f"[PATCH] {TABLE}", 5, PATCH.format("d"), to=INES),
    said("wish", INES, f"Re: [PATCH] {TABLE}", 6, "Please sort the table.\n", "t1", TOMAS),
    said("t2", TOMAS, f"[PATCH v2] {TABLE}", 7, PATCH.format("e"), to=INES),
    said("tag", LEA, f"Re: [PATCH v2] {TABLE}", 8, "Reviewed-by: Lea Brandt <lea@example.com>\n", "t2", TOMAS),
    said("will", INES, f"Re: [PATCH v2] {TABLE}", 9, "Looks good, I will apply it tomorrow.\n", "t2", TOMAS),
    # Sent to her for review; Tomas answered a question of hers.
    said("p1", TOMAS, f"[PATCH] {WORKER}", 2, PATCH.format("f"), to=INES),
    said("why", INES, f"Re: [PATCH] {WORKER}", 3, "Why is the worker pinned?\n", "p1", TOMAS),
    said("so", TOMAS, f"Re: [PATCH] {WORKER}", 4, "It runs faster.\n", "why", INES),
)


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    """The tracker of Ines, who follows the list."""
    tracker = Tracker(
        Config(me=Me(("ines@example.org",))), clock=lambda: NOW, database_url=f"sqlite:///{tmp_path}/pw.db"
    )
    (tmp_path / "list.mbox").write_bytes(mbox(MAILS))
    tracker.follow("quill")
    tracker.import_mail(tmp_path / "list.mbox", "quill")
    return tracker


@pytest.mark.parametrize("size", SIZES)
async def test_every_screen_says_you(tracker: Tracker, size: tuple[int, int]) -> None:
    seen: dict[str, str] = {}
    async with PatchwatchApp(tracker).run_test(size=size) as pilot:
        await opened(pilot, "drop the second")
        for view in "234561":
            await pilot.press(view)
            await settled(pilot)
            seen[f"view {view}"] = shown(pilot)
        assert seen["view 1"].count("▾") >= 2
        for name in ("w2", "t2", "p1"):
            screen = await series_screen(pilot, name)
            seen[f"series {name}"] = without_mail(pilot)
            screen.query_one(PointList).focus()
            await pilot.press("s")
            await settled(pilot)
            seen[f"history {name}"] = without_mail(pilot)
            await pilot.press("s")
            for key, kind in (("d", CompareScreen), ("f", FilesScreen)):
                if name == "p1" and kind is CompareScreen:
                    continue  # it has one version
                await pilot.press(key)
                await until(pilot, lambda kind=kind: isinstance(pilot.app.screen, kind), str(kind))
                await settled(pilot)
                seen[f"{kind.__name__} {name}"] = shown(pilot)
                await pilot.press("escape")
                await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen))
            await pilot.press("q")
    assert {place: found for place, text in seen.items() if (found := OTHERS_WORDS.findall(text))} == {}
    assert "waiting for you" in seen["series w2"]
    assert "waiting for you" in seen["series t2"]
    if size[0] >= 120:
        assert re.search(r"drop the second.* you ", seen["view 6"])


async def series_screen(pilot: Pilot[None], name: str) -> SeriesScreen:
    """Open a series, at the first mail of its newest version."""
    app = cast(PatchwatchApp, pilot.app)
    app.open(app._tracker.find(f"{name}@x"))
    await until(pilot, lambda: app.screen.query(MailView) and page_id(pilot))
    await settled(pilot)
    assert isinstance(app.screen, SeriesScreen)
    return app.screen


def without_mail(pilot: Pilot[None]) -> str:
    """The screen of a series without the mail, whose headers name her."""
    region = pilot.app.screen.query_one(MailView).region
    inside = range(region.y, region.bottom)
    return "\n".join(text[: region.x] if n in inside else text for n, text in enumerate(shown(pilot).split("\n")))


@pytest.mark.parametrize(
    "command",
    [
        ("list",),
        ("list", "--wide"),
        ("list", "--all"),
        ("next",),
        ("next", "--line"),
        ("show", "w2@x"),
        ("show", "t2@x"),
        ("show", "p1@x"),
        ("show", "--why", "w2@x"),
        ("show", "--why", "t2@x"),
        ("show", "--why", "p1@x"),
        ("mark", "w2@x", "auto"),
        ("digest", "--since", "2023-07-01"),
    ],
)
def test_every_command_says_you(
    tracker: Tracker,
    command: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "config.toml").write_text('[me]\naddresses = ["ines@example.org"]\n')
    monkeypatch.setenv("PATCHWATCH_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("PATCHWATCH_DATABASE", f"sqlite:///{tmp_path}/pw.db")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert run(["--now", "2023-07-12T08:00Z", *command]) == 0
    text = capsys.readouterr().out
    assert text
    assert OTHERS_WORDS.findall(text) == []
    if command[0] == "show":
        assert re.search(r"(?m)^Turn: +you |waiting on: you|turn: you", text)
