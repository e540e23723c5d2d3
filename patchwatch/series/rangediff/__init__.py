"""Compare two revisions from their mails alone: `git range-diff` without a tree.

`compare` (comparison.py) is the entry point: it turns two `Side`s into a `Comparison`, whose rows the command line and
the TUI show.  Pure: no database, no clock, no colors; nothing here is sanitized.
"""
