"""State and turn of a revision, mail by mail, with the evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.mail.message import Message, Person
from patchwatch.mail.parse import parse
from patchwatch.series.revision import Revision, find_revisions
from patchwatch.series.state.machine import revision_state
from patchwatch.series.state.status import Mark, Merge, series_status
from patchwatch.series.state.types import Reason, RevisionState
from patchwatch.series.states import State, Turn
from tests.support.mails import mail

ANN = "Ann Author <ann@example.org>"
ANN_AT_WORK = "Ann Author <aauthor@corp.example.com>"
RITA = "Rita Reviewer <rita@example.com>"
REX = "Rex Reviewer <rex@example.net>"
MIA = "Mia Maintainer <mia@kernel.example>"
PATCHWORK = "patchwork-bot+netdevbpf@kernel.org"
LKP = "kernel test robot <lkp@intel.com>"

ANN_TAG = "Reviewed-by: Ann Author <ann@example.org>\n"
RITA_TAG = "Reviewed-by: Rita Reviewer <rita@example.com>\n"
REX_TAG = "Acked-by: Rex Reviewer <rex@example.net>\n"
APPLIED = "Applied to frob/for-6.5, thanks!\n"


def at(hour: float) -> datetime:
    return datetime(2023, 7, 3, 10, tzinfo=UTC) + timedelta(hours=hour)


def patch(number: int, whole: int, tags: str = "", prefix: str = "PATCH") -> Message:
    """Patch `number` of a series with a cover, or of none; posted at once."""
    subject = f"[PATCH {number}/{whole}] frob: part {number}" if whole > 1 else f"[{prefix}] frob: mend it"
    diff = f"diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+{number}\n"
    body = f"Why.\n\n{tags}Signed-off-by: {ANN}\n---\n{diff}"
    below = "0@x" if whole > 1 else None
    date = format_datetime(at(0) + timedelta(seconds=number))
    return parse(mail(message_id=f"{number}@x", subject=subject, sender=ANN, date=date, in_reply_to=below, body=body))


def posted(whole: int, tags: str = "", prefix: str = "PATCH") -> list[Message]:
    """A series of so many patches with its cover; of one, just the patch."""
    patches = [patch(number, whole, tags, prefix) for number in range(1, whole + 1)]
    if whole == 1:
        return patches
    cover = mail(
        message_id="0@x", subject=f"[PATCH 0/{whole}] frob", sender=ANN, date=format_datetime(at(0)), body="All.\n"
    )
    return [parse(cover), *patches]


Said = tuple[str, str] | tuple[str, str, int | str]
"""Who says what, in answer to which patch (0, the cover, unless told), or to which answer ("a1")."""


def told(whole: int, *said: Said, tags: str = "") -> RevisionState:
    """Where a series of `whole` patches stands when this was said about it, an hour after the other."""
    return revision_state(revision(whole, *said, tags=tags))


def revision(whole: int, *said: Said, tags: str = "", prefix: str = "PATCH") -> Revision:
    own = posted(whole, tags, prefix)
    answers: list[Message] = []
    for number, (sender, body, *answered) in enumerate(said, 1):
        to = answered[0] if answered else 0
        above = answers[int(to[1:]) - 1] if isinstance(to, str) else own[to if whole > 1 else 0]
        answers.append(
            parse(
                mail(
                    message_id=f"a{number}@x",
                    subject=f"Re: {above.subject}",
                    sender=sender,
                    date=format_datetime(at(number)),
                    in_reply_to=above.message_id,
                    body=body,
                )
            )
        )
    (found,) = find_revisions([*own, *answers])
    return found


# `whole` 0: an RFC of one patch
STANDS: dict[str, tuple[int, list[Said], str, str, str]] = {
    # what: patches, what is said; state, turn, the mail that made the state (- for none)
    "nobody spoke": (2, [], "new", "reviewers", "-"),
    "the author alone spoke": (1, [(ANN, "Gentle ping.\n")], "new", "reviewers", "-"),
    "the author from another address spoke": (1, [(ANN_AT_WORK, "Any news on this one?\n")], "new", "reviewers", "-"),
    "somebody asked": (1, [(RITA, "Why is the lock taken?\n")], "under-review", "author", "a1@x"),
    "somebody doubted": (1, [(RITA, "I'm not sure about the socket.\n")], "under-review", "author", "a1@x"),
    "somebody found it wrong": (1, [(RITA, "This breaks frob on 32-bit.\n")], "changes-requested", "author", "a1@x"),
    "the author defends what somebody found wrong": (
        1,
        [(RITA, "This breaks frob on 32-bit.\n"), (ANN, "There is no frob on 32-bit.\n", "a1")],
        "under-review",
        "reviewers",
        "a2@x",
    ),
    "somebody would rather leave it as it is": (
        1,
        [(MIA, "I'd much rather leave it as-is.\n")],
        "rejected",
        "nobody",
        "a1@x",
    ),
    "the same was done already, and the author sees it": (
        1,
        [(MIA, "Rex already sent a fix.\n"), (ANN, "Even easier then. Thanks!\n", "a1")],
        "not-applicable",
        "nobody",
        "a2@x",
    ),
    "nothing is wrong, and the author sees it": (
        1,
        [(RITA, "Not a typo, frob is a word.\n"), (ANN, "All right, thanks.\n", "a1")],
        "not-applicable",
        "nobody",
        "a2@x",
    ),
    "another patch does it, and the author had not seen that": (
        1,
        [
            (RITA, "Your patch is likely obsoleted by that.\n"),
            (ANN, "Sorry, I didn't notice these patches. It is a good idea to paint the frob.\n", "a1"),
        ],
        "not-applicable",
        "nobody",
        "a2@x",
    ),
    "somebody finds it in the mainline": (
        1,
        [(RITA, "I see that this is now in the mainline and our board still fails.\n")],
        "mainlined",
        "nobody",
        "a1@x",
    ),
    "one patch of several was done already": (
        3,
        [(MIA, "Rex already sent a fix.\n", 2), (ANN, "OK, thanks.\n", "a1")],
        "under-review",
        "author",
        "a1@x",
    ),
    "reviewers are called for": (
        1,
        [(MIA, "There seems to have been little reviewer interest in this one?\n")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "the maintainer takes it later": (
        1,
        [(MIA, "I'll merge it once Rex acks.\n")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "a reviewer will send a test himself": (
        1,
        [(RITA, "I'll send a selftest for it.\n")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "somebody asks that it be dropped": (
        1,
        [(RITA, "Please drop this patch.\n")],
        "changes-requested",
        "author",
        "a1@x",
    ),
    "the author says that he is dropping it": (
        1,
        [(RITA, "Why is the lock taken?\n"), (ANN, "Hm, right. I'll drop this patch.\n", "a1")],
        "not-applicable",
        "nobody",
        "a2@x",
    ),
    "the author drops one of several": (
        3,
        [(RITA, "Why is the lock taken?\n", 2), (ANN, "Hm, right. I'll drop this patch.\n", "a1")],
        "under-review",
        "author",
        "a1@x",
    ),
    "the author will send no other version": (
        1,
        [(RITA, "You should say why.\n"), (ANN, "It is said already, so I won't send another version.\n", "a1")],
        "not-applicable",
        "nobody",
        "a2@x",
    ),
    "the same was done already, says the author not": (
        1,
        [(MIA, "Rex already sent a fix.\n"), (ANN, "That one only helps on 32-bit, where nobody is.\n", "a1")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "the author answered": (
        1,
        [(RITA, "Why is the lock taken?\n"), (ANN, "Because of the frob.\n")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "the author will post": (
        1,
        [(RITA, "Why is the lock taken?\n"), (ANN, "Right, I will drop it in v2.\n")],
        "under-review",
        "author",
        "a1@x",
    ),
    "a change is asked for": (1, [(RITA, "Please use frob() instead.\n")], "changes-requested", "author", "a1@x"),
    "a new version is asked for": (2, [(RITA, "Please rebase and resend.\n")], "changes-requested", "author", "a1@x"),
    "a change is asked of somebody else": (
        1,
        [(RITA, "Rex, can you please drop the other patch?\n")],
        "under-review",
        "author",
        "a1@x",
    ),
    "a change is asked of the author by name": (
        1,
        [(RITA, "Ann, can you please drop the helper?\n")],
        "changes-requested",
        "author",
        "a1@x",
    ),
    "who asked for the change is content": (
        1,
        [(RITA, "Please use frob() instead.\n"), (ANN, "It sleeps.\n"), (RITA, f"I see.\n\n{RITA_TAG}")],
        "reviewed",
        "maintainer",
        "a3@x",
    ),
    "another is content, who asked is not": (
        1,
        [(RITA, "Please use frob() instead.\n"), (REX, REX_TAG)],
        "changes-requested",
        "author",
        "a1@x",
    ),
    "every patch has a tag": (2, [(RITA, RITA_TAG, 1), (REX, REX_TAG, 2)], "reviewed", "maintainer", "a2@x"),
    "one patch of two has a tag": (2, [(RITA, RITA_TAG, 1)], "under-review", "reviewers", "a1@x"),
    "a tag on the cover is for each patch": (2, [(RITA, RITA_TAG)], "reviewed", "maintainer", "a1@x"),
    "a tag on one patch said to be for the series": (
        2,
        [(RITA, f"For the series:\n{RITA_TAG}", 1)],
        "reviewed",
        "maintainer",
        "a1@x",
    ),
    "a question comes with the tag": (1, [(RITA, f"Why is that?\n\n{RITA_TAG}")], "reviewed", "author", "a1@x"),
    "a question comes after the tag": (
        1,
        [(RITA, RITA_TAG), (REX, "Why is the lock taken?\n")],
        "reviewed",
        "author",
        "a1@x",
    ),
    "the author's own tag is no review": (1, [(ANN_AT_WORK, ANN_TAG)], "new", "reviewers", "-"),
    "a quoted tag is nobody's": (1, [(REX, f"> {RITA_TAG}")], "under-review", "author", "a1@x"),
    "it is applied": (2, [(MIA, APPLIED)], "accepted", "nobody", "a1@x"),
    "it is applied by a maintainer's few words": (1, [(MIA, "Applied, thanks.\n")], "accepted", "nobody", "a1@x"),
    "it is applied after changes were asked for": (
        1,
        [(RITA, "Please use frob() instead.\n"), (MIA, APPLIED)],
        "accepted",
        "nobody",
        "a2@x",
    ),
    "the bot says that it is applied": (
        2,
        [(PATCHWORK, "Hello:\n\nThis series was applied to netdev/net.git (main)\nby Mia:\n")],
        "accepted",
        "nobody",
        "a1@x",
    ),
    "a quoted application": (1, [(RITA, "> Applied, thanks!\n\nWhere to?\n")], "under-review", "author", "a1@x"),
    "an author who takes advice": (
        1,
        [(RITA, "Why is the lock taken?\n"), (ANN, "Applied, thanks.\n")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "an author who is the maintainer": (1, [(ANN, "Applied to frob/for-6.5.\n")], "accepted", "nobody", "a1@x"),
    "a tag after it was applied": (1, [(MIA, APPLIED), (RITA, RITA_TAG)], "accepted", "nobody", "a1@x"),
    "a question after it was applied": (1, [(MIA, APPLIED), (RITA, "Why now?\n")], "accepted", "nobody", "a1@x"),
    "it was dropped again": (
        1,
        [(MIA, APPLIED), (MIA, "Dropped it for now.\n")],
        "changes-requested",
        "author",
        "a2@x",
    ),
    "the author speaks of dropping": (1, [(MIA, APPLIED), (ANN, "I'll drop it.\n")], "accepted", "nobody", "a1@x"),
    "a NAK to the whole": (2, [(MIA, "NAK. This is wrong.\n")], "rejected", "nobody", "a1@x"),
    "a NAK to the only patch": (1, [(MIA, "NAK\n")], "rejected", "nobody", "a1@x"),
    "a NAK to one patch of two": (2, [(MIA, "NAK\n", 2)], "changes-requested", "author", "a1@x"),
    "the author's own NAK": (1, [(ANN, "NAK from me to that idea.\n")], "new", "reviewers", "-"),
    "the author takes it back": (1, [(ANN, "Please ignore this patch.\n")], "not-applicable", "nobody", "a1@x"),
    "the author takes back one patch of two": (2, [(ANN, "Please ignore this patch.\n", 1)], "new", "author", "-"),
    "the author takes back one patch after the other": (
        2,
        [(ANN, "Please ignore this patch.\n", 1), (ANN, "Please ignore this patch.\n", 2)],
        "not-applicable",
        "nobody",
        "a2@x",
    ),
    "a robot found that it does not build": (
        1,
        [(LKP, "kernel test robot noticed the following build errors:\n")],
        "new",
        "author",
        "-",
    ),
    "it should be otherwise": (1, [(RITA, "I'd rather see it in the core.\n")], "changes-requested", "author", "a1@x"),
    "an RFC asks how it should be": (0, [(RITA, "I'd rather see it in the core.\n")], "under-review", "author", "a1@x"),
    "the author answers a wish": (
        1,
        [(RITA, "I'd rather see it in the core.\n"), (ANN, "The core can't sleep there.\n", "a1")],
        "under-review",
        "reviewers",
        "a2@x",
    ),
    "the author answers a demand": (
        1,
        [(RITA, "Please use frob() instead.\n"), (ANN, "The core can't sleep there.\n", "a1")],
        "changes-requested",
        "reviewers",
        "a1@x",
    ),
    "a demand comes with a tag": (
        1,
        [(RITA, f"Please fix the typo.\n\n{RITA_TAG}")],
        "reviewed",
        "author",
        "a1@x",
    ),
    "the author agrees to change it": (
        1,
        [(RITA, "The socket stays open.\n"), (ANN, "I will fix it.\n", "a1")],
        "changes-requested",
        "author",
        "a2@x",
    ),
    "the author will do something else later": (
        1,
        [(RITA, "The socket stays open.\n"), (ANN, "I will fix that in a follow-up.\n", "a1")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "every patch has a tag after the author agreed to change it": (
        2,
        [(RITA, "The socket stays open.\n", 1), (ANN, "I will fix it.\n", "a1"), (REX, REX_TAG)],
        "reviewed",
        "maintainer",
        "a3@x",
    ),
    "the author only agrees": (
        1,
        [(RITA, "The socket is leaked there.\n"), (ANN, "Ok, I see. Thanks!\n", "a1")],
        "under-review",
        "author",
        "a1@x",
    ),
    "the author thanks for a tag": (
        2,
        [(RITA, RITA_TAG, 1), (ANN, "Thanks!\n", "a1")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "who doubted is content": (
        1,
        [(RITA, "This looks wrong to me.\n"), (ANN, "It is called twice.\n", "a1"), (RITA, "Fair enough.\n", "a2")],
        "under-review",
        "reviewers",
        "a2@x",
    ),
    "who doubted takes it back at once": (
        1,
        [(RITA, "This looks wrong to me.\n"), (RITA, "Never mind, I misread it.\n", "a1")],
        "under-review",
        "reviewers",
        "a2@x",
    ),
    "another still doubts": (
        1,
        [(RITA, "This looks wrong.\n"), (REX, "Why is it freed?\n"), (RITA, "Never mind.\n", "a1")],
        "under-review",
        "author",
        "a3@x",
    ),
    "a doubt comes after every patch has its tag": (
        1,
        [(RITA, RITA_TAG), (REX, "I'm not sure that this is safe.\n")],
        "reviewed",
        "author",
        "a1@x",
    ),
    "praise comes after every patch has its tag": (
        1,
        [(RITA, RITA_TAG), (REX, "A fine use of the frob.\n")],
        "reviewed",
        "maintainer",
        "a1@x",
    ),
    "a reviewer will look himself": (1, [(RITA, "I'll take a look tomorrow.\n")], "under-review", "reviewers", "a1@x"),
    "the author will look himself": (
        1,
        [(RITA, "It crashed here.\n"), (ANN, "I'll look into it.\n", "a1")],
        "under-review",
        "author",
        "a1@x",
    ),
    "a question for somebody else": (
        1,
        [(RITA, f"Rex, what do you think?\n\n{RITA_TAG}")],
        "reviewed",
        "maintainer",
        "a1@x",
    ),
    "a remark beside a tag": (
        1,
        [(RITA, f"{RITA_TAG}\nBtw, there is a race in the other driver.\n")],
        "reviewed",
        "maintainer",
        "a1@x",
    ),
    "a question of whose tree it goes through": (
        1,
        [(RITA, f"{RITA_TAG}\nProbably best to go through the frob tree?\n")],
        "reviewed",
        "maintainer",
        "a1@x",
    ),
    "the author talks on after he said that a next version comes": (
        1,
        [
            (RITA, "The socket stays open.\n"),
            (ANN, "I'll fix it in v2.\n", "a1"),
            (REX, "It was freed by the core in 6.1.\n"),
            (ANN, "The core has changed since then.\n", "a3"),
        ],
        "changes-requested",
        "author",
        "a2@x",
    ),
    "who answers the author's question leaves him with his next version": (
        1,
        [
            (RITA, "The socket stays open.\n"),
            (ANN, "I'll fix it in v2.\n", "a1"),
            (ANN, "Should the core free it?\n", "a1"),
            (RITA, "Makes sense to me.\n", "a3"),
        ],
        "changes-requested",
        "author",
        "a2@x",
    ),
    "the author answers, and will look at something else": (
        1,
        [
            (RITA, "How is the socket freed?\n"),
            (
                ANN,
                "The core frees the socket when the last user is gone. Others do not. I'll look into it.\n",
                "a1",
            ),
        ],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "it was dropped, though nobody told that it had been applied": (
        1,
        [(RITA, "What for?\n"), (MIA, "The answers were not compelling, so I'll drop this copy for now.\n")],
        "changes-requested",
        "author",
        "a2@x",
    ),
    "the maintainer adds it to a tree": (
        1,
        [(MIA, "It is late, but it is simple so I'll add it to frob-unstable for a while.\n")],
        "accepted",
        "nobody",
        "a1@x",
    ),
    "a question beside the matter": (
        1,
        [(RITA, f"Not related to this patch, but why is it an int?\n\n{RITA_TAG}")],
        "reviewed",
        "maintainer",
        "a1@x",
    ),
    "the tree is closed": (1, [(MIA, "Please resend after the merge window.\n")], "deferred", "author", "a1@x"),
    "it is refused": (1, [(MIA, "We will never accept this.\n")], "rejected", "nobody", "a1@x"),
    "it is refused as it is": (
        1,
        [(MIA, "I'm not going to take this without a test.\n")],
        "changes-requested",
        "author",
        "a1@x",
    ),
    "the author will rework what was refused": (
        1,
        [(MIA, "NAK\n"), (ANN, "I will move it to the core in v2.\n", "a1")],
        "changes-requested",
        "author",
        "a2@x",
    ),
    "the author argues with who refused": (
        1,
        [(MIA, "NAK\n"), (ANN, "But it helps my users.\n", "a1")],
        "rejected",
        "nobody",
        "a1@x",
    ),
    "the author drops it": (
        1,
        [(RITA, "What for?\n"), (ANN, "We've decided to drop this patch.\n", "a1")],
        "not-applicable",
        "nobody",
        "a2@x",
    ),
    "the author drops a part of it in the next version": (
        2,
        [(RITA, "What for?\n", 2), (ANN, "I will drop this patch in v2.\n", "a1")],
        "changes-requested",
        "author",
        "a2@x",
    ),
    "the author drops the rest of what is applied": (
        2,
        [(ANN, "I am going to drop this series for now.\n"), (MIA, "Applied to frob/for-6.5.\n", 1)],
        "accepted",
        "nobody",
        "a2@x",
    ),
    "somebody asks about a patch that is applied": (
        2,
        [(RITA, RITA_TAG), (MIA, "Applied patch 1.\n"), (REX, "Why is that an int?\n", 1)],
        "reviewed",
        "maintainer",
        "a1@x",
    ),
    "the patch is a commit now": (
        1,
        [(REX, 'Thanks for your patch, which is now commit 0123456789ab ("frob: mend it") in frob/next.\n')],
        "accepted",
        "nobody",
        "a1@x",
    ),
    "the maintainer took it": (1, [(MIA, "I took it on Monday.\n")], "accepted", "nobody", "a1@x"),
    "a robot speaks without a finding": (1, [(LKP, "Thank you for your patch.\n")], "new", "reviewers", "-"),
}


@pytest.mark.parametrize("name", STANDS)
def test_state_and_turn_follow_from_the_replies(name: str) -> None:
    whole, said, state, turn, evidence = STANDS[name]
    found = told(whole, *said) if whole else revision_state(revision(1, *said, prefix="RFC PATCH"))
    assert (found.state, found.turn) == (state, turn)
    assert (found.reason.message_id if found.reason else "-") == evidence


@pytest.mark.parametrize(
    ("command", "state", "turn"),
    [
        ("changes-requested", "changes-requested", "author"),
        ("cr", "changes-requested", "author"),
        ("under-review", "under-review", "author"),
        ("accept", "accepted", "nobody"),
        ("reject", "rejected", "nobody"),
        ("defer", "deferred", "author"),
        ("not-applicable", "not-applicable", "nobody"),
        ("awaiting-upstream", "awaiting-upstream", "author"),
        ("unheard-of", "new", "author"),
    ],
)
def test_pw_bot_commands_set_the_state(command: str, state: str, turn: str) -> None:
    found = told(1, (MIA, f"net-next is closed.\n-- \npw-bot: {command}\n"))
    assert (found.state, found.turn) == (state, turn)


def test_a_deferred_series_stays_with_the_author_after_any_reply() -> None:
    found = told(1, (MIA, "pw-bot: defer\n"), (RITA, "Sounds right.\n"), (ANN, "When does it open?\n"))
    assert (found.state, found.turn) == ("deferred", "author")


def test_the_evidence_is_the_sentence_and_its_mail() -> None:
    found = told(1, (MIA, "Hi Ann,\n\nnice. Applied to\nfrob/for-6.5.\n"))
    mia = Person("Mia Maintainer", "mia@kernel.example")
    assert found.reason == Reason("a1@x", "Applied to frob/for-6.5.", int(at(1).timestamp()), kind="applied", by=mia)
    assert found.turn_reason == found.reason


OWED: dict[str, tuple[list[Said], list[tuple[str, str]]]] = {
    # what: what is said; of each thing that the author owes an answer: what it is, and its mail
    "nothing before anybody asks": ([(RITA, RITA_TAG)], []),
    "a question": ([(RITA, "Why is the lock taken?\n")], [("question", "a1@x")]),
    "what two people asked": (
        [(RITA, "Why is the lock taken?\n"), (REX, "Please use frob() instead.\n")],
        [("question", "a1@x"), ("changes", "a2@x")],
    ),
    "what one person asks twice, once": (
        [(RITA, "Why is the lock taken?\n"), (RITA, "And why twice?\n")],
        [("question", "a1@x")],
    ),
    "a doubt": ([(RITA, "This leaks the socket.\n")], [("doubt", "a1@x")]),
    "what a robot found": (
        [(LKP, "All errors (new ones prefixed by >>):\n\n>> f.c:1: error: no frob\n")],
        [("failure", "a1@x")],
    ),
    "nothing after he answered": ([(RITA, "Why is the lock taken?\n"), (ANN, "Because of the frob.\n")], []),
    "what he promised, instead of what he was asked": (
        [(RITA, "Why is the lock taken?\n"), (ANN, "Right, I will drop it in v2.\n")],
        [("promise", "a2@x")],
    ),
    "nothing once it is closed": ([(RITA, "Why is the lock taken?\n"), (MIA, APPLIED)], []),
    "a new posting, after it was deferred": (
        [(MIA, "net-next is closed.\n-- \npw-bot: defer\n")],
        [("deferred", "a1@x")],
    ),
}


@pytest.mark.parametrize("what", OWED)
def test_open_requests_to_the_author_are_kept_with_their_mails(what: str) -> None:
    said, owed = OWED[what]
    assert [(reason.kind, reason.message_id) for reason in told(1, *said).owed] == owed


def test_the_turn_reason_has_sender_and_kind() -> None:
    asked = told(1, (RITA, "Why is the lock taken?\n")).turn_reason
    assert (asked.by, asked.kind) == (Person("Rita Reviewer", "rita@example.com"), "question")
    answered = told(1, (RITA, "Why is the lock taken?\n"), (ANN, "Because of the frob.\n")).turn_reason
    assert (answered.by.name, answered.kind) == ("Ann Author", "answered")
    assert (told(1).turn_reason.by.name, told(1).turn_reason.kind) == ("Ann Author", "posted")
    assert told(1, (RITA, RITA_TAG)).turn_reason.kind == "tagged"


def test_a_turn_begins_with_the_first_mail_that_passed_it() -> None:
    found = told(1, (RITA, "Why is the lock taken?\n"), (REX, "And why is it freed?\n"))
    assert found.turn_since == int(at(1).timestamp())
    assert found.turn_reason.text == "Why is the lock taken?"


def test_the_first_turn_begins_with_the_date_of_the_posting() -> None:
    found = told(2)
    assert found.turn_since == int(at(0).timestamp())
    assert found.turn_reason.message_id == "0@x"


HALF_FOUND = """\
This series was applied to frob/frob.git (main)

  - [1/3] frob: part 1
    https://git.kernel.org/frob/c/0123456789ab
  - [2/3] frob: part 2
    (no matching commit)
"""
THANKS = "Applied, thanks!\n\n" + "".join(
    f"[{number}/3] frob: part {number}\n      commit: 0123456789ab\n" for number in (1, 2, 3)
)


@pytest.mark.parametrize(
    ("said", "partly"),
    [
        ([(MIA, "Applied 1-2 to frob/for-6.5.\n")], "1,2"),
        ([(MIA, "Applied, thanks.\n", 3)], "3"),
        ([(MIA, "Applied, thanks.\n", 3), (MIA, "Applied, thanks.\n", 1)], "1,3"),
        ([(MIA, "Applied the first patch.\n")], "some"),
        ([(PATCHWORK, HALF_FOUND)], "1"),
    ],
)
def test_a_partly_applied_series_has_the_patch_numbers(said: list[Said], partly: str) -> None:
    found = told(3, *said)
    assert (found.state, found.partly) == ("under-review", partly)


@pytest.mark.parametrize(
    "said",
    [
        [(MIA, "Applied 1-2 to frob/for-6.5.\n"), (REX, "Applied patch 3 to knob/next.\n")],
        [(MIA, "Applied 1-2 to frob/for-6.5.\n"), (MIA, "Applied the rest, thanks.\n")],
        [(MIA, "Applied, thanks.\n", number) for number in (1, 2, 3)],
        [(MIA, "Series applied, thanks.\n", 1)],
        [(MIA, THANKS, 1)],
    ],
)
def test_a_series_applied_piece_by_piece_is_accepted_with_the_last_one(said: list[Said]) -> None:
    found = told(3, *said)
    assert (found.state, found.partly) == ("accepted", "")
    assert found.reason is not None
    assert found.reason.message_id == f"a{len(said)}@x"


def notice(subject: str, body: str, about: str = "1@x", hour: float = 5) -> Message:
    text = f"{body}\n\nLink: https://lore.kernel.org/r/{about}\n"
    return parse(mail(message_id=f"n{hour}@x", subject=subject, sender=MIA, date=format_datetime(at(hour)), body=text))


TIP = "The following commit has been merged into the sched/core branch of tip:\n"
STABLE = "I've just added the patch titled\n\n    frob\n\nto the 6.6-stable tree which can be found at:\n    x\n"


def test_notices_about_each_patch_accept_a_series() -> None:
    one = notice("[tip: sched/core] frob: part 1", TIP, "1@x", 5)
    two = notice("[tip: sched/core] frob: part 2", TIP, "2@x", 6)
    (half,) = find_revisions([*posted(2), one])
    (whole,) = find_revisions([*posted(2), one, two])
    assert (revision_state(half).state, revision_state(half).partly) == ("under-review", "1")
    assert revision_state(whole).state == "accepted"


def test_a_patch_queued_for_stable_is_in_mainline() -> None:
    (found,) = find_revisions([*posted(1), notice('Patch "frob" has been added to the 6.6-stable tree', STABLE)])
    assert (revision_state(found).state, revision_state(found).turn) == ("mainlined", "nobody")


def test_a_patch_dropped_by_mm_is_no_longer_accepted() -> None:
    added = notice(
        "+ frob.patch added to mm-unstable branch", "has been added to the -mm mm-unstable branch.\n", hour=5
    )
    dropped = notice(
        "[to-be-updated] frob.patch removed from -mm tree",
        "has been removed from the -mm tree.\n\nThis patch was dropped because an updated version will be issued\n",
        hour=6,
    )
    (found,) = find_revisions([*posted(1), added, dropped])
    assert (revision_state(found).state, revision_state(found).turn) == ("under-review", "author")


def test_a_merged_pull_request_is_in_mainline() -> None:
    pull = parse(mail(message_id="p@x", subject="[GIT PULL] frob", sender=MIA, body="Please pull.\n"))
    body = "The pull request you sent on Mon, 3 Jul:\n\n> git://x tags/y\n\nhas been merged into torvalds/linux.git:\nhttps://x\n"
    bot = parse(
        mail(
            message_id="b@x",
            subject="Re: [GIT PULL] frob",
            sender="pr-tracker-bot@kernel.org",
            in_reply_to="p@x",
            body=body,
        )
    )
    (found,) = find_revisions([pull, bot])
    assert (revision_state(found).state, revision_state(found).turn) == ("mainlined", "nobody")


def test_tags_carried_by_patches_count_from_the_start() -> None:
    found = told(2, tags=RITA_TAG)
    assert (found.state, found.turn, found.reviewed) == ("reviewed", "maintainer", 2)


def test_each_state_change_has_its_mail() -> None:
    found = told(1, (RITA, "Why is the lock taken?\n"), (ANN, "Because of it.\n"), (RITA, RITA_TAG), (MIA, APPLIED))
    assert [(step.reason.message_id, step.state, step.turn) for step in found.steps] == [
        ("1@x", "new", "reviewers"),
        ("a1@x", "under-review", "author"),
        ("a2@x", "under-review", "reviewers"),
        ("a3@x", "reviewed", "maintainer"),
        ("a4@x", "accepted", "nobody"),
    ]


NEWEST = told(1, (RITA, "Why is the lock taken?\n"))


@pytest.mark.parametrize(
    ("state", "turn"),
    [
        ("rejected", "nobody"),
        ("not-applicable", "nobody"),
        ("deferred", "author"),
        ("changes-requested", "author"),
        ("new", "author"),
    ],
)
def test_a_mark_outranks_the_mails(state: str, turn: str) -> None:
    status = series_status("1@x", NEWEST, [Mark("1@x", state, 99, "rita")])
    assert (status.state, status.turn) == (state, turn)
    assert status.reason == Reason("", "set by rita", 99, by_hand=True, kind="marked", by=Person("rita", ""))


def test_a_mark_that_reopens_a_series_passes_the_turn_to_the_reviewers() -> None:
    accepted = told(1, (MIA, APPLIED))
    assert series_status("1@x", accepted, [Mark("1@x", "under-review", 99, "rita")]).turn == "reviewers"


def test_a_mark_on_an_older_version_does_not_apply_to_the_newest() -> None:
    assert series_status("1@x", NEWEST, [Mark("old@x", "rejected", 99, "rita")]).state == "under-review"


PULLED = Merge("mainlined", Reason("b@x", "The pull request has been merged into torvalds/linux.git", 50))
APPLIED_IN = Merge("accepted", Reason("", "commit 1a2b in net-next: frob", 40, commit="1a2b"))
PARTLY_IN = Merge("under-review", Reason("", "patch 1 of 2: commit 1a2b in net-next: frob", 40, commit="1a2b"))
REVERTED = Merge("under-review", Reason("", "commit 3c4d in net-next: Revert", 60, commit="3c4d"), reverted=True)


@pytest.mark.parametrize(
    ("own", "merges", "state", "turn", "date"),
    [
        ("under-review", [PULLED], "mainlined", "nobody", 50),
        ("under-review", [APPLIED_IN], "accepted", "nobody", 40),
        ("rejected", [APPLIED_IN], "accepted", "nobody", 40),  # what is in a tree is no longer a matter of words
        ("under-review", [APPLIED_IN, PULLED], "mainlined", "nobody", 50),
        ("new", [PARTLY_IN], "under-review", "reviewers", 7),
        ("accepted", [PARTLY_IN], "accepted", "nobody", 7),
        ("changes-requested", [PARTLY_IN], "changes-requested", "author", 7),
        ("accepted", [REVERTED], "under-review", "author", 60),
        ("accepted", [REVERTED, PULLED], "under-review", "author", 60),
    ],
)
def test_merges_outrank_the_mails(own: str, merges: list[Merge], state: str, turn: str, date: int) -> None:
    turns = {"accepted": "nobody", "rejected": "nobody", "changes-requested": "author"}
    said = Reason("r@x", "words", 7)
    newest = replace(NEWEST, state=own, reason=said, turn=turns.get(own, "reviewers"), turn_since=7, turn_reason=said)
    status = series_status("1@x", newest, [], merges)
    assert (status.state, status.turn, status.turn_since) == (state, turn, date)


def test_the_mails_stay_the_evidence_if_they_report_the_same() -> None:
    said = Reason("r@x", "Applied to net-next, thanks.", 30)
    newest = replace(NEWEST, state="accepted", reason=said, turn="nobody", turn_since=30, turn_reason=said)
    assert series_status("1@x", newest, [], [APPLIED_IN]).reason == said


def test_a_mark_outranks_merges() -> None:
    assert series_status("1@x", NEWEST, [Mark("1@x", "rejected", 99, "rita")], [PULLED]).state == "rejected"


def test_a_partly_applied_series_has_the_mail_that_reported_it() -> None:
    found = told(4, (MIA, "Applied patches 1-2, thanks!\n"), (MIA, APPLIED, 3))
    assert (found.state, found.partly) == ("under-review", "1,2,3")
    assert found.partly_reason is not None
    assert found.partly_reason.message_id == "a2@x"
    assert (
        told(4, (MIA, "Applied patches 1-2, thanks!\n"), (MIA, "Applied the series, thanks!\n")).partly_reason is None
    )


BODIES = st.sampled_from(
    [
        APPLIED,
        RITA_TAG,
        REX_TAG,
        "Why?\n",
        "Please resend.\n",
        "NAK\n",
        "pw-bot: defer\n",
        "Dropped it.\n",
        "I'll fix it in v2.\n",
        "> x\n",
    ]
)
SAID = st.lists(
    st.tuples(st.sampled_from([ANN, ANN_AT_WORK, RITA, REX, MIA, LKP]), BODIES, st.integers(0, 2)), max_size=6
)


@given(SAID)
def test_any_replies_give_one_state_with_evidence(said: list[tuple[str, str, int]]) -> None:
    whole = revision(2, *said)
    found = revision_state(whole)
    ids = {m.message_id for m in whole.own_messages} | {f.message.message_id for f in whole.follow_ups}
    assert found.state in set(State)
    assert found.turn in set(Turn)
    assert found.state == "new" or (found.reason is not None and found.reason.message_id in ids and found.reason.text)
    assert found.turn_reason.message_id in ids
    assert (found.turn == "nobody") == (found.state in {"accepted", "mainlined", "rejected", "not-applicable"})
    assert found.steps[-1].state == found.state
    assert found.steps[-1].turn == found.turn
