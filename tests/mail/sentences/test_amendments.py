"""What the maintainer who applies a patch changes themselves, and what only sounds like it."""

from __future__ import annotations

import pytest

from patchwatch.mail.sentences.amendments import amends


@pytest.mark.parametrize(
    "sentence",
    [
        "I'll fix the typo while applying.",
        "I can add the tag when I apply it.",
        "I've dropped the blank line when merging this.",
        "Fixed up the indentation while applying.",
        "I will just reword the subject on commit.",
        "No need to resend, I'll take care of it.",
        "You don't need to respin for this, I can fix it.",
        "No need to send a v3 - I'll squash the fix in.",
        "This did not apply, and I manually edited the patch.",
        "I have reworded the commit message.",
        "No need for a v2, I can fix the typo up locally.",
        "I'll fix it up, no need for a v3.",
        "I can add the tag, so you don't need to resend.",
        "I did s/frob1/FROB1/ in this one:",
        "In the pending branch I removed the second loop:",
        "Please check my changes.",
    ],
)
def test_it_is_amended(sentence: str) -> None:
    assert amends(sentence, sentence.lower())


@pytest.mark.parametrize(
    "sentence",
    [
        "Could you fix that before I apply it?",
        "If nothing else comes up, I can fix it while applying.",
        "I'd fix that before applying the series.",
        "Please fix this before it is merged.",
        "You will get this error when applying the patch.",
        "No need to resend for this.",
        "No need for a v2, but please fix it in the other driver.",
        "I will look at it again when I am back.",
        "I would add the tag when applying.",
        "I edited this to use a list, and it works.",
        "Could you check my changes?",
        "I would have reworded the commit message.",
        "The list is pending in the second loop.",
    ],
)
def test_nothing_is_amended(sentence: str) -> None:
    assert not amends(sentence, sentence.lower())
