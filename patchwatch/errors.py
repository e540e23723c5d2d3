"""The exception hierarchy.

A message is one or two sentences for the user: what happened, to what, and what to do next.  The command line prints it
on stderr and exits with 1; any other exception is a bug, which patchwatch.crash reports.
"""

from __future__ import annotations

import traceback
from pathlib import Path

from patchwatch import sanitize

_MAX_REASON = 200  # characters


class PatchwatchError(Exception):
    """The base of all errors reported to the user."""


class ConfigError(PatchwatchError):
    """The config file is invalid; the message names file, line and key."""


class DatabaseError(PatchwatchError):
    """The database can't be opened or used."""


class DamagedError(DatabaseError):
    """A stored value can't be read: the file is damaged."""


class DatabaseTooNewError(DatabaseError):
    """The database was written by a newer patchwatch."""


class DatabaseLockedError(DatabaseError):
    """Another process locked the database for longer than we wait."""


class DatabaseUnreachableError(DatabaseError):
    """The server of the database can't be reached, or the connection to it was lost."""


class PollLockedError(PatchwatchError):
    """Another process polls this database; the message names it, and since when it runs."""

    def __init__(self, message: str, pid: int = 0) -> None:
        """`pid` is that process; 0 if unknown."""
        super().__init__(message)
        self.pid = pid


class NotFoundError(PatchwatchError):
    """A series, message-id, file or inbox does not exist."""


class InvalidInputError(PatchwatchError):
    """The user's input is invalid: a link, a file, a date."""


class LoreError(PatchwatchError):
    """The archive did not return a usable response."""


class LoreUnreachableError(LoreError):
    """No connection, or no response in time."""


class LoreResponseError(LoreError):
    """An unusable response: an error status, or HTML instead of mail."""

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        """`status` is the HTTP status; `retry_after` is in seconds, if the server sent it."""
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class MessageNotFoundError(LoreError, NotFoundError):
    """The archive responded that it has no such message."""


class InboxNotFoundError(LoreError, NotFoundError):
    """The archive responded that it has no such inbox."""


class ToolError(PatchwatchError):
    """An external program (git, b4, editor, browser) is missing or failed."""


class DeliveryError(PatchwatchError):
    """A digest was not accepted by the mail server or program."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        """`permanent`: it would be refused again; otherwise another try may succeed."""
        super().__init__(message)
        self.permanent = permanent


class NoTerminalError(ToolError):
    """No terminal to run a program in: the TUI runs in a browser."""


class DraftError(PatchwatchError):
    """The file of a draft can't be written, read or removed."""


class SendError(PatchwatchError):
    """A mail was not sent, or that is unknown; the message says which."""


def bug_text(error: Exception) -> str:
    """A message about an unexpected exception, with its place in the code."""
    place = traceback.extract_tb(error.__traceback__, limit=-1)
    where = "".join(f" in {Path(frame.filename).name}:{frame.lineno}" for frame in place)
    text = f": {error}" if str(error) else ""
    reason = sanitize.line(f"{type(error).__name__}{where}{text}")[:_MAX_REASON]
    return f"unexpected error ({reason}). This is a bug in patchwatch; please report it."
