"""Whether two display names are the same person's, by b4's rule for tags: "Author, Ann (Frob)" is "Ann Author".

It is liblore's `name_matches`, which is not called because it cannot be imported without an HTTP client: that takes a
tenth of a second and six megabytes in each process that reads mail.  A test compares the two.
"""

from __future__ import annotations

from patchwatch.pattern import Pattern

_ASIDE = Pattern(r"\([^)]*\)")  # the employer, mostly
_WORD = Pattern(r"\w+")


def is_same_name(one: str, two: str) -> bool:
    """True if two display names are the same person's; an empty one is nobody's."""
    first, second = _plain(one), _plain(two)
    if not first or not second:
        return False
    return first == second or _is_turned(first, second) or _is_turned(second, first)


def _plain(name: str) -> str:
    """A name in lower case, without what is in parentheses."""
    return " ".join((_ASIDE.sub(" ", name) if "(" in name else name).lower().split())


def _is_turned(turned: str, name: str) -> bool:
    """True if `turned` has a comma, as "Author, Ann", and no word that `name` has not."""
    if "," not in turned or len([part for part in turned.split(",") if part.strip()]) < 2:
        return False
    words = set(_WORD.findall(turned))
    return bool(words) and words.issubset(_WORD.findall(name))
