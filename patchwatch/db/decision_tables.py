"""The tables of what people decide by hand, and of who they are; patchwatch.db.schema has them all."""

from __future__ import annotations

from sqlalchemy import Column, Table
from sqlalchemy.types import Boolean, Integer, String, Text

from patchwatch.db.metadata import ROW, TIME, metadata

watch = Table(
    "watch",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("person", ROW, primary_key=True),  # whose it is: patchwatch.db.people
    Column("at", TIME, nullable=False),
    Column("inbox", String),
)

mute = Table(
    "mute",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("person", ROW, primary_key=True),  # whose it is: patchwatch.db.people
    Column("at", TIME, nullable=False),
)

pin = Table(
    "pin",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("person", ROW, primary_key=True),  # whose it is: patchwatch.db.people
    Column("at", TIME, nullable=False),
)

label = Table(
    "label",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("person", ROW, primary_key=True),  # whose it is: patchwatch.db.people
    Column("name", String, primary_key=True),
    Column("at", TIME, nullable=False),
)

snooze = Table(
    "snooze",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("person", ROW, primary_key=True),  # whose it is: patchwatch.db.people
    Column("at", TIME, nullable=False),
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
)

manual_link = Table(
    "manual_link",
    metadata,
    Column("message_id", String, primary_key=True),  # root of the later revision
    Column("predecessor", String, primary_key=True),  # root of the earlier one
    Column("linked", Boolean, nullable=False),  # false: they are not versions of one change
    Column("at", TIME, nullable=False),
    Column("by", String, nullable=False),
)

dismissed = Table(
    "dismissed",
    metadata,
    Column("message_id", String, primary_key=True),  # of the mail that raised the point
    Column("remark", Integer, primary_key=True, autoincrement=False),  # its number in that mail
    Column("at", TIME, nullable=False),
    Column("by", String, nullable=False),
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

read_mark = Table(
    "read_mark",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("person", ROW, primary_key=True),  # whose it is: patchwatch.db.people
    Column("at", TIME, nullable=False),
)

visit = Table(
    "visit",
    metadata,
    Column("message_id", String, primary_key=True),  # root of the newest revision at that time
    Column("person", ROW, primary_key=True),  # whose it is: patchwatch.db.people
    Column("at", TIME, nullable=False),  # when a person last looked at the series
    Column("newest", ROW, nullable=False),  # primary key of the newest message then
)

patch_mark = Table(
    "patch_mark",
    metadata,
    Column("message_id", String, primary_key=True),  # of a patch
    Column("person", ROW, primary_key=True),  # whose it is: patchwatch.db.people
    Column("mark", String, nullable=False),  # patchwatch.series.patch_reading.Mark
    Column("at", TIME, nullable=False),
)

person = Table(
    "person",
    metadata,
    # By each of their names: addresses in lower case, or the login name.  Empty if the database is one person's.
    Column("name", String, primary_key=True),
    Column("id", ROW, nullable=False),
    Column("at", TIME, nullable=False),  # when they first opened the database
)
