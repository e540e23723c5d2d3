"""The overview, driven by keys."""

from __future__ import annotations

import re
import threading

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from patchwatch.errors import DatabaseLockedError, InvalidInputError, LoreUnreachableError
from patchwatch.series.model import OutboxRow
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.help import HelpScreen
from patchwatch.tui.dialogs.unwatch import UnwatchDialog
from patchwatch.tui.dialogs.watch import WatchDialog
from patchwatch.tui.screens.overview import OverviewScreen
from patchwatch.tui.screens.series import SeriesScreen
from patchwatch.tui.widgets.series_table import SeriesTable
from tests.tui.driving import opened, settled, shown, until
from tests.tui.fake_tracker import FakeTracker, Report
from tests.tui.sample_mails import NOW, SampleMail
from tests.tui.sample_series import drops, zswap


def titles(app: PatchwatchApp) -> list[str]:
    return [row.title for row in app.screen_stack[0].query_one(SeriesTable).rows]


async def test_rows_show_state_turn_version_tags_and_unread(app: PatchwatchApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, "mm/zswap")
        row = next(one for one in shown(pilot).splitlines() if "mm/zswap" in one)
        assert re.search(r"◐ +mm/zswap.* reviewers +12d!  v3 RFC  Jonas Weide +2/4 +12d +5$", row)
        assert "“This series was applied to netdev/net-next.git (main)”" in shown(pilot)
        assert "3 series · 9 unread mails" in shown(pilot)
        assert "polled 4m ago" in shown(pilot)


async def test_a_shows_all_series_and_keeps_the_cursor(app: PatchwatchApp) -> None:
    async with app.run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("j", "j")
        await pilot.press("a")
        await until(pilot, lambda: "4 series" in shown(pilot))
        table = pilot.app.screen.query_one(SeriesTable)
        assert table.row is not None
        assert table.row.id == 7
        await pilot.press("a")
        await until(pilot, lambda: "3 series" in shown(pilot))


async def test_the_cursor_moves_like_in_vi_and_enter_opens(app: PatchwatchApp) -> None:
    async with app.run_test() as pilot:
        await opened(pilot, "mm/zswap")
        table = pilot.app.screen.query_one(SeriesTable)
        for key, cursor in (("j", 1), ("down", 2), ("j", 2), ("k", 1), ("g", 0), ("G", 2), ("up", 1), ("end", 2)):
            await pilot.press(key)
            assert table.cursor == cursor
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen))
        await until(pilot, lambda: "mm/zswap: step 1 of the way" in shown(pilot))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, OverviewScreen))


async def test_the_mouse_moves_the_cursor_and_opens(app: PatchwatchApp) -> None:
    async with app.run_test() as pilot:
        await opened(pilot, "mm/zswap")
        table = pilot.app.screen.query_one(SeriesTable)
        await pilot.click(SeriesTable, offset=(30, 1))
        assert table.cursor == 1
        await pilot.click(SeriesTable, offset=(30, 1))
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen))


async def test_an_empty_overview_names_the_next_key() -> None:
    async with PatchwatchApp(FakeTracker(empty=True)).run_test() as pilot:
        await opened(pilot, "Watch your first series")
        await pilot.press("escape")
        for key in ("enter", "x", "C", "M", "S", "Z", "L", "u", "y", "W", "space", "asterisk", "o", "O", "n", "j", "G"):
            await pilot.press(key)  # nothing to act upon: nothing happens
        assert isinstance(pilot.app.screen, OverviewScreen)


async def test_what_needs_me_is_drawn_before_all_series_are_read() -> None:
    tracker = FakeTracker()
    tracker.addresses = frozenset({"kairui.song@example.org"})
    known = tracker.lines(among="live")
    tracker.asked.clear()
    gate = tracker.gates["generation"] = threading.Event()
    async with PatchwatchApp(tracker, few=known).run_test() as pilot:
        await until(pilot, lambda: "Waiting 2" in shown(pilot))
        assert "All 4" not in shown(pilot)
        assert not tracker.asked["lines"]
        gate.set()
        await until(pilot, lambda: tracker.asked["lines"] == [("all",)])
        await until(pilot, lambda: "All 4" in shown(pilot))


async def test_the_database_is_opened_after_the_first_view_is_loaded(tracker: FakeTracker) -> None:
    gate = tracker.gates["lines"] = threading.Event()
    async with PatchwatchApp(tracker).run_test() as pilot:
        await settled(pilot, 0.3)
        assert not tracker.asked["open"]
        gate.set()
        await until(pilot, lambda: len(tracker.asked["open"]) == 1)


async def test_keys_work_when_the_first_series_appears() -> None:
    tracker = FakeTracker(empty=True)
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "Watch your first series")
        tracker.add(drops())
        tracker.add(zswap())
        await until(pilot, lambda: "mm/zswap" in shown(pilot))
        await pilot.press("j")
        assert pilot.app.screen.query_one(SeriesTable).cursor == 1


@pytest.mark.parametrize("size", [(40, 24), (64, 24), (80, 24), (112, 30), (200, 50)])
async def test_no_width_breaks_the_columns(tracker: FakeTracker, size: tuple[int, int]) -> None:
    async with PatchwatchApp(tracker).run_test(size=size) as pilot:
        await opened(pilot, "net: count drops")
        await pilot.press("a")
        await until(pilot, lambda: "4 series" in shown(pilot))
        screen = pilot.app.screen
        assert {strip.cell_length for strip in screen._compositor.render_strips(screen.size)} == {size[0]}
        for character in "\x1b\x07\u202e\u200b\x9b":
            assert character not in shown(pilot)
        assert "[bold]" in shown(pilot) or size[0] < 100


async def test_what_another_process_changes_appears_without_moving_the_cursor(
    tracker: FakeTracker, app: PatchwatchApp
) -> None:
    async with app.run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("j")
        table = pilot.app.screen.query_one(SeriesTable)
        letter = SampleMail("new@example.org", "Re: zswap", "yes", when="2023-09-20 07:59")
        tracker.deliver(7, letter, "zswap-0@example.org")
        await until(pilot, lambda: table.rows[0].id == 7, "the new mail")
        assert table.row is not None
        assert table.row.id == 9
        assert table.cursor == 2
        assert table.has_focus


async def test_a_scrolled_table_keeps_its_rows_in_place_while_others_come(
    tracker: FakeTracker, app: PatchwatchApp
) -> None:
    for number in range(100, 160):
        row = tracker.rows[9]
        tracker.rows[number] = type(row)(
            **{**{n: getattr(row, n) for n in row.__slots__}, "id": number, "title": f"t{number}", "unread": 0}
        )
        tracker.threads[number] = ()
    async with app.run_test() as pilot:
        await opened(pilot, "63 series")
        table = pilot.app.screen.query_one(SeriesTable)
        await pilot.press("G")
        table.select(130)
        assert table.row is not None
        here, line = table.row.id, table.cursor - table.scroll_offset.y
        assert table.scroll_offset.y > 10
        tracker.change(159, last_activity=tracker.now() + 5, title="moved to the top")
        await until(pilot, lambda: table.rows[0].title == "moved to the top")
        assert table.row.id == here
        assert table.cursor - table.scroll_offset.y == line


async def test_watching_shows_progress_and_leaves_the_cursor_on_the_series(
    tracker: FakeTracker, app: PatchwatchApp
) -> None:
    tracker.gates["watch"] = threading.Event()
    link = "https://lore.kernel.org/netdev/evil@example.org/T/#t"
    async with app.run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("w")
        await until(pilot, lambda: isinstance(pilot.app.screen, WatchDialog))
        await pilot.press("enter")
        await until(pilot, lambda: "Type or paste a URL or message-id first." in shown(pilot))
        pilot.app.screen.query_one(Input).value = link
        await pilot.press("enter")
        await until(pilot, lambda: f"fetching {link}" in shown(pilot), "progress")
        tracker.gates["watch"].set()
        await until(pilot, lambda: isinstance(pilot.app.screen, OverviewScreen))
        await until(pilot, lambda: "4 series" in shown(pilot))
        table = pilot.app.screen.query_one(SeriesTable)
        assert table.row is not None
        assert table.row.id == 11
        await until(pilot, lambda: "Watching: ␛[31mred" in shown(pilot))
    assert tracker.asked["watch"] == [(link,)]


async def test_an_unwatched_series_is_proposed_in_the_watch_dialog(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.change(9, watched=False)
    async with app.run_test() as pilot:
        await opened(pilot, "2 series")
        await pilot.press("a")
        await until(pilot, lambda: "4 series" in shown(pilot))
        await pilot.press("j", "w")
        await until(pilot, lambda: isinstance(pilot.app.screen, WatchDialog))
        assert pilot.app.screen.query_one(Input).value == "zh-1@example.cn"


async def test_an_error_of_watching_stays_in_the_dialog_until_the_line_is_edited(
    tracker: FakeTracker, app: PatchwatchApp
) -> None:
    tracker.failing["watch"] = InvalidInputError("'[bold]x' is neither a link to a mail on lore nor a message-id.")
    async with app.run_test() as pilot:
        await opened(pilot)
        await pilot.press("w", "x", "enter")
        await until(pilot, lambda: "! '[bold]x' is neither a link" in shown(pilot), "the error")
        await pilot.press("y")
        await until(pilot, lambda: "neither a link" not in shown(pilot))
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, OverviewScreen)


async def test_leaving_the_dialog_does_not_lose_what_comes_of_it(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.gates["watch"] = threading.Event()
    tracker.failing["watch"] = LoreUnreachableError("lore.kernel.org does not answer. Try again later.")
    async with app.run_test() as pilot:
        await opened(pilot)
        await pilot.press("w", "x", "enter")
        await until(pilot, lambda: tracker.asked["watch"])
        await pilot.press("escape")
        tracker.gates["watch"].set()
        await until(pilot, lambda: "! lore.kernel.org does not answer. Try again later." in shown(pilot))


async def test_unwatching_asks_and_names_the_series(tracker: FakeTracker, app: PatchwatchApp) -> None:
    async with app.run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("G", "x")
        await until(pilot, lambda: isinstance(pilot.app.screen, UnwatchDialog))
        assert "mm/zswap: shrink the pool before it is full" in shown(pilot)
        await pilot.press("escape")
        assert not tracker.asked["unwatch"]
        await pilot.press("x", "y")
        await until(pilot, lambda: "No longer watched: mm/zswap" in shown(pilot))
        await until(pilot, lambda: len(titles(app)) == 2)
    assert tracker.asked["unwatch"] == [(7,)]


async def test_polling_shows_its_progress_and_its_outcome_stays(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.gates["poll"] = threading.Event()
    async with app.run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("r")
        await until(pilot, lambda: "… polling netdev" in shown(pilot), "progress")
        await pilot.press("r")
        await until(pilot, lambda: "Already polling" in shown(pilot))
        await pilot.press("j")  # nothing is blocked
        assert pilot.app.screen.query_one(SeriesTable).cursor == 1
        tracker.gates["poll"].set()
        await until(pilot, lambda: "✓ 3 new mails, 1 new version, net: under-review → accepted" in shown(pilot))
        await pilot.press("j", "k")
        assert "3 new mails" in shown(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "3 new mails" not in shown(pilot))
    assert len(tracker.asked["poll"]) == 1


async def test_what_a_poll_could_not_do_stays_with_its_next_step(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.report = Report("nothing new", failures=("bpf: answered with HTML. Try again later.",))
    async with app.run_test() as pilot:
        await opened(pilot)
        await pilot.press("r")
        await until(pilot, lambda: "! bpf: answered with HTML. Try again later." in shown(pilot))
        tracker.failing["poll"] = LoreUnreachableError("lore.kernel.org does not answer. Check the network.")
        await pilot.press("r")
        await until(pilot, lambda: "! lore.kernel.org does not answer. Check the network." in shown(pilot))
        assert "answered with HTML" not in shown(pilot)


async def test_a_stale_inbox_is_shown_in_the_status_line(tracker: FakeTracker, app: PatchwatchApp) -> None:
    row = tracker.inbox_rows[0]
    tracker.inbox_rows = (type(row)("bpf", False, 1, row.polled_at, tracker.now() - 36000, "no answer"),)
    async with app.run_test() as pilot:
        await opened(pilot, "! bpf stale since 19 Sep 2023 22:00")


async def test_no_line_is_empty_above_the_queue(tracker: FakeTracker) -> None:
    tracker.addresses = frozenset({"jonas@example.com"})
    async with PatchwatchApp(tracker).run_test(size=(80, 24)) as pilot:
        await opened(pilot, "mm/zswap")
        assert "Now 1" in shown(pilot).split("\n")[1]
        await pilot.press("6")
        assert "Title" in shown(pilot).split("\n")[1]


async def test_a_limit_puts_the_cursor_on_a_series(tracker: FakeTracker) -> None:
    tracker.addresses = frozenset({"jonas@example.com"})
    async with PatchwatchApp(tracker).run_test(size=(80, 24)) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("g")
        table = pilot.app.screen.query_one(SeriesTable)
        assert table.row is None
        await pilot.press("slash", *"zswap", "enter")
        assert table.row is not None
        assert table.row.id == 7


async def test_the_first_frame_says_that_the_series_are_being_read(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.gates["lines"] = threading.Event()
    async with app.run_test() as pilot:
        await until(pilot, lambda: "Reading…" in shown(pilot))
        tracker.gates["lines"].set()
        await opened(pilot, "mm/zswap")
        assert "Reading…" not in shown(pilot)


async def test_nothing_is_being_read_after_a_failure(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.failing["lines"] = DatabaseLockedError("the database is locked by another process.")
    async with app.run_test() as pilot:
        await until(pilot, lambda: "! the database is locked" in shown(pilot))
        assert "Reading…" not in shown(pilot)


@pytest.mark.parametrize("call", ["generation", "lines", "inboxes", "outbox"])
async def test_a_locked_database_is_reported_and_survived(tracker: FakeTracker, app: PatchwatchApp, call: str) -> None:
    tracker.failing[call] = DatabaseLockedError("the database is locked by another process. It is tried again.")
    async with app.run_test() as pilot:
        await until(pilot, lambda: "! the database is locked by another process." in shown(pilot))
        assert "0 series" not in shown(pilot)
        assert "never polled" not in shown(pilot)
        tracker.failing.clear()
        await until(pilot, lambda: "mm/zswap" in shown(pilot), "the rows")
        await until(pilot, lambda: "locked" not in shown(pilot), "the notice's end")


async def test_a_refused_digest_is_reported_once(tracker: FakeTracker, app: PatchwatchApp) -> None:
    said = "mail.example.org:587 answered 550 no such user"
    times = (NOW, 1, None, None, None, NOW)
    refused = OutboxRow(3, "me", "2023-09-20", "me@example.org", "pw@example.org", "1@pw", "x", *times, said)
    waiting = replace(refused, id=4, key="2023-09-21", try_at=NOW + 60, failed_at=None, failure="no answer")
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, "mm/zswap")
        tracker.outbox_rows = (refused, waiting)
        tracker.change(7, unread=3)
        notice = "! The digest 2023-09-20 to me@example.org was not sent: mail.example.org:587"
        await until(pilot, lambda: notice in shown(pilot), "the notice")
        await pilot.press("escape")
        await until(pilot, lambda: "was not sent" not in shown(pilot), "the notice's end")
        asked = len(tracker.asked["outbox"])
        tracker.change(7, unread=4)
        await until(pilot, lambda: len(tracker.asked["outbox"]) > asked, "another look")
        await settled(pilot, 1.0)
        assert "was not sent" not in shown(pilot)
        tracker.outbox_rows = (replace(refused, id=5, key="2023-09-22"),)
        tracker.change(7, unread=5)
        await until(pilot, lambda: "The digest 2023-09-22" in shown(pilot), "the notice about another")
        tracker.outbox_rows = ()
        tracker.change(7, unread=6)
        await until(pilot, lambda: "was not sent" not in shown(pilot), "the end of that")


async def test_a_defect_is_not_hidden(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.failing["lines"] = ZeroDivisionError("a defect")  # type: ignore[assignment]
    with pytest.raises(ZeroDivisionError):
        async with app.run_test() as pilot:
            await until(pilot, lambda: app._exception)


async def test_help_lists_the_keys_in_force(app: PatchwatchApp) -> None:
    async with app.run_test(size=(100, 64)) as pilot:
        await opened(pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        for text in ("Watch a series by URL or message-id", "Stop watching", "j ↓", "g home"):
            assert text in shown(pilot)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, OverviewScreen)


@pytest.mark.parametrize("size", [(60, 20), (40, 24)])
async def test_what_a_key_does_is_wrapped_beside_it(app: PatchwatchApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen) and "Show “What" in shown(pilot))
        lines = [one.split("│")[1] for one in shown(pilot).split("\n") if one.count("│") >= 2]
        first = next(n for n, one in enumerate(lines) if "Show “What" in one)
        begin = lines[first].index("Show")
        assert re.match(rf" {{{begin}}}\w", lines[first + 1])
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: "“What needs me”: what to do, review or read" in shown(pilot))


async def test_keys_can_be_remapped(tracker: FakeTracker, app: PatchwatchApp) -> None:
    app.set_keymap({"app.poll": "f5", "list.down": "t"})
    async with app.run_test() as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("r", "j")
        assert not tracker.asked["poll"]
        await pilot.press("f5", "t")
        await until(pilot, lambda: tracker.asked["poll"])
        assert pilot.app.screen.query_one(SeriesTable).cursor == 1


async def test_every_binding_has_an_id(app: PatchwatchApp) -> None:
    async with app.run_test() as pilot:
        await opened(pilot)
        for keys in ("", "enter", "tab"):
            if keys:
                await pilot.press(keys)
                await pilot.pause()
            ours = [
                b for b in pilot.app.screen.active_bindings.values() if type(b.node).__module__.startswith("patchwatch")
            ]
            assert ours
            inherited = {"tab", "shift+tab", "ctrl+c", "super+c", "ctrl+q"}
            assert [b.binding for b in ours if not b.binding.id and b.binding.key not in inherited] == []


async def test_quitting_does_not_wait_for_a_poll(tracker: FakeTracker, app: PatchwatchApp) -> None:
    tracker.gates["poll"] = threading.Event()
    async with app.run_test() as pilot:
        await opened(pilot)
        await pilot.press("r")
        await until(pilot, lambda: tracker.asked["poll"])
        await pilot.press("q")
    assert app._exit
    tracker.gates["poll"].set()  # what comes of it now is dropped
