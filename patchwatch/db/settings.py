"""Internal settings, read without SQLAlchemy; patchwatch.db.messages changes them."""

from __future__ import annotations

from collections.abc import Collection

from patchwatch.db.execute import Execute, rows_among

_NAMED = "SELECT name, value FROM setting WHERE name IN ({values})"


def settings(execute: Execute, names: Collection[str]) -> dict[str, str]:
    """Return those of these internal settings that are set."""
    return dict(rows_among(execute, _NAMED, names))
