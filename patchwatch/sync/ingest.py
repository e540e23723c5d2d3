"""Store mails and derive everything from them: the only way into the database, for HTTP, git, mbox and maildir.

One call is part of one transaction: the mails, everything derived from them, and the caller's position or cursor.  The
result depends only on the set of mails, not on order, batches or repetition; so each affected conversation is
recomputed from its messages, unless replies can be added to it with the same result (patchwatch.sync.amend).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import TypeAlias

import msgspec
from msgspec import structs
from sqlalchemy import Connection

from patchwatch.db import derived, dictionaries, inboxes, outdated, series_changes
from patchwatch.db import messages as mails
from patchwatch.db.dictionaries import Kind
from patchwatch.db.message_codec import decode_message, encode_message
from patchwatch.db.packing import pack, unpack
from patchwatch.db.sql import chunks
from patchwatch.mail.message import Message, Person, Subject
from patchwatch.progress import Progress, no_progress
from patchwatch.sync.derive import Derivation
from patchwatch.sync.outcome import NOTHING, Outcome
from patchwatch.sync.packed_mail import is_damaged
from patchwatch.sync.read_mail import Read, parse_mail, read_mail

_REINDEX_BATCH = 500
_AT_ONCE = 20  # stored mails in memory: one can have tens of megabytes


@dataclass(frozen=True, slots=True)
class Reread:
    """A stored message that was parsed again."""

    pk: int
    message: Message
    facts: str  # the message, encoded
    copies: frozenset[tuple[int, int, int]]  # its stored mails then: id, arrival and size
    packed: tuple[tuple[int, int, bytes], ...]  # those that were compressed otherwise: id, arrival and mail
    damaged: bool = False  # none of them decompresses


def ingest(
    connection: Connection, reads: Iterable[Read], inbox: str | None = None, *, postpone: bool = False
) -> Outcome:
    """Store mails and derive what follows from them, in the caller's transaction.

    `postpone`: leave large conversations to `derive_postponed`.
    """
    batch: dict[str, list[Read]] = {}
    for read in reads:
        batch.setdefault(read.message.message_id, []).append(read)
    if not batch:
        return NOTHING
    known = mails.known_messages(connection, batch)
    fresh = _packed(connection, {i: copies for i, copies in batch.items() if i not in known})
    derivation = Derivation(connection)
    changed = _add_copies(connection, {i: batch[i] for i in batch if i not in fresh}, known)
    _add_fresh(connection, fresh, known, derivation)
    derivation.change_messages(changed)
    if inbox is not None:
        mails.add_copies(connection, (known[i] for i in batch), inboxes.inbox_id(connection, inbox))
        series_changes.note_seen(connection, [known[i] for i in batch if i not in fresh])
    changes, revisions = derivation.finish(postpone=postpone)
    dictionaries.train_missing(connection)
    return Outcome(len(fresh), len(batch) - len(fresh), changes, revisions)


def derive_postponed(connection: Connection) -> Outcome:
    """Derive the large conversations that were left for later."""
    changes, revisions = Derivation(connection).finish()
    return Outcome(0, 0, changes, revisions)


def _packed(connection: Connection, fresh: dict[str, list[Read]]) -> dict[str, list[Read]]:
    """Compress the first mails of a database as later ones: they train what those are compressed with."""
    every = [one for copies in fresh.values() for one in copies]
    dictionaries.train_on(connection, Kind.FACTS, (one.facts.encode() for one in every))
    if not dictionaries.train_on(connection, Kind.MAIL, (unpack(one.packed) for one in every)):
        return fresh
    number = dictionaries.dictionary_for(connection, Kind.MAIL)
    return {
        message_id: [replace(one, packed=pack(unpack(one.packed), number)) for one in copies]
        for message_id, copies in fresh.items()
    }


def _canonical(copies: Sequence[Read]) -> Read:
    """Return the copy that is parsed: the first to arrive, so that a later forgery with the same id cannot replace it.

    Of two that arrived in the same second it is the longer one, because the other can be a partly written mail.
    An unreadable copy comes last.
    """
    return min(copies, key=lambda r: (*_precedence(r), r.facts))


def _add_fresh(
    connection: Connection, fresh: dict[str, list[Read]], known: dict[str, int], derivation: Derivation
) -> None:
    known.update(zip(fresh, itertools.count(mails.next_message(connection)), strict=False))
    taken = {known[message_id]: _canonical(copies) for message_id, copies in fresh.items()}
    messages = [(pk, read.message) for pk, read in taken.items()]
    conversations = derivation.place(messages)
    mails.add_messages(
        connection,
        [
            {
                "id": pk,
                "message_id": read.message.message_id,
                "conversation": conversations[pk],
                **columns_of(read.message, read.facts),
            }
            for pk, read in taken.items()
        ],
    )
    mails.add_mails(connection, [_copy(known[i], one) for i, copies in fresh.items() for one in _one_each(copies)])
    derivation.index_mail(messages)


def columns_of(message: Message, facts: str) -> dict[str, object]:
    """Return the columns of a message that are parsed from its mail; `facts` are its fields, encoded."""
    return {
        "date": message.date,
        "author_name": message.author.name,
        "author_email": message.author.email,
        "subject": "",
        "kind": message.kind,
        "facts": facts,
    }


def _copy(pk: int, read: Read) -> dict[str, object]:
    return {"message_pk": pk, "digest": read.digest, "arrived": read.message.arrived, "mail": read.packed}


def _one_each(copies: Sequence[Read]) -> list[Read]:
    """Return one copy per content: the first to arrive."""
    kept: dict[bytes, Read] = {}
    for one in copies:
        before = kept.get(one.digest)
        if before is None or _earlier(one, before.message.arrived, before.packed):
            kept[one.digest] = one
    return sorted(kept.values(), key=lambda r: r.digest)


def _earlier(one: Read, arrived: int, packed: bytes) -> bool:
    """True if `one` arrived before another copy; if at the same time, whatever the two were compressed with."""
    if one.message.arrived != arrived or one.packed == packed:
        return one.message.arrived < arrived
    return unpack(one.packed) < unpack(packed)


def _add_copies(
    connection: Connection, repeated: dict[str, list[Read]], known: dict[str, int]
) -> list[tuple[int, Message]]:
    """Store further copies of stored mails; return the messages that are parsed differently now."""
    if not repeated:
        return []
    stored = mails.stored_mails(connection, (known[i] for i in repeated))
    added: list[dict[str, object]] = []
    replaced: list[dict[str, object]] = []
    new: dict[int, list[Read]] = {}
    for message_id, copies in repeated.items():
        pk = known[message_id]
        have = {mail.digest: mail for mail in stored.get(pk, ())}
        for one in _one_each(copies):
            same = have.get(one.digest)
            if same is None:
                added.append(_copy(pk, one))
            elif (one.packed != same.mail and is_damaged(same.mail)) or _earlier(one, same.arrived, same.mail):
                replaced.append({"id": same.id, "arrived": one.message.arrived, "mail": one.packed})
            else:
                continue
            new.setdefault(pk, []).append(one)
    mails.add_mails(connection, added)
    mails.replace_mails(connection, replaced)
    return _choose_again(connection, new, stored)


def _choose_again(
    connection: Connection,
    new: Mapping[int, Sequence[Read]],
    stored: Mapping[int, Sequence[mails.StoredMail]],
) -> list[tuple[int, Message]]:
    """Store the fields of messages of which another copy is parsed now; return those that differ by more than arrival.

    `new` are copies that were just stored, beside or in place of those in `stored`.  Only if that is needed to choose
    are the mails parsed again.
    """
    facts = mails.facts_of(connection, new)
    rows: list[dict[str, object]] = []
    changed: list[tuple[int, Message]] = []
    for pk, copies in new.items():
        before, chosen = _decoded(facts[pk]), _canonical(copies)
        gone = {one.digest for one in copies}
        theirs = _precedence_of_stored(before, stored.get(pk, ()), chosen, gone) if before else None
        if before is None or theirs is None:
            again = canonical_of(mails.stored_mails(connection, [pk])[pk])
            if again is None:
                continue
            chosen = again
        elif theirs < _precedence(chosen):
            continue
        if chosen.facts != facts[pk]:
            rows.append({"id": pk, **columns_of(chosen.message, chosen.facts)})
            if before is None or structs.replace(before, arrived=chosen.message.arrived) != chosen.message:
                changed.append((pk, chosen.message))
    mails.change_facts(connection, rows)
    return changed


def _decoded(facts: str) -> Message | None:
    """Return a stored message; None if it is damaged."""
    try:
        return decode_message(facts)
    except msgspec.DecodeError:
        return None


_Precedence: TypeAlias = tuple[bool, int, int, bytes]


def _precedence(copy: Read) -> _Precedence:
    """What decides which of several copies with different contents is parsed: that of the lowest."""
    return copy.message.unreadable != "", copy.message.arrived, -copy.size, copy.digest


def _precedence_of_stored(
    message: Message, copies: Sequence[mails.StoredMail], other: Read, replaced: Set[bytes]
) -> _Precedence | None:
    """Return the precedence of the stored copy that `message` was read from, as far as it decides against another one.

    None if it is not known which of several copies that is, or if one is damaged.  Those with a digest in `replaced`
    are no longer stored.
    """
    if any(is_damaged(copy.mail) for copy in copies):
        return None
    first = (message.unreadable != "", message.arrived)
    if first != _precedence(other)[:2]:
        return *first, 0, b""
    if len(copies) != 1:
        return None
    if copies[0].digest in replaced:
        return _precedence(other)
    return *first, -len(unpack(copies[0].mail)), copies[0].digest


def canonical_of(stored: Sequence[mails.StoredMail]) -> Read | None:
    """Return the copy of a stored message that is parsed (see `_canonical`); None if all copies are damaged."""
    readable = [read_mail(unpack(mail.mail), mail.arrived) for mail in stored if not is_damaged(mail.mail)]
    return _canonical(readable) if readable else None


def reread(connection: Connection, pks: Iterable[int]) -> Iterator[Reread]:
    """Parse stored messages again; one whose mail does not decompress keeps its fields."""
    for part in chunks(pks, _AT_ONCE):
        stored = mails.stored_mails(connection, part)
        for pk in part:
            copies = stored.get(pk, [])
            own = frozenset((copy.id, copy.arrived, len(copy.mail)) for copy in copies)
            packed = tuple(mails.packed_again(connection, copies))
            if len(copies) == 1 and not is_damaged(copies[0].mail):  # the usual case: nothing to choose from
                yield Reread(pk, *parse_mail(unpack(copies[0].mail), copies[0].arrived), own, packed)
            elif canonical := canonical_of(copies):
                yield Reread(pk, canonical.message, canonical.facts, own, packed)
            else:
                message = _damaged_message(connection, pk)
                yield Reread(pk, message, encode_message(message), own, packed, damaged=True)


def pack_again(connection: Connection, read: Iterable[Reread]) -> None:
    """Store mails as they are compressed now."""
    rows = [{"id": i, "arrived": arrived, "mail": mail} for one in read for i, arrived, mail in one.packed]
    mails.replace_mails(connection, rows)


def reindex(
    connection: Connection,
    progress: Progress = no_progress,
    damaged: Callable[[str], None] = lambda message_id: None,
) -> int:
    """Rebuild all derived data from the stored mails in one transaction; return the number of messages.

    Nothing that was derived is read, so it can be damaged (patchwatch.sync.renewal takes many short transactions for
    the same).  Decisions, read marks and the numbers of series stay.  A message whose mail does not decompress is
    passed to `damaged`, and keeps its fields.
    """
    dictionaries.repair(connection)
    dictionaries.train_missing(connection)
    derived.forget_derived(connection)
    done = last = 0
    total = mails.count(connection)
    text = f"reading {total:,} stored mails again"
    if total:  # a new database has none
        progress(text, 0, total)
    while part := mails.message_keys(connection, last, _REINDEX_BATCH):
        last = part[-1]
        derivation = Derivation(connection)
        read = list(reread(connection, part))
        messages = [(one.pk, one.message) for one in read]
        conversations = derivation.place(messages)
        mails.change_facts(
            connection,
            [
                {"id": one.pk, "conversation": conversations[one.pk], **columns_of(one.message, one.facts)}
                for one in read
            ],
        )
        pack_again(connection, read)
        derivation.index_mail(messages)
        derivation.finish(postpone=True)
        for one in read:
            if one.damaged:
                damaged(one.message.message_id)
        done += len(part)
        progress(text, done, total)
    derive_postponed(connection)
    outdated.unlist_all(connection)
    outdated.set_current(connection)
    return done


def _damaged_message(connection: Connection, pk: int) -> Message:
    """Return a message whose mail does not decompress, as it was parsed before; as unreadable, if that is lost too."""
    row = mails.stored_message(connection, pk)
    try:
        return decode_message(row.facts)
    except msgspec.DecodeError:
        person = Person(row.author_name, row.author_email)
        lost = "the stored mail is damaged"
        message = Message(
            row.message_id, row.subject, person, row.date, row.date, None, (), (), "unreadable", Subject(row.subject)
        )
        return structs.replace(message, unreadable=lost)
