"""Linking and unlinking versions: the preview, and the dialog driven by keys."""

from __future__ import annotations

import pytest
from textual.widgets import Input, Static

from patchwatch.errors import InvalidInputError
from patchwatch.series.model import CandidateRow, SeriesRow
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.link import LinkChoices, LinkDialog
from patchwatch.tui.render.labels import title
from patchwatch.tui.render.link_preview import describe_link, describe_unlink, preview_link, with_marked
from patchwatch.tui.screens.series import SeriesScreen
from tests.tui.driving import dialog_opened, opened, series_shown, shown, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.sample_series import likely, older_drops


def test_later_series_follows_the_earlier_one(tracker: FakeTracker) -> None:
    tracker.add(older_drops())
    for pair in ((tracker.rows[3], tracker.rows[2]), (tracker.rows[2], tracker.rows[3])):
        found = preview_link(*pair)
        assert found is not None
        assert (found.later.message_id, found.earlier.message_id) == ("drops-v4-0@example.org", "drops-v3@example.org")
        assert found.versions == ("v3", "v4", "v5")
        words = "".join(text for text, _ in describe_link(found))
        assert words.endswith(": v4 “net: count drops for each queue” follows v3 “net: tell drops apart”")


def test_series_posted_between_two_revisions_keeps_their_link(tracker: FakeTracker) -> None:
    found = preview_link(tracker.rows[3], tracker.rows[7])  # v4: 2 September, the other series: 8th, v5: 18th
    assert found is not None
    assert (found.later.message_id, found.earlier.message_id) == ("zswap-0@example.org", "drops-v4-0@example.org")


def test_series_is_not_linked_with_itself(tracker: FakeTracker) -> None:
    assert preview_link(tracker.rows[3], tracker.rows[3]) is None


def test_unlink_preview_names_the_versions_of_both_series(tracker: FakeTracker) -> None:
    row: SeriesRow = tracker.rows[3]
    assert "".join(text for text, _ in describe_unlink(row, row.revisions[1])) == (
        "→ two series: v4 and v5\nLinked automatically: same title, same author."
    )


async def test_candidate_is_shown_with_its_evidence_and_linked(tracker: FakeTracker) -> None:
    tracker.add(older_drops())
    tracker.link_candidates[3] = likely()
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await series_shown(pilot)
        await pilot.press("L")
        await dialog_opened(pilot, LinkDialog)
        await until(pilot, lambda: "same author, same files, next version" in shown(pilot))
        assert not set(shown(pilot)) & set("\x1b\x07\x9b\x00\u202e\u200b")
        await pilot.press("j")
        await until(pilot, lambda: "one series, v3 v4 v5" in shown(pilot), "what it will do")
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Linked: v4 follows v3: net: count drops for each queue" in shown(pilot))
    assert tracker.asked["link"] == [("drops-v4-0@example.org", "drops-v3@example.org")]


async def test_no_candidate_is_chosen_before_the_user_chooses_one(tracker: FakeTracker) -> None:
    tracker.add(older_drops())
    tracker.link_candidates[3] = likely()
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(80, 24)) as pilot:
        await series_shown(pilot)
        await pilot.press("L")
        await dialog_opened(pilot, LinkDialog)
        await until(pilot, lambda: "None of these" in shown(pilot) and "⏎ close" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen))
    assert tracker.asked["link"] == tracker.asked["unlink"] == []


def test_marked_series_is_the_first_candidate(tracker: FakeTracker) -> None:
    tracker.add(older_drops())
    first, *others = with_marked(tracker.rows[3], tracker.rows[2], ())
    assert others == []
    assert (first.series_id, first.message_id, first.place) == (2, "drops-v3@example.org", "earlier")
    assert first.evidence == ("marked-with-it",)
    (later,) = with_marked(tracker.rows[2], tracker.rows[3], ())
    assert (later.message_id, later.place) == ("drops-v4-0@example.org", "later")


def test_marked_candidate_keeps_its_evidence(tracker: FakeTracker) -> None:
    older, newer = likely()
    first, second = with_marked(tracker.rows[3], tracker.rows[7], (older, newer))
    assert (first.message_id, second) == (newer.message_id, older)
    assert first.evidence == ("marked-with-it", "similar-title", "soon-after")


def test_series_is_not_its_own_candidate(tracker: FakeTracker) -> None:
    assert with_marked(tracker.rows[3], tracker.rows[3], likely()) == likely()


@pytest.mark.parametrize(
    ("keys", "about", "offered"),
    [
        ("space G space", "mm/zswap: shrink the pool", "earlier v4 net: count drops"),  # v5 is newer than it
        ("space G space g", "net: count drops for each queue", "later v3 mm/zswap"),
        ("space G space k", "net: count drops for each queue", "later v3 mm/zswap"),  # the cursor is on another series
    ],
)
async def test_two_marked_series_are_linked_with_each_other(
    tracker: FakeTracker, keys: str, about: str, offered: str
) -> None:
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press(*keys.split(), "L")
        await dialog_opened(pilot, LinkDialog)
        dialog = pilot.app.screen
        assert about in str(dialog.query_one("#question", Static).content)
        first = dialog.query_one(LinkChoices).row
        assert isinstance(first, CandidateRow)
        assert f"{first.place} v{first.version} {title(first.subject)}".startswith(offered)
        await until(pilot, lambda: "one series, " in shown(pilot), "what it will do")
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Linked: v3 follows v4: mm/zswap" in shown(pilot))
        await until(pilot, lambda: "marked" not in shown(pilot))
    assert tracker.asked["link"] == [("zswap-0@example.org", "drops-v4-0@example.org")]


async def test_with_more_marks_the_series_under_the_cursor_is_linked(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("asterisk", "G", "L")
        await dialog_opened(pilot, LinkDialog)
        assert "mm/zswap: shrink the pool" in str(pilot.app.screen.query_one("#question", Static).content)
        assert "marked with it" not in shown(pilot)


async def test_any_message_id_of_another_series_can_be_linked(tracker: FakeTracker) -> None:
    tracker.add(older_drops())
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await series_shown(pilot)
        await pilot.press("L")
        await dialog_opened(pilot, LinkDialog)
        await until(pilot, lambda: "two series: v4 and v5" in shown(pilot))  # no candidates
        field = pilot.app.screen.query_one(Input)
        field.value = "<drops-v5-1@example.org>"
        await until(pilot, lambda: "That is already a version of this series." in shown(pilot))
        field.focus()
        await pilot.press("enter")
        await until(pilot, lambda: "! That is already a version of this series." in shown(pilot))
        field.value = "<nothing@example.org>"
        await until(pilot, lambda: "no known series has the message" in shown(pilot))
        field.value = "https://lore.kernel.org/r/drops-v3@example.org"
        await until(pilot, lambda: "one series, v3 v4 v5" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Linked: v4 follows v3" in shown(pilot))
    assert tracker.asked["link"] == [("drops-v4-0@example.org", "drops-v3@example.org")]


async def test_selected_revision_is_unlinked_from_the_one_before(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await series_shown(pilot)
        await pilot.press("L")
        await dialog_opened(pilot, LinkDialog)
        await until(pilot, lambda: "Unlink v5 from v4" in shown(pilot))
        assert "Linked automatically: same title, same author." in shown(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Unlinked: v5 no longer follows v4" in shown(pilot))
    assert tracker.asked["unlink"] == [("drops-v5-0@example.org", "drops-v4-0@example.org")]


async def test_refused_link_is_reported(tracker: FakeTracker) -> None:
    tracker.add(older_drops())
    tracker.link_candidates[3] = likely()
    tracker.failing["link"] = InvalidInputError("<a@b> is already linked. `patchwatch unlink` it first.")
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "net: count drops")
        await pilot.press("L")
        await dialog_opened(pilot, LinkDialog)
        await pilot.press("j")
        await until(pilot, lambda: "one series, " in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "! <a@b> is already linked." in shown(pilot))


async def test_series_linked_by_another_process_stays_open(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await series_shown(pilot)
        tracker.threads[4] = tracker.threads.pop(3)
        tracker.rows[4] = tracker.rows.pop(3)
        tracker.change(4, id=4, title="the same, linked")
        await until(pilot, lambda: "the same, linked" in shown(pilot))
        assert "there is no series" not in shown(pilot)
