"""Copy an SQLite database while other processes read and write it, with SQLite's backup API.

A copy is a complete database in one file.  It is checked before it gets its name, so a file with that name is whole.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from patchwatch.errors import DatabaseError, InvalidInputError, NotFoundError
from patchwatch.output import command
from patchwatch.private_files import make_directory, replacing
from patchwatch.redact import MASK, redact_url

_BUSY_SECONDS = 60.0
RESTORE = (
    "Stop `patchwatch run` and the TUI. Delete the database's -wal and -shm files, if there are any, and copy a backup "
    "over it: one of `patchwatch backup`, or the file …before-migration-from-… beside it. Without one, "
    "`sqlite3 OLD .recover | sqlite3 NEW` saves what can be read."
)
"""What to do about a damaged file."""


class _MigratedMeanwhileError(Exception):
    """A database that was to be copied was migrated by another process."""


def back_up(url: str, target: Path, *, replace: bool = False, revision: str = "", passing: bool = False) -> int:
    """Copy the database at an SQLAlchemy `url` to a file; return the size in bytes.

    It is not migrated, and nothing in it is changed.  `replace` allows that `target` exists; with `revision`, the copy
    is only kept if it has this schema revision.  A `passing` copy, which is soon deleted, is not checked, and need not
    reach the disk: that takes half of the time.

    Raises:
        InvalidInputError: it is not an SQLite database, or `target` exists.
        NotFoundError: there is no database.
        DatabaseError: it can't be read or is damaged, or the copy can't be written.
    """
    source = sqlite_file(url)
    if source is None:
        server = redact_url(url).replace("postgresql+psycopg:", "postgresql:").replace(f":{MASK}@", "@")
        dump = command("pg_dump", f"--file={target}", server)
        raise InvalidInputError(f"the database is on a server, which has its own backup: `{dump}`")
    if not source.is_file():
        raise NotFoundError(f"there is no database at {source} yet.")
    if target.is_dir():
        raise InvalidInputError(f"{target} is a directory; name a file in it.")
    if target.exists() and not target.is_file():  # a device, which root could replace
        raise InvalidInputError(f"{target} is not a regular file. Name another one.")
    if target.exists() and (not replace or target.samefile(source)):
        raise InvalidInputError(f"{target} exists already. Name another file, or use --replace.")
    try:
        make_directory(target.parent)
        with replacing(target) as new:
            _copy(source, new, passing=passing)
            if revision and _revision(new) != revision:
                raise _MigratedMeanwhileError
            return new.stat().st_size
    except OSError as error:
        raise DatabaseError(f"the backup {target} can't be written: {error.strerror}. Nothing was changed.") from None


def before_migration(url: str, revision: str) -> Path | None:
    """Copy an SQLite database that is about to be migrated from `revision`, beside it.  Returns the path of the copy.

    No lock is held meanwhile.  None is returned, and nothing kept, if another process has migrated it by then.  The
    copies of earlier migrations are deleted.

    Raises:
        DatabaseError: the copy can't be written.
    """
    source = sqlite_file(url)
    if source is None:
        return None
    target = source.with_name(f"{source.name}.before-migration-from-{revision}")
    try:
        back_up(url, target, replace=True, revision=revision)
    except _MigratedMeanwhileError:
        return None
    for old in source.parent.glob(f"{source.name}.before-migration-from-*"):
        if old != target:
            old.unlink(missing_ok=True)
    return target


def _revision(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    return str(found)


def damage(url: str) -> str:
    """What is wrong with the file of an SQLite database; empty if nothing is, or there is no such file."""
    file = sqlite_file(url)
    if file is None or not file.is_file():
        return ""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            problem = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError:  # locked, or gone
        return ""
    except sqlite3.Error as error:
        return str(error)
    return "" if problem == "ok" else problem


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database; None for a server, or a database in memory."""
    scheme, _, name = url.partition("://")
    name = name.removeprefix("/").partition("?")[0]
    return Path(name) if scheme.partition("+")[0] == "sqlite" and name not in ("", ":memory:") else None


def _copy(source: Path, target: Path, *, passing: bool) -> None:
    try:
        with (
            closing(sqlite3.connect(source, timeout=_BUSY_SECONDS)) as old,
            closing(sqlite3.connect(target, timeout=_BUSY_SECONDS)) as new,
        ):
            if passing:
                new.execute("PRAGMA synchronous=OFF")
            old.backup(new)  # all pages in one step: a snapshot, which no writer has to wait for
            new.execute("PRAGMA journal_mode=DELETE")  # one file
            problem = "ok" if passing else new.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise DatabaseError(
            f"the database {source} can't be copied: {error}. Run `patchwatch doctor --check`."
        ) from None
    if problem != "ok":
        problem = " ".join(str(problem).split())
        raise DatabaseError(
            f"the database {source} is damaged ({problem}); it was not copied. Run `patchwatch doctor --check`."
        )
