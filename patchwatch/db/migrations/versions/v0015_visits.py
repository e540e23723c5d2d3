"""When a person last looked at a series."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the table, and the column for what was there before: all of it counts as looked at."""
    op.create_table(
        "visit",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_visit")),
    )
    op.add_column("inbox", sa.Column("looked_at", sa.BigInteger()))
    op.execute(sa.text("UPDATE inbox SET looked_at = :now").bindparams(now=int(time.time())))
