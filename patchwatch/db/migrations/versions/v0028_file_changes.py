"""Which contents of files patches change into which: a patch made on another one shows that that one went in."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add the table; reading the stored mail again fills it."""
    op.create_table(
        "file_change",
        sa.Column("message_pk", sa.Integer(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("message_pk", "after", "before", name=op.f("pk_file_change")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_file_change_after", "file_change", ["after"])
    op.create_index("ix_file_change_before", "file_change", ["before"])
