"""Doing things from the overview and from a series: snooze, link, undo, copy, browser, watch; driven by keys."""

from __future__ import annotations

import base64

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from patchwatch.errors import DatabaseLockedError, InvalidInputError, NotFoundError, ToolError
from patchwatch.series.model import CandidateRow, SeriesRow
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.command_palette import Actions, action_name
from patchwatch.tui.dialogs.copy import CopyDialog
from patchwatch.tui.dialogs.link import LinkChoices, LinkDialog
from patchwatch.tui.dialogs.snooze import Snooze, SnoozeDialog, choices, day
from patchwatch.tui.dialogs.state import StateDialog
from patchwatch.tui.dialogs.unwatch import UnwatchDialog
from patchwatch.tui.dialogs.watch import WatchDialog
from patchwatch.tui.render.labels import title
from patchwatch.tui.render.link_preview import describe_link, describe_unlink, preview_link, proposed
from patchwatch.tui.render.mail_lines import links
from patchwatch.tui.render.page import Line
from patchwatch.tui.screens.actions import ACTIONS
from patchwatch.tui.screens.overview import OverviewScreen
from patchwatch.tui.screens.series import SeriesScreen
from tests.tui.driving import opened, settled, shown, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.sample_mails import NOW, SampleMail, likely, older_drops

DAY = 86_400
MIDNIGHT = NOW - 8 * 3600  # it is 8 o'clock on Wednesday, 20 September 2023


async def asked(pilot: Pilot[None], dialog: type) -> None:
    """Wait until a dialog is there to be answered."""
    await until(pilot, lambda: isinstance(pilot.app.screen, dialog) and pilot.app.screen.focused, dialog.__name__)


async def reading(pilot: Pilot[None], text: str = "From ") -> None:
    """Wait until a series and a mail are shown."""
    await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen) and text in shown(pilot), text)
    await settled(pilot)  # what was read may have moved what is below it


# Snooze.


def test_choices_name_the_days_they_mean() -> None:
    assert choices(NOW, asleep=False) == (
        ("until somebody answers", Snooze()),
        ("until tomorrow", Snooze(MIDNIGHT + DAY)),
        ("until next Monday", Snooze(MIDNIGHT + 5 * DAY)),
        ("for 2 weeks", Snooze(NOW + 14 * DAY)),
    )
    assert choices(NOW, asleep=True)[0] == ("unsnooze now", Snooze(wakes=True))


def test_days_are_told_with_their_weekday_and_with_the_hour_where_it_is_not_midnight() -> None:
    assert day(MIDNIGHT + 12 * DAY) == "Mon 2 Oct 2023"
    assert day(NOW) == "Wed 20 Sep 2023 08:00 UTC"


async def test_snoozing_until_somebody_answers_takes_two_keys(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("G", "Z")
        await asked(pilot, SnoozeDialog)
        assert "mm/zswap: shrink the pool" in shown(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Snoozed until somebody answers: mm/zswap" in shown(pilot))
    assert tracker.asked["snooze"] == [(7, None)]


async def test_marked_series_are_snoozed_at_once_and_undone_at_once(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("space", "space", "Z")
        await asked(pilot, SnoozeDialog)
        await pilot.press("j", "j", "enter")
        await until(pilot, lambda: "✓ Snoozed until Mon 25 Sep 2023: 2 series" in shown(pilot))
        assert tracker.asked["snooze"] == [(3, 9, MIDNIGHT + 5 * DAY)]
        await until(pilot, lambda: "marked" not in shown(pilot))
        await pilot.press("u")
        await until(pilot, lambda: "✓ Undone: snooze: #3, #9" in shown(pilot))
        assert "Snoozed until" not in shown(pilot)
    assert (tracker.rows[3].snoozed_until, tracker.rows[9].snoozed_until) == (None, None)


async def test_a_date_is_typed_at_once_and_read_as_it_is_typed(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("Z")
        await asked(pilot, SnoozeDialog)
        await pilot.press("3")
        await until(pilot, lambda: "'3' is not a valid time" in shown(pilot))
        assert "! " not in shown(pilot)
        await pilot.press("d")
        await until(pilot, lambda: "→ Sat 23 Sep 2023 08:00 UTC, in 3d" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Snoozed until Sat 23 Sep 2023 08:00 UTC: net: count" in shown(pilot))
    assert tracker.asked["snooze"] == [(3, NOW + 3 * DAY)]


async def test_what_is_no_date_snoozes_nothing_and_the_choices_are_one_key_away(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("Z")
        await asked(pilot, SnoozeDialog)
        await pilot.press(*"2023-01-01", "enter")
        await until(pilot, lambda: "! 2023-01-01 has passed" in shown(pilot))
        await pilot.press("up")
        await until(pilot, lambda: pilot.app.screen.focused and pilot.app.screen.focused.id == "rests")
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, OverviewScreen))
    assert not tracker.asked["snooze"]


async def test_a_snoozed_series_is_woken(tracker: FakeTracker) -> None:
    tracker.change(3, snoozed_until=NOW + DAY)
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await reading(pilot, "snoozed until 21 Sep 2023")
        await pilot.press("Z")
        await asked(pilot, SnoozeDialog)
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Unsnoozed: net: count drops" in shown(pilot))
    assert tracker.asked["unsnooze"] == [(3,)]


async def test_what_could_not_be_written_is_said_and_stays(tracker: FakeTracker) -> None:
    tracker.failing["snooze"] = DatabaseLockedError("the database is locked by another process. Try again.")
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("Z")
        await asked(pilot, SnoozeDialog)
        await pilot.press("enter")
        await until(pilot, lambda: "! the database is locked by another process." in shown(pilot))
        await pilot.press("j", "k")
        assert "! the database is locked by another process." in shown(pilot)


# Link and part.


def test_the_series_that_began_later_goes_on_from_what_was_posted_before_it(tracker: FakeTracker) -> None:
    tracker.add(older_drops())
    for pair in ((tracker.rows[3], tracker.rows[2]), (tracker.rows[2], tracker.rows[3])):
        found = preview_link(*pair)
        assert found is not None
        assert (found.later.message_id, found.earlier.message_id) == ("drops-v4-0@example.org", "drops-v3@example.org")
        assert found.versions == ("v3", "v4", "v5")
        words = "".join(text for text, _ in describe_link(found))
        assert words.endswith(": v4 “net: count drops for each queue” follows v3 “net: tell drops apart”")


def test_a_series_that_began_between_two_revisions_leaves_their_link_alone(tracker: FakeTracker) -> None:
    found = preview_link(
        tracker.rows[3], tracker.rows[7]
    )  # v4 on 2 September, the other one on the 8th, v5 on the 18th
    assert found is not None
    assert (found.later.message_id, found.earlier.message_id) == ("zswap-0@example.org", "drops-v4-0@example.org")


def test_a_series_is_not_linked_with_itself(tracker: FakeTracker) -> None:
    assert preview_link(tracker.rows[3], tracker.rows[3]) is None


def test_parting_says_which_versions_go_together(tracker: FakeTracker) -> None:
    row: SeriesRow = tracker.rows[3]
    assert (
        "".join(text for text, _ in describe_unlink(row, row.revisions[1]))
        == "→ two series, overriding the mails: v4 and v5"
    )


async def test_candidates_are_offered_with_what_speaks_for_them_and_linked(tracker: FakeTracker) -> None:
    tracker.add(older_drops())
    tracker.likely[3] = likely()
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await reading(pilot)
        await pilot.press("L")
        await asked(pilot, LinkDialog)
        await until(pilot, lambda: "same author, same files, next version" in shown(pilot))
        assert not set(shown(pilot)) & set("\x1b\x07\x9b\x00\u202e\u200b")
        await until(pilot, lambda: "one series, v3 v4 v5" in shown(pilot), "what it will do")
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Linked: v4 follows v3: net: count drops for each queue" in shown(pilot))
    assert tracker.asked["link"] == [("drops-v4-0@example.org", "drops-v3@example.org")]


def test_a_marked_series_is_proposed_before_all_others(tracker: FakeTracker) -> None:
    tracker.add(older_drops())
    first, *others = proposed(tracker.rows[3], tracker.rows[2], ())
    assert others == []
    assert (first.series_id, first.message_id, first.place) == (2, "drops-v3@example.org", "earlier")
    assert first.evidence == ("marked-with-it",)
    (later,) = proposed(tracker.rows[2], tracker.rows[3], ())
    assert (later.message_id, later.place) == ("drops-v4-0@example.org", "later")


def test_a_marked_series_that_is_a_candidate_keeps_what_speaks_for_it(tracker: FakeTracker) -> None:
    older, newer = likely()
    first, second = proposed(tracker.rows[3], tracker.rows[7], (older, newer))
    assert (first.message_id, second) == (newer.message_id, older)
    assert first.evidence == ("marked-with-it", "similar-title", "soon-after")


def test_a_series_is_not_proposed_to_itself(tracker: FakeTracker) -> None:
    assert proposed(tracker.rows[3], tracker.rows[3], likely()) == likely()


@pytest.mark.parametrize(
    ("keys", "about", "offered"),
    [
        ("space G space", "mm/zswap: shrink the pool", "earlier v4 net: count drops"),  # v5 was posted after it
        ("space G space g", "net: count drops for each queue", "later v3 mm/zswap"),
        ("space G space k", "net: count drops for each queue", "later v3 mm/zswap"),  # the cursor is on neither
    ],
)
async def test_of_two_marked_series_one_is_linked_with_the_other(
    tracker: FakeTracker, keys: str, about: str, offered: str
) -> None:
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press(*keys.split(), "L")
        await asked(pilot, LinkDialog)
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


async def test_of_more_marked_series_the_one_under_the_cursor_is_linked_and_named(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("asterisk", "G", "L")
        await asked(pilot, LinkDialog)
        assert "mm/zswap: shrink the pool" in str(pilot.app.screen.query_one("#question", Static).content)
        assert "marked with it" not in shown(pilot)


async def test_any_message_id_can_be_linked_with_but_not_one_of_its_own(tracker: FakeTracker) -> None:
    tracker.add(older_drops())
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await reading(pilot)
        await pilot.press("L")
        await asked(pilot, LinkDialog)
        await until(
            pilot, lambda: "two series, overriding the mails: v4 and v5" in shown(pilot)
        )  # there is no candidate
        field = pilot.app.screen.query_one(Input)
        field.value = "<drops-v5-1@example.org>"
        await until(pilot, lambda: "That already is a version of this series." in shown(pilot))
        field.focus()
        await pilot.press("enter")
        await until(pilot, lambda: "! That already is a version of this series." in shown(pilot))
        field.value = "<nothing@example.org>"
        await until(pilot, lambda: "no known series has the message" in shown(pilot))
        field.value = "https://lore.kernel.org/r/drops-v3@example.org"
        await until(pilot, lambda: "one series, v3 v4 v5" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Linked: v4 follows v3" in shown(pilot))
    assert tracker.asked["link"] == [("drops-v4-0@example.org", "drops-v3@example.org")]


async def test_the_chosen_revision_is_parted_from_the_one_before(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await reading(pilot)
        await pilot.press("L")
        await asked(pilot, LinkDialog)
        await until(pilot, lambda: "Split v5 from v4" in shown(pilot))
        assert "linked automatically: same title, same author" in shown(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Unlinked: v5 no longer follows v4" in shown(pilot))
    assert tracker.asked["unlink"] == [("drops-v5-0@example.org", "drops-v4-0@example.org")]


async def test_a_link_that_is_refused_is_said_and_stays(tracker: FakeTracker) -> None:
    tracker.add(older_drops())
    tracker.likely[3] = likely()
    tracker.failing["link"] = InvalidInputError("<a@b> is already linked. `patchwatch unlink` it first.")
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "net: count drops")
        await pilot.press("L")
        await asked(pilot, LinkDialog)
        await until(pilot, lambda: "one series, " in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "! <a@b> is already linked." in shown(pilot))


async def test_a_series_that_another_process_linked_is_followed(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await reading(pilot)
        tracker.threads[4] = tracker.threads.pop(3)
        tracker.rows[4] = tracker.rows.pop(3)
        tracker.change(4, id=4, title="the same, linked")
        await until(pilot, lambda: "the same, linked" in shown(pilot))
        assert "there is no series" not in shown(pilot)


# Undo.


async def test_u_takes_back_one_change_after_the_other_and_says_when_none_is_left(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await reading(pilot)
        await pilot.press("S")
        await asked(pilot, StateDialog)
        await pilot.press("home", "enter")
        await until(pilot, lambda: "✓ Set to new: net: count drops" in shown(pilot))
        await until(pilot, lambda: "○ new" in shown(pilot))
        await pilot.press("M")
        await until(pilot, lambda: "✓ Muted: net: count drops" in shown(pilot))
        await pilot.press("u")
        await until(pilot, lambda: "✓ Undone: mute: #3" in shown(pilot))
        await pilot.press("u")
        await until(pilot, lambda: "✓ Undone: mark: #3" in shown(pilot))
        await until(pilot, lambda: "✓ accepted" in shown(pilot))
        await pilot.press("u")
        await until(pilot, lambda: "! there is nothing to undo." in shown(pilot))


# Passing on.


class Terminal:
    """Notes what is written to the terminal's clipboard."""

    def __init__(self, app: PatchwatchApp, monkeypatch: pytest.MonkeyPatch) -> None:
        """Listens to the driver of a running app."""
        self.written = ""
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", self._write)

    def _write(self, data: str) -> None:
        self.written += data

    @property
    def clipboard(self) -> str:
        """What OSC 52 gave it last."""
        _, _, sent = self.written.rpartition("\x1b]52;c;")
        return base64.b64decode(sent.partition("\a")[0]).decode()


@pytest.mark.parametrize(
    ("keys", "copied"),
    [
        (("enter",), "drops-v5-r@example.org"),
        (("y",), "drops-v5-r@example.org"),
        (("j", "enter"), "https://lore.kernel.org/netdev/drops-v5-r@example.org/"),
        (("3",), "Link: https://lore.kernel.org/r/drops-v5-r@example.org"),
    ],
)
async def test_the_mail_in_sight_is_copied_in_a_form_of_choice(
    tracker: FakeTracker, keys: tuple[str, ...], copied: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = PatchwatchApp(tracker, open_series=3)
    async with app.run_test(size=(120, 40)) as pilot:
        await reading(pilot)
        await pilot.press("y")
        await asked(pilot, CopyDialog)
        terminal = Terminal(app, monkeypatch)
        await pilot.press(*keys)
        await until(pilot, lambda: f"✓ Copied: {copied}" in shown(pilot))
        assert terminal.clipboard == copied


async def test_of_a_row_the_newest_posting_is_copied(tracker: FakeTracker) -> None:
    app = PatchwatchApp(tracker)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, "net: count drops")
        await pilot.press("y")
        await asked(pilot, CopyDialog)
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Copied: drops-v5-0@example.org" in shown(pilot))
        assert app.clipboard == "drops-v5-0@example.org"


async def test_a_mail_that_is_not_stored_is_not_copied(tracker: FakeTracker) -> None:
    tracker.failing["citations"] = NotFoundError("<x@y> is not stored. `patchwatch watch x@y` fetches its thread.")
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "net: count drops")
        await pilot.press("y")
        await until(pilot, lambda: "! <x@y> is not stored." in shown(pilot))


async def test_mails_rows_and_chosen_links_are_opened_in_the_browser(
    tracker: FakeTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[str] = []
    monkeypatch.setattr("patchwatch.compose.programs.browse", pages.append)
    text = "See https://example.org/bug?id=1 and id:20230901080000.1-2-x@example.org there.\n"
    tracker.deliver(3, SampleMail("see@example.org", "Re: it", text, depth=1), "drops-v5-0@example.org")
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "net: count drops")
        await pilot.press("W")
        await until(pilot, lambda: pages == ["https://lore.kernel.org/netdev/drops-v5-0@example.org/"])
        await pilot.press("enter")
        await reading(pilot)
        await pilot.press("G")
        await until(pilot, lambda: "example.org/bug" in shown(pilot))
        await pilot.press("W")
        await until(pilot, lambda: pages[1:] == ["https://lore.kernel.org/netdev/see@example.org/"])
        await pilot.press("tab", "full_stop", "W")
        await until(pilot, lambda: pages[2:] == ["https://example.org/bug?id=1"])
        await until(pilot, lambda: "✓ Opened in the browser: https://example.org/bug?id=1" in shown(pilot))
        await pilot.press("full_stop", "W")
        await until(pilot, lambda: pages[3:] == ["https://lore.kernel.org/r/20230901080000.1-2-x@example.org/"])


async def test_where_there_is_no_browser_the_link_is_said(
    tracker: FakeTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def browse(url: str) -> None:
        raise ToolError(f"there is no screen for a browser here. Copy the link: {url}")

    monkeypatch.setattr("patchwatch.compose.programs.browse", browse)
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "net: count drops")
        await pilot.press("W")
        await until(pilot, lambda: "! there is no screen for a browser here. Copy the link:" in shown(pilot))


# Watching what stands in a mail.


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("prose", "Message-ID: <abc@example.org>", ["abc@example.org"]),
        ("prose", "as in id:x-1@example.org.", ["x-1@example.org"]),
        ("prose", "<20230801142621.7925-1-x@example.com>,", ["20230801142621.7925-1-x@example.com"]),
        ("prose", "(20230801-frob-v1-0-abc@kernel.org)", ["20230801-frob-v1-0-abc@kernel.org"]),
        ("prose", "<cover.1690000000.git.ann@example.org>", ["cover.1690000000.git.ann@example.org"]),
        ("quote", "> CAFx1y@mail.gmail.com", ["CAFx1y@mail.gmail.com"]),
        ("prose", "lore.kernel.org/r/abc@example.org/ says so", ["lore.kernel.org/r/abc@example.org/"]),
        ("prose", "https://lore.kernel.org/r/20230801142621.1-x@y.org", ["https://lore.kernel.org/r/20230801142621.1-x@y.org"]),
        ("trailer", "In-Reply-To: <abc@example.org>", ["abc@example.org"]),
        # People.
        ("prose", "Ask Ann <ann.1980@example.org> or 1234567890@example.org", []),
        ("trailer", "Reviewed-by: Ann <20230801-ann@example.org>", []),
        ("header", "From     Ann <20230801142621.7-ann@example.org>", []),
        ("diff", "+ 20230801142621.7925-1-x@example.com", []),
    ],
)  # fmt: skip
def test_message_ids_in_a_text_are_told_from_addresses(kind: str, text: str, found: list[str]) -> None:
    assert [text[a:b] for a, b in links(Line(kind, text, 0))] == found


@pytest.mark.parametrize(
    "text", ["https://lore.kernel.org/bpf/other@example.org/", "<20230901080000.1-2-x@example.org>"]
)
async def test_w_watches_the_link_or_message_id_that_is_chosen_in_a_mail(tracker: FakeTracker, text: str) -> None:
    tracker.deliver(
        3, SampleMail("see@example.org", "Re: it", f"See {text} for it.\n", depth=1), "drops-v5-0@example.org"
    )
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await reading(pilot)
        await pilot.press("G")
        await until(pilot, lambda: "for it." in shown(pilot))
        await pilot.press("tab", "full_stop", "w")
        await asked(pilot, WatchDialog)
        assert pilot.app.screen.query_one(Input).value == text.strip("<>")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, OverviewScreen))
    assert tracker.asked["watch"] == [(text.strip("<>"),)]


async def test_where_nothing_is_chosen_w_proposes_a_series_that_is_not_watched(tracker: FakeTracker) -> None:
    tracker.change(3, watched=False)
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await reading(pilot)
        await pilot.press("w")
        await asked(pilot, WatchDialog)
        assert pilot.app.screen.query_one(Input).value == "drops-v5-0@example.org"


# From everywhere.


async def test_a_series_is_decided_about_on_its_own_screen(tracker: FakeTracker) -> None:
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await reading(pilot)
        await pilot.press("C")
        await until(pilot, lambda: "✓ Read: net: count drops" in shown(pilot))
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, UnwatchDialog))
        await pilot.press("y")
        await until(pilot, lambda: "✓ No longer watched: net: count drops" in shown(pilot))
        assert isinstance(pilot.app.screen, SeriesScreen)
    assert (tracker.asked["read_series"], tracker.asked["unwatch"]) == ([(3,)], [(3,)])


@pytest.mark.parametrize("series", [None, 3], ids=["overview", "series"])
async def test_the_palette_has_every_action_of_the_screen(tracker: FakeTracker, series: int | None) -> None:
    app = PatchwatchApp(tracker, open_series=series)
    async with app.run_test(size=(120, 40)) as pilot:
        await (opened(pilot, "net: count drops") if series is None else reading(pilot))
        screen = pilot.app.screen
        offered = {name for name, _, _ in Actions(screen)._actions()}
        wanted = [b for b in type(screen).__dict__["BINDINGS"] if b.action != "app.command_palette"]
        assert [b.id for b in wanted if action_name(b) not in offered] == []
        assert set(ACTIONS) <= set(wanted)
        await pilot.press("colon", *"snooze")  # which Undo tells of, too
        await until(pilot, lambda: "Snooze until a day" in shown(pilot))
        await pilot.press("enter")
        await asked(pilot, SnoozeDialog)
