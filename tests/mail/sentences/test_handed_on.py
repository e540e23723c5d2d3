"""What is said of patches that go in through somebody else's tree."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import SignalKind
from patchwatch.mail.sentences.handed_on import REST, TREES, handed_on
from tests.mail.sentences.replies import signals_of


@pytest.mark.parametrize(
    ("sentence", "which"),
    [
        ("The DTS patch should go through arm-soc.", TREES),
        ("Applied patches 1-2 of 3, the DTS goes through another tree.", TREES),
        ("I will send the DTS patch separately to the SoC maintainers.", TREES),
        ("Dora, can you take 3/3 via your tree?", "3"),
        ("I leave 4/4 to the clk people.", "4"),
        ("Patches 3 and 4 need to go through the frob tree.", "3 and 4"),
        ("The rest will go through the ARM tree.", REST),
        ("The last patch can be picked up by the SoC maintainers.", REST),
    ],
)
def test_patches_are_left_to_another_tree(sentence: str, which: str) -> None:
    assert handed_on(sentence, sentence.lower()) == which
    assert SignalKind.HANDED_ON in {kind for kind, _ in signals_of(f"{sentence}\n")}


@pytest.mark.parametrize(
    "sentence",
    [
        "I took 1/3 through my tree.",
        "The other patches should go through my tree.",
        "Can you take the rest?",
        "If 3/3 goes through the SoC tree, fine.",
        "Should the DTS go through another tree?",
        "The rest looks good to Dora.",
        "The last one goes to sleep.",
        "Patch 3 applied to my tree.",
        "This patch 3/5 applied to the frob tree!",
        "Anyway, would you please pick up patch 2/2 also?",
        "The rest was applied to the frob tree.",
    ],
)
def test_nothing_is_left_to_another_tree(sentence: str) -> None:
    assert handed_on(sentence, sentence.lower()) is None
