"""What changed between two revisions of a change, from their mails alone: `git range-diff` without a tree.

`compare` (comparison.py) is the way in: two `Side`s to a `Comparison`, rows that a terminal and a screen show alike.
Pure: no database, no clock, no colours; nothing here is made printable.
"""
