"""Reading a mail of a series: quotes, long lines, links, and replies to a patch."""

from __future__ import annotations

import threading

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.screens.series import SeriesScreen
from patchwatch.tui.widgets.mail_view import MailView
from tests.tui.driving import reading, shown, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.sample_mails import LONG_REPLY, SampleMail


@pytest.fixture
def app(tracker: FakeTracker) -> PatchwatchApp:
    """The app, opened at the applied series, of which only a long reply is unread."""
    tracker.mark_read([row.message_id for row in tracker.thread(3)])
    tracker.deliver(3, SampleMail("long@example.org", "Re: it", LONG_REPLY, depth=1), "drops-v5-0@example.org")
    return PatchwatchApp(tracker, open_series=3)


def mail(pilot: Pilot[None]) -> MailView:
    assert isinstance(pilot.app.screen, SeriesScreen)
    return pilot.app.screen.mail


async def test_one_key_unfolds_and_folds_quotes(app: PatchwatchApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await reading(pilot, "long@example.org")
        assert "▸ 16 more quoted lines" in shown(pilot)
        await pilot.press("t")
        assert "> line 1 of what was posted" in shown(pilot)
        await pilot.press("t")
        assert "> line 1 of what was posted" not in shown(pilot)


async def test_a_fold_is_opened_by_the_mouse_and_by_enter(app: PatchwatchApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await reading(pilot, "long@example.org")
        row = next(n for n, text in enumerate(shown(pilot).splitlines()) if "▸ 16" in text)
        await pilot.click(MailView, offset=(6, row - mail(pilot).region.y))
        await until(pilot, lambda: "> line 1 of what" in shown(pilot))
        await pilot.press("t")
        assert "▸ 16" in shown(pilot)
        await pilot.press("full_stop", "full_stop", "comma", "enter")
        assert "> line 1 of what" in shown(pilot)


@pytest.mark.parametrize("before", ["", "tab"], ids=["from the tree", "in the mail"])
async def test_link_to_a_mail_of_the_series_shows_that_mail(app: PatchwatchApp, before: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await reading(pilot, "long@example.org")
        await pilot.press(*filter(None, (before,)), "full_stop", "full_stop")
        target = mail(pilot).selected
        assert target is not None
        assert target.link == "https://lore.kernel.org/r/drops-v4-0@example.org"
        await pilot.press("enter")
        await reading(pilot, "drops-v4-0@example.org")
        assert "[v4" in shown(pilot)


async def test_link_to_an_unknown_mail_can_be_watched(app: PatchwatchApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await reading(pilot, "long@example.org")
        await pilot.press("tab", "full_stop", "full_stop", "full_stop", "enter")
        await until(pilot, lambda: "Not in the database; press w to watch it" in shown(pilot))
        await pilot.press("w")
        await until(pilot, lambda: "Watch a series" in shown(pilot))
        assert pilot.app.screen.query_one(Input).value == "https://lore.kernel.org/netdev/elsewhere@example.org/"


async def test_link_to_another_series_opens_it_and_q_returns(tracker: FakeTracker, app: PatchwatchApp) -> None:
    text = "As in https://lore.kernel.org/r/zswap-2@example.org/\n"
    tracker.deliver(3, SampleMail("linking@example.org", "Re: it", text, depth=1), "drops-v5-0@example.org")
    async with app.run_test(size=(120, 40)) as pilot:
        await reading(pilot, "long@example.org")
        await pilot.press("n")
        await reading(pilot, "linking@example.org")
        await pilot.press("tab", "full_stop", "enter")
        await reading(pilot, "zswap-0@example.org")
        await pilot.press("q")
        await reading(pilot, "linking@example.org")


async def test_one_key_wraps_long_lines(app: PatchwatchApp) -> None:
    async with app.run_test(size=(80, 40)) as pilot:
        await reading(pilot, "long@example.org")
        await pilot.press("g", "j")
        await reading(pilot, "drops-v5-1@example.org")
        await pilot.press("tab", "G")
        assert "is read on */" not in shown(pilot)
        await pilot.press("backslash")
        await pilot.press("G")
        assert "is read on */" in shown(pilot)
        assert mail(pilot).max_scroll_x == 0
        await pilot.press("backslash", "G")
        assert "is read on */" not in shown(pilot)


async def test_replies_are_listed_below_a_patch_as_they_arrive(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await reading(pilot, "long@example.org")
        await pilot.press("g", "j")
        await reading(pilot, "drops-v5-1@example.org")
        await pilot.press("tab", "G")
        assert "── 2 replies" in shown(pilot)
        late = SampleMail("late@example.org", "Re: it", "late", depth=2, patch=1, excerpt="late words")
        tracker.deliver(3, late, "drops-v5-0@example.org")
        rows = list(tracker.threads[3])
        rows.insert(next(n for n, row in enumerate(rows) if row.message_id == "drops-v5-2@example.org"), rows.pop())
        tracker.threads[3] = tuple(rows)
        top = mail(pilot).scroll_offset.y
        page = mail(pilot).page
        await until(pilot, lambda: mail(pilot).page is not page, "the answer")
        assert mail(pilot).scroll_offset.y == top
        await pilot.press("G")
        assert "── 3 replies, 1 unread" in shown(pilot)
        await pilot.press("comma", "enter")
        await reading(pilot, "late@example.org")


async def test_beginning_of_a_huge_patch_is_shown_first(tracker: FakeTracker, app: PatchwatchApp) -> None:
    diff = "diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n" + "+int some_code;\n" * 50_000
    tracker.deliver(3, SampleMail("huge@example.org", "[PATCH] huge", diff, kind="patch"), "drops-v5-0@example.org")
    hold = threading.Event()

    async with app.run_test(size=(120, 40)) as pilot:
        await reading(pilot, "long@example.org")
        opened = mail(pilot).show
        begun: list[bool] = []

        def showing(sheet: object) -> None:
            begun.append(sheet.page.whole)  # type: ignore[attr-defined]
            opened(sheet)  # type: ignore[arg-type]
            hold.set()

        mail(pilot).show = showing  # type: ignore[method-assign, assignment]
        await pilot.press("n")
        await reading(pilot, "huge@example.org")
        assert begun == [False]
        await pilot.press("tab", "G")
        await until(pilot, lambda: mail(pilot).scroll_offset.y > 49_000)
        assert mail(pilot).page is not None
        assert mail(pilot).page.whole  # type: ignore[union-attr]


async def test_evidence_in_a_folded_quote_unfolds_it(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await reading(pilot, "long@example.org")
        assert mail(pilot).highlight("line 3 of what was posted")
        await pilot.pause()
        assert "> line 3 of what was posted" in shown(pilot)
