"""Replies, tags and b4 from the overview, for the newest version of the series under the cursor; driven by keys."""

from __future__ import annotations

import dataclasses

import pytest
from msgspec.structs import replace
from textual import events
from textual.pilot import Pilot

from patchwatch.series.model import NextAction, SeriesRow
from patchwatch.series.queue import Place, Section
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.send import SendScreen
from patchwatch.tui.dialogs.tags import TagDialog
from patchwatch.tui.render.selection import Selection, of_mail, of_series
from patchwatch.tui.screens.overview import OverviewScreen
from tests.tui.driving import opened, shown, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.reply_setup import FIRST, ReplySetup, notices, pressed, sent
from tests.tui.sample_mails import Known, line_of, message_row
from tests.tui.sample_series import chinese, drops, zswap

DROPS, DOCS, ZSWAP = "drops-v5-0@example.org", "zh-1@example.cn", "zswap-0@example.org"  # from the top
ROOMY = (120, 50)


async def listed(pilot: Pilot[None]) -> OverviewScreen:
    """Wait until the series are shown and the table has the focus."""
    await opened(pilot, "mm/zswap")
    await until(pilot, lambda: isinstance(pilot.app.screen, OverviewScreen), "the overview")
    screen = pilot.app.screen
    assert isinstance(screen, OverviewScreen)
    return screen


# Replies.


@pytest.mark.parametrize(
    ("keys", "message_id", "subject"),
    [
        ("", DROPS, "Re: [PATCH net-next v5 0/2] net: count drops for each queue"),
        ("j", DOCS, "Re: [PATCH v2] docs/zh_CN"),
        ("G", ZSWAP, "Re: [RFC PATCH v3 0/4] mm/zswap: shrink the pool"),
    ],
)
async def test_reply_is_to_the_cover_letter_or_only_patch(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup, keys: str, message_id: str, subject: str
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await listed(pilot)
        await pilot.press(*keys)
        await pressed(pilot, "R", says=("DRY RUN", f"Subject: {subject}", f"In-Reply-To: <{message_id}>"))
        await pilot.press("y")
        await listed(pilot)
        assert [draft.in_reply_to for draft in sent(tracker)] == [message_id]
        assert "outcome: Dry run: nothing was sent." in notices(pilot)
        assert not tracker.asked["mark_read"]


async def test_reply_is_to_the_newest_resend(tracker: FakeTracker, app: PatchwatchApp) -> None:
    row = tracker.rows[9]
    again = replace(row.revisions[-1], postings=(DOCS, "zh-again@example.cn"))
    tracker.change(9, revisions=(again,))
    tracker.raws["zh-again@example.cn"] = tracker.raws[DOCS]
    async with app.run_test(size=ROOMY) as pilot:
        await listed(pilot)
        await pilot.press("j", "R")
        await until(pilot, lambda: tracker.asked["reply"] == [("zh-again@example.cn",)])


# Tags.


@pytest.mark.parametrize(
    ("keys", "message_id", "about"),
    [
        ("", DROPS, "For all 2 patches of v5: net: count drops for each queue"),
        ("j", DOCS, "For v2: docs/zh_CN"),
        ("G", ZSWAP, "patches of v3: mm/zswap: shrink the pool"),
    ],
)
async def test_tags_are_for_the_whole_newest_version(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup, keys: str, message_id: str, about: str
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await listed(pilot)
        await pilot.press(*keys)
        await pressed(pilot, "T", says=about)
        assert "patch/series" not in shown(pilot)
        await pressed(pilot, "w", "r", "enter", says=("DRY RUN", f"In-Reply-To: <{message_id}>", " Reviewed-by: Rita"))
        assert tracker.asked["endorse"] == [(message_id, ("Reviewed-by",), True)]
        await pilot.press("q")
        await listed(pilot)
        assert len(reply_setup.draft_texts(tracker)) == 1


async def test_key_typed_ahead_goes_to_the_dialog(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await listed(pilot)
        for key in "Tr":  # r would poll in the overview
            app.post_message(events.Key(key, key))
        await until(pilot, lambda: isinstance(pilot.app.screen, TagDialog) and "[x] Reviewed-by" in shown(pilot))
        assert not tracker.asked["poll"]


# b4.


@pytest.mark.parametrize(
    ("keys", "message_id", "about"),
    [("", DROPS, "v5 net: count drops"), ("j", DOCS, "v2 docs/zh_CN"), ("G", ZSWAP, "v3 mm/zswap: shrink")],
)
async def test_b4_runs_on_the_newest_version(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup, keys: str, message_id: str, about: str
) -> None:
    tracker.trees = (reply_setup.home,)
    async with app.run_test(size=ROOMY) as pilot:
        await listed(pilot)
        await pilot.press(*keys)
        await pressed(pilot, "B", says=(about, f"b4 am -m MAILS -o . -- {message_id}"))
        await pilot.press("enter")
        await listed(pilot)
        assert tracker.asked["b4"] == [("am", message_id, reply_setup.home)]
        assert notices(pilot) == "outcome: b4 am exited with status 0 in ~."


# Which series.


async def test_replies_and_tags_and_b4_ignore_marks(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    tracker.trees = (reply_setup.home,)
    async with app.run_test(size=ROOMY) as pilot:
        screen = await listed(pilot)
        await pilot.press("space", "space")
        assert screen.table.marks == {3, 9}
        await pressed(pilot, "T", says="patches of v3: mm/zswap")
        await pressed(pilot, "escape", "B", says="v3 mm/zswap")
        await pressed(pilot, "escape", "R", says=f"In-Reply-To: <{ZSWAP}>")
        await pilot.press("y")
        await listed(pilot)
        assert screen.table.marks == {3, 9}


async def test_empty_list_opens_no_dialog(tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await listed(pilot)
        await pressed(pilot, "4", says="No list is followed")
        await pilot.press("R", "T", "B")
        assert isinstance(pilot.app.screen, OverviewScreen)
        assert not tracker.asked["reply"]
        assert not tracker.asked["work_trees"]


async def test_limit_field_takes_action_keys_as_text(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await listed(pilot)
        await pressed(pilot, "slash", "R", "T", "B", says="/ RTB")
        assert isinstance(pilot.app.screen, OverviewScreen)


@pytest.mark.parametrize(
    ("verb", "by", "message_id"),
    [
        ("answer Jonas", "me", FIRST),
        ("check answer", "me", FIRST),
        ("review v5", "me", DROPS),
        ("answer Jonas", "author", DROPS),
    ],
)
async def test_reply_is_to_who_asks_me(
    tracker: FakeTracker, reply_setup: ReplySetup, monkeypatch: pytest.MonkeyPatch, verb: str, by: str, message_id: str
) -> None:
    tracker.addresses = frozenset({"rita@example.com"})
    tracker.rows[3] = replace(tracker.rows[3], next_action=NextAction("see Jonas's answer", FIRST, by))
    place = Place(Section.NOW, verb, "because", tracker.now())
    lines = [line._replace(place=place if line.id == 3 else None) for line in tracker.lines()]
    monkeypatch.setattr(tracker, "lines", lambda **_: lines)
    async with PatchwatchApp(tracker).run_test(size=ROOMY) as pilot:
        await until(pilot, lambda: verb in shown(pilot))
        await pressed(pilot, "R", says=("DRY RUN", f"In-Reply-To: <{message_id}>"))


async def test_palette_can_start_a_reply(tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await listed(pilot)
        await pressed(pilot, "j", "colon", *"reply", says="Reply-all to a question, or to the newest version")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SendScreen) and DOCS in shown(pilot))


async def test_help_explains_the_keys(app: PatchwatchApp) -> None:
    async with app.run_test(size=(100, 80)) as pilot:
        await listed(pilot)
        await pressed(pilot, "question_mark", says="Keys")
        text = " ".join(shown(pilot).split())
        for key, does in (
            ("R", "Reply-all to a question, or to"),
            ("T", "Reply with tags (Reviewed-by, …) to"),
            ("B", "Run b4 on"),
        ):
            assert f"│ {key} {does} the newest version" in text


# The selection.


def newest(known: Known) -> tuple[SeriesRow, Selection]:
    return known[0], of_series(line_of(known[0]))


@pytest.mark.parametrize("known", [drops(), chinese(), zswap()], ids=["drops", "chinese", "zswap"])
def test_list_and_series_have_the_same_selection_at_a_cover_letter_or_only_patch(known: Known) -> None:
    row, listed = newest(known)
    root = message_row(known[1][-1].mails[0], row.revisions[-1].message_id)
    assert dataclasses.replace(of_mail(root, root, row.revisions[-1]), inbox=listed.inbox) == listed


def test_one_patch_of_several_can_be_tagged() -> None:
    row, postings = drops()
    cover, patch, answer, *_ = (message_row(mail, DROPS) for mail in postings[-1].mails)
    assert of_mail(cover, cover, row.revisions[-1]).patch is None
    selection = of_mail(answer, patch, row.revisions[-1])
    assert (selection.message_id, selection.posting) == (answer.message_id, patch.message_id)
    assert selection.patch == "net: count drops for each queue"
