"""State and turn of a revision after all its replies: what patchwatch.series.state.machine makes of them.  Pure."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass, replace

from patchwatch.mail.message import Message
from patchwatch.series import point_rules
from patchwatch.series.claims import placed
from patchwatch.series.committers import NOT_KNOWN, Committers, lists_of
from patchwatch.series.outcome import Heard, chance_with
from patchwatch.series.point_rules import PointRules
from patchwatch.series.points import Point
from patchwatch.series.requests import Requests, requests_in
from patchwatch.series.revision import FollowUp, Revision, is_notice, number_of
from patchwatch.series.robot_policy import DEFAULT, RobotPolicy
from patchwatch.series.robot_replies import as_read, clears_robot, without_answers_to_robots
from patchwatch.series.state.judgment import owed, weigh
from patchwatch.series.state.machine import StateMachine
from patchwatch.series.state.memory import Memory
from patchwatch.series.state.types import Reason, RevisionState, reason_of
from patchwatch.series.states import ReasonKind
from patchwatch.series.tag import EachOnce, Tag
from patchwatch.series.tags import (
    TagReader,
    authors_of,
    completing_tag,
    given_to,
    message_of,
    reviewed_patches,
    senders_of,
)


def revision_state(
    revision: Revision,
    committers: Committers = NOT_KNOWN,
    policy: RobotPolicy = DEFAULT,
    dismissed: Set[str] = frozenset(),
    rules: PointRules = point_rules.DEFAULT,
) -> RevisionState:
    """The state and turn of a revision after all its replies.

    `committers` are those of its lists; `policy` decides which results of robots pass the turn;
    `dismissed` has the keys of points that a person dismissed; `rules` are the limits for points.
    """
    return read(revision, committers, policy, dismissed, rules).state


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a revision after the replies to it."""

    memory: Memory
    tags: Sequence[Tag]
    points: Sequence[Point]


class Reading:
    """A revision that was read to some reply.  The same replies give the same, whether it was resumed or not."""

    def __init__(
        self, revision: Revision, machine: StateMachine, tags: EachOnce, heard: Heard, requests: Requests
    ) -> None:
        """`revision` is without the replies that are yet to be read."""
        self.requests = requests
        self._revision, self._authors, self._senders = revision, authors_of(revision), senders_of(revision)
        self._machine, self._tags, self._heard = machine, tags, heard
        self._reader = TagReader(revision)
        self._newest = newest_of(revision)

    def add(self, follow_up: FollowUp, parent: Message | None) -> FollowUp | None:
        """Read one more reply, newer than all before; return it without what is said to robots.

        `parent` is the mail of the revision that it replies to.
        """
        self._newest = place_of(follow_up.message)
        answered = None if parent is None or is_notice(parent) else parent
        self.requests.read(follow_up.message, answered, self._authors)
        kept = as_read(follow_up, parent, self._authors, self._machine.commits)
        if kept is not None:
            self._tags.add(self._reader.given(kept))
            if self._machine.known.seen.completion is None:
                self._machine.known.seen.completion = _completion(
                    replace(self._revision, follow_ups=(kept,)), self._tags.tags
                )
            given = kept.message.message_id
            tags = self._tags.tags if kept.message.trailers else ()
            self.process(kept, {tag.patch for tag in tags if tag.counts and tag.message_id == given})
        return kept

    def process(self, follow_up: FollowUp, reviews: Collection[int]) -> None:
        """Process a reply whose tags are known, with the patches that it gives reviews to."""
        by_author = self.is_by_author(follow_up)
        self._machine.process(follow_up, by_author=by_author, reviews=reviews)
        if clears_robot(follow_up.message) is None:
            self._heard.add(follow_up.message, by_author=by_author, notice=follow_up.notice)

    def is_by_author(self, follow_up: FollowUp) -> bool:
        """True for a reply of an author; who reviews their own patches that somebody else posted is none."""
        message = follow_up.message
        if not self._authors.include(message.author.name, message.author.email):
            return False
        return self._senders.include(message.author.name, message.author.email) or not self._reviews(message)

    def _reviews(self, message: Message) -> bool:
        """True if the sender asks, or asked before, for something below the diff of the posting itself."""
        if self._machine.known.seen.has_reviewed(message.author):
            return True
        answers = message.parent in self._machine.own_ids
        return answers and any(remark.below_diff and remark.wants for remark in message.remarks)

    def answered(self, parent: Message | None) -> str:
        """The address of the reviewer who wrote a mail; empty if none did."""
        return parent.author.email if parent is not None and self._machine.known.seen.wrote(parent.message_id) else ""

    @property
    def memory(self) -> Memory:
        """What has to be known to read more."""
        return Memory(self._newest, *self._machine.known.memory, self._heard, self.requests, self._tags.people.known)

    @property
    def state(self) -> RevisionState:
        """State and turn so far, with the changes since it was resumed."""
        known, revision, tags = self._machine.known, self._revision, self._tags.tags
        review, judgment = known.review, known.judgment
        if review.decision is None:
            judgment = weigh(judgment, review, chance_with(revision, tags, self._heard), review.ledger.rules)
        return RevisionState(
            state=judgment.state,
            reason=judgment.reason,
            turn=judgment.turn,
            turn_since=judgment.turn_reason.date,
            turn_reason=judgment.turn_reason,
            tags=tags,
            reviewed=reviewed_patches(revision, tags),
            partly=known.applied.partly,
            partly_reason=known.seen.partly_reason,
            steps=tuple(self._machine.changes),
            owed=owed(review, known.judgment),
            points=placed(review.ledger.points, revision.patches),
            likely=judgment.likely,
        )


def read(
    revision: Revision,
    committers: Committers = NOT_KNOWN,
    policy: RobotPolicy = DEFAULT,
    dismissed: Set[str] = frozenset(),
    rules: PointRules = point_rules.DEFAULT,
) -> Reading:
    """Read all of a revision; the arguments are those of `revision_state`."""
    lists = lists_of(revision)
    everything, revision = (
        revision,
        without_answers_to_robots(revision, lambda mail: committers.includes(mail.author, lists)),
    )
    tags = given_to(revision)
    first, *again = revision.sendings or (revision.root,)
    completion, carried = _completion(revision, tags.tags), _carried(revision, tags.tags)
    machine = StateMachine(revision, completion, carried, first, committers, policy, dismissed, rules)
    reading = Reading(everything, machine, tags, Heard(), requests_in(everything))
    reviews: dict[str, set[int]] = defaultdict(set)
    for tag in tags.tags:
        if tag.counts:
            reviews[tag.message_id].add(tag.patch)
    later = {follow_up.message.message_id for follow_up in revision.follow_ups} if reviews else set()
    machine.known.note_reviews({n for mail, patches in reviews.items() if mail not in later for n in patches}, first)
    for follow_up in revision.given_before:
        machine.recall(follow_up, by_author=reading.is_by_author(follow_up))
    for follow_up in revision.follow_ups:
        while again and again[0].date < follow_up.message.date:
            machine.posted_again(again.pop(0))
        reading.process(follow_up, reviews.get(follow_up.message.message_id, ()))
    for root in again:
        machine.posted_again(root)
    return reading


def resume(
    revision: Revision,
    known: Known,
    committers: Committers = NOT_KNOWN,
    policy: RobotPolicy = DEFAULT,
    dismissed: Set[str] = frozenset(),
    rules: PointRules = point_rules.DEFAULT,
) -> Reading:
    """Go on reading a revision, given without its replies, where `known` ended."""
    memory = known.memory
    machine = StateMachine(revision, None, None, revision.root, committers, policy, dismissed, rules)
    machine.resume(memory.seen, memory.review, known.points)
    tags = EachOnce([number_of(m) for m in revision.patches], known.tags, memory.people)
    return Reading(revision, machine, tags, memory.heard, memory.requests)


def place_of(reply: Message) -> tuple[int, str]:
    """The place of a reply in the order in which they are read."""
    return reply.date, reply.message_id


def newest_of(revision: Revision) -> tuple[int, str]:
    """The highest place of the mails of a revision: of its replies, or above all replies of the second it was sent."""
    posted = max(m.date for m in (*revision.own_messages, *revision.sendings))
    return max([(posted, chr(sys.maxunicode)), *(place_of(f.message) for f in revision.follow_ups)])


def _completion(revision: Revision, tags: Sequence[Tag]) -> Reason | None:
    return _reason_for(revision, completing_tag(revision, tags))


def _carried(revision: Revision, tags: Sequence[Tag]) -> Reason | None:
    """The first review that a patch carries; those of a backport are of the commit upstream."""
    own = {message.message_id for message in revision.patches if not message.upstream}
    return _reason_for(revision, next((tag for tag in tags if tag.counts and tag.message_id in own), None))


def _reason_for(revision: Revision, tag: Tag | None) -> Reason | None:
    """The reason that a tag gives."""
    if tag is None:
        return None
    return reason_of(message_of(revision, tag), f"{tag.name}: {tag.value}", ReasonKind.TAGGED)
