"""Sentences that only want to be told something, and those that want a change of the patch."""

from __future__ import annotations

import pytest

from patchwatch.mail.sentences.inquiries import only_inquires


@pytest.mark.parametrize(
    "text",
    [
        "How was this tested?",
        "So what happens on the old board?",
        "Hm, where does the 250 come from?",
        "Did you see this on real hardware?",
        "Do you mean the second table?",
        "Could you explain why the lock is needed?",
        "Can you please share the dmesg of a boot without it?",
        "Please let us know if it still happens with frob-next.",
        "Would you post the output of lsfrob?",
        "Please test it with the attached config.",
        "I wonder, did you hit this, or just find it by reading?",
        "I'm curious how often this is called.",
        "Is this only for the first socket, or is it fine for the second as well?",
        "Is that intentional?",
        "Why?",
        "Why 250?",
        "Should I take it as it is?",
        "Shall I apply this without the last patch?",
    ],
)
def test_what_only_asks_to_be_told(text: str) -> None:
    assert only_inquires([text])
    assert only_inquires(["The table has two entries.", text, "The old one had three."])


@pytest.mark.parametrize(
    "text",
    [
        "Please explain this in the commit message.",
        "Could you clarify the comment above it?",
        "Can you tell more in the changelog?",
        "Please use the helper.",
        "Can you move this up?",
        "Shouldn't this be in the core?",
        "Why not use the helper that we have for it?",
        "How about calling it count?",
        "What about the error path?",
        "How do you think about a better title?",
        "Do you want a fixed size here?",
        "Missing lock?",
        "It should be 2, right?",
    ],
)
def test_what_asks_for_a_change(text: str) -> None:
    assert not only_inquires([text])
    assert not only_inquires(["How was this tested?", text])


def test_what_asks_nothing_inquires_nothing() -> None:
    assert not only_inquires(["The table has two entries."])
    assert not only_inquires([])


def test_long_sentences_are_not_read() -> None:
    assert not only_inquires(["How was this tested, " + "frob " * 100 + "?"])
