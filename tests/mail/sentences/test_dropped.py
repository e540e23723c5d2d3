"""Patches that were applied, and left their tree again."""

from __future__ import annotations

import time

import pytest

from patchwatch.mail.message import SignalKind
from patchwatch.mail.sentences.dropped import is_dropped
from tests.mail.sentences.replies import signals_of


@pytest.mark.parametrize(
    "sentence",
    [
        "unapplied, breaks the build",
        "Dropped.",
        "Backed out again.",
        "Un-queued.",
        "The patch has been dropped from frob-fixes.",
        "OK, this was removed from my tree.",
        "It's been dropped from the fixes branch again.",
        "And dropped due to build issues:",
        "And dropped (also the others): it does not build!",
        "... and dropped, because it does not build:",
        "Oh, sorry, dropped.",
        "Unapplied :( See the report.",
        "For now, I'm dropping it.",
        "OK, I'm backing out this one then.",
        "OK, I'll back them out.",
        "Therefore I'm going to revert just this patch 2/2.",
        "So dropped this patch (kept 1-3)",
        "Dropped the 3 patches (driver and fixes) from the frob branch.",
        "Whatever, I dropped it from my tree, it was the last one anyway.",
        "I've dropped this because of a build issue.",
        "I haven't sent a pull request yet, so I am simply dropping the patch for now, to find the right way.",
        "Since these break the build, I have dropped the changes from my branch.",
        "I'll drop this patch for now.",
        "I had to drop this again, it fails to build.",
        "I have to drop it again, it breaks the build.",
        "I need to revert this for now.",
        "Sorry, I have had to back it out for now.",
        "Sorry, no; I've removed the patch.",
        "Oops, I removed it again.",
    ],
)
def test_dropped(sentence: str) -> None:
    assert is_dropped(sentence)
    assert SignalKind.UNAPPLIED in {kind for kind, _ in signals_of(f"{sentence}\n")}  # none lacks a cue


@pytest.mark.parametrize(
    "sentence",
    [
        "The check has been dropped from the driver.",
        "I dropped that because nobody uses it.",
        "I dropped this since the helper does it already.",
        "Dropped the changes since they are not needed.",
        "Dropped because it is unused.",
        "The patch was dropped from v3.",
        "This has been removed from the header.",
        "If the patch was dropped from frob-fixes, please send it again.",
        "I dropped it while applying.",
        "I have removed this line.",
        "Please remove it.",
        "Dropped v2 and picked this one up.",
        "I'll drop it as the schema allows it anyway.",
        "You are right, I will drop the first patch then.",
        "It is upstream already, and I have dropped it from my branch.",
        "If this is a NAK, I have dropped the series from my tree.",
        "Reverting it fixes the crash.",
        "Dropping (the export of) the function is fine.",
        "I dropped the lock because it sleeps.",
        "That is why, I think, I dropped it.",
    ],
)
def test_what_is_gone_from_elsewhere_was_not_dropped_from_a_tree(sentence: str) -> None:
    assert not is_dropped(sentence)


@pytest.mark.parametrize(
    "unit", ["so ", "sorry, ", "I'm sorry but ", "but then ", "... ", "now, ", "I've dropped this patch so "]
)
def test_hostile_sentence_is_read_soon(unit: str) -> None:
    begin = time.process_time()
    assert not is_dropped((unit * 100)[:239] + "z")
    assert time.process_time() - begin < 1
