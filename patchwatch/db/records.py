"""Revisions and series as they are stored: made from what the pure functions say, read back for the next decision."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from patchwatch.db.derived import StoredRevision
from patchwatch.db.involvement import people, posters
from patchwatch.db.posting_codec import encode_posting
from patchwatch.db.revisions import reviewed, revision_rows
from patchwatch.db.sql import dumps
from patchwatch.db.tags import encode_tags
from patchwatch.mail.message import Message, Person, SignalKind
from patchwatch.series.checks import checks_of
from patchwatch.series.posting import posting_facts
from patchwatch.series.reviewers import ReviewerActivity, reviewers_of
from patchwatch.series.revision import Revision, number_of
from patchwatch.series.state.machine import revision_state
from patchwatch.series.state.status import Mark, Merge, series_status
from patchwatch.series.state.types import Reason, RevisionState
from patchwatch.series.states import State, Turn


def series_record(
    number: int, members: Sequence[StoredRevision], marks: Sequence[Mark], merges: Sequence[Merge], activity: int
) -> dict[str, Any]:
    """A series as it is stored, from its revisions, oldest first.

    `members` are its revisions in order; `merges` is what is known of the newest beyond its mails; `activity` is the
    date of its newest mail.
    """
    chain = [(one.root, json.loads(one.view)) for one in members]
    newest, view = members[-1], chain[-1][1]
    shown = revision_rows(members, dict(chain), {})[-1]  # postings of the same put together
    kept = json.loads(newest.standing)
    status = series_status(newest.root, stored_state(kept), marks, merges)
    return {
        "id": number,
        "title": view["title"],
        "author_name": view["author"][0],
        "author_email": view["author"][1],
        "state": status.state,
        "state_evidence": _reason_json(status.reason),
        "turn": status.turn,
        "turn_since": status.turn_since,
        "turn_evidence": _reason_json(status.turn_reason),
        "version": view["version"],
        "rfc": view["rfc"],
        "incomplete": view["patches"] < view["expected"],
        "last_activity": activity,
        "minor": shown.minor,
        "patches": shown.patches,
        "expected": shown.expected,
        "reviewed": reviewed(shown),
        "roots": "\n".join(root for root, _ in chain),
        "posters": _lines(posters(one) for _, one in chain),
        "people": _lines(people(one) for _, one in chain),
    }


def _reason_json(reason: Reason | None) -> str | None:
    if reason is None:
        return None
    return dumps(
        {
            "message_id": reason.message_id,
            "text": reason.text,
            "date": reason.date,
            "by_hand": reason.by_hand,
            "commit": reason.commit,
            "kind": reason.kind,
            "by": [reason.by.name, reason.by.email],
        }
    )


def stored_state(kept: dict[str, Any]) -> RevisionState:
    """The standing that `revision_record` stored."""

    def reason(value: list[Any] | None) -> Reason | None:
        if not value:
            return None
        message_id, text, date, by_hand, kind, by = value
        return Reason(message_id, text, date, by_hand, kind=kind, by=Person(*by))

    turn_reason = reason(kept["turn_reason"])
    assert turn_reason is not None  # noqa: S101  (written so below)
    return RevisionState(
        state=State(kept["state"]),
        reason=reason(kept["reason"]),
        turn=Turn(kept["turn"]),
        turn_since=kept["turn_since"],
        turn_reason=turn_reason,
        tags=(),
        reviewed=kept["reviewed"],
        partly=kept["partly"],
        partly_reason=reason(kept["partly_reason"]),
    )


def homes(recognised: Iterable[tuple[int, Revision]]) -> dict[int, dict[str, str]]:
    """By conversation: the root of the revision that each message belongs to or answers."""
    homes: dict[int, dict[str, str]] = {}
    for conversation, revision in recognised:
        home = homes.setdefault(conversation, {})
        home.update((m.message_id, revision.root.message_id) for m in revision.own_messages)
        home.update((f.message.message_id, revision.root.message_id) for f in revision.follow_ups)
    return homes


def revision_record(number: int, conversation: int, revision: Revision, home: dict[str, str]) -> dict[str, Any]:
    """A revision as it is stored."""
    stands = revision_state(revision)
    posting = posting_facts(revision, home)
    root = revision.root
    view = {
        "subject": root.subject,
        "title": root.parts.title,
        "author": [root.author.name, root.author.email],
        "version": revision.version,
        "minor": root.parts.minor,
        "rfc": revision.rfc,
        "kind": root.kind,
        "patches": len(revision.patches),
        "expected": revision.expected,
        "has_cover": revision.cover is not None,
        "follow_ups": sum(not f.notice for f in revision.follow_ups),
        "message_ids": [m.message_id for m in revision.own_messages],
        "patch_message_ids": [m.message_id for m in revision.patches],
        "patch_facts": [[number_of(m), m.parts.title, m.patch_id, *_dropped(m)] for m in revision.patches],
        "dropped": _dropped(revision.cover) if revision.cover else [],
        "trailers": encode_tags(stands.tags),
        "checks": [[c.name, c.verdict, c.text, c.message_id, c.date, c.patch] for c in checks_of(revision)],
        "reviewed": stands.reviewed,
        "senders": _each(m.author.email for m in revision.own_messages),
        "writers": _each((m.patch_author or m.author).email for m in revision.patches),
        "recipients": _each(address for m in revision.own_messages for address in m.recipients),
        "voices": [_voice_list(voice) for voice in reviewers_of(revision)],
        "missing": _missing(revision),
        "backport": any("-rc" not in tree for tree in posting.trees),
    }
    kept = {
        "state": stands.state,
        "reason": _reason_list(stands.reason),
        "turn": stands.turn,
        "turn_since": stands.turn_since,
        "turn_reason": _reason_list(stands.turn_reason),
        "reviewed": stands.reviewed,
        "partly": stands.partly,
        "partly_reason": _reason_list(stands.partly_reason),
        "steps": [[[s.reason.message_id, s.reason.text, s.reason.date], s.state, s.turn] for s in stands.steps],
        "owed": [_reason_list(r) for r in stands.owed],
    }
    return {
        "id": number,
        "root": root.message_id,
        "conversation": conversation,
        "date": root.date,
        "posting": encode_posting(posting),
        "view": dumps(view),
        "standing": dumps(kept),
    }


def _lines(addresses: Iterable[set[str]]) -> str:
    return "\n".join(sorted(set().union(*addresses) - {""}))


def _dropped(message: Message) -> list[str]:
    """What the author of a posting says of tags that he left out."""
    return [signal.text for signal in message.signals if signal.kind == SignalKind.TAGS_DROPPED]


def _reason_list(reason: Reason | None) -> list[Any] | None:
    if reason is None:
        return None
    by = [reason.by.name, reason.by.email]
    return [reason.message_id, reason.text, reason.date, reason.by_hand, reason.kind, by]


def _voice_list(voice: ReviewerActivity) -> list[Any]:
    return [voice.person.name, voice.person.email, voice.date, voice.satisfied, voice.answer, voice.answered]


def _each(addresses: Iterable[str]) -> list[str]:
    return sorted({address for address in addresses if address})


def _missing(revision: Revision) -> list[int]:
    """The patches that were sent but never seen: few of a series whose mails all went to the same people.

    People send single patches of a series to the lists they concern; then nothing is missing.
    """
    seen = {number_of(m) for m in revision.patches}
    sent_to = {frozenset(m.recipients) for m in revision.patches}
    if len(sent_to) > 1 or not 0 < revision.expected - len(seen) < len(seen):
        return []
    return [number for number in range(1, revision.expected + 1) if number not in seen]
