"""The database: tables, migrations, what is written and what is read.  The only place with SQL in it."""

from __future__ import annotations

import importlib
from typing import Any


class LazyModule:
    """A module that is imported when something in it is first used: SQLAlchemy takes longer than a first screen may."""

    def __init__(self, name: str) -> None:
        """`name` is the module's."""
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self._name), name)
