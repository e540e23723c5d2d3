"""Keep a failure to the list or git tree that it happened in."""

from __future__ import annotations

from patchwatch.crash import save
from patchwatch.errors import (
    DatabaseLockedError,
    DatabaseTooNewError,
    DatabaseUnreachableError,
    PatchwatchError,
    bug_text,
)


def failure(error: Exception) -> str:
    """The reason for the user, of an error that concerns one list or tree only; any other error is raised again.

    What mail, commits or a server's response make the code raise is a bug, but it must not stop the other lists.  Nor
    must mail that the database rejects, or a damaged page.  If the database is unusable, storing the failure fails too.
    """
    if isinstance(error, DatabaseLockedError | DatabaseTooNewError | DatabaseUnreachableError):
        raise error
    if isinstance(error, PatchwatchError):
        return str(error)
    return bug_text(error) + save(error)
