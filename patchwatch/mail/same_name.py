"""Whether two display names are the same person's, by b4's rule for tags: "Author, Ann (Frob)" is "Ann Author".

Besides, "Aña" is "Ana": people leave the accents of their own name out of tags.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

from patchwatch.mail.accents import without_accents

_CLIENT = "requests"


def load() -> None:
    """Import what `is_same_name` needs for few names, for processes that are forked afterwards.

    It comes with an HTTP client, which takes 5 MB and two thirds of the time, and is not needed.
    """
    if "liblore.series" in sys.modules:
        return
    stands_in = _Later(_CLIENT)
    sys.modules.setdefault(_CLIENT, stands_in)
    try:
        import liblore.series  # noqa: F401
    finally:
        stands_in.leave()


class _Later(ModuleType):
    """Stands in for a module that is imported when something of it is used."""

    def leave(self) -> None:
        """Make room for the module itself."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]

    def __getattr__(self, name: str) -> Any:
        self.leave()
        return getattr(importlib.import_module(self.__name__), name)


def is_same_name(one: str, two: str) -> bool:
    """True if two display names are the same person's; an empty one is nobody's."""
    one, two = without_accents(one), without_accents(two)
    if any(mark in name for name in (one, two) for mark in "(,"):
        load()
        from liblore.series import name_matches

        return name_matches(one, two)
    words = one.lower().split()
    return bool(words) and words == two.lower().split()
