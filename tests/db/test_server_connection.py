"""Tests of patchwatch.db.server_connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import ARRAY, Boolean, Integer, LargeBinary, String, bindparam, insert, select, text
from sqlalchemy.types import TypeEngine

from patchwatch.db.database import Database
from patchwatch.db.schema import setting
from patchwatch.errors import DamagedError, DatabaseError

ARRAYS: list[tuple[TypeEngine[Any], list[Any]]] = [
    (
        String(),
        ["", "null", "NULL", '"', "\\", '\\"', "a,b", "{c}", " d ", "e\tf\ng", "'", "\N{SNOWMAN}", "\\x41", None],
    ),
    (Integer(), [0, -1, 2**31 - 1, None]),
    (Boolean(), [True, False, None]),
    (LargeBinary(), [b"", b'\0\\"\xff', None]),
    (String(), []),
]


@pytest.fixture
def database(postgresql: str) -> Iterator[Database]:
    """A new database on a server."""
    found = Database(postgresql)
    yield found
    found.close()


@pytest.mark.parametrize(("kind", "values"), ARRAYS, ids=lambda value: str(value)[:12])
def test_a_server_receives_the_values_of_an_array(database: Database, kind: TypeEngine[Any], values: list[Any]) -> None:
    with database.read() as connection:
        array = bindparam("given", type_=ARRAY(kind))
        assert connection.scalar(select(array), {"given": values}) == values


def test_an_array_of_what_no_column_holds_is_refused(database: Database) -> None:
    with pytest.raises(TypeError, match="array of object"), database.read() as connection:
        connection.execute(text("SELECT CAST(:given AS text[])"), {"given": [object()]})


def test_a_nul_in_an_array_is_not_taken_for_damage(database: Database) -> None:
    with pytest.raises(DatabaseError, match="NUL") as raised, database.read() as connection:
        connection.execute(text("SELECT CAST(:given AS text[])"), {"given": ["a\0b"]})
    assert not isinstance(raised.value, DamagedError)


def test_long_texts_are_compressed_by_lz4(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(setting), {"name": "long", "value": "again and again, " * 1000})
        found = connection.scalar(select(text("pg_column_compression(value)")).where(setting.c.name == "long"))
    assert found == "lz4"
