"""The mails of a series as trees, and single stored mails."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from patchwatch.db import schema as t
from patchwatch.db.facts import decode_message
from patchwatch.db.order import in_order
from patchwatch.db.queries import REVISIONS
from patchwatch.db.rows import MessageRow, StepRow


def thread(connection: Connection, series_id: int) -> tuple[MessageRow, ...]:
    """Every mail of a series: revision by revision, each as a tree in reading order."""
    revisions = in_order(connection.execute(REVISIONS.where(t.revision.c.series_id == series_id)).all())
    if not revisions:
        return ()
    rows = connection.execute(
        select(t.message, t.reading.c.at.label("read_at"))
        .outerjoin(t.reading, t.reading.c.message_id == t.message.c.message_id)
        .where(t.message.c.revision_id.in_([r.id for r in revisions]))
    ).all()
    by_revision: dict[int, list[Any]] = {}
    for row in rows:
        by_revision.setdefault(row.revision_id, []).append((row, decode_message(row.facts)))
    found: list[MessageRow] = []
    for revision in revisions:
        own = set(json.loads(revision.view)["message_ids"])  # a cover without a mark is no submission by itself
        members = {m.message_id: (row, m) for row, m in by_revision.get(revision.id, ())}
        parents = {i: next((r for r in reversed(m.references) if r in members), None) for i, (_, m) in members.items()}
        for message_id, depth in _in_tree_order(members, parents, revision.root):
            row, m = members[message_id]
            found.append(
                MessageRow(
                    message_id=message_id,
                    parent=parents[message_id],
                    depth=depth,
                    revision=revision.root,
                    patch=row.patch or 0,
                    kind=m.kind,
                    submission=message_id in own,
                    author_name=m.author.name,
                    author_email=m.author.email,
                    subject=m.subject,
                    date=m.date,
                    unread=row.read_at is None,
                    bot=m.bot,
                    tags=tuple(dict.fromkeys(x.name for x in m.trailers if x.own)) if message_id not in own else (),
                    excerpt=m.excerpt,
                )
            )
    return tuple(found)


def steps(connection: Connection, series_id: int) -> tuple[StepRow, ...]:
    """How a series came to where it stands: each step of each revision, oldest revision first; then its commit."""
    found: list[StepRow] = []
    version = 0
    for revision in in_order(connection.execute(REVISIONS.where(t.revision.c.series_id == series_id)).all()):
        version = json.loads(revision.view)["version"]
        for reason, state, turn in json.loads(revision.standing)["steps"]:
            found.append(StepRow(version, reason[2], reason[0], reason[1], state, turn))
    row = connection.execute(select(t.series).where(t.series.c.id == series_id)).first()
    evidence = json.loads(row.state_evidence) if row and row.state_evidence else {}
    if row and evidence.get("commit"):
        words, commit = evidence["text"], evidence["commit"]
        found.append(StepRow(version, evidence["date"], evidence["message_id"], words, row.state, row.turn, commit))
    return tuple(found)


def _in_tree_order(
    members: Mapping[str, Any], parents: Mapping[str, str | None], root: str
) -> Iterable[tuple[str, int]]:
    """Message-ids depth first, answers by date, patches by number; what hangs on nothing comes after the root."""
    children: dict[str | None, list[str]] = {}
    for message_id in members:
        above = parents[message_id]
        children.setdefault(None if message_id == root else above if above is not None else root, []).append(message_id)
    if root not in members:
        children.setdefault(None, []).extend(children.pop(root, []))

    def rank(message_id: str) -> tuple[bool, int, int, str]:
        row, m = members[message_id]
        return (not m.is_submission, row.patch or 0 if m.is_submission else 0, m.date, message_id)

    stack = [(i, 0) for i in sorted(children.get(None, ()), key=rank, reverse=True)]
    seen: set[str] = set()
    while stack:
        message_id, depth = stack.pop()
        if message_id in seen:
            continue
        seen.add(message_id)
        yield message_id, depth
        stack += [(i, depth + 1) for i in sorted(children.get(message_id, ()), key=rank, reverse=True)]
    for message_id in sorted(members.keys() - seen, key=rank):  # a loop of references that no root leads to
        yield message_id, 0
