"""The demo for tests: as `patchwatch.cli.demo.demo`, but its mail is imported once for all tests."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from patchwatch.cli import demo as original
from patchwatch.cli.demo import NOW, DemoTracker
from patchwatch.compose.draft_store import DraftStore
from patchwatch.config import Config
from patchwatch.db.people import FIRST, Acting
from tests.support import on_postgresql


@contextmanager
def demo(now: int = NOW) -> Iterator[DemoTracker]:
    """Yield a tracker of the sample threads as of `now` (UTC seconds), and delete its database and drafts."""
    with TemporaryDirectory(prefix="patchwatch-demo-") as directory:
        path = Path(directory) / "demo.db"
        if databases := on_postgresql.current():
            on_postgresql.copy_database(_kept(databases, now), path)
        else:
            path.write_bytes(_imported(now))
        tracker = DemoTracker(Config(), clock=lambda: float(now), database_url=f"sqlite:///{path}")
        if on_postgresql.in_use():  # the decisions are Rita's, whom the config does not name
            tracker.database.acting = Acting(FIRST, "rita@example.org")
        tracker.drafts = DraftStore(Path(directory) / "drafts")
        try:
            yield tracker
        finally:
            tracker.database.close()


@functools.cache
def _kept(databases: on_postgresql.TestDatabases, now: int) -> Path:
    copy = Path(f"/demo-{now}.db")  # stands for a database, is no file
    with original.demo(now) as tracker, databases.keeping():
        on_postgresql.copy_database(tracker.database, copy)
    return copy


@functools.cache
def _imported(now: int) -> bytes:
    with TemporaryDirectory(prefix="patchwatch-demo-") as directory, original.demo(now) as tracker:
        copy = Path(directory) / "copy.db"
        file = tracker.database.url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        return copy.read_bytes()
