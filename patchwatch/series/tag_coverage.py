"""Resolve the scope of a tag ("patches 1-3", "the io_uring bits") to patch numbers.

A name means the patches whose subject begins with it, or that touch nothing else.  A patch that does more than that is
endorsed only in part, so the tag does not count for it.  A scope that fits no patch gives none: the tag is shown with
its words, and counts for nothing.
"""

from __future__ import annotations

import re

from patchwatch.mail.message import Message
from patchwatch.mail.tag_scope import TagScope, parse_scope
from patchwatch.series.revision import Revision, number_of

# What people call a subsystem, and its name in the source tree.
_ALIASES = {
    "networking": "net",
    "network": "net",
    "memcg": "memcontrol",
    "docs": "documentation",
    "doc": "documentation",
    "dt": "devicetree",
    "ppc": "powerpc",
    "filesystem": "fs",
}
_GENERIC = frozenset({"driver", "drivers", "subsystem"})


def covered_patches(words: str, revision: Revision, answered: int) -> tuple[int, ...]:
    """The patches that a tag with scope `words` covers, given in reply to patch `answered` (0: the cover).

    (0,) means all patches, () none.
    """
    scope = parse_scope(words) if words else TagScope(this=True)
    if scope is None:
        return ()
    if scope.this and scope.excepted is None:
        return (answered,)
    count = max([revision.expected, *map(number_of, revision.patches)])
    covered = _covered(scope, revision, answered, count)
    if count > 1 and len(covered) == count:
        return (0,)
    return tuple(sorted(covered))


def _covered(scope: TagScope, revision: Revision, answered: int, count: int) -> set[int]:
    everything = set(range(1, count + 1))
    covered = _without_exception(scope, revision, answered, everything)
    if scope.excepted is not None:
        covered -= _covered(scope.excepted, revision, 0, count)
    return covered


def _without_exception(scope: TagScope, revision: Revision, answered: int, everything: set[int]) -> set[int]:
    here = {answered} if answered else everything or {0}
    if scope.whole or (scope.count and scope.count == len(everything)):
        return everything or {0}
    if scope.this or (scope.version and scope.version == revision.version):
        return here
    if scope.numbers:
        return {n for first, last in scope.numbers for n in range(first, min(last, len(everything)) + 1)} & everything
    if scope.first or scope.last:
        order = sorted(everything)
        return set(order[: scope.first]) | set(order[max(len(order) - scope.last, 0) :])
    if scope.name:
        return {number_of(m) for m in revision.patches if number_of(m) in here and _is_all_of(scope.name, m)}
    return set()


def _is_all_of(name: str, patch: Message) -> bool:
    """True if the subsystem in a patch's subject, or every file that it touches, fits one of the names."""
    names = name.split(", ")
    subsystem, colon, _ = patch.parts.title.rpartition(": ")
    if colon and any(_in(one, subsystem) for one in names):
        return True
    return bool(patch.files) and all(any(_in(one, file) for one in names) for file in patch.files)


def _in(name: str, path: str) -> bool:
    """True if a name ("mm", "drivers/pci/", "memory tiers") is in the path of a file, or in a subsystem."""
    bare = name.strip("/*")
    if "/" in bare or "." in bare:
        return f"/{bare}/" in f"/{path}/"
    has = {_singular(word) for run in re.findall(r"[\w+-]+", path.lower()) for word in (run, *re.split(r"[-_]", run))}
    wanted = [_singular(word) for word in re.findall(r"[\w+-]+", bare.lower()) if word not in _GENERIC]
    return bool(wanted) and all(word in has or _ALIASES.get(word) in has for word in wanted)


def _singular(word: str) -> str:
    """A word in the singular: selftest for selftests."""
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
