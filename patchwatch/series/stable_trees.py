"""The stable trees that the brackets of a subject name: `[PATCH 5.10]`, `[PATCH AUTOSEL 6.1]`.  Pure."""

from __future__ import annotations

from collections.abc import Iterable

from patchwatch.pattern import Pattern

_RELEASE = r"v?\d+\.\d+(?:\.\d+|\.y|-rc\d+|-stable)?"
_TREE = Pattern(rf"(?i){_RELEASE}(?:[-/,]{_RELEASE})*|autosel|stable|\d\.\d+[.-]\S+")


def stable_trees(prefixes: Iterable[str]) -> tuple[str, ...]:
    """Those of the words in brackets that name a stable tree, in lower case."""
    return tuple(word.lower().removeprefix("v") for word in prefixes if _TREE.fullmatch(word))
