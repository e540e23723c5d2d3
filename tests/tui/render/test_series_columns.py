"""The column with open points: shown where some are open and the title keeps its room."""

from __future__ import annotations

import pytest

from patchwatch.series.model import SeriesSummary
from patchwatch.tui.render.series_columns import AUTHOR, LABELS, POINTS, TITLE, Order, layout
from tests.series.summaries import NOW, a_line


def widths(row: SeriesSummary, width: int) -> dict[str, int]:
    return {column.heading: size for column, size in layout([row], width, NOW).columns}


@pytest.mark.parametrize("width", range(64, 240, 4))
def test_the_column_never_costs_the_title_its_forty_cells(width: int) -> None:
    found = widths(a_line(points_open=3, points=7, reviewed=1, unread=2), width)
    assert POINTS.heading not in found or found[TITLE.heading] >= 39  # and the gap before the next column
    without = widths(a_line(points=7, reviewed=1, unread=2), width)
    assert POINTS.heading not in without
    if POINTS.heading not in found:
        assert found == without


def test_the_column_is_there_on_a_wide_screen() -> None:
    assert POINTS.heading in widths(a_line(points_open=3, points=7), 130)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"points_open": 3, "points": 7}, "3 open"),
        ({"points_open": 0, "points": 7}, ""),
        ({"points_open": 3, "points": 7, "state": "accepted", "turn": "nobody"}, ""),
    ],
)
def test_only_open_points_of_open_series_are_counted(changes: dict[str, object], shown: str) -> None:
    assert POINTS.cell(a_line(**changes), NOW)[0][0] == shown


def test_the_most_open_points_come_first_and_none_last() -> None:
    rows = [a_line(id=n, points_open=n, points=9) for n in (0, 2, 1, 3)]
    assert [row.points_open for row in Order(POINTS, descending=True).sort(rows)] == [3, 2, 1, 0]
    assert [row.points_open for row in Order(POINTS, descending=False).sort(rows)] == [1, 2, 3, 0]


def test_the_author_is_not_named_where_that_is_always_me() -> None:
    mine = [a_line(id=number, mine=True) for number in range(3)]
    headings = [[column.heading for column, _ in layout(rows, 120, NOW).columns] for rows in (mine, [*mine, a_line()])]
    assert [AUTHOR.heading in found for found in headings] == [False, True]


def test_labels_have_a_column_if_there_are_any_and_the_title_keeps_its_width() -> None:
    assert LABELS.heading not in widths(a_line(), 200)
    found = widths(a_line(labels=("later", "todo")), 120)
    assert found[LABELS.heading] == len("later todo")
    assert found[TITLE.heading] >= 40
    assert LABELS.heading not in widths(a_line(labels=("later", "todo")), 80)
    rows = [a_line(id=1), a_line(id=2, labels=("todo",)), a_line(id=3, labels=("later",))]
    assert [row.id for row in Order(LABELS, descending=False).sort(rows)] == [3, 2, 1]
