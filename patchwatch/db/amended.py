"""The row of a long revision after further replies: what is stored of it, and what they change.

It is the row that patchwatch.db.records builds from all of its mails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Any, TypeAlias

from msgspec import structs

from patchwatch.db.derived import StoredRevision
from patchwatch.db.posting_codec import decode_posting, encode_posting
from patchwatch.db.records import stored_checks, stored_dependencies, stored_reviewers, stored_state
from patchwatch.db.remembered import encode_memory
from patchwatch.db.revision_codec import RevisionSummary, StoredReviewer, decode_state, encode
from patchwatch.db.tags import stored_tags
from patchwatch.mail.message import Message, Person
from patchwatch.series.committers import Committers, lists_of
from patchwatch.series.point_rules import PointRules
from patchwatch.series.posting import with_replies
from patchwatch.series.reviewers import ReviewerActivity, Reviewers
from patchwatch.series.revision import FollowUp, Revision
from patchwatch.series.robot_policy import RobotPolicy
from patchwatch.series.state.memory import Memory
from patchwatch.series.state.revision_state import Known, resume
from patchwatch.series.tag import Tag

Addition: TypeAlias = tuple[FollowUp, Message | None]
"""A reply, and the mail of the revision that it replies to."""


def revision_of(root: str, summary: RevisionSummary, mails: Mapping[str, Message]) -> Revision:
    """Return a revision without its replies, from the mails that patchwatch.db.revision_codec.mails_of names."""
    patches = tuple(mails[i] for i in summary.patch_message_ids)
    own = [mails[i] for i in summary.message_ids]
    cover = own[0] if summary.has_cover else None
    return Revision(mails[root], cover, patches, tuple(own[summary.has_cover + len(patches) :]), ())


def amended_record(
    stored: StoredRevision,
    summary: RevisionSummary,
    revision: Revision,
    additions: Sequence[Addition],
    memory: Memory,
    committers: Committers,
    policy: RobotPolicy,
    dismissed: Set[str],
    rules: PointRules,
) -> dict[str, Any]:
    """Return the columns of a revision, given without its replies, after some more of them, oldest first.

    `summary` is what is stored of it.
    """
    standing = decode_state(stored.standing)
    tags = [Tag(t.name, t.value, t.message_id, t.patch, t.counts, t.date, t.scope) for t in summary.trailers]
    known = Known(memory, tags, standing.points)
    reading = resume(revision, known, committers, policy, dismissed, rules)
    reviewers = Reviewers(map(_activity, summary.reviewers))
    for follow_up, parent in additions:
        if (kept := reading.add(follow_up, parent)) is not None:
            reviewers.read(kept, by_author=reading.is_by_author(kept), answered=reading.answered(parent))
    state = reading.state
    with_them = replace(revision, follow_ups=tuple(follow_up for follow_up, _ in additions))
    known_targets = {one.target for one in summary.depends_on}
    new_dependencies = [one for one in stored_dependencies(with_them) if one.target not in known_targets]
    view = structs.replace(
        summary,
        follow_ups=summary.follow_ups + len(additions),
        trailers=stored_tags(state.tags),
        checks=(*summary.checks, *stored_checks(with_them)),
        reviewed=state.reviewed,
        reviewers=stored_reviewers(reviewers.found),
        commits=committers.includes_for_all(revision.root.author, lists_of(revision)),
        asks=reading.requests.open,
        depends_on=(*summary.depends_on, *new_dependencies),
    )
    return {
        "id": stored.id,
        "root": stored.root,
        "conversation": stored.conversation,
        "date": stored.date,
        "posting": encode_posting(with_replies(decode_posting(stored.posting), with_them)),
        "view": encode(view),
        "standing": encode(stored_state(state, standing.steps)),
        "memory": encode_memory(reading.memory),
    }


def _activity(stored: StoredReviewer) -> ReviewerActivity:
    person = Person(stored.name, stored.email)
    return ReviewerActivity(person, stored.date, stored.satisfied, stored.answer, stored.answered)
