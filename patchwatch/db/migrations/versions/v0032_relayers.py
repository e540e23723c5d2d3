"""Who sends patches of a list on to somebody else's tree."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Add the column and the table; deriving the revisions again fills them."""
    op.add_column("acceptance", sa.Column("relayed", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "relayer",
        sa.Column("list", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), primary_key=True),
        sqlite_with_rowid=False,
    )
