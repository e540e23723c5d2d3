"""What a mail asks of a recipient, by name or as the only person in To."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import Ask
from patchwatch.mail.parse import parse
from tests.support.mails import mail

LEA, SAM = "Lea Brandt <lea@example.com>", "Samir Dube <samir@example.io>"
LIST = "linux-frob@vger.kernel.org"
BOTH = f"{LEA}, {SAM}"


def asks_in(body: str, to: str = LIST, cc: str = BOTH, subject: str = "Re: [PATCH] frob: fix it") -> tuple[Ask, ...]:
    """What Ann asks in a reply."""
    reply = subject.startswith("Re:")
    return parse(mail(subject=subject, body=body, to=to, cc=cc, in_reply_to="p@x" if reply else None)).asks


BY_NAME = [
    ("Lea, what do you think?", "lea@example.com", "answer"),
    ("What do you think, Lea?", "lea@example.com", "answer"),
    ("@Lea, does that fit your tree?", "lea@example.com", "answer"),
    ("It is late. @Lea?", "lea@example.com", "answer"),
    ("The lock is odd. Lea?", "lea@example.com", "answer"),
    ("Lea - is this what you meant?", "lea@example.com", "answer"),
    ("If so, Samir, would you mind sending that part?", "samir@example.io", "answer"),
    ("Samir, please let me know which tree it should go through.", "samir@example.io", "answer"),
    ("Hi Lea,\n\nWould that work for you?", "lea@example.com", "answer"),
    ("Lea if you agree, could you take this?", "lea@example.com", "answer"),
    ("LGTM, Lea if it's okay for you can you take it, and I'll rebase.", "lea@example.com", "answer"),
    ("Lea, could you test v1?", "lea@example.com", "test"),
    ("Samir, it would be nice if you could give this a try on your board.", "samir@example.io", "test"),
    ("Hello Samir,\n\nCould you please retest?", "samir@example.io", "test"),
    ("Hi Lea Brandt,\n\nHow do you see it?", "lea@example.com", "answer"),
    ("Hi Lea,\n\nA gentle ping on this patch.", "lea@example.com", "answer"),
    ("Lea, friendly reminder.", "lea@example.com", "answer"),
    ("Dear Samir,\n\nIs there any news?", "samir@example.io", "answer"),
    ("Samir, please take patch 1 through your tree.", "samir@example.io", "answer"),
    ("Hi Samir,\n\nPlease have a look.", "samir@example.io", "answer"),
]


@pytest.mark.parametrize(("body", "email", "kind"), BY_NAME, ids=[row[0] for row in BY_NAME])
def test_a_recipient_is_asked_by_name(body: str, email: str, kind: str) -> None:
    (ask,) = asks_in(body + "\n")
    assert (ask.email, ask.kind, ask.by_name) == (email, kind, True)


def test_two_are_asked_at_once() -> None:
    assert [ask.email for ask in asks_in("Lea, Samir, which of the two?\n")] == ["lea@example.com", "samir@example.io"]


def test_whole_names_may_greet_two_people() -> None:
    body = "Hi Lea Brandt and Samir Dube,\n\nA friendly ping.\n"
    assert [ask.email for ask in asks_in(body)] == ["lea@example.com", "samir@example.io"]


def test_a_posting_is_to_be_taken_anyway() -> None:
    assert asks_in("Hi Lea,\n\nPlease apply.\n", subject="[PATCH 0/2] frob: fix it") == ()


def test_who_is_to_take_a_patch_may_be_the_only_person_in_to() -> None:
    (ask,) = asks_in("> Take it with the rest.\n\nPlease pick this one.\n", to=LEA, cc=LIST)
    assert (ask.email, ask.by_name) == ("lea@example.com", False)


def test_the_last_question_to_each_is_kept() -> None:
    (ask,) = asks_in("Lea, is it late?\n\nMuch text.\n\nLea, is it done?\n")
    assert ask.text == "Lea, is it done?"


NOBODY = [
    "Lea, thanks for the explanation.",
    "Lea, I will do that in v2.",
    "As Lea said, why take the lock?",
    "Why is the lock taken?",
    "Tomas, what do you think?",  # not a recipient
    "> Lea, what do you think?",
    "Please fix the typo.",
    "Does it depend on FROB, Kconfig?",
    "A gentle ping on this patch.",
    "Hi Lea,\n\nI will ping the others.",
    "Hi Lea,\n\nPlease take care of the lock in the error path.",
]


@pytest.mark.parametrize("body", NOBODY)
def test_nobody_is_asked(body: str) -> None:
    assert asks_in(body + "\n") == ()


def test_the_only_person_in_to_is_you() -> None:
    (ask,) = asks_in("> The lock is odd.\n\nWhat would you use?\n", to=LEA, cc=LIST)
    assert (ask.email, ask.kind, ask.by_name) == ("lea@example.com", "answer", False)
    assert asks_in("What would you use?\n", to=BOTH, cc=LIST) == ()
    assert asks_in("Tomas, what would you use?\n", to=LEA, cc=LIST) == ()  # somebody else is asked


def test_a_posting_asks_who_reported_it_to_test() -> None:
    body = "It leaked.\n\nReported-by: Lea Brandt <lea@example.com>\n---\nLea, could you please test this?\n\n"
    (ask,) = asks_in(body, to=LIST, cc=LEA, subject="[PATCH] frob: fix a leak")
    assert (ask.email, ask.kind) == ("lea@example.com", "test")


def test_a_name_that_two_people_have_is_nobodys() -> None:
    other = "Lea Fabre <fabre@example.net>"
    assert asks_in("Lea, what do you think?\n", cc=f"{LEA}, {other}") == ()
    (ask,) = asks_in("Lea, what do you think?\n", to=LEA, cc=other)  # who is written to is meant
    assert ask.email == "lea@example.com"


def test_two_addresses_of_one_person_are_no_two_people() -> None:
    (ask,) = asks_in("Lea, what do you think?\n", cc=f"{LEA}, Lea Brandt <brandt@example.net>")
    assert ask.email == "lea@example.com"


def test_the_sender_and_relays_are_not_asked() -> None:
    relay = "Lea Brandt via B4 Relay <devnull+lea.example.com@kernel.org>"
    assert asks_in("Lea, what do you think?\n", cc=relay) == ()
    assert asks_in("Ann, what do you think?\n", cc="Ann Author <ann@example.net>") == ()
