"""How many points a series has, and how many of them are not settled."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the columns; reindexing fills them."""
    op.add_column("series", sa.Column("points_open", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("series", sa.Column("points", sa.Integer(), nullable=False, server_default="0"))
