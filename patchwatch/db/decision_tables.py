"""The tables of what people decide by hand, and of who they are; patchwatch.db.schema has them all.

Most databases have few such rows.  An index apart from its table would take a page, so those with a key of their own
are without SQLite's row ids; in a database that an earlier patchwatch created, they have both.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.types import Boolean, Integer, String, Text

from patchwatch.db.metadata import ROW, TIME, metadata


def _own(name: str, *others: Column[Any]) -> Table:
    """A table of what each person decided about a mail, a patch, or the series of which a message is a root."""
    whose = Column("person", ROW, primary_key=True)  # patchwatch.db.people
    decided = Column("at", TIME, nullable=False)
    key = Column("message_id", String, primary_key=True)
    return Table(name, metadata, key, whose, *others, decided, sqlite_with_rowid=False)


watch = _own("watch", Column("inbox", String))

mute = _own("mute")

pin = _own("pin")

not_mine = _own("not_mine")

label = _own("label", Column("name", String, primary_key=True))

snooze = _own(
    "snooze",
    Column("until", TIME),  # NULL: until somebody replies
    Column("newest", TIME),  # date of the newest mail at that time; NULL in old rows
)

mark = Table(
    "mark",
    metadata,
    Column("message_id", String, primary_key=True),  # root of the newest revision at that time
    Column("state", String, nullable=False),
    Column("at", TIME, nullable=False),
    Column("by", String, nullable=False),
    sqlite_with_rowid=False,
)

manual_link = Table(
    "manual_link",
    metadata,
    Column("message_id", String, primary_key=True),  # root of the later revision
    Column("predecessor", String, primary_key=True),  # root of the earlier one
    Column("linked", Boolean, nullable=False),  # false: they are not versions of one change
    Column("at", TIME, nullable=False),
    Column("by", String, nullable=False),
    sqlite_with_rowid=False,
)

dismissed = Table(
    "dismissed",
    metadata,
    Column("message_id", String, primary_key=True),  # of the mail that raised the point
    Column("remark", Integer, primary_key=True, autoincrement=False),  # its number in that mail
    Column("at", TIME, nullable=False),
    Column("by", String, nullable=False),
    sqlite_with_rowid=False,
)

undo_log = Table(
    "undo_log",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("at", TIME, nullable=False),
    Column("by", String, nullable=False),
    Column("what", Text, nullable=False),  # description of the action
    Column("change", Text, nullable=False),  # JSON: patchwatch.db.undo
)

read_mark = _own("read_mark")

read_range = Table(  # mails that a person counts as having read: what an import found
    "read_range",
    metadata,
    Column("person", ROW, primary_key=True),
    Column("first_pk", ROW, primary_key=True),  # of messages
    Column("last_pk", ROW, nullable=False),
    Column("at", TIME, nullable=False),
    sqlite_with_rowid=False,
)

visit = _own("visit", Column("newest", ROW, nullable=False))  # primary key of the newest message then

patch_mark = _own("patch_mark", Column("mark", String, nullable=False))  # patchwatch.series.patch_reading.Mark

person = Table(
    "person",
    metadata,
    # By each of their names: addresses in lower case, or the login name.  Empty if the database is one person's.
    Column("name", String, primary_key=True),
    Column("id", ROW, nullable=False),
    Column("at", TIME, nullable=False),  # when they first opened the database
    sqlite_with_rowid=False,
)
