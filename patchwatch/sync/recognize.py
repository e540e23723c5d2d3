"""Recognize the revisions of conversations, and who commits to the lists that they were sent to.

Whether a person commits changes what their words mean, in other conversations too: those are recognized again with
the ones that changed it, so that the order in which mails arrive does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from patchwatch.db import committers, decisions, derived, messages
from patchwatch.db.derived import PlacedMessage, StoredRevision
from patchwatch.db.message_codec import decode_message
from patchwatch.db.records import homes, revision_record
from patchwatch.mail.message import Message
from patchwatch.series.committers import lists_of, roles
from patchwatch.series.revision import Revision, find_revisions
from patchwatch.sync import point_rules, robot_rules


@dataclass(frozen=True, slots=True)
class Recognized:
    """The revisions of some conversations."""

    placed: list[PlacedMessage] = field(default_factory=list)  # all messages, as they are stored
    before: list[StoredRevision] = field(default_factory=list)
    revisions: list[tuple[int, Revision]] = field(default_factory=list)  # each with its conversation
    ids: dict[str, int] = field(default_factory=dict)  # by root

    def __add__(self, other: Recognized) -> Recognized:
        return Recognized(
            self.placed + other.placed,
            self.before + other.before,
            self.revisions + other.revisions,
            self.ids | other.ids,
        )


def recognize(
    connection: Connection, conversations: set[int], known: dict[int, Message], replacements: Mapping[int, Message]
) -> tuple[Recognized, list[dict[str, Any]]]:
    """Recognize the revisions of these conversations, and of those that they affect; return the new rows with them.

    `known` are messages that were decoded already, by primary key; `replacements` are read in place of stored ones.
    """
    found = _recognized(connection, conversations, known, replacements)
    lists = {root: lists_of(revision) for root, revision in ((r.root.message_id, r) for _, r in found.revisions)}
    in_each = {
        found.ids[r.root.message_id]: {
            (name, person): role for person, role in roles(r).items() for name in lists[r.root.message_id]
        }
        for _, r in found.revisions
    }
    gone = {r.id for r in found.before} - in_each.keys()
    flips = committers.store_roles(connection, in_each, gone)
    if more := committers.conversations_of(connection, flips) - conversations:
        found += _recognized(connection, more, known, replacements)
        lists |= {r.root.message_id: lists_of(r) for _, r in found.revisions if r.root.message_id not in lists}
    who = committers.committers(connection, {name for names in lists.values() for name in names})
    homes_of, rules = homes(found.revisions), robot_rules.rules_of(connection)
    dismissed, points = decisions.dismissed_points(connection), point_rules.rules_of(connection)
    return found, [
        revision_record(
            found.ids[r.root.message_id], conversation, r, homes_of[conversation], who, rules, dismissed, points
        )
        for conversation, r in found.revisions
    ]


def _recognized(
    connection: Connection, conversations: set[int], known: dict[int, Message], replacements: Mapping[int, Message]
) -> Recognized:
    placed = derived.messages_in(connection, conversations)
    unknown = messages.facts_of(connection, (one.id for one in placed if one.id not in known))
    known.update((pk, decode_message(facts)) for pk, facts in unknown.items())
    by_conversation: dict[int, dict[str, Message]] = {}
    for one in placed:
        by_conversation.setdefault(one.conversation, {})[one.message_id] = replacements.get(one.id) or known[one.id]
    before = derived.revisions_in(connection, conversations)
    revisions = [(c, r) for c in sorted(by_conversation) for r in find_revisions(by_conversation[c].values())]
    return Recognized(placed, before, revisions, _numbered(connection, [r for _, r in revisions]))


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
