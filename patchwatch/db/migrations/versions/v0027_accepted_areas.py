"""What part of the kernel an accepted patch is for, and when it was posted."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Add the columns; deriving the revisions again fills them."""
    op.add_column("acceptance", sa.Column("area", sa.String(), nullable=False, server_default=""))
    op.add_column("acceptance", sa.Column("date", sa.BigInteger(), nullable=False, server_default="0"))
