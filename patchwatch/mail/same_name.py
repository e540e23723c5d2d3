"""Whether two display names are the same person's, by b4's rule for tags: "Author, Ann (Frob)" is "Ann Author".

Besides, "Aña" is "Ana": people leave the accents of their own name out of tags.
"""

from __future__ import annotations

from patchwatch.mail.accents import without_accents


def load() -> None:
    """Import what `is_same_name` needs for few names, for processes that are forked afterwards."""
    import liblore.series  # noqa: F401


def is_same_name(one: str, two: str) -> bool:
    """True if two display names are the same person's; an empty one is nobody's."""
    one, two = without_accents(one), without_accents(two)
    if any(mark in name for name in (one, two) for mark in "(,"):
        from liblore.series import name_matches  # imports an HTTP client, and few names need it

        return name_matches(one, two)
    words = one.lower().split()
    return bool(words) and words == two.lower().split()
