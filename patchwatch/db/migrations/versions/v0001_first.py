"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("followed", sa.Boolean(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=True),
        sa.Column("deep_at", sa.BigInteger(), nullable=True),
        sa.Column("polled_at", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("name", name=op.f("uq_inbox_name")),
    )
    op.create_table(
        "mark",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_mark")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("date", sa.BigInteger(), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("author_email", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=True),
        sa.Column("patch", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_message_message_id")),
    )
    op.create_index(op.f("ix_message_conversation"), "message", ["conversation"], unique=False)
    op.create_index(op.f("ix_message_revision_id"), "message", ["revision_id"], unique=False)
    op.create_table(
        "mute",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_mute")),
    )
    op.create_table(
        "node",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("conversation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_node")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_node_conversation"), "node", ["conversation"], unique=False)
    op.create_table(
        "number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number")),
        sa.UniqueConstraint("message_id", name=op.f("uq_number_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reading",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_reading")),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("conversation", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("date", sa.BigInteger(), nullable=False),
        sa.Column("posting", sa.Text(), nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("predecessor", sa.String(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("root", name=op.f("uq_revision_root")),
    )
    op.create_index(op.f("ix_revision_conversation"), "revision", ["conversation"], unique=False)
    op.create_index("ix_revision_predecessor", "revision", ["predecessor"], unique=False)
    op.create_index(op.f("ix_revision_series_id"), "revision", ["series_id"], unique=False)
    op.create_table(
        "revision_key",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("date", sa.BigInteger(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "date", "revision_id", name=op.f("pk_revision_key")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_revision_key_revision", "revision_key", ["revision_id"], unique=False)
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("author_email", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_evidence", sa.Text(), nullable=True),
        sa.Column("turn", sa.String(), nullable=False),
        sa.Column("turn_since", sa.BigInteger(), nullable=False),
        sa.Column("turn_evidence", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rfc", sa.Boolean(), nullable=False),
        sa.Column("incomplete", sa.Boolean(), nullable=False),
        sa.Column("last_activity", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    op.create_index(op.f("ix_series_author_email"), "series", ["author_email"], unique=False)
    op.create_index(op.f("ix_series_last_activity"), "series", ["last_activity"], unique=False)
    op.create_index(op.f("ix_series_state"), "series", ["state"], unique=False)
    op.create_index(op.f("ix_series_turn"), "series", ["turn"], unique=False)
    op.create_table(
        "setting",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "snooze",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_snooze")),
    )
    op.create_table(
        "source",
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("inbox", sa.String(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("identity", "inbox", name=op.f("pk_source")),
    )
    op.create_table(
        "tie",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("predecessor", sa.String(), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "predecessor", name=op.f("pk_tie")),
    )
    op.create_table(
        "watch",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("inbox", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_watch")),
    )
    op.create_table(
        "copy",
        sa.Column("message_pk", sa.Integer(), nullable=False),
        sa.Column("inbox_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name=op.f("fk_copy_inbox_id")),
        sa.ForeignKeyConstraint(["message_pk"], ["message.id"], name=op.f("fk_copy_message_pk")),
        sa.PrimaryKeyConstraint("message_pk", "inbox_id", name=op.f("pk_copy")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "raw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_pk", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=20), nullable=False),
        sa.Column("arrived", sa.BigInteger(), nullable=False),
        sa.Column("mail", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["message_pk"], ["message.id"], name=op.f("fk_raw_message_pk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw")),
    )
    op.create_index(op.f("ix_raw_message_pk"), "raw", ["message_pk"], unique=False)
    op.execute("INSERT INTO setting (name, value) VALUES ('generation', '0')")
