"""Labels that a person gives to series, and how changes of them are written: `+todo -later`.

Pure.  A label is in lower case.  It has no `@`, so that it can't be taken for a message-id.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from patchwatch.errors import InvalidInputError
from patchwatch.pattern import Pattern

_LABEL = Pattern(r"[^\W_][\w./-]{0,39}")


class LabelChange(Struct, frozen=True):
    """Labels to add, and labels to remove."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return " ".join([*(f"+{name}" for name in sorted(self.added)), *(f"-{name}" for name in sorted(self.removed))])

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


def parse_label(text: str) -> str:
    """Return a label as it is stored.

    Raises:
        InvalidInputError: it can't be one.
    """
    label = text.strip().lower()
    if not _LABEL.fullmatch(label):
        raise InvalidInputError(
            f"{text!r} can't be a label: use at most 40 letters, digits, and . _ / - after the first one."
        )
    return label


def parse_change(words: Iterable[str]) -> LabelChange:
    """Parse words such as `+todo` and `-later`; a word without a sign is added.

    Raises:
        InvalidInputError: a word can't be a label, or is both added and removed.
    """
    added: set[str] = set()
    removed: set[str] = set()
    for word in words:
        (removed if word.startswith("-") else added).add(parse_label(word[1:] if word[:1] in "+-" else word))
    if both := sorted(added & removed):
        raise InvalidInputError(f"{both[0]!r} is both added and removed.")
    return LabelChange(frozenset(added), frozenset(removed))
