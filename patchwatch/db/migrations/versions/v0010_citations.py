"""Mails name commits with their titles, which shows that patches went in."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the table; reindexing fills it."""
    op.create_table(
        "citation",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("message_pk", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("sha", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", "message_pk", "deed", "sha", "author", name=op.f("pk_citation")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_citation_message_pk", "citation", ["message_pk"])
