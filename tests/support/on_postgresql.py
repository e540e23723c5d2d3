"""`pytest --database postgresql`: tests that open an SQLite file get a database on a PostgreSQL server instead.

All workers share a server.  A new database is a copy of one with all tables; the databases that a test created are
dropped after it.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from patchwatch.db import database
from patchwatch.db.database import Database
from patchwatch.tracker import base
from tests.support import sitecustomize as site
from tests.support.postgres_server import PostgresServer, running_server

TEMPLATE = site.TEMPLATE
"""The name of a database with all tables and no rows."""
_WORKER = "postgresql_server"  # in what xdist passes to a worker
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
        mine = f"{os.environ[site.PREFIX]}{'_' * site.DIGITS}"
        return {row[0] for row in site.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", mine)}


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


class OneServer:
    """A plugin that starts the server of all workers when the first one is started, or else in the only process."""

    def __init__(self) -> None:
        """Start none yet."""
        self._running = ExitStack()
        self._directory = ""

    @property
    def directory(self) -> str:
        """Where its socket is."""
        if not self._directory:
            if reason := PostgresServer.missing():
                raise pytest.UsageError(f"--database postgresql {reason}")
            server = self._running.enter_context(running_server())
            self._directory = str(server.directory)
            server.execute(f"CREATE DATABASE {site.TEMPLATE}")
            database.Database(site.url_of(site.TEMPLATE, self._directory)).close()
        return self._directory

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker."""
        node.workerinput[_WORKER] = self.directory

    def pytest_unconfigure(self) -> None:
        """Stop it."""
        self._running.close()


def register(config: pytest.Config) -> None:
    """Register the plugins of tests on PostgreSQL."""
    config.pluginmanager.register(Cleaning())
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(OneServer(), OneServer.__name__)


def server_of(config: pytest.Config) -> tuple[str, str]:
    """The directory of the server, and what the names of this worker's databases begin with."""
    if hasattr(config, "workerinput"):
        return config.workerinput[_WORKER], f"{config.workerinput['workerid']}_"
    plugin = config.pluginmanager.get_plugin(OneServer.__name__)
    assert isinstance(plugin, OneServer)
    return plugin.directory, "only_"


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
    site.execute(site.copying(copy, name))


def in_use() -> bool:
    """True if tests run on PostgreSQL."""
    return _current is not None


def current() -> TestDatabases | None:
    """The databases of this worker; None if tests run on SQLite."""
    return _current


@contextmanager
def databases_in_use(config: pytest.Config) -> Iterator[None]:
    """Let this process and those that it starts use the server."""
    global _current
    os.environ[site.SERVER], os.environ[site.PREFIX] = server_of(config)
    paths = [str(Path(site.__file__).parent), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    for module in (database, base):
        site.patch(module)
    _current = TestDatabases()
    with site.one_connection():
        yield
    _current = None
