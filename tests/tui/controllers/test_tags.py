"""Giving tags, driven by keys."""

from __future__ import annotations

import pytest

from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.tags import TagDialog
from patchwatch.tui.widgets.series_table import SeriesTable
from tests.tui.driving import opened, shown, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.reply_setup import COVER, PATCH, ROOMY, ReplySetup, at_series, pressed


@pytest.fixture
def app(tracker: FakeTracker, reply_setup: ReplySetup) -> PatchwatchApp:
    """The app, opened at the applied series."""
    return PatchwatchApp(tracker, open_series=3)


async def test_tags_are_for_the_shown_patch(tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pilot.press("g", "j")
        await at_series(pilot, PATCH)
        await pressed(pilot, "T", says="For this patch: net: count drops for each queue")
        await pressed(pilot, "t", "r", says="[x] Reviewed-by")
        given = " Reviewed-by: Rita Reviewer <rita@example.com>\n Tested-by: Rita Reviewer <rita@example.com>"
        await pressed(pilot, "enter", says=("DRY RUN", "> Signed-off-by: Mira Okafor", given))
        assert tracker.asked["endorse"] == [(PATCH, ("Reviewed-by", "Tested-by"), False)]
        assert len(reply_setup.draft_texts(tracker)) == 1


async def test_tags_from_a_reply_are_for_its_patch(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "T", says="For this patch: net: count drops")
        await pressed(pilot, "j", "space", says="[x] Acked-by")
        await pilot.press("enter")
        await until(pilot, lambda: tracker.asked["endorse"] == [(PATCH, ("Acked-by",), False)])


async def test_tags_for_the_whole_series_with_text_before_them(
    tracker: FakeTracker, app: PatchwatchApp, reply_setup: ReplySetup
) -> None:
    reply_setup.editor_runs('sed -i "s/^Reviewed-by/Nice work.\\n\\n&/" "$1"')
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "T", says="For this patch")
        await pressed(pilot, "w", says="For all 2 patches of v5: net: count drops for each queue")
        await pressed(pilot, "r", "e", says="Nice work.")
        assert tracker.asked["endorse"] == [(PATCH, ("Reviewed-by",), True)]


async def test_tags_for_a_cover_letter_are_for_all_patches(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pilot.press("g")
        await at_series(pilot, COVER)
        await pressed(pilot, "T", says="For all 2 patches of v5")
        assert "patch/series" not in shown(pilot)
        await pilot.press("w", "r", "enter")
        await until(pilot, lambda: tracker.asked["endorse"] == [(COVER, ("Reviewed-by",), True)])


async def test_at_least_one_tag_is_required(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "T", says="Reply with tags")
        await pressed(pilot, "r", "r", "enter", says="! Select a tag first")
        assert isinstance(pilot.app.screen, TagDialog)
        await pilot.press("escape")
        await at_series(pilot)
        assert not tracker.asked["endorse"]


async def test_click_selects_a_tag(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        await pressed(pilot, "T", says="Reply with tags")
        await pilot.click("#tags", offset=(5, 1))
        await until(pilot, lambda: "[x] Acked-by" in shown(pilot))


async def test_unsent_draft_without_the_tags_is_pointed_out(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=ROOMY) as pilot:
        await at_series(pilot)
        for says in ("DRY RUN", "tags you selected."):
            await pressed(pilot, "T", says="Reply with tags")
            await pressed(pilot, "r", "enter", says=says)
            await pilot.press("q")
            await at_series(pilot)


@pytest.mark.parametrize("number", [3, None])
async def test_own_patch_is_not_tagged_and_the_reason_is_given(tracker: FakeTracker, number: int | None) -> None:
    tracker.addresses = frozenset({"mira@example.org"})
    async with PatchwatchApp(tracker, open_series=number).run_test(size=ROOMY) as pilot:
        if number:
            await at_series(pilot)
        else:
            await opened(pilot)
            await pilot.press("6")
            pilot.app.screen.query_one(SeriesTable).select(3)
        await pressed(pilot, "T", says="This is your own patch: your Signed-off-by vouches for it")
        assert not isinstance(pilot.app.screen, TagDialog)
