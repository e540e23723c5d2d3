"""The rows of revisions and series, built from what the pure functions of patchwatch.series decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from patchwatch.db.claims_codec import StoredClaim, encode_claims
from patchwatch.db.derived import StoredRevision
from patchwatch.db.involvement import posters, recipients, repliers
from patchwatch.db.posting_codec import decode_posting, encode_posting
from patchwatch.db.remembered import encode_memory
from patchwatch.db.revision_codec import (
    ChangeReason,
    RevisionSummary,
    StoredCheck,
    StoredDependency,
    StoredPatch,
    StoredReason,
    StoredReviewer,
    StoredState,
    StoredStateChange,
    StoredTaken,
    decode_state,
    encode,
    encode_evidence,
)
from patchwatch.db.revision_order import repeated
from patchwatch.db.revisions import newest_row, reviewed
from patchwatch.db.tags import stored_tags
from patchwatch.db.who_reviews import people_lines
from patchwatch.mail.message import Message, SignalKind
from patchwatch.series import point_rules
from patchwatch.series.areas import areas_of
from patchwatch.series.checks import checks_of
from patchwatch.series.committers import NOT_KNOWN, Committers, lists_of
from patchwatch.series.point_rules import PointRules
from patchwatch.series.points import WAITS_FOR_AUTHOR, Fate, count_open
from patchwatch.series.posting import PostingFacts, posting_facts
from patchwatch.series.requests import Requests
from patchwatch.series.reviewers import ReviewerActivity, reviewers_of
from patchwatch.series.revision import Revision, number_of
from patchwatch.series.robot_policy import DEFAULT, RobotPolicy
from patchwatch.series.state.judgment import reason_for
from patchwatch.series.state.revision_state import read
from patchwatch.series.state.status import Mark, Merge, series_status
from patchwatch.series.state.types import Reason, RevisionState
from patchwatch.series.stated_relations import dependencies_of
from patchwatch.series.states import APPLIED, CLOSED


def series_record(
    number: int,
    members: Sequence[StoredRevision],
    summaries: Mapping[int, RevisionSummary],
    marks: Sequence[Mark],
    merges: Sequence[Merge],
    activity: int,
    claims: Mapping[str, StoredClaim],
) -> dict[str, Any]:
    """Return the columns of a series.

    `members` are its revisions, oldest first, with their `summaries`; `merges` is what is known of the newest besides
    its mails; `activity` is the date of its newest mail; `claims` are what later versions did about points.
    """
    chain = [(member.root, summaries[member.id]) for member in members]
    summaries_of = [summary for _, summary in chain]
    newest, summary = members[-1], summaries_of[-1]
    shown = newest_row(members, dict(chain))  # with its resends
    unsettled, raised = count_open(shown.points)
    left = sum(claim.waits for claim in claims.values())  # points of earlier versions that are not touched, or late
    late = _late(members, claims)
    status = series_status(newest.root, revision_state_of(newest), marks, [*merges, *_applied_earlier(members)], late)
    return {
        "id": number,
        "title": summary.title,
        "author_name": summary.author.name,
        "author_email": summary.author.email,
        "state": status.state,
        "state_evidence": encode_evidence(status.reason),
        "turn": status.turn,
        "turn_since": status.turn_since,
        "turn_evidence": encode_evidence(status.turn_reason),
        "version": summary.version,
        "rfc": summary.rfc,
        "incomplete": summary.patches < summary.expected,
        "last_activity": activity,
        "minor": shown.minor,
        "patches": shown.patches,
        "expected": shown.expected,
        "reviewed": reviewed(shown),
        "applied": len(shown.applied.patches) if shown.applied and status.state not in CLOSED else 0,
        "points_open": unsettled + left,
        "points": raised + left,
        "answered": "\n".join(str(point.silent_at) for point in shown.points if point.fate == Fate.ANSWERED),
        "kind": shown.kind,
        "depends_on": "\n".join(dependency.target for dependency in shown.depends_on),
        "roots": "\n".join(root for root, _ in chain),
        "posters": _lines(map(posters, summaries_of)),
        "people": people_lines([*map(repliers, summaries_of)], map(recipients, summaries_of)),
        "area": "".join(areas_of(summary.title, [patch.title for patch in summary.patch_facts])[-1:]),
        "claims": encode_claims(claims),
    }


def _applied_earlier(members: Sequence[StoredRevision]) -> Iterator[Merge]:
    """Yield what replies to earlier sendings of the newest version report since it was sent again.

    So do those to the version before if its patches have the same titles: its committer did not look for a newer one.
    """
    newest, *sent_before = same = repeated(members)
    before = [member for member in members if member.root == same[-1].predecessor]
    for sending in (*sent_before, *before):
        state = revision_state_of(sending)
        if state.state not in APPLIED or state.reason is None or state.reason.date < newest.date:
            continue
        if sending in sent_before or _titles(sending) == _titles(newest):
            yield Merge(state.state, state.reason)


def _late(members: Sequence[StoredRevision], claims: Mapping[str, StoredClaim]) -> Reason | None:
    """The first point of an earlier version that holds up the newest one (patchwatch.series.claims.holds_up)."""
    late = {key for key, claim in claims.items() if claim.fate in WAITS_FOR_AUTHOR}
    if not late:
        return None
    points = (point for member in members[:-1] for point in decode_state(member.standing).points if point.key in late)
    return min(map(reason_for, points), key=lambda reason: reason.date, default=None)


def _titles(revision: StoredRevision) -> list[str]:
    return sorted(decode_posting(revision.posting).titles)


def revision_state_of(revision: StoredRevision) -> RevisionState:
    """Return the state of a revision as `revision_record` stored it, without its tags, changes and `owed`."""
    stored = decode_state(revision.standing)
    return RevisionState(
        state=stored.state,
        reason=_reason(stored.reason) if stored.reason else None,
        turn=stored.turn,
        turn_since=stored.turn_since,
        turn_reason=_reason(stored.turn_reason),
        tags=(),
        reviewed=stored.reviewed,
        partly=stored.partly,
        partly_reason=_reason(stored.partly_reason) if stored.partly_reason else None,
    )


def homes(recognised: Iterable[tuple[int, Revision]]) -> dict[int, dict[str, str]]:
    """By conversation: the root of the revision that each message belongs to or answers."""
    homes: dict[int, dict[str, str]] = {}
    for conversation, revision in recognised:
        home = homes.setdefault(conversation, {})
        home.update((m.message_id, revision.root.message_id) for m in revision.own_messages)
        home.update((f.message.message_id, revision.root.message_id) for f in revision.follow_ups if not f.of)
    return homes


def revision_record(
    number: int,
    conversation: int,
    revision: Revision,
    home: dict[str, str],
    committers: Committers = NOT_KNOWN,
    policy: RobotPolicy = DEFAULT,
    dismissed: Set[str] = frozenset(),
    rules: PointRules = point_rules.DEFAULT,
    remember: bool = False,
) -> dict[str, Any]:
    """Return the columns of a revision; `committers` are those of the lists that it was sent to.

    `memory` is None unless it is to be remembered (patchwatch.db.remembered).
    """
    reading = read(revision, committers, policy, dismissed, rules)
    state = reading.state
    posting = posting_facts(revision, home)
    return {
        "id": number,
        "root": revision.root.message_id,
        "conversation": conversation,
        "date": revision.root.date,
        "posting": encode_posting(posting),
        "view": encode(_summary(revision, state, posting, committers, reading.requests)),
        "standing": encode(stored_state(state)),
        "memory": encode_memory(reading.memory) if remember else None,
    }


def _summary(
    revision: Revision, state: RevisionState, posting: PostingFacts, committers: Committers, requests: Requests
) -> RevisionSummary:
    root = revision.root
    return RevisionSummary(
        subject=root.subject,
        title=revision.head.parts.title,
        author=root.author,
        version=revision.version,
        minor=root.parts.minor,
        rfc=revision.rfc,
        kind=revision.kind,
        patches=len(revision.patches),
        expected=revision.expected,
        has_cover=revision.cover is not None,
        follow_ups=sum(not (f.notice or f.of) for f in revision.follow_ups),
        unreadable=sum(f.message.unreadable != "" for f in revision.follow_ups if not f.of),
        message_ids=tuple(m.message_id for m in revision.own_messages),
        patch_message_ids=tuple(m.message_id for m in revision.patches),
        patch_facts=tuple(StoredPatch(number_of(m), m.parts.title, m.patch_id, _dropped(m)) for m in revision.patches),
        dropped=_dropped(revision.cover) if revision.cover else (),
        trailers=stored_tags(state.tags),
        checks=stored_checks(revision),
        reviewed=state.reviewed,
        senders=_sorted(m.author.email for m in revision.own_messages),
        writers=_sorted((m.patch_author or m.author).email for m in revision.patches),
        recipients=_sorted(address for m in revision.own_messages for address in m.recipients),
        reviewers=stored_reviewers(reviewers_of(revision)),
        missing=revision.missing,
        backport=any("-rc" not in tree for tree in posting.trees),
        depends_on=stored_dependencies(revision),
        pull=root.pull,
        sendings=tuple(m.message_id for m in revision.sendings),
        taken=tuple(StoredTaken(t.number, t.message.message_id, t.version, t.root) for t in revision.taken),
        commits=committers.includes_for_all(root.author, lists_of(revision)),
        asks=requests.open,
        not_for_merging=tuple(sorted(revision.not_for_merging)),
    )


def stored_dependencies(revision: Revision) -> tuple[StoredDependency, ...]:
    """Return what a revision needs, according to its mails."""
    return tuple(StoredDependency(r.target, r.text, message_id) for r, message_id in dependencies_of(revision))


def stored_checks(revision: Revision) -> tuple[StoredCheck, ...]:
    """Return the results of bots in the replies to a revision."""
    return tuple(
        StoredCheck(
            *(c.name, c.verdict, c.text, c.message_id, c.date, c.patch),
            *(c.severity, c.preexisting, c.file, c.function, c.quote),
        )
        for c in checks_of(revision)
    )


def stored_reviewers(reviewers: Iterable[ReviewerActivity]) -> tuple[StoredReviewer, ...]:
    """Return reviewers for the summary of a revision."""
    return tuple(
        StoredReviewer(r.person.name, r.person.email, r.date, r.satisfied, r.answer, r.answered) for r in reviewers
    )


def stored_state(state: RevisionState, steps_before: Sequence[StoredStateChange] = ()) -> StoredState:
    """Return the column `standing`; `steps_before` are those before the ones of `state`."""
    return StoredState(
        state=state.state,
        reason=_stored_reason(state.reason) if state.reason else None,
        turn=state.turn,
        turn_since=state.turn_since,
        turn_reason=_stored_reason(state.turn_reason),
        reviewed=state.reviewed,
        partly=state.partly,
        partly_reason=_stored_reason(state.partly_reason) if state.partly_reason else None,
        steps=(
            *steps_before,
            *(
                StoredStateChange(ChangeReason(s.reason.message_id, s.reason.text, s.reason.date), s.state, s.turn)
                for s in state.steps
            ),
        ),
        owed=tuple(map(_stored_reason, state.owed)),
        points=state.points,
        likely=state.likely,
    )


def _lines(addresses: Iterable[set[str]]) -> str:
    return "\n".join(sorted(set().union(*addresses) - {""}))


def _dropped(message: Message) -> tuple[str, ...]:
    """Return the sentences of a posting's author on tags that they left out."""
    return tuple(signal.text for signal in message.signals if signal.kind == SignalKind.TAGS_DROPPED)


def _stored_reason(reason: Reason) -> StoredReason:
    return StoredReason(reason.message_id, reason.text, reason.date, reason.by_hand, reason.kind, reason.by)


def _reason(stored: StoredReason) -> Reason:
    return Reason(stored.message_id, stored.text, stored.date, stored.by_hand, kind=stored.kind, by=stored.by)


def _sorted(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({address for address in addresses if address}))
