"""What can go wrong, as a tree.

Each error's text is one or two sentences for a person: what happened, to what, and what to do next.  The command line
prints it on stderr and exits with 1; anything that is not a `PatchwatchError` is a defect and keeps its traceback.
"""


class PatchwatchError(Exception):
    """Base of everything patchwatch reports to its user."""


class ConfigError(PatchwatchError):
    """The config file can't be used; the text names file, line and key."""


class DatabaseError(PatchwatchError):
    """The database can't be opened or used."""


class DatabaseTooNewError(DatabaseError):
    """The database was written by a newer patchwatch."""


class DatabaseLockedError(DatabaseError):
    """Another process held the database for longer than we wait."""


class PollLockedError(PatchwatchError):
    """Somebody else polls this database already; the text says who, and since when."""

    def __init__(self, message: str, pid: int = 0) -> None:
        """`pid` is his process; 0 where it is not known."""
        super().__init__(message)
        self.pid = pid


class NotFoundError(PatchwatchError):
    """A series, message-id, file or inbox that was named does not exist."""


class InvalidInputError(PatchwatchError):
    """What was given can't be understood (a link, a file, a date)."""


class LoreError(PatchwatchError):
    """The archive did not give an answer we can use."""


class LoreUnreachableError(LoreError):
    """No connection, or no answer in time."""


class LoreResponseError(LoreError):
    """An answer came, but an unusable one: an error status, or HTML where mail was due."""

    def __init__(self, message: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        """`status` is the HTTP status; `retry_after` is in seconds, when the server named it."""
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class MessageNotFoundError(LoreError, NotFoundError):
    """The archive is fine, and says that it has no such message."""


class InboxNotFoundError(LoreError, NotFoundError):
    """The archive is fine, and says that it has no such inbox."""


class ToolError(PatchwatchError):
    """A program that work is handed to (git, b4, an editor, a browser) is missing, or could not be started."""


class DeliveryError(PatchwatchError):
    """A digest was not taken by the server or program that it was given to."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        """`permanent`: it was refused, and would be again; otherwise another try may succeed."""
        super().__init__(message)
        self.permanent = permanent


class NoTerminalError(ToolError):
    """There is no terminal that could be lent to a program: the screen is shown in a browser."""


class DraftError(PatchwatchError):
    """The file in which an answer is kept until it is sent can't be written, read or removed."""


class SendError(PatchwatchError):
    """A mail was not sent, or it is not known whether; the text says which."""
