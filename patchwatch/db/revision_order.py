"""Which revisions are linked to one series, and their order in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from patchwatch.db.revision_codec import decode_link, decode_version

if TYPE_CHECKING:
    from patchwatch.db.derived import StoredRevision

_R = TypeVar("_R", bound=Any)


def in_order(members: Iterable[_R]) -> list[_R]:
    """Return the revisions of a series, oldest first.

    They are ordered by date, because numbers can be wrong or start over: v5 marked as v12, or as v1 again, stays
    between v4 and v6.  A resend follows what it repeats, so that a resend of v3 does not make v4 an older version; and
    a revision never comes before the one that it succeeds, whatever the clock of its author said.
    """
    by_root = {r.root: r for r in members}
    if len(by_root) == 1:
        return list(by_root.values())
    places: dict[str, _Place] = {}
    for root in sorted(by_root):
        path: list[str] = []
        above = root
        while above in by_root and above not in places and above not in path:
            path.append(above)
            above = by_root[above].predecessor or ""
        for later in reversed(path):
            places[later] = _place(by_root[later], places.get(by_root[later].predecessor or ""))
    return sorted(by_root.values(), key=lambda r: (places[r.root], r.date, r.root))


_Place: TypeAlias = tuple[int, int, int, int, int]
"""The date of a revision, how many it follows, its version, and how often that was resent before."""


def _place(revision: Any, before: _Place | None) -> _Place:
    version = decode_version(revision.view)
    if before is None:
        return revision.date, 0, version.version, version.minor, 0
    link = decode_link(revision.link)
    if link and link.resend:
        return (*before[:4], before[4] + 1)
    return max(revision.date, before[0]), before[1] + 1, version.version, version.minor, 0


def linked_groups(family: Mapping[int, StoredRevision]) -> list[list[int]]:
    """Return the groups of revisions that are linked with each other, by their numbers."""
    by_root = {r.root: r.id for r in family.values()}
    leader = {i: i for i in family}

    def find(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    for revision in family.values():
        for root in predecessors(revision):
            if (above := by_root.get(root)) is not None:
                leader[find(revision.id)] = find(above)
    groups: dict[int, list[int]] = {}
    for i in sorted(family):
        groups.setdefault(find(i), []).append(i)
    return list(groups.values())


def predecessors(revision: Any) -> tuple[str, ...]:
    """Return the roots of what a revision follows: its predecessor, and what it joins with that."""
    if not revision.predecessor:
        return ()
    if '"joins"' not in (revision.link or ""):
        return (revision.predecessor,)
    link = decode_link(revision.link)
    return (revision.predecessor, *(join.root for join in link.joins)) if link else (revision.predecessor,)


class Branches:
    """The branches of a series that a version joins: what is in one of them is no version of what is in another."""

    def __init__(self, order: Sequence[Any]) -> None:
        """Read the links of a series' revisions, oldest first."""
        above = {r.root: predecessors(r) for r in order}
        self._branches: list[list[set[str]]] = []
        for joined in (own for own in above.values() if len(own) > 1):
            lines = [_line(root, above) for root in joined]
            shared = set.intersection(*lines)
            self._branches.append([line - shared for line in lines])

    def are_apart(self, one: str, other: str) -> bool:
        """Return True if two roots are in two branches that a version joins."""
        for branches in self._branches:
            mine, theirs = ([one in branch for branch in branches], [other in branch for branch in branches])
            if any(mine) and any(theirs) and not any(a and b for a, b in zip(mine, theirs, strict=True)):
                return True
        return False

    def before(self, order: Sequence[Any]) -> list[tuple[int, ...]]:
        """Return the places of the revisions right before each: the last one, or the last one of each branch."""
        if not self._branches:
            return [(place - 1,) if place else () for place in range(len(order))]
        places = {r.root: place for place, r in enumerate(order)}
        found: list[tuple[int, ...]] = []
        for place, revision in enumerate(order):
            own = [places[root] for root in predecessors(revision) if places.get(root, place) < place]
            if len(own) < 2:
                near = (i for i in reversed(range(place)) if not self.are_apart(order[i].root, revision.root))
                own = [i for i in (next(near, None),) if i is not None]
            found.append(tuple(own))
        return found


def _line(root: str, above: Mapping[str, Sequence[str]]) -> set[str]:
    """Return a root and all that it follows."""
    found: set[str] = set()
    wave = [root]
    while wave:
        found.update(wave)
        wave = [other for one in wave for other in above.get(one, ()) if other not in found]
    return found


def repeated(order: Sequence[StoredRevision]) -> list[StoredRevision]:
    """Return the newest revision, and those of which it is a resend."""
    by_root = {r.root: r for r in order}
    same = [order[-1]]
    while (link := decode_link(same[-1].link)) and link.resend and same[-1].predecessor in by_root:
        earlier = by_root[same[-1].predecessor]
        if earlier in same:
            break
        same.append(earlier)
    return same
