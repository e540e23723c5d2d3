"""State and turn of a series, each with its evidence.

Pure: combines the state of the newest revision from its own mails (patchwatch.series.state.machine), the pull requests
and git trees that its patches are in, and marks by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from patchwatch.mail.message import Person
from patchwatch.series.state.types import Reason, RevisionState
from patchwatch.series.states import AUTHORS_TURN, NOBODYS_TURN, ReasonKind, State, Turn

_OTHERS = (Turn.REVIEWERS, Turn.MAINTAINER)
_UNDECIDED = (State.NEW, State.UNDER_REVIEW)
_ORDER = (State.UNDER_REVIEW, State.AWAITING_UPSTREAM, State.ACCEPTED, State.MAINLINED)


@dataclass(frozen=True, slots=True)
class Mark:
    """A state that a person set by hand on a revision."""

    root: str
    state: State
    at: int
    by: str


@dataclass(frozen=True, slots=True)
class Merge:
    """Where a revision's patches are, from pull requests, commits in git trees and mails that name such commits."""

    state: State  # mainlined, accepted, awaiting-upstream; under-review if only some are in, or they were reverted
    reason: Reason
    reverted: bool = False


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """State and turn of a series, with the reasons."""

    state: State
    reason: Reason | None
    turn: Turn
    turn_since: int
    turn_reason: Reason


def series_status(
    newest_root: str,
    newest: RevisionState,
    marks: Sequence[Mark],
    merges: Sequence[Merge] = (),
    late: Reason | None = None,
) -> SeriesStatus:
    """The status of a series from its newest revision.

    A tree outranks the revision's own mails; a mark outranks both until a newer revision is posted.  `late` is what
    somebody asked for in reply to an earlier revision when the newest had been posted: it is likely the author's turn
    then, unless every patch has its review.
    """
    status = SeriesStatus(newest.state, newest.reason, newest.turn, newest.turn_since, newest.turn_reason)
    if late is not None and newest.turn in _OTHERS and newest.state in _UNDECIDED:
        status = SeriesStatus(newest.state, newest.reason, Turn.AUTHOR, late.date, late)
    mark = next((m for m in marks if m.root == newest_root), None)
    if mark is not None:
        return _marked(status, mark)
    if merges:
        return _merged(status, max(merges, key=_weight))
    return status


def _weight(merge: Merge) -> tuple[bool, int]:
    return merge.reverted, _ORDER.index(merge.state)


def _merged(status: SeriesStatus, merge: Merge) -> SeriesStatus:
    why = merge.reason
    if merge.reverted:
        return SeriesStatus(State.UNDER_REVIEW, why, Turn.AUTHOR, why.date, why)
    if merge.state == State.UNDER_REVIEW:  # some patches are in
        if status.state not in (State.NEW, State.UNDER_REVIEW):
            return status
        return SeriesStatus(State.UNDER_REVIEW, why, status.turn, status.turn_since, status.turn_reason)
    if status.state in (State.MAINLINED, merge.state) or (
        merge.state == State.AWAITING_UPSTREAM and status.state in NOBODYS_TURN
    ):
        return status  # its mails report the same, or more
    return SeriesStatus(merge.state, why, Turn.NOBODY, why.date, why)


def _marked(status: SeriesStatus, mark: Mark) -> SeriesStatus:
    reason = Reason("", f"set by {mark.by}", mark.at, by_hand=True, kind=ReasonKind.MARKED, by=Person(mark.by, ""))
    turn, since, why = status.turn, status.turn_since, status.turn_reason
    if mark.state in NOBODYS_TURN:
        turn, since, why = Turn.NOBODY, mark.at, reason
    elif mark.state in AUTHORS_TURN:
        turn, since, why = Turn.AUTHOR, mark.at, reason
    elif turn == Turn.NOBODY:
        turn, since, why = Turn.REVIEWERS, mark.at, reason
    return SeriesStatus(mark.state, reason, turn, since, why)
