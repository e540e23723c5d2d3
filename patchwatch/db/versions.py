"""Which database this program can read, in a module that needs nothing else: it is asked before SQLAlchemy is there."""

SCHEMA_REVISION = "0007"
"""The newest migration this program knows; a test holds it against the migrations."""
