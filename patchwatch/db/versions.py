"""The versions of the database that this program reads; without imports, for the fast path that avoids SQLAlchemy."""

SCHEMA_REVISION = "0033"
"""The newest migration that this program knows; a test compares it with the migrations."""

KNOWN_REVISIONS = frozenset(f"{number:04}" for number in range(1, int(SCHEMA_REVISION) + 1))
"""What can be migrated, with the newest: another process may have just migrated to it."""

FACTS_VERSION = 27
"""Raised when the stored form of parsed mail changes, the parsing, or what is derived: stored mail is then read again.

That happens in the background (patchwatch.sync.renewal), so that values of earlier forms are read meanwhile: new fields
go to the end, with a default.
"""

OLDEST_READABLE = 16
"""The oldest form that this program reads; a database with older values is rebuilt before anything else.

Raise it only if a stored form changes otherwise than by new fields at its end.
"""


def form_number(form: str | None) -> int:
    """The form in a setting; 0 without one, or if it is damaged."""
    return int(form) if form and form.isascii() and form.isdigit() else 0


def is_readable(form: str | None, oldest_form: str | None) -> bool:
    """True if this program reads a database with these settings `form` and `oldest_form`."""
    newest = form_number(form)
    oldest = form_number(oldest_form) if oldest_form else newest
    return oldest >= OLDEST_READABLE and newest <= FACTS_VERSION
