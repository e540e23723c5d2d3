"""The versions of the database that this program reads; without imports, for the fast path that avoids SQLAlchemy."""

SCHEMA_REVISION = "0021"
"""The newest migration that this program knows; a test compares it with the migrations."""

KNOWN_REVISIONS = frozenset(f"{number:04}" for number in range(1, int(SCHEMA_REVISION) + 1))
"""What can be migrated, with the newest: another process may have just migrated to it."""

FACTS_VERSION = 17
"""Raised when the stored form of parsed mail changes, or the parsing: the database is then reindexed on opening."""
