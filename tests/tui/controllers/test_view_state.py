"""Which series the overview shows, and in what order."""

from __future__ import annotations

from collections.abc import Sequence

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


def test_what_i_looked_at_stays_at_its_place_in_new() -> None:
    def placed(section: Section, *days: int) -> list[SeriesSummary]:
        return [
            line._replace(place=Place(section, "1 reply", "1 reply", NOW - days * 86_400))
            for line, days in zip(LINES, days, strict=False)
        ]

    news = placed(Section.NEW, 1, 2, 3)
    showing = ViewState(View.QUEUE, ())
    showing.take(split_by_view(news))
    before = numbers([row for row in showing.queue(ANY, NOW) if isinstance(row, SeriesSummary)])
    showing.visited(news[1].id)
    showing.take(split_by_view([news[0], *placed(Section.WAITING, 1, 2)[1:], news[2]]))
    assert numbers([row for row in showing.queue(ANY, NOW) if isinstance(row, SeriesSummary)]) == before
    showing.forget_visits()
    showing.take(split_by_view([news[0], *placed(Section.WAITING, 1, 2)[1:], news[2]]))
    assert numbers([row for row in showing.queue(ANY, NOW) if isinstance(row, SeriesSummary)]) != before


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
