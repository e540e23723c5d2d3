"""Let patchwatch open a database on a PostgreSQL server of the tests instead of an SQLite file.

Each file has a database of its own, named by its path and created from a template when it is first opened.  Python
imports this module when it starts, if its directory is in PYTHONPATH: so it is in effect in every process of a test.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

SERVER = "TEST_POSTGRESQL_SERVER"  # the directory of its socket; unset: SQLite
PREFIX = "TEST_POSTGRESQL_PREFIX"  # of the names of the databases of this worker
DIGITS = 40
TEMPLATE = "migrated"
_created: set[str] = set()
_opened: list[Any] = []  # patchwatch.db.database.Database
_connection: Any = None  # to the database of the server's owner
_connected = 0  # the process that `_connection` is of: one that it forks must not use it


def database_name(path: str) -> str:
    """The database that stands for a file."""
    return os.environ[PREFIX] + hashlib.sha256(os.path.realpath(path).encode()).hexdigest()[:DIGITS]


def url_of(name: str, server: str = "") -> str:
    """The SQLAlchemy URL of a database of the tests."""
    return f"postgresql+psycopg://tester@/{name}?host={server or os.environ[SERVER]}"


def name_in(url: str) -> str:
    """The name of the database in a URL."""
    return url.partition("?")[0].rpartition("/")[2]


def translated(url: str) -> str:
    """The URL of the database that stands for an SQLite file; any other URL as it is."""
    file = url.removeprefix("sqlite:///")
    return url_of(database_name(file)) if file not in ("", ":memory:", url) and "?" not in file else url


@contextlib.contextmanager
def one_connection() -> Iterator[None]:
    """Connect once for all statements that `execute` runs in the block."""
    global _connection, _connected
    import psycopg

    to_owner = f"host={os.environ[SERVER]} user=tester dbname=postgres"
    with psycopg.connect(to_owner, autocommit=True) as _connection:
        _connected = os.getpid()
        yield
    _connection = None


def execute(statement: str, *values: object) -> list[Any]:
    """Run a statement outside of a transaction, in the database of the server's owner."""
    with contextlib.nullcontext() if _connection and _connected == os.getpid() else one_connection():
        done = _connection.execute(statement, values or None)
        return done.fetchall() if done.description else []


def copying(name: str, template: str) -> str:
    """The statement that creates a database as a copy of another one, in half of the time that it takes by default."""
    ((version,),) = execute("SELECT current_setting('server_version_num')::int")
    strategy = " STRATEGY file_copy" if version >= 150_000 else ""  # until then, the only one
    return f"CREATE DATABASE {name} TEMPLATE {template}{strategy}"


def create_if_missing(url: str) -> None:
    """Create the database that stands for a file."""
    name = name_in(url)
    if name in _created or url != url_of(name) or name == TEMPLATE:
        return
    import psycopg

    with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):  # created meanwhile
        execute(copying(name, TEMPLATE))
    _created.add(name)


def forget(names: Sequence[str]) -> None:
    """Drop databases, even if somebody is connected."""
    for database in [database for database in _opened if any(f"/{name}?" in database.url for name in names)]:
        if hasattr(database, "engine"):
            database.close()
        _opened.remove(database)
    for name in names:
        execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _created.difference_update(names)


def patch(module: ModuleType) -> None:
    """Translate the URLs of a module that was just imported."""
    if module.__name__ == "patchwatch.db.database":
        of_database = module.Database.__init__

        def open_translated(self: Any, url: str, **options: Any) -> None:
            url = translated(url)
            create_if_missing(url)
            _opened.append(self)
            of_database(self, url, **options)

        module.Database.__init__ = open_translated
    else:
        of_tracker = module.TrackerBase.__init__

        def begin_translated(self: Any, *arguments: Any, **options: Any) -> None:
            of_tracker(self, *arguments, **options)
            self._url = translated(self._url)

        module.TrackerBase.__init__ = begin_translated


_PATCHED = ("patchwatch.db.database", "patchwatch.tracker.base")


class _Patching(importlib.abc.MetaPathFinder):
    """Patches modules after their import."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if fullname not in _PATCHED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None and spec.loader is not None:
            execute_module = spec.loader.exec_module

            def execute_and_patch(module: ModuleType) -> None:
                execute_module(module)
                patch(module)

            spec.loader.exec_module = execute_and_patch  # type: ignore[method-assign]
        return spec


if os.environ.get(SERVER):
    sys.meta_path.insert(0, _Patching())
