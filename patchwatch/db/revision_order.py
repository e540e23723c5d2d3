"""Which revisions are linked to one series, and their order in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from patchwatch.db.derived import StoredRevision
from patchwatch.db.revision_codec import decode_link, decode_version

_R = TypeVar("_R", bound=Any)


def in_order(members: Iterable[_R]) -> list[_R]:
    """Return the revisions of a series, oldest first.

    They are ordered by version, unless the numbering starts over: a revision that follows an RFC or a proposal without
    a higher number comes after it.
    """
    by_root = {r.root: r for r in members}
    if len(by_root) == 1:
        return list(by_root.values())
    versions = {root: decode_version(r.view) for root, r in by_root.items()}
    numbers = {root: (v.version, v.minor) for root, v in versions.items()}
    epochs: dict[str, int] = {}  # how often the numbering has started over

    def find_epoch(root: str) -> None:
        path: list[str] = []
        while root not in epochs and root not in path:
            path.append(root)
            above = by_root[root].predecessor
            if above not in by_root:
                break
            root = above
        epoch = epochs.get(root, 0)
        for later in reversed(path):
            above = by_root[later].predecessor
            if above in epochs:
                epoch = epochs[above]
                link = decode_link(by_root[later].link)
                if numbers[later] <= numbers[above] and not (link and link.resend):
                    epoch += 1
            epochs[later] = epoch

    for root in by_root:
        find_epoch(root)
    return sorted(by_root.values(), key=lambda r: (epochs[r.root], *numbers[r.root], r.date, r.root))


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
