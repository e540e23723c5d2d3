"""Who replied to a revision besides its author and bots, when last, and whether the author answered them.

patchwatch.series.state.next_action derives from it what one person still has to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from patchwatch.mail.message import Person, SignalKind
from patchwatch.series.revision import FollowUp, Revision
from patchwatch.series.robot_replies import without_answers_to_robots
from patchwatch.series.tag import is_endorsement
from patchwatch.series.tags import authors_of, given_in

_ASKS = frozenset({SignalKind.CHANGES, SignalKind.QUESTION, SignalKind.NAK})


@dataclass(frozen=True, slots=True)
class ReviewerActivity:
    """The replies from one address."""

    person: Person
    date: int  # of the last mail
    satisfied: bool = False  # they gave a tag, and asked nothing since
    answer: str = ""  # message-id of the author's last reply to them, if they have not replied since
    answered: int = 0  # its date


class Reviewers:
    """The reviewers of a revision, in the order of their first replies, reply by reply."""

    def __init__(self, known: Iterable[ReviewerActivity] = ()) -> None:
        """`known` are those of the replies that were read before."""
        self._found = {one.person.email: one for one in known}

    @property
    def found(self) -> tuple[ReviewerActivity, ...]:
        """All of them."""
        return tuple(self._found.values())

    def read(self, follow_up: FollowUp, *, by_author: bool, answered: str) -> None:
        """Read the next reply; `answered` is the address of the reviewer whose reply it answers, if it answers one.

        What the author adds below an answer is an answer to the same person.
        """
        message = follow_up.message
        if follow_up.from_bot:
            return
        if by_author:
            reviewer = self._found.get(answered) or self._answered_in(message.parent or "")
            if reviewer is not None and message.word_count:  # more than thanks
                answer = replace(reviewer, answer=message.message_id, answered=message.date)
                self._found[reviewer.person.email] = answer
            return
        before = self._found.get(message.author.email)
        asks = any(s.kind in _ASKS for s in message.signals)
        tags = any(is_endorsement(t.name) for t in given_in(follow_up))
        satisfied = not asks and (tags or (before is not None and before.satisfied))
        self._found[message.author.email] = ReviewerActivity(message.author, message.date, satisfied)

    def _answered_in(self, message_id: str) -> ReviewerActivity | None:
        """The reviewer whose last answer from the author is this mail."""
        return next((one for one in self._found.values() if message_id and one.answer == message_id), None)


def reviewers_of(revision: Revision) -> tuple[ReviewerActivity, ...]:
    """The reviewers of a revision, in the order of their first replies."""
    authors, reviewers = authors_of(revision), Reviewers()
    sender: dict[str, str] = {}  # message-id -> address
    for follow_up in without_answers_to_robots(revision).follow_ups:
        message = follow_up.message
        by_author = authors.include(message.author.name, message.author.email)
        reviewers.read(follow_up, by_author=by_author, answered=sender.get(message.parent or "", ""))
        if not (by_author or follow_up.from_bot):
            sender[message.message_id] = message.author.email
    return reviewers.found
