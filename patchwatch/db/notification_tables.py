"""The tables of digests and events, and of what was queued to be sent; patchwatch.db.schema has them all."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, UniqueConstraint
from sqlalchemy.types import Integer, LargeBinary, String, Text

from patchwatch.db.metadata import ROW, TIME, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("person", ROW, nullable=False, server_default="1"),  # in whose config the recipient is
    Column("recipient", String, nullable=False),  # its name there
    Column("key", String, nullable=False),  # unique per recipient: a day, an event
    Column("address", String, nullable=False),  # of the recipient
    Column("sender", String, nullable=False),  # the address it is from
    Column("message_id", String, nullable=False),
    Column("subject", Text, nullable=False),
    Column("mail", LargeBinary, nullable=False),  # the full message; emptied some time after it was sent
    Column("queued_at", TIME, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("begun_at", TIME),  # start of an attempt that has not ended, or whose process was killed
    Column("try_at", TIME),  # earliest next attempt; NULL: none
    Column("sent_at", TIME),
    Column("failed_at", TIME),  # failed permanently
    Column("failure", Text),  # of the last attempt
    Index("ix_outbox_try_at", "try_at"),
    UniqueConstraint("person", "recipient", "key"),
)

last_digest = Table(
    "last_digest",
    metadata,
    Column("person", ROW, primary_key=True),
    Column("recipient", String, primary_key=True),
    Column("day", String, nullable=False),  # of the last digest, also if it was empty and not sent
    Column("until", TIME, nullable=False),  # when it was written; the next one begins there
    Column("seen", Text, nullable=False),  # its patchwatch.notify.digest.build.Digest.seen
    sqlite_with_rowid=False,
)

notification = Table(
    "notification",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("person", ROW, nullable=False, server_default="1"),  # whose hook or recipient it is
    Column("listener", String, nullable=False),  # "hook NAME", or "mail NAME" for a recipient of digests
    Column("event_id", String, nullable=False),
    Column("event", Text, nullable=False),  # patchwatch.db.event_queue: Event
    UniqueConstraint("person", "listener", "event_id"),
)

scanned = Table(  # the series that a person watches, at their last scan for events
    "scanned",
    metadata,
    Column("person", ROW, primary_key=True),
    Column("series_id", ROW, primary_key=True),
    Column("snapshot", Text, nullable=False),  # patchwatch.db.event_queue: SeriesSnapshot
    Column("until", TIME, nullable=False),  # then their next action may change, although nothing else does
    Index("ix_scanned_until", "person", "until"),
    sqlite_with_rowid=False,
)
