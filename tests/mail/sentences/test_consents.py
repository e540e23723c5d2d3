"""A yes to what an author offers, or whoever applies the patch."""

from __future__ import annotations

from time import process_time

import pytest

from patchwatch.mail.sentences.consents import entrusts, is_consent


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


@pytest.mark.parametrize(
    ("quoted", "answer"),
    [
        ("I can fix that up when applying.", "Yes please, thanks."),
        ("The subject is wrong.\nI can change that\nwhile applying, if you want.", "Please go ahead."),
        ("Shall I fix the typo while applying?", "That would be great, thanks!"),
        ("Do you want me to fix that up when I apply it?", "Yes, feel free to fix it up."),
        ("Would you mind if I reword it on commit?", "Not at all."),
        ("I'd like to squash the include in when I apply this.", "Sure, no problem."),
        ("I could drop the blank line locally.", "Sounds good."),
        ("Should I add the tag when applying, or will you send a v2?", "Please do it when applying."),
        ("I'll fix it up while applying, unless you'd rather send another version?", "No, please go ahead."),
        ("There is a typo.", "Oops. Could you fix it while applying?"),
        ("The name is wrong.", "Ah, yes.  @Rex, can you fix that up?"),
        ("The name is wrong.", "Rex, could you squash the following into the patch?"),
        ("The name is wrong.", "Can you please fold this in?"),
        ("The name is wrong.", "Sure.  Would you mind fixing it up?"),
    ],
)
def test_who_applies_it_may_change_it(quoted: str, answer: str) -> None:
    assert entrusts(quoted.split("\n"), answer.split("  "))


@pytest.mark.parametrize(
    ("quoted", "answer"),
    [
        ("I can fix that up when applying.", "I'll send a v2 tomorrow."),
        ("I can fix that up when applying.", "Please don't, I have more changes."),
        ("I can fix that up when applying.", "Yes, but v2 is ready."),
        ("I can fix that up when applying.", "Why would that be wrong?"),
        ("I can fix that up when applying.", ""),
        ("This should be fixed before it is applied.", "Yes."),
        ("Please fix the typo.", "Sure, thanks."),
        ("", "Yes, please."),
        ("The name is wrong.", "Could you fix that up?"),
        ("The name is wrong.", "Please squash my two patches."),
    ],
)
def test_who_applies_it_is_not_asked_to_change_it(quoted: str, answer: str) -> None:
    assert not entrusts(quoted.split("\n"), [answer] if answer else [])


def test_long_text_takes_no_time() -> None:
    begun = process_time()
    for text in ("please " * 20_000, "I can fix it when " * 20_000, "yes " * 20_000):
        entrusts([text] * 4, [text])
        entrusts([text] * 4, ["Yes."])
    assert process_time() - begun < 2
