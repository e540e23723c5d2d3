"""The limits by which points become a state and a turn.

Pure.  `[points]` in the config has them; the database keeps those that it was derived with
(patchwatch.sync.rules), because states depend on them.
"""

from __future__ import annotations

from msgspec import Struct


class PointRules(Struct, frozen=True):
    """Limits; those of chances are in percent."""

    silence_days: int = 21  # an answer that nobody contests for so long settles a point
    sure: int = 70  # from this chance on, a point that is not firm holds a patch up
    # Chances of another version from which on, or up to which, the outlook outweighs the points:
    likely_author: int = 63  # it is likely the author's turn, though nothing waits for them
    likely_answered: int = 80  # … and they spoke last
    likely_details: int = 50  # it is likely not theirs, though details wait for them
    likely_reviewed: int = 55  # … though something not asked in so many words does, and all are reviewed


DEFAULT = PointRules()
