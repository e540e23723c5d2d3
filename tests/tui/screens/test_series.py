"""One series, driven by keys."""

from __future__ import annotations

import threading

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from patchwatch.errors import DatabaseLockedError, NotFoundError
from patchwatch.series.model import Evidence
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.screens.overview import OverviewScreen
from patchwatch.tui.widgets.history_list import HistoryList
from patchwatch.tui.widgets.mail_view import MailView
from patchwatch.tui.widgets.series_table import SeriesTable
from patchwatch.tui.widgets.thread_list import ThreadList
from tests.tui.driving import opened, reading, shown, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.sample_mails import SENTENCE, SampleMail


@pytest.fixture
def app(tracker: FakeTracker) -> PatchwatchApp:
    """The app, opened at the applied series."""
    return PatchwatchApp(tracker, open_series=3)


def cursor(pilot: Pilot[None]) -> str:
    row = pilot.app.screen.query_one(ThreadList).row
    return row.message_id if row else ""


def noted(tracker: FakeTracker) -> list[object]:
    """The mails that were noted to be read."""
    return [message_id for said in tracker.asked["mark_read"] for message_id in said]  # type: ignore[attr-defined]


async def test_it_begins_with_the_first_unread_mail_of_the_newest_revision(
    tracker: FakeTracker, app: PatchwatchApp
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        await until(pilot, lambda: tracker.asked["mark_read"] == [("drops-v5-r@example.org",)])
        text = shown(pilot)
        for words in (
            "✓ accepted",
            "waiting for nobody",
            f"“{SENTENCE}”",
            "19 Sep 2023",
            "[v5 ●]",
            "Mira Okafor · netdev",
        ):
            assert words in text
        assert "linked to v4: same title, same author" in text
        assert "R-b" in text
        assert "bot patchwork-bot" in text
        assert "├─ 1/2 net: count drops" in text
        assert "│ └─ Jonas Weide" in text
        for words in ("From     Jonas Weide <jonas@example.com>", "> > Who reads this number?", "Reviewed-by: Jonas"):
            assert words in text


async def test_moving_the_cursor_reads_the_mail_and_marks_it_read(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        await pilot.press("j")
        await reading(pilot, "drops-v5-a@example.org")
        await until(pilot, lambda: len(noted(tracker)) == 2)
        await pilot.press("g")
        await reading(pilot, "drops-v5-0@example.org")
        await pilot.press("G")
        await until(pilot, lambda: len(noted(tracker)) == 3)
        assert "drops-v5-0@example.org" not in noted(tracker)  # it had been read before


async def test_evidence_jumps_to_the_sentence_and_marks_it(app: PatchwatchApp) -> None:
    async with app.run_test() as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "[v4" in shown(pilot))
        await pilot.press("e")
        await reading(pilot, "drops-v5-bot@example.org")
        assert cursor(pilot) == "drops-v5-bot@example.org"
        assert "[v5" in shown(pilot)
        mail = pilot.app.screen.query_one(MailView)
        await until(pilot, lambda: mail.highlighted)
        (span,) = mail.highlighted
        assert mail.page is not None
        assert mail.page.lines[span.line].text[span.start : span.end] == SENTENCE
        assert SENTENCE in "\n".join(shown(pilot).splitlines()[mail.region.y :])  # in sight


@pytest.mark.parametrize("again", range(3))
async def test_cursor_and_evidence_are_visible_at_once(again: int) -> None:
    """Before the first layout there is no scrollbar, without which Textual does not scroll."""
    tracker = FakeTracker()
    tracker.threads[3] = tuple(replace(row, unread="bot" in row.message_id) for row in tracker.threads[3])
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(80, 24)) as pilot:
        await reading(pilot, "drops-v5-bot@example.org")
        await pilot.press("e")
        tree, mail = pilot.app.screen.query_one(ThreadList), pilot.app.screen.query_one(MailView)
        await until(pilot, lambda: tree.scroll_offset.y and mail.highlighted and mail.scroll_offset.y, "the scrolling")
        text = shown(pilot)
        assert "patchwork-bot" in text
        assert SENTENCE[:20] in text


async def test_history_opens_and_enter_on_an_entry_shows_its_evidence(app: PatchwatchApp) -> None:
    async with app.run_test(size=(80, 36)) as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        story, mail = pilot.app.screen.query_one(HistoryList), pilot.app.screen.query_one(MailView)
        assert story.size.height == 3
        assert SENTENCE[:20] in shown(pilot)  # how it ends
        await pilot.press("s")
        await until(pilot, lambda: story.size.height == 6)
        await pilot.press("k", "k", "k", "k", "enter")
        await reading(pilot, "drops-v4-r@example.org")
        await until(pilot, lambda: mail.highlighted)
        (span,) = mail.highlighted
        assert mail.page is not None
        assert mail.page.lines[span.line].text[span.start : span.end] == "Is the lock really needed, though?"
        assert "[v4" in shown(pilot)
        assert story.has_focus
        await pilot.press("escape")
        assert pilot.app.screen.query_one(ThreadList).has_focus
        await until(pilot, lambda: story.size.height == 3)


async def test_a_click_on_the_history_shows_the_evidence(app: PatchwatchApp) -> None:
    async with app.run_test(size=(80, 36)) as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        await pilot.click(HistoryList, offset=(5, 2))
        await reading(pilot, "drops-v5-bot@example.org")


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (Evidence("", "set by mira", by_hand=True), "Set by hand: set by mira"),
        (Evidence("", "", commit="5a5a5a5a5a5a"), "The evidence is commit 5a5a5a5a5a5a"),
        (Evidence("gone@example.org", "gone"), "The mail <gone@example.org> is not stored here"),
        (
            Evidence("drops-v5-a@example.org", "words that are not in it"),
            "Not verbatim in this mail: words that are not in it",
        ),
    ],
)
async def test_evidence_without_a_sentence_is_explained(
    tracker: FakeTracker, app: PatchwatchApp, evidence: Evidence, words: str
) -> None:
    tracker.change(3, state_evidence=evidence)
    async with app.run_test(size=(120, 40)) as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        await pilot.press("e")
        await until(pilot, lambda: words in shown(pilot), words)


async def test_n_goes_through_all_unread_mails_and_marks_them_read(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test() as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        for name in ("v5-a", "v5-bot", "v4-r"):
            await pilot.press("n")
            await reading(pilot, f"drops-{name}@example.org")
        await until(pilot, lambda: len(noted(tracker)) == 4)
        await until(pilot, lambda: "●" not in shown(pilot))


async def test_n_goes_on_to_the_next_series_with_unread_mail(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.mark_read([row.message_id for row in tracker.thread(3)])
    tracker.asked.clear()
    async with app.run_test() as pilot:
        await reading(pilot, "drops-v5-0@example.org")
        await pilot.press("n")
        for number in range(5):
            await reading(pilot, f"zswap-{number}@example.org")
            if number == 0:
                await until(pilot, lambda: "Next: mm/zswap: shrink the pool before it is full" in shown(pilot))
            await pilot.press("n")
        await until(pilot, lambda: "No more unread mail." in shown(pilot))
        await until(pilot, lambda: len(noted(tracker)) == 5)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, OverviewScreen))
        row = pilot.app.screen.query_one(SeriesTable).row
        assert row is not None
        assert row.id == 7  # what was read last


async def test_capital_n_goes_back(app: PatchwatchApp) -> None:
    async with app.run_test() as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        await pilot.press("N")
        await reading(pilot, "drops-v4-r@example.org")
        await pilot.press("N")
        await reading(pilot, "drops-v5-bot@example.org")


@pytest.mark.parametrize("keys", [("h", "l"), ("left", "right"), ("left_square_bracket", "right_square_bracket")])
async def test_revisions_are_chosen_with_keys(app: PatchwatchApp, keys: tuple[str, str]) -> None:
    async with app.run_test() as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        await pilot.press(keys[0])
        await reading(pilot, "drops-v4-r@example.org")
        await pilot.press(keys[0])  # there is none before it
        assert "[v4" in shown(pilot)
        await pilot.press(keys[1])
        await until(pilot, lambda: "[v5" in shown(pilot))


async def test_revisions_are_chosen_with_the_mouse(app: PatchwatchApp) -> None:
    async with app.run_test() as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        await pilot.click("#revisions", offset=(20, 0))
        await until(pilot, lambda: "[v4" in shown(pilot))


async def test_space_scrolls_the_mail_from_anywhere_and_tab_moves_between_them(app: PatchwatchApp) -> None:
    async with app.run_test() as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        await pilot.press("g")
        await reading(pilot, "drops-v5-0@example.org")
        mail = pilot.app.screen.query_one(MailView)
        begin = mail.scroll_offset.y  # below the headers
        await pilot.press("space")
        assert mail.scroll_offset.y == min(begin + mail.size.height - 1, mail.max_scroll_y)
        await pilot.press("b")
        assert mail.scroll_offset.y <= begin
        await pilot.press("tab", "g", *"j" * begin)
        assert mail.has_focus
        await pilot.press("j", "down", "k")
        assert mail.scroll_offset.y == begin + 1
        await pilot.press("G")
        assert mail.scroll_offset.y == mail.max_scroll_y > 0
        await pilot.press("g")
        assert mail.scroll_offset.y == 0
        await pilot.press("escape")
        assert pilot.app.screen.query_one(ThreadList).has_focus


async def test_long_diff_lines_scroll_sideways(app: PatchwatchApp) -> None:
    async with app.run_test() as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        await pilot.press("k", "enter")
        await reading(pilot, "drops-v5-1@example.org")
        mail = pilot.app.screen.query_one(MailView)
        await pilot.press("G")
        assert "is read on */" not in shown(pilot)
        await pilot.press("right", "right", "right", "right", "right", "right")
        assert mail.scroll_offset.x == mail.max_scroll_x > 30
        assert "is read on */" in shown(pilot)
        await pilot.press("left")
        assert mail.scroll_offset.x == mail.max_scroll_x - 8


async def test_new_mail_appears_without_moving_anything(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test() as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        await pilot.press("g")
        await reading(pilot, "drops-v5-0@example.org")
        mail = pilot.app.screen.query_one(MailView)
        begin = mail.scroll_offset.y
        await pilot.press("tab", "j", "j")
        asked = len(tracker.asked["mail"])
        letter = SampleMail(
            "late@example.org", "Re: it", "late", depth=1, when="2023-09-20 07:00", excerpt="late words"
        )
        tracker.deliver(3, letter, "drops-v5-0@example.org")
        tree = pilot.app.screen.query_one(ThreadList)
        await until(pilot, lambda: len(tree.rows) == 7, "the new mail")
        assert cursor(pilot) == "drops-v5-0@example.org"
        assert mail.scroll_offset.y == begin + 2
        assert mail.has_focus
        assert len(tracker.asked["mail"]) == asked


async def test_the_mouse_selects_text_in_a_mail(app: PatchwatchApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        mail = pilot.app.screen.query_one(MailView)
        await pilot.mouse_down(mail, offset=(10, 1))
        await pilot.hover(mail, offset=(40, 1))
        await pilot.mouse_up(mail, offset=(40, 1))
        assert "Jonas Weide" in (pilot.app.screen.get_selected_text() or "")


async def test_an_error_while_loading_a_mail_is_shown_and_retried(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.failing["mail"] = DatabaseLockedError("the database is locked. It is tried again.")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "! the database is locked." in shown(pilot))
        tracker.failing.clear()
        await pilot.press("j", "k")
        await reading(pilot, "drops-v5-r@example.org")
        await until(pilot, lambda: "Who reads this number?" in shown(pilot))


async def test_a_mail_that_cannot_be_marked_stays_unread(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.failing["mark_read"] = DatabaseLockedError("the database is locked. It is tried again.")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "! the database is locked." in shown(pilot))
        row = next(one for one in shown(pilot).splitlines() if "└─ Jonas Weide" in one)
        assert "●" in row


async def test_what_was_asked_for_by_a_screen_that_was_left_is_dropped(
    tracker: FakeTracker, app: PatchwatchApp
) -> None:
    tracker.gates["thread"] = threading.Event()
    async with app.run_test() as pilot:
        await until(pilot, lambda: tracker.asked["thread"])
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, OverviewScreen))
        tracker.gates.pop("thread").set()
        await opened(pilot, "mm/zswap")
        await pilot.press("enter")
        await reading(pilot, "drops-v5-r@example.org")


async def test_a_missing_series_is_reported(tracker: FakeTracker) -> None:
    tracker.failing["one"] = NotFoundError("there is no series 99.")
    async with PatchwatchApp(tracker, open_series=99).run_test() as pilot:
        await until(pilot, lambda: "! there is no series 99." in shown(pilot))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, OverviewScreen))


async def test_hostile_mail_is_shown_as_harmless_text(tracker: FakeTracker) -> None:
    for size in ((80, 24), (120, 40), (40, 24)):
        async with PatchwatchApp(tracker, open_series=11).run_test(size=size) as pilot:
            await reading(pilot, "evil\x1b[7m@example.org")
            screen = pilot.app.screen
            assert {strip.cell_length for strip in screen._compositor.render_strips(screen.size)} == {size[0]}
            for key in ("e", "j", "tab", "G"):
                await pilot.press(key)
                text = shown(pilot)
                assert not set(text) & set("\x1b\x07\x9b\x00\u202e\u200b")
            assert "␛[2J" in text or size[0] == 40


async def test_at_40_columns_enter_gives_the_mail_the_whole_screen(app: PatchwatchApp) -> None:
    async with app.run_test(size=(40, 24)) as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        await pilot.press("enter")
        await until(pilot, lambda: "Who reads this number?" in shown(pilot))
        assert "[v5" not in shown(pilot)
        await pilot.press("q")
        await until(pilot, lambda: "[v5" in shown(pilot))


@pytest.mark.parametrize(("width", "beside"), [(80, False), (111, False), (112, True), (160, True)])
async def test_the_mail_is_beside_the_tree_where_there_is_room(app: PatchwatchApp, width: int, beside: bool) -> None:
    async with app.run_test(size=(width, 30)) as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        tree, mail = pilot.app.screen.query_one(ThreadList), pilot.app.screen.query_one(MailView)
        assert (tree.region.y == mail.region.y) == beside
        assert mail.scrollable_content_region.width >= 72


async def test_a_zoomed_mail_has_the_whole_width(app: PatchwatchApp) -> None:
    async with app.run_test(size=(200, 60)) as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        await pilot.press("z")
        mail = pilot.app.screen.query_one(MailView)
        await until(pilot, lambda: mail.region.width == 200, "the whole width")
        await pilot.press("z")
        await until(pilot, lambda: mail.region.width == 106, "what kernel code is written in")


async def test_a_long_thread_and_a_huge_patch_are_drawn_only_where_seen(
    tracker: FakeTracker, app: PatchwatchApp
) -> None:
    tracker.gates.clear()
    diff = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n" + "+some code of a line\n" * 100_000
    huge = SampleMail("huge@example.org", "[PATCH] huge", diff, kind="patch", unread=False)
    tracker.deliver(3, huge, "drops-v5-0@example.org")
    for number in range(2000):
        letter = SampleMail(f"r{number}@example.org", "Re: it", "yes", depth=number % 30, excerpt="yes")
        tracker.threads[3] += (tracker.threads[3][-1].__class__(**_row(tracker, letter)),)
        tracker.mails[letter.id] = tracker.mails["drops-v5-a@example.org"]
    async with app.run_test(size=(120, 40)) as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        tree = pilot.app.screen.query_one(ThreadList)
        assert len(tree.rows) > 2000
        drawn = 0
        draw = tree.draw

        def counting(*said: object) -> object:
            nonlocal drawn
            drawn += 1
            return draw(*said)  # type: ignore[arg-type]

        tree.draw = counting  # type: ignore[assignment, method-assign]
        await pilot.press("G")
        assert drawn < 200
        tree.select("huge@example.org")
        await reading(pilot, "huge@example.org")
        mail = pilot.app.screen.query_one(MailView)
        await pilot.press("tab", "G")
        await until(pilot, lambda: mail.scroll_offset.y > 99_000)


def _row(tracker: FakeTracker, letter: SampleMail) -> dict[str, object]:
    template = tracker.threads[3][-1]
    values = {name: getattr(template, name) for name in template.__slots__}
    return values | {"message_id": letter.id, "depth": letter.depth, "submission": False, "kind": "reply"}


async def test_a_low_screen_is_for_reading(app: PatchwatchApp) -> None:
    """At 80x24, the mail has half of the lines and begins with its text; Enter gives it all of them, with headers."""
    async with app.run_test(size=(80, 24)) as pilot:
        await reading(pilot, "drops-v5-r@example.org")
        mail = pilot.app.screen.query_one(MailView)
        assert mail.size.height >= 11
        assert mail.page is not None
        await until(pilot, lambda: mail.scroll_offset.y, "the text")
        rows = shown(pilot).split("\n")[mail.region.y : mail.region.bottom]
        assert not any(text.startswith(" Subject") for text in rows)
        assert any("Jonas Weide" in text and "18 Sep" in text for text in shown(pilot).split("\n"))  # in the thread
        await pilot.press("enter")
        await until(pilot, lambda: mail.size.height >= 21, "the mail alone")
        assert " From     Jonas Weide" in shown(pilot)
        await pilot.press("q")
        await until(pilot, lambda: mail.size.height < 20, "the thread")
        await until(pilot, lambda: mail.scroll_offset.y, "the text again")
