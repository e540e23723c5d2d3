"""Who applied the commits of git trees, and to what part of the kernel."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add the columns, which commits have that are read from now on."""
    for name in ("area", "inner_area", "committer"):
        op.add_column("tree_commit", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.create_index("ix_tree_commit_area", "tree_commit", ["area", "inner_area", "committer", "committed"])
