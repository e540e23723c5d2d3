"""The order of a series' revisions: by date, whatever the numbers say, with resends behind what they repeat."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest

from patchwatch.db.revision_codec import StoredJoin, StoredLink, encode
from patchwatch.db.revision_order import Branches, in_order, linked_groups


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


def joining(name: str, day: int, *before: str) -> Stored:
    """A revision that joins several others."""
    joins = tuple(StoredJoin(root, ("same-patches",)) for root in before[1:])
    link = encode(StoredLink(evidence=(), score=9.0, by_hand=False, resend=False, joins=joins))
    return Stored(name, f'{{"version":{name.strip("v")},"minor":0}}', day, before[0], link)


# v1 and v2, and v1 of something else, are one in v3
A1, A2, B1 = stored("v1", 1), stored("v2", 3, "v1"), Stored("b1", '{"version":1,"minor":0}', 2, None, None)
V3, V4 = joining("v3", 5, "v2", "b1"), stored("v4", 6, "v3")


def test_branches_that_are_joined_are_one_series() -> None:
    family = {n: Grouped(n, r.root, r.predecessor, r.link) for n, r in enumerate((A1, A2, B1, V3, V4), 1)}
    assert linked_groups(family) == [[1, 2, 3, 4, 5]]  # type: ignore[arg-type]
    assert [r.root for r in in_order([V4, V3, B1, A2, A1])] == ["v1", "b1", "v2", "v3", "v4"]


@dataclass(frozen=True)
class Grouped:
    id: int
    root: str
    predecessor: str | None
    link: str | None


def test_what_is_in_two_branches_is_apart() -> None:
    branches = Branches(order := [A1, B1, A2, V3, V4])
    apart = {(a.root, b.root) for a, b in itertools.combinations(order, 2) if branches.are_apart(a.root, b.root)}
    assert apart == {("v1", "b1"), ("b1", "v2")}
    assert branches.before(order) == [(), (), (0,), (2, 1), (3,)]


def test_without_joins_each_follows_the_last_one() -> None:
    order = CASES["v5 marked as v12"]
    assert Branches(order).before(order) == [(), (0,), (1,), (2,), (3,)]
    assert not Branches(order).are_apart("v5+", "v6")


def test_a_version_that_was_joined_and_is_below_a_common_one_is_apart_from_the_other_branch_only() -> None:
    order = [stored("v1", 1), stored("v2", 2, "v1"), stored("v3", 3, "v1"), joining("v4", 4, "v2", "v3")]
    branches = Branches(order)
    assert branches.are_apart("v2", "v3")
    assert not branches.are_apart("v1", "v3")
    assert branches.before(order) == [(), (0,), (0,), (1, 2)]
