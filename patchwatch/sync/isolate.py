"""Keep a failure to the list or git tree that it happened in."""

from __future__ import annotations

from sqlalchemy import exc

from patchwatch.errors import DatabaseError, PatchwatchError, bug_text


def failure(error: Exception) -> str:
    """The reason for the user, of an error that concerns one list or tree only; any other error is raised again.

    What mail, commits or a server's response make the code raise is a bug, but it must not stop the other lists.
    """
    refused = isinstance(error.__cause__, exc.DataError | exc.IntegrityError)  # of this list's mail, by the database
    if isinstance(error, DatabaseError) and not refused:
        raise error
    if isinstance(error, PatchwatchError):
        return str(error)
    return bug_text(error)
