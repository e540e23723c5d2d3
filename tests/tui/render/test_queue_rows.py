"""The rows of what needs me: headings, what folds, and what goes first when it gets narrow."""

from __future__ import annotations

from typing import Any

import pytest

from patchwatch.series.model import SeriesSummary
from patchwatch.series.queue import Place, Section
from patchwatch.series.views import by_section
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render.columns import width_of
from patchwatch.tui.render.queue_rows import (
    FOLDED,
    QueueHeading,
    QueueMore,
    column_titles,
    draw_heading,
    draw_more,
    draw_series,
    queue_rows,
)
from tests.series.summaries import DAY, NOW, a_line

LONG = "net: a title that is so long that no terminal has room for all of it, not even a wide one of these days"
UNFOLDED = frozenset(Section) - FOLDED


def plain(pieces: list[StyledText]) -> str:
    return "".join(text for text, _ in pieces)


def put(section: Section, verb: str = "review v1", **named: Any) -> Place:
    return Place(section, verb, "because", NOW - 9 * DAY, **named)


def test_headings_have_the_number_and_fold() -> None:
    lines = [
        a_line(id=1, place=put(Section.REVIEW, overdue=True)),
        a_line(id=2, place=put(Section.WAITING, "reviewers", due=NOW + DAY, mine=True)),
        a_line(id=3, place=put(Section.WAITING, "author")),
        a_line(id=4, place=put(Section.WAITING, "author")),
        a_line(id=5, place=put(Section.WAITING, "maintainer")),
        a_line(id=6, place=put(Section.DORMANT)),
    ]
    rows = queue_rows(by_section(lines), UNFOLDED, NOW)
    shown = [(row.section.heading, row.number) for row in rows if isinstance(row, QueueHeading)]
    assert shown == [("Now", 0), ("Review", 1), ("Waiting", 4), ("Dormant", 1)]
    assert [row.id for row in rows if not isinstance(row, QueueHeading | QueueMore)] == [1, 2]
    assert [row.text for row in rows if isinstance(row, QueueMore)] == [
        "Nothing is asked of you.",
        "3 of others: 2 with the author, 1 with a maintainer",
    ]
    everything = queue_rows(by_section(lines), frozenset(Section), NOW)
    assert 6 in [row.id for row in everything if not isinstance(row, QueueHeading | QueueMore)]


def test_new_is_cut_to_a_few_until_all_of_it_is_wanted() -> None:
    verbs = ["v2 posted", "1 reply"] * 4 + ["v3 posted", "v1 RFC posted", "3 replies", "Acked-by", "applied", "fails"]
    lines = [a_line(id=n, place=put(Section.NEW, verb)) for n, verb in enumerate(verbs)]
    few = queue_rows({Section.NEW: lines, Section.WAITING: []}, UNFOLDED, NOW, all_new=False)
    assert [row.id for row in few if isinstance(row, SeriesSummary)] == list(range(8))
    assert [row.text for row in few if isinstance(row, QueueMore)] == [
        "▸ 6 more: 2 posted, 1 with replies, 1 tagged, 1 applied, 1 failing"
    ]
    assert [row.number for row in few if isinstance(row, QueueHeading)] == [14]
    everything = queue_rows({Section.NEW: lines}, UNFOLDED, NOW)
    assert len([row for row in everything if isinstance(row, SeriesSummary)]) == 14
    nine = queue_rows({Section.NEW: lines[:9]}, UNFOLDED, NOW, all_new=False)
    assert len([row for row in nine if isinstance(row, SeriesSummary)]) == 9  # "1 more" would take its line


def test_what_is_counted_is_cut_between_its_parts() -> None:
    more = QueueMore(Section.WAITING, "78 of others: 31 with the author, 30 with reviewers, 17 with you for long")
    assert plain(draw_more(more, 80)) == f"  {more.text}"
    assert plain(draw_more(more, 72)) == "  78 of others: 31 with the author, 30 with reviewers, …"
    assert plain(draw_more(more, 57)) == "  78 of others: 31 with the author, 30 with reviewers, …"
    assert plain(draw_more(more, 50)) == "  78 of others: 31 with the author, …"


def test_nothing_to_do_names_the_next_ping() -> None:
    lines = [a_line(id=2, place=put(Section.WAITING, "reviewers", due=NOW + DAY, mine=True))]
    (nothing,) = (row for row in queue_rows(by_section(lines), UNFOLDED, NOW) if isinstance(row, QueueMore))
    assert nothing.text == "Nothing needs you. Next: ping for #2 on Thu 21."


def test_a_series_without_title_has_a_row() -> None:
    assert "(no subject)" in plain(draw_series(a_line(title="", place=put(Section.NOW)), 80, NOW))


@pytest.mark.parametrize("width", [30, 40, 43, 44, 58, 61, 62, 78, 97, 98, 118, 200])
def test_a_row_fits_every_width(width: int) -> None:
    row = a_line(title=LONG, unread=12, points_open=3, place=put(Section.REVIEW, "answer Maximilian", overdue=True))
    pieces = draw_series(row, width, NOW)
    assert width_of(pieces) == width
    assert "9d!" in plain(pieces)
    assert len(column_titles(width)) in (0, width)
    heading = QueueHeading(Section.NEW, 1234, "since you looked, oldest 3d", True)
    assert width_of(draw_heading(heading, width)) <= width


@pytest.mark.parametrize(("width", "least"), [(38, 25), (58, 33), (78, 40), (118, 44), (158, 80)])
def test_the_title_keeps_its_room(width: int, least: int) -> None:
    row = a_line(title=LONG, place=put(Section.REVIEW, "review v12"))
    shown = plain(draw_series(row, width, NOW))
    assert len(shown[2:].partition("…")[0]) + 1 >= least or LONG in shown


def test_names_leave_the_verb_in_a_narrow_terminal() -> None:
    answer = a_line(place=put(Section.NOW, "answer Maximilian"))
    assert "answer Maximil" in plain(draw_series(answer, 80, NOW))
    assert "answer  " in plain(draw_series(answer, 58, NOW))
    assert "review v2" in plain(draw_series(a_line(place=put(Section.REVIEW, "review v2")), 58, NOW))


def test_my_own_series_are_yours() -> None:
    mine = plain(draw_series(a_line(id=1, mine=True, place=put(Section.WAITING)), 118, NOW))
    assert "  you  " in mine
    assert "Ann Author" not in mine


@pytest.mark.parametrize(
    ("section", "verb", "text"),
    [
        (Section.NEW, "4 replies", "4 replies"),
        (Section.NEW, "v12 posted", "v12 posted"),
        (Section.NEW, "Reviewed-by, Acked-by", "Reviewed-…"),
        (Section.WAITING, "docs tree", "docs tree"),
        (Section.NOW, "answer Lea", "answer    "),
        (Section.NOW, "ping maintainer?", "ping?     "),
    ],
)
def test_at_60_columns_what_happened_is_whole_and_names_leave_what_is_to_do(
    section: Section, verb: str, text: str
) -> None:
    assert text in plain(draw_series(a_line(id=1, place=put(section, verb)), 58, NOW))


@pytest.mark.parametrize("width", [100, 118, 178])
def test_titles_of_the_columns_stand_above_them(width: int) -> None:
    row = a_line(id=1, title="net: one", inboxes=("linux-iio",), place=put(Section.NOW, "apply v12"))
    above, below = column_titles(width), plain(draw_series(row, width, NOW))
    assert len(above) == len(below) == width
    assert below.index("apply v12") == above.index("Next")
    assert below.index("Ann Author") == above.index("Author")
    if width > 100:
        assert below.index("linux-iio") == above.index("List")


@pytest.mark.parametrize(
    ("inboxes", "width", "text"),
    [
        (("linux-iio",), 118, "  linux-iio  "),
        (("linux-gpio",), 118, "  gpio  "),
        (("linux-gpio",), 200, "  linux-gpio  "),
        (("bpf", "linux-mm"), 118, "  bpf, mm  "),
        (("platform-drivers",), 118, "  platform…  "),
    ],
)
def test_a_list_that_does_not_fit_is_shown_without_linux(inboxes: tuple[str, ...], width: int, text: str) -> None:
    drawn = plain(draw_series(a_line(id=1, inboxes=inboxes, place=put(Section.NOW)), width, NOW))
    assert text in drawn


@pytest.mark.parametrize("width", [98, 116, 140, 200])
def test_labels_stand_at_the_end_of_the_title_in_a_wide_terminal(width: int) -> None:
    row = a_line(title=LONG, labels=("later", "todo"), place=put(Section.REVIEW))
    drawn = draw_series(row, width, NOW)
    assert width_of(drawn) == width
    title, _, rest = plain(drawn).partition("…")
    assert LONG.startswith(title.removeprefix("○ "))
    assert rest.lstrip().startswith("later todo  review v1")
    many = a_line(title=LONG, labels=("a-label-of-many-words", "todo"), place=put(Section.REVIEW))
    assert "  a-label-of-many…  review v1" in plain(draw_series(many, width, NOW))


def test_at_80_columns_labels_leave_the_title_its_room() -> None:
    labeled, plain_row = (a_line(title=LONG, labels=given, place=put(Section.REVIEW)) for given in (("todo",), ()))
    assert draw_series(labeled, 80, NOW) == draw_series(plain_row, 80, NOW)
