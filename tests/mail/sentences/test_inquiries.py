"""Sentences that only want to be told something, and those that want a change of the patch."""

from __future__ import annotations

import pytest

from patchwatch.mail.sentences.inquiries import only_inquires, proposes


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


@pytest.mark.parametrize(
    "text",
    [
        "Is there any reason not to use the frob API here?",
        "Any reason why this can't be done in the core?",
        "And is there a reason for not splitting it?",
        "Why can't the driver do this when it probes?",
        "Why not let the core take the lock?",
        "Have you considered the frob framework?",
        "Did you think about a helper for this?",
        "How about moving this into the core?",
        "How about a table?",
        "Do we really need another knob for this?",
        "Why is this needed at all?",
        "Wouldn't it be better to do this in the core?",
        "Shouldn't this live in a common helper?",
        "Can't we do that in userspace instead?",
        "Where is the changelog?",
        "No SoB?",
        "Missing Fixes tag?",
    ],
)
def test_a_question_that_proposes_another_way(text: str) -> None:
    assert proposes(["The table has two entries.", text])


@pytest.mark.parametrize(
    "text",
    [
        "What is the reason for the second read?",
        "Why not?",
        "Why is this needed?",
        "Why doesn't it?",
        "Have you seen the report?",
        "How about this?",
        "What about the error path?",
        "What about something else?",
        "Do we need this for 6.1, too?",
        "Isn't this the same register?",
        "I considered a helper, too.",
    ],
)
def test_a_question_that_proposes_nothing(text: str) -> None:
    assert not proposes([text])
