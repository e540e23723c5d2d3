"""Which series the overview shows, and in what order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from patchwatch.series.filter import parse
from patchwatch.series.model import SeriesSummary
from patchwatch.series.queue import Place, Section
from patchwatch.series.views import View, split_by_view
from patchwatch.tui.controllers.view_state import ViewState
from patchwatch.tui.render.series_columns import BY_URGENCY, COLUMNS, LATEST
from tests.tui.sample_mails import NOW, line_of
from tests.tui.sample_series import chinese, drops, hostile, zswap

LINES = sorted((line_of(known()[0]) for known in (drops, zswap, chinese, hostile)), key=lambda row: -row.last_activity)
WATCHED = [row for row in LINES if row.watched]
ANY = parse("")


def numbers(rows: Sequence[SeriesSummary]) -> list[int]:
    return [row.id for row in rows]


def complete(view: View) -> ViewState:
    showing = ViewState(view, ())
    showing.take(split_by_view(LINES))
    return showing


def test_only_the_first_view_is_counted_until_all_series_are_loaded() -> None:
    showing = ViewState(View.WATCHED, WATCHED)
    assert showing.counts == {View.WATCHED: 3}
    assert not showing.complete
    showing.take(split_by_view(LINES))
    assert showing.complete
    assert list(showing.counts) == list(View)
    assert (showing.counts[View.WATCHED], showing.counts[View.ALL]) == (3, 4)


def test_the_queue_is_shown_and_counted_once_it_is_known() -> None:
    placed = [line._replace(place=Place(Section.NOW, "review v3", "review it", NOW)) for line in WATCHED]
    showing = ViewState(View.QUEUE, placed)
    assert not showing.complete
    assert showing.counts == {View.QUEUE: 3}
    assert {row.id for row in showing.queue(ANY, NOW) if isinstance(row, SeriesSummary)} == set(numbers(placed))
    assert ViewState(View.QUEUE, WATCHED).queue(ANY, NOW) == []


def put(*places: Place | None) -> dict[View, list[SeriesSummary]]:
    """The first series at these places."""
    return split_by_view([line._replace(place=place) for line, place in zip(LINES, places, strict=False)])


def at(section: Section, days: int = 1, *, mine: bool = True) -> Place:
    return Place(section, "1 reply", "1 reply", NOW - days * 86_400, mine=mine)


def shown(showing: ViewState) -> list[int | str]:
    """Numbers of series below their headings."""
    rows = showing.queue(ANY, NOW)
    return [
        row.id if isinstance(row, SeriesSummary) else f"{row.section.heading} {getattr(row, 'number', 'more')}"
        for row in rows
    ]


NEW_ROWS = (at(Section.NEW, 1), at(Section.NEW, 2), at(Section.NEW, 3))


@pytest.mark.parametrize(
    ("section", "left"),
    [
        (Section.NOW, at(Section.WAITING, mine=False)),
        (Section.REVIEW, at(Section.WAITING, mine=False)),
        (Section.REVIEW, at(Section.NEW)),
        (Section.REVIEW, at(Section.CLOSED)),
        (Section.NEW, at(Section.WAITING, mine=False)),
        (Section.NEW, None),
        (Section.WAITING, at(Section.WAITING, mine=False)),
        (Section.WAITING, at(Section.DORMANT)),
    ],
)
def test_what_is_done_stays_where_it_was_and_is_not_counted_there(section: Section, left: Place | None) -> None:
    places = (at(section, 1), at(section, 2), at(section, 3))
    showing = ViewState(View.QUEUE, ())
    showing.take(put(*places))
    before = [row for row in shown(showing) if isinstance(row, int)]
    done = before[1]
    place = {line.id: line for line in put(*places)[View.ALL]}
    assert len(before) == 3
    showing.keep([done])
    lines = [line._replace(place=left) if line.id == done else line for line in place.values()]
    showing.take(split_by_view(lines))
    assert [row for row in shown(showing) if isinstance(row, int)] == before
    assert showing.stays == {done: place[done].place}
    total = 3 if left and left.section is section else 2
    assert f"{section.heading} {total}" in shown(showing)
    now = 2 if section is Section.NOW else 0
    assert showing.counts[View.QUEUE] == now
    showing.let_go()
    assert not showing.stays
    after = [row for row in shown(showing) if isinstance(row, int)]
    assert after != before
    assert len(after) == (3 if left and left.section is Section.NEW else 2)


def test_what_is_undone_or_asked_again_is_as_before() -> None:
    showing = ViewState(View.QUEUE, ())
    showing.take(put(*NEW_ROWS))
    showing.keep([line.id for line in LINES])
    showing.take(put(at(Section.WAITING), at(Section.REVIEW), at(Section.WAITING)))
    first, second, third = (line.id for line in LINES[:3])
    assert set(showing.stays) == {first, third}
    assert shown(showing)[:4] == ["Now 0", "Now more", "Review 1", second]
    showing.take(put(*NEW_ROWS))
    assert showing.stays == {}
    showing.take(put(at(Section.WAITING), at(Section.NEW), at(Section.NEW)))  # later, and not because I did something
    assert showing.stays == {}
    assert "Waiting 1" in shown(showing)


def test_now_says_that_nothing_is_left_below_what_is_done() -> None:
    showing = ViewState(View.QUEUE, ())
    showing.take(put(at(Section.NOW)))
    showing.keep([LINES[0].id])
    showing.take(put(at(Section.CLOSED)))
    assert shown(showing) == ["Now 0", LINES[0].id, "Now more", "Closed 1"]


def test_what_is_done_moves_when_another_view_is_chosen() -> None:
    showing = ViewState(View.QUEUE, ())
    showing.take(put(*NEW_ROWS))
    showing.keep([LINES[0].id])
    showing.take(put(at(Section.WAITING), *NEW_ROWS[1:]))
    assert showing.stays
    showing.choose(View.QUEUE)
    assert showing.stays
    showing.choose(View.ALL)
    assert not showing.stays


def test_limit_filters_the_current_view() -> None:
    showing = complete(View.WATCHED)
    assert numbers(showing.rows(parse("zswap"), NOW)) == [7]
    assert numbers(showing.rows(parse("v:>=1"), NOW)) == numbers(WATCHED)
    assert len(showing.among) == 3


def test_key_of_the_current_view_returns_to_the_previous_one() -> None:
    showing = complete(View.MINE)
    assert showing.toggled(View.ALL) is View.ALL
    showing.choose(View.ALL)
    assert showing.toggled(View.ALL) is View.MINE
    showing.choose(View.ALL)  # again, which must not become the previous view
    assert showing.toggled(View.ALL) is View.MINE


def test_views_wrap_around() -> None:
    showing = complete(View.ALL)
    assert showing.beside(1) is View.QUEUE
    assert showing.beside(-1) is View.CLOSED


def test_each_view_keeps_its_order() -> None:
    showing = complete(View.ALL)
    assert showing.order == LATEST
    title = next(column for column in COLUMNS if column.heading == "Title")
    showing.sort(LATEST.choose(title))
    by_title = [row.title for row in showing.rows(ANY, NOW)]
    assert by_title == sorted(by_title, key=str.casefold)
    assert by_title != [row.title for row in LINES]
    showing.choose(View.QUEUE)
    assert showing.order == BY_URGENCY
    showing.choose(View.ALL)
    assert showing.order.column is title


def test_is_watched_does_not_depend_on_the_view() -> None:
    showing = complete(View.CLOSED)
    assert showing.is_watched(7)
    assert not showing.is_watched(11)
