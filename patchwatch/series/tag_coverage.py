"""Which patches of a revision the words mean with which somebody limits his tag: "patches 1-3", "the io_uring bits".

Numbers are taken as they are.  A name means the patches whose subject begins with it, or that touch nothing else; of a
patch that does more than that the tag endorses a part, so it counts for none of it.  What can't be resolved means no
patch: the tag is shown with its words, and counts for nothing.
"""

from __future__ import annotations

import re

from patchwatch.mail.message import Message
from patchwatch.mail.tag_scope import TagScope, parse_scope
from patchwatch.series.revision import Revision, number_of

# As people say, and as the source tree has it.
_ALSO = {
    "networking": "net",
    "network": "net",
    "memcg": "memcontrol",
    "docs": "documentation",
    "doc": "documentation",
    "dt": "devicetree",
    "ppc": "powerpc",
    "filesystem": "fs",
}
_SAYS_NOTHING = frozenset({"driver", "drivers", "subsystem"})


def covered_patches(words: str, revision: Revision, answered: int) -> tuple[int, ...]:
    """The patches that a tag limited by `words` is for, which was given in answer to patch `answered` (0: the cover).

    (0,) is all of them, () none that can be told.
    """
    limit = parse_scope(words) if words else TagScope(this=True)
    if limit is None:
        return ()
    if limit.this and limit.excepted is None:
        return (answered,)
    whole = max([revision.expected, *map(number_of, revision.patches)])
    found = _meant(limit, revision, answered, whole)
    if whole > 1 and len(found) == whole:
        return (0,)
    return tuple(sorted(found))


def _meant(limit: TagScope, revision: Revision, answered: int, whole: int) -> set[int]:
    every = set(range(1, whole + 1))
    if limit.excepted is not None:
        return _base(limit, revision, answered, every) - _meant(limit.excepted, revision, 0, whole)
    return _base(limit, revision, answered, every)


def _base(limit: TagScope, revision: Revision, answered: int, every: set[int]) -> set[int]:
    here = {answered} if answered else every or {0}
    if limit.whole or (limit.count and limit.count == len(every)):
        return every or {0}
    if limit.this or (limit.version and limit.version == revision.version):
        return here
    if limit.numbers:
        return {n for first, last in limit.numbers for n in range(first, min(last, len(every)) + 1)} & every
    if limit.first or limit.last:
        order = sorted(every)
        return set(order[: limit.first]) | set(order[max(len(order) - limit.last, 0) :])
    if limit.name:
        return {number_of(m) for m in revision.patches if number_of(m) in here and _is_all_of(limit.name, m)}
    return set()


def _is_all_of(name: str, patch: Message) -> bool:
    """Whether a patch is about what is named: by the subsystem in its subject, or by each file that it touches."""
    named = name.split(", ")
    subsystem, colon, _ = patch.parts.title.rpartition(": ")
    if colon and any(_in(one, subsystem) for one in named):
        return True
    return bool(patch.files) and all(any(_in(one, file) for one in named) for file in patch.files)


def _in(name: str, path: str) -> bool:
    """Whether a name ("mm", "drivers/pci/", "memory tiers") is in a file's path, or in the subsystem of a subject."""
    bare = name.strip("/*")
    if "/" in bare or "." in bare:
        return f"/{bare}/" in f"/{path}/"
    has = {_one(word) for run in re.findall(r"[\w+-]+", path.lower()) for word in (run, *re.split(r"[-_]", run))}
    wanted = [_one(word) for word in re.findall(r"[\w+-]+", bare.lower()) if word not in _SAYS_NOTHING]
    return bool(wanted) and all(word in has or _ALSO.get(word) in has for word in wanted)


def _one(word: str) -> str:
    """A word in the singular, as far as English goes: selftests and selftest are one."""
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
