"""Postings that a new version joins with its predecessor."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Create the table, which revisions that are derived from now on fill."""
    op.create_table(
        "joined",
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("root", "revision_id", name=op.f("pk_joined")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_joined_revision", "joined", ["revision_id"])
