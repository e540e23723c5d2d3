"""Where the reading of long revisions stands, and the newest mail of each."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the table and the index; the next opening reindexes, which fills the table."""
    op.create_table(
        "memory",
        sa.Column("revision_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("memory", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("pk_memory")),
    )
    op.drop_index(op.f("ix_message_revision_id"), table_name="message")
    op.create_index("ix_message_revision_id_date", "message", ["revision_id", "date"])
    op.execute("DELETE FROM setting WHERE name = 'form'")
