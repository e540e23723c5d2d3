"""State and turn of a revision after all its replies: what patchwatch.series.state.machine makes of them.  Pure."""

from __future__ import annotations

from collections.abc import Set

from patchwatch.series import point_rules
from patchwatch.series.claims import placed
from patchwatch.series.committers import NOT_KNOWN, Committers
from patchwatch.series.outcome import chance_of_new_version
from patchwatch.series.point_rules import PointRules
from patchwatch.series.revision import Revision
from patchwatch.series.robot_policy import DEFAULT, RobotPolicy
from patchwatch.series.robot_replies import without_answers_to_robots
from patchwatch.series.state.judgment import weigh
from patchwatch.series.state.machine import StateMachine
from patchwatch.series.state.types import RevisionState, reason_of
from patchwatch.series.states import ReasonKind
from patchwatch.series.tags import authors_of, completing_tag, message_of, reviewed_patches, tags_of


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
    revision = without_answers_to_robots(revision)
    tags = tags_of(revision)
    authors = authors_of(revision)
    last = completing_tag(revision, tags)
    completion = (
        reason_of(message_of(revision, last), f"{last.name}: {last.value}", ReasonKind.TAGGED) if last else None
    )
    first, *again = revision.sendings or (revision.root,)
    machine = StateMachine(revision, completion, first, committers, policy, dismissed, rules)
    for follow_up in revision.given_before:
        sender = follow_up.message.author
        machine.recall(follow_up, by_author=authors.include(sender.name, sender.email))
    for follow_up in revision.follow_ups:
        while again and again[0].date < follow_up.message.date:
            machine.posted_again(again.pop(0))
        sender = follow_up.message.author
        machine.process(follow_up, by_author=authors.include(sender.name, sender.email))
    for root in again:
        machine.posted_again(root)
    judgment = machine.judgment
    if machine.review.decision is None:
        judgment = weigh(judgment, machine.review, chance_of_new_version(revision, tags), rules)
    return RevisionState(
        state=judgment.state,
        reason=judgment.reason,
        turn=judgment.turn,
        turn_since=judgment.turn_reason.date,
        turn_reason=judgment.turn_reason,
        tags=tags,
        reviewed=reviewed_patches(revision, tags),
        partly=machine.applied.partly,
        partly_reason=machine.partly_reason,
        steps=tuple(machine.changes),
        owed=machine.owed,
        points=placed(machine.review.ledger.points, revision.patches),
        likely=judgment.likely,
    )
