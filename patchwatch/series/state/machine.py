"""Read the replies to a revision one by one: what each decides, demands, answers and settles.

Pure.  Modules in patchwatch.mail.sentences decide what a sentence means, patchwatch.series.state.reply what it means in
a reply; patchwatch.series.state.ledger follows the points, patchwatch.series.state.judgment derives state and turn, and
patchwatch.series.state.status adds pull requests, git trees and what people decided.  The rules are listed in
docs/how-it-decides.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from msgspec import structs

from patchwatch.mail import thanks
from patchwatch.mail.message import INSTEAD, Message, Signal, SignalKind, person_key
from patchwatch.mail.sentences.addressee import addressees, names_next_version
from patchwatch.pattern import Pattern
from patchwatch.series import point_rules
from patchwatch.series.committers import NOT_KNOWN, Committers, lists_of
from patchwatch.series.point_rules import PointRules
from patchwatch.series.points import Fate, Point, PointKind
from patchwatch.series.revision import FollowUp, Revision
from patchwatch.series.robot_policy import DEFAULT, RobotPolicy
from patchwatch.series.robot_replies import clears_robot, promises_to_robot
from patchwatch.series.state.applied import AppliedPatches
from patchwatch.series.state.commands import COMMANDS
from patchwatch.series.state.judgment import Review, judge
from patchwatch.series.state.ledger import Ledger
from patchwatch.series.state.memory import Seen
from patchwatch.series.state.reply import FEW_WORDS, Reply, answers_yes, is_for_advice, signals_by_kind
from patchwatch.series.state.types import Reason, StateChange, reason_of
from patchwatch.series.state.withdrawal import reinstates, will_post_again, withdrawn_patches
from patchwatch.series.stated_relations import successors_in
from patchwatch.series.states import CLOSED, ReasonKind, State, Turn

_FINAL = (State.MAINLINED, State.REJECTED, State.NOT_APPLICABLE)
_PARKED = (State.DEFERRED, State.AWAITING_UPSTREAM)
_THANKS = Pattern(r"(?i)\W*(?:many )?(?:thanks?|thx)\b|\Z")


class StateMachine:
    """What is known of one revision, reply by reply."""

    def __init__(
        self,
        revision: Revision,
        completion: Reason | None,
        carried: Reason | None,
        root: Message,
        committers: Committers = NOT_KNOWN,
        policy: RobotPolicy = DEFAULT,
        dismissed: Set[str] = frozenset(),
        rules: PointRules = point_rules.DEFAULT,
    ) -> None:
        """`completion` is the mail with whose tag every patch has a review; `carried` the first patch that carries one.

        `root` begins the revision; `dismissed` has the keys of points that a person dismissed.
        """
        self._policy, self._committers, self._lists = policy, committers, lists_of(revision)
        self.own_ids = {m.message_id for m in (*revision.own_messages, *revision.patches)}
        self._author_names = {word for m in revision.own_messages for word in re.findall(r"\w+", m.author.name.lower())}
        self.applied = AppliedPatches(revision)
        self.seen = Seen(completion)
        complete = completion and (completion.message_id in self.own_ids or completion.date < root.date)
        self.review = Review(
            ledger=Ledger(rfc=revision.rfc, dismissed=frozenset(dismissed), rules=rules),
            passed=_posted(root),
            pull=revision.awaits_taker,
            complete=completion if complete else None,
            carried=carried,
        )
        self.judgment = judge(self.review)
        self._shown = (self.judgment.state, self.judgment.turn, self.applied.partly)
        self.changes = [StateChange(self.judgment.turn_reason, self.judgment.state, self.judgment.turn)]

    @property
    def memory(self) -> tuple[Seen, Review]:
        """What has to be known to go on, but for the points."""
        ledger = structs.replace(self.review.ledger, by_key={}, dismissed=frozenset())
        seen = structs.replace(self.seen, partly=self.applied.partly)
        return seen, structs.replace(self.review, ledger=ledger)

    def resume(self, seen: Seen, review: Review, points: Iterable[Point]) -> None:
        """Go on from what another machine knew of the same revision, and its points."""
        known, now = {p.key: p for p in points}, self.review.ledger
        ledger = structs.replace(review.ledger, by_key=known, dismissed=now.dismissed, rules=now.rules)
        self.seen, self.applied.partly = seen, seen.partly
        self.review = structs.replace(review, ledger=ledger)
        self.judgment = judge(self.review)
        self._shown = (self.judgment.state, self.judgment.turn, self.applied.partly)
        self.changes = []

    @property
    def _closed(self) -> bool:
        return self.review.decision in CLOSED or self.review.decision in _PARKED

    def posted_again(self, root: Message) -> None:
        """Note that the same version was posted again: what was requested before is done."""
        review = self.review
        put_off = review.decision in (State.DEFERRED, State.NOT_APPLICABLE)  # "please ignore, I'll resend"
        if (self._closed and not put_off) or self.judgment.turn not in (Turn.AUTHOR, Turn.NOBODY):
            return
        review.ledger.close_all(Fate.POSTED, root)
        self.review = Review(review.ledger, _posted(root), review.carried, review.complete, pull=review.pull)
        self._judge(root)

    def process(self, follow_up: FollowUp, *, by_author: bool) -> None:
        """Process the next mail; record a state change if it changed anything."""
        message = follow_up.message
        if not (by_author or follow_up.from_bot):
            self.seen.reviewer_mails[message.message_id] = person_key(message.author)
        reply = self._reply(follow_up, by_author=by_author)
        if follow_up.from_bot:
            self._process_bot(reply)
        elif cleared := clears_robot(message):
            self.review.ledger.clear(reply, cleared.text)
        else:
            self._process_person(reply)
        self._judge(message, reply)

    def recall(self, follow_up: FollowUp, *, by_author: bool) -> None:
        """Note what became of a patch before a partial reroll took it: its author did not post it again."""
        reply = self._reply(follow_up, by_author=by_author)
        if applied := reply.signals.get(SignalKind.APPLIED):
            self.applied.recall(reply, applied)
        elif SignalKind.NAK in reply.signals and not by_author and reply.patch in self.applied.taken:
            self._withdraw({reply.patch})

    def _reply(self, follow_up: FollowUp, *, by_author: bool) -> Reply:
        message = follow_up.message
        return Reply(
            message=message,
            patch=follow_up.patch,
            by_author=by_author,
            to_posting=message.parent in self.own_ids,
            to_reviewer=message.parent in self.seen.reviewer_mails or promises_to_robot(message),
            completes_review=self.seen.completion is not None and self.seen.completion.message_id == message.message_id,
            author_names=self._author_names,
            signals=signals_by_kind(message, self._committers, self._lists),
            by_committer=not follow_up.from_bot and self._committers.includes(message.author, self._lists),
        )

    def _judge(self, message: Message, reply: Reply | None = None) -> None:
        """Derive state and turn anew; record what changed, with this mail as the reason."""
        before = self.judgment
        self.judgment = judge(self.review)
        if self.judgment.turn in (Turn.REVIEWERS, Turn.MAINTAINER) and reply is not None:
            passes = before.turn not in (self.judgment.turn, Turn.NOBODY)
            if passes or (reply.by_author and reply.message.word_count and before.turn == self.judgment.turn):
                kind = ReasonKind.ANSWERED if reply.by_author else ReasonKind.TAGGED
                self.review.passed = reason_of(message, kind=kind)
                self.judgment = judge(self.review)
        after = self.judgment
        shown = (after.state, after.turn, self.applied.partly)
        if shown == self._shown:
            return
        self._shown = shown
        reason = after.reason if after.state != before.state else after.turn_reason
        if reason is None or reason.message_id != message.message_id:
            reason = reason_of(message)
        self.changes.append(StateChange(reason, after.state, after.turn))

    # ---- bots --------------------------------------------------------------------------------------------------------

    def _process_bot(self, reply: Reply) -> None:
        signals, review = reply.signals, self.review
        if merged := signals.get(SignalKind.MAINLINED):
            # A stable tree only takes what Linus has.
            upstream = "torvalds" in merged.detail or "stable" in merged.detail
            self._apply(reply, merged, State.MAINLINED if upstream else State.ACCEPTED)
        elif (applied := signals.get(SignalKind.APPLIED)) and review.decision != State.MAINLINED:
            self._apply(reply, applied, State.ACCEPTED)
        elif (dropped := signals.get(SignalKind.UNAPPLIED)) and review.decision == State.ACCEPTED:
            self._reopen()
            review.spoke = reason_of(reply.message, dropped.text, dropped.kind)
            review.ledger.demand_of(reply, PointKind.DROPPED, dropped.text, firm=False)
        elif SignalKind.SUCCESS in signals:
            review.ledger.passed(reply.message)
        elif (failure := self._policy.request(reply.message)) and review.decision not in CLOSED:
            review.ledger.report(reply.message, reply.patch, failure)

    # ---- people ------------------------------------------------------------------------------------------------------

    def _process_person(self, reply: Reply) -> None:
        decided = False
        for decide in (
            self._handle_command,
            self._handle_applied,
            self._handle_dropped,
            self._handle_successor,
            self._handle_reinstatement,
            self._handle_withdrawal,
            self._handle_obsolete,
            self._handle_rework,
            self._handle_revival,
            self._handle_nak,
            self._handle_deferral,
        ):
            if decide(reply):
                decided = True
                break
        if not reply.by_author and not self._closed:
            self.review.note_hold(reply)
        if self._closed or reply.patch in self.applied.numbers:
            return  # a discussion of an applied patch does not hold up the others
        if reply.completes_review:
            self.review.complete = self.seen.completion
        note = self._note_author if reply.by_author else self._note_reviewer
        note(reply)
        if not decided or not reply.signals.keys() & {SignalKind.COMMAND, SignalKind.UNAPPLIED}:
            self.review.ledger.read(reply, complete=self.review.complete is not None)

    def _note_author(self, reply: Reply) -> None:
        """What an author says that they will do."""
        review = self.review
        review.rest = review.held = None
        act = reply.author_acts()
        if act and act.kind == SignalKind.WILL_REVIEW and reply.message.word_count > FEW_WORDS:
            act = None  # they answered, and will look at something else
        said = reason_of(reply.message, act.text, act.kind) if act else None
        if act and act.kind == SignalKind.PROMISE:
            reworks = names_next_version(act.text) or (reply.to_reviewer and reply.rework_promise())
            review.promise = review.promise or (said if reworks else None)
            self.seen.promised_to = self.seen.reviewer_mails.get(reply.message.parent or "", "")
        if not all(_THANKS.match(remark.text) for remark in reply.message.remarks):
            review.author_spoke_last = True
        if reply.message.word_count or act:
            review.acts = None if reply.asks else said

    def _note_reviewer(self, reply: Reply) -> None:
        review = self.review
        accepted = reply.message.accepted
        if review.spoke is None and (accepted is None or accepted.form == thanks.COMMITS):
            review.spoke = reason_of(reply.message, None, ReasonKind.COMMENTED)
        if any(not addressees(remark.text) for remark in reply.message.remarks):
            review.last = reason_of(reply.message, None, ReasonKind.COMMENTED)
            review.author_spoke_last = False
            review.last_is_content, review.last_will_act = reply.is_content, reply.will_act
        if intent := reply.signals.get(SignalKind.WILL_APPLY):
            review.will_apply = reason_of(reply.message, intent.text, intent.kind)
        if intent or (reply.only_endorses and person_key(reply.message.author) == self.seen.promised_to):
            review.take_as_it_is()
        self.seen.obsolete = reply.signals.get(SignalKind.ELSEWHERE) if self._is_about_all(reply) else None

    # ---- decisions: each rule returns True if the reply is its case --------------------------------------------------

    def _handle_command(self, reply: Reply) -> bool:
        command = reply.signals.get(SignalKind.COMMAND)
        state = COMMANDS.get(command.detail) if command else None
        if command is None or state is None:
            return command is not None
        if state == State.NOT_APPLICABLE and reply.endorses:
            return False  # in the patchwork of the list that its sender reviews for
        if state in (State.NEW, State.UNDER_REVIEW, State.CHANGES_REQUESTED):
            self._reopen()
            self.review.ledger.close_all(Fate.SETTLED, reply.message)
            self.review.spoke = reason_of(reply.message, command.text, command.kind)
            if state == State.CHANGES_REQUESTED:
                self.review.ledger.demand_of(reply, PointKind.CHANGE, command.text)
        else:
            self._decide(state, reply, command)
        return True

    def _handle_applied(self, reply: Reply) -> bool:
        applied, merged = reply.signals.get(SignalKind.APPLIED), reply.signals.get(SignalKind.MAINLINED)
        if applied and not self._is_about_another(reply, applied):
            self._apply(reply, applied, State.ACCEPTED)
            return True
        about_another = reply.by_author and reply.to_reviewer and merged is not None and answers_yes(merged)
        if merged and not about_another and self.review.decision not in _FINAL:
            self._apply(reply, merged, State.MAINLINED)
            return True
        return False

    def _is_about_another(self, reply: Reply, applied: Signal) -> bool:
        """True for "applied, thanks" to advice, from an author, and "yes, these are in linux-next" to a question."""
        if not reply.by_author:
            asked = not (reply.to_posting or reply.by_committer) and self._committers.known(self._lists)
            return asked and answers_yes(applied)
        if reply.by_committer:
            return reply.message.accepted is None and reply.to_reviewer and self.judgment.turn == Turn.AUTHOR
        return is_for_advice(reply, applied, asked=self.judgment.turn == Turn.AUTHOR)

    def _handle_dropped(self, reply: Reply) -> bool:
        dropped = reply.signals.get(SignalKind.UNAPPLIED)
        if not dropped or self.review.decision in _FINAL or (reply.by_author and not self._applies_their_own(reply)):
            return False
        self._reopen()
        self.review.ledger.demand_of(reply, PointKind.DROPPED, dropped.text)
        return True

    def _applies_their_own(self, reply: Reply) -> bool:
        """True for a committer who reported before that this was applied: what they drop leaves a tree."""
        return reply.by_committer and (self.review.decision == State.ACCEPTED or bool(self.applied.partly))

    def _handle_successor(self, reply: Reply) -> bool:
        """Another posting supersedes this one; if that is known, they are two versions."""
        successors = successors_in(reply.message, by_author=reply.by_author, about_all=self._is_about_all(reply))
        successor = next(successors, None)
        if successor is None or self._closed:
            return False
        self._decide(State.NOT_APPLICABLE, reply, Signal(SignalKind.WITHDRAWN, successor.text))
        return True

    def _handle_reinstatement(self, reply: Reply) -> bool:
        if not reinstates(reply, self.review):
            return False
        self._reopen()
        self.seen.withdrawn = ()
        return True

    def _handle_withdrawal(self, reply: Reply) -> bool:
        if not reply.by_author or self._closed or not (withdrawal := reply.withdrawal()):
            return False
        patches = withdrawn_patches(withdrawal, reply.patch, self.applied.count)
        self._withdraw({reply.patch} if patches is None else patches)
        if patches is None or len(self.seen.withdrawn) >= self.applied.count:
            again = will_post_again(reply.message)
            self._decide(State.DEFERRED if again else State.NOT_APPLICABLE, reply, withdrawal)
        return patches is None or bool(patches)

    def _withdraw(self, patches: set[int]) -> None:
        self.seen.withdrawn = tuple(sorted(patches.union(self.seen.withdrawn)))

    def _handle_obsolete(self, reply: Reply) -> bool:
        """Who applies patches took another one, or the author accepts that somebody did, or that nothing is wrong."""
        said = reply.signals.get(SignalKind.ELSEWHERE)
        taken = said if said and said.detail == INSTEAD and not reply.by_author and self._is_about_all(reply) else None
        reason = self.seen.obsolete if reply.by_author and reply.insists_on_nothing else taken
        if self._closed or not reason:
            return False
        self._decide(State.NOT_APPLICABLE, reply, reason)
        return True

    def _handle_rework(self, reply: Reply) -> bool:
        """After a NAK, the author says that they will send another version."""
        if not (reply.by_author and reply.to_reviewer and self.review.decision == State.REJECTED):
            return False
        if promise := reply.rework_promise(rejected=True):
            self._reopen()
            self.review.promise = reason_of(reply.message, promise.text, promise.kind)
        return promise is not None

    def _handle_revival(self, reply: Reply) -> bool:
        """Who gave a NAK takes it back, asks for changes instead, is content, or gives their tag."""
        refused = self.review.decided
        theirs = self.review.decision == State.REJECTED and refused is not None and refused.by.email == reply.sender
        if not theirs or reply.has(SignalKind.NAK) or not reply.relents:
            return False
        self._reopen()
        return True

    def _handle_nak(self, reply: Reply) -> bool:
        nak = reply.signals.get(SignalKind.NAK)
        if not nak or reply.by_author or self._closed or not self._is_about_all(reply):
            return False
        self._decide(State.REJECTED, reply, nak)
        return True

    def _handle_deferral(self, reply: Reply) -> bool:
        deferral = reply.signals.get(SignalKind.DEFERRED)
        if not deferral or reply.by_author or self._closed:
            return False
        self._decide(State.DEFERRED, reply, deferral)
        return True

    def _is_about_all(self, reply: Reply) -> bool:
        return reply.patch == 0 or self.applied.count == 1

    def _apply(self, reply: Reply, applied: Signal, state: State) -> None:
        """Note that the posting, or some of its patches, were applied."""
        before, review = self.applied.partly, self.review
        extent = self.applied.add(reply, applied, set(self.seen.withdrawn), reviewed=review.complete is not None)
        if extent == "all":
            self.seen.partly_reason = None
            self._decide(state, reply, applied)
        elif review.decision == state:
            self.applied.partly = before  # all of it is applied already
        elif extent == "some":
            self.seen.partly_reason = reason_of(reply.message, applied.text, applied.kind)
            review.spoke = self.seen.partly_reason if self.judgment.state == State.NEW else review.spoke
            review.ledger.settle_patches(self.applied.numbers, reply.message)
            if not reply.by_author and reply.patch not in self.applied.numbers and review.complete is None:
                review.rest = self.seen.partly_reason

    def _reopen(self) -> None:
        self.review.decision = self.review.decided = None
        self.applied.partly = ""

    def _decide(self, state: State, reply: Reply, why: Signal) -> None:
        self.review.decision, self.review.decided = state, reason_of(reply.message, why.text, why.kind)
        self.review.parked = reason_of(reply.message, kind=ReasonKind.DEFERRED)


def _posted(root: Message) -> Reason:
    return Reason(root.message_id, root.subject, root.date, kind=ReasonKind.POSTED, by=root.author)
