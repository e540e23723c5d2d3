"""Who replied to a revision besides its author and bots, when last, and whether the author answered them.

patchwatch.series.state.next_action derives from it what one person still has to do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from patchwatch.mail.message import Person, SignalKind
from patchwatch.series.revision import Revision
from patchwatch.series.robot_replies import without_answers_to_robots
from patchwatch.series.tags import authors_of, given_in, is_endorsement

_ASKS = frozenset({SignalKind.CHANGES, SignalKind.QUESTION, SignalKind.NAK})


@dataclass(frozen=True, slots=True)
class ReviewerActivity:
    """The replies from one address."""

    person: Person
    date: int  # of the last mail
    satisfied: bool = False  # they gave a tag, and asked nothing since
    answer: str = ""  # message-id of the author's last reply to them, if they have not replied since
    answered: int = 0  # its date


def reviewers_of(revision: Revision) -> tuple[ReviewerActivity, ...]:
    """The reviewers of a revision, in the order of their first replies."""
    revision = without_answers_to_robots(revision)
    authors = authors_of(revision)
    found: dict[str, ReviewerActivity] = {}
    sender: dict[str, str] = {}  # message-id -> address
    for follow_up in revision.follow_ups:
        message = follow_up.message
        if message.bot or follow_up.notice:
            continue
        if authors.include(message.author.name, message.author.email):
            answered = found.get(sender.get(message.parent or "", ""))
            if answered is not None and message.word_count:  # more than thanks
                found[answered.person.email] = replace(answered, answer=message.message_id, answered=message.date)
            continue
        address = message.author.email
        sender[message.message_id] = address
        before = found.get(address)
        asks = any(s.kind in _ASKS for s in message.signals)
        tags = any(is_endorsement(t.name) for t in given_in(follow_up))
        satisfied = not asks and (tags or (before is not None and before.satisfied))
        found[address] = ReviewerActivity(message.author, message.date, satisfied)
    return tuple(found.values())
