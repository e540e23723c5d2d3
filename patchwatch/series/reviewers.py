"""Who spoke about a revision, besides its author and robots: when last, whether content, and what the author answered.

From it follows what one person still has to do (patchwatch.series.state.next_action); whose turn it is,
patchwatch.series.state.machine decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from patchwatch.mail.message import Person, SignalKind
from patchwatch.series.revision import Revision
from patchwatch.series.tags import authors_of, given_in, is_endorsement

_ASKS = frozenset({SignalKind.CHANGES, SignalKind.QUESTION, SignalKind.NAK})


@dataclass(frozen=True, slots=True)
class ReviewerActivity:
    """One address that spoke."""

    person: Person
    date: int  # of the last mail
    content: bool = False  # gave a tag, and asked nothing since
    answer: str = ""  # message-id of the author's last mail that answers one of these, if there is none later
    answered: int = 0  # its date


def reviewers_of(revision: Revision) -> tuple[ReviewerActivity, ...]:
    """The voices in the replies to a revision, by their first mail."""
    authors = authors_of(revision)
    found: dict[str, ReviewerActivity] = {}
    speaker: dict[str, str] = {}  # message-id -> address
    for follow_up in revision.follow_ups:
        message = follow_up.message
        if message.bot or follow_up.notice:
            continue
        if authors.include(message.author.name, message.author.email):
            answered = found.get(speaker.get(message.parent or "", ""))
            if answered is not None and message.word_count:  # more than thanks
                found[answered.person.email] = replace(answered, answer=message.message_id, answered=message.date)
            continue
        address = message.author.email
        speaker[message.message_id] = address
        before = found.get(address)
        asks = any(s.kind in _ASKS for s in message.signals)
        tags = any(is_endorsement(t.name) for t in given_in(follow_up))
        content = not asks and (tags or (before is not None and before.content))
        found[address] = ReviewerActivity(message.author, message.date, content)
    return tuple(found.values())
