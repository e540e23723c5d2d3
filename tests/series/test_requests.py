"""Requests to people who did not write the patch, and when they are answered."""

from __future__ import annotations

from patchwatch.mail.parse import parse
from patchwatch.series.requests import requests_in
from patchwatch.series.revision import find_revisions
from tests.support.mails import mail

ANN, RITA, REX = "Ann Author <ann@example.org>", "Rita Reviewer <rita@example.com>", "Rex Reviewer <rex@example.net>"
PATCH = "Why.\n---\ndiff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n"
DOUBT = "I doubt the lock.\n"

Said = tuple[str, str, str, str]  # sender, words, what is answered, the only person in To


def asked(*replies: Said, note: str = "") -> list[tuple[str, str, str]]:
    """Whom the replies to Ann's patch, numbered from 1, ask, and what; and the number of the mail."""
    posted = PATCH.replace("---\ndiff", f"---\n{note}\ndiff") if note else PATCH
    patch = mail(message_id="p@x", subject="[PATCH] frob: fix it", sender=ANN, cc=f"{RITA}, {REX}", body=posted)
    mails = [patch] + [
        mail(
            message_id=f"{number}@x",
            subject="Re: [PATCH] frob: fix it",
            sender=sender,
            to=to,
            cc=f"{ANN}, {RITA}, {REX}",
            date=f"Tue, {3 + number} Jul 2023 10:00:00 +0000",
            in_reply_to=f"{answers}@x",
            body=words,
        )
        for number, (sender, words, answers, to) in enumerate(replies, 1)
    ]
    (revision,) = find_revisions([parse(raw) for raw in mails])
    return [(one.email, one.kind, one.message_id) for one in requests_in(revision).open]


def test_a_question_by_name_is_open_until_its_answer() -> None:
    question = (REX, "Rita, what do you think?\n", "p", ANN)
    assert asked(question) == [("rita@example.com", "answer", "1@x")]
    assert asked(question, (REX, "It is still slow.\n", "1", ANN)) == [("rita@example.com", "answer", "1@x")]
    assert asked(question, (RITA, "It is fine.\n", "1", REX)) == []


def test_the_author_may_ask_by_name() -> None:
    assert asked((ANN, "Rita, should I split it?\n", "p", REX)) == [("rita@example.com", "answer", "1@x")]


def test_the_author_is_not_asked_here() -> None:
    assert asked((REX, "Ann, what do you think?\n", "p", ANN)) == []
    assert asked((REX, "> Why.\n\nCan you explain that?\n", "p", ANN)) == []
    assert asked((REX, "Could you test your patch?\n", "p", ANN)) == []


def test_who_is_quoted_and_written_to_is_asked() -> None:
    doubts = (RITA, DOUBT, "p", ANN)
    assert asked(doubts, (REX, "> I doubt the lock.\n\nWhat would you use?\n", "1", RITA)) == [
        ("rita@example.com", "answer", "2@x")
    ]
    # The author's own question to a reviewer is an answer to their point; another mail is not what they wrote.
    assert asked(doubts, (ANN, "> I doubt the lock.\n\nWhat would you use?\n", "1", RITA)) == []
    assert asked(doubts, (REX, "What would you use?\n", "p", RITA)) == []


def test_the_author_asks_for_a_test() -> None:
    assert asked(note="Rita, could you test this?") == [("rita@example.com", "test", "p@x")]
    assert asked((ANN, "Could you please give it a try?\n", "p", RITA)) == [("rita@example.com", "test", "1@x")]
    assert asked((REX, "Please test it once and you will know.\n", "p", RITA)) == []
