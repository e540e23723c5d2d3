"""Git trees: what is known of them, and their commits."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add their tables."""
    op.create_table(
        "tree",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mainline", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tree")),
        sa.UniqueConstraint("name", name=op.f("uq_tree_name")),
    )
    op.create_table(
        "tree_commit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha", sa.String(), nullable=False),
        sa.Column("author_email", sa.String(), nullable=False),
        sa.Column("author_key", sa.String(), nullable=False),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.Column("patch_id", sa.String(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tree_commit")),
        sa.UniqueConstraint("sha", name=op.f("uq_tree_commit_sha")),
    )
    op.create_table(
        "tree_holds",
        sa.Column("commit_id", sa.Integer(), nullable=False),
        sa.Column("tree_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["commit_id"], ["tree_commit.id"], name=op.f("fk_tree_holds_commit_id")),
        sa.ForeignKeyConstraint(["tree_id"], ["tree.id"], name=op.f("fk_tree_holds_tree_id")),
        sa.PrimaryKeyConstraint("commit_id", "tree_id", name=op.f("pk_tree_holds")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "commit_key",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("commit_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "commit_id", name=op.f("pk_commit_key")),
        sqlite_with_rowid=False,
    )
