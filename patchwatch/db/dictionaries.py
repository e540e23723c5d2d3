"""The dictionaries of `patchwatch.db.packing` that a database has, trained on its own mail.

Without its dictionary no mail could be read, so each is stored twice, with a digest, and no mail is stored in a
transaction that does not see the dictionary it was compressed with.  A dictionary is never replaced or deleted.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Column, Connection, Row, Transaction, delete, insert, select, update

from patchwatch.db import packing
from patchwatch.db import schema as t
from patchwatch.db.database import Database
from patchwatch.db.sql import next_id
from patchwatch.errors import DamagedError


class Kind(StrEnum):
    """What a dictionary was trained on."""

    MAIL = "mail"
    FACTS = "facts"  # the parsed fields of messages
    REVISION = "revision"  # postings, states and summaries of revisions


_COLUMNS = {
    Kind.MAIL: (t.raw.c.mail,),
    Kind.FACTS: (t.message.c.facts,),
    Kind.REVISION: (t.revision.c.posting, t.revision.c.standing, t.revision.c.view),
}
_ENOUGH = 200  # values; with fewer, there is little space to gain
_SAMPLES = 500  # values of a column; 2,000 make mails 1 % smaller
_COPIES = (1, 2)
_current: WeakKeyDictionary[Transaction, dict[Kind, int]] = WeakKeyDictionary()  # seen by each open transaction


def dictionary_for(connection: Connection, kind: Kind) -> int:
    """Return the id of the dictionary for new values of a kind; 0 if there is none yet."""
    transaction = connection.get_transaction()
    found = _current.get(transaction) if transaction is not None else None
    if found is None:
        found = _newest(connection)
        if transaction is not None:
            _current[transaction] = found
    return found.get(kind, 0)


def mail_dictionary(database: Database) -> int:
    """Return the id of the dictionary for new mail; 0 if there is none yet."""
    with database.read() as connection:
        return dictionary_for(connection, Kind.MAIL)


def require(connection: Connection, packed: Iterable[bytes]) -> None:
    """Make sure that what these mails were compressed with is stored, in this transaction."""
    d = t.dictionary.c
    wanted = {packing.dictionary_of(mail) for mail in packed} - {0, dictionary_for(connection, Kind.MAIL)}
    if wanted:
        wanted -= set(connection.scalars(select(d.id).where(d.id.in_(wanted))))
    for number in sorted(wanted):
        _store(connection, Kind.MAIL, packing.content_of(number))


def train_missing(connection: Connection) -> None:
    """Train the dictionaries that the database lacks, if it has enough mail for them."""
    if next_id(connection, t.raw) <= _ENOUGH:
        return
    for kind, columns in _COLUMNS.items():
        if _is_missing(connection, kind):
            _train(connection, kind, _samples(connection, columns))


def train_on(connection: Connection, kind: Kind, values: Iterable[bytes]) -> bool:
    """Train a dictionary that the database lacks on values that are about to be stored; False if they are too few."""
    return _is_missing(connection, kind) and _train(connection, kind, list(islice(values, _SAMPLES)))


def _is_missing(connection: Connection, kind: Kind) -> bool:
    used = kind is Kind.MAIL or connection.dialect.name == "sqlite"  # PostgreSQL compresses long texts itself
    return used and not dictionary_for(connection, kind)


def _train(connection: Connection, kind: Kind, samples: Sequence[bytes]) -> bool:
    if len(samples) < _ENOUGH:
        return False
    content = packing.train(samples, packing.LARGE, packing.LONG) if kind is Kind.MAIL else packing.train(samples)
    if content is not None:
        _store(connection, kind, content)
    return content is not None


def packed(connection: Connection, rows: Sequence[Mapping[str, Any]], kind: Kind) -> list[Mapping[str, Any]]:
    """Return rows, all with the same columns, in which the texts of a kind are compressed."""
    number = dictionary_for(connection, kind)
    names = [column.name for column in _COLUMNS[kind] if column.name in rows[0]]
    return [{**row, **{name: packing.pack_text(row[name], number) for name in names}} for row in rows]


def repair(connection: Connection) -> None:
    """Replace damaged copies of dictionaries by intact ones."""
    rows = _rows(connection)
    intact = _intact(rows)
    d = t.dictionary.c
    for row in rows:
        if row.id in intact and not _is_intact(row):
            values = {"digest": intact[row.id].digest, "content": intact[row.id].content}
            connection.execute(update(t.dictionary).where(d.id == row.id, d.copy == row.copy).values(values))


def damaged(connection: Connection) -> tuple[int, int]:
    """Return how many copies of dictionaries are damaged, and how many dictionaries are lost with them."""
    rows = _rows(connection)
    bad = [row.id for row in rows if not _is_intact(row)]
    return len(bad), len(set(bad) - _intact(rows).keys())


def _newest(connection: Connection) -> dict[Kind, int]:
    d = t.dictionary.c
    rows = connection.execute(select(d.id, d.kind).where(d.copy == _COPIES[0]).order_by(d.id)).all()
    if not rows:
        return {}
    if any(not packing.is_known(row.id) for row in rows):
        packing.learn_intact(connection.exec_driver_sql(packing.STORED))
    return {Kind(row.kind): row.id for row in rows if packing.is_known(row.id)}


def _store(connection: Connection, kind: Kind, content: bytes) -> None:
    number = packing.learn(content)
    stored = packing.pack(content)
    row = {"id": number, "kind": kind, "digest": packing.digest_of(stored), "content": stored}
    connection.execute(delete(t.dictionary).where(t.dictionary.c.id == number))  # damaged, if there was one
    connection.execute(insert(t.dictionary), [{**row, "copy": copy} for copy in _COPIES])
    transaction = connection.get_transaction()
    if transaction is not None:
        _current.setdefault(transaction, {}).setdefault(kind, number)


def _samples(connection: Connection, columns: Sequence[Column[Any]]) -> list[bytes]:
    """Return the newest values of these columns; the first one decides whether there are enough."""
    found: list[bytes] = []
    for column in columns:
        query = select(column).order_by(column.table.c.id.desc()).limit(_SAMPLES)
        values = connection.scalars(query).all()
        if len(values) < _ENOUGH:
            break
        for value in values:
            with contextlib.suppress(DamagedError):
                found.append(value.encode() if isinstance(value, str) else packing.unpack(value))
    return found


def _rows(connection: Connection) -> Sequence[Row[Any]]:
    return connection.execute(select(t.dictionary).order_by(t.dictionary.c.id, t.dictionary.c.copy)).all()


def _intact(rows: Sequence[Row[Any]]) -> dict[int, Row[Any]]:
    return {row.id: row for row in rows if _is_intact(row)}


def _is_intact(row: Row[Any]) -> bool:
    return packing.is_intact(row.content, row.digest)
