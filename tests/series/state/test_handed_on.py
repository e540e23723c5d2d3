"""A series is accepted once its patches for this tree are in, if the others are left to other trees."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from patchwatch.mail.message import Person, person_key
from patchwatch.series.committers import Committers
from patchwatch.series.state.revision_state import revision_state
from patchwatch.series.state.types import RevisionState
from tests.series.state.replies import ANN, MIA, REX, RITA, Reply, revision, state_after

TREE = ("arch/arm64/boot/dts/frob/board.dts",)
MIA_COMMITS = Committers(
    frozenset({("netdev@vger.kernel.org", person_key(Person("Mia Maintainer", "mia@kernel.example")))})
)
FIRST = (MIA, "Applied 1-2, thanks.\n")


def with_tree(*replies: Reply) -> RevisionState:
    """The state of three patches, the last one to a device tree, after replies."""
    found = revision(3, *replies)
    last = structs.replace(found.patches[2], files=TREE)
    return revision_state(replace(found, patches=(*found.patches[:2], last)), committers=MIA_COMMITS)


@pytest.mark.parametrize(
    "replies",
    [
        [(MIA, "I took 1/3 and 2/3 through my tree.\n")],
        [(MIA, "Applied patches 1-2 of 3, the DTS goes through another tree.\n")],
        [(MIA, "I have taken 1 and 2 now. Dora, can you take 3/3 via your tree?\n")],
        [(MIA, "Applied the driver patches, thanks.\n")],
        [FIRST, (ANN, "Thank you! I will send the DTS patch separately to the SoC maintainers.\n", "a1")],
        [(MIA, "Applied, thanks.\n", 1), (MIA, "Applied, thanks.\n", 2)],
    ],
)
def test_a_device_tree_goes_in_elsewhere(replies: list[Reply]) -> None:
    found = with_tree(*replies)
    assert (found.state, found.turn, found.partly) == ("accepted", "nobody", "1,2")


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Please sort the nodes by address.\n", "changes-requested"),
        ("Which boards have this?\n", "under-review"),
    ],
)
def test_what_is_wanted_of_the_device_tree_still_waits_for_its_author(words: str, state: str) -> None:
    found = with_tree(FIRST, (RITA, words, 3))
    assert (found.state, found.turn) == (state, "author")


def test_a_device_tree_alone_leaves_the_driver_to_its_maintainer() -> None:
    assert with_tree((MIA, "Applied 3/3 to soc/dt, thanks.\n")).state == "under-review"


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Applied 1-2, thanks. Patch 3 should go via the knob tree.\n", "accepted"),
        ("Applied 1-2, thanks. The rest will go through the knob tree.\n", "accepted"),
        ("Applied 1, thanks. Patch 3 should go via the knob tree.\n", "under-review"),
        ("Applied 1-2, thanks. Patch 3 should go via the netdev tree.\n", "under-review"),
        ("Applied 1-2, thanks. The rest needs an ack.\n", "under-review"),
        ("Applied 1-2, thanks. Should patch 3 go via the knob tree?\n", "under-review"),
    ],
)
def test_others_are_left_to_another_tree_only_if_somebody_says_so(words: str, state: str) -> None:
    assert state_after(3, (MIA, words)).state == state


def test_what_is_left_to_another_tree_can_still_be_applied() -> None:
    found = with_tree(FIRST, (REX, "Applied 3/3 to soc/dt, thanks.\n"))
    assert (found.state, found.partly) == ("accepted", "")


@pytest.mark.parametrize(("sender", "state", "turn"), [(MIA, "rejected", "nobody"), (REX, "under-review", "reviewers")])
def test_who_will_not_take_a_patch_refuses_it_if_they_are_the_one_who_would(sender: str, state: str, turn: str) -> None:
    found = revision_state(revision(1, (sender, "I won't be taking this, sorry.\n")), committers=MIA_COMMITS)
    assert (found.state, found.turn) == (state, turn)


@pytest.mark.parametrize(
    "words", ["Max will pick it up once 6.9 exists.\n", "Nice. Let's wait for the merge window.\n"]
)
def test_a_patch_waits_for_its_maintainer_until_a_tree_opens(words: str) -> None:
    found = revision_state(revision(1, (MIA, words)), committers=MIA_COMMITS)
    assert (found.state, found.turn) == ("under-review", "maintainer")


@pytest.mark.parametrize(
    ("words", "partly"),
    [
        ("Patch 1 is a fix, so I've applied it to frob/fixes. The rest has to wait.\n", "1"),
        ("Thanks, added your patch.\n", "2"),
    ],
)
def test_the_patches_that_a_sentence_means_are_applied(words: str, partly: str) -> None:
    found = revision_state(revision(3, (MIA, words, 2)), committers=MIA_COMMITS)
    assert (found.state, found.partly) == ("under-review", partly)
