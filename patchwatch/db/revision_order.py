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
        above = by_root.get(revision.predecessor or "")
        if above is not None:
            leader[find(revision.id)] = find(above)
    groups: dict[int, list[int]] = {}
    for i in sorted(family):
        groups.setdefault(find(i), []).append(i)
    return list(groups.values())


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
