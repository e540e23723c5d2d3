"""Reply to a line of a diff from the files of a version and from a comparison, driven by keys."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.draft import DraftDialog
from patchwatch.tui.screens.compare import CompareScreen
from patchwatch.tui.screens.files import FilesScreen
from patchwatch.tui.widgets.diff_view import DiffView
from tests.tui.driving import series_shown, settled, shown, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.reply_setup import PATCH, ROOMY, ReplySetup, pressed

HUNK = "> @@ -4011,7 +4011,11 @@ static int queue_put(struct queue *q, struct packet *p)"
FILE = "> diff --git a/net/core/dev.c b/net/core/dev.c"


@pytest.fixture
def app(tracker: FakeTracker, reply_setup: ReplySetup) -> PatchwatchApp:
    """The app, opened at a series of two patches in two versions."""
    return PatchwatchApp(tracker, open_series=3)


async def opened_at(pilot: Pilot[None], key: str, text: str) -> DiffView:
    """Open the files or the comparison, and put the cursor on the line with this text."""
    await series_shown(pilot)
    await pilot.press(key)
    kinds = FilesScreen | CompareScreen
    await until(pilot, lambda: isinstance(pilot.app.screen, kinds) and "queue_put(" in shown(pilot))
    assert await settled(pilot)
    view = pilot.app.screen.query_one(DiffView)
    view.focus()
    await moved(pilot, text)
    return view


async def moved(pilot: Pilot[None], text: str) -> None:
    """Press j until the cursor is on the line with this text."""
    view = pilot.app.screen.query_one(DiffView)
    page = view.page
    assert page is not None
    wanted = next(n for n, one in enumerate(page.lines) if text in one.text)
    await pilot.press("g", *("j" * wanted))
    assert view.line == wanted


def body(reply_setup: ReplySetup, tracker: FakeTracker) -> list[str]:
    """The text of the draft below its attribution, without what the editor appended."""
    (draft,) = reply_setup.draft_texts(tracker)
    lines = draft.partition("\n\n")[2].rstrip("\n").split("\n")
    assert lines[0].endswith("Mira Okafor wrote:")
    assert lines[-1] == "That makes sense."
    return lines[1:-1]


async def test_reply_in_the_files_quotes_the_hunk_up_to_the_cursor(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await opened_at(pilot, "f", "/* the device's number")
        await pressed(pilot, "R", says="DRY RUN")
        assert body(reply_setup, tracker) == [
            FILE,
            HUNK,
            ">  \tif (!queue_full(q))",
            ">  \t\treturn queue_add(q, p);",
            ">",
            "> -\tcount_drop(q->device);",
            "> -\treturn -ENOBUFS;",
            "> +\t/* the device's number is the sum of these */",
        ]
        assert tracker.asked["reply"][0][0] == PATCH  # type: ignore[index]


async def test_reply_on_the_heading_of_a_patch_quotes_all_of_it(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await opened_at(pilot, "f", "── 1/2")
        await pressed(pilot, "R", says="DRY RUN")
        assert tracker.asked["reply"] == [(PATCH,)]
        assert "> Signed-off-by: Mira Okafor <mira@example.org>" in body(reply_setup, tracker)


async def test_reply_in_a_comparison_quotes_the_newer_patch(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await opened_at(pilot, "d", "/* the device's number")
        await pressed(pilot, "R", says="DRY RUN")
        assert body(reply_setup, tracker)[-3:] == [
            "> -\tcount_drop(q->device);",
            "> -\treturn -ENOBUFS;",
            "> +\t/* the device's number is the sum of these */",
        ]


async def test_line_of_the_older_patch_stands_for_the_one_above_it(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await opened_at(pilot, "d", "spin_lock(&q->lock)")
        await pressed(pilot, "R", says="DRY RUN")
        assert body(reply_setup, tracker)[-1] == "> -\treturn -ENOBUFS;"


async def test_another_hunk_is_added_to_the_draft(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await opened_at(pilot, "f", "if (!queue_full(q))")
        await pressed(pilot, "R", says="DRY RUN")
        await pilot.press("q")
        reply_setup.editor_appends("And this.")
        await moved(pilot, "q->drops.packets++")
        await pilot.press("R")
        await until(pilot, lambda: isinstance(pilot.app.screen, DraftDialog))
        await pressed(pilot, "enter", says=("DRY RUN", "And this."))
        (draft,) = reply_setup.draft_texts(tracker)
        lines = draft.rstrip("\n").split("\n")
        assert lines.count(FILE) == lines.count(HUNK) == 2
        assert sum(text.endswith(" wrote:") for text in lines) == 1
        assert lines.index("That makes sense.") < lines.index("> +\tq->drops.packets++;") < lines.index("And this.")


async def test_draft_can_be_continued_without_the_hunk(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await opened_at(pilot, "f", "if (!queue_full(q))")
        await pressed(pilot, "R", says="DRY RUN")
        await pilot.press("q", "R")
        await until(pilot, lambda: isinstance(pilot.app.screen, DraftDialog))
        assert "add this hunk to it" in shown(pilot)
        await pressed(pilot, "c", says="DRY RUN")
        (draft,) = reply_setup.draft_texts(tracker)
        assert draft.count(FILE) == 1


async def test_cursor_follows_the_page_and_the_wheel(app: PatchwatchApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        view = await opened_at(pilot, "f", "── 1/2")
        await pilot.press("space")
        assert view.line >= view.scroll_offset.y > 0
        view.scroll_to(y=0, animate=False, immediate=True)
        assert view.line <= view.size.height
        await pilot.press("G")
        assert view.page is not None
        assert view.line == len(view.page.lines) - 1
