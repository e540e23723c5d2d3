"""Fixtures that several test modules use."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import make_url

from patchwatch.db import database
from patchwatch.sources.lore.client import Archive
from tests.support import on_postgresql
from tests.support.lore_server import LoreServer
from tests.support.new_database import compiled_once, migrated_once
from tests.support.postgres_server import PostgresServer, running_server

_NAMED = 80  # characters of a text that name a case
_MANY_FILES = 300  # open ones
gc.disable()  # until all tests are imported
settings.register_profile("patchwatch", deadline=None)  # the machine may be busy; what must be quick has its own tests
settings.load_profile("patchwatch")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add an option that chooses the database."""
    about = "what tests open as their database: an SQLite file, or a database on a PostgreSQL server of their own"
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help=about)


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark of tests that only SQLite passes."""
    config.addinivalue_line("markers", "sqlite: about SQLite's file, so skipped with --database postgresql")
    if config.getoption("--database") == "postgresql":
        on_postgresql.register(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what the chosen database does not have."""
    if config.getoption("--database") == "postgresql":
        on_postgresql.skip_what_is_sqlites(items)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a case after the beginning of a long text: some are megabytes, and workers send each other all names."""
    return f"{val[:_NAMED]!a}..." if isinstance(val, str | bytes) and len(val) > _NAMED else None


def pytest_collection_finish() -> None:
    """Keep what was imported out of garbage collection, which takes a tenth of the time otherwise."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(700_000, 20, 50)


def pytest_runtest_logfinish() -> None:
    """Close what tests left open: garbage is rarely collected, and select() takes no file beyond the 1,024th."""
    if len(list(Path("/proc/self/fd").glob("*"))) > _MANY_FILES:
        gc.collect()


def pytest_sessionfinish() -> None:
    """Collect garbage once at the end: pytest does so five times, and looks at all objects each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def own_state_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test writes locks or crash reports into the directory of the user who runs it."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session", autouse=True)
def servers_need_no_rest() -> Iterator[None]:
    """Catching up with a list makes a pause after each part; tests that look at it pass a clock of their own."""

    def rest(archive: Archive, seconds: float) -> None:
        if archive._sleep is not time.sleep:
            archive._sleep(seconds)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Archive, "rest", rest)
        yield


@pytest.fixture(scope="session", autouse=True)
def new_databases(pytestconfig: pytest.Config) -> Iterator[None]:
    """Spend less time on new databases in this process, or open them on a PostgreSQL server."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(database, "_migrate", migrated_once(database._migrate))
        patched.setattr(database, "create_engine", compiled_once(database.create_engine))
        if pytestconfig.getoption("--database") == "sqlite":
            yield
            return
        with on_postgresql.databases_in_use(pytestconfig):
            yield


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Iterator[PostgresServer]:
    """A running PostgreSQL server, for tests that need one whatever the database of the others is."""
    if reason := PostgresServer.missing():
        pytest.skip(reason)
    if on_postgresql.in_use():
        directory, worker = on_postgresql.server_of(pytestconfig)
        yield PostgresServer(Path(directory), f"{worker}own")
    else:
        with running_server() as server:
            yield server


@pytest.fixture(scope="session")
def migrated(postgres_server: PostgresServer) -> str:
    """The name of a database with tables and no rows; migrations take longer than copying it."""
    if on_postgresql.in_use():
        return on_postgresql.TEMPLATE
    url = postgres_server.create()
    database.Database(url).close()
    return str(make_url(url).database)


@pytest.fixture
def postgresql(postgres_server: PostgresServer, migrated: str) -> Iterator[str]:
    """The URL of a new database on a PostgreSQL server."""
    url = postgres_server.create(migrated)
    yield url
    postgres_server.drop(url)


@pytest.fixture(scope="session")
def lore_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoreServer]:
    """A running public-inbox server; a test uses inboxes of its own, and starts it again if it stops it."""
    if reason := LoreServer.missing():
        pytest.skip(reason)
    server = LoreServer(tmp_path_factory.mktemp("lore"))
    server.start()
    yield server
    server.close()
