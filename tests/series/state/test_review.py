"""Reviews: questions, requests, wishes, tags and answers give state and turn."""

from __future__ import annotations

from email.utils import format_datetime

import pytest

from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.series.revision import find_revisions
from patchwatch.series.state.revision_state import revision_state
from tests.series.state.replies import (
    ANN,
    ANN_AT_WORK,
    ANN_TAG,
    LKP,
    MIA,
    REX,
    REX_TAG,
    RITA,
    RITA_TAG,
    Case,
    answer,
    at,
    check,
    patch,
    posted,
)
from tests.support.mails import mail

DATE = format_datetime(at(0))
DIFF = "diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1,2 @@\n a\n+\tlock(frob);\n"
REMINDER = """\
> Why.

It seems that you were given a tag, and did not add it. If you are new here: please add the tags that you were given
when you post another version. There is no need to repost it only for the tags; who applies it can add them.
"""


REVIEWS: dict[str, Case] = {
    "no reply": (2, [], "new", "reviewers", "-"),
    "only the author replied": (1, [(ANN, "Gentle ping.\n")], "new", "reviewers", "-"),
    "only the author replied, from another address": (
        1,
        [(ANN_AT_WORK, "Any news on this one?\n")],
        "new",
        "reviewers",
        "-",
    ),
    "a reviewer asked": (1, [(RITA, "Why is the lock taken?\n")], "under-review", "author", "a1@x"),
    "a reviewer doubted": (1, [(RITA, "I'm not sure about the socket.\n")], "under-review", "author", "a1@x"),
    "a reviewer found a flaw": (1, [(RITA, "This breaks frob on 32-bit.\n")], "changes-requested", "author", "a1@x"),
    "the author disputes a flaw": (
        1,
        [(RITA, "This breaks frob on 32-bit.\n"), (ANN, "There is no frob on 32-bit.\n", "a1")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "somebody calls for reviewers": (
        1,
        [(MIA, "There seems to have been little reviewer interest in this one?\n")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "a reviewer will send a test themselves": (
        1,
        [(RITA, "I'll send a selftest for it.\n")],
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
    "the author promises a version": (
        1,
        [(RITA, "Why is the lock taken?\n"), (ANN, "Right, I will drop it in v2.\n")],
        "changes-requested",
        "author",
        "a2@x",
    ),
    "a change is requested": (1, [(RITA, "Please use frob() instead.\n")], "changes-requested", "author", "a1@x"),
    "a new version is requested": (2, [(RITA, "Please rebase and resend.\n")], "changes-requested", "author", "a1@x"),
    "a change is requested of somebody else": (
        1,
        [(RITA, "Rex, can you please drop the other patch?\n")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "a change is requested of the author by name": (
        1,
        [(RITA, "Ann, can you please drop the helper?\n")],
        "changes-requested",
        "author",
        "a1@x",
    ),
    "the requester of a change is satisfied": (
        1,
        [(RITA, "Please use frob() instead.\n"), (ANN, "It sleeps.\n"), (RITA, f"I see.\n\n{RITA_TAG}")],
        "reviewed",
        "maintainer",
        "a3@x",
    ),
    "another reviewer is satisfied, the requester is not": (
        1,
        [(RITA, "Please use frob() instead.\n"), (REX, REX_TAG)],
        "changes-requested",
        "author",
        "a1@x",
    ),
    "every patch has a tag": (2, [(RITA, RITA_TAG, 1), (REX, REX_TAG, 2)], "reviewed", "maintainer", "a2@x"),
    "one patch of two has a tag": (2, [(RITA, RITA_TAG, 1)], "under-review", "reviewers", "a1@x"),
    "a tag on the cover is for each patch": (2, [(RITA, RITA_TAG)], "reviewed", "maintainer", "a1@x"),
    "a tag on one patch given to the series": (
        2,
        [(RITA, f"For the series:\n{RITA_TAG}", 1)],
        "reviewed",
        "maintainer",
        "a1@x",
    ),
    "a question comes with the tag": (1, [(RITA, f"Why is that?\n\n{RITA_TAG}")], "reviewed", "maintainer", "a1@x"),
    "a question comes after the tag": (
        1,
        [(RITA, RITA_TAG), (REX, "Why is the lock taken?\n")],
        "reviewed",
        "author",
        "a1@x",
    ),
    "a request beside the tag holds it up": (
        1,
        [(RITA, f"Please use a list.\n\n{RITA_TAG}")],
        "changes-requested",
        "author",
        "a1@x",
    ),
    "a tag on a condition requests the change": (
        1,
        [(RITA, f"Please use a list.\n\nWith that:\n\n{RITA_TAG}")],
        "changes-requested",
        "author",
        "a1@x",
    ),
    "the condition itself can name the change": (
        1,
        [(RITA, f"With the typo in the subject fixed, feel free to add:\n\n{RITA_TAG}")],
        "changes-requested",
        "author",
        "a1@x",
    ),
    "with an explanation is no condition": (
        1,
        [
            (RITA, "Why is the lock taken?\n"),
            (ANN, "Because of the frob.\n"),
            (RITA, f"Makes sense.  With that:\n\n{RITA_TAG}"),
        ],
        "reviewed",
        "maintainer",
        "a3@x",
    ),
    "the author will meet the condition": (
        1,
        [(RITA, f"Typo in the comment.\n\nOnce that is fixed:\n\n{RITA_TAG}"), (ANN, "Will fix, thanks!\n")],
        "changes-requested",
        "author",
        "a2@x",
    ),
    "the author says that it is met": (
        1,
        [
            (RITA, f"A comment is missing.\n\nWith that added:\n\n{RITA_TAG}"),
            (ANN, "It is above the function.\n"),
        ],
        "reviewed",
        "maintainer",
        "a1@x",
    ),
    "somebody reminds of the process": (
        1,
        [(RITA, REMINDER)],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "somebody wants to know more": (
        1,
        [(RITA, "> +\tlock(frob);\nI wonder, did you see it, or find it by reading the code?\n")],
        "under-review",
        "author",
        "a1@x",
    ),
    "somebody asks for a log": (
        1,
        [(RITA, "> +\tlock(frob);\nCan you please share the dmesg of a boot without this?\n")],
        "under-review",
        "author",
        "a1@x",
    ),
    "the author's own tag is not a review": (1, [(ANN_AT_WORK, ANN_TAG)], "new", "reviewers", "-"),
    "a quoted tag is ignored": (1, [(REX, f"> {RITA_TAG}")], "under-review", "reviewers", "a1@x"),
    "an author applies advice": (
        1,
        [(RITA, "Why is the lock taken?\n"), (ANN, "Applied, thanks.\n")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "an author applies their own patch when nothing is asked": (
        1,
        [(RITA, RITA_TAG), (ANN, "Rebased and applied.\n")],
        "accepted",
        "nobody",
        "a2@x",
    ),
    "a reviewer whose patchwork the patch is not for": (
        1,
        [(RITA, f"{RITA_TAG}pw-bot: not-applicable\n")],
        "reviewed",
        "maintainer",
        "a1@x",
    ),
    "an author who announces the next version": (
        1,
        [(RITA, RITA_TAG), (ANN, "I'm quite soon sending v2, because I noticed an overflow.\n")],
        "changes-requested",
        "author",
        "a2@x",
    ),
    "an author who is the maintainer": (1, [(ANN, "Applied to frob/for-6.5.\n")], "accepted", "nobody", "a1@x"),
    "a bot reports that it does not build": (
        1,
        [(LKP, "kernel test robot noticed the following build errors:\n")],
        "changes-requested",
        "author",
        "a1@x",
    ),
    "a reviewer has a wish": (1, [(RITA, "I'd rather see it in the core.\n")], "changes-requested", "author", "a1@x"),
    "a reviewer of an RFC has a wish": (
        0,
        [(RITA, "I'd rather see it in the core.\n")],
        "changes-requested",
        "author",
        "a1@x",
    ),
    "the author disputes a wish": (
        1,
        [(RITA, "I'd rather see it in the core.\n"), (ANN, "The core can't sleep there.\n", "a1")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "the author disputes a request": (
        1,
        [(RITA, "Please use frob() instead.\n"), (ANN, "The core can't sleep there.\n", "a1")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "a request with a tag": (
        1,
        [(RITA, f"Please fix the typo.\n\n{RITA_TAG}")],
        "changes-requested",
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
        "changes-requested",
        "author",
        "a2@x",
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
    "the doubting reviewer is satisfied": (
        1,
        [(RITA, "This looks wrong to me.\n"), (ANN, "It is called twice.\n", "a1"), (RITA, "Fair enough.\n", "a2")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "another reviewer still doubts": (
        1,
        [(RITA, "This looks wrong.\n"), (REX, "Why is it freed?\n"), (RITA, "Never mind.\n", "a1")],
        "under-review",
        "author",
        "a1@x",
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
    "a reviewer will look themselves": (
        1,
        [(RITA, "I'll take a look tomorrow.\n")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "the author will look themselves": (
        1,
        [(RITA, "It crashed here.\n"), (ANN, "I'll look into it.\n", "a1")],
        "changes-requested",
        "author",
        "a1@x",
    ),
    "it fails for a tester": (
        1,
        [(RITA, RITA_TAG), (REX, "My board does not boot with this patch applied.\n")],
        "changes-requested",
        "author",
        "a2@x",
    ),
    "it fails without the patch, too": (
        1,
        [(RITA, RITA_TAG), (REX, f"Without this patch I see a splat at boot.\n\n{REX_TAG}")],
        "reviewed",
        "maintainer",
        "a1@x",
    ),
    "the author's offer is accepted": (
        1,
        [
            (RITA, "> +\tlock(frob);\nThe list is empty here, isn't it?\n"),
            (ANN, "> The list is empty here, isn't it?\n\nHow about a comment above the lock instead?\n", "a1"),
            (RITA, "> How about a comment above the lock instead?\n\nSounds good to me.\n", "a2"),
        ],
        "changes-requested",
        "author",
        "a2@x",
    ),
    "the author's explanation is accepted": (
        1,
        [
            (RITA, "> +\tlock(frob);\nThe list is empty here, isn't it?\n"),
            (ANN, "> The list is empty here, isn't it?\n\nNo, frob_init() fills it.\n", "a1"),
            (RITA, "> No, frob_init() fills it.\n\nSounds good to me.\n", "a2"),
        ],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "thanks for a promise leave it with the author": (
        1,
        [
            (RITA, "> +\tlock(frob);\nPlease take the other lock.\n"),
            (ANN, "> Please take the other lock.\n\nWill do.\n", "a1"),
            (RITA, "> Will do.\n\nThanks!\n", "a2"),
        ],
        "changes-requested",
        "author",
        "a2@x",
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
    "a question on whose tree it goes through": (
        1,
        [(RITA, f"{RITA_TAG}\nProbably best to go through the frob tree?\n")],
        "reviewed",
        "maintainer",
        "a1@x",
    ),
    "the author continues to reply after promising a version": (
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
    "an answer to the author's question does not pass the turn after a promise": (
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
    "a question about something else": (
        1,
        [(RITA, f"Not related to this patch, but why is it an int?\n\n{RITA_TAG}")],
        "reviewed",
        "maintainer",
        "a1@x",
    ),
    "a bot replies without a result": (1, [(LKP, "Thank you for your patch.\n")], "new", "reviewers", "-"),
}


@pytest.mark.parametrize("name", REVIEWS)
def test_reviews(name: str) -> None:
    check(REVIEWS[name])


def posted_for_rita() -> Message:
    """Rita's patch, posted by Ann."""
    body = f"From: {RITA}\n\nWhy.\n\nSigned-off-by: {RITA}\nSigned-off-by: {ANN}\n---\n{DIFF}"
    return parse(mail(message_id="1@x", subject="[PATCH] frob: mend it", sender=ANN, date=DATE, body=body))


@pytest.mark.parametrize(
    ("replies", "state", "turn"),
    [
        (["> +\tlock(frob);\nPlease take the lock later.\n"], "changes-requested", "author"),
        (["> +\tlock(frob);\nPlease take it later.\n", "In the loop, I mean.\n"], "changes-requested", "author"),
        (["Thanks for sending it!\n"], "new", "reviewers"),
        (["I tested this on the new board, too.\n"], "new", "reviewers"),
    ],
    ids=["reviews it", "goes on", "thanks", "adds something"],
)
def test_who_reviews_their_own_patch_that_somebody_else_posted_is_a_reviewer(
    replies: list[str], state: str, turn: str
) -> None:
    thread = [posted_for_rita()]
    for number, words in enumerate(replies, 1):
        thread.append(answer(f"a{number}@x", RITA, thread[-1], number, words))
    (found,) = find_revisions(thread)
    said = revision_state(found)
    assert (said.state, said.turn) == (state, turn)


@pytest.mark.parametrize(
    ("tags", "state"),
    [
        ((RITA_TAG, ""), "under-review"),
        (("", REX_TAG), "under-review"),
        ((RITA_TAG, RITA_TAG), "reviewed"),
        ((ANN_TAG, ""), "new"),
        (("Reported-by: Rex Reviewer <rex@example.net>\n", ""), "new"),
        (("", ""), "new"),
    ],
)
def test_a_posting_that_carries_reviews_of_some_patches_is_under_review(tags: tuple[str, str], state: str) -> None:
    (found,) = find_revisions([posted(2)[0], *(patch(number, 2, carried) for number, carried in enumerate(tags, 1))])
    said = revision_state(found)
    assert (said.state, said.turn) == (state, "maintainer" if state == "reviewed" else "reviewers")


def test_the_reviews_of_a_backport_are_of_the_commit_upstream() -> None:
    own = [posted(2)[0]]
    for number, tags in enumerate((RITA_TAG, ""), 1):
        diff = DIFF.replace("lock(frob)", f"lock({number})")
        upstream = f"[ Upstream commit {number}123456789abcdef0123456789abcdef01234567 ]"
        body = f"{upstream}\n\nWhy.\n\n{tags}Signed-off-by: {ANN}\n---\n{diff}"
        subject = f"[PATCH AUTOSEL 6.6 {number}/2] frob: part {number}"
        own.append(
            parse(mail(message_id=f"{number}@x", subject=subject, sender=ANN, date=DATE, in_reply_to="0@x", body=body))
        )
    found = find_revisions(own)
    assert {str(revision_state(one).state) for one in found} == {"new"}


@pytest.mark.parametrize(
    ("prefix", "message", "turn"),
    [
        ("PATCH 6.6.y", "commit 0123456789abcdef0123456789abcdef01234567 upstream.", "maintainer"),
        ("PATCH AUTOSEL 6.6", "[ Upstream commit 0123456789abcdef0123456789abcdef01234567 ]", "reviewers"),
        ("PATCH 6.6.y", "A fix for this branch only.", "reviewers"),
    ],
    ids=["proposed", "AUTOSEL", "names no commit"],
)
def test_a_proposed_backport_waits_for_who_keeps_the_stable_tree(prefix: str, message: str, turn: str) -> None:
    body = f"{message}\n\nWhy.\n\nSigned-off-by: {ANN}\n---\n{DIFF}"
    own = [parse(mail(message_id="1@x", subject=f"[{prefix}] frob: mend it", sender=ANN, date=DATE, body=body))]
    (found,) = find_revisions(own)
    assert (revision_state(found).state, revision_state(found).turn) == ("new", turn)
