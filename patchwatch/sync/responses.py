"""Store the mails of a response of the archive.

Most responses of a poll have none, so what parses and derives is imported with the first mail.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from patchwatch.db import messages
from patchwatch.db.database import Database
from patchwatch.db.packing import unpack
from patchwatch.pattern import Pattern
from patchwatch.sources.lore.response import Response
from patchwatch.sync.outcome import NOTHING, Outcome
from patchwatch.sync.packed_mail import is_damaged
from patchwatch.sync.postponed import SETTING as POSTPONED

if TYPE_CHECKING:
    from patchwatch.sync.read_mail import Read

_BATCH = 500
_BATCH_BYTES = 32 * 1024 * 1024
_HEAD = 16_384  # bytes of a mail in which its message-id is looked for
_MESSAGE_ID = Pattern(rb"^message-id:\s*<([^<>\s]{1,250})>", re.IGNORECASE | re.MULTILINE)


def store_response(
    database: Database,
    response: Response,
    inbox: str | None,
    after: Callable[[Connection, int], None] | None = None,
) -> Outcome:
    """Store the mails of a response, one transaction per batch.

    `after` runs in the last one; it gets the arrival time of the newest mail (UTC seconds, 0 without mail).
    """
    too_large: list[str] = []
    mails = response.mails(lambda head: too_large.append(_message_id(head) or "a mail without a message-id"))
    stored = _Stored(database, inbox)
    total = NOTHING
    pending: Sequence[Read] = ()
    newest = 0
    for reads in _read(stored.leave_out(_batches(mails)), database):
        newest = max([newest, *(read.message.arrived for read in reads)])
        if pending:
            with database.write() as connection:
                total += _ingest(connection, pending, inbox)
        pending = reads
    if pending or after is not None:
        with database.write() as connection:
            total += _ingest(connection, pending, inbox)
            if after is not None:
                after(connection, max(newest, stored.newest))
    return replace(total, known_mails=total.known_mails + stored.count, too_large=tuple(too_large))


class _Stored:
    """The mails of a response that are stored already, just as they are, and were seen in its inbox.

    A poll gets hours of mail again, days of it once a day: to parse it would take most of its time.
    """

    def __init__(self, database: Database, inbox: str | None) -> None:
        self._database = database
        self._inbox = inbox
        self.count = 0
        self.newest = 0  # arrival of the newest one

    def leave_out(self, batches: Iterable[list[bytes]]) -> Iterator[list[bytes]]:
        """Yield the other mails."""
        for batch in batches:
            arrivals = self._arrivals(batch)
            self.count += len(batch) - arrivals.count(None)
            self.newest = max([self.newest, *(arrived for arrived in arrivals if arrived is not None)])
            if others := [raw for raw, arrived in zip(batch, arrivals, strict=True) if arrived is None]:
                yield others

    def _arrivals(self, mails: Sequence[bytes]) -> list[int | None]:
        """Return when each of these mails arrived, if it is stored."""
        now = time.time()
        names = [_message_id(raw) for raw in mails]
        with self._database.read() as connection:
            known = messages.known_messages(connection, {name for name in names if name})
            if self._inbox is not None:
                seen = messages.seen_in(connection, known.values(), self._inbox)
                known = {name: pk for name, pk in known.items() if pk in seen}
            copies = messages.stored_mails(connection, known.values())

        def arrival(name: str, raw: bytes) -> int | None:
            for copy in copies.get(known.get(name, 0), ()):
                if copy.arrived <= now and not is_damaged(copy.mail) and unpack(copy.mail) == raw:
                    return copy.arrived
            return None

        return [arrival(name, raw) for name, raw in zip(names, mails, strict=True)]


def _batches(mails: Iterator[bytes]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for raw in mails:
        part.append(raw)
        size += len(raw)
        if len(part) == _BATCH or size > _BATCH_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


def _read(batches: Iterator[list[bytes]], database: Database) -> Iterator[list[Read]]:
    first = next(batches, None)
    if first is None:
        return
    from patchwatch.db.dictionaries import mail_dictionary
    from patchwatch.sync.parallel import read_batches

    yield from read_batches(chain([first], batches), dictionary=lambda: mail_dictionary(database))


def _ingest(connection: Connection, reads: Sequence[Read], inbox: str | None) -> Outcome:
    """Store mails; without any, derive what an import left behind that was killed."""
    if reads:
        from patchwatch.sync.ingest import ingest

        return ingest(connection, reads, inbox)
    if messages.setting(connection, POSTPONED):
        from patchwatch.sync.ingest import derive_postponed

        return derive_postponed(connection)
    return NOTHING


def _message_id(raw: bytes) -> str:
    """The message-id in the first bytes of a mail; empty if they have none.  Only the parser knows all odd ones."""
    match = _MESSAGE_ID.search(raw, 0, _HEAD)
    return match[1].decode("ascii", "replace") if match else ""
