"""Which series are in which view, and in what order."""

from __future__ import annotations

from typing import Any

import pytest

from patchwatch.series.queue import Place, Section
from patchwatch.series.views import (
    CHOICES,
    View,
    by_section,
    first_view,
    grouped,
    in_choice,
    in_view,
    is_my_turn,
    split_by_view,
)
from tests.series.summaries import NOW, a_line

MINE: dict[str, Any] = {"mine": True, "watched": False}
REVIEW = Place(Section.REVIEW, "review v1", "sent to you", NOW)
NEW = Place(Section.NEW, "v1 posted", "v1 posted", NOW)
CLOSED: dict[str, Any] = {"state": "accepted", "turn": "nobody"}
FAR: dict[str, Any] = {"watched": False}


@pytest.mark.parametrize(
    ("view", "line", "expected"),
    [
        (View.QUEUE, {}, False),
        (View.QUEUE, {"place": REVIEW}, True),
        (View.QUEUE, {**CLOSED, "place": REVIEW}, True),  # the queue decides
        (View.MINE, MINE, True),
        (View.MINE, {**MINE, **CLOSED}, True),
        (View.MINE, {}, False),
        (View.WATCHED, {}, True),
        (View.WATCHED, CLOSED, True),
        (View.WATCHED, {"muted": True}, True),
        (View.WATCHED, FAR, False),
        (View.FOLLOWED, {"followed": True}, False),  # watched outranks it
        (View.FOLLOWED, {**FAR, "followed": True}, True),
        (View.CLOSED, {}, False),
        (View.CLOSED, CLOSED, True),
        (View.CLOSED, {**CLOSED, **FAR}, False),
        (View.CLOSED, {**CLOSED, **MINE}, True),
        (View.ALL, {**FAR, **CLOSED}, True),
    ],
)
def test_views(view: View, line: dict[str, Any], expected: bool) -> None:
    assert in_view(view, a_line(**line)) == expected


def test_the_queue_has_its_own_order() -> None:
    lines = [a_line(id=1, place=NEW), a_line(id=2, place=REVIEW), a_line(id=3)]
    views = split_by_view(lines)
    assert [line.id for line in views[View.QUEUE]] == [2, 1]
    assert [line.id for line in views[View.WATCHED]] == [1, 2, 3]
    assert views[View.MINE] == []
    sections = by_section(lines)
    assert [line.id for line in sections[Section.REVIEW]] == [2]
    assert list(sections) == list(Section)
    assert grouped(views[View.QUEUE]) == sections


def test_what_waits_for_me_is_asked_now_or_to_review() -> None:
    assert is_my_turn(a_line(place=REVIEW))
    assert not is_my_turn(a_line(place=NEW))
    assert not is_my_turn(a_line())


def test_a_digest_can_choose_views_and_sections() -> None:
    assert in_choice("review", a_line(place=REVIEW))
    assert not in_choice("now", a_line(place=REVIEW))
    assert in_choice("queue", a_line(place=REVIEW))
    assert in_choice("closed", a_line(**CLOSED))
    assert CHOICES.count("closed") == 1


def test_what_needs_me_is_the_first_view_if_the_user_is_known() -> None:
    assert first_view(knows_me=True) is View.QUEUE
    assert first_view(knows_me=False) is View.WATCHED
