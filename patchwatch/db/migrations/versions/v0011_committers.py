"""Who accepted patches of which list, and who commits there in consequence."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the tables; reindexing fills them."""
    op.create_table(
        "acceptance",
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("author", sa.Boolean(), nullable=False),
        sa.Column("claims", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("list", "person", "revision_id", name=op.f("pk_acceptance")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_acceptance_revision", "acceptance", ["revision_id"])
    op.create_table(
        "committer",
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("enough", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("list", "person", name=op.f("pk_committer")),
        sqlite_with_rowid=False,
    )
