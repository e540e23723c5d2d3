"""Everybody has their own watches, read marks, digests and so on; and pollers on several machines share the lists.

What there is belongs to the first person.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_TIME = sa.BigInteger
_PERSONAL = {
    "watch": (("at", _TIME(), False), ("inbox", sa.String(), True)),
    "mute": (("at", _TIME(), False),),
    "pin": (("at", _TIME(), False),),
    "snooze": (("at", _TIME(), False), ("until", _TIME(), True), ("newest", _TIME(), True)),
    "read_mark": (("at", _TIME(), False),),
    "visit": (("at", _TIME(), False), ("newest", sa.Integer(), False)),
    "patch_mark": (("mark", sa.String(), False), ("at", _TIME(), False)),
}
"""The tables whose rows are about a message, and their other columns: name, type, nullable."""


def upgrade() -> None:
    """Add the tables, and a person to the rows of the others."""
    op.create_table(
        "person",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _TIME(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_person")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", _TIME(), nullable=False),
        sa.Column("tried", _TIME(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", _TIME(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    for table, columns in _PERSONAL.items():
        _replace(
            table,
            "message_id",
            sa.Column("message_id", sa.String(), nullable=False),
            sa.Column("person", sa.Integer(), nullable=False),
            *(sa.Column(name, type_, nullable=nullable) for name, type_, nullable in columns),
            sa.PrimaryKeyConstraint("message_id", "person", name=op.f(f"pk_{table}")),
        )
    _replace(
        "last_digest",
        "recipient",
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("until", _TIME(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", "recipient", name=op.f("pk_last_digest")),
    )
    for table, columns_of_key in (("outbox", ("recipient", "key")), ("notification", ("listener", "event_id"))):
        with op.batch_alter_table(table) as changed:
            changed.add_column(sa.Column("person", sa.Integer(), nullable=False, server_default="1"))
            changed.drop_constraint(op.f(f"uq_{table}_{'_'.join(columns_of_key)}"), type_="unique")
            changed.create_unique_constraint(
                op.f(f"uq_{table}_person_{'_'.join(columns_of_key)}"), ["person", *columns_of_key]
            )
    _name_the_person_in_the_undo_log()


def _replace(table: str, key: str, *new: sa.schema.SchemaItem) -> None:
    """Create a table again, with these columns; of the rows with one key, the latest becomes the first person's."""
    names = [item.name for item in new if isinstance(item, sa.Column) and item.name != "person"]
    columns = ", ".join(f'"{name}"' for name in names)
    op.execute(f"CREATE TABLE replaced AS SELECT * FROM {table}")  # noqa: S608 (names of the tables above)
    op.drop_table(table)
    op.create_table(table, *new)
    latest = "at" if "at" in names else key
    rank = f"row_number() OVER (PARTITION BY {key} ORDER BY {latest} DESC) AS rank"
    op.execute(
        f"INSERT INTO {table} ({columns}, person) "  # noqa: S608
        f"SELECT {columns}, 1 FROM (SELECT {columns}, {rank} FROM replaced)"
        " AS latest WHERE rank = 1"
    )
    op.execute("DROP TABLE replaced")


def _name_the_person_in_the_undo_log() -> None:
    connection = op.get_bind()
    log = sa.table("undo_log", sa.column("id", sa.Integer()), sa.column("change", sa.Text()))
    for row in connection.execute(sa.select(log.c.id, log.c.change)).all():
        change = json.loads(row.change)
        if change["table"] in _PERSONAL:
            for part in ("before", "after"):
                change[part] = [{**one, "person": 1} for one in change[part]]
            text = json.dumps(change, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
            connection.execute(sa.update(log).where(log.c.id == row.id).values(change=text))
