"""Tables are named after what they hold, in the words of the documentation."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_NAMES = {
    "copy": "archive_copy",
    "journal": "undo_log",
    "node": "thread_key",
    "reading": "read_mark",
    "tie": "manual_link",
    "told": "last_digest",
}


def upgrade() -> None:
    """Rename them, with the index and the constraint of two, and in the undo log, which names tables."""
    op.drop_index("ix_node_conversation", table_name="node")
    for old, new in _NAMES.items():
        op.rename_table(old, new)
    op.create_index("ix_thread_key_conversation", "thread_key", ["conversation"])
    op.execute("""UPDATE undo_log SET change = replace(change, '"table":"tie"', '"table":"manual_link"')""")
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listener", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("listener", "event_id", name=op.f("uq_notification_listener_event_id")),
    )
    op.execute(
        "INSERT INTO notification (id, listener, event_id, event) SELECT id, listener, event_id, event FROM telling"
    )
    op.drop_table("telling")
