"""What lists show of a series stands with the series; the reindex that the new form asks for fills it in."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_NUMBERS = ("minor", "patches", "expected", "reviewed")
_TEXTS = ("roots", "posters", "people")


def upgrade() -> None:
    """Add the columns, and an index that lists need not leave."""
    for name in _NUMBERS:
        op.add_column("series", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.drop_index("ix_revision_series_id", "revision")
    op.create_index("ix_revision_series_id_root", "revision", ["series_id", "root"])
    for name in _TEXTS:
        op.add_column("series", sa.Column(name, sa.Text(), nullable=False, server_default=""))
