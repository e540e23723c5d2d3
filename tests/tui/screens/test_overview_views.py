"""Views, limits, sorting, marks, what is done to marked rows, the palette, and a first start, driven by keys."""

from __future__ import annotations

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from patchwatch.errors import DatabaseLockedError
from patchwatch.series.queue import Place, Section
from patchwatch.series.views import View
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.state import StateDialog
from patchwatch.tui.dialogs.watch import WatchDialog
from patchwatch.tui.screens.overview import OverviewScreen
from patchwatch.tui.screens.series import SeriesScreen
from patchwatch.tui.widgets.filter_bar import FilterInput
from patchwatch.tui.widgets.series_table import SeriesTable, TableHeading
from patchwatch.tui.widgets.view_tabs import ViewTabs
from tests.tui.driving import opened, settled, shown, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.sample_mails import HOSTILE, SampleMail

WIDE = (130, 40)


def overview(pilot: Pilot[None]) -> OverviewScreen:
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, OverviewScreen)
    return screen


def ids(pilot: Pilot[None]) -> list[int]:
    return [row.id for row in overview(pilot).table.series]


async def test_each_view_has_its_number_and_its_count() -> None:
    tracker = FakeTracker()
    tracker.addresses = frozenset({"jonas@example.com"})
    async with PatchwatchApp(tracker).run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "All 4" in shown(pilot))
        assert "What needs me: Now 1 Review 0 New 0" in shown(pilot)  # it is the first
        for key, expected in (("2", [7]), ("3", [3, 9, 7]), ("5", [3]), ("6", [3, 9, 7, 11]), ("1", [7])):
            await pilot.press(key)
            assert set(ids(pilot)) >= set(expected), key
        await pilot.press("4")
        assert "No list is followed" in shown(pilot)
        await pilot.press("l", "l")
        await until(pilot, lambda: "4 series" in shown(pilot))
        await pilot.press("h", "right", "left", "left")
        await until(pilot, lambda: "No list is followed" in shown(pilot))


@pytest.mark.parametrize(
    ("verb", "keys"),
    [
        ("apply v3", "B b4  R Reply  D Not mine"),
        ("answer Lea", "R Reply  D Not mine"),
        ("review v4", "R Reply  T Tags  D Not mine"),
        ("ping?", "R Reply  D Not mine"),
        ("send v2", "D Not mine"),
    ],
)
async def test_the_keys_of_what_is_to_do_come_first(monkeypatch: pytest.MonkeyPatch, verb: str, keys: str) -> None:
    tracker = FakeTracker()
    tracker.addresses = frozenset({"jonas@example.com"})
    first, second, *_ = tracker.lines()
    places = (Place(Section.NOW, verb, "because", tracker.now()), Place(Section.NEW, "v2 posted", "because", 1))
    lines = [line._replace(place=place) for line, place in zip((first, second), places, strict=True)]
    monkeypatch.setattr(tracker, "lines", lambda **_: lines)
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: verb in shown(pilot))
        await until(pilot, lambda: f"⏎ Open  {keys}  / Limit" in shown(pilot))
        await pilot.press("G")
        await until(pilot, lambda: "⏎ Open  / Limit" in shown(pilot))


async def test_what_came_back_because_somebody_asked_can_be_left_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tracker = FakeTracker()
    first, second, *_ = tracker.lines()
    places = (
        Place(Section.NOW, "answer Lea", "because", 2),
        Place(Section.WAITING, "author", "because", 1, not_mine=True),
    )
    lines = [line._replace(not_mine=1, place=place) for line, place in zip((first, second), places, strict=True)]
    monkeypatch.setattr(tracker, "lines", lambda **_: lines)
    async with PatchwatchApp(tracker).run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "answer Lea" in shown(pilot))
        await pilot.press("D")
        await until(pilot, lambda: tracker.asked["not mine"] == [(first.id, False)])
        await pilot.press("6")
        overview(pilot).table.select(second.id)
        await pilot.press("D")
        await until(pilot, lambda: tracker.asked["not mine"][1:] == [(second.id, True)])


@pytest.mark.parametrize(
    "keys",
    [
        (("M", "Muted"),),
        (("Z", "Snooze"), ("enter", "Snoozed")),
        (("C", "Read"), ("M", "Muted")),
        (("enter", "v Read"), ("M", "Muted"), ("q", "▾ Now")),
    ],
    ids=["muted", "snoozed", "read, then muted", "muted after it was opened"],
)
async def test_what_is_done_stays_under_the_cursor_until_the_next_poll(keys: tuple[tuple[str, str], ...]) -> None:
    """Wherever it was decided; the headings and the first line count it no more, and undo makes it as before."""
    tracker = FakeTracker()
    tracker.addresses = frozenset({"jonas@example.com"})
    async with PatchwatchApp(tracker).run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await until(pilot, lambda: "Now 1 Review 0" in shown(pilot))
        table = overview(pilot).table
        before = [row.id for row in table.series]
        for key, text in keys:
            await pilot.press(key)
            await until(pilot, lambda text=text: text in shown(pilot), text)
        await until(pilot, lambda: "Now 0 Review 0" in shown(pilot))
        assert (before, before[table.cursor - 1]) == (ids(pilot), 7)
        row, nothing = shown(pilot).partition("▾ Now 0")[2].splitlines()[1:3]
        assert "ping" in row
        assert "Nothing needs you." in nothing
        await pilot.press("u")
        await until(pilot, lambda: "Now 1 Review 0" in shown(pilot))
        assert "Nothing needs you." not in shown(pilot)
        await pilot.press("M")
        await until(pilot, lambda: "Now 0 Review 0" in shown(pilot))
        await pilot.press("r")
        await until(pilot, lambda: not ids(pilot))
        assert "Nothing needs you." in shown(pilot).partition("▾ Now 0")[2].splitlines()[1]


async def test_what_is_done_moves_when_another_view_is_shown() -> None:
    tracker = FakeTracker()
    tracker.addresses = frozenset({"jonas@example.com"})
    async with PatchwatchApp(tracker).run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "Now 1 Review 0" in shown(pilot))
        await pilot.press("M")
        await until(pilot, lambda: "Now 0 Review 0" in shown(pilot))
        assert ids(pilot) == [7]
        await pilot.press("6", "1")
        assert ids(pilot) == []


async def test_a_click_on_a_number_of_the_first_line_goes_to_its_section(monkeypatch: pytest.MonkeyPatch) -> None:
    tracker = FakeTracker()
    tracker.addresses = frozenset({"jonas@example.com"})
    places = [Place(section, "review v1", "because", 1, mine=True) for section in (Section.NOW, Section.REVIEW)]
    places += [Place(Section.NEW, "1 reply", "because", 1), Place(Section.NEW, "2 replies", "because", 2)]
    lines = [line._replace(place=place) for line, place in zip(tracker.lines(), places, strict=True)]
    monkeypatch.setattr(tracker, "lines", lambda **_: lines)
    async with PatchwatchApp(tracker).run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "Now 1 Review 1 New 2" in shown(pilot))
        await pilot.press("6")
        for section, expected in (("New", lines[3].id), ("Review", lines[1].id), ("Now", lines[0].id)):
            await pilot.click(ViewTabs, offset=(shown(pilot).splitlines()[0].index(section), 0))
            await until(pilot, lambda expected=expected: overview(pilot).table.row.id == expected, section)  # type: ignore[union-attr]


async def test_nothing_is_below_the_terminal_after_a_line_more_is_shown() -> None:
    """The headings of a table after the queue, a notice, the limit: with one row, the preview alone can give way."""
    tracker = FakeTracker()
    tracker.addresses = frozenset({"jonas@example.com"})
    async with PatchwatchApp(tracker).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "All 4" in shown(pilot))
        for key, text in (("5", "↓Last"), ("C", "Read: "), ("slash", "age:>7d")):
            await pilot.press(key)
            await until(pilot, lambda text=text: text in shown(pilot), text)
            await settled(pilot)
            assert "1 series" in shown(pilot), key
            assert overview(pilot).max_scroll_y == 0, key
            assert overview(pilot).table.size.height == 1, key


async def test_the_key_of_the_current_view_goes_back(app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("5")
        await until(pilot, lambda: "1 series ·" in shown(pilot))
        await pilot.press("5")
        await until(pilot, lambda: "3 series" in shown(pilot))


async def test_a_click_chooses_a_view(app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        at = shown(pilot).splitlines()[0].index("Closed")
        await pilot.click(ViewTabs, offset=(at, 0))
        await until(pilot, lambda: "1 series ·" in shown(pilot))


@pytest.mark.parametrize(
    ("view", "text"),
    [
        ("2", "patchwatch does not know your e-mail address yet."),
        ("4", "patchwatch follow INBOX"),
    ],
)
async def test_an_empty_view_suggests_keys(app: PatchwatchApp, view: str, text: str) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press(view)
        await until(pilot, lambda: text in shown(pilot))
        if text.startswith("Who"):
            assert "~/.config/patchwatch/config.toml" in shown(pilot)
            assert 'addresses = ["you@example.org"]' in shown(pilot)
        await pilot.press("3")
        await until(pilot, lambda: "3 series" in shown(pilot))
        await until(pilot, lambda: isinstance(pilot.app.focused, SeriesTable), "the focus")


# A limit.


async def test_a_limit_applies_while_typing_and_after(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("slash", *"zsw")
        await until(pilot, lambda: ids(pilot) == [7])
        assert isinstance(pilot.app.focused, FilterInput)
        await pilot.press("enter")
        assert isinstance(pilot.app.focused, SeriesTable)
        await until(pilot, lambda: "1 of 3 series" in shown(pilot))
        tracker.change(3, title="mm/zswap: another", last_activity=tracker.now())
        await until(pilot, lambda: ids(pilot) == [3, 7], "the new one")
        row = overview(pilot).table.row
        assert row is not None
        assert row.id == 7
        await pilot.press("6")
        assert ids(pilot) == [3, 7]
        await pilot.press("escape")
        await until(pilot, lambda: len(ids(pilot)) == 4)


async def test_keys_typed_right_after_the_limit_key_go_to_the_limit(app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        for character in "/st:open q7":  # one burst, as it is pasted, or typed while the program is busy
            app.post_message(events.Key(_character_to_key(character), character))
        limit = overview(pilot).query_one(FilterInput)
        await until(pilot, lambda: limit.value == "st:open q7", "the whole limit")
        assert pilot.app.screen is overview(pilot)


async def test_a_slash_in_the_limit_is_text(app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("slash", *"mm", "slash", *"zs")
        await until(pilot, lambda: ids(pilot) == [7])
        assert overview(pilot).query_one(FilterInput).value == "mm/zs"


async def test_an_invalid_term_is_reported_while_the_rest_applies(app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("slash", *"zswap st", "colon", *"opne")
        await until(pilot, lambda: "! st:opne  did you mean open?" in shown(pilot))
        assert ids(pilot) == [7]
        await pilot.press("backspace", "backspace", "backspace", "backspace")
        await until(pilot, lambda: "did you mean" not in shown(pilot))


async def test_a_limit_by_age_is_updated_over_time(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("slash", *"age:<12h", "enter")
        await until(pilot, lambda: ids(pilot) == [3])
        tracker.now_is += 3 * 3600
        await until(pilot, lambda: ids(pilot) == [], "the limit's end")


async def test_escape_in_the_line_clears_the_limit(app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("slash", *"nothing like this")
        await until(pilot, lambda: "No series matches the limit." in shown(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: len(ids(pilot)) == 3)
        assert isinstance(pilot.app.focused, SeriesTable)
        assert not overview(pilot).query_one(FilterInput).parent.parent.has_class("-shown")  # type: ignore[union-attr]


# Order.


async def test_sorting_by_keys_goes_through_the_columns(app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        assert "↓Active" in shown(pilot)
        await pilot.press("o")
        await until(pilot, lambda: "↓Unread" in shown(pilot))
        assert ids(pilot) == [7, 3, 9]
        await pilot.press("o")  # around to the first column, the sign of the state
        await until(pilot, lambda: "Unread" in shown(pilot) and "↓Unread" not in shown(pilot))
        assert ids(pilot) == [7, 9, 3]  # under review, changes requested, accepted
        assert overview(pilot).table.cursor == 0
        await pilot.press("j", "O")
        await until(pilot, lambda: ids(pilot) == [3, 9, 7])
        assert overview(pilot).table.cursor == 0
        await pilot.press("o", "o", "o")
        await until(pilot, lambda: "↑When" in shown(pilot))
        assert ids(pilot) == [7, 9, 3]  # the longest wait first
        await pilot.press("O")
        assert ids(pilot) == [3, 9, 7]


async def test_a_click_on_a_heading_sorts_and_a_second_turns_it_round(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        at = shown(pilot).splitlines()[2].index("Title")
        await pilot.click(TableHeading, offset=(at, 0))
        await until(pilot, lambda: "Title↑" in shown(pilot))
        assert ids(pilot) == [9, 7, 3]
        await pilot.click(TableHeading, offset=(at, 0))
        await until(pilot, lambda: "Title↓" in shown(pilot))
        tracker.change(9, title="zzz", last_activity=tracker.now())
        await until(pilot, lambda: ids(pilot) == [9, 3, 7], "the order with the new title")


# Marks, and what is done to marked rows.


async def test_marks_outlive_what_changes_and_actions_take_them(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        assert [row.id for row in overview(pilot).targets()] == [3]  # none is marked: the one under the cursor
        await pilot.press("space", "m")
        await until(pilot, lambda: "2 marked" in shown(pilot))
        tracker.change(7, last_activity=tracker.now())
        await until(pilot, lambda: ids(pilot) == [7, 3, 9])
        assert [row.id for row in overview(pilot).targets()] == [3, 9]
        await pilot.press("C")
        await until(pilot, lambda: "Read: 2 series" in shown(pilot))
        assert tracker.asked["read_series"] == [(3, 9)]
        await until(pilot, lambda: "marked" not in shown(pilot))


async def test_marks_that_are_out_of_sight_are_no_targets(app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("asterisk")
        assert len(overview(pilot).targets()) == 3
        await pilot.press("slash", *"zswap", "enter")
        await until(pilot, lambda: ids(pilot) == [7])
        assert [row.id for row in overview(pilot).targets()] == [7]
        await pilot.press("escape")
        assert not overview(pilot).table.marks
        await pilot.press("escape", "asterisk", "asterisk")
        assert not overview(pilot).table.marks


async def test_a_state_is_set_by_hand(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("j", "space", "space", "S")
        await until(pilot, lambda: isinstance(pilot.app.screen, StateDialog))
        assert "2 series" in shown(pilot)
        assert "mm/zswap: shrink the pool before it is full" in shown(pilot)
        pilot.app.screen.query_one(OptionList).highlighted = 6
        await pilot.press("j", "k", "enter")
        await until(pilot, lambda: "Set to rejected: 2 series" in shown(pilot))
        assert tracker.asked["mark"] == [(9, 7, "rejected")]
        await pilot.press("S", "escape")
        await pilot.press("S", "end", "enter")
        await until(pilot, lambda: "Set to automatic" in shown(pilot))
        assert tracker.asked["mark"][-1] == (7, None)


async def test_muting_turns_round(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("M")
        await until(pilot, lambda: "Muted: net: count drops" in shown(pilot))
        await until(pilot, lambda: "⊘ net: count drops" in shown(pilot))
        await pilot.press("M")
        await until(pilot, lambda: "Unmuted: net: count drops" in shown(pilot))
        assert tracker.asked["mute"] == [(3, True), (3, False)]


async def test_several_are_unwatched_after_one_question(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("asterisk", "x")
        await until(pilot, lambda: "Stop watching?" in shown(pilot))
        assert "3 series" in shown(pilot)
        await pilot.press("y")
        await until(pilot, lambda: "No longer watched: 3 series" in shown(pilot))
        assert tracker.asked["unwatch"] == [(3, 9, 7)]
        await until(pilot, lambda: "No series is watched yet." in shown(pilot))


async def test_a_failed_decision_keeps_the_error_and_the_marks(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.failing["mute"] = DatabaseLockedError("the database is locked by another program. Try again.")
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("space", "M")
        await until(pilot, lambda: "! the database is locked by another program. Try again." in shown(pilot))
        assert overview(pilot).table.marks == {3}


async def test_n_goes_to_the_next_unread_series_and_round(app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        table = overview(pilot).table
        for key, cursor in (("n", 2), ("n", 0), ("N", 2), ("N", 0)):
            await pilot.press(key)
            assert table.cursor == cursor


# The palette.


async def test_the_palette_finds_series_by_words_and_opens_them(app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("colon", *"shrink pool")
        await until(pilot, lambda: "v3 RFC · Jonas Weide" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen))
        assert pilot.app.screen.series_id == 7


async def test_the_palette_has_every_active_action(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("ctrl+p", *"catch")
        await until(pilot, lambda: "Catch up: mark all mail in the series as read  C" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: tracker.asked["read_series"] == [(3,)])


async def test_the_palette_begins_with_what_can_be_done_to_the_series(app: PatchwatchApp) -> None:
    async with app.run_test(size=(120, 60)) as pilot:
        await opened(pilot)
        await pilot.press("ctrl+p")
        names = ["Open", "Not mine", "Catch up", "Limit: ", "Mark or unmark", "Show “Mine”"]
        await until(pilot, lambda: all(name in shown(pilot) for name in names))
        screen = shown(pilot).partition("Find an action")[2]
        places = [screen.index(name) for name in names]
        assert places == sorted(places)


async def test_the_palette_chooses_a_theme(app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("ctrl+p", *"theme light")
        await until(pilot, lambda: "Theme: light" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: app.theme == "patchwatch-light")


async def test_hostile_titles_are_harmless_in_the_palette(app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("ctrl+p", *"gnp.exe")
        await until(pilot, lambda: "[bold]patch[/bold]" in shown(pilot))
        assert not set("\x1b\x07\u202e\u200b\x9b") & set(shown(pilot))
        assert HOSTILE not in shown(pilot)


# A first start.


async def test_a_first_start_asks_for_a_link_and_goes_to_the_watched_series() -> None:
    tracker = FakeTracker(empty=True)
    async with PatchwatchApp(tracker).run_test(size=(80, 24)) as pilot:
        await opened(pilot, "Watch your first series")
        await pilot.press("enter")
        await until(pilot, lambda: "Type or paste a URL or message-id first." in shown(pilot))
        full = FakeTracker()
        tracker.add((full.rows[11], ()))
        await until(pilot, lambda: "All 1" in shown(pilot))
        assert "Watch your first series" not in shown(pilot)  # known, but not watched: the keys are those of the table
        await pilot.press("w", *"q/w@x", "enter")
        await until(pilot, lambda: isinstance(pilot.app.focused, SeriesTable))
        assert tracker.asked["watch"] == [("q/w@x",)]
        assert isinstance(pilot.app.focused, SeriesTable)


async def test_new_rows_leave_the_keys_to_the_table() -> None:
    tracker = FakeTracker(empty=True)
    async with PatchwatchApp(tracker).run_test(size=(80, 24)) as pilot:
        await opened(pilot, "Watch your first series")
        tracker.add((FakeTracker().rows[11], ()))
        await until(pilot, lambda: "All 1" in shown(pilot))
        await pilot.press("6")
        await until(pilot, lambda: "1 series" in shown(pilot))


async def test_a_pasted_link_opens_the_watch_dialog(app: PatchwatchApp) -> None:
    link = "https://lore.kernel.org/bpf/1@example.org/"
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        pilot.app.screen.post_message(events.Paste(f" {link}\n"))
        await until(pilot, lambda: isinstance(pilot.app.screen, WatchDialog) and link in shown(pilot))
        assert pilot.app.screen.query_one(Input).value == link


async def test_changes_keep_view_marks_and_order(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("6", "o", "o", "o", "j", "space")
        await until(pilot, lambda: "Title↑" in shown(pilot))
        marks, row = overview(pilot).table.marks, overview(pilot).table.row
        tracker.deliver(9, SampleMail("n@example.org", "Re: x", "yes", when="2023-09-20 07:59"), "zh-1@example.cn")
        await until(pilot, lambda: "12 unread" in shown(pilot))
        assert "Title↑" in shown(pilot)
        assert overview(pilot).view_state.view is View.ALL
        assert overview(pilot).table.marks == marks
        assert overview(pilot).table.row is not None
        assert row is not None
        assert overview(pilot).table.row.id == row.id
