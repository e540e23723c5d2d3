"""The tree that a cited commit is in, as far as the mail names it."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add the column."""
    op.add_column("citation", sa.Column("tree", sa.Text(), nullable=False, server_default=""))
