"""What is measured on candidates: which they are, and that only the postings near them matter."""

from __future__ import annotations

import itertools

from patchwatch.series.link_features import FEATURES, Candidate, candidates, concerns
from tests.series.test_version_links import BEN, V1, posted, postings

V2 = posted("v2", "[PATCH v2] net: frob the queue once", 3)


def measured(messages: list, later: str = "v2") -> dict[str, dict[str, float]]:  # type: ignore[type-arg]
    """The features of each candidate of a posting, by root and name."""
    known = postings(messages)
    found = candidates(known[later], [p for root, p in known.items() if root != later])
    return {c.posting.root: dict(zip(FEATURES, c.vector, strict=True)) for c in found}


def test_the_same_patch_again() -> None:
    found = measured([V1, V2])["v1@x"]
    for name in ("same-author", "same-title", "same-files", "same-recipients", "next-version", "title-by-rarity"):
        assert found[name] == 1, name
    for name in ("other-files", "versions-skipped", "better-title", "newer-candidates", "title-continued"):
        assert found[name] == 0, name


def test_only_earlier_postings_with_a_lower_version_are_candidates() -> None:
    same = posted("same", "[PATCH v2] net: frob the queue twice", 1)
    later = posted("later", "[PATCH] net: frob the queue never", 9)
    backport = posted("stable", "[PATCH 5.10] net: frob the queue once", 1)
    unrelated = posted("other", "[PATCH] sched: turn wheels", 1, file="kernel/sched.c", text="They turn too slowly.")
    assert set(measured([V1, V2, same, later, backport, unrelated])) == {"v1@x"}


def test_another_branch_is_no_candidate() -> None:
    one = posted("v1", "[PATCH] net: frob the queue once", notes="change-id: 20230703-one-0123")
    two = posted("v2", "[PATCH v2] net: frob the queue twice", 3, notes="change-id: 20230703-two-4567")
    renamed = posted("v2", "[PATCH v2] net: frob the queue once", 3, notes="change-id: 20230703-two-4567")
    assert measured([one, two]) == {}
    assert set(measured([one, renamed])) == {"v1@x"}


def test_candidates_are_compared_with_each_other() -> None:
    near = posted("near", "[PATCH] net: frob no queue", 1)
    found = measured([V1, near, V2])
    assert found["v1@x"]["better-title"] == 0 < found["near@x"]["better-title"]
    assert found["near@x"]["newer-candidates"] == 0 < found["v1@x"]["newer-candidates"]


def test_a_candidate_that_another_posting_continued() -> None:
    grown = posted("grown", "[PATCH v2] net: frob the queue once", 1)
    mine = posted("mine", "[PATCH v2] net: frob the queue of the other end", 2)
    assert measured([V1, grown, mine], "mine")["v1@x"]["title-continued"] == 1


def test_a_candidate_that_was_applied_under_another_title() -> None:
    applied = posted("a", "Re: [PATCH] net: frob the queue once", 1, sender=BEN, text="Applied, thanks.", below=("v1",))
    renamed = posted("v2", "[PATCH v2] net: frob the last queue", 3)
    assert measured([V1, applied, renamed])["v1@x"]["applied-under-another-title"] == 1
    assert measured([V1, renamed])["v1@x"]["applied-under-another-title"] == 0


def test_the_order_of_the_postings_makes_no_difference() -> None:
    messages = [V1, posted("b", "[PATCH] net: frob no queue", 1), posted("c", "[PATCH v2] net: frob any queue", 2), V2]
    known = postings(messages)
    found: set[tuple[Candidate, ...]] = {
        tuple(sorted(candidates(known["v2"], order), key=lambda c: c.posting.root))
        for order in itertools.permutations(p for root, p in known.items() if root != "v2")
    }
    assert len(found) == 1


def test_what_concerns_a_posting_is_all_that_changes_its_candidates() -> None:
    """Links are recomputed only for postings that a new one concerns."""
    others = [
        V1,
        posted("same", "[PATCH v2] net: frob the queue twice", 1),
        posted("later", "[PATCH] net: frob the queue never", 9),
        posted("stable", "[PATCH 5.10] net: frob the queue once", 1),
        posted("other", "[PATCH] sched: turn wheels", 1, file="kernel/sched.c", text="They turn too slowly."),
    ]
    known = postings([V2, *others])
    near = [p for root, p in known.items() if root != "v2"]
    everything = candidates(known["v2"], near)
    for one in near:
        if not concerns(known["v2"], one):
            assert candidates(known["v2"], [p for p in near if p is not one]) == everything
