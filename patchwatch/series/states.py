"""States of a series, turns, and the kinds of reasons for them.

States are patchwork's; a turn is what Gerrit calls the attention set.  The values are those of the database, the JSON
output and the config.  Rows (patchwatch.series.model) hold them as plain strings, which compare equal to the members:
converting ten thousand of them would slow down a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum


class State(StrEnum):
    """The state of a revision or series, in the order in which a list sorts them."""

    NEW = "new"
    UNDER_REVIEW = "under-review"
    CHANGES_REQUESTED = "changes-requested"
    REVIEWED = "reviewed"
    ACCEPTED = "accepted"
    MAINLINED = "mainlined"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    AWAITING_UPSTREAM = "awaiting-upstream"
    NOT_APPLICABLE = "not-applicable"
    SUPERSEDED = "superseded"


SETTABLE = tuple(state for state in State if state is not State.SUPERSEDED)
"""States that a series can be in, and that a person can set; only older revisions are superseded."""

APPLIED = frozenset({State.ACCEPTED, State.MAINLINED})
NOBODYS_TURN = APPLIED | {State.REJECTED, State.NOT_APPLICABLE}
CLOSED = NOBODYS_TURN | {State.SUPERSEDED}


class Turn(StrEnum):
    """Who has to act next."""

    AUTHOR = "author"
    REVIEWERS = "reviewers"
    MAINTAINER = "maintainer"
    NOBODY = "nobody"


class ReasonKind(StrEnum):
    """What happened that passed a turn, besides the signals of a mail (SignalKind)."""

    POSTED = "posted"
    ANSWERED = "answered"  # by the author
    COMMENTED = "said"  # by somebody else, with neither a request nor a tag
    TAGGED = "tagged"
    DEFERRED = "deferred"
    MARKED = "marked"  # a person set the state by hand; there is no mail


def patch_names(numbers: Iterable[int]) -> str:
    """`patch 2`, `patches 1-3, 5`; 0 is all of them."""
    order = sorted(set(numbers))
    if 0 in order:
        return "all"
    runs: list[list[int]] = []
    for number in order:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return f"{'patch' if len(order) == 1 else 'patches'} {', '.join(map(_run, runs))}"


def _run(numbers: Sequence[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"
