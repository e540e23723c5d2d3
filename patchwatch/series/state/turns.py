"""Whose turn a revision is, reply by reply, and what was asked of its author since it became theirs.

Pure.  patchwatch.series.state.machine sets the state, and what holds the revision up, before each reply passes the
turn on.
"""

from __future__ import annotations

from patchwatch.mail.message import Message, SignalKind
from patchwatch.mail.sentences.addressee import names_next_version
from patchwatch.series.pull_requests import KIND as PULL
from patchwatch.series.revision import Revision
from patchwatch.series.state.applied import AppliedPatches
from patchwatch.series.state.reply import FEW_WORDS, Reply
from patchwatch.series.state.types import Reason
from patchwatch.series.states import ReasonKind, State, Turn

# Of a reviewer who will act, or wants others to: the author need not answer.
_NO_ANSWER_NEEDED = (SignalKind.WILL_REVIEW, SignalKind.PROMISE, SignalKind.REVIEW_WANTED)


class Turns:
    """The turn of one revision as it changes, with its state."""

    def __init__(self, revision: Revision, completion: Reason | None, root: Message) -> None:
        """`completion` is the mail with whose tag every patch has a review, if there is one; `root` begins it."""
        self.applied = AppliedPatches(revision)
        self._pull = revision.kind == PULL
        self.own_ids = {m.message_id for m in (*revision.own_messages, *revision.patches)}
        self.fully_reviewed = completion is not None and (
            completion.message_id in self.own_ids or completion.date < root.date
        )
        self.state = State.REVIEWED if self.fully_reviewed else State.NEW
        self.reason = completion if self.fully_reviewed else None
        self.held_by: set[str] = set()  # addresses of those who said not to apply it for now
        self.failed: set[str] = set()  # addresses of bots whose failures the author has not answered
        self.turn = self.turn_of_others
        self.turn_reason = Reason(root.message_id, root.subject, root.date, kind=ReasonKind.POSTED, by=root.author)
        self.owed: list[Reason] = []  # see RevisionState
        self._unanswered: set[str] = set()  # addresses of those who asked or doubted since the author's last reply
        self._author_acts = False  # the author said that they act next
        self._new_version_promised = False

    @property
    def turn_of_others(self) -> Turn:
        """Whose turn it is if it is not the author's."""
        ready = self.fully_reviewed and not self.held_by
        return Turn.MAINTAINER if ready or self._pull else Turn.REVIEWERS

    def pass_turn(self, reply: Reply) -> None:
        """Pass the turn on after a reply to a revision that is not closed."""
        if self.state == State.DEFERRED:
            self.set_turn(Turn.AUTHOR, reply, ReasonKind.DEFERRED)
        elif reply.patch in self.applied.numbers:
            pass  # a discussion of an applied patch does not hold up the others
        elif reply.by_author:
            if self.turn != Turn.AUTHOR or not reply.concedes:
                self._pass_turn_from_author(reply)
        else:
            self._pass_turn_from_reviewer(reply)

    def _pass_turn_from_author(self, reply: Reply) -> None:
        self._unanswered.clear()
        self.failed.clear()
        asks = reply.has(SignalKind.QUESTION)
        if self._new_version_promised and self.turn == Turn.AUTHOR and not asks:
            return
        promises = (s for s in reply.message.signals if s.kind == SignalKind.PROMISE)
        self._new_version_promised |= any(names_next_version(s.text) for s in promises)
        act = reply.author_acts()
        if act and act.kind == SignalKind.WILL_REVIEW and reply.message.word_count > FEW_WORDS:
            act = None  # they answered, and will look at something else
        self._author_acts = act is not None and not asks
        if act and self._author_acts:  # nobody else can act until they post
            self.owed.clear()
            self.set_turn(Turn.AUTHOR, reply, act.kind, act.text)
        else:
            turn = Turn.MAINTAINER if self.state == State.REVIEWED or self._pull else Turn.REVIEWERS
            self.set_turn(turn, reply, ReasonKind.ANSWERED)

    def _pass_turn_from_reviewer(self, reply: Reply) -> None:
        changes_requested = self.state == State.CHANGES_REQUESTED
        if request := reply.request():
            if not reply.to_reviewer or self.turn != Turn.AUTHOR:
                self._unanswered.add(reply.sender)  # what one reviewer asks another is not for the author
            self.set_turn(Turn.AUTHOR, reply, request.kind, request.text)
        elif reply.completes_review and self.state == State.REVIEWED:
            if not self.failed:
                self.set_turn(Turn.MAINTAINER, reply, ReasonKind.TAGGED)
        elif intent := reply.signals.get(SignalKind.WILL_APPLY):
            self.set_turn(Turn.MAINTAINER, reply, intent.kind, intent.text)
        elif reply.has(SignalKind.QUESTION):
            pass  # for somebody else to answer
        elif changes_requested and not reply.endorses and not reply.has(SignalKind.SATISFIED):
            self.set_turn(Turn.AUTHOR, reply, ReasonKind.COMMENTED)  # the request for changes stands
        elif changes_requested and self._new_version_promised:
            self.set_turn(Turn.AUTHOR, reply, ReasonKind.COMMENTED)  # only the next version is awaited
        elif reply.is_satisfied:
            self._settle(reply)
        elif self.fully_reviewed or reply.has(*_NO_ANSWER_NEEDED):
            pass  # a remark after every patch has its tag asks nothing of anybody
        else:
            self._unanswered.add(reply.sender)
            applied = reply.has(SignalKind.APPLIED)
            self.set_turn(Turn.AUTHOR, reply, SignalKind.APPLIED if applied else ReasonKind.COMMENTED)

    def _settle(self, reply: Reply) -> None:
        """Somebody is satisfied; the author's turn ends if nobody else waits for an answer."""
        self._unanswered.discard(reply.sender)
        self.forget_requests_of(reply.sender)
        waiting = self._unanswered or self.failed or self._author_acts or self.state == State.CHANGES_REQUESTED
        if self.turn == Turn.AUTHOR and not waiting:
            self.set_turn(self.turn_of_others, reply, ReasonKind.TAGGED)

    def forget_requests_of(self, address: str) -> None:
        """Take back what somebody asked of the author."""
        self.owed = [reason for reason in self.owed if reason.by.email != address]

    def set_turn(self, turn: Turn, reply: Reply, kind: str, text: str | None = None) -> None:
        """Set the turn; note what was asked of the author."""
        reason = reason_of(reply.message, text, kind)
        if turn != Turn.AUTHOR:
            self.owed.clear()
        elif (reason.by, kind) not in {(r.by, r.kind) for r in self.owed}:
            self.owed.append(reason)
        if turn == self.turn == Turn.AUTHOR:
            return  # since the first mail that asked
        self.turn = turn
        self.turn_reason = reason


def reason_of(message: Message, text: str | None = None, kind: str = "") -> Reason:
    """The reason that a mail gives, in these words or its own."""
    words = text or message.excerpt.partition("\n")[0] or message.subject
    return Reason(message.message_id, words, message.date, kind=kind, by=message.author)
