"""A maintainer who offers to apply a patch in return for a change of it asks for that change."""

from __future__ import annotations

import pytest

from patchwatch.mail.sentences.bargains import asks_in_return
from patchwatch.mail.sentences.signals import person_signals


@pytest.mark.parametrize(
    "sentence",
    [
        "Excellent analysis, just put all of it in the commit message and I'll apply it!",
        "Put that into the log and I will take it.",
        "Split this in two and I can queue the first half.",
        "Good point: reword the subject and then I'll happily merge this.",
        "Send a fixed version and I'll pick it up for the next cycle.",
        "Once you fix the typo I'll apply it.",
        "If you could split out the first hunk I'd be happy to take it.",
        "I'll take it as soon as you have rebased it.",
        "I can queue this for the next release if you drop the last patch.",
        "With that fixed I'll apply it.",
        "So, with the two typos corrected, I'm happy to take these.",
        "Let's get the lock settled, then I can apply a v2 of this on top.",
        "I'll gladly take a new version with the comment.",
    ],
)
def test_bargain_requests_a_change(sentence: str) -> None:
    assert asks_in_return(sentence, sentence.lower())
    assert [signal.kind for signal in person_signals([sentence])] == ["changes"]


@pytest.mark.parametrize(
    "sentence",
    [
        "If you take the first patch I can take the rest.",
        "Take the clock part and I'll queue the device tree.",
        "If you give me an ack I'll apply both.",
        "If you can provide an ack, I can pick up the patch.",
        "If you have a log I can take a look.",
        "If you want I can apply it now.",
        "If you don't object, I'll merge this tomorrow.",
        "If nobody objects I'll apply it tomorrow.",
        "Let it sit in next for a while and I'll apply it.",
        "Shall I fix the typo and then you'll apply it?",
        "I fixed the typo and I'll apply it tomorrow.",
        "Move the lock and I'll be happier.",
        "I'll take your v2 then.",
        "I can take version 2 as it is.",
    ],
)
def test_what_others_do_or_what_is_offered_without_a_change_is_no_request(sentence: str) -> None:
    assert not asks_in_return(sentence, sentence.lower())
    assert "changes" not in [signal.kind for signal in person_signals([sentence])]
