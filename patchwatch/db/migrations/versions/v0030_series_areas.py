"""What part of the kernel a series is for."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add the column; deriving the series again fills it."""
    op.add_column("series", sa.Column("area", sa.String(), nullable=False, server_default=""))
