"""Reading by patch: what is kept from version to version, and what is left."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from patchwatch.series.carried_tags import PostedPatch, Tagged
from patchwatch.series.patch_reading import Mark, VersionReading, summary, word
from patchwatch.series.reading_history import readings
from patchwatch.series.tag import Tag

ME = frozenset({"rita@example.com"})
RITA = "Rita Reviewer <rita@example.com>"
READ, SKIPPED, LEFT = Mark.READ, Mark.SKIPPED, Mark.LEFT


def version(number: int, *forms: str, tags: tuple[Tag, ...] = ()) -> tuple[str, Tagged]:
    """A version with a patch for each form: `lock` and `lock2` are two forms of the patch "lock"."""
    patches = tuple(
        PostedPatch(n, f"v{number}-{n}", f"frob: {form.rstrip('23')}", form) for n, form in enumerate(forms, 1)
    )
    return f"v{number}", Tagged(f"v{number}", "Ann Author <ann@example.org>", patches, tags)


def tag(mail: str, patch: int, *, name: str = "Reviewed-by", value: str = RITA, scope: str = "") -> Tag:
    return Tag(name, value, mail, patch, name != "Tested-by", scope=scope)


def newest(
    *versions: tuple[str, Tagged],
    marks: Mapping[str, Mark] | None = None,
    points: Mapping[str, set[int]] | None = None,
) -> VersionReading:
    return readings(versions, marks or {}, ME, points or {})[versions[-1][1].root]


def words(reading: VersionReading) -> list[str]:
    return [word(patch) for patch in reading.patches]


def test_nothing_is_said_before_the_first_patch_is_marked() -> None:
    found = newest(version(1, "lock", "table"))
    assert words(found) == ["", ""]
    assert summary(found) == ""
    assert [patch.is_left for patch in found.patches] == [True, True]


def test_marks_are_counted() -> None:
    found = newest(version(1, "lock", "table", "docs"), marks={"v1-1": READ, "v1-3": SKIPPED})
    assert words(found) == ["read", "", "skipped"]
    assert summary(found) == "1 of 3 read, 1 skipped"


def test_all_patches_read() -> None:
    found = newest(version(1, "lock", "table"), marks={"v1-1": READ, "v1-2": READ})
    assert summary(found) == "all 2 read"


def test_a_patch_that_did_not_change_stays_read_and_one_that_changed_is_left() -> None:
    found = newest(
        version(3, "lock", "table", "docs"),
        version(4, "lock", "table2", "docs", "tests"),
        marks={"v3-1": READ, "v3-2": READ, "v3-3": SKIPPED},
    )
    assert words(found) == ["read", "changed", "skipped", ""]
    assert [patch.kept_from for patch in found.patches] == ["v3", "", "v3", ""]
    assert summary(found) == "1 of 4 read, 1 skipped, 1 changed since your review"


def test_a_moved_patch_stays_read() -> None:
    found = newest(version(1, "lock", "table"), version(2, "docs", "table", "lock"), marks={"v1-1": READ})
    assert words(found) == ["", "as in v1", "read"]


def test_a_patch_with_my_open_point_is_never_kept_as_read() -> None:
    found = newest(
        version(3, "lock", "table"), version(4, "lock", "table"), marks={"v3-1": READ, "v3-2": READ}, points={"v3": {2}}
    )
    assert words(found) == ["read", "as in v3"]
    assert found.patches[1].open_point
    assert summary(found) == "1 of 2 read"


def test_a_point_on_the_whole_version_is_on_each_patch() -> None:
    found = newest(version(3, "lock"), version(4, "lock"), marks={"v3-1": READ}, points={"v3": {0}})
    assert [patch.is_left for patch in found.patches] == [True]


def test_a_point_on_an_earlier_version_does_not_take_back_a_mark() -> None:
    found = newest(version(3, "lock"), version(4, "lock"), marks={"v4-1": READ}, points={"v3": {1}})
    assert words(found) == ["read"]


def test_a_patch_that_goes_back_to_the_form_i_read_is_read() -> None:
    found = newest(version(1, "lock"), version(2, "lock2"), version(3, "lock"), marks={"v1-1": READ})
    assert [patch.kept_from for patch in found.patches] == ["v1"]


def test_a_change_is_remembered_until_the_patch_is_read_again() -> None:
    chain = version(1, "lock"), version(2, "lock2"), version(3, "lock2")
    assert words(newest(*chain, marks={"v1-1": READ})) == ["changed"]
    assert words(newest(*chain, marks={"v1-1": READ, "v2-1": READ})) == ["read"]


def test_a_mark_can_be_taken_back_in_a_later_version() -> None:
    marks = {"v1-1": READ, "v2-1": LEFT}
    assert words(newest(version(1, "lock"), version(2, "lock"), marks=marks)) == ["as in v1"]
    assert words(newest(version(1, "lock"), version(2, "lock"), version(3, "lock"), marks=marks)) == ["as in v2"]


def test_a_patch_without_a_diff_is_not_kept() -> None:
    title = PostedPatch(1, "v1-1", "frob: binary", ""), PostedPatch(1, "v2-1", "frob: binary", "")
    chain = [(f"v{n}", Tagged(f"v{n}", "Ann", (patch,), ())) for n, patch in enumerate(title, 1)]
    assert words(newest(*chain, marks={"v1-1": READ})) == ["changed"]


def test_a_version_without_patches_is_passed_over() -> None:
    found = newest(version(1, "lock"), version(2), version(3, "lock"), marks={"v1-1": READ})
    assert [patch.kept_from for patch in found.patches] == ["v1"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (tag("reply", 1), ["read", ""]),
        (tag("reply", 0, name="Acked-by"), ["read", "read"]),
        (tag("reply", 2, name="Tested-by"), ["", "read"]),
        (tag("reply", 1, value="Rex <rex@example.net>"), ["", ""]),
        (tag("reply", 1, scope="for the locking bits"), ["", ""]),
        (tag("reply", 1, name="Suggested-by"), ["", ""]),
        (tag("v1-1", 1), ["", ""]),  # the author collected it: this may be another form of the patch
    ],
)
def test_my_tag_counts_as_reading(given: Tag, expected: list[str]) -> None:
    assert words(newest(version(1, "lock", "table", tags=(given,)))) == expected


def test_next_patch_left_does_not_go_around_the_end() -> None:
    found = newest(version(1, "a", "b", "c", "d"), marks={"v1-2": READ})

    def beside(message_id: str, direction: int = 1) -> str | None:
        patch = found.left_beside(message_id, direction)
        return patch.message_id if patch else None

    assert beside("v1-1") == "v1-3"
    assert beside("v1-4") is None
    assert beside("v1-3", -1) == "v1-1"
    assert beside("v1-1", -1) is None
    assert (beside("cover"), beside("cover", -1)) == ("v1-1", "v1-4")
