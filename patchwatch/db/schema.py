"""Tables.

Four kinds, and no row is of two: what arrived (`message`, `raw`, `copy`, and of git trees `tree`, `tree_commit`,
`tree_holds`, `commit_key`); what people decided (`watch`, `mute`, `snooze`, `mark`, `tie`, `reading`, and the `journal`
of it); what patchwatch itself tells and to whom (`outbox`, `told`, `telling`); and what is worked out from the first
two (`node`, `revision`, `revision_key`, `series`), which `reindex` makes anew.
`number` stands between: it gives a revision's root the number that people type, and is never taken back.

Times are UTC seconds since 1970 in integer columns: SQLite drops time zones, and integers compare the same everywhere.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from patchwatch.db.versions import SCHEMA_REVISION as SCHEMA_REVISION

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ROW = Integer
TIME = BigInteger

inbox = Table(
    "inbox",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("followed", Boolean, nullable=False, default=False),
    Column("rules", Text),  # which of its series are meant; see patchwatch.series.follow_rules
    Column("cursor", TIME),  # everything that arrived before it has been seen
    Column("deep_at", TIME),  # when the long overlap was last asked for
    Column("polled_at", TIME),  # last success
    Column("failed_at", TIME),  # first failure since then: "stale since"
    Column("failure", Text),
)

message = Table(
    "message",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("message_id", String, nullable=False, unique=True),
    Column("date", TIME, nullable=False),
    Column("author_name", String, nullable=False),
    Column("author_email", String, nullable=False),
    Column("subject", Text, nullable=False),
    Column("kind", String, nullable=False),
    Column("facts", Text, nullable=False),  # patchwatch.db.message_codec: everything else that was read from it
    # worked out:
    Column("conversation", ROW, nullable=False, index=True),
    Column("revision_id", ROW, index=True),
    Column("patch", Integer),  # the patch of the revision it is, or answers; 0 for the cover or the whole
)

raw = Table(
    "raw",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("message_pk", ROW, ForeignKey("message.id"), nullable=False, index=True),
    Column("digest", LargeBinary(20), nullable=False),  # of the mail's content: copies differ in transit headers only
    Column("arrived", TIME, nullable=False),
    Column("mail", LargeBinary, nullable=False),  # zlib
)

copy = Table(
    "copy",
    metadata,
    Column("message_pk", ROW, ForeignKey("message.id"), primary_key=True),
    Column("inbox_id", ROW, ForeignKey("inbox.id"), primary_key=True),
    sqlite_with_rowid=False,
)

node = Table(
    "node",
    metadata,
    Column("name", String, primary_key=True),
    Column("conversation", ROW, nullable=False, index=True),
    sqlite_with_rowid=False,
)

number = Table(
    "number",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("message_id", String, nullable=False, unique=True),
    sqlite_autoincrement=True,
)

revision = Table(
    "revision",
    metadata,
    Column("id", ROW, primary_key=True),  # its number
    Column("root", String, nullable=False, unique=True),
    Column("conversation", ROW, nullable=False, index=True),
    Column("series_id", ROW),
    Column("date", TIME, nullable=False),
    Column("posting", Text, nullable=False),  # patchwatch.db.message_codec: patchwatch.series.posting.PostingFacts
    Column("view", Text, nullable=False),  # JSON: what lists and screens show of it
    Column("standing", Text, nullable=False),  # JSON: state and turn by its own mails
    Column("predecessor", String),
    Column("link", Text),  # JSON: evidence, score, by_hand, resend
    Index("ix_revision_predecessor", "predecessor"),
    Index("ix_revision_series_id_root", "series_id", "root"),  # the root too: lists need not touch the fat rows
)

revision_key = Table(
    "revision_key",
    metadata,
    Column("key", String, primary_key=True),
    Column("date", TIME, primary_key=True),  # of the revision: an author's other work is looked for around it
    Column("revision_id", ROW, primary_key=True),
    Index("ix_revision_key_revision", "revision_id"),
    sqlite_with_rowid=False,
)

series = Table(
    "series",
    metadata,
    Column("id", ROW, primary_key=True),  # the lowest number of its revisions
    Column("title", Text, nullable=False),
    Column("author_name", String, nullable=False),
    Column("author_email", String, nullable=False, index=True),
    Column("state", String, nullable=False, index=True),
    Column("state_evidence", Text),  # JSON: {"message_id" or "commit", "text", "by_hand"}
    Column("turn", String, nullable=False, index=True),
    Column("turn_since", TIME, nullable=False),
    Column("turn_evidence", Text),
    Column("version", Integer, nullable=False),
    Column("rfc", Boolean, nullable=False),
    Column("incomplete", Boolean, nullable=False),
    Column("last_activity", TIME, nullable=False, index=True),
    # What a list shows of the newest revision, so that ten thousand series are read without their revisions:
    Column("minor", Integer, nullable=False, server_default="0"),
    Column("patches", Integer, nullable=False, server_default="0"),
    Column("expected", Integer, nullable=False, server_default="0"),
    Column("reviewed", Integer, nullable=False, server_default="0"),
    # … and of all of them, a line each:
    Column("roots", Text, nullable=False, server_default=""),  # the newest last
    Column("posters", Text, nullable=False, server_default=""),  # addresses: patchwatch.db.involvement
    Column("people", Text, nullable=False, server_default=""),
)

watch = Table(
    "watch",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("at", TIME, nullable=False),
    Column("inbox", String),
)

mute = Table(
    "mute",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("at", TIME, nullable=False),
)

snooze = Table(
    "snooze",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("at", TIME, nullable=False),
    Column("until", TIME),  # NULL: until somebody answers
    Column("newest", TIME),  # of the mails that were there when it was made; NULL from before it was noted
)

mark = Table(
    "mark",
    metadata,
    Column("message_id", String, primary_key=True),  # root of the revision that was the newest then
    Column("state", String, nullable=False),
    Column("at", TIME, nullable=False),
    Column("by", String, nullable=False),
)

tie = Table(
    "tie",
    metadata,
    Column("message_id", String, primary_key=True),  # root of the later revision
    Column("predecessor", String, primary_key=True),  # root of the earlier one
    Column("linked", Boolean, nullable=False),  # false: they are not versions of one change
    Column("at", TIME, nullable=False),
    Column("by", String, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("at", TIME, nullable=False),
    Column("by", String, nullable=False),
    Column("what", Text, nullable=False),  # was done, in words
    Column("change", Text, nullable=False),  # JSON: patchwatch.db.undo
)

reading = Table(
    "reading",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("at", TIME, nullable=False),
)

source = Table(
    "source",
    metadata,
    Column("identity", String, primary_key=True),
    Column("inbox", String, primary_key=True),
    Column("position", Text, nullable=False),
)

tree = Table(
    "tree",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("name", String, nullable=False, unique=True),  # in the config
    Column("mainline", Boolean, nullable=False),
    Column("position", Text),  # how far it was read: patchwatch.sources.git.tree
    Column("tags", Text, nullable=False),  # JSON: [name, time] of releases and first candidates, in mainline
    Column("read_at", TIME),  # last success
    Column("failed_at", TIME),  # first failure since then
    Column("failure", Text),
)

tree_commit = Table(
    "tree_commit",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("sha", String, nullable=False, unique=True),
    Column("author_email", String, nullable=False),
    Column("author_key", String, nullable=False),  # the name, as it is compared
    Column("committed", TIME, nullable=False),
    Column("patch_id", String),  # NULL: not asked for yet; empty: it has none
    Column("facts", Text, nullable=False),  # patchwatch.db.git_trees: everything else that was read from it
)

tree_holds = Table(
    "tree_holds",
    metadata,
    Column("commit_id", ROW, ForeignKey("tree_commit.id"), primary_key=True),
    Column("tree_id", ROW, ForeignKey("tree.id"), primary_key=True),
    sqlite_with_rowid=False,
)

commit_key = Table(
    "commit_key",
    metadata,
    Column("key", String, primary_key=True),  # patchwatch.series.commit_match.keys
    Column("commit_id", ROW, primary_key=True),
    sqlite_with_rowid=False,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("recipient", String, nullable=False),  # its name in the config
    Column("key", String, nullable=False),  # what there is one mail of: a day, an event
    Column("address", String, nullable=False),  # that it goes to
    Column("sender", String, nullable=False),  # the address it is from
    Column("message_id", String, nullable=False),
    Column("subject", Text, nullable=False),
    Column("mail", LargeBinary, nullable=False),  # as it goes out, each time; emptied some time after it was sent
    Column("queued_at", TIME, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("begun_at", TIME),  # a try is under way since, or was when its process ended
    Column("try_at", TIME),  # not before; NULL: no more
    Column("sent_at", TIME),
    Column("failed_at", TIME),  # given up
    Column("failure", Text),  # why the last try failed
    Index("ix_outbox_try_at", "try_at"),
    UniqueConstraint("recipient", "key"),
)

told = Table(
    "told",
    metadata,
    Column("recipient", String, primary_key=True),
    Column("day", String, nullable=False),  # the last whose digest was written, or had nothing to say
    Column("until", TIME, nullable=False),  # when that was: what the next one is reckoned from
    Column("seen", Text, nullable=False),  # patchwatch.notify.digest.build.Digest.seen of it
)

telling = Table(
    "telling",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("listener", String, nullable=False),  # "hook NAME", or "mail NAME" of a digest's recipient
    Column("event_id", String, nullable=False),
    Column("event", Text, nullable=False),  # JSON: patchwatch.notify.events.Event
    UniqueConstraint("listener", "event_id"),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)
