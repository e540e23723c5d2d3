"""A series as JSON, schema 1; docs/json.md explains every key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from patchwatch.mail.message import Person
from patchwatch.series.point_list import points_waiting
from patchwatch.series.points import Point, waiting_on
from patchwatch.series.pull_requests import status
from patchwatch.series.states import Turn
from patchwatch.times import format_time

if TYPE_CHECKING:
    from patchwatch.series.model import (
        CheckRow,
        DependencyRow,
        Evidence,
        MessageRow,
        NextAction,
        PredecessorRow,
        RevisionRow,
        SeriesRow,
        TrailerRow,
    )
    from patchwatch.series.queue import Place


def series_json(row: SeriesRow, url: Callable[[str, str], str], now: int, place: Place | None) -> dict[str, Any]:
    """Return a series as JSON as of `now` (UTC seconds), with its place in the user's queue.

    `url` maps a message-id and an inbox to a URL.
    """
    return {
        "schema": 1,
        "id": row.id,
        "title": row.title,
        "author": {"name": row.author_name, "email": row.author_email},
        "inboxes": list(row.inboxes),
        "watched": row.watched,
        "muted": row.muted,
        "pinned": row.pinned,
        "not_mine": row.not_mine > 0,
        "labels": list(row.labels),
        "snoozed": row.snoozed_until is not None,
        "snoozed_until": format_time(row.snoozed_until) if row.snoozed_until else None,
        "state": row.state,
        "state_evidence": _evidence(row.state_evidence),
        "kind": row.kind or "patches",
        "pull": _pull(row.revisions[-1]) if row.revisions else None,
        "depends_on": [_dependency(d) for d in row.depends_on],
        "blocked_by": list(row.blocked_by),
        "rfc": row.rfc,
        "incomplete": row.incomplete,
        "turn": row.turn,
        "turn_likely": row.revisions[-1].likely and row.turn != Turn.NOBODY,
        "turn_since": format_time(row.turn_since),
        "turn_evidence": _evidence(row.turn_evidence),
        "waiting_on": _waiting_on(row, now),
        "next": _next_action(row.next_action),
        **place_json(place),
        "awaiting_review": row.awaiting_review,
        "overdue": row.overdue,
        "unread": row.unread,
        "unreadable": row.unreadable,
        "last_activity": format_time(row.last_activity),
        "stale_since": format_time(row.stale_since) if row.stale_since is not None else None,
        "revisions": [_revision_json(r, url, now) for r in row.revisions],
    }


def place_json(place: Place | None) -> dict[str, Any]:
    """Return the place of a series in the user's queue as JSON."""
    if place is None:
        return {"section": None, "reason": None, "place": None}
    due = format_time(place.due) if place.due else None
    told = {"verb": place.verb, "since": format_time(place.since), "due": due}
    return {
        "section": place.section.value,
        "reason": place.reason,
        "place": {**told, "overdue": place.overdue, "sure": place.sure},
    }


def _trailer(tag: TrailerRow) -> dict[str, Any]:
    return {
        "name": tag.name,
        "value": tag.value,
        "message_id": tag.message_id,
        "date": format_time(tag.date),
        "patch": tag.patch,
        "limit": tag.scope,
        "counts": tag.counts,
        "given_to": tag.given_to or None,
        "carried": tag.carried,
    }


def _check(check: CheckRow) -> dict[str, Any]:
    return {
        "name": check.name,
        "verdict": check.verdict,
        "text": check.text,
        "message_id": check.message_id,
        "date": format_time(check.date),
        "patch": check.patch,
        "severity": check.severity or None,
        "preexisting": check.preexisting,
        "file": check.file or None,
        "function": check.function or None,
        "quote": check.quote or None,
    }


def _point(point: Point, now: int) -> dict[str, Any]:
    return {
        "id": point.key,
        "kind": point.kind,
        "firm": point.firm,
        "by": {"name": point.by.name, "email": point.by.email},
        "date": format_time(point.date),
        "message_id": point.message_id,
        "patch": point.patch,
        "text": point.text,
        "code": point.code or None,
        "file": point.file or None,
        "beside_tag": point.tagged,
        "fate": point.fate_at(now),
        "decided": {
            "message_id": point.closed_by,
            "date": format_time(point.closed_at),
            "text": point.closing,
            "by": {"name": point.closer.name, "email": point.closer.email} if point.closer else None,
        }
        if point.closed_by
        else None,
    }


def _waiting_on(row: SeriesRow, now: int) -> list[dict[str, Any]]:
    author = Person(row.author_name, row.author_email)
    return [
        {
            "name": waiting.person.name,
            "email": waiting.person.email,
            "since": format_time(waiting.since),
            "points": [point.key for point in waiting.points],
        }
        for waiting in waiting_on(points_waiting(row), author, Turn(row.turn), now)
    ]


def _evidence(evidence: Evidence | None) -> dict[str, Any] | None:
    if evidence is None:
        return None
    return {
        "message_id": evidence.message_id or None,
        "text": evidence.text,
        "by_hand": evidence.by_hand,
        "commit": evidence.commit or None,
        "kind": evidence.kind or None,
        "by": {"name": evidence.by_name, "email": evidence.by_email} if evidence.by_name or evidence.by_email else None,
        "date": format_time(evidence.date) if evidence.date else None,
    }


def _next_action(action: NextAction | None) -> dict[str, str | None] | None:
    if action is None:
        return None
    return {"text": action.text, "message_id": action.message_id or None, "by": action.by}


def _pull(row: RevisionRow) -> dict[str, Any] | None:
    if row.pull is None:
        return None
    return {
        "repository": row.pull.repository or None,
        "ref": row.pull.ref or None,
        "commit": row.pull.commit or None,
        "base": row.pull.base or None,
        "patches": row.pull.patches or row.patches or None,
        "to": {"name": row.pull.puller.name, "email": row.pull.puller.email} if row.pull.puller.email else None,
        "status": status(row.state),
    }


def _dependency(row: DependencyRow) -> dict[str, Any]:
    return {
        "message_id": row.root or None,
        "series": row.series,
        "state": row.state or None,
        "text": row.text,
        "stated_in": row.message_id,
    }


def _revision_json(row: RevisionRow, url: Callable[[str, str], str], now: int) -> dict[str, Any]:
    return {
        "version": row.version,
        "minor": row.minor,
        "message_id": row.message_id,
        "subject": row.subject,
        "author": {"name": row.author_name, "email": row.author_email},
        "date": format_time(row.date),
        "kind": row.kind or "patches",
        "pull": _pull(row),
        "rfc": row.rfc,
        "patches": row.patches,
        "expected": row.expected,
        "has_cover": row.has_cover,
        "incomplete": row.patches < row.expected,
        "state": row.state,
        "state_evidence": _evidence(row.state_evidence),
        "follow_ups": row.follow_ups,
        "url": url(row.message_id, row.inbox),
        "patch_message_ids": list(row.patch_message_ids),
        "taken_patches": [
            {"patch": t.patch, "version": t.version, "message_id": t.message_id, "revision": t.revision}
            for t in row.taken
        ],
        "postings": list(row.postings),
        "applied_patches": list(row.applied.patches) if row.applied else [],
        "applied_evidence": _evidence(row.applied.evidence) if row.applied else None,
        "trailers": [_trailer(t) for t in row.trailers],
        "checks": [_check(c) for c in row.checks],
        "points": [_point(p, now) for p in row.points],
        "predecessor": _link(row.predecessor) if row.predecessor else None,
        "joins": [_link(join) for join in row.joins],
    }


def _link(link: PredecessorRow) -> dict[str, Any]:
    return {"message_id": link.message_id, "evidence": list(link.evidence), "by_hand": link.by_hand}


def message_json(m: MessageRow) -> dict[str, Any]:
    """Return one mail of a thread as JSON."""
    return {
        "message_id": m.message_id,
        "parent": m.parent,
        "depth": m.depth,
        "revision": m.revision,
        "patch": m.patch,
        "kind": m.kind,
        "author": {"name": m.author_name, "email": m.author_email},
        "subject": m.subject,
        "date": format_time(m.date),
        "unread": m.unread,
        "bot": m.bot,
        "unreadable": m.unreadable or None,
        "tags": list(m.tags),
    }
