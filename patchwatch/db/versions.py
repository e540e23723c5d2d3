"""The versions of the database that this program reads; without imports, for the fast path that avoids SQLAlchemy."""

SCHEMA_REVISION = "0008"
"""The newest migration that this program knows; a test compares it with the migrations."""

FACTS_VERSION = 11
"""Raised when the stored form of parsed mail changes, or the parsing: the database is then reindexed on opening."""
