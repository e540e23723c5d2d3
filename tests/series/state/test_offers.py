"""What an author offers to change, and what only sounds like it."""

from __future__ import annotations

import pytest

from patchwatch.series.state.offers import offers_change


@pytest.mark.parametrize(
    "text",
    [
        "How about changing the comment above the table into this?",
        "Shall I send a v2 with the check moved up?",
        "Ok, let me include the header, is this ok for you?",
        "Would you be okay with it if I put that into the commit log in v2?",
        "Do you want me to drop the second patch?",
        "Is this fine for you?",
        "I could use a list instead, if you prefer.",
    ],
)
def test_offer(text: str) -> None:
    assert offers_change(text)


@pytest.mark.parametrize(
    "text",
    [
        "No, frob_init() fills it.",
        "Why would it be empty?",
        "The caller holds the lock, is that good enough?",
        "Can I ask what you mean by that?",
        "I could not reproduce it.",
        "I would be surprised if it did.",
    ],
)
def test_no_offer(text: str) -> None:
    assert not offers_change(text)
