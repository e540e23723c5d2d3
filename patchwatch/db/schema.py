"""The tables.

What arrived: `message`, `raw`, `archive_copy`, and the `dictionary` that they are compressed with; of git trees `tree`,
`tree_commit`, `tree_holds`, `commit_key`.  Manual decisions (patchwatch.db.decision_tables): `watch`, `mute`, `pin`,
`not_mine`, `label`, `snooze`, `mark`, `manual_link`, `dismissed`, `read_mark`, `read_range`, `visit`, `patch_mark`, and
their `undo_log`.  Who uses it: `person`, `lease`.  Notifications (patchwatch.db.notification_tables): `outbox`,
`last_digest`, `notification`, `scanned`.  What polls and scans know of watched series: `series_change`, `poll_target`.
What `reindex` rebuilds: `citation`, `file_change`, `thread_key`, `revision`, `memory`, `revision_key`, `acceptance`,
`committer`, `relayer`, `series`; what of it is not up to date: `outdated`.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table
from sqlalchemy.types import BigInteger, Boolean, Integer, LargeBinary, String, Text

from patchwatch.db.decision_tables import dismissed as dismissed
from patchwatch.db.decision_tables import label as label
from patchwatch.db.decision_tables import manual_link as manual_link
from patchwatch.db.decision_tables import mark as mark
from patchwatch.db.decision_tables import mute as mute
from patchwatch.db.decision_tables import not_mine as not_mine
from patchwatch.db.decision_tables import patch_mark as patch_mark
from patchwatch.db.decision_tables import person as person
from patchwatch.db.decision_tables import pin as pin
from patchwatch.db.decision_tables import read_mark as read_mark
from patchwatch.db.decision_tables import read_range as read_range
from patchwatch.db.decision_tables import snooze as snooze
from patchwatch.db.decision_tables import undo_log as undo_log
from patchwatch.db.decision_tables import visit as visit
from patchwatch.db.decision_tables import watch as watch
from patchwatch.db.metadata import ROW, TIME, PackedText
from patchwatch.db.metadata import metadata as metadata
from patchwatch.db.notification_tables import last_digest as last_digest
from patchwatch.db.notification_tables import notification as notification
from patchwatch.db.notification_tables import outbox as outbox
from patchwatch.db.notification_tables import scanned as scanned
from patchwatch.db.versions import SCHEMA_REVISION as SCHEMA_REVISION

inbox = Table(
    "inbox",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("followed", Boolean, nullable=False, default=False),
    Column("rules", Text),  # patchwatch.db.rule_codec: which of its series are followed; NULL: all
    Column("cursor", TIME),  # everything that arrived before it has been seen
    Column("deep_at", TIME),  # last poll with the long overlap
    Column("polled_at", TIME),  # last success
    Column("failed_at", TIME),  # first failure since then: "stale since"
    Column("failure", Text),
    Column("looked_at", TIME),  # mail up to then counts as looked at: what was imported; NULL: none
)

message = Table(
    "message",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("message_id", String, nullable=False, unique=True),
    Column("date", TIME, nullable=False),
    Column("author_name", String, nullable=False),
    Column("author_email", String, nullable=False),
    Column("subject", Text, nullable=False),  # empty: `facts` has it, in a tenth of the space; earlier ones had it here
    Column("kind", String, nullable=False),
    Column("facts", PackedText, nullable=False),  # patchwatch.db.message_codec: all parsed fields
    # derived:
    Column("conversation", ROW, nullable=False, index=True),
    Column("revision_id", ROW),
    Column("patch", Integer),  # number of the patch that it is, or replies to; 0: the cover letter, or all
    Index("ix_message_revision_id_date", "revision_id", "date"),  # with the date, to find the newest of thousands
)

outdated = Table(
    "outdated",
    metadata,
    Column("message_pk", ROW, primary_key=True, autoincrement=False),
    Column("date", TIME, nullable=False, index=True),  # of the message: the newest are first
    Column("reread", Boolean, nullable=False),  # false: only what is derived from it is outdated
)

raw = Table(
    "raw",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("message_pk", ROW, ForeignKey("message.id"), nullable=False, index=True),
    Column("digest", LargeBinary(20), nullable=False),  # of the mail's content: copies differ in transit headers only
    Column("arrived", TIME, nullable=False),
    Column("mail", LargeBinary, nullable=False),  # patchwatch.db.packing
)

dictionary = Table(
    "dictionary",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # Zstandard's, in each value compressed with it
    Column("copy", Integer, primary_key=True),
    Column("kind", String, nullable=False),  # patchwatch.db.dictionaries.Kind
    Column("digest", LargeBinary(20), nullable=False),  # of the content
    Column("content", LargeBinary, nullable=False),  # compressed
)

archive_copy = Table(
    "archive_copy",
    metadata,
    Column("message_pk", ROW, ForeignKey("message.id"), primary_key=True),
    Column("inbox_id", ROW, ForeignKey("inbox.id"), primary_key=True),
    sqlite_with_rowid=False,
)

thread_key = Table(
    "thread_key",
    metadata,
    Column("name", String, primary_key=True),
    Column("conversation", ROW, nullable=False, index=True),
    sqlite_with_rowid=False,
)

citation = Table(
    "citation",
    metadata,
    Column("key", String, primary_key=True),  # patchwatch.series.citations.key_of
    Column("message_pk", ROW, primary_key=True),
    Column("deed", String, primary_key=True),
    Column("sha", String, primary_key=True),
    Column("author", String, primary_key=True),
    Column("form", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("tree", Text, nullable=False, server_default=""),
    Index("ix_citation_message_pk", "message_pk"),
    sqlite_with_rowid=False,
)

file_change = Table(  # by patches; the contents are keys of patchwatch.series.built_on
    "file_change",
    metadata,
    Column("message_pk", ROW, primary_key=True, autoincrement=False),
    Column("after", BigInteger, primary_key=True, index=True),
    Column("before", BigInteger, primary_key=True, index=True),
    sqlite_with_rowid=False,
)

number = Table(  # gives a revision's root the number that people type; it never changes
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
    Column("posting", PackedText, nullable=False),  # patchwatch.db.posting_codec: PostingFacts
    Column("view", PackedText, nullable=False),  # patchwatch.db.revision_codec: RevisionSummary
    Column("standing", PackedText, nullable=False),  # patchwatch.db.revision_codec: StoredState
    Column("predecessor", String),
    Column("link", Text),  # patchwatch.db.revision_codec: StoredLink
    Index("ix_revision_predecessor", "predecessor"),
    Index("ix_revision_series_id_root", "series_id", "root"),  # with the root, so that lists do not read the large rows
)

joined = Table(
    "joined",
    metadata,
    Column("root", String, primary_key=True),  # patchwatch.db.revision_codec: StoredJoin
    Column("revision_id", ROW, primary_key=True),
    Index("ix_joined_revision", "revision_id"),
    sqlite_with_rowid=False,
)

memory = Table(
    "memory",
    metadata,
    Column("revision_id", ROW, primary_key=True, autoincrement=False),
    Column("memory", LargeBinary, nullable=False),  # patchwatch.db.remembered
)

revision_key = Table(
    "revision_key",
    metadata,
    Column("key", String, primary_key=True),
    Column("date", TIME, primary_key=True),  # of the revision; limits searches by author
    Column("revision_id", ROW, primary_key=True),
    Index("ix_revision_key_revision", "revision_id"),
    sqlite_with_rowid=False,
)

acceptance = Table(
    "acceptance",
    metadata,
    # patchwatch.series.committers.Role of a person in a revision that was sent to a list:
    Column("list", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("revision_id", ROW, primary_key=True),
    Column("weight", Integer, nullable=False),
    Column("author", Boolean, nullable=False),
    Column("claims", Boolean, nullable=False),
    Column("area", String, nullable=False, server_default=""),
    Column("date", TIME, nullable=False, server_default="0"),
    Column("relayed", Text, nullable=False, server_default=""),  # one author on each line
    Index("ix_acceptance_revision", "revision_id"),
    sqlite_with_rowid=False,
)

committer = Table(
    "committer",
    metadata,
    Column("list", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("enough", Boolean, nullable=False),  # false: they accepted something, but too little for that
    sqlite_with_rowid=False,
)

relayer = Table(
    "relayer",
    metadata,
    # who sends patches of a list on to somebody else's tree
    Column("list", String, primary_key=True),
    Column("person", String, primary_key=True),
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
    Column("state_evidence", Text),  # patchwatch.db.revision_codec: StoredEvidence
    Column("turn", String, nullable=False, index=True),
    Column("turn_since", TIME, nullable=False),
    Column("turn_evidence", Text),
    Column("version", Integer, nullable=False),
    Column("rfc", Boolean, nullable=False),
    Column("incomplete", Boolean, nullable=False),
    Column("last_activity", TIME, nullable=False, index=True),
    # What a list shows of the newest revision, so that it need not read revisions:
    Column("minor", Integer, nullable=False, server_default="0"),
    Column("patches", Integer, nullable=False, server_default="0"),
    Column("expected", Integer, nullable=False, server_default="0"),
    Column("reviewed", Integer, nullable=False, server_default="0"),
    Column("applied", Integer, nullable=False, server_default="0"),  # patches, if not all of them
    Column("points_open", Integer, nullable=False, server_default="0"),
    Column("points", Integer, nullable=False, server_default="0"),
    Column("answered", Text, nullable=False, server_default=""),  # when silence settles answered ones, one per line
    Column("kind", String, nullable=False, server_default=""),  # pull: a pull request; proposal; empty: patches
    Column("depends_on", Text, nullable=False, server_default=""),  # targets of its relations, one per line
    # … and of all of them, one per line:
    Column("roots", Text, nullable=False, server_default=""),  # the newest last
    Column("posters", Text, nullable=False, server_default=""),  # addresses: patchwatch.db.involvement
    Column("people", Text, nullable=False, server_default=""),  # patchwatch.db.who_reviews
    Column("claims", Text, nullable=False, server_default=""),  # about points: patchwatch.db.claims_codec
    Column("area", String, nullable=False, server_default=""),  # of the newest: patchwatch.series.areas
)

lease = Table(  # on PostgreSQL: who polls a list now, and its last poll; times are by the clock of the database
    "lease",
    metadata,
    Column("name", String, primary_key=True),  # an inbox, or another job that only one process does at a time
    Column("holder", String, nullable=False),  # empty: nobody
    Column("owner", Text, nullable=False),  # JSON: patchwatch.sync.poll_lock.LockOwner
    Column("until", TIME, nullable=False),  # then another process may take it; 0: it was given back
    Column("tried", TIME),  # last poll, successful or not
    Column("failures", Integer, nullable=False),  # in a row
    Column("not_before", TIME, nullable=False),  # when the server allows the next poll
    sqlite_with_rowid=False,
)

source = Table(
    "source",
    metadata,
    Column("identity", String, primary_key=True),
    Column("inbox", String, primary_key=True),
    Column("position", Text, nullable=False),
    sqlite_with_rowid=False,
)

tree = Table(
    "tree",
    metadata,
    Column("id", ROW, primary_key=True),
    Column("name", String, nullable=False, unique=True),  # in the config
    Column("mainline", Boolean, nullable=False),
    Column("position", Text),  # up to which it was read: patchwatch.sources.git.tree
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
    Column("author_key", String, nullable=False),  # the name in comparable form
    Column("committed", TIME, nullable=False),
    Column("patch_id", String),  # NULL: not computed yet; empty: it has none
    Column("facts", PackedText, nullable=False),  # patchwatch.db.git_trees: everything else that was read from it
    # Who applied somebody else's patch, and to what part of the kernel (patchwatch.series.areas); empty for others:
    Column("area", String, nullable=False, server_default=""),  # the larger one
    Column("inner_area", String, nullable=False, server_default=""),
    Column("committer", String, nullable=False, server_default=""),
    Index("ix_tree_commit_area", "area", "inner_area", "committer", "committed"),
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

series_change = Table(  # patchwatch.db.series_changes
    "series_change",
    metadata,
    Column("series_id", ROW, primary_key=True, autoincrement=False),
    Column("generation", BigInteger, nullable=False, index=True),
)

poll_target = Table(  # patchwatch.db.poll_targets
    "poll_target",
    metadata,
    Column("kind", String, primary_key=True),
    Column("value", String, primary_key=True),
    Column("series_id", ROW, primary_key=True),
    Index("ix_poll_target_series", "series_id"),
    sqlite_with_rowid=False,
)

setting = Table(
    "setting",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
