"""Connections to a server: how they write arrays, and what long texts are compressed with.

psycopg's own form of a list takes five times as long, because it looks for the adapter, and escapes, value by value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import Binary, DataError
from psycopg.adapt import Dumper

if TYPE_CHECKING:
    from psycopg.abc import Buffer

# In a third of the time of pglz, the default; servers before PostgreSQL 14 have only that, and others may, too.
_USE_LZ4 = """
    SELECT set_config(name, 'lz4', false) FROM pg_settings
    WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)
"""


class ArrayDumper(Dumper):
    """Writes lists of integers, texts, bytes, booleans and None as PostgreSQL reads them (its manual, 8.15).

    Their type is not sent: queries cast them.
    """

    def dump(self, obj: list[Any]) -> Buffer:
        """Return the text of an array.

        Raises:
            DataError: a text has a NUL, which would end the array.
        """
        text = f"{{{','.join(map(_written, obj))}}}"
        if "\0" in text:
            raise DataError("a text for PostgreSQL cannot have a NUL")
        return text.encode()


def prepare(connection: Any, _record: object) -> None:
    """Set up a new connection of the driver."""
    connection.adapters.register_dumper(list, ArrayDumper)
    connection.execute(_USE_LZ4)
    connection.commit()


def _written(value: Any) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, int):  # or True or False, which PostgreSQL reads in any case
        return str(value)
    if value is None:
        return "NULL"
    if isinstance(value, Binary):  # SQLAlchemy's form of bytes
        return f'"\\\\x{value.obj.hex()}"'
    raise TypeError(f"no array of {type(value).__name__}")
