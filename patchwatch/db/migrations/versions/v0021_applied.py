"""How many patches of a series were applied, if not all were."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the column; deriving the series again fills it."""
    op.add_column("series", sa.Column("applied", sa.Integer(), server_default="0", nullable=False))
