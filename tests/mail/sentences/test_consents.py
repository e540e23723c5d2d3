"""A yes to what an author offers."""

from __future__ import annotations

import pytest

from patchwatch.mail.sentences.consents import is_consent


@pytest.mark.parametrize(
    ("quoted", "answer"),
    [
        ("Should I resend this?", "Yes, so that the name is right."),
        ("Shall we drop the lock?", "Please do."),
        ("I see.\nDo you want me to split it\ninto two patches?", "That would be great."),
        ("Would you prefer that I move it to the core? :)", "Sure."),
        ("I have a fix, want me to send it with v3?\n", "Yes please."),
        ("I could rename it to nr_turns if that helps?", "Yes, that would help."),
        ("We can drop the helper, what do you think?", "That would work."),
    ],
)
def test_yes_to_an_offer(quoted: str, answer: str) -> None:
    assert is_consent(quoted.split("\n"), [answer])


@pytest.mark.parametrize(
    ("quoted", "answer"),
    [
        ("Should I resend this?", "No, I can take it."),
        ("Should I resend this?", "Please don't."),
        ("Should I resend this?", ""),
        ("Should I resend this?\nIt is rebased now.", "Yes."),
        ("Is it called with the lock held?", "Yes."),
        ("Should I be worried about the lock?", "Yes, a bit."),
        ("Could you resend it?", "Yes, tomorrow."),
        ("How can we use it?", "Yes, that is the question."),
        ("", "Yes, please."),
    ],
)
def test_no_offer_or_no_yes(quoted: str, answer: str) -> None:
    assert not is_consent(quoted.split("\n"), [answer] if answer else [])
