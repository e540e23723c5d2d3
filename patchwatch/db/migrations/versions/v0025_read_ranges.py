"""The mails that each person counts as having read because an import found them, without a row for each."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the table; mails with a mark keep it."""
    op.create_table(
        "read_range",
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("first_pk", sa.Integer(), nullable=False),
        sa.Column("last_pk", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "first_pk", name=op.f("pk_read_range")),
        sqlite_with_rowid=False,
    )
