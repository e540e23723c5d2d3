"""What becomes of a series of which only some patches were applied, dropped or refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from patchwatch.series.state.revision_state import revision_state
from tests.series.state.replies import (
    ANN,
    MIA,
    PATCHWORK,
    REX,
    REX_TAG,
    RITA,
    RITA_TAG,
    Case,
    check,
    revision,
    state_after,
)

Reply = tuple[str, str] | tuple[str, str, int | str]

_FOR_THREE = "Applied to frob/next, thanks!\n\n[1/4] frob: part 1\n      commit: 0123456789ab\n"
_FOR_THREE += "[2/4] frob: part 2\n      commit: 1123456789ab\n[3/4] frob: part 3\n      commit: 2123456789ab\n"
_FIRST = (MIA, "Applied patch 1 to frob/fixes, thanks.\n")
_MOST = (MIA, "Applied 1-3 to frob/next, thanks.\n")

WAITING: list[Case] = [
    # A few were applied, and nobody asked for anything: the others wait as they did before.
    (4, [_FIRST], "under-review", "reviewers", "a1@x"),
    (4, [(MIA, "Applied, thanks.\n", 2)], "under-review", "reviewers", "a1@x"),
    (4, [_FIRST, (ANN, "Thanks!\n", "a1")], "under-review", "reviewers", "a1@x"),
    (4, [(RITA, "Nice.\n" + RITA_TAG, 2), _FIRST], "under-review", "reviewers", "a1@x"),
    # Most were: the one that is left waits for the maintainer of its tree.
    (4, [_MOST], "under-review", "maintainer", "a1@x"),
    (4, [(MIA, _FOR_THREE)], "under-review", "maintainer", "a1@x"),
    (4, [_FIRST, (REX, "Applied 2 and 3 to knob/next.\n")], "under-review", "maintainer", "a1@x"),
    # What is left has its review, whatever the applied ones had.
    (4, [(RITA, RITA_TAG, 3), (RITA, RITA_TAG, 4), (MIA, "Applied 1-2 to frob/next.\n")],
     "reviewed", "maintainer", "a3@x"),
    (4, [(MIA, "Applied 1-2 to frob/next.\n"), (RITA, RITA_TAG, 3), (REX, REX_TAG, 4)],
     "reviewed", "maintainer", "a3@x"),
    (4, [(MIA, "Applied 1-2 to frob/next.\n"), (RITA, RITA_TAG, 3)], "under-review", "reviewers", "a1@x"),
    # Something is wanted of what is left: that decides.
    (4, [(RITA, "Please use a lock here.\n", 4), _MOST], "changes-requested", "author", "a1@x"),
    (4, [_MOST, (RITA, "Please use a lock here.\n", 4)], "changes-requested", "author", "a2@x"),
    (4, [_MOST, (RITA, "Which chips have this?\n", 4)], "under-review", "author", "a1@x"),
    (4, [_MOST, (RITA, "Which chips have it?\n", 4), (ANN, "All of them have it, see the manual.\n", "a2")],
     "under-review", "reviewers", "a1@x"),
    # Something was wanted of a patch that was applied all the same.
    (4, [(RITA, "Please use a lock here.\n", 2), _MOST], "under-review", "maintainer", "a1@x"),
    # Whoever applies a part wants the author to send the others again.
    (4, [(MIA, "Applied 1-3 to frob/next. Please rebase and resend the last one.\n")],
     "changes-requested", "author", "a1@x"),
    (4, [(MIA, "Applied 1-3 to frob/next. Please resend the rest.\n", 1)], "changes-requested", "author", "a1@x"),
    (4, [(MIA, "Applied 1-3 to frob/next.\n", 3), (ANN, "Thanks, I'll send v2 of the last one.\n", "a1")],
     "changes-requested", "author", "a2@x"),
    # Further talk about an applied patch holds up nothing.
    (4, [_MOST, (RITA, "Please use a lock here.\n", 2)], "under-review", "maintainer", "a1@x"),
]  # fmt: skip


@pytest.mark.parametrize("case", WAITING)
def test_what_is_left_decides(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    "replies",
    [
        [(MIA, "Patch 1 applied to frob/fixes. The rest applied to frob/next.\n")],
        [(MIA, "Patch 1 applied to frob/fixes. The rest applied to frob/next.\n", 2)],
        [(MIA, "Patch 1 applied to frob/fixes, the rest applied to frob/next.\n")],
        [(MIA, "Applied the first patch to frob/fixes. Applied the rest to frob/next.\n")],
        [(MIA, "Applied, thanks.\n", 1), (REX, "Applied patches 2 and 3 to knob/next.\n"), (PATCHWORK, "Queue:\n")],
        [
            (MIA, "Applied patch 2 to frob/next.\n"),
            (REX, "Applied, thanks.\n", 4),
            (RITA, "Applied 1 to rita/for-6.5.\n"),
            (MIA, "Applied, thanks.\n", 3),
        ],
    ],
)
def test_a_series_that_went_in_through_several_trees_is_accepted(replies: list[Reply]) -> None:
    count = 4 if len(replies) == 4 else 3
    found = state_after(count, *replies)
    assert (found.state, found.turn, found.partly) == ("accepted", "nobody", "")


@pytest.mark.parametrize(
    "words",
    [
        "Applied to the frob branch of knob.git but for now only pushed out as testing.",
        "Series applied to frob/next, though that is only pushed out as testing for now.",
        "Applied with that tweak to patch 2 which you proposed.",
        "Applied to frob/next but first pushed out as testing so that the robots can have a look.",
        "Applied to frob/next but dropped the stable tag.",
        "Series applied with a fix for the typo that moves in patch 1.",
        "Tweaked the two comments that Rita mentioned and applied.",
    ],
)
def test_what_is_said_of_all_of_it_applies_all_of_it(words: str) -> None:
    found = state_after(3, (MIA, words + "\n"))
    assert (found.state, found.partly) == ("accepted", "")


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("This one can be postponed, together with the support of the new chip.\n", "accepted"),
        ("This patch can be skipped, Rex has a better one.\n", "accepted"),
        ("If you like, this one can be postponed.\n", "under-review"),
        ("The lock can be postponed.\n", "under-review"),
    ],
)
def test_the_rest_is_done_if_its_author_sets_it_aside(words: str, state: str) -> None:
    doubt = "I don't see how that is better.\n"
    assert state_after(4, (RITA, doubt, 4), _MOST, (ANN, words, "a1")).state == state


def test_applied_in_answer_to_the_last_patch_is_all_if_the_others_have_their_reviews() -> None:
    reviews: list[Reply] = [(RITA, RITA_TAG, 1), (REX, REX_TAG, 2)]
    plain, one = "Applied to frob/next, thanks.\n", "Applied this patch to frob/next, thanks.\n"
    assert state_after(3, *reviews, (MIA, plain, 3)).state == "accepted"
    assert state_after(3, *reviews, (MIA, one, 3)).partly == "3"
    assert state_after(3, *reviews, (MIA, plain, 2)).partly == "2"
    assert state_after(3, *reviews[:1], (MIA, plain, 3)).partly == "3"
    assert state_after(3, *reviews, (RITA, "Please use a lock here.\n", 2), (MIA, plain, 3)).partly == "3"


@pytest.mark.parametrize(
    ("file", "partly"), [("arch/arm/boot/dts/frob/f.dts", "2"), ("drivers/knob/k.c", "2"), ("", "")]
)
def test_the_last_patch_does_not_stand_for_patches_of_other_trees(file: str, partly: str) -> None:
    found = revision(2, (RITA, RITA_TAG, 1), (MIA, "Applied to frob/next, thanks.\n", 2))
    other = structs.replace(found.patches[1], files=(file,)) if file else found.patches[1]
    moved = replace(found, patches=(found.patches[0], other))
    assert revision_state(moved).partly == partly


@pytest.mark.parametrize(
    ("words", "partly"),
    [
        ("Applied to frob/next but not the last patch.", "some"),
        ("I've applied everything but the selftest to frob/next.", "some"),
    ],
)
def test_what_is_said_of_a_part_applies_a_part(words: str, partly: str) -> None:
    found = state_after(3, (MIA, words + "\n"))
    assert (found.state, found.partly) == ("under-review", partly)


def test_a_patch_that_is_applied_before_the_series_is_read_is_one_patch() -> None:
    found = state_after(3, (MIA, "This stands alone, so applied (I have yet to look at the series).\n", 1))
    assert (found.state, found.partly) == ("under-review", "1")


def test_a_maintainer_who_drops_one_patch_again_keeps_the_others() -> None:
    found = state_after(3, (MIA, "Applied to frob/next, thanks.\n"), (MIA, "This breaks the build, so dropped.\n", 2))
    dropped = state_after(3, (MIA, "Applied to frob/next, thanks.\n"), (MIA, "Dropped again, it breaks arm.\n", 2))
    assert (dropped.state, dropped.turn, dropped.partly) == ("changes-requested", "author", "1,3")
    assert found.state in ("accepted", "changes-requested")


def test_a_patch_that_was_dropped_and_applied_again_completes_the_series() -> None:
    found = state_after(
        3,
        (MIA, "Applied to frob/next, thanks.\n"),
        (MIA, "Dropped again, it breaks arm.\n", 2),
        (MIA, "Applied, thanks.\n", 2),
    )
    assert (found.state, found.turn, found.partly) == ("accepted", "nobody", "")


def test_a_dropped_series_has_the_reviews_that_it_had_before() -> None:
    """That all that was left had a review says nothing once all is left again."""
    found = state_after(
        3,
        (RITA, RITA_TAG, 3),
        (MIA, "Applied 1-2 to frob/next.\n"),
        (MIA, "Dropped both again, for now.\n"),
        (ANN, "Why?\n", "a3"),
    )
    assert found.state != "reviewed"
