"""Recognize the revisions of conversations, and who commits to the lists that they were sent to.

Whether a person commits changes what their words mean, in other conversations too: those are recognized again with
the ones that changed it, so that the order in which mails arrive does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import Connection

from patchwatch.db import committers, derived, outdated, remembered
from patchwatch.db.derived import PlacedMessage, StoredRevision
from patchwatch.db.records import homes, revision_record
from patchwatch.db.revision_codec import decode_summary
from patchwatch.mail.message import Message
from patchwatch.series.committers import lists_of, roles
from patchwatch.series.revision import Revision, find_revisions, number_of
from patchwatch.sync.amend import can_be_amended
from patchwatch.sync.circumstances import circumstances_of
from patchwatch.sync.conversations import Conversations

_Place: TypeAlias = tuple[int | None, int | None]

_NOWHERE: _Place = (None, None)
"""The place of a message that no revision has."""


@dataclass(frozen=True, slots=True)
class Recognized:
    """The revisions of some conversations."""

    placed: list[PlacedMessage] = field(default_factory=list)  # all messages, as they are stored
    messages: dict[int, dict[str, Message]] = field(default_factory=dict)  # by conversation and message-id
    before: list[StoredRevision] = field(default_factory=list)
    revisions: list[tuple[int, Revision]] = field(default_factory=list)  # each with its conversation
    ids: dict[str, int] = field(default_factory=dict)  # by root

    def places(self) -> dict[str, _Place]:
        """Return the revision and the patch that each message belongs or replies to."""
        found: dict[str, _Place] = {}
        for _, revision in self.revisions:
            number = self.ids[revision.root.message_id]
            found.update((m.message_id, (number, number_of(m))) for m in revision.own_messages)
            found.update((f.message.message_id, (number, f.patch)) for f in revision.follow_ups if not f.of)
        return found

    def __add__(self, other: Recognized) -> Recognized:
        return Recognized(
            self.placed + other.placed,
            self.messages | other.messages,
            self.before + other.before,
            self.revisions + other.revisions,
            self.ids | other.ids,
        )


@dataclass(frozen=True, slots=True)
class Recognition:
    """What changes in some conversations."""

    conversations: set[int]
    before: list[StoredRevision]  # revisions that change, as they are stored
    rows: list[dict[str, Any]]  # the same now
    moved: list[dict[str, Any]]  # places of messages
    forgotten: set[int]  # revisions that are remembered no more


def recognize(
    connection: Connection,
    conversations: set[int],
    threads: Conversations,
    replacements: Mapping[int, Message],
    *,
    alone: bool = False,
) -> Recognition:
    """Recognize the revisions of these conversations, and of those that they affect.

    `alone`: list the latter as outdated instead, for a later transaction (patchwatch.db.outdated).
    `replacements` are read in place of stored messages, by primary key.  Revisions that stay as they are stored have no
    row, and are not among those `before`: if only replies that do not concern them came to a conversation.
    """
    if not conversations:
        return Recognition(set(), [], [], [], set())
    found = _recognized(connection, conversations, threads, replacements)
    number = {id(r): found.ids[r.root.message_id] for _, r in found.revisions}
    same = _unchanged(found, threads.fresh, threads.whole | threads.with_submissions)
    kept = set() if replacements else _remembered(found)
    stored = _stored(connection, conversations)
    same -= kept - stored
    in_each = {
        number[id(r)]: {(name, person): role for person, role in roles(r).items() for name in lists_of(r)}
        for _, r in found.revisions
        if number[id(r)] not in same
    }
    gone = {r.id for r in found.before} - set(number.values())
    flips = committers.store_roles(connection, in_each, gone)
    flipped = committers.conversations_of(connection, flips)
    same -= {number[id(r)] for conversation, r in found.revisions if conversation in flipped}
    more = flipped - conversations
    if alone:
        outdated.list_conversations(connection, more)
        flipped -= more
    elif more:
        others = _recognized(connection, more, threads, replacements)
        found += others
        kept |= set() if replacements else _remembered(others)
        stored |= _stored(connection, more)
    place = found.places()
    return Recognition(
        conversations | flipped,
        [r for r in found.before if r.id not in same],
        _rows(connection, found, same, kept),
        [
            {"id": one.id, "revision_id": new[0], "patch": new[1]}
            for one in found.placed
            if (new := place.get(one.message_id, _NOWHERE)) != (one.revision_id, one.patch)
        ],
        stored - kept,
    )


def _stored(connection: Connection, conversations: Set[int]) -> set[int]:
    return {i for ids in remembered.remembered_in(connection, conversations).values() for i in ids}


def _rows(connection: Connection, found: Recognized, same: Set[int], kept: Set[int]) -> list[dict[str, Any]]:
    changed = [(c, found.ids[r.root.message_id], r) for c, r in found.revisions]
    changed = [(c, number, r) for c, number, r in changed if number not in same]
    homes_of, circumstances = homes(found.revisions), circumstances_of(connection, [r for *_, r in changed])
    return [revision_record(number, c, r, homes_of[c], *circumstances, number in kept) for c, number, r in changed]


def _remembered(found: Recognized) -> set[int]:
    """Return the numbers of the revisions that further replies can be added to."""
    by_conversation: dict[int, list[Revision]] = {}
    for conversation, revision in found.revisions:
        by_conversation.setdefault(conversation, []).append(revision)
    return {
        found.ids[root]
        for conversation, revisions in by_conversation.items()
        for root in can_be_amended(revisions, found.messages[conversation])
    }


def _unchanged(found: Recognized, fresh: Set[int], whole: Set[int]) -> set[int]:
    """Return the numbers of the revisions that no message came to, left, or links differently now.

    A conversation of thousands of mails has hundreds of revisions, and a reply is to one of them.  A new patch or cover
    letter can change how all others are grouped.
    """
    stored = {one.message_id: (one.revision_id, one.patch) for one in found.placed}
    now = found.places()
    moved = {one.message_id for one in found.placed if one.id in fresh}
    moved |= {message_id for message_id, place in stored.items() if now.get(message_id, _NOWHERE) != place}
    touched = {held.get(message_id, _NOWHERE)[0] for message_id in moved for held in (stored, now)}
    before = {r.id: r for r in found.before}
    known = set(found.ids.values())
    grouped = {c for c, r in found.revisions if any(m.message_id in moved for m in r.own_messages)}
    grouped |= {r.conversation for r in found.before if r.id not in known}
    return {
        number
        for conversation, r in found.revisions
        if conversation not in whole
        and conversation not in grouped
        and (number := found.ids[r.root.message_id]) not in touched
        and (old := before.get(number)) is not None
        and (old.root, old.conversation) == (r.root.message_id, conversation)
        and moved.isdisjoint(r.root.references)
        and not (r.rerolls or decode_summary(old.view).taken)
    }


def _recognized(
    connection: Connection, conversations: set[int], threads: Conversations, replacements: Mapping[int, Message]
) -> Recognized:
    placed = derived.messages_in(connection, conversations)
    threads.load(one.id for one in placed)
    known = threads.messages
    by_conversation: dict[int, dict[str, Message]] = {}
    for one in placed:
        by_conversation.setdefault(one.conversation, {})[one.message_id] = replacements.get(one.id) or known[one.id]
    before = derived.revisions_in(connection, conversations)
    revisions = [(c, r) for c in sorted(by_conversation) for r in find_revisions(by_conversation[c].values())]
    return Recognized(placed, by_conversation, before, revisions, _numbered(connection, [r for _, r in revisions]))


def _numbered(connection: Connection, revisions: Sequence[Revision]) -> dict[str, int]:
    """Return the number of each revision, by root: the lowest one that any of its mails has, or a new one."""
    given = derived.numbers(connection, (m.message_id for r in revisions for m in r.own_messages))
    found: dict[str, int] = {}
    for revision in revisions:
        numbers = [given[m.message_id] for m in revision.own_messages if m.message_id in given]
        if numbers:
            found[revision.root.message_id] = min(numbers)
    missing = [r.root.message_id for r in revisions if r.root.message_id not in found]
    found.update(derived.give_numbers(connection, missing))
    return found
