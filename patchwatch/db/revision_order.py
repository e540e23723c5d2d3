"""The order of a series' revisions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeVar

_R = TypeVar("_R", bound=Any)


def in_order(members: Iterable[_R]) -> list[_R]:
    """The revisions of a series, oldest first.

    By version, except that numbers may start anew: what follows an RFC or a proposal with no higher
    number comes after it.
    """
    by_root = {r.root: r for r in members}
    if len(by_root) == 1:
        return list(by_root.values())
    versions = {root: _version(r) for root, r in by_root.items()}
    epochs: dict[str, int] = {}

    def epoch(root: str) -> int:
        path: list[str] = []
        while root not in epochs and root not in path:
            path.append(root)
            above = by_root[root].predecessor
            if above not in by_root:
                break
            root = above
        count = epochs.get(root, 0)
        for one in reversed(path):
            above = by_root[one].predecessor
            if above in epochs:
                count = epochs[above]
                link = by_root[one].link
                resend = bool(link) and json.loads(link)["resend"]
                if versions[one] <= versions[above] and not resend:
                    count += 1
            epochs[one] = count
        return count

    for root in by_root:
        epoch(root)
    return sorted(by_root.values(), key=lambda r: (epochs[r.root], *versions[r.root], r.date, r.root))


def _version(revision: Any) -> tuple[int, int]:
    view = json.loads(revision.view)
    return view["version"], view["minor"]
