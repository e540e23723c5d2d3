"""A series has a kind (a pull request is one), and may depend on others."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns; reindexing fills them."""
    op.add_column("series", sa.Column("kind", sa.String(), nullable=False, server_default=""))
    op.add_column("series", sa.Column("depends_on", sa.Text(), nullable=False, server_default=""))
