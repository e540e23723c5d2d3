"""The conversations that the mails of one transaction are in, joined as the mails connect them.

patchwatch.series.conversation says what connects two mails.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from sqlalchemy import Connection

from patchwatch.db import derived
from patchwatch.db import messages as mails
from patchwatch.db.index_key import stored_key
from patchwatch.db.message_codec import decode_message
from patchwatch.mail.message import Message
from patchwatch.series.conversation import thread_keys


class Conversations:
    """What has to be derived again, because mails of this transaction are in it."""

    def __init__(self, connection: Connection) -> None:
        """`connection` must be in a writing transaction."""
        self._db = connection
        self.messages: dict[int, Message] = {}  # decoded in this transaction, by primary key
        self.fresh: set[int] = set()  # those of them that it adds
        self.awaited: set[int] = set()  # those of them that a mail before them refers to
        self.places: dict[int, int] = {}  # the conversation of each of those, unless it was joined with another since
        self.touched: set[int] = set()  # conversations that mails came to
        self.with_submissions: set[int] = set()  # those of them that got a patch or cover letter
        self.whole: set[int] = set()  # those in which more changed than that replies came

    def place(self, messages: Sequence[tuple[int, Message]]) -> dict[int, int]:
        """Return the conversation of each message (primary key, message), for the caller to store with it.

        Conversations that the messages connect are merged.
        """
        if not messages:
            return {}
        self.messages.update(messages)
        self.fresh.update(pk for pk, _ in messages)
        names = {pk: thread_keys(message) for pk, message in messages}
        known = derived.conversations_of(self._db, {name for own in names.values() for name in own})
        self.awaited.update(pk for pk, message in messages if message.message_id in known)
        joined = _Groups()
        for own in names.values():
            for name in own:
                joined.join(name, own[0])
                if name in known:
                    joined.join(known[name], own[0])
        groups: dict[str | int, set[int]] = {}
        for conversation in set(known.values()):
            groups.setdefault(joined.find(conversation), set()).add(conversation)
        fresh = derived.next_conversation(self._db)
        chosen: dict[str | int, int] = {}
        new_nodes: dict[str, int] = {}
        placed: dict[int, int] = {}
        for pk, message in messages:
            own = names[pk]
            top = joined.find(own[0])
            if top not in chosen:
                if existing := groups.get(top, set()):
                    chosen[top] = self._joined(existing)
                else:
                    chosen[top] = fresh
                    fresh += 1
            placed[pk] = chosen[top]
            new_nodes.update((name, chosen[top]) for name in own if name not in known)
            if message.is_submission:
                self.with_submissions.add(chosen[top])
        derived.add_thread_keys(self._db, new_nodes)
        self.touched.update(chosen.values())
        self.places.update(placed)
        return placed

    def change(self, messages: Sequence[tuple[int, Message]], also: Set[int] = frozenset()) -> None:
        """Take in that stored messages (primary key, message) are parsed differently now; `also` other conversations.

        What connected them may be gone: their conversations come apart, and what is still connected comes together.
        """
        former = derived.conversations_with(self._db, [pk for pk, _ in messages]) | also
        if not former:
            return
        self.messages.update(messages)
        held: dict[int, dict[int, Message]] = {}
        rows = derived.messages_in(self._db, former)
        self.load(one.id for one in rows)
        for one in rows:
            held.setdefault(one.conversation, {})[one.id] = self.messages[one.id]
        keys = derived.thread_keys_in(self._db, former)
        apart = {c for c, own in held.items() if not _is_connected_by(own.values(), keys.get(c, set()))}
        derived.forget_thread_keys(self._db, apart)
        placed = self.place([(pk, held[c][pk]) for c in sorted(apart) for pk in sorted(held[c])])
        nowhere = {"revision_id": None, "patch": None}
        mails.change_facts(self._db, [{"id": pk, "conversation": into, **nowhere} for pk, into in placed.items()])
        self.touched |= former
        self.whole |= former | set(placed.values())
        self.with_submissions |= {
            c for c in held.keys() - apart if any(message.is_submission for message in held[c].values())
        }

    def load(self, pks: Iterable[int]) -> None:
        """Decode those of these messages (primary keys) that were not decoded in this transaction."""
        facts = mails.facts_of(self._db, [pk for pk in pks if pk not in self.messages])
        self.messages.update((pk, decode_message(text)) for pk, text in facts.items())

    def only_replies(self, conversation: int) -> bool:
        """True if no patch, cover letter or other reading of a stored mail came to a conversation."""
        return conversation not in self.whole and conversation not in self.with_submissions

    def _joined(self, conversations: set[int]) -> int:
        """Merge conversations into the largest of them, so that many merges do not change a row again and again."""
        if len(conversations) == 1:
            return min(conversations)
        sizes = derived.conversation_sizes(self._db, conversations)
        into = min(conversations, key=lambda conversation: (-sizes.get(conversation, 0), conversation))
        derived.join_conversations(self._db, into, conversations - {into})
        self.whole.add(into)
        if self.with_submissions & conversations:
            self.with_submissions.add(into)
        return into


class _Groups:
    """Names and conversations, joined step by step."""

    def __init__(self) -> None:
        self._leader: dict[str | int, str | int] = {}

    def find(self, one: str | int) -> str | int:
        """Return the one that stands for the group of `one`."""
        while (above := self._leader.setdefault(one, one)) != one:
            self._leader[one] = self._leader[above]
            one = above
        return one

    def join(self, one: str | int, other: str | int) -> None:
        """Make the groups of both one."""
        self._leader[self.find(one)] = self.find(other)

    def __len__(self) -> int:
        return sum(one == above for one, above in self._leader.items())


def _is_connected_by(messages: Iterable[Message], keys: Set[str]) -> bool:
    """True if these are exactly the thread keys of the messages, in their stored form, and connect all of them."""
    groups = _Groups()
    found: set[str] = set()
    for message in messages:
        own = thread_keys(message)
        found.update(own)
        for name in own:
            groups.join(name, own[0])
    return set(map(stored_key, found)) == keys and len(groups) == 1
