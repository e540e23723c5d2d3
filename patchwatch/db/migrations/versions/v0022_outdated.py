"""Messages that are to be read or derived again, because the program or its rules changed."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "outdated",
        sa.Column("message_pk", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("date", sa.BigInteger(), nullable=False),
        sa.Column("reread", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("message_pk", name=op.f("pk_outdated")),
    )
    op.create_index("ix_outdated_date", "outdated", ["date"])
