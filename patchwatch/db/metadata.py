"""What the tables of patchwatch.db.schema are made with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect, MetaData, TypeDecorator
from sqlalchemy.types import BigInteger, Integer, Text

from patchwatch.db import packing

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class PackedText(TypeDecorator[str]):
    """A text that `packing.pack_text` may have compressed; read as text, written as it is given."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Decompress it."""
        return value if value is None else packing.unpack_text(value)


ROW = Integer
TIME = BigInteger  # UTC seconds since 1970: SQLite drops time zones, and integers compare the same everywhere
