"""Check all stored data: the file, its references, every mail, and that derived data agrees with the mails.

For the last one, a copy of the database is reindexed and compared.  Nothing in the database is changed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from patchwatch.counts import plural
from patchwatch.db import dictionaries, integrity, messages
from patchwatch.db.backup import RESTORE, back_up, sqlite_file
from patchwatch.db.database import Database
from patchwatch.db.execute import executor
from patchwatch.db.message_codec import decode_message
from patchwatch.db.outdated_count import left
from patchwatch.db.packing import unpack
from patchwatch.output import command
from patchwatch.sync.ingest import reindex
from patchwatch.sync.packed_mail import content_digest, is_damaged

_REINDEX = "Run `patchwatch reindex`, which rebuilds it from the stored mail."
_BATCH = 500
_NAMED = 20  # damaged mails


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and what to do about it."""

    text: str
    fix: str


def verify(database: Database) -> Iterator[Problem]:
    """Yield what is wrong; derived data is not compared while some of it is outdated.

    Raises:
        DatabaseError: it can't be read to the end.
    """
    with database.read() as connection:
        damage = integrity.file_problems(connection)
        yield from (Problem(f"the file is damaged: {text}", RESTORE) for text in damage)
        if damage:
            return
        for name, count in integrity.orphans(connection):
            yield Problem(f"{count} {name}", _REINDEX)
        count, lost = dictionaries.damaged(connection)
        if count:
            copies = f"{plural(count, 'copy', 'copies')} of what mails are compressed with"
            yield Problem(f"{copies} {'is' if count == 1 else 'are'} damaged", RESTORE if lost else _REINDEX)
        yield from _mails(connection)
        outdated = left(executor(connection)).outdated
    if not outdated:
        yield from _derived(database)


def _mails(connection: Connection) -> Iterator[Problem]:
    """Check that every mail decompresses to what was stored, and that the parsed fields can be read."""
    last = named = 0
    while part := messages.every_mail(connection, last, _BATCH):
        last = part[-1][0]
        for pk, copies in part:
            row = messages.stored_message(connection, pk)
            fetch = f"Run `{command('patchwatch', 'watch', row.message_id)}`, which fetches it again."
            bad = [c for c in copies if is_damaged(c.mail) or content_digest(unpack(c.mail)) != c.digest]
            if bad:
                named += 1
                if named <= _NAMED:
                    yield Problem(f"the stored mail <{row.message_id}> is damaged", fetch)
            try:
                decode_message(row.facts)
            except msgspec.DecodeError:
                yield Problem(f"the parsed fields of <{row.message_id}> are damaged", _REINDEX)
    if named > _NAMED:
        yield Problem(f"{named - _NAMED} more stored mails are damaged", "Fetch the named ones first.")


def _derived(database: Database) -> Iterator[Problem]:
    """Compare derived data with that of a reindexed copy, which is an SQLite database for a server's data, too."""
    file = sqlite_file(database.url)
    with tempfile.TemporaryDirectory(prefix=".patchwatch-check-", dir=file and file.parent) as directory:
        copy = Path(directory) / "copy.db"
        if file is not None:
            back_up(database.url, copy)
        rebuilt = Database(f"sqlite:///{copy}")
        try:
            if file is None:
                with database.read() as connection, rebuilt.write() as target:
                    integrity.copy_rows(connection, target)
            with rebuilt.read() as connection:
                stored = dict(integrity.derived_rows(connection))
            with rebuilt.write() as connection:
                reindex(connection)
            with rebuilt.read() as connection:
                for name, rows in integrity.derived_rows(connection):
                    keys = rows.keys() | stored[name].keys()
                    if wrong := sum(rows.get(key) != stored[name].get(key) for key in keys):
                        yield Problem(f"{plural(wrong, 'row')} in `{name}` disagree with the stored mail", _REINDEX)
        finally:
            rebuilt.close()
