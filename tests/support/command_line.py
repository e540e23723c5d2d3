"""What the tests of the command line share."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.support import on_postgresql

XDP_V5 = "20230801142621.7925-1-hffilwlqm@gmail.com"
Run = Callable[..., subprocess.CompletedProcess[str]]


def add_to_config(tmp_path: Path, text: str) -> None:
    """Append to the config, which already has short timeouts for servers that do not answer."""
    with (tmp_path / "config" / "patchwatch" / "config.toml").open("a") as config:
        config.write(text)


def copy_database(source: Path, target: Path) -> None:
    """Copy a database, with what the write-ahead log of an SQLite file has."""
    if on_postgresql.in_use():
        on_postgresql.copy_database(source, target)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(source)) as known, closing(sqlite3.connect(target)) as copy:
        known.backup(copy)
