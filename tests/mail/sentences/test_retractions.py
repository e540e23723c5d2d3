"""What a reviewer takes back, and what only sounds like it."""

from __future__ import annotations

import pytest

from patchwatch.mail.sentences.retractions import (
    NOT_REINSTATED,
    REINSTATES,
    retracts,
    retracts_report,
    takes_tag_back,
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Never mind, I see it now.",
        "Thanks Rex, I did not know that.",
        "Ah, I didn't notice this.",
        "Oh, nevermind.",
        "Actually never mind.",
        "Scratch that, it is fine.",
        "Please ignore my previous comment.",
        "Ignore my last two mails, the check is in the next patch.",
        "Forget what I said.",
        "Disregard this, the caller holds it.",
        "I misread the loop.",
        "Sorry, I completely misunderstood this.",
        "I take that back.",
        "I withdraw my objection.",
        "My NAK is withdrawn.",
        "I was wrong about the lock.",
        "My bad, you check it above.",
        "I missed that it is a copy.",
        "False alarm.",
        "My comment was nonsense, sorry.",
        "Sorry, my question doesn't make sense.",
        "Actually, no need for that.",
        "Hm, thinking about it again, that's not necessary.",
        "On second thought, that is not needed.",
        "No change needed.",
    ],
)
def test_it_is_taken_back(sentence: str) -> None:
    assert retracts([sentence])
    assert retracts(["Hm.", sentence])


@pytest.mark.parametrize(
    "sentence",
    [
        "Never mind the checkpatch warning about long lines.",
        "Never mind if it is late, just fix it.",
        "Please don't ignore this.",
        "You can ignore this if you like.",
        "Ignore the return value here.",
        "Please ignore the error and go on.",
        "If I misread it, tell me.",
        "Did I misread this?",
        "Maybe I misread it.",
        "You misread the datasheet.",
        "We should not forget that the lock is held.",
        "Take that lock here.",
        "I take it that you tested this.",
        "This is wrong.",
        "Scratch the buffer first.",
        "Scratch that " + "x" * 300,
        "Actually, the lock is not needed here.",
        "On second thought, please add the check.",
    ],
)
def test_nothing_is_taken_back(sentence: str) -> None:
    assert not retracts([sentence])


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("This is a false positive of our checker.", True),
        ("Please ignore this report, our setup was broken.", True),
        ("Sorry for the noise, the bot used the wrong base.", True),
        ("The warning is not caused by your patch.", True),
        ("Is this a false positive?", False),
        ("The report shows a real bug.", False),
        ("If it is a false positive, tell us.", False),
    ],
)
def test_reports_that_their_owner_declares_wrong(sentence: str, wrong: bool) -> None:
    assert retracts_report([sentence]) == wrong


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Please ignore my previous mail.", True),
        ("Forget my ping, and my withdrawal.", True),
        ("So this is a valid patch after all.", True),
        ("It is still needed.", True),
        ("Please do still apply v2.", True),
        ("Please take this one anyway.", True),
        ("I'd like to reinstate this series.", True),
        ("Is this patch needed after all?", False),
        ("It is not needed after all.", False),
        ("If it is still needed, please resend it.", False),
        ("Please ignore this patch.", False),
        ("After all, the lock is needed.", False),
    ],
)
def test_what_was_withdrawn_is_to_be_applied_after_all(sentence: str, *, expected: bool) -> None:
    assert bool(REINSTATES.search(sentence) and not NOT_REINSTATED.search(sentence)) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("I retract my Reviewed-by.", True),
        ("Sorry, but I have to withdraw my Tested-by tag.", True),
        ("I'd like to take back my ack.", True),
        ("Consider my R-b revoked until the race is fixed.", True),
        ("Unreviewed-by: Rita Reviewer <rita@example.com>", True),
        ("Please drop my Reviewed-by, the patch is another one now.", False),
        ("If you keep the goto, I'd withdraw my ack.", False),
        ("Should I withdraw my ack?", False),
        ("I withdraw my comment.", False),
    ],
)
def test_a_tag_is_taken_back(sentence: str, *, expected: bool) -> None:
    assert takes_tag_back(sentence, sentence.lower()) == expected
