"""What later versions of a series did about points of earlier ones."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the column; reindexing fills it."""
    op.add_column("series", sa.Column("claims", sa.Text(), nullable=False, server_default=""))
