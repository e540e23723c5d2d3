"""The mails of a series as trees, and its state changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeAlias

from patchwatch.db.execute import Execute, rows_among
from patchwatch.db.message_codec import decode_message
from patchwatch.db.packing import text_reader
from patchwatch.db.revision_codec import decode_evidence, decode_state, decode_summary, decode_version
from patchwatch.db.revision_order import in_order
from patchwatch.db.revisions import stored_rows
from patchwatch.db.series_flags import UNREAD
from patchwatch.mail.message import Message
from patchwatch.series.model import MessageRow, StateChangeRow

_MAILS = """
SELECT message.message_id, message.revision_id, message.patch, message.facts, {unread} FROM message
WHERE message.revision_id IN ({values})
""".replace("{unread}", UNREAD)
_SERIES = "SELECT state_evidence, state, turn FROM series WHERE id = :series"

_Member: TypeAlias = tuple[int, bool, Message]
"""A mail of a revision: the number of its patch, True if it is unread, and its parsed fields."""


def thread(execute: Execute, series_id: int, me: Collection[str] = ()) -> tuple[MessageRow, ...]:
    """Return every mail of a series, revision by revision, each as a tree in reading order; `me` are my addresses."""
    revisions = in_order(stored_rows(execute, [series_id]))
    if not revisions:
        return ()
    text = text_reader(execute)
    by_revision: dict[int, dict[str, _Member]] = {revision.id: {} for revision in revisions}
    for message_id, revision_id, patch, facts, unread in rows_among(execute, _MAILS, by_revision):
        by_revision[revision_id][message_id] = (patch or 0, bool(unread), decode_message(text(facts)))
    found: list[MessageRow] = []
    for revision in revisions:
        own = set(decode_summary(revision.view).message_ids)  # cover letters without [PATCH] too
        members = by_revision[revision.id]
        parents = {
            message_id: next((above for above in reversed(message.references) if above in members), None)
            for message_id, (_, _, message) in members.items()
        }
        for message_id, depth in _in_tree_order(members, parents, revision.root):
            patch, unread, message = members[message_id]
            found.append(
                MessageRow(
                    message_id=message_id,
                    parent=parents[message_id],
                    depth=depth,
                    revision=revision.root,
                    patch=patch,
                    kind=message.kind,
                    submission=message_id in own,
                    author_name=message.author.name,
                    author_email=message.author.email,
                    subject=message.subject,
                    date=message.date,
                    unread=unread,
                    bot=message.bot,
                    tags=_given_tags(message) if message_id not in own else (),
                    excerpt=message.excerpt,
                    unreadable=message.unreadable,
                    mine=message.author.email in me,
                )
            )
    return tuple(found)


def steps(execute: Execute, series_id: int) -> tuple[StateChangeRow, ...]:
    """Return the state changes of a series, oldest revision first; then the commit that its state is from."""
    found: list[StateChangeRow] = []
    version = 0
    for revision in in_order(stored_rows(execute, [series_id])):
        version = decode_version(revision.view).version
        found += [
            StateChangeRow(version, s.reason.date, s.reason.message_id, s.reason.text, s.state, s.turn)
            for s in decode_state(revision.standing).steps
        ]
    for stored, state, turn in execute(_SERIES, {"series": series_id}):
        evidence = decode_evidence(stored)
        if evidence and evidence.commit:
            found.append(
                StateChangeRow(version, evidence.date, evidence.message_id, evidence.text, state, turn, evidence.commit)
            )
    return tuple(found)


def _given_tags(message: Message) -> tuple[str, ...]:
    """Return the names of the trailers that the sender gives, each once."""
    return tuple(dict.fromkeys(trailer.name for trailer in message.trailers if trailer.own))


def _in_tree_order(
    members: Mapping[str, _Member], parents: Mapping[str, str | None], root: str
) -> Iterable[tuple[str, int]]:
    """Yield (message-id, depth), depth first: replies by date, patches by number.

    A mail without a known parent comes below the root.
    """
    children: dict[str | None, list[str]] = {}
    for message_id in members:
        above = parents[message_id]
        children.setdefault(None if message_id == root else above if above is not None else root, []).append(message_id)
    if root not in members:
        children.setdefault(None, []).extend(children.pop(root, []))

    def rank(message_id: str) -> tuple[bool, int, int, str]:
        patch, _, message = members[message_id]
        return (not message.is_submission, patch if message.is_submission else 0, message.date, message_id)

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
