"""Replies to long revisions, taken in without reading the replies before them.

A revision of thousands of replies would otherwise be judged from all of them for each further one.  This is only for
mails that cannot change anything but the end of one revision: replies, newer than all before, to mails whose place is
known, that no stored mail refers to, and that say nothing of who applies patches.  For all others, and wherever there
is no memory of the revision, the conversation is recognized from its mails (patchwatch.sync.recognize), with the same
result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from patchwatch.db import derived, messages, remembered
from patchwatch.db.amended import amended_record, revision_of
from patchwatch.db.derived import PlacedMessage, StoredRevision
from patchwatch.db.revision_codec import decode_summary, mails_of
from patchwatch.mail.message import Message
from patchwatch.series.answered import has_circle
from patchwatch.series.committers import gives_role
from patchwatch.series.revision import FollowUp, Revision
from patchwatch.series.state.memory import Memory
from patchwatch.series.state.revision_state import place_of
from patchwatch.sync.circumstances import circumstances_of
from patchwatch.sync.conversations import Conversations

_REFERENCES = 10  # of a mail, from its end, one of which must be stored


@dataclass(frozen=True, slots=True)
class Addition:
    """A reply to be added to a revision."""

    pk: int
    revision: int
    follow_up: FollowUp
    parent: Message | None  # the mail of the revision that it replies to


@dataclass(frozen=True, slots=True)
class Plan:
    """What can be added without reading everything."""

    additions: dict[int, list[Addition]] = field(default_factory=dict)  # by conversation, oldest first
    memories: dict[int, Memory] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Amended:
    """The revisions that replies were added to."""

    before: list[StoredRevision]
    rows: list[dict[str, Any]]
    moved: list[dict[str, Any]]  # places of messages


def plan(connection: Connection, conversations: Iterable[int], threads: Conversations) -> Plan:
    """Find the conversations in which all that is new can be added to what is remembered."""
    new: dict[int, list[tuple[int, Message]]] = {}
    for pk in threads.fresh:
        new.setdefault(threads.places[pk], []).append((pk, threads.messages[pk]))
    unsuited = threads.whole | threads.with_submissions
    unsuited |= {c for c, found in new.items() if any(pk in threads.awaited or not _is_plain(m) for pk, m in found)}
    known = remembered.remembered_in(connection, [c for c in conversations if c in new and c not in unsuited])
    found = Plan(memories=remembered.memories_of(connection, {i for ids in known.values() for i in ids}))
    for conversation in known:
        replies = sorted(new[conversation], key=lambda one: place_of(one[1]))
        if (additions := _additions(connection, conversation, replies, threads, found.memories)) is not None:
            found.additions[conversation] = additions
    return found


def _is_plain(message: Message) -> bool:
    """True for a reply that only has to do with the mail that it answers."""
    return message.kind in ("reply", "other") and not (message.about or message.tested or gives_role(message))


def _additions(
    connection: Connection,
    conversation: int,
    replies: Sequence[tuple[int, Message]],
    threads: Conversations,
    memories: Mapping[int, Memory],
) -> list[Addition] | None:
    """Return the replies with their places; None if one of them has none, or is not the newest of its revision."""
    names = {name for _, m in replies for name in (*m.references[-_REFERENCES:], m.parent or "")}
    stored = {
        name: one for name, one in derived.messages_named(connection, names).items() if one.conversation == conversation
    }
    threads.load(one.id for one in stored.values())
    newest = {i: memory.newest for i, memory in memories.items()}
    found: list[Addition] = []
    for pk, message in replies:
        above = next((stored[name] for name in reversed(message.references[-_REFERENCES:]) if name in stored), None)
        if above is None or above.revision_id is None or above.patch is None:
            return None
        answered, number = threads.messages[above.id], above.revision_id
        # Their place is that of what they name, not of what they answer.
        if answered.kind == "notice" or answered.tested or number not in newest or place_of(message) <= newest[number]:
            return None
        parent = stored.get(message.parent or "")
        known = threads.messages[parent.id] if parent is not None and parent.revision_id == number else None
        found.append(Addition(pk, number, FollowUp(message, above.patch), known))
        newest[number] = place_of(message)
        stored[message.message_id] = PlacedMessage(pk, message.message_id, conversation, number, above.patch)
    return found


def amend(
    connection: Connection, additions: Sequence[Addition], memories: Mapping[int, Memory], threads: Conversations
) -> Amended:
    """Return what becomes of the revisions that replies are added to."""
    if not additions:
        return Amended([], [], [])
    stored = {r.id: r for r in derived.revisions_by_id(connection, {one.revision for one in additions})}
    summaries = {number: decode_summary(r.view) for number, r in stored.items()}
    names = {number: mails_of(r.root, summaries[number]) for number, r in stored.items()}
    pks = messages.known_messages(connection, {name for own in names.values() for name in own})
    threads.load(pks.values())
    mails = {name: threads.messages[pk] for name, pk in pks.items()}
    revisions = {number: revision_of(r.root, summaries[number], mails) for number, r in stored.items()}
    circumstances = circumstances_of(connection, revisions.values())
    rows = [
        amended_record(
            stored[number],
            summaries[number],
            revision,
            [(one.follow_up, one.parent) for one in additions if one.revision == number],
            memories[number],
            *circumstances,
        )
        for number, revision in revisions.items()
    ]
    moved = [{"id": one.pk, "revision_id": one.revision, "patch": one.follow_up.patch} for one in additions]
    return Amended([*stored.values()], rows, moved)


def can_be_amended(revisions: Sequence[Revision], known: Mapping[str, Message]) -> set[str]:
    """Return the roots of the revisions of a conversation to which replies can be added; `known` are its messages.

    Where a reply goes must follow from what it answers, and it must go to one revision only: partial rerolls share
    those to the version before.
    """
    if len(known) < remembered.LONG or has_circle(known):
        return set()
    shared = {r.rerolls for r in revisions}
    return {
        r.root.message_id
        for r in revisions
        if not r.rerolls and r.root.message_id not in shared and _is_as_stored(r, known)
    }


def _is_as_stored(revision: Revision, known: Mapping[str, Message]) -> bool:
    """True if the mails of a revision are not read in another way because of other mails."""
    own = (*revision.own_messages, *revision.patches, revision.root)
    return all(known.get(m.message_id) is m for m in own)
