"""Which watched series changed when, what polls ask for because of each, and what a scan for events saw of it."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Add the tables.  The next scan reads all watched series, and compares them with what the last one saw."""
    op.create_table(
        "series_change",
        sa.Column("series_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("series_id", name=op.f("pk_series_change")),
    )
    op.create_index(op.f("ix_series_change_generation"), "series_change", ["generation"])
    op.create_table(
        "poll_target",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "value", "series_id", name=op.f("pk_poll_target")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_poll_target_series", "poll_target", ["series_id"])
    op.create_table(
        "scanned",
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "series_id", name=op.f("pk_scanned")),
    )
    op.create_index("ix_scanned_until", "scanned", ["person", "until"])
    connection = op.get_bind()
    setting = sa.table("setting", sa.column("name", sa.String), sa.column("value", sa.Text))
    scanned = sa.table("scanned", *map(sa.column, ("person", "series_id", "snapshot", "until")))
    cursors = setting.c.name.like("events %") | (setting.c.name == "events")
    for name, value in connection.execute(sa.select(setting.c.name, setting.c.value).where(cursors)).all():
        found = json.loads(value)
        if len(found) != 4:
            continue
        mail, at, facts_version, series = found
        person = int(name.partition(" ")[2] or 1)
        rows = [
            {"person": person, "series_id": int(number), "snapshot": json.dumps(snapshot), "until": 0}
            for number, snapshot in series.items()
        ]
        if rows:
            op.bulk_insert(scanned, rows)
        cursor = json.dumps([mail, at, facts_version, 0, ""])
        connection.execute(sa.update(setting).where(setting.c.name == name).values(value=cursor))
