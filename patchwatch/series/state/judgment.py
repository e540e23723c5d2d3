"""State and turn of a revision, from its points, its tags and what was decided.  Pure.

This is the whole rule.  patchwatch.series.state.machine reads the replies one by one and fills in a `Review`;
docs/how-it-decides.md has the same in a table.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

from msgspec import Struct

from patchwatch.mail.message import SignalKind
from patchwatch.mail.sentences.addressee import names_next_version
from patchwatch.series.point_rules import DEFAULT, PointRules
from patchwatch.series.points import Fate, Point, PointKind, Weight
from patchwatch.series.state.ledger import Ledger
from patchwatch.series.state.reply import Reply
from patchwatch.series.state.types import Judgment, Reason, reason_of
from patchwatch.series.states import NOBODYS_TURN, State, Turn

_MOST_OWED = 40


class Review(Struct):
    """What is known of a revision at one moment."""

    ledger: Ledger
    passed: Reason  # the mail that last passed the turn to others than the author: the posting, to begin with
    carried: Reason | None = None  # the first patch that carries a review
    complete: Reason | None = None  # the mail since which every patch has a review that is to be applied
    pull: bool = False  # a pull request, or a backport: it waits for who takes it, not for reviewers
    decision: State | None = None  # what somebody decided: accepted, rejected, deferred, …
    decided: Reason | None = None  # by which mail
    parked: Reason | None = None  # what else that mail says, if it defers the patch: which tree is closed
    spoke: Reason | None = None  # the first mail of somebody other than the author
    last: Reason | None = None  # the last of their mails that is not said to somebody else
    last_is_content: bool = False  # it asks for nothing: its sender is content, or will look at the patch or apply it
    author_spoke_last: bool = False  # more than a word of thanks
    will_apply: Reason | None = None  # a maintainer said that they will
    mostly: Reason | None = None  # most of its patches were applied: the others wait for who takes them
    handed_on: Reason | None = None  # some patches were applied, and the others are left to other trees
    promise: Reason | None = None  # the author will post another version
    acts: Reason | None = None  # the author said in their last mail that they act next
    holds: dict[str, Reason] = {}  # by address: not to be applied for now
    held: Reason | None = None  # the last of them that the author has not answered
    last_will_act: bool = False  # who wrote `last` will look at the patch or apply it, whatever the author answers
    sent_on: bool = False  # posted by a maintainer who sends patches on to somebody else's tree

    def note_hold(self, reply: Reply) -> None:
        """Somebody says not to apply it for now, which outranks tags; or they are satisfied."""
        if hold := reply.signals.get(SignalKind.HOLD):
            self.held = self.holds.setdefault(reply.sender, reason_of(reply.message, hold.text, hold.kind))
        elif reply.sender in self.holds and (reply.endorses or reply.is_satisfied):
            released = self.holds.pop(reply.sender)
            self.held = None if self.held == released else self.held

    def leave_for_later(self, reply: Reply) -> None:
        """An author promises what was asked of them for a follow-up: that holds nothing up."""
        fates = {self.ledger.by_key[key].fate for key in self.ledger.in_mail(reply.message.message_id)}
        if Fate.LATER not in fates or Fate.PROMISED in fates:
            return
        mine, said = reply.message.message_id, (self.promise, self.acts)
        self.promise, self.acts = (
            None if s and s.message_id == mine and not names_next_version(s.text) else s for s in said
        )

    def take_as_it_is(self) -> None:
        """Who applies the patch, or was promised a change, is content: only a next version is still promised."""
        said = (self.promise, self.acts)
        self.promise, self.acts = (s if s and names_next_version(s.text) else None for s in said)


def judge(review: Review) -> Judgment:
    """State and turn, each with the reason for it."""
    if review.decision in NOBODYS_TURN and review.decided:
        return Judgment(review.decision, review.decided, Turn.NOBODY, review.decided)
    if review.decision == State.DEFERRED and review.decided:
        return Judgment(review.decision, review.decided, Turn.AUTHOR, review.parked or review.decided)
    ledger = review.ledger
    hold = next(iter(review.holds.values()), None)
    least = [Weight.DEMAND, Weight.ASKED] if review.complete else [*Weight]
    wanted = ledger.first(*least, questions=False)
    demand = wanted and ledger.first(Weight.DEMAND)

    # State: what is wanted, then what holds it up, then reviews of all, or of some; then whether anybody spoke.
    if review.decision is not None:
        state, why = review.decision, review.decided
    elif demand is not None:
        state, why = State.CHANGES_REQUESTED, reason_for(demand)
    elif review.promise is not None:
        state, why = State.CHANGES_REQUESTED, review.promise
    elif wanted is not None:  # a detail, a bot's failure, or what somebody asks for beside their tag
        state, why = State.CHANGES_REQUESTED, reason_for(wanted)
    elif hold is not None:
        state, why = State.UNDER_REVIEW, hold
    elif review.complete is not None:
        state, why = State.REVIEWED, review.complete
    else:
        state, why = _unasked(review)

    # Turn: the author's while something waits for them, else of those who can act on it.
    waiting = ledger.first(*least)
    point = reason_for(waiting) if waiting else None
    asked = [reason for reason in (review.held, point) if reason]
    if asked or review.promise or review.acts:
        first = min(asked, key=lambda reason: reason.date, default=None)
        return Judgment(state, why, Turn.AUTHOR, first or review.promise or review.acts or review.passed)
    if review.handed_on and not (review.decision or hold or ledger.any_at(Fate.ANSWERED)):
        return Judgment(State.ACCEPTED, review.handed_on, Turn.NOBODY, review.handed_on)
    if review.will_apply is not None:
        return Judgment(state, why, Turn.MAINTAINER, review.will_apply)
    ready = review.pull or (review.complete and not review.holds) or state == State.AWAITING_UPSTREAM
    waits_for_taker = review.mostly or (review.passed if review.sent_on else None)
    if waits_for_taker and not (ready or ledger.any_at(Fate.ANSWERED)):
        return Judgment(state, why, Turn.MAINTAINER, waits_for_taker)
    return Judgment(state, why, Turn.MAINTAINER if ready else Turn.REVIEWERS, review.passed)


def _unasked(review: Review) -> tuple[State, Reason | None]:
    """The state of a version of which nobody wants anything, and which has not all its reviews."""
    spoke = review.carried or review.spoke
    return (State.UNDER_REVIEW if spoke else State.NEW), spoke


def owed(review: Review, judgment: Judgment) -> tuple[Reason, ...]:
    """What waits for the author, if it is their turn."""
    if judgment.turn != Turn.AUTHOR:
        return ()
    points = (reason_for(point) for point in review.ledger.waiting_for_author())
    decided = judgment.turn_reason if review.decision == State.DEFERRED else None
    others = (review.held, review.promise, review.acts, decided)
    once: dict[tuple[str, str], Reason] = {}
    for reason in (*itertools.islice(points, _MOST_OWED), *(reason for reason in others if reason)):
        once.setdefault((reason.by.email, reason.kind), reason)
    return tuple(once.values())


def weigh(judgment: Judgment, review: Review, chance: float | None, rules: PointRules = DEFAULT) -> Judgment:
    """The judgment of what nobody decided, with the outlook (patchwatch.series.outcome): likely, never a fact.

    Where nothing waits for the author, but versions of which people wrote so were nearly always posted again, it is
    likely theirs; where only details do, or every patch has its review, and such versions were mostly applied as they
    were, it is likely not; what somebody sees in the diff after that counts (of six such versions on five lists, five
    were posted again).  Of a version most of which was applied it knows nothing.
    """
    if chance is None or review.pull or review.holds or review.mostly or review.handed_on or _is_settled(review):
        return judgment
    ledger, percent = review.ledger, 100 * chance
    if judgment.turn != Turn.AUTHOR:
        settled = review.complete is not None or review.author_spoke_last
        limit = rules.likely_answered if settled else rules.likely_author
        content = review.last_is_content and (review.last_will_act or not review.author_spoke_last)
        if percent >= limit and review.last and not (content or _is_known(ledger)):
            return replace(judgment, turn=Turn.AUTHOR, turn_reason=review.last, likely=True)
        return judgment
    if review.promise or review.acts or ledger.any_at(Fate.PROMISED):
        return judgment
    only_details = not ledger.first(Weight.DEMAND, Weight.ASKED)
    reviewed = review.complete
    doubtful = reviewed is not None and not (ledger.asks_plainly or ledger.asks_below_diff(reviewed.date))
    if percent > (rules.likely_details if only_details else rules.likely_reviewed if doubtful else -1):
        return judgment
    if review.complete is None:
        state, why = _unasked(review)
        return replace(judgment, state=state, reason=why, turn=Turn.REVIEWERS, likely=True)
    return replace(judgment, state=State.REVIEWED, reason=review.complete, turn=Turn.MAINTAINER, likely=True)


def _is_settled(review: Review) -> bool:
    """True if nobody reviewed it again after somebody said that they will apply it, or was let change it then."""
    last, intent = review.last, review.will_apply
    return last is not None and intent is not None and last.date <= intent.date


def _is_known(ledger: Ledger) -> bool:
    """True if the last point was put off or taken back, or a person dismissed one: the outlook knows nothing of it."""
    return ledger.put_off or ledger.taken_back or ledger.corrected


def reason_for(point: Point) -> Reason:
    """The reason that a point gives: its own mail, or the author's promise."""
    if point.fate == Fate.PROMISED and point.closer:
        kind = SignalKind.PROMISE
        return Reason(point.closed_by, point.closing, point.closed_at, kind=kind, by=point.closer)
    return Reason(point.message_id, point.text, point.date, kind=_KINDS[point.kind, point.firm], by=point.by)


_KINDS = {
    (PointKind.CHANGE, True): SignalKind.CHANGES,
    (PointKind.CHANGE, False): SignalKind.DOUBT,
    (PointKind.QUESTION, True): SignalKind.QUESTION,
    (PointKind.QUESTION, False): SignalKind.QUESTION,
    (PointKind.OBJECTION, True): SignalKind.NAK,
    (PointKind.OBJECTION, False): SignalKind.DOUBT,
    (PointKind.FAILURE, True): SignalKind.FAILURE,
    (PointKind.FAILURE, False): SignalKind.FAILURE,
    (PointKind.DROPPED, True): SignalKind.UNAPPLIED,
    (PointKind.DROPPED, False): SignalKind.UNAPPLIED,
}
