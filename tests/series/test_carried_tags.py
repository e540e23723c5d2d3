"""Tags from version to version: collected, not carried over, dropped."""

from __future__ import annotations

import pytest
from msgspec import structs

from patchwatch.series.carried_tags import PostedPatch, Tagged, carry
from patchwatch.series.tag import Tag

ANN = "Ann Author <ann@example.org>"
RITA = "Rita Reviewer <rita@example.com>"
RITA_AT_HOME = "Rita Reviewer <rita@home.example>"
REX = "Rex Tester <rex@example.net>"


def patch(version: int, number: int = 1, *, title: str = "", patch_id: str = "", dropped: str = "") -> PostedPatch:
    """A patch that changes in every version, unless its `patch_id` is given."""
    return PostedPatch(
        number,
        f"v{version}-{number}",
        title or f"frob: part {number}",
        patch_id or f"{version}-{number}",
        (dropped,) if dropped else (),
    )


def tag(mail: str, value: str = RITA, number: int = 1, *, name: str = "Reviewed-by") -> Tag:
    return Tag(name, value, mail, number, name in ("Reviewed-by", "Acked-by"), date=1)


def version(number: int, *given: Tag, patches: tuple[PostedPatch, ...] = (), dropped: str = "") -> Tagged:
    sentences = (dropped,) if dropped else ()
    return Tagged(f"v{number}", ANN, patches or (patch(number),), given, sentences)


def tags_of_newest(*chain: Tagged) -> list[tuple[str, str, int, bool, str, bool]]:
    """The tags of the newest revision."""
    return [(t.value, t.message_id, t.patch, t.counts, t.given_to, t.carried) for t in carry(chain)[-1]]


def test_a_collected_tag_keeps_the_mail_and_revision_that_it_was_given_in() -> None:
    assert tags_of_newest(version(1, tag("reply")), version(2, tag("v2-1"))) == [(RITA, "reply", 1, True, "v1", True)]


def test_a_tag_is_followed_through_several_versions() -> None:
    chain = [version(1, tag("reply")), version(2, tag("v2-1")), version(3, tag("v3-1"))]
    assert tags_of_newest(*chain) == [(RITA, "reply", 1, True, "v1", True)]


def test_the_same_person_from_another_address_gave_the_same_tag() -> None:
    chain = [version(1, tag("reply", RITA_AT_HOME)), version(2, tag("v2-1", RITA))]
    assert tags_of_newest(*chain) == [(RITA_AT_HOME, "reply", 1, True, "v1", True)]


def test_a_tag_from_no_known_mail_stays_with_its_patch() -> None:
    assert tags_of_newest(version(1), version(2, tag("v2-1"))) == [(RITA, "v2-1", 1, True, "", True)]


def test_a_tag_on_the_cover_is_collected_into_each_patch() -> None:
    two = (patch(1), patch(1, 2))
    later = (patch(2), patch(2, 2))
    chain = [version(1, tag("reply", number=0), patches=two)]
    chain.append(version(2, tag("v2-1"), tag("v2-2", number=2), patches=later))
    assert tags_of_newest(*chain) == [(RITA, "reply", 1, True, "v1", True), (RITA, "reply", 2, True, "v1", True)]


def test_an_uncollected_tag_is_shown_and_does_not_count() -> None:
    assert tags_of_newest(version(1, tag("reply")), version(2)) == [(RITA, "reply", 1, False, "v1", False)]


def test_an_uncollected_tag_does_not_count_for_an_identical_patch() -> None:
    same = (patch(1, patch_id="same"),)
    assert tags_of_newest(version(1, tag("reply"), patches=same), version(2, patches=same)) == [
        (RITA, "reply", 1, False, "v1", False)
    ]


def test_a_tag_on_the_cover_collected_by_some_patches_is_missing_on_the_others() -> None:
    two, later = (patch(1), patch(1, 2)), (patch(2), patch(2, 2))
    chain = [version(1, tag("reply", number=0), patches=two), version(2, tag("v2-2", number=2), patches=later)]
    assert tags_of_newest(*chain) == [(RITA, "reply", 2, True, "v1", True), (RITA, "reply", 1, False, "v1", False)]


def test_a_tag_given_again_is_given_to_the_new_version() -> None:
    assert tags_of_newest(version(1, tag("reply")), version(2, tag("again"))) == [(RITA, "again", 1, True, "", True)]


def test_another_review_by_the_same_person_replaces_an_uncollected_one() -> None:
    chain = [version(1, tag("reply", name="Acked-by")), version(2, tag("again"))]
    assert tags_of_newest(*chain) == [(RITA, "again", 1, True, "", True)]


def test_an_uncollected_tag_can_be_collected_by_a_later_version() -> None:
    chain = [version(1, tag("reply")), version(2), version(3, tag("v3-1"))]
    assert tags_of_newest(*chain) == [(RITA, "reply", 1, True, "v1", True)]


def test_tags_of_a_dropped_patch_are_gone() -> None:
    two = (patch(1), patch(1, 2, title="frob: another thing altogether"))
    assert tags_of_newest(version(1, tag("reply", number=2), patches=two), version(2)) == []


def test_a_patch_is_followed_to_a_new_number_and_title() -> None:
    before = (
        patch(1, 1, patch_id="a"),
        patch(1, 2, title="frob: keep the title"),
        patch(1, 3, title="frob: old words"),
    )
    later = (
        patch(2, 1, title="frob: keep the title"),
        patch(2, 2, title="frob: renamed", patch_id="a"),
        patch(2, 3, title="frob: old words again"),
    )
    given = [tag(f"r{n}", number=n) for n in (1, 2, 3)]
    found = tags_of_newest(version(1, *given, patches=before), version(2, patches=later))
    assert [(mail, number) for _, mail, number, *_ in found] == [("r2", 1), ("r1", 2), ("r3", 3)]


def test_single_patches_of_two_versions_match_whatever_their_titles() -> None:
    chain = [version(1, tag("reply")), version(2, patches=(patch(2, title="bar: do it all otherwise"),))]
    assert tags_of_newest(*chain) == [(RITA, "reply", 1, False, "v1", False)]


def test_a_review_by_the_new_author_is_not_missing() -> None:
    assert tags_of_newest(version(1, tag("reply")), structs.replace(version(2), author=RITA)) == []


@pytest.mark.parametrize("name", ["Signed-off-by", "Nacked-by"])
def test_tags_for_one_version_only_are_not_missing(name: str) -> None:
    assert tags_of_newest(version(1, tag("reply", name=name)), version(2)) == []


def test_credits_belong_to_each_version() -> None:
    by_patch = tag("v1-1", REX, name="Suggested-by")
    assert tags_of_newest(version(1, by_patch), version(2, structs.replace(by_patch, message_id="v2-1"))) == [
        (REX, "v2-1", 1, False, "", True)
    ]


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("Dropped Reviewed-by tags, the patch changed a lot.", ["Tested-by"]),
        ("Dropped Rita's R-b since it changed.", ["Tested-by"]),
        ("Dropped all tags.", []),
        ("Removed R-b and T-b, please look again.", []),
        ("Dropped Rex's T-b.", ["Reviewed-by"]),
        ("Dropped the Acked-by from Mia.", ["Reviewed-by", "Tested-by"]),
        ("Patch 1: dropped the R-b.", ["Tested-by"]),
        ("Patch 2: dropped the R-b.", ["Reviewed-by", "Tested-by"]),
    ],
)
def test_tags_that_the_author_dropped_are_gone(sentence: str, left: list[str]) -> None:
    given = tag("reply"), tag("reply2", REX, name="Tested-by")
    by_cover = carry([version(1, *given), version(2, dropped=sentence), version(3)])
    assert [t.name for t in by_cover[1]] == left
    assert [t.name for t in by_cover[2]] == left
    if "2" not in sentence:
        by_patch = carry([version(1, *given), version(2, patches=(patch(2, dropped=sentence),))])
        assert [t.name for t in by_patch[1]] == left


def test_the_first_revision_and_a_proposal_have_only_their_own_tags() -> None:
    own = tag("reply", number=0)
    assert carry([version(1, own)]) == [(own,)]
    proposal = Tagged("v1", ANN, (), (own,))
    assert carry([proposal, version(2)]) == [(own,), ()]
    assert carry([]) == []
