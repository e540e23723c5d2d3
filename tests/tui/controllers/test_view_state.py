"""Which series the overview shows, and in what order: a function of what was read and chosen."""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.series.filter import parse
from patchwatch.series.model import SeriesSummary
from patchwatch.series.views import View, split_by_view
from patchwatch.tui.controllers.view_state import ViewState
from patchwatch.tui.render.series_columns import COLUMNS, LATEST, LONGEST
from tests.tui.sample_mails import NOW, chinese, drops, hostile, line_of, zswap

LINES = sorted((line_of(known()[0]) for known in (drops, zswap, chinese, hostile)), key=lambda row: -row.last_activity)
WATCHED = [row for row in LINES if row.watched]
ANY = parse("")


def numbers(rows: Sequence[SeriesSummary]) -> list[int]:
    return [row.id for row in rows]


def complete(view: View) -> ViewState:
    showing = ViewState(view, ())
    showing.take(split_by_view(LINES))
    return showing


def test_until_all_were_read_only_what_is_watched_is_counted() -> None:
    showing = ViewState(View.WATCHED, WATCHED)
    assert showing.counts == {View.WATCHED: 3}
    assert not showing.complete
    showing.take(split_by_view(LINES))
    assert showing.complete
    assert list(showing.counts) == list(View)
    assert (showing.counts[View.WATCHED], showing.counts[View.ALL]) == (3, 4)


def test_a_limit_lets_through_some_of_the_view_and_no_others() -> None:
    showing = complete(View.WATCHED)
    assert numbers(showing.rows(parse("zswap"), NOW)) == [7]
    assert numbers(showing.rows(parse("v:>=1"), NOW)) == numbers(WATCHED)
    assert len(showing.among) == 3


def test_the_key_of_the_view_that_is_shown_leads_back() -> None:
    showing = complete(View.MINE)
    assert showing.toggled(View.ALL) is View.ALL
    showing.choose(View.ALL)
    assert showing.toggled(View.ALL) is View.MINE
    showing.choose(View.ALL)  # again: that is no other view to come back from
    assert showing.toggled(View.ALL) is View.MINE


def test_views_stand_beside_each_other_in_a_ring() -> None:
    showing = complete(View.ALL)
    assert showing.beside(1) is View.MY_TURN
    assert showing.beside(-1) is View.CLOSED


def test_each_view_keeps_its_order() -> None:
    showing = complete(View.ALL)
    assert showing.order == LATEST
    title = next(column for column in COLUMNS if column.heading == "Title")
    showing.sort(LATEST.choose(title))
    by_title = [row.title for row in showing.rows(ANY, NOW)]
    assert by_title == sorted(by_title, key=str.casefold)
    assert by_title != [row.title for row in LINES]
    showing.choose(View.AWAITING_REVIEW)
    assert showing.order == LONGEST
    showing.choose(View.ALL)
    assert showing.order.column is title


def test_a_series_is_found_among_the_watched_whatever_is_shown() -> None:
    showing = complete(View.CLOSED)
    assert showing.is_watched(7)
    assert not showing.is_watched(11)
