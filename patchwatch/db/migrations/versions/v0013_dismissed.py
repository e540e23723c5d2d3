"""Points that a person dismissed, and when points were answered."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the table, and the column, which reindexing fills."""
    op.create_table(
        "dismissed",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("remark", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "remark", name=op.f("pk_dismissed")),
    )
    op.add_column("series", sa.Column("answered", sa.Text(), nullable=False, server_default=""))
