"""The cursor is visible whatever the view changed to, and Enter opens what is under it."""

from __future__ import annotations

import random

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from patchwatch.series.model import SeriesSummary
from patchwatch.series.queue import News, Section
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.render.queue_rows import QueueHeading, QueueMore, has_row
from patchwatch.tui.screens.overview import OverviewScreen
from patchwatch.tui.screens.series import SeriesScreen
from tests.tui.driving import opened, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.sample_mails import NOW
from tests.tui.sample_series import zswap

DAY = 86_400
JONAS = frozenset({"jonas@example.com"})
KEYS = (
    "j",
    "k",
    "g",
    "G",
    "pagedown",
    "pageup",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "l",
    "h",
    "o",
    "O",
    "n",
    "[",
    "]",
    "enter",
)


def crowd() -> FakeTracker:
    """Sixty series in every section."""
    tracker = FakeTracker()
    tracker.addresses = JONAS
    row, postings = zswap()
    for number in range(100, 160):
        age = (number % 12) * 14 * DAY
        state = "accepted" if number % 7 == 0 else "new"
        tracker.add(
            (
                replace(
                    row,
                    id=number,
                    title=f"mm/zswap: number {number}",
                    author_email="jonas@example.com" if number % 3 else "else@example.org",
                    state=state,
                    turn="nobody" if state == "accepted" else "reviewers",
                    turn_since=NOW - age,
                    last_activity=NOW - age,
                    watched=number % 5 != 0,
                ),
                postings,
            )
        )
        if number % 4 == 0:
            tracker.next_actions[number] = "ping: no answer for 12 days"
        if number % 6 == 1:
            tracker.news[number] = News(NOW - DAY, replies=2)
    return tracker


def overview(pilot: Pilot[None]) -> OverviewScreen:
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, OverviewScreen)
    return screen


def check_visible(pilot: Pilot[None], pressed: list[str]) -> None:
    """The row under the cursor is on the screen, and it is what Enter opens."""
    table = overview(pilot).table
    top, height = table.scroll_offset.y, table.size.height
    first = table.cursor * table.row_height
    assert top <= first, pressed
    assert first + table.row_height <= top + height, pressed
    assert table.rows[table.cursor] is (table.row or table.rows[table.cursor])


def check_drawn(pilot: Pilot[None], pressed: list[str]) -> None:
    """What is on the screen is what is drawn without the rows that were drawn before."""
    table = overview(pilot).table
    shown = [table.render_line(y).text for y in range(table.size.height)]
    table.redraw()
    assert [table.render_line(y).text for y in range(table.size.height)] == shown, pressed


@pytest.mark.parametrize(("seed", "size"), [(1, (80, 24)), (2, (60, 24)), (3, (120, 40)), (4, (40, 16))])
async def test_random_keys_keep_the_cursor_visible(seed: int, size: tuple[int, int]) -> None:
    chosen = random.Random(seed)
    async with PatchwatchApp(crowd()).run_test(size=size) as pilot:
        await opened(pilot, "mm/zswap")
        pressed: list[str] = []
        for _ in range(60):
            key = chosen.choice(KEYS)
            pressed.append(key)
            row = overview(pilot).table.row
            await pilot.press(key)
            if key == "enter" and isinstance(row, SeriesSummary):
                await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen), f"series after {pressed}")
                assert isinstance(pilot.app.screen, SeriesScreen)
                assert pilot.app.screen.series_id == row.id, pressed
                await pilot.press("q")
                await until(pilot, lambda: pilot.app.screen is overview(pilot))
            await pilot.pause()
            if overview(pilot).table.rows:
                check_visible(pilot, pressed)
                check_drawn(pilot, pressed)


@pytest.mark.parametrize("keys", [("1", "g", "6"), ("1", "G", "6"), ("6", "G", "1"), ("3", "G", "5", "6", "g", "1")])
async def test_another_view_shows_its_cursor(keys: tuple[str, ...]) -> None:
    async with PatchwatchApp(crowd()).run_test(size=(80, 24)) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press(*keys)
        await pilot.pause()
        check_visible(pilot, list(keys))


async def test_folded_heading_is_drawn_as_folded_after_the_cursor_left_it() -> None:
    async with PatchwatchApp(crowd()).run_test(size=(80, 60)) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("g", "down")
        assert "▾" in overview(pilot).table.render_line(0).text
        await pilot.press("g", "enter", "down")
        await pilot.pause()
        assert "▸" in overview(pilot).table.render_line(0).text


async def test_enter_on_a_heading_folds_and_unfolds() -> None:
    async with PatchwatchApp(crowd()).run_test(size=(80, 60)) as pilot:
        await opened(pilot, "mm/zswap")
        table = overview(pilot).table
        shown = len(table.series)
        await pilot.press("G", "enter")  # Closed or Dormant, which begin folded
        await until(pilot, lambda: len(overview(pilot).table.series) > shown)
        assert overview(pilot).table.row is None
        await pilot.press("enter")
        await until(pilot, lambda: len(overview(pilot).table.series) == shown)


def place_of_cursor(pilot: Pilot[None]) -> tuple[Section, bool]:
    """The section that the cursor is in, and whether it is at its beginning."""
    table = overview(pilot).table
    above = [at for at, row in enumerate(table.rows[: table.cursor + 1]) if isinstance(row, QueueHeading)]
    heading = table.rows[above[-1]]
    assert isinstance(heading, QueueHeading)
    return heading.section, table.cursor == above[-1] + (heading.unfolded and heading.number > 0)


async def test_brackets_go_from_section_to_section() -> None:
    async with PatchwatchApp(crowd()).run_test(size=(80, 24)) as pilot:
        await opened(pilot, "mm/zswap")
        table = overview(pilot).table
        sections = [row.section for row in table.rows if isinstance(row, QueueHeading)]
        assert len(sections) >= 4
        await pilot.press("g")
        for section in sections:
            await pilot.press("]")
            assert place_of_cursor(pilot) == (section, True)
            check_visible(pilot, ["]"])
            below = (n for n, row in enumerate(table.rows) if isinstance(row, QueueHeading) and row.section is section)
            heading = next(below)
            assert table.scroll_offset.y == min(heading, table.max_scroll_y)  # what is below it is in sight
        await pilot.press("]")
        assert place_of_cursor(pilot) == (sections[-1], True)
        for section in reversed(sections[:-1]):
            await pilot.press("[")
            assert place_of_cursor(pilot) == (section, True)
        await pilot.press("j", "j", "[")
        assert place_of_cursor(pilot) == (sections[0], True)


async def test_enter_shows_the_rest_of_new_where_it_is_counted() -> None:
    async with PatchwatchApp(crowd()).run_test(size=(80, 24)) as pilot:
        await opened(pilot, "mm/zswap")
        table = overview(pilot).table
        more = next(n for n, row in enumerate(table.rows) if isinstance(row, QueueMore) and row.section is Section.NEW)
        shown = len(table.series)
        await pilot.press("g", *("j" for _ in range(more)), "enter")
        assert not any(isinstance(row, QueueMore) and row.section is Section.NEW for row in table.rows)
        assert len(table.series) > shown + 1
        check_visible(pilot, ["enter"])
        assert table.cursor == more
        assert table.row is not None
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen))


async def test_brackets_do_nothing_without_sections() -> None:
    async with PatchwatchApp(crowd()).run_test(size=(80, 24)) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("6", "j")
        before = overview(pilot).table.row
        await pilot.press("]", "[")
        assert overview(pilot).table.row is before is not None


async def test_series_opened_at_the_start_is_under_the_cursor_afterwards() -> None:
    lines = crowd().lines()
    sections = {line.place.section: line for line in lines if line.place is not None and has_row(line.place)}
    assert {Section.NOW, Section.NEW, Section.DORMANT, Section.CLOSED} <= sections.keys()  # the last two are folded
    for line in sections.values():
        async with PatchwatchApp(crowd(), open_series=line.id, few=lines).run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: isinstance(pilot.app.screen, SeriesScreen), "the series")
            await until(pilot, lambda: overview(pilot).view_state.complete, "the list")
            await pilot.press("q")
            await until(pilot, lambda: pilot.app.screen is overview(pilot), "the overview")
            await until(pilot, lambda: overview(pilot).table.row is not None, "a series under the cursor")
            found = overview(pilot).table.row
            assert found is not None
            assert found.id == line.id
            check_visible(pilot, ["q"])
