"""`pytest --database postgresql`: tests that open an SQLite file get a database on a PostgreSQL server instead.

Each worker has a server of its own.  A new database is a copy of one with all tables; the databases that a test created
are dropped after it.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from patchwatch.db import database
from patchwatch.db.database import Database
from patchwatch.tracker import base
from tests.support import sitecustomize as site
from tests.support.postgres_server import running_server

_current: TestDatabases | None = None


class TestDatabases:
    """The databases of one worker."""

    __test__ = False

    def __init__(self) -> None:
        """Keep none yet."""
        self._kept: set[str] = set()

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Keep the databases that the block creates."""
        before = self._names()
        yield
        self._kept.update(self._names() - before)

    def drop_new(self) -> None:
        """Drop the databases that are not kept."""
        site.forget(sorted(self._names() - self._kept))

    @staticmethod
    def _names() -> set[str]:
        return {row[0] for row in site.execute("SELECT datname FROM pg_database WHERE datname ~ '^f[0-9a-f]{40}$'")}


class Cleaning:
    """A plugin that drops the databases of a test after it; those of fixtures that several tests share are kept.

    A conftest.py would not be asked about fixtures of the session.
    """

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        """Keep what a shared fixture creates."""
        if _current is None or fixturedef.scope == "function":
            return (yield)
        with _current.keeping():
            return (yield)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self) -> None:
        """Drop the databases of a test."""
        if _current is not None:
            _current.drop_new()


def skip_what_is_sqlites(items: list[pytest.Item]) -> None:
    """Skip tests of what only an SQLite file has."""
    for item in items:
        if item.get_closest_marker("sqlite"):
            item.add_marker(pytest.mark.skip(reason="about SQLite's file"))


def copy_database(source: Path | Database, target: Path) -> None:
    """Copy a database, given as one that is open, or by the file that it stands for."""
    name = site.database_name(str(source)) if isinstance(source, Path) else site.name_in(source.url)
    copy = site.database_name(str(target))
    site.forget([copy])
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    if not isinstance(source, Path):
        source.close()
    site.execute(others, name)
    site.execute(f"CREATE DATABASE {copy} TEMPLATE {name}")


def in_use() -> bool:
    """True if tests run on PostgreSQL."""
    return _current is not None


def current() -> TestDatabases | None:
    """The databases of this worker; None if tests run on SQLite."""
    return _current


@contextmanager
def databases_in_use() -> Iterator[None]:
    """Start a server, with the template, and let this process and those that it starts use it."""
    global _current
    with running_server() as server:
        os.environ[site.SERVER] = str(server.directory)
        paths = [str(Path(site.__file__).parent), os.environ.get("PYTHONPATH", "")]
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        site.execute(f"CREATE DATABASE {site.TEMPLATE}")
        database.Database(site.url_of(site.TEMPLATE)).close()
        for module in (database, base):
            site.patch(module)
        _current = TestDatabases()
        yield
        _current = None
