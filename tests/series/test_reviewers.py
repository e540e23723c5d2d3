"""Who replied to a revision, whether they are satisfied, and what the author answered."""

from __future__ import annotations

import pytest

from patchwatch.mail.parse import parse
from patchwatch.series.reviewers import reviewers_of
from patchwatch.series.revision import find_revisions
from tests.support.mails import mail

ANN, RITA, REX = "Ann Author <ann@example.org>", "Rita Reviewer <rita@example.com>", "Rex Reviewer <rex@example.net>"
LKP = "kernel test robot <lkp@intel.com>"
RITA_TAG = "Reviewed-by: Rita Reviewer <rita@example.com>\n"
ASKS, ANSWERS = "Why is the lock taken?\n", "Because the other side frobs it too.\n"

Said = tuple[str, str, str]
CASES: dict[str, tuple[list[Said], list[tuple[str, bool, str]]]] = {
    # what: sender, words, what is answered; who spoke, whether content, the author's answer
    "nobody": ([], []),
    "the author alone": ([(ANN, "Gentle ping.\n", "p")], []),
    "a bot": ([(LKP, "All errors:\n\n>> f.c:1: error: no frob\n", "p")], []),
    "who asks": ([(RITA, ASKS, "p")], [("rita@example.com", False, "")]),
    "who is answered": ([(RITA, ASKS, "p"), (ANN, ANSWERS, "1")], [("rita@example.com", False, "2@x")]),
    "who is thanked": ([(RITA, ASKS, "p"), (ANN, "Thanks!\n", "1")], [("rita@example.com", False, "")]),
    "who speaks after the answer": (
        [(RITA, ASKS, "p"), (ANN, ANSWERS, "1"), (RITA, "Does it, though?\n", "2")],
        [("rita@example.com", False, "")],
    ),
    "the one of two who is answered": (
        [(RITA, ASKS, "p"), (REX, ASKS, "p"), (ANN, ANSWERS, "2")],
        [("rita@example.com", False, ""), ("rex@example.net", False, "3@x")],
    ),
    "who is pinged below the answer": (
        [(RITA, ASKS, "p"), (ANN, ANSWERS, "1"), (ANN, "Please let me know what you think.\n", "2")],
        [("rita@example.com", False, "3@x")],
    ),
    "who is not the one of two pinged": (
        [(RITA, ASKS, "p"), (REX, ASKS, "p"), (ANN, ANSWERS, "1"), (ANN, ANSWERS, "2"), (ANN, "And it spins.\n", "3")],
        [("rita@example.com", False, "5@x"), ("rex@example.net", False, "4@x")],
    ),
    "who is thanked below the answer": (
        [(RITA, ASKS, "p"), (ANN, ANSWERS, "1"), (ANN, "Thanks!\n", "2")],
        [("rita@example.com", False, "2@x")],
    ),
    "nobody, when the author talks to themselves": (
        [(RITA, ASKS, "p"), (ANN, "I will be away.\n", "p"), (ANN, "Back again, all of it is fine.\n", "2")],
        [("rita@example.com", False, "")],
    ),
    "who gives a tag": ([(RITA, RITA_TAG, "p")], [("rita@example.com", True, "")]),
    "who gives a tag and asks": ([(RITA, RITA_TAG + "\n" + ASKS, "p")], [("rita@example.com", False, "")]),
    "who gives a tag after asking": (
        [(RITA, ASKS, "p"), (ANN, ANSWERS, "1"), (RITA, RITA_TAG, "2")],
        [("rita@example.com", True, "")],
    ),
    "who chats after a tag": (
        [(RITA, RITA_TAG, "p"), (RITA, "It is a fine frob.\n", "p")],
        [("rita@example.com", True, "")],
    ),
    "who asks after a tag": ([(RITA, RITA_TAG, "p"), (RITA, ASKS, "p")], [("rita@example.com", False, "")]),
}


@pytest.mark.parametrize("what", CASES)
def test_reviewers(what: str) -> None:
    replies, reviewers = CASES[what]
    patch = mail(
        message_id="p@x",
        subject="[PATCH] frob: mend it",
        date="Mon, 3 Jul 2023 09:00:00 +0000",
        body="Why.\n---\ndiff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n",
    )
    replies = [
        mail(
            message_id=f"{number}@x",
            subject="Re: [PATCH] frob: mend it",
            sender=sender,
            date=f"Mon, 3 Jul 2023 1{number}:00:00 +0000",
            in_reply_to=f"{above}@x",
            body=body,
        )
        for number, (sender, body, above) in enumerate(replies, 1)
    ]
    (revision,) = find_revisions(parse(raw) for raw in (patch, *replies))
    assert [(v.person.email, v.satisfied, v.answer) for v in reviewers_of(revision)] == reviewers
