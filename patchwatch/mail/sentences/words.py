"""The words of a sentence, for a quick test before a pattern.

A pattern of many alternatives takes ten times as long as collecting the words of a sentence, and most sentences have
none of those that it needs.
"""

from __future__ import annotations

import functools

from patchwatch.pattern import Pattern

_WORD = Pattern(r"\w+")
_BETWEEN = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}


@functools.lru_cache(maxsize=64)  # many patterns are tried on a sentence, one after the other
def words(lowered: str) -> frozenset[str]:
    """The words of a text in lower case; "don't" is two."""
    return frozenset(lowered.translate(_BETWEEN).split() if lowered.isascii() else _WORD.findall(lowered))


def word_set(text: str) -> frozenset[str]:
    """The words of a text, separated by blanks."""
    return frozenset(text.split())
