"""Read the replies to a revision one by one: what each decides, demands, answers and settles.

Pure.  Rules in patchwatch.series.state.decisions find what a reply decides, patchwatch.series.state.points_in_replies
what it does to the points; patchwatch.series.state.judgment derives state and turn, and patchwatch.series.state.status
adds pull requests, git trees and what people decided.  The rules are listed in docs/how-it-decides.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Set
from dataclasses import replace

from patchwatch.mail import thanks
from patchwatch.mail.message import Message, SignalKind, person_key
from patchwatch.mail.sentences.addressee import is_for_others, names_next_version
from patchwatch.mail.sentences.handed_on import is_for_list
from patchwatch.pattern import Pattern
from patchwatch.series import point_rules
from patchwatch.series.committers import NOT_KNOWN, Committers, lists_of
from patchwatch.series.point_rules import PointRules
from patchwatch.series.points import Fate, Point, PointKind
from patchwatch.series.pull_requests import KIND as PULL
from patchwatch.series.revision import FollowUp, Revision
from patchwatch.series.robot_policy import DEFAULT, RobotPolicy
from patchwatch.series.robot_replies import clears_robot, promises_to_robot, upholds_robot
from patchwatch.series.state.applied import AppliedPatches
from patchwatch.series.state.decisions import decide
from patchwatch.series.state.judgment import Review, judge
from patchwatch.series.state.ledger import Ledger
from patchwatch.series.state.memory import Seen
from patchwatch.series.state.points_in_replies import read_points
from patchwatch.series.state.progress import Progress, posted
from patchwatch.series.state.reply import FEW_WORDS, Reply, signals_by_kind
from patchwatch.series.state.types import Reason, StateChange, reason_of
from patchwatch.series.states import CLOSED, ReasonKind, State, Turn

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
        # Who applies a backport, or pulls, need not apply patches of the list.
        self._by_anybody = revision.names_stable_tree or revision.kind == PULL
        self.own_ids = {m.message_id for m in (*revision.own_messages, *revision.patches)}
        self._author_addresses = {m.author.email for m in revision.own_messages}
        self._author_names = {word for m in revision.own_messages for word in re.findall(r"\w+", m.author.name.lower())}
        complete = completion and (completion.message_id in self.own_ids or completion.date < root.date)
        review = Review(
            ledger=Ledger(rfc=revision.rfc, pull=revision.kind == PULL, dismissed=frozenset(dismissed), rules=rules),
            passed=posted(root),
            pull=revision.awaits_taker,
            sent_on=not revision.rfc and committers.relays(revision.root.author, self._lists),
            complete=completion if complete else None,
            carried=carried,
        )
        self.known = Progress(
            review, Seen(completion), AppliedPatches(revision), has_committers=committers.known(self._lists)
        )
        self._shown = self.known.shown
        judgment = self.known.judgment
        self.changes = [StateChange(judgment.turn_reason, judgment.state, judgment.turn)]

    def commits(self, message: Message) -> bool:
        """True if the sender of a mail applies patches of one of the lists."""
        return self._committers.includes(message.author, self._lists)

    def resume(self, seen: Seen, review: Review, points: Iterable[Point]) -> None:
        """Go on from what another machine knew of the same revision, and its points."""
        self.known.resume(seen, review, points)
        self._shown, self.changes = self.known.shown, []

    def posted_again(self, root: Message) -> None:
        """Note that the same version was posted again: what was requested before is done."""
        known = self.known
        put_off = known.review.decision in (State.DEFERRED, State.NOT_APPLICABLE)  # "please ignore, I'll resend"
        if (known.is_closed and not put_off) or known.judgment.turn not in (Turn.AUTHOR, Turn.NOBODY):
            return
        known.review.ledger.close_all(Fate.POSTED, root)
        known.post_again(root)
        self._judge(root)

    def process(self, follow_up: FollowUp, *, by_author: bool, reviews: Collection[int] = ()) -> None:
        """Process the next mail, which gives reviews to the patches `reviews`; record a state change if any."""
        message = follow_up.message
        if reviews:
            self.known.note_reviews(reviews, message)
        if not (by_author or follow_up.from_bot):
            self.known.seen.reviewer_mails[message.message_id] = person_key(message.author)
        reply = self._reply(follow_up, by_author=by_author)
        if follow_up.from_bot:
            self._process_bot(reply)
        elif cleared := clears_robot(message):
            self.known.review.ledger.clear(reply, cleared.text)
        elif upheld := upholds_robot(message):
            self.known.review.ledger.demand_of(reply, PointKind.CHANGE, upheld.text)
        else:
            self._process_person(reply)
        self._judge(message, reply)

    def recall(self, follow_up: FollowUp, *, by_author: bool) -> None:
        """Note what became of a patch before a partial reroll took it: its author did not post it again."""
        reply = self._reply(follow_up, by_author=by_author)
        if applied := reply.signals.get(SignalKind.APPLIED):
            self.known.applied.recall(reply, applied)
        elif SignalKind.NAK in reply.signals and not by_author and reply.patch in self.known.applied.taken:
            self.known.withdraw({reply.patch})

    def _reply(self, follow_up: FollowUp, *, by_author: bool) -> Reply:
        message, completion = follow_up.message, self.known.seen.completion
        to_posting = message.parent in self.own_ids
        to_reviewer = message.parent in self.known.seen.reviewer_mails or promises_to_robot(message)
        return Reply(
            message=message,
            patch=follow_up.patch,
            by_author=by_author,
            to_posting=to_posting,
            to_reviewer=to_reviewer,
            completes_review=completion is not None and completion.message_id == message.message_id,
            author_names=self._author_names,
            author_addresses=self._author_addresses,
            signals=signals_by_kind(
                message,
                self._committers,
                self._lists,
                to_posting=to_posting,
                to_reviewer=to_reviewer,
                by_anybody=self._by_anybody,
            ),
            by_committer=not follow_up.from_bot and self.commits(message),
        )

    def _judge(self, message: Message, reply: Reply | None = None) -> None:
        """Derive state and turn anew; record what changed, with this mail as the reason."""
        known, before = self.known, self.known.judgment
        after = known.judgment = judge(known.review)
        if after.turn in (Turn.REVIEWERS, Turn.MAINTAINER) and reply is not None:
            passes = before.turn not in (after.turn, Turn.NOBODY)
            if passes or (reply.by_author and reply.message.word_count and before.turn == after.turn):
                kind = ReasonKind.ANSWERED if reply.by_author else ReasonKind.TAGGED
                known.review.passed = reason_of(message, kind=kind)
                after = known.judgment = judge(known.review)
        shown = known.shown
        if shown == self._shown:
            return
        self._shown = shown
        reason = after.reason if after.state != before.state else after.turn_reason
        if reason is None or reason.message_id != message.message_id:
            reason = reason_of(message)
        self.changes.append(StateChange(reason, after.state, after.turn))

    # ---- bots --------------------------------------------------------------------------------------------------------

    def _process_bot(self, reply: Reply) -> None:
        signals, review = reply.signals, self.known.review
        if merged := signals.get(SignalKind.MAINLINED):
            # A stable tree only takes what Linus has.
            upstream = "torvalds" in merged.detail or "stable" in merged.detail
            self.known.apply(reply, merged, State.MAINLINED if upstream else State.ACCEPTED)
        elif (applied := signals.get(SignalKind.APPLIED)) and review.decision != State.MAINLINED:
            self.known.apply(reply, applied, State.ACCEPTED)
        elif (dropped := signals.get(SignalKind.UNAPPLIED)) and review.decision == State.ACCEPTED:
            self.known.reopen(reply.patch)
            review.spoke = reason_of(reply.message, dropped.text, dropped.kind)
            review.ledger.demand_of(reply, PointKind.DROPPED, dropped.text, firm=False)
        elif SignalKind.SUCCESS in signals:
            review.ledger.passed(reply.message)
        elif (failure := self._policy.request(reply.message)) and review.decision not in CLOSED:
            review.ledger.report(reply.message, reply.patch, failure)

    # ---- people ------------------------------------------------------------------------------------------------------

    def _process_person(self, reply: Reply) -> None:
        known = self.known
        decided = decide(known, reply)
        left = reply.signals.get(SignalKind.HANDED_ON)
        if left and not (known.is_closed or is_for_list(left.text, self._lists)):
            known.hand_on(reply, left)
        if not reply.by_author and not known.is_closed:
            known.review.note_hold(reply)
        if known.is_closed:
            return
        if reply.patch in known.applied.numbers:
            if not self._is_about_rest(reply):
                return  # a discussion of an applied patch does not hold up the others
            reply = replace(reply, patch=0)
        if reply.completes_review:
            known.review.complete = known.seen.completion
        note = self._note_author if reply.by_author else self._note_reviewer
        note(reply)
        if not decided or not reply.signals.keys() & {SignalKind.COMMAND, SignalKind.UNAPPLIED}:
            read_points(known.review.ledger, reply, complete=known.review.complete is not None)
        if reply.by_author:
            known.review.leave_for_later(reply)

    @staticmethod
    def _is_about_rest(reply: Reply) -> bool:
        """True for an answer to an applied patch that speaks of those that are left.

        "Applied 1-3. Please rebase the others." or, from the author, "I'll send v2 of the rest."
        """
        report, promise = reply.signals.get(SignalKind.APPLIED), reply.signals.get(SignalKind.PROMISE)
        promised = reply.by_author and promise is not None and names_next_version(promise.text)
        return promised or (report is not None and report.detail != "")

    def _spare(self, reply: Reply) -> None:
        """No other version need be posted: so says whom the author promised one, or who may apply the patch."""
        review, message = self.known.review, reply.message
        promised = {said.message_id for said in (review.promise, review.acts) if said}
        promised |= {message.parent or ""} if review.ledger.promised_in(message.parent) else set()
        heard = message.parent in promised or person_key(message.author) == self.known.seen.promised_to
        if promised and (heard or reply.by_committer) and (spared := reply.spares_version):
            review.promise = review.acts = None
            for mail in sorted(promised):
                review.ledger.drop(review.ledger.promised_in(mail), Fate.SETTLED, message, spared)

    def _note_author(self, reply: Reply) -> None:
        """What an author says that they will do."""
        review = self.known.review
        review.held = None
        act = reply.author_acts()
        if act and act.kind == SignalKind.WILL_REVIEW and reply.message.word_count > FEW_WORDS:
            act = None  # they answered, and will look at something else
        said = reason_of(reply.message, act.text, act.kind) if act else None
        if act and act.kind == SignalKind.PROMISE:
            reworks = names_next_version(act.text) or (reply.to_reviewer and reply.rework_promise())
            review.promise = review.promise or (said if reworks else None)
            self.known.seen.promised_to = self.known.seen.reviewer_mails.get(reply.message.parent or "", "")
        elif reply.hand_back:
            review.promise = None
        elif reply.thinks_again and review.promise and review.promise.message_id == reply.message.parent:
            review.promise = None
            for key in review.ledger.promised_in(reply.message.parent):
                review.ledger.move(key, Fate.ANSWERED, reply.message, reply.thinks_again)
                review.ledger.put_off = True
        if entrusted := reply.entrusted:
            theirs = review.ledger.of_person(self.known.seen.reviewer_mails.get(reply.message.parent or "", ""))
            review.ledger.drop(theirs, Fate.SETTLED, reply.message, entrusted)
            review.promise, review.will_apply = None, reason_of(reply.message, entrusted, ReasonKind.ANSWERED)
        if not all(_THANKS.match(remark.text) for remark in reply.message.remarks):
            review.author_spoke_last = True
        if reply.message.word_count or act:
            review.acts = None if reply.asks else said

    def _note_reviewer(self, reply: Reply) -> None:
        review = self.known.review
        accepted = reply.message.accepted
        if review.spoke is None and (accepted is None or accepted.form == thanks.COMMITS):
            review.spoke = reason_of(reply.message, None, ReasonKind.COMMENTED)
        if any(not is_for_others(remark.text) for remark in reply.message.remarks):
            review.last = reason_of(reply.message, None, ReasonKind.COMMENTED)
            review.author_spoke_last = False
            review.last_is_content, review.last_will_act = reply.is_content or accepted is not None, reply.will_act
        if intent := reply.signals.get(SignalKind.WILL_APPLY):
            review.will_apply = reason_of(reply.message, intent.text, intent.kind)
        if intent or (reply.only_endorses and person_key(reply.message.author) == self.known.seen.promised_to):
            review.take_as_it_is()
        self._spare(reply)
        self.known.seen.obsolete = reply.signals.get(SignalKind.ELSEWHERE) if self.known.is_about_all(reply) else None
