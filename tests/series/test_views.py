"""Which series are in which view, and in what order."""

from __future__ import annotations

from typing import Any

import pytest

from patchwatch.series.views import View, first_view, in_view, split_by_view
from tests.series.summaries import DAY, NOW, a_line

MINE: dict[str, Any] = {"mine": True, "watched": False}
ASKED: dict[str, Any] = {"for_me": True}
CLOSED: dict[str, Any] = {"state": "accepted", "turn": "nobody"}
FAR: dict[str, Any] = {"watched": False}


@pytest.mark.parametrize(
    ("view", "line", "expected"),
    [
        (View.MY_TURN, {}, False),
        (View.MY_TURN, {"turn": "author"}, False),
        (View.MY_TURN, MINE, False),  # it is the reviewers'
        (View.MY_TURN, {**MINE, "turn": "author"}, True),
        (View.MY_TURN, {**MINE, "overdue": True}, True),  # they want a reminder
        (View.MY_TURN, {**MINE, "turn": "author", "snoozed_until": 0}, False),
        (View.MY_TURN, {**MINE, "turn": "author", "muted": True}, False),
        (View.MY_TURN, {**MINE, **CLOSED}, False),
        (View.MY_TURN, ASKED, True),
        (View.MY_TURN, {**ASKED, "next_action": ""}, False),  # I gave my tag
        (View.MY_TURN, {**ASKED, "turn": "author"}, False),
        (View.MY_TURN, {**ASKED, **FAR}, False),  # an old archive is full of mail to me
        (View.MY_TURN, {**ASKED, **FAR, "followed": True}, True),
        (View.MY_TURN, {"next_action": "answer Jakub"}, True),
        (View.AWAITING_REVIEW, {}, True),
        (View.AWAITING_REVIEW, FAR, False),
        (View.AWAITING_REVIEW, {**FAR, "followed": True}, True),
        (View.AWAITING_REVIEW, MINE, True),
        (View.AWAITING_REVIEW, {"turn": "author"}, False),
        (View.AWAITING_REVIEW, {"snoozed_until": NOW + DAY}, False),
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


def test_views_of_waiting_series_are_ordered_by_the_longest_wait() -> None:
    old = a_line(id=1, turn_since=NOW - 9 * DAY, last_activity=NOW - 9 * DAY)
    new = a_line(id=2, turn_since=NOW - DAY, last_activity=NOW - DAY)
    views = split_by_view([new, old])
    assert views[View.AWAITING_REVIEW] == [old, new]
    assert views[View.WATCHED] == [new, old]
    assert views[View.MINE] == []


def test_my_turn_is_the_first_view_if_the_user_is_known() -> None:
    assert first_view(knows_me=True) is View.MY_TURN
    assert first_view(knows_me=False) is View.WATCHED
