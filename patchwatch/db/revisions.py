"""The revisions of a series, read back from what is stored of each: one row for what was posted again unchanged.

Decides nothing about them: states and links are stored.  A row shows what came of a posting and of its repetitions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, select

from patchwatch.db import schema as t
from patchwatch.db.involvement import involvement_of, names_of
from patchwatch.db.revision_order import in_order
from patchwatch.db.sql import chunks
from patchwatch.db.tags import tags_of_chain
from patchwatch.series.model import AppliedRow, CheckRow, Evidence, Involvement, PredecessorRow, RevisionRow, TrailerRow
from patchwatch.series.states import CLOSED, State
from patchwatch.series.tags import Tag, each_once

REVISIONS = select(
    t.revision.c.id,
    t.revision.c.root,
    t.revision.c.series_id,
    t.revision.c.date,
    t.revision.c.view,
    t.revision.c.standing,
    t.revision.c.predecessor,
    t.revision.c.link,
)
"""What is stored of a revision and shown of it."""


def revisions_of(
    connection: Connection, ids: Iterable[int], me: Set[str]
) -> dict[int, tuple[tuple[RevisionRow, ...], Involvement | None]]:
    """The revisions of each series, oldest first, and the part that I have in them, where `me` are my addresses."""
    by_series: dict[int, list[Any]] = {}
    homes: dict[str, str] = {}
    for part in chunks(ids):
        for row in connection.execute(REVISIONS.where(t.revision.c.series_id.in_(part))):
            by_series.setdefault(row.series_id, []).append(row)
        homes.update(
            (row.root, row.name)
            for row in connection.execute(
                select(t.revision.c.root, func.min(t.inbox.c.name).label("name"))
                .join(t.message, t.message.c.message_id == t.revision.c.root)
                .join(t.copy, t.copy.c.message_pk == t.message.c.id)
                .join(t.inbox, t.inbox.c.id == t.copy.c.inbox_id)
                .where(t.revision.c.series_id.in_(part))
                .group_by(t.revision.c.root)
            )
        )
    found: dict[int, tuple[tuple[RevisionRow, ...], Involvement | None]] = {}
    for number, rows in by_series.items():
        views = {row.root: json.loads(row.view) for row in rows}
        kept = revision_rows(in_order(rows), views, homes)
        found[number] = (kept, involvement_of(kept, views, me) if me else None)
    return found


def revision_rows(rows: Sequence[Any], views: Mapping[str, Any], homes: Mapping[str, str]) -> tuple[RevisionRow, ...]:
    """Rows of one series in order; what was sent again unchanged is one revision with several postings."""
    found: dict[str, RevisionRow] = {}
    original: dict[str, str] = {}  # root of a resend -> root of what it repeats
    newest = rows[-1].root
    chain = [(row.root, views[row.root]) for row in rows]
    tags = dict(zip((root for root, _ in chain), tags_of_chain(chain), strict=True))
    for row in rows:
        view, standing = views[row.root], json.loads(row.standing)
        owed = tuple(_said(reason) for reason in standing["owed"]) if row.root == newest else ()
        reviewers, awaited = names_of(view) if row.root == newest else ((), ())
        link = json.loads(row.link) if row.link else None
        repeats = original.get(row.predecessor, row.predecessor) if link and link["resend"] else None
        if repeats in found:
            original[row.root] = repeats
            first = found[repeats]
            postings = (*first.postings, row.root)
            numbers = [number for number, *_ in view["patch_facts"]]
            tags[repeats] = each_once((*tags[repeats], *tags[row.root]), numbers)
            found[repeats] = replace(
                first,
                follow_ups=first.follow_ups + view["follow_ups"],
                postings=postings,
                trailers=_trailers(tags[repeats], postings),
                checks=tuple(sorted((*first.checks, *_checks(view)), key=lambda c: (c.date, c.message_id))),
                applied=_applied(standing) or first.applied,
                state=standing["state"] if row.root == newest else first.state,
                state_evidence=_evidence_of(standing["reason"]) if row.root == newest else first.state_evidence,
                owed=owed,
                missing=tuple(view["missing"]),
                reviewers=reviewers,
                awaited=awaited,
            )
            continue
        before = original.get(row.predecessor, row.predecessor)
        superseded = row.root != newest
        found[row.root] = RevisionRow(
            id=row.id,
            version=view["version"],
            minor=view["minor"],
            message_id=row.root,
            subject=view["subject"],
            author_name=view["author"][0],
            author_email=view["author"][1],
            date=row.date,
            rfc=view["rfc"],
            patches=view["patches"],
            expected=view["expected"],
            has_cover=view["has_cover"],
            state=State.SUPERSEDED if superseded else standing["state"],
            state_evidence=_evidence_of(None if superseded else standing["reason"]),
            follow_ups=view["follow_ups"],
            inbox=homes.get(row.root, ""),
            patch_message_ids=tuple(view["patch_message_ids"]),
            postings=(row.root,),
            trailers=_trailers(tags[row.root], (row.root,)),
            predecessor=PredecessorRow(before, tuple(link["evidence"]), link["by_hand"]) if before and link else None,
            applied=_applied(standing),
            checks=_checks(view),
            owed=owed,
            missing=tuple(view["missing"]),
            backport=view["backport"],
            reviewers=reviewers,
            awaited=awaited,
            pull=view["kind"] == "pull",
        )
    kept = list(found.values())
    if newest in original and len(kept) > 1 and kept[-1].message_id != original[newest]:
        kept.sort(key=lambda r: r.message_id == original[newest])
    for position, revision in enumerate(kept[1:], 1):
        if kept[position - 1].state != State.SUPERSEDED:
            before_it = kept[position - 1]
            kept[position - 1] = replace(
                before_it,
                state=State.SUPERSEDED,
                state_evidence=Evidence(revision.message_id, revision.subject),
            )
        elif kept[position - 1].state_evidence is None:
            kept[position - 1] = replace(
                kept[position - 1], state_evidence=Evidence(revision.message_id, revision.subject)
            )
    return tuple(kept)


def _trailers(tags: Sequence[Tag], postings: Sequence[str]) -> tuple[TrailerRow, ...]:
    """Tags as rows; what one of its own `postings` was given was given to this revision."""
    return tuple(
        TrailerRow(
            t.name,
            t.value,
            t.message_id,
            t.patch,
            t.counts,
            t.date,
            t.limit,
            "" if t.given_to in postings else t.given_to,
            t.carried or t.given_to in postings,
        )
        for t in tags
    )


def _checks(view: dict[str, Any]) -> tuple[CheckRow, ...]:
    return tuple(CheckRow(*check) for check in view["checks"])


def _applied(standing: dict[str, Any]) -> AppliedRow | None:
    if not standing["partly"] or standing["state"] in CLOSED:
        return None
    numbers = tuple(int(n) for n in standing["partly"].split(",") if n.isdigit())
    return AppliedRow(numbers, _evidence_of(standing["partly_reason"]))


def reviewed(revision: RevisionRow) -> int:
    """How many of its patches carry a review."""
    counting = {trailer.patch for trailer in revision.trailers if trailer.counts}
    return revision.patches if 0 in counting else min(len(counting), revision.patches)


def _evidence_of(reason: list[Any] | None) -> Evidence | None:
    return _said(reason) if reason else None


def _said(reason: list[Any]) -> Evidence:
    message_id, text, date, by_hand, kind, (name, email) = reason
    return Evidence(message_id, text, by_hand, "", kind, name, email, date)
