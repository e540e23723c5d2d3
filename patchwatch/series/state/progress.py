"""What is known of a revision so far: what its replies decided, which patches were applied, who is to act.

Pure.  patchwatch.series.state.machine and patchwatch.series.state.decisions fill it in, reply by reply.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from patchwatch.mail.message import Message, Signal
from patchwatch.mail.sentences.handed_on import REST, TREES
from patchwatch.series.patch_numbers import parse_patches
from patchwatch.series.points import Point, Weight
from patchwatch.series.state.applied import AppliedPatches
from patchwatch.series.state.judgment import Review, judge
from patchwatch.series.state.memory import Seen
from patchwatch.series.state.reply import Reply
from patchwatch.series.state.types import Reason, reason_of
from patchwatch.series.states import APPLIED, CLOSED, ReasonKind, State, Turn

_PARKED = (State.DEFERRED, State.AWAITING_UPSTREAM)


class Progress:
    """What is known of one revision after some of its replies."""

    def __init__(self, review: Review, seen: Seen, applied: AppliedPatches, *, has_committers: bool) -> None:
        """What is known when it is posted; `has_committers`: also who applies patches of its lists."""
        self.review, self.seen, self.applied, self.has_committers = review, seen, applied, has_committers
        self.judgment = judge(review)

    @property
    def memory(self) -> tuple[Seen, Review]:
        """What has to be known to go on, but for the points."""
        ledger = structs.replace(self.review.ledger, by_key={}, dismissed=frozenset())
        seen = structs.replace(self.seen, partly=self.applied.partly)
        return seen, structs.replace(self.review, ledger=ledger)

    def resume(self, seen: Seen, review: Review, points: Iterable[Point]) -> None:
        """Go on from what was known of the same revision before, and its points."""
        known, now = {p.key: p for p in points}, self.review.ledger
        ledger = structs.replace(review.ledger, by_key=known, dismissed=now.dismissed, rules=now.rules)
        self.seen, self.applied.partly = seen, seen.partly
        self.review = structs.replace(review, ledger=ledger)
        self.judgment = judge(self.review)

    @property
    def shown(self) -> tuple[State, Turn, str]:
        """What a reader sees of it: a change of this is recorded."""
        return self.judgment.state, self.judgment.turn, self.applied.partly

    @property
    def is_closed(self) -> bool:
        """True if nobody reviews it any more, or not for now."""
        return self.review.decision in CLOSED or self.review.decision in _PARKED

    def is_about_all(self, reply: Reply) -> bool:
        """True for a reply to the cover letter, or to the only patch."""
        return reply.patch == 0 or self.applied.count == 1

    def decide(self, state: State, reply: Reply, why: Signal) -> None:
        """This sentence of a reply decides the state."""
        self.review.decision, self.review.decided = state, reason_of(reply.message, why.text, why.kind)
        self.review.parked = reason_of(reply.message, kind=ReasonKind.DEFERRED)

    def reopen(self, dropped: int = 0) -> None:
        """What was decided counts no longer; if one patch was `dropped` from a tree, the others stay there."""
        kept = self.applied.without(dropped, all_of_them=self.review.decision in APPLIED) if dropped else ""
        self.review.decision = self.review.decided = self.review.mostly = None
        self.applied.partly = kept
        if not (0 in self.seen.reviewed or self.applied.left(set()).issubset(self.seen.reviewed)):
            self.review.complete = None  # only those that were left had a review

    def post_again(self, root: Message) -> None:
        """The same version was posted again: its review starts over."""
        review = self.review
        self.review = Review(
            review.ledger, posted(root), review.carried, review.complete, pull=review.pull, sent_on=review.sent_on
        )

    def finish(self, state: State, reply: Reply, why: Signal) -> None:
        """This sentence reports the posting, or what was left of it, as applied."""
        self.applied.partly, self.seen.partly_reason = "", None
        self.decide(state, reply, why)

    def withdraw(self, patches: set[int]) -> None:
        """These patches are not to be applied."""
        self.seen.withdrawn = tuple(sorted(patches.union(self.seen.withdrawn)))

    def apply(self, reply: Reply, applied: Signal, state: State) -> None:
        """Note that the posting, or some of its patches, were applied."""
        before, review = self.applied.partly, self.review
        every = review.complete is not None or 0 in self.seen.reviewed
        ready = set(range(1, self.applied.count + 1)) if every else set(self.seen.reviewed)
        if not every and review.ledger.first(Weight.DEMAND):
            ready = set()
        extent = self.applied.add(reply, applied, set(self.seen.withdrawn), ready)
        if extent == "all":
            self.finish(state, reply, applied)
        elif review.decision == state:
            self.applied.partly = before  # all of it is applied already
        elif extent == "some":
            self.seen.partly_reason = reason_of(reply.message, applied.text, applied.kind)
            review.spoke = self.seen.partly_reason if self.judgment.state == State.NEW else review.spoke
            review.ledger.settle_patches(self.applied.numbers, reply.message)
            self.judge_rest(reply.message)

    def note_reviews(self, patches: Iterable[int], message: Message) -> None:
        """These patches have a review now."""
        self.seen.reviewed = tuple(sorted({*self.seen.reviewed, *patches}))
        self.judge_rest(message)

    def judge_rest(self, message: Message) -> None:
        """Note what the patches wait for that are left, once some were applied or withdrawn."""
        numbers, review = self.applied.numbers, self.review
        if not (numbers or self.seen.withdrawn) or 0 in self.seen.reviewed:
            return
        left = self.applied.left(set(self.seen.withdrawn))
        if left and review.complete is None and left.issubset(self.seen.reviewed):
            review.complete = reason_of(message)
        review.mostly = self.seen.partly_reason if len(numbers) > len(left) else None
        review.handed_on = self.seen.partly_reason if left and left <= self._for_others(left) else None

    def hand_on(self, reply: Reply, left: Signal) -> None:
        """Somebody leaves patches to the maintainer of another tree."""
        self.seen.handed_on = tuple(dict.fromkeys((*self.seen.handed_on, left.detail)))
        self.judge_rest(reply.message)

    def _for_others(self, left: set[int]) -> set[int]:
        """Those of the patches that go in through other trees, as people said or by custom."""
        trees, said = self.applied.device_trees(), self.seen.handed_on
        if REST in said or (TREES in said and not trees & left):
            return left
        numbers = (parse_patches(one, self.applied.count) for one in said if one not in (REST, TREES))
        return trees.union(*numbers)


def posted(root: Message) -> Reason:
    """The reason that the posting gives."""
    return Reason(root.message_id, root.subject, root.date, kind=ReasonKind.POSTED, by=root.author)
