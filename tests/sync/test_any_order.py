"""The same mails give the same database: in any order and any batches, with repetitions, and after reindex."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.derived import ingest_and_dump
from tests.support.sample_threads import READS


@pytest.fixture(scope="module")
def expected() -> dict[str, list[object]]:
    return {name: ingest_and_dump([reads]) for name, reads in READS.items()}


@pytest.mark.parametrize(
    "name", ["demo", "made", "rivals", "contested", "goes", "committers", "points", "claims", "reworded", "joint"]
)
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(1, 20), min_size=1, max_size=6), again=st.booleans())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_batches_and_repetition_do_not_matter(
    expected: dict[str, list[object]], name: str, seed: int, sizes: list[int], again: bool
) -> None:
    chance = random.Random(seed)
    reads = READS[name] + chance.sample(READS[name], min(5, len(READS[name])))
    chance.shuffle(reads)
    batches = []
    while reads:
        size = sizes[len(batches) % len(sizes)]
        batches.append(reads[:size])
        reads = reads[size:]
    assert ingest_and_dump(batches, again=again) == expected[name]


@pytest.mark.parametrize(
    "name", ["demo", "made", "rivals", "contested", "goes", "committers", "points", "claims", "reworded", "joint"]
)
def test_single_mails_in_reverse_give_the_same(expected: dict[str, list[object]], name: str) -> None:
    assert ingest_and_dump([[read] for read in reversed(READS[name])]) == expected[name]


def test_points_of_earlier_versions_have_what_later_ones_did(expected: dict[str, list[object]]) -> None:
    (series,) = expected["claims"]
    fates = [[(point.message_id, point.fate, point.waits) for point in r[12]] for r in series[3]]  # type: ignore[index]
    assert fates == [
        [("r0@quill", "done", False)],
        [
            ("r1@quill", "not-touched", True),
            ("r1@quill", "not-touched", True),
            ("r2@quill", "done", False),
            ("r3@quill", "done", False),
            ("r4@quill", "settled", False),
        ],
        [],
    ]


def test_made_threads_give_the_expected_series(expected: dict[str, list[object]]) -> None:
    """The other tests compare something that is worth comparing."""
    series = {row[0]: row for row in expected["made"]}  # type: ignore[index]
    assert series["frob: turn it twice"][2][0] == "mainlined"  # type: ignore[index]
    versions = [(r[1], r[6]) for r in series["frob: turn it twice"][3]]  # type: ignore[index]
    assert versions == [(1, ("v1@b", "v1r@b")), (2, ("v2@b",))]
    assert [len(r[5]) for r in series["whole"][3]] == [2]  # type: ignore[index]
    assert {"loose part 1", "twin part 1", "frob: turn it thrice"} <= series.keys()


def test_made_versions_show_where_each_tag_went(expected: dict[str, list[object]]) -> None:
    series = {row[0]: row for row in expected["made"]}  # type: ignore[index]
    revisions = series["tagged"][3]  # type: ignore[index]
    tags = [
        {(t.name, t.message_id, t.patch, t.counts, t.given_to, t.carried) for t in r[8] if t.name != "Signed-off-by"}
        for r in revisions
    ]
    assert tags == [
        {
            ("Reviewed-by", "ta0@c", 1, True, "", True),
            ("Reviewed-by", "ta0@c", 2, True, "", True),
            ("Reviewed-by", "ta2@c", 3, True, "", True),
            ("Acked-by", "ta1@c", 0, False, "", True),
        },
        {
            ("Reviewed-by", "ta3@c", 1, True, "", True),
            ("Reviewed-by", "ta0@c", 2, True, "t1-0@b", True),
            ("Reviewed-by", "ta2@c", 3, False, "t1-0@b", False),  # although its patch is identical
            ("Acked-by", "ta1@c", 3, False, "t1-0@b", False),
        },
        {
            ("Reviewed-by", "ta0@c", 2, False, "t1-0@b", False),
            ("Reviewed-by", "ta2@c", 3, False, "t1-0@b", False),
            ("Acked-by", "ta1@c", 3, False, "t1-0@b", False),
        },
    ]
    assert [r[10] and r[10].patches for r in revisions] == [None, None, (2, 3)]
    assert [[(c.verdict, c.patch) for c in r[11]] for r in revisions] == [[], [("failure", 2)], []]


def test_similar_postings_are_linked_to_one_another(expected: dict[str, list[object]]) -> None:
    series = {row[0]: row for row in expected["rivals"]}  # type: ignore[index]
    before = {r[0]: r[7] and r[7].message_id for row in series.values() for r in row[3]}  # type: ignore[index]
    assert before["rival3@d"] == "rival0@d"
    assert before["rival8@d"] == "rival4@d"
    assert before["rival9@d"] == "rival5@d"
    assert sum(link is not None for link in before.values()) >= 6


def test_a_version_gives_way_to_the_one_with_the_title_before(expected: dict[str, list[object]]) -> None:
    revisions = [r for row in expected["contested"] for r in row[3]]  # type: ignore[index]
    before = {r[0]: r[7] and r[7].message_id for r in revisions}
    assert before == {
        "contested0@f": None,
        "contested1@f": None,
        "contested2@f": "contested0@f",
        "contested3@f": "contested1@f",
        "contested4@f": "contested2@f",
        "contested5@f": None,
        "contested6@f": "contested5@f",
        "contested7@f": "contested6@f",
        "contested8@f": None,
        "contested9@f": "contested8@f",
    }
    without = ingest_and_dump([[r for r in READS["contested"] if r.message.message_id != "contested2@f"]])
    alone = {r[0]: r[7] and r[7].message_id for row in without for r in row[3]}  # type: ignore[index]
    assert alone["contested1@f"] == "contested0@f"


def test_a_pulled_patch_is_not_that_of_a_sister(expected: dict[str, list[object]]) -> None:
    states = [row[2][0] for row in sorted(expected["reworded"], key=str) if "shelf: " in row[0]]  # type: ignore[index]
    assert sorted(states) == ["accepted", "accepted", "accepted", "accepted", "new", "new"]


def test_what_was_sent_in_several_goes_is_one_version(expected: dict[str, list[object]]) -> None:
    (series,) = expected["goes"]
    first, second, third = series[3]  # type: ignore[index]
    assert [f"gov1-{n}@e" for n in (1, 2, 10, 11)] == list(first[5])
    assert list(second[5]) == ["gov2-21@e", "gov2-22@e", "go-inserted@e", "gov2-23@e", "gov2-24@e"]
    assert second[6] == ("gov2-0@e", "gov2-10@e", "gov2-20@e")
    tags = {(t.name, t.message_id, t.patch) for t in second[8] if t.carried and not t.given_to}
    assert tags == {("Reviewed-by", "goa2@c", 1), ("Acked-by", "goa3@c", 2)}
    assert list(third[5]) == ["gov2-21@e", "gov2-22@e", "go-inserted@e", "gov3-3@e", "gov2-24@e"]
    assert third[7].message_id == second[0]
    given = {(t.name, t.message_id, t.patch) for t in third[8] if t.carried}
    assert given == tags


def test_a_part_from_a_colleague_and_a_version_by_a_slow_clock(expected: dict[str, list[object]]) -> None:
    series = {row[0]: row for row in expected["joint"]}  # type: ignore[index]
    (linen,) = series["loom: weave linen"][3]  # type: ignore[index]
    assert linen[5] == ("c1@loom", "c2@loom")
    assert linen[3] == "changes-requested"
    one, two = series["loom: oil the treadle"][3]  # type: ignore[index]
    assert (one[1], one[3], two[1], two[3]) == (1, "superseded", 2, "new")
    assert two[7].message_id == "s1@loom"


def test_a_version_that_joins_two_patches_supersedes_both(expected: dict[str, list[object]]) -> None:
    series = {row[0]: row for row in expected["joint"]}  # type: ignore[index]
    assert not {"shuttle: throw it farther", "reed: beat it harder"} & series.keys()
    a, b, both = series["loom: weave faster"][3]  # type: ignore[index]
    assert (a[0], b[0], both[0]) == ("a1@loom", "b1@loom", "j0@loom")
    links = {both[7].message_id, *(join.message_id for join in both[13])}
    assert (links, a[7], b[7]) == ({"a1@loom", "b1@loom"}, None, None)
    assert [one[9].message_id for one in (a, b)] == ["j0@loom", "j0@loom"]
    assert {(t.message_id, t.patch, t.carried) for t in both[8]} == {("br@loom", 1, False)}
    assert {t.message_id for t in b[8]} == {"br@loom"}
    # That the other branch has no such line says nothing.
    assert [(p.message_id, p.fate, p.closed_by) for p in a[12]] == [("ar@loom", "done", "j0@loom")]
