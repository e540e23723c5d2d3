"""A followed list may have rules that say which of its series are meant."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; without rules all are meant, as before."""
    op.add_column("inbox", sa.Column("rules", sa.Text()))
