"""What finds unnecessary what somebody else wants, and what only sounds like it."""

from __future__ import annotations

import pytest

from patchwatch.mail.sentences.overrulings import overrules


@pytest.mark.parametrize(
    "sentence",
    [
        "I think it's fine as it is.",
        "mdelay() is fine here.",
        "This is good enough for now.",
        "I'm fine with a single patch.",
        "Nah, this is fine.",
        "Not needed IMO.",
        "Not worth a respin.",
        "I prefer it the way it is.",
        "I'd keep it.",
        "No need to respin for that.",
        "No need.",
        "I don't think that's necessary.",
        "I don't think we need to split it.",
        "That's not really a problem.",
        "You don't have to bother.",
        "Ann, leave it as it is.",
        "I disagree, all of the file does it so.",
    ],
)
def test_it_is_unnecessary(sentence: str) -> None:
    assert overrules(["Hm.", sentence])


@pytest.mark.parametrize(
    "sentence",
    [
        "It's fine as it is, but a comment would help.",
        "Is it fine as it is?",
        "If it's fine as it is, let's apply it.",
        "No need for the cast here.",
        "The cast is not needed.",
        "I don't think you need the cast.",
        "Keep the includes sorted.",
        "Agreed.",
        "I'd keep the includes sorted.",
        "The lock is not needed.",
        "Not needed with the lock held.",
        "Not worth a local variable.",
        "That's correct.",
        "That's fine.",
    ],
)
def test_it_is_not(sentence: str) -> None:
    assert not overrules([sentence])


def test_only_the_beginning_of_a_remark_is_read() -> None:
    assert not overrules(["One.", "Two.", "No need to change it."])
