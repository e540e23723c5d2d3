"""The database: tables, migrations, stored forms and queries.  The only package with SQL."""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # typing takes longer to import than the stored answer of `next` to read
if TYPE_CHECKING:
    from typing import Any


class LazyModule:
    """A module that is imported on first use: importing SQLAlchemy takes longer than the first screen may."""

    def __init__(self, name: str) -> None:
        """`name` is the full name of the module."""
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self._name), name)
