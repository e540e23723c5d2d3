"""The order of a series' revisions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

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
