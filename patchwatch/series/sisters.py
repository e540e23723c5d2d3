"""Sister series: what an author posts at the same time, with the same change for several drivers.

Pure.  What a reviewer says of one of them often holds for all, and only that one has the mail.  On seven lists, in
twelve years of a list together, there were six groups of which the author promised to change one while nobody had
replied to another; in two of them that one was applied as it was.  So its review is not ruled out, only not sure.
"""

from __future__ import annotations

from patchwatch.mail.message import Person
from patchwatch.series.model import SeriesRow
from patchwatch.series.names import Names
from patchwatch.series.points import Fate
from patchwatch.series.states import State, Turn

_APART = 86_400  # seconds between postings
_FEWEST, _SHARE = 3, 0.6  # words that two titles have in common, and their share of the longer one


def are_alike(one: str, other: str) -> bool:
    """True if two titles differ in one place only: "Input: foo - drop the wakeup", "Input: bar - drop the wakeup"."""
    mine, theirs = one.lower().split(), other.lower().split()
    shorter = min(len(mine), len(theirs))
    begin = next((n for n in range(shorter) if mine[n] != theirs[n]), shorter)
    end = next((n for n in range(shorter - begin) if mine[-1 - n] != theirs[-1 - n]), shorter - begin)
    return begin + end >= _FEWEST and begin + end >= _SHARE * max(len(mine), len(theirs))


def may_have_sister(row: SeriesRow) -> bool:
    """True for a series of somebody else that nobody has replied to."""
    mine = row.involvement
    return row.state == State.NEW and row.turn == Turn.REVIEWERS and mine is not None and not mine.author


def is_sister(one: SeriesRow, other: SeriesRow) -> bool:
    """True if `other` was posted with `one`, by the same author, under a title like it."""
    mine, theirs = one.revisions[-1], other.revisions[-1]
    same = one.id != other.id and mine.version == theirs.version and mine.author_email == theirs.author_email
    return same and abs(mine.date - theirs.date) <= _APART and are_alike(one.title, other.title)


def conceded(sister: SeriesRow, names: Names) -> str:
    """That the author of a sister agreed to change it, or that it was refused; empty if neither was."""
    title = f"“{sister.title}”, sent with it"
    if sister.state == State.REJECTED:
        return f"{title}, was refused"
    promised = any(point.fate == Fate.PROMISED for point in sister.revisions[-1].points)
    if sister.state != State.CHANGES_REQUESTED or sister.turn != Turn.AUTHOR or not promised:
        return ""
    return f"{names.name(Person(sister.author_name, sister.author_email))} agreed to change {title}"
