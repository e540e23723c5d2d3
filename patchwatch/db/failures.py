"""What is reported when a database fails, in the words of this program."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from patchwatch.errors import DamagedError, DatabaseError, DatabaseLockedError, DatabaseUnreachableError
from patchwatch.redact import redact


@contextmanager
def reported(name: str, busy_seconds: float) -> Iterator[None]:
    """Report an error of SQLite, or a stored value that can't be read; `name` is the database's, for messages.

    Raises:
        DatabaseLockedError: another program has locked the database.
        DamagedError: it is damaged.
        DatabaseError: it can't be used.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise failure(error, name, busy_seconds) from error
    except (msgspec.DecodeError, zlib.error) as error:
        raise DamagedError(
            f"a value in the database {name} can't be read: it is damaged. Nothing was changed. "
            "Run `patchwatch doctor --check`; `patchwatch reindex` rebuilds what is derived from mail."
        ) from error


_LOST = ("08", "57P", "53300")
"""SQLSTATEs of a server that can't be reached, restarts, or has no connection left."""


def _is_operational(error: Exception) -> bool:
    """True for the class of this name in any driver (PEP 249), without importing it."""
    return any(kind.__name__ == "OperationalError" for kind in type(error).__mro__)


def _is_lost(error: Exception) -> bool:
    """True if an error of PostgreSQL's driver is not about the query."""
    if not type(error).__module__.startswith("psycopg") or not hasattr(error, "sqlstate"):
        return False
    if error.sqlstate is None:  # the server did not answer
        return _is_operational(error)
    return str(error.sqlstate).startswith(_LOST)


def failure(error: Exception, name: str, busy_seconds: float) -> DatabaseError:
    """Return what to report for an error of a database's driver."""
    reason = redact(str(error))
    if _is_lost(error):
        return DatabaseUnreachableError(
            f"the server of the database {name} can't be reached: {' '.join(reason.split())}. "
            "What was being stored at this moment may be missing."
        )
    if _is_operational(error):
        if "locked" in reason or "busy" in reason:
            return DatabaseLockedError(
                f"the database {name} has been locked by another program for more than {busy_seconds:g} s. "
                "Nothing was changed; try again when the other program has finished."
            )
    elif "malformed" in reason:
        return DamagedError(
            f"the database {name} is damaged: {reason}. Nothing was changed. "
            "Run `patchwatch doctor --check`; it explains what to do next."
        )
    return DatabaseError(f"the database {name} can't be used: {reason}. Nothing was changed.")
