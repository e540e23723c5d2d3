"""What only names a fault, or what would be good, and what only sounds like it."""

from __future__ import annotations

import pytest

from patchwatch.mail.sentences.named_faults import names_fault


@pytest.mark.parametrize(
    "sentence",
    [
        "Sob missing",
        "Your sign-off is missing.",
        "Also the frob.h include is missing.",
        "error check missing here",
        "white space damaged",
        "This patch is mangled.",
        "typo in the subject",
        "nit: two typos",
        "Trailing whitespace.",
        "Unrelated change.",
        "Redundant.",
        "Superfluous cast here.",
        "Over 80 columns.",
        "This line is too long.",
        "Empty changelog.",
        "Not a useful commit message.",
        "Conflicts with frob-next.",
        "From and SoB mismatch.",
        "Sign-off does not match the author.",
        "Checkpatch warnings.",
        "Subject: s/frob/knob/",
        "OK, then a comment would be good.",
        "A short sentence about that would help.",
        "A test for this wouldn't hurt.",
        "Worth a comment then.",
        "Probably worth mentioning in the description.",
        "That deserves a sentence there.",
    ],
)
def test_it_names_what_is_wanted(sentence: str) -> None:
    assert names_fault(sentence, sentence.lower())


@pytest.mark.parametrize(
    "sentence",
    [
        "What am I missing?",
        "I think you are missing a lock.",
        "Nothing is missing.",
        "It was missing in the last release, too, which is why we found it.",
        "There is no typo in the subject.",
        "Is this line too long?",
        "The driver has 80 columns of LEDs.",
        "The damaged frame is dropped.",
        "No comment would be good enough.",
        "A comment would be good, if you respin.",
        "An example would help me to understand it.",
        "That's not worth a comment.",
        "It is worth the trouble.",
        "The subject says that it matches.",
        "The id and the name match.",
        "Compiler warnings are errors in frob.",
        "smatch warnings:",
        "Redundant checks are removed by the compiler.",
    ],
)
def test_it_names_nothing(sentence: str) -> None:
    assert not names_fault(sentence, sentence.lower())
