"""States of a series, turns, and the kinds of reasons for them.

States are patchwork's; a turn is what Gerrit calls the attention set.  The values are those of the database, the JSON
output and the config.  Rows (patchwatch.series.model) hold them as plain strings, which compare equal to the members:
converting ten thousand of them would slow down a list.
"""

from __future__ import annotations

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

AUTHORS_TURN = frozenset({State.CHANGES_REQUESTED, State.DEFERRED})
"""States that pass the turn to the author when a person sets them by hand."""


SILENCE = 21 * 86_400
"""Seconds after an answer from which on silence counts as consent, unless the config says otherwise."""


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
    CITED = "cited"  # another mail names a commit of it
    RELAYED = "relayed"  # a maintainer sent it on with patches of others
    MARKED = "marked"  # a person set the state by hand; there is no mail
