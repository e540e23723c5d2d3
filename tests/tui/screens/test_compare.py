"""The files of a revision, and two revisions compared, driven by keys."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from patchwatch.errors import DatabaseLockedError, NotFoundError
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.screens.compare import CompareScreen
from patchwatch.tui.screens.files import FilesScreen
from patchwatch.tui.screens.series import SeriesScreen
from patchwatch.tui.widgets.mail_view import MailView
from tests.tui.driving import reading, shown, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.sample_mails import HOSTILE, Posting, SampleMail, revision_row
from tests.tui.sample_series import drops

SIZES = [(120, 40), (80, 24), (40, 24)]


@pytest.fixture
def app(tracker: FakeTracker) -> PatchwatchApp:
    """The app, opened at the applied series."""
    return PatchwatchApp(tracker, open_series=3)


async def files(pilot: Pilot[None]) -> FilesScreen:
    """Open the files."""
    await reading(pilot, "drops-v5-r@example.org")
    await pilot.press("f")
    await until(pilot, lambda: isinstance(pilot.app.screen, FilesScreen) and "drops.sh" in shown(pilot))
    assert isinstance(pilot.app.screen, FilesScreen)
    return pilot.app.screen


async def comparison(pilot: Pilot[None]) -> CompareScreen:
    """Compare v4 with v5."""
    await reading(pilot, "drops-v5-r@example.org")
    await pilot.press("d")
    await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen) and "1 changed" in shown(pilot))
    assert isinstance(pilot.app.screen, CompareScreen)
    return pilot.app.screen


# Files.


async def test_the_files_of_a_revision_with_counts_and_patches(app: PatchwatchApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await files(pilot)
        text = shown(pilot)
        assert "v5 net: count drops for each queue · 2 files, +11 -2" in text
        for words in ("net/core/", "dev.c", "patch 1  +6 -2", "tools/testing/selftests/net/", "patch 2  +5 -0"):
            assert words in text
        assert "── 1/2 net: count drops for each queue  +6 -2" in text  # the first file is shown at once
        await pilot.press("G")
        await until(pilot, lambda: "── 2/2 selftests: net" in shown(pilot))
        assert 'for queue in $(seq 0 "$QUEUES"); do' in shown(pilot)
        await pilot.press("k")
        await until(pilot, lambda: screen.choices.row is not None and screen.choices.row.path.endswith("net/"))
        assert "── 2/2 selftests: net" in shown(pilot)  # all that is in the directory


@pytest.mark.parametrize("keys", [("p",), ("enter", "full_stop", "enter")])
async def test_from_a_file_to_the_mail_of_its_patch(app: PatchwatchApp, keys: tuple[str, ...]) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await files(pilot)
        await pilot.press("G")
        await until(pilot, lambda: "── 2/2 selftests: net" in shown(pilot))
        await pilot.press(*keys)
        await reading(pilot, "drops-v5-2@example.org")


async def test_keys_of_the_files_scroll_wrap_zoom_and_go_back(app: PatchwatchApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await files(pilot)
        await pilot.press("space")
        assert screen.text.scroll_offset.y > 0
        await pilot.press("b")
        assert screen.text.scroll_offset.y == 0
        await pilot.press("backslash")
        assert screen.text.options.wrap_diffs
        await pilot.press("enter")
        assert screen.text.has_focus
        await pilot.press("z")
        assert not screen.choices.display
        await pilot.press("q")
        assert screen.choices.display
        await pilot.press("tab", "escape")
        assert screen.choices.has_focus
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen))


async def test_an_error_while_loading_files_is_shown(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        tracker.failing["mail"] = DatabaseLockedError("the database is locked. It is tried again.")
        await pilot.press("f")
        await until(pilot, lambda: "! the database is locked." in shown(pilot))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen))


async def test_a_posting_without_patches_changes_no_files(tracker: FakeTracker) -> None:
    tracker.threads[9] = tuple(row for row in tracker.threads[9] if row.message_id != "zh-1@example.cn")
    async with PatchwatchApp(tracker, open_series=9).run_test(size=(80, 24)) as pilot:
        await reading(pilot, "zh-r@example.com")
        await pilot.press("f")
        await until(pilot, lambda: "v2 changes no files." in shown(pilot))


# Comparing.


async def test_a_revision_is_compared_with_the_one_before(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await comparison(pilot)
        await until(pilot, lambda: "── v5, cover letter" in shown(pilot))  # the changelog beside it
        assert tracker.asked["compare"] == [(3, "drops-v4-0@example.org", "drops-v5-0@example.org")]
        await until(pilot, lambda: "── v5, cover letter" in shown(pilot), "the changelog beside it")
        text = shown(pilot)
        for words in ("[v4]──[v5]", "v4 → v5", "1 → 1  ! net: count drops", "- → 2  > selftests", "changed +"):
            assert words in text
        assert "- +        spin_lock(&q->lock);" in text
        assert "- one lock less, as Jonas asked" in text


async def test_the_changelog_replaces_the_difference_on_a_narrow_screen(app: PatchwatchApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await comparison(pilot)
        assert "- one lock less" not in shown(pilot)
        await pilot.press("c")
        await until(pilot, lambda: "- one lock less" in shown(pilot))
        await pilot.press("full_stop", "enter")
        await reading(pilot, "drops-v5-0@example.org")


async def test_keys_of_the_comparison(app: PatchwatchApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await comparison(pilot)
        await pilot.press("j")
        await until(pilot, lambda: "── selftests: net" in shown(pilot))
        await pilot.press("k", "enter")
        assert screen.text.has_focus
        await pilot.press("space")
        assert screen.text.scroll_offset.y > 0
        await pilot.press("b", "backslash")
        assert screen.text.options.wrap_diffs
        await pilot.press("z")
        assert not screen.choices.display
        await pilot.press("escape")
        assert screen.choices.has_focus
        await pilot.press("c")
        assert screen.changelog.has_focus
        await pilot.press("escape")
        assert screen.choices.has_focus
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen))


async def test_p_reads_the_patch(app: PatchwatchApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await comparison(pilot)
        await pilot.press("j", "p")
        await reading(pilot, "drops-v5-2@example.org")


async def test_two_revisions_are_chosen(tracker: FakeTracker) -> None:
    row = tracker.rows[3]
    third = SampleMail(
        "drops-v6-0@example.org", "[PATCH net-next v6 0/2] net: count drops", "as before\n", kind="cover"
    )
    tracker.change(3, revisions=(*row.revisions, revision_row(33, Posting(6, (third,), "new"))))
    tracker.failing["compare"] = NotFoundError("v6 has no patches to compare.")
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "[v6" in shown(pilot))
        await pilot.press("d")
        await until(pilot, lambda: "! v6 has no patches to compare." in shown(pilot))
        assert "v4 ──[v5]──[v6]" in shown(pilot)
        tracker.failing.clear()
        await pilot.press("left_curly_bracket")  # v5 can't be compared with itself
        assert "[v5]──[v6]" in shown(pilot)
        await pilot.press("h")
        await until(pilot, lambda: "[v4]── v5 ──[v6]" in shown(pilot))
        await pilot.press("H")
        await until(pilot, lambda: "v4 → v5   1 changed" in shown(pilot))
        assert tracker.asked["compare"][-1] == (3, "drops-v4-0@example.org", "drops-v5-0@example.org")
        await pilot.press("L")
        await until(pilot, lambda: "[v4]── v5 ──[v6]" in shown(pilot))
        await pilot.press("l")
        await until(pilot, lambda: "v4 ──[v5]──[v6]" in shown(pilot))


async def test_a_single_revision_cannot_be_compared(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker, open_series=7).run_test(size=(80, 24)) as pilot:
        await reading(pilot, "zswap-0@example.org")
        await pilot.press("d")
        await until(pilot, lambda: "Nothing to compare" in shown(pilot))


async def test_what_was_asked_for_before_is_not_shown_after(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.gates["compare"] = threading.Event()
    async with app.run_test(size=(80, 24)) as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        await pilot.press("d")
        await until(pilot, lambda: "comparing …" in shown(pilot))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen))
        tracker.gates.pop("compare").set()
        await pilot.press("d")
        await until(pilot, lambda: "v4 → v5" in shown(pilot))


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_patches_are_harmless_in_both(tracker: FakeTracker, size: tuple[int, int]) -> None:
    bad = f"{HOSTILE}\nSigned-off-by: {HOSTILE} <x@example.org>\n---\n\ndiff --git a/{HOSTILE}.c b/{HOSTILE}.c\n"
    bad += f"--- a/{HOSTILE}.c\n+++ b/{HOSTILE}.c\n@@ -1 +1 @@ {HOSTILE}\n-{HOSTILE}\n+\x1b[2J\x9b {HOSTILE}\n"
    row, postings = drops()
    subject = f"[PATCH 1/2] {HOSTILE}"
    evil = tuple(
        replace(one, mails=tuple(replace(mail, text=f"{n}{bad}", subject=subject) for mail in one.mails))
        for n, one in enumerate(postings)
    )
    tracker.add((row, evil))
    async with PatchwatchApp(tracker, open_series=3).run_test(size=size) as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        for key, kind in (("f", FilesScreen), ("d", CompareScreen)):
            await pilot.press(key)
            await until(pilot, lambda kind=kind: isinstance(pilot.app.screen, kind))  # type: ignore[misc]
            view = pilot.app.screen.query(MailView).first()
            await until(pilot, lambda view=view: view.page is not None)  # type: ignore[misc]
            for again in ("enter", "G", "space"):
                await pilot.press(again)
                screen = pilot.app.screen
                assert {strip.cell_length for strip in screen._compositor.render_strips(screen.size)} == {size[0]}
                assert not set(shown(pilot)) & set("\x1b\x07\x9b\x00\u202e\u200b")
            while isinstance(pilot.app.screen, kind):
                await pilot.press("escape")
