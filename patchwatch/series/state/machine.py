"""State and turn of a revision, from its own mails.

Pure.  The replies are processed in the order of their dates; each can change the state (patchwork's) and pass the turn
on.  Modules in patchwatch.mail.sentences decide what a sentence means, patchwatch.series.state.reply what it means in
a reply; patchwatch.series.state.status adds pull requests, git trees and what people decided.  The rules are listed in
docs/how-it-decides.md.
"""

from __future__ import annotations

import re

from patchwatch.mail.message import Message, Signal, SignalKind
from patchwatch.series.committers import NOT_KNOWN, Committers, lists_of
from patchwatch.series.revision import FollowUp, Revision
from patchwatch.series.robot_policy import DEFAULT, RobotPolicy
from patchwatch.series.robot_replies import promises_to_robot
from patchwatch.series.state.commands import COMMANDS
from patchwatch.series.state.reply import Reply, is_thanks_for_advice, signals_by_kind
from patchwatch.series.state.turns import Turns, reason_of
from patchwatch.series.state.types import Reason, StateChange
from patchwatch.series.stated_relations import successors_in
from patchwatch.series.states import CLOSED, NOBODYS_TURN, ReasonKind, State, Turn

_FINAL = (State.MAINLINED, State.REJECTED, State.NOT_APPLICABLE)
_UNDECIDED = (State.NEW, State.UNDER_REVIEW)


class StateMachine(Turns):
    """The state of one revision as it changes, reply by reply."""

    def __init__(
        self,
        revision: Revision,
        completion: Reason | None,
        root: Message,
        committers: Committers = NOT_KNOWN,
        policy: RobotPolicy = DEFAULT,
    ) -> None:
        """`completion` is the mail with whose tag every patch has a review, if there is one; `root` begins it."""
        super().__init__(revision, completion, root)
        self._revision, own = revision, revision.own_messages
        self._completion, self._policy = completion, policy
        self._committers, self._lists = committers, lists_of(revision)
        self._author_names = {word for m in own for word in re.findall(r"\w+", m.author.name.lower())}
        self._patch_count = self.applied.count
        self._rfc = revision.rfc
        self.partly_reason: Reason | None = None  # the last mail that reported some patches as applied
        self.changes = [StateChange(self.turn_reason, self.state, self.turn)]

        self._reviewer_mails: set[str] = set()  # message-ids of replies by others than the author and bots
        self._unsatisfied: set[str] = set()  # addresses of those who requested changes, until they are satisfied
        self._only_wished_by: str | None = None  # only the wish of this address requests changes; the author may argue
        self._only_promised = False  # nobody requested changes explicitly, but the author promised some
        self._obsolete: Signal | None = None  # somebody said that the patch is not needed
        self._withdrawn: set[int] = set()  # patches that the author withdrew one by one

    @property
    def _closed(self) -> bool:
        return self.state in CLOSED or self.state in (State.DEFERRED, State.AWAITING_UPSTREAM)

    def posted_again(self, root: Message) -> StateMachine:
        """Begin again with another posting of the same, if something was requested of the author."""
        if self._closed or self.turn != Turn.AUTHOR:
            return self
        machine = StateMachine(self._revision, self._completion, root, self._committers, self._policy)
        machine.applied, machine.partly_reason = self.applied, self.partly_reason
        machine.changes[:0] = self.changes
        return machine

    def process(self, follow_up: FollowUp, *, by_author: bool) -> None:
        """Process the next mail; record a state change if it changed anything."""
        message = follow_up.message
        from_bot = message.bot or follow_up.notice
        if not by_author and not from_bot:
            self._reviewer_mails.add(message.message_id)
        by_committer = not from_bot and self._committers.includes(message.author, self._lists)
        reply = Reply(
            message=message,
            patch=follow_up.patch,
            by_author=by_author,
            to_posting=message.parent in self.own_ids,
            to_reviewer=message.parent in self._reviewer_mails or promises_to_robot(message),
            completes_review=self._completion is not None and self._completion.message_id == message.message_id,
            author_names=self._author_names,
            signals=signals_by_kind(message, self._committers, self._lists),
            by_committer=by_committer,
        )
        before = (self.state, self.turn, self.applied.partly)
        if from_bot:
            self._process_bot(reply)
        else:
            self._process_person(reply)
        if (self.state, self.turn, self.applied.partly) != before:
            reason = self.reason if self.state != before[0] else self.turn_reason
            if reason is None or reason.message_id != message.message_id:
                reason = reason_of(message)
            self.changes.append(StateChange(reason, self.state, self.turn))

    def _process_bot(self, reply: Reply) -> None:
        signals = reply.signals
        if merged := signals.get(SignalKind.MAINLINED):
            # A stable tree only takes what Linus has.
            upstream = "torvalds" in merged.detail or "stable" in merged.detail
            self._apply(reply, merged, State.MAINLINED if upstream else State.ACCEPTED)
        elif (applied := signals.get(SignalKind.APPLIED)) and self.state != State.MAINLINED:
            self._apply(reply, applied, State.ACCEPTED)
        elif (dropped := signals.get(SignalKind.UNAPPLIED)) and self.state == State.ACCEPTED:
            self.applied.partly = ""
            self._set_state(State.UNDER_REVIEW, reply, dropped)
            self.set_turn(Turn.AUTHOR, reply, dropped.kind, dropped.text)
        elif SignalKind.SUCCESS in signals:
            self.failed.discard(reply.sender)
        elif (failure := self._policy.request(reply.message)) and self.state not in NOBODYS_TURN:
            self.failed.add(reply.sender)
            self.set_turn(Turn.AUTHOR, reply, failure.kind, failure.text)

    def _process_person(self, reply: Reply) -> None:
        rules = (
            self._handle_command,
            self._handle_applied,
            self._handle_dropped,
            self._handle_successor,
            self._handle_withdrawal,
            self._handle_obsolete,
            self._handle_rework,
            self._handle_wish,
            self._handle_nak,
            self._handle_deferral,
            self._handle_hold,
            self._handle_satisfaction,
        )
        if not any(rule(reply) for rule in rules) and not reply.by_author and not self._closed:
            self._review(reply)
        self._release(reply)
        if reply.completes_review:
            self.fully_reviewed = True
            promised = self.state == State.CHANGES_REQUESTED and self._only_promised
            if (self.state in _UNDECIDED or promised) and not self.held_by:
                self.state, self.reason = State.REVIEWED, self._completion
        if self.state not in NOBODYS_TURN:
            self.pass_turn(reply)

    # ---- state: each rule returns True if the reply is its case ----------------------------------------------------

    def _handle_command(self, reply: Reply) -> bool:
        command = reply.signals.get(SignalKind.COMMAND)
        if command and (state := COMMANDS.get(command.detail)):
            self._set_state(state, reply, command)
        return command is not None

    def _handle_applied(self, reply: Reply) -> bool:
        applied, merged = reply.signals.get(SignalKind.APPLIED), reply.signals.get(SignalKind.MAINLINED)
        if applied and not (reply.by_author and self._is_about_advice(reply, applied)):
            self._apply(reply, applied, State.ACCEPTED)
            return True
        if merged and self.state not in _FINAL:
            self._apply(reply, merged, State.MAINLINED)
            return True
        return False

    def _is_about_advice(self, reply: Reply, applied: Signal) -> bool:
        """True for an author's "applied, thanks" to advice; a committer's to anything else is about their patch."""
        if reply.by_committer:
            return reply.message.accepted is None and reply.to_reviewer and self.turn == Turn.AUTHOR
        return is_thanks_for_advice(reply.message, applied)

    def _handle_dropped(self, reply: Reply) -> bool:
        dropped = reply.signals.get(SignalKind.UNAPPLIED)
        if not dropped or self.state in _FINAL or reply.by_author:
            return False
        self.applied.partly = ""
        self._set_state(State.CHANGES_REQUESTED, reply, dropped)
        return True

    def _handle_successor(self, reply: Reply) -> bool:
        """Another posting supersedes this one; if that is known, they are two versions."""
        successors = successors_in(reply.message, by_author=reply.by_author, about_all=self._is_about_all(reply))
        successor = next(successors, None)
        if successor is None or self._closed:
            return False
        self._set_state(State.NOT_APPLICABLE, reply, Signal(SignalKind.WITHDRAWN, successor.text))
        return True

    def _handle_withdrawal(self, reply: Reply) -> bool:
        if not reply.by_author or self._closed or not (withdrawal := reply.withdrawal()):
            return False
        self._withdrawn.add(reply.patch)
        if reply.patch == 0 or len(self._withdrawn) >= self._patch_count:
            self._set_state(State.NOT_APPLICABLE, reply, withdrawal)
        return True

    def _handle_obsolete(self, reply: Reply) -> bool:
        """The author accepts that somebody else did the same, or that nothing is wrong."""
        if not (reply.by_author and self._obsolete) or self._closed or not reply.insists_on_nothing:
            return False
        self._set_state(State.NOT_APPLICABLE, reply, self._obsolete)
        return True

    def _handle_rework(self, reply: Reply) -> bool:
        """The author tells a reviewer that they will change this patch, even if nobody requested it explicitly."""
        open_for_rework = reply.to_reviewer and (not self._closed or self.state == State.REJECTED)
        if not (reply.by_author and open_for_rework) or not (promise := reply.rework_promise(self.state)):
            return False
        self._only_promised = not self._unsatisfied
        self._only_wished_by = None
        if self.state != State.CHANGES_REQUESTED:
            self._set_state(State.CHANGES_REQUESTED, reply, promise)
        return True

    def _handle_wish(self, reply: Reply) -> bool:
        """Somebody's wish, which alone requested changes, is settled by them or disputed by the author."""
        if self._only_wished_by is None:
            return False
        if reply.sender == self._only_wished_by and reply.has(SignalKind.SATISFIED):
            satisfied = reply.signals[SignalKind.SATISFIED]
            reason = reason_of(reply.message, satisfied.text, satisfied.kind)
        elif reply.by_author and self.state == State.CHANGES_REQUESTED and not reply.concedes:
            reason = reason_of(reply.message)
        else:
            return False
        self._only_wished_by = None
        self.state, self.reason = State.UNDER_REVIEW, reason
        return True

    def _handle_nak(self, reply: Reply) -> bool:
        nak = reply.signals.get(SignalKind.NAK)
        if not nak or reply.by_author or self._closed:
            return False
        self._set_state(State.REJECTED if self._is_about_all(reply) else State.CHANGES_REQUESTED, reply, nak)
        self._unsatisfied.add(reply.sender)
        return True

    def _handle_deferral(self, reply: Reply) -> bool:
        deferral = reply.signals.get(SignalKind.DEFERRED)
        if not deferral or reply.by_author or self._closed:
            return False
        self._set_state(State.DEFERRED, reply, deferral)
        return True

    def _handle_hold(self, reply: Reply) -> bool:
        """Somebody says not to apply it for now: that outranks tags."""
        hold = reply.signals.get(SignalKind.HOLD)
        if not hold or self._closed:
            return False
        self.held_by.add(reply.sender)
        if self.state in (*_UNDECIDED, State.REVIEWED):
            self.state, self.reason = State.UNDER_REVIEW, reason_of(reply.message, hold.text, hold.kind)
        return True

    def _release(self, reply: Reply) -> None:
        """Whoever held it up is satisfied."""
        if reply.sender in self.held_by and not reply.has(SignalKind.HOLD) and (reply.endorses or reply.is_satisfied):
            self.held_by.discard(reply.sender)
            if self.fully_reviewed and not self.held_by and self.state == State.UNDER_REVIEW:
                self.state, self.reason = State.REVIEWED, self._completion

    def _handle_satisfaction(self, reply: Reply) -> bool:
        """Somebody who had requested changes gives a tag."""
        if reply.sender not in self._unsatisfied or not reply.only_endorses:
            return False
        self._unsatisfied.discard(reply.sender)
        self.forget_requests_of(reply.sender)
        if self.state == State.CHANGES_REQUESTED and not self._unsatisfied:
            self.state = State.REVIEWED if self.fully_reviewed and not self.held_by else State.UNDER_REVIEW
            self.reason = reason_of(reply.message, None, ReasonKind.TAGGED)
            self.set_turn(self.turn_of_others, reply, ReasonKind.TAGGED)
        return True

    def _review(self, reply: Reply) -> None:
        """Any other reply of somebody else than the author."""
        self._obsolete = reply.signals.get(SignalKind.ELSEWHERE) if self._is_about_all(reply) else None
        if request := reply.change_request():
            self._unsatisfied.add(reply.sender)
            self._only_wished_by = None
            if self.state != State.CHANGES_REQUESTED:
                self._set_state(State.CHANGES_REQUESTED, reply, request)
        elif self.state in _UNDECIDED and not self._rfc and (wish := reply.wish()):  # an RFC asks for opinions
            self._only_wished_by = reply.sender
            self._set_state(State.CHANGES_REQUESTED, reply, wish)
        elif self.state == State.NEW:
            self.state, self.reason = State.UNDER_REVIEW, reason_of(reply.message, None, ReasonKind.COMMENTED)

    def _is_about_all(self, reply: Reply) -> bool:
        return reply.patch == 0 or self._patch_count == 1

    def _apply(self, reply: Reply, applied: Signal, state: State) -> None:
        """Note that the posting, or some of its patches, were applied."""
        before = self.applied.partly
        extent = self.applied.add(reply, applied, self._withdrawn)
        if extent == "all":
            self.partly_reason = None
            self._set_state(state, reply, applied)
        elif self.state == state:
            self.applied.partly = before  # all of it is applied already
        elif extent == "some":
            self.partly_reason = reason_of(reply.message, applied.text, applied.kind)
            if self.state in _UNDECIDED:
                self.state, self.reason = State.UNDER_REVIEW, self.partly_reason

    def _set_state(self, state: State, reply: Reply, why: Signal) -> None:
        self.state = state
        self.reason = reason_of(reply.message, why.text, why.kind)
        if state in NOBODYS_TURN:
            self.set_turn(Turn.NOBODY, reply, why.kind, why.text)
