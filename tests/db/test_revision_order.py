"""The order of a series' revisions: by date, whatever the numbers say, with resends behind what they repeat."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest

from patchwatch.db.revision_codec import StoredLink, encode
from patchwatch.db.revision_order import in_order


@dataclass(frozen=True)
class Stored:
    root: str
    view: str
    date: int
    predecessor: str | None
    link: str | None


def stored(name: str, day: int, before: str = "", *, version: int = 0, resend: bool = False) -> Stored:
    """A revision; its name is its version, unless that is given."""
    link = encode(StoredLink(evidence=(), score=9.0, by_hand=False, resend=resend)) if before else None
    number = version or int(name.strip("vr+"))
    return Stored(name, f'{{"version":{number},"minor":0}}', day, before or None, link)


CASES: dict[str, list[Stored]] = {
    "one after the other": [stored("v1", 1), stored("v2", 2, "v1"), stored("v3", 3, "v2")],
    "v5 marked as v12": [
        stored("v4", 4),
        stored("v5+", 5, "v4", version=12),
        stored("v6", 6, "v4"),
        stored("v11", 11, "v6"),
        stored("v12", 12, "v11"),
    ],
    "v5 marked as v1": [
        stored("v1", 1),
        stored("v4", 4, "v1"),
        stored("v5+", 5, "v4", version=1),
        stored("v6", 6, "v4"),
    ],
    "v5 marked as v2, and taken for one that follows v1": [
        stored("v1", 1),
        stored("v4", 4, "v1"),
        stored("v5+", 5, "v1", version=2),
        stored("v6", 6, "v4"),
    ],
    "numbers that start over after an RFC": [
        stored("r1", 1, version=1),
        stored("r2", 2, "r1", version=2),
        stored("v1", 3, "r2"),
        stored("v2", 4, "v1"),
    ],
    "v3 resent after v4": [
        stored("v3", 3),
        stored("v3r", 5, "v3", version=3, resend=True),
        stored("v4", 4, "v3"),
    ],
    "v4 resent": [stored("v3", 3), stored("v4", 4, "v3"), stored("v4r", 9, "v4", version=4, resend=True)],
    "a resend without a number": [stored("v1", 1), stored("v2", 2, "v1"), stored("r", 9, "v2", version=1, resend=True)],
    "a clock that is an hour slow": [stored("v1", 10), stored("v2", 9, "v1"), stored("v3", 11, "v2")],
    "a clock that is slow, and a resend": [
        stored("v1", 10),
        stored("v1r", 8, "v1", version=1, resend=True),
        stored("v2", 9, "v1"),
    ],
    "two sent in one second": [stored("v1", 5), stored("v2", 5, "v1")],
    "links in a circle": [stored("v2", 2, "v1"), stored("v1", 1, "v2")],
}


@pytest.mark.parametrize("name", CASES)
def test_order(name: str) -> None:
    expected = [r.root for r in CASES[name]]
    if name == "links in a circle":  # by hand; only that it ends
        assert sorted(r.root for r in in_order(CASES[name])) == sorted(expected)
        return
    for members in itertools.islice(itertools.permutations(CASES[name]), 24):
        assert [r.root for r in in_order(members)] == expected
