"""Decisions: patches that are applied, dropped, rejected, deferred, withdrawn or obsolete."""

from __future__ import annotations

import pytest

from tests.series.state.replies import (
    ANN,
    APPLIED,
    LKP,
    MIA,
    PATCHWORK,
    REX,
    RITA,
    RITA_TAG,
    Case,
    Reply,
    check,
    state_after,
)

DECISIONS: dict[str, Case] = {
    "a reviewer would rather leave things unchanged": (
        1,
        [(MIA, "I'd much rather leave it as-is.\n")],
        "rejected",
        "nobody",
        "a1@x",
    ),
    "somebody did the same, and the author acknowledges it": (
        1,
        [(MIA, "Rex already sent a fix.\n"), (ANN, "Even easier then. Thanks!\n", "a1")],
        "not-applicable",
        "nobody",
        "a2@x",
    ),
    "nothing is wrong, and the author acknowledges it": (
        1,
        [(RITA, "Not a typo, frob is a word.\n"), (ANN, "All right, thanks.\n", "a1")],
        "not-applicable",
        "nobody",
        "a2@x",
    ),
    "another patch does it, and the author had not seen it": (
        1,
        [
            (RITA, "Your patch is likely obsoleted by that.\n"),
            (ANN, "Sorry, I didn't notice these patches. It is a good idea to paint the frob.\n", "a1"),
        ],
        "not-applicable",
        "nobody",
        "a2@x",
    ),
    "somebody found it in mainline": (
        1,
        [(RITA, "I see that this is now in the mainline and our board still fails.\n")],
        "mainlined",
        "nobody",
        "a1@x",
    ),
    "somebody did the same as one patch of several": (
        3,
        [(MIA, "Rex already sent a fix.\n", 2), (ANN, "OK, thanks.\n", "a1")],
        "under-review",
        "author",
        "a1@x",
    ),
    "the maintainer will apply it later": (
        1,
        [(MIA, "I'll merge it once Rex acks.\n")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "somebody asks to drop it": (
        1,
        [(RITA, "Please drop this patch.\n")],
        "changes-requested",
        "author",
        "a1@x",
    ),
    "the author is dropping it": (
        1,
        [(RITA, "Why is the lock taken?\n"), (ANN, "Hm, right. I'll drop this patch.\n", "a1")],
        "not-applicable",
        "nobody",
        "a2@x",
    ),
    "the author drops one patch of several": (
        3,
        [(RITA, "Why is the lock taken?\n", 2), (ANN, "Hm, right. I'll drop this patch.\n", "a1")],
        "under-review",
        "author",
        "a1@x",
    ),
    "the author will not send another version": (
        1,
        [(RITA, "You should say why.\n"), (ANN, "It is said already, so I won't send another version.\n", "a1")],
        "not-applicable",
        "nobody",
        "a2@x",
    ),
    "somebody did the same, and the author disagrees": (
        1,
        [(MIA, "Rex already sent a fix.\n"), (ANN, "That one only helps on 32-bit, where nobody is.\n", "a1")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "it is applied": (2, [(MIA, APPLIED)], "accepted", "nobody", "a1@x"),
    "it is applied by a maintainer's few words": (1, [(MIA, "Applied, thanks.\n")], "accepted", "nobody", "a1@x"),
    "it is applied after changes were requested": (
        1,
        [(RITA, "Please use frob() instead.\n"), (MIA, APPLIED)],
        "accepted",
        "nobody",
        "a2@x",
    ),
    "a bot reports that it is applied": (
        2,
        [(PATCHWORK, "Hello:\n\nThis series was applied to netdev/net.git (main)\nby Mia:\n")],
        "accepted",
        "nobody",
        "a1@x",
    ),
    "a quoted application": (1, [(RITA, "> Applied, thanks!\n\nWhere to?\n")], "under-review", "author", "a1@x"),
    "a tag after it was applied": (1, [(MIA, APPLIED), (RITA, RITA_TAG)], "accepted", "nobody", "a1@x"),
    "a question after it was applied": (1, [(MIA, APPLIED), (RITA, "Why now?\n")], "accepted", "nobody", "a1@x"),
    "it was dropped again": (
        1,
        [(MIA, APPLIED), (MIA, "Dropped it for now.\n")],
        "changes-requested",
        "author",
        "a2@x",
    ),
    "the author of an accepted patch will drop it": (
        1,
        [(MIA, APPLIED), (ANN, "I'll drop it.\n")],
        "accepted",
        "nobody",
        "a1@x",
    ),
    "a NAK to the whole series": (2, [(MIA, "NAK. This is wrong.\n")], "rejected", "nobody", "a1@x"),
    "a NAK to the only patch": (1, [(MIA, "NAK\n")], "rejected", "nobody", "a1@x"),
    "a NAK to one patch of two": (2, [(MIA, "NAK\n", 2)], "changes-requested", "author", "a1@x"),
    "the author's own NAK": (1, [(ANN, "NAK from me to that idea.\n")], "new", "reviewers", "-"),
    "the author withdraws it": (1, [(ANN, "Please ignore this patch.\n")], "not-applicable", "nobody", "a1@x"),
    "the author withdraws one patch of two": (2, [(ANN, "Please ignore this patch.\n", 1)], "new", "author", "-"),
    "the author withdraws one patch after the other": (
        2,
        [(ANN, "Please ignore this patch.\n", 1), (ANN, "Please ignore this patch.\n", 2)],
        "not-applicable",
        "nobody",
        "a2@x",
    ),
    "the doubting reviewer is satisfied at once": (
        1,
        [(RITA, "This looks wrong to me.\n"), (RITA, "Never mind, I misread it.\n", "a1")],
        "under-review",
        "reviewers",
        "a1@x",
    ),
    "it was dropped, though no mail reported it as applied": (
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
    "the tree is closed": (1, [(MIA, "Please resend after the merge window.\n")], "deferred", "author", "a1@x"),
    "it is refused": (1, [(MIA, "We will never accept this.\n")], "rejected", "nobody", "a1@x"),
    "it is rejected in its current form": (
        1,
        [(MIA, "I'm not going to take this without a test.\n")],
        "changes-requested",
        "author",
        "a1@x",
    ),
    "the author will rework a rejected patch": (
        1,
        [(MIA, "NAK\n"), (ANN, "I will move it to the core in v2.\n", "a1")],
        "changes-requested",
        "author",
        "a2@x",
    ),
    "the author disputes a rejection": (
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
    "the author will drop a part in the next version": (
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
    "somebody asks about an applied patch": (
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
}


@pytest.mark.parametrize("name", DECISIONS)
def test_decisions(name: str) -> None:
    check(DECISIONS[name])


LKP_FAILED = "Hi Ann,\n\nkernel test robot noticed the following build errors:\n\n>> f.c:1: error: what\n"


@pytest.mark.parametrize(
    ("replies", "state", "turn"),
    [
        ([(RITA, RITA_TAG), (MIA, "Please hold off on this one.\n")], "under-review", "author"),
        ([(MIA, "Please hold off on this one.\n"), (RITA, RITA_TAG)], "under-review", "author"),
        (
            [(MIA, "Don't apply this yet.\n"), (RITA, RITA_TAG), (ANN, "What for? It works.\n")],
            "under-review",
            "reviewers",
        ),
        (
            [(RITA, RITA_TAG), (MIA, "Please hold off here.\n"), (MIA, "Never mind, looks good.\n")],
            "reviewed",
            "maintainer",
        ),
        ([(MIA, "Please hold off on this one.\n"), (MIA, "Applied to frob/next, thanks!\n")], "accepted", "nobody"),
        ([(RITA, RITA_TAG), (MIA, "NAK.\n")], "rejected", "nobody"),
        ([(MIA, "NAK.\n"), (RITA, RITA_TAG)], "rejected", "nobody"),
        ([(RITA, RITA_TAG), (LKP, LKP_FAILED)], "reviewed", "author"),
        ([(LKP, LKP_FAILED), (RITA, RITA_TAG)], "reviewed", "author"),
        ([(LKP, LKP_FAILED), (ANN, "That tree is too old.\n"), (RITA, RITA_TAG)], "reviewed", "maintainer"),
        ([(RITA, RITA_TAG), (MIA, "I'll apply this tomorrow.\n")], "reviewed", "maintainer"),
        ([(MIA, "I'll merge it next week.\n")], "under-review", "maintainer"),
    ],
)
def test_what_outranks_tags(replies: list[Reply], state: str, turn: str) -> None:
    found = state_after(1, *replies)
    assert (found.state, found.turn) == (state, turn)
