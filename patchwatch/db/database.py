"""Open the database, run its transactions and migrations.

SQLite by default: in WAL mode, so that the TUI can read while a poll writes; with foreign keys; in a file that only its
owner can read, because it shows what they work on.  A team can use PostgreSQL, by its SQLAlchemy URL.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, insert, inspect, make_url, select, text, update
from sqlalchemy.pool import ConnectionPoolEntry

from patchwatch.config import data_directory
from patchwatch.db import packing
from patchwatch.db.backup import before_migration
from patchwatch.db.failures import failure, reported
from patchwatch.db.listen import TELL
from patchwatch.db.page_order import PAGE
from patchwatch.db.people import FIRST, Acting, login
from patchwatch.db.schema import metadata, setting
from patchwatch.db.versions import FACTS_VERSION, KNOWN_REVISIONS, SCHEMA_REVISION, form_number
from patchwatch.errors import DamagedError, DatabaseError, DatabaseTooNewError
from patchwatch.private_files import DIRECTORY_MODE, create_if_missing, make_directory
from patchwatch.redact import redact_url

_BUSY_SECONDS = 15.0
_CONNECTION = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""So that the loss of a server is noticed within half a minute; libpq's parameters, in seconds, the last in ms."""
_GENERATION = select(setting.c.value).where(setting.c.name == "generation")
_FORMATS = text("SELECT (SELECT version_num FROM alembic_version), (SELECT value FROM setting WHERE name = 'form')")
_VERSION_TABLE = text(  # as Alembic creates it
    "CREATE TABLE alembic_version "
    "(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)
_NEXT_GENERATION = (
    update(setting)
    .where(setting.c.name == "generation")
    .values(value=text("CAST(CAST(value AS BIGINT) + 1 AS VARCHAR)"))
)


def generation(connection: Connection) -> int:
    """Return a number that grows with every commit; after a writing transaction it is one more than within it."""
    return int(connection.scalar(_GENERATION) or 0)


class Database:
    """A database, created, migrated and checked."""

    def __init__(self, url: str, *, busy_seconds: float = _BUSY_SECONDS) -> None:
        """Open, create or migrate the database at the SQLAlchemy `url`.

        Raises:
            DatabaseTooNewError: it was written by a newer patchwatch.
            DatabaseLockedError: another program has locked it.
            DatabaseError: it cannot be opened, or is not patchwatch's.
        """
        self.url = url
        self.name = redact_url(url)  # for messages
        self.acting = Acting(FIRST, login())  # whom its connections act for
        self._busy = busy_seconds
        self.engine = self._engine()
        with self._reported():
            self._make_ready()
        packing.add_source(self._dictionaries)

    def close(self) -> None:
        """Close the connections: those that another thread uses, or still opens, when it has finished."""
        packing.remove_source(self._dictionaries)
        event.listen(self.engine.pool, "checkin", _discard)  # in the pool that replaces this one, too
        self.engine.dispose()

    def _dictionaries(self) -> Sequence[Any]:
        with self.engine.connect() as connection:
            return connection.exec_driver_sql(packing.STORED).all()

    @contextmanager
    def read(self, person: int | None = None) -> Iterator[Connection]:
        """Yield a connection with a consistent view of the database; it acts for me, or for another person."""
        with self._reported(), self._connect(person) as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection in the only writing transaction; commit at the end, roll back after an error."""
        with self._writing() as connection:
            yield connection
            connection.execute(_NEXT_GENERATION)
            if self.shared:
                connection.execute(TELL)

    @contextmanager
    def trial(self) -> Iterator[Connection]:
        """Yield a connection to write with as `write` does; only it sees the changes, which are undone at the end."""
        with self._writing() as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._reported(), self._connect() as plain:
            connection = self._alone(plain)
            with connection.begin():
                _wait_for_others(connection)
                self._refuse_newer(connection)
                yield connection

    @contextmanager
    def beside(self) -> Iterator[Connection]:
        """Yield a connection of a short transaction on a server, which waits for no other and changes nothing shown."""
        with self._reported(), self._connect() as plain:
            connection = self._alone(plain)
            with connection.begin():
                yield connection

    def generation(self) -> int:
        """Return a number that grows with every commit, of any process."""
        with self.read() as connection:
            return generation(connection)

    def _connect(self, person: int | None = None) -> Connection:
        acting = self.acting if person is None else self.acting._replace(person=person)
        return self.engine.connect().execution_options(patchwatch_acting=acting)

    @property
    def shared(self) -> bool:
        """True if it is on a server, where several people and machines use it."""
        return self.engine.dialect.name == "postgresql"

    def _engine(self) -> Engine:
        try:
            url = make_url(self.url)
        except (exc.ArgumentError, ValueError):
            raise DatabaseError(
                f"{self.name!r} is not a database URL. Set PATCHWATCH_DATABASE to a file or an SQLAlchemy URL."
            ) from None
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")  # the driver that patchwatch[postgresql] brings
        if url.get_backend_name() != "sqlite":
            if "@" in (url.host or ""):
                raise DatabaseError("the password in the database URL contains an @; write it as %40 there.")
            try:
                engine = create_engine(
                    url,
                    isolation_level="REPEATABLE READ",  # a reader sees one snapshot, as in SQLite
                    pool_size=2,  # more are closed after use: thirty people need few of a server's 100
                    max_overflow=13,
                    pool_pre_ping=True,  # the server may have been restarted
                    connect_args={name: value for name, value in _CONNECTION.items() if name not in url.query},
                )
            except (exc.NoSuchModuleError, ModuleNotFoundError) as error:
                raise DatabaseError(
                    f"no driver for {url.get_backend_name()} is installed ({error}); install patchwatch[postgresql]"
                ) from None
            from patchwatch.db.server_connection import prepare  # imports the driver, which few have

            event.listen(engine, "connect", prepare)
            return engine
        if url.database and url.database != ":memory:":
            self._prepare_file(Path(url.database))
        engine = create_engine(url, connect_args={"timeout": self._busy, "check_same_thread": False})

        @event.listens_for(engine, "connect")
        def on_connect(connection: Any, _record: object) -> None:
            connection.isolation_level = None  # on_begin starts transactions, not the sqlite3 module
            connection.execute(f"PRAGMA page_size={PAGE}")  # of a new file; another one keeps its own
            self._use_wal(connection)
            for pragma in ("foreign_keys=ON", "synchronous=NORMAL", "cache_size=-4000"):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def on_begin(connection: Connection) -> None:
            writes = connection.get_execution_options().get("patchwatch_write")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        return engine

    def _use_wal(self, connection: Any) -> None:
        """Switch a new database to WAL mode, permanently.  SQLite does not wait for other processes here, so we do."""
        deadline = time.monotonic() + self._busy
        while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                return  # a database in memory, and some file systems, have no WAL mode
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def _prepare_file(self, path: Path) -> None:
        try:
            make_directory(path.parent)
            if path.parent == data_directory() and path.parent.stat().st_mode & 0o077:
                path.parent.chmod(DIRECTORY_MODE)  # something else created it
            create_if_missing(path)  # because SQLite would apply the umask; -wal and -shm get the same permissions
        except OSError as error:
            raise DatabaseError(
                f"can't open the database {path}: {error.strerror}. Check the path, or set PATCHWATCH_DATABASE."
            ) from None

    def _make_ready(self) -> None:
        with self.engine.connect() as connection:
            found = _schema_revision(connection)
            if found == SCHEMA_REVISION:
                self._refuse_newer_form(connection.execute(_FORMATS).one()[1])
                return
        if found in KNOWN_REVISIONS:
            before_migration(self.url, found)  # takes a while: others can still write
        with self.engine.connect() as plain:
            connection = self._alone(plain)
            with connection.begin():
                _wait_for_others(connection)
                found = _schema_revision(connection)  # another process may have been faster
                if found is None and inspect(connection).get_table_names():
                    raise DatabaseError(
                        f"{self.name} is the database of another program. Set PATCHWATCH_DATABASE to another file."
                    )
                if found is not None and found not in KNOWN_REVISIONS:
                    raise DatabaseTooNewError(
                        f"the database {self.name} was written by a newer patchwatch (schema {found}, this one knows "
                        f"{SCHEMA_REVISION}). Upgrade patchwatch, or name another file in PATCHWATCH_DATABASE."
                    )
                if found is None:
                    _create(connection)
                elif found != SCHEMA_REVISION:
                    _migrate(connection)

    def _refuse_newer(self, connection: Connection) -> None:
        """Refuse to go on after another process has upgraded the database: it would be written in two forms."""
        if not _is_known(*connection.execute(_FORMATS).one()):
            raise DatabaseTooNewError(
                f"the database {self.name} was upgraded by a newer patchwatch while this one was running. "
                "Nothing was changed; start patchwatch again."
            )

    def _refuse_newer_form(self, form: str | None) -> None:
        """Refuse values that this program may not be able to read, and would replace by its own."""
        if form_number(form) > FACTS_VERSION:
            raise DatabaseTooNewError(
                f"the database {self.name} was written by a newer patchwatch (form {form}, this one knows "
                f"{FACTS_VERSION}). Upgrade patchwatch, or name another file in PATCHWATCH_DATABASE."
            )

    def _alone(self, plain: Connection) -> Connection:
        """Return the connection for a writing transaction; one that waited for another sees what that one wrote."""
        options: dict[str, Any] = {"patchwatch_write": True}
        if self.shared:
            options["isolation_level"] = "READ COMMITTED"
        return plain.execution_options(**options)

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            with reported(self.name, self._busy):
                yield
        except exc.DBAPIError as error:
            if isinstance(error.orig, Exception):
                raise failure(error.orig, self.name, self._busy) from error
            raise
        except DamagedError:
            with suppress(exc.DBAPIError), self.engine.connect() as connection:
                self._refuse_newer(connection)  # the value is not damaged, but of a newer form
            raise


def _is_known(revision: str, form: str | None) -> bool:
    """True if this program knows a schema revision and a form of what is stored, so that it can write both."""
    return revision == SCHEMA_REVISION and form_number(form) <= FACTS_VERSION


def _discard(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.invalidate()


def _wait_for_others(connection: Connection) -> None:
    """Wait until no other transaction writes; SQLite does that itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(726834)"))


def _schema_revision(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(version) if version is not None else None


def _create(connection: Connection) -> None:
    """Create all tables as they are now: to repeat the migrations takes twice the time, and 14 MB for Alembic."""
    metadata.create_all(connection, checkfirst=False)
    connection.execute(insert(setting).values(name="generation", value="0"))
    connection.execute(_VERSION_TABLE)
    connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": SCHEMA_REVISION})


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
