"""The points of a person that the author of a patch answered, and that wait for them now.

Pure: the current time is passed in.
"""

from __future__ import annotations

from typing import NamedTuple

from patchwatch.mail.message import Person
from patchwatch.series.model import Evidence, SeriesRow
from patchwatch.series.points import waiting_on
from patchwatch.series.states import Turn


class Answers(NamedTuple):
    """Answers to points of mine that I have not replied to."""

    points: int  # how many were answered; at least one
    by: Person  # who gave the last
    first: int  # the date of the first of them: since then it waits for me
    last: int
    message_id: str  # of the last


def answer_shown(row: SeriesRow, message_id: str) -> Evidence | None:
    """The answer to a point of mine in a mail, in the words of who answered; None if there is none."""
    me = row.involvement.me if row.involvement else frozenset[str]()
    mine = [p for p in row.revisions[-1].points if p.by.email in me and p.closed_by == message_id and p.closer]
    if not message_id or not mine or mine[-1].closer is None:
        return None
    point, by = mine[-1], mine[-1].closer
    return Evidence(message_id, point.closing, by_name=by.name, by_email=by.email, date=point.closed_at)


def answers_to_me(row: SeriesRow, now: int) -> Answers | None:
    """The answers since I wrote in the series, or said that it is not mine to do; None without any."""
    me = row.involvement
    if me is None or me.author:
        return None
    author = Person(row.author_name, row.author_email)
    waiting = waiting_on(row.revisions[-1].points, author, Turn(row.turn), now)
    told = max(me.replied, row.not_mine)
    mine = [p for one in waiting if one.person.email in me.me for p in one.points if p.closed_at > told]
    if not mine:
        return None
    last = max(mine, key=lambda point: point.closed_at)
    first = min(point.closed_at for point in mine)
    return Answers(len(mine), last.closer or author, first, last.closed_at, last.closed_by)
