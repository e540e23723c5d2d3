"""What the tests of the command line share."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

XDP_V5 = "20230801142621.7925-1-hffilwlqm@gmail.com"
Run = Callable[..., subprocess.CompletedProcess[str]]


def add_to_config(tmp_path: Path, text: str) -> None:
    """Append to the config, which already has short timeouts for servers that do not answer."""
    with (tmp_path / "config" / "patchwatch" / "config.toml").open("a") as config:
        config.write(text)


def copy_database(source: Path, target: Path) -> None:
    """Copy an SQLite database, with what its write-ahead log has."""
    target.parent.mkdir(parents=True)
    with closing(sqlite3.connect(source)) as known, closing(sqlite3.connect(target)) as copy:
        known.backup(copy)
