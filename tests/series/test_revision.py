"""Which mails are one posting, and which reply to which of its patches, in any order of arrival."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.series.revision import Revision, find_revisions, number_of
from tests.support.mails import mail

ANN = "Ann Author <ann@example.org>"
BEN = "Ben Builder <ben@example.net>"
RITA = "Rita Reviewer <rita@example.com>"
DIFF = "---\ndiff --git a/frob.c b/frob.c\n--- a/frob.c\n+++ b/frob.c\n@@ -1 +1 @@\n-old\n+new\n"


def sent(
    message_id: str, subject: str, minute: float = 0, *below: str, sender: str = ANN, body: str = f"Why.\n{DIFF}"
) -> Message:
    """A mail `minute` minutes after the first, below these ancestors, the one it answers last."""
    date = datetime(2023, 7, 3, 10, tzinfo=UTC) + timedelta(minutes=minute)
    raw = mail(
        message_id=message_id,
        subject=subject,
        sender=sender,
        date=format_datetime(date),
        references=below,
        in_reply_to=below[-1] if below else None,
        body=body,
    )
    return parse(raw)


def described(revisions: list[Revision]) -> list[str]:
    """Each revision in words: version, root, cover or -, patches with their numbers, replaced ones."""
    return [
        f"v{r.version} {len(r.patches)}/{r.expected} {r.root.message_id}: {r.cover.message_id if r.cover else '-'}"
        + "".join(f" {number_of(p)}={p.message_id}" for p in r.patches)
        + "".join(f" not {p.message_id}" for p in r.replaced)
        for r in revisions
    ]


def answers(revisions: list[Revision]) -> dict[str, tuple[str, int]]:
    """Where each follow-up was put: the root of the revision, and the number of the patch."""
    return {f.message.message_id: (r.root.message_id, f.patch) for r in revisions for f in r.follow_ups}


POSTINGS: dict[str, tuple[list[Message], list[str]]] = {
    "a cover and its only patch, which reply to the same mail": (
        [
            sent("20230703100000.4711-1-a@a", "frob: one", body="Hello Mia,\nwe have a fix.\n"),
            sent("20230703100000.4711-2-a@a", "[PATCH 0/1] frob: one", 1, "20230703100000.4711-1-a@a", body="One.\n"),
            sent("20230703100000.4711-3-a@a", "[PATCH] frob: one", 2, "20230703100000.4711-1-a@a"),
        ],
        ["v1 1/1 {0}-2-a@a: {0}-2-a@a 1={0}-3-a@a".format("20230703100000.4711")],
    ),
    "a cover and another patch of its run": (
        [
            sent("20230703100000.4711-2-a@a", "[PATCH 0/1] frob: one", 1, body="One.\n"),
            sent("20230703100000.4711-3-a@a", "[PATCH] frob: another", 2),
        ],
        [
            "v1 0/1 {0}-2-a@a: {0}-2-a@a".format("20230703100000.4711"),
            "v1 1/1 {0}-3-a@a: - 1={0}-3-a@a".format("20230703100000.4711"),
        ],
    ),
    "a cover without patches": (
        [sent("c", "[PATCH 0/2] frob", body="Both.\n")],
        ["v1 0/2 c: c"],
    ),
    "patches whose cover was never seen": (
        [sent("1", "[PATCH 1/2] frob: one", 1, "c"), sent("2", "[PATCH 2/2] frob: two", 2, "c")],
        ["v1 2/2 1: - 1=1 2=2"],
    ),
    "the first patch is missing": (
        [
            sent("c", "[PATCH v2 0/3] frob", body="Both.\n"),
            sent("2", "[PATCH v2 2/3] frob: two", 2, "c"),
            sent("3", "[PATCH v2 3/3] frob: three", 3, "c"),
        ],
        ["v2 2/3 c: c 2=2 3=3"],
    ),
    "the first patch and the cover are missing": (
        [sent("2", "[PATCH 2/3] frob: two", 2, "c"), sent("3", "[PATCH 3/3] frob: three", 3, "c")],
        ["v1 2/3 2: - 2=2 3=3"],
    ),
    "each patch replies to the one before it": (
        [
            sent("1", "[PATCH 1/3] frob: one", 1),
            sent("2", "[PATCH 2/3] frob: two", 2, "1"),
            sent("3", "[PATCH 3/3] frob: three", 3, "1", "2"),
        ],
        ["v1 3/3 1: - 1=1 2=2 3=3"],
    ),
    "a missing patch in such a chain": (
        [sent("1", "[PATCH 1/3] frob: one", 1), sent("3", "[PATCH 3/3] frob: three", 3, "1", "2")],
        ["v1 2/3 1: - 1=1 3=3"],
    ),
    "all patches reply to the cover": (
        [
            sent("c", "[PATCH 0/2] frob", body="Both.\n"),
            sent("1", "[PATCH 1/2] frob: one", 1, "c"),
            sent("2", "[PATCH 2/2] frob: two", 2, "c"),
        ],
        ["v1 2/2 c: c 1=1 2=2"],
    ),
    "no threading, a common stem, days apart": (
        [
            sent("20230703100000.4711-1-a@a", "[PATCH 0/2] frob", body="Both.\n"),
            sent("20230703100000.4711-2-a@a", "[PATCH 1/2] frob: one", 3000),
            sent("20230703100000.4711-3-a@a", "[PATCH 2/2] frob: two", 6000),
        ],
        [
            "v1 2/2 {0}-1-a@a: {0}-1-a@a 1={0}-2-a@a 2={0}-3-a@a".format("20230703100000.4711"),
        ],
    ),
    "no threading and no stem, within minutes": (
        [sent("1", "[PATCH 1/2] frob: one", 1), sent("2", "[PATCH 2/2] frob: two", 2)],
        ["v1 2/2 1: - 1=1 2=2"],
    ),
    "no threading and no stem, the later sent first": (
        [sent("1", "[PATCH 1/2] frob: one", 2), sent("2", "[PATCH 2/2] frob: two", 1)],
        ["v1 2/2 1: - 1=1 2=2"],
    ),
    "no threading and no stem, three days apart": (
        [sent("1", "[PATCH 1/2] frob: one", 0), sent("2", "[PATCH 2/2] frob: two", 3 * 1440)],
        ["v1 1/2 1: - 1=1", "v1 1/2 2: - 2=2"],
    ),
    "two series of one author within minutes": (
        [
            sent("a0", "[PATCH 0/2] frob", 0, body="Both.\n"),
            sent("a1", "[PATCH 1/2] frob: one", 1, "a0"),
            sent("a2", "[PATCH 2/2] frob: two", 2, "a0"),
            sent("b0", "[PATCH 0/2] grob", 3, body="Both.\n"),
            sent("b1", "[PATCH 1/2] grob: one", 4, "b0"),
            sent("b2", "[PATCH 2/2] grob: two", 5, "b0"),
        ],
        ["v1 2/2 a0: a0 1=a1 2=a2", "v1 2/2 b0: b0 1=b1 2=b2"],
    ),
    "two such series of which each lacks a patch": (
        [
            sent("a0", "[PATCH 0/2] frob", 0, body="Both.\n"),
            sent("a1", "[PATCH 1/2] frob: one", 1, "a0"),
            sent("b0", "[PATCH 0/2] grob", 3, body="Both.\n"),
            sent("b2", "[PATCH 2/2] grob: two", 5, "b0"),
        ],
        ["v1 1/2 a0: a0 1=a1", "v1 1/2 b0: b0 2=b2"],
    ),
    "two series within minutes, without threading": (
        [
            sent("a1", "[PATCH 1/2] frob: one", 0),
            sent("a2", "[PATCH 2/2] frob: two", 1),
            sent("b1", "[PATCH 1/2] grob: one", 9),
            sent("b2", "[PATCH 2/2] grob: two", 10),
        ],
        ["v1 2/2 a1: - 1=a1 2=a2", "v1 2/2 b1: - 1=b1 2=b2"],
    ),
    "two series in answer to one report": (
        [
            sent("a1", "[PATCH 1/2] frob: one", 0, "bug"),
            sent("a2", "[PATCH 2/2] frob: two", 1, "bug"),
            sent("b1", "[PATCH 1/2] grob: one", 9, "bug"),
            sent("b2", "[PATCH 2/2] grob: two", 10, "bug"),
        ],
        ["v1 2/2 a1: - 1=a1 2=a2", "v1 2/2 b1: - 1=b1 2=b2"],
    ),
    "the same version once more in its own thread": (
        [
            sent("a0", "[PATCH v2 0/2] frob", 0, body="Both.\n"),
            sent("a1", "[PATCH v2 1/2] frob: one", 1, "a0"),
            sent("a2", "[PATCH v2 2/2] frob: two", 2, "a0"),
            sent("b0", "[PATCH RESEND v2 0/2] frob", 3000, "a0", body="Both.\n"),
            sent("b1", "[PATCH RESEND v2 1/2] frob: one", 3001, "a0", "b0"),
            sent("b2", "[PATCH RESEND v2 2/2] frob: two", 3002, "a0", "b0"),
        ],
        ["v2 2/2 a0: a0 1=a1 2=a2", "v2 2/2 b0: b0 1=b1 2=b2"],
    ),
    "the same version once more, which lost a patch when it was sent first": (
        [
            sent("a0", "[PATCH 0/2] frob", 0, body="Both.\n"),
            sent("a1", "[PATCH 1/2] frob: one", 1, "a0"),
            sent("b0", "[PATCH RESEND 0/2] frob", 30, "a0", body="Both.\n"),
            sent("b1", "[PATCH RESEND 1/2] frob: one", 31, "a0", "b0"),
            sent("b2", "[PATCH RESEND 2/2] frob: two", 32, "a0", "b0"),
        ],
        ["v1 1/2 a0: a0 1=a1", "v1 2/2 b0: b0 1=b1 2=b2"],
    ),
    "v2 in answer to the cover of v1": (
        [
            sent("a0", "[PATCH 0/1] frob", 0, body="Both.\n"),
            sent("a1", "[PATCH 1/1] frob: one", 1, "a0"),
            sent("b0", "[PATCH v2 0/1] frob", 60, "a0", body="Both.\n"),
            sent("b1", "[PATCH v2 1/1] frob: one", 61, "a0", "b0"),
        ],
        ["v1 1/1 a0: a0 1=a1", "v2 1/1 b0: b0 1=b1"],
    ),
    "v2 in answer to a reviewer": (
        [
            sent("a", "[PATCH] frob: one", 0),
            sent("r", "Re: [PATCH] frob: one", 5, "a", sender=RITA, body="Why?\n"),
            sent("b", "[PATCH v2] frob: one", 60, "a", "r"),
        ],
        ["v1 1/1 a: - 1=a", "v2 1/1 b: - 1=b"],
    ),
    "somebody else's patch in the thread": (
        [
            sent("a0", "[PATCH 0/2] frob", 0, body="Both.\n"),
            sent("a1", "[PATCH 1/2] frob: one", 1, "a0"),
            sent("o", "[PATCH] frob: rather so", 5, "a0", "a1", sender=BEN),
            sent("o2", "[PATCH 2/2] frob: and so", 6, "a0", "a1", sender=BEN),
            sent("a2", "[PATCH 2/2] frob: two", 2, "a0"),
        ],
        ["v1 2/2 a0: a0 1=a1 2=a2", "v1 1/1 o: - 1=o", "v1 1/2 o2: - 2=o2"],
    ),
    "a replacement with a minor version": (
        [
            sent("c", "[PATCH v5 0/3] frob", 0, body="All.\n"),
            sent("1", "[PATCH v5 1/3] frob: one", 1, "c"),
            sent("2", "[PATCH v5 2/3] frob: two", 2, "c"),
            sent("3", "[PATCH v5 3/3] frob: three", 3, "c"),
            sent("2b", "[PATCH v5.1 2/3] frob: two", 90, "c", "2"),
        ],
        ["v5 3/3 c: c 1=1 2=2b 3=3 not 2"],
    ),
    "a replacement that references only another replacement": (
        [
            sent("c", "[PATCH v5 0/3] frob", 0, body="All.\n"),
            sent("1", "[PATCH v5 1/3] frob: one", 1, "c"),
            sent("2", "[PATCH v5 2/3] frob: two", 2, "c"),
            sent("2b", "[PATCH v5.1 2/3] frob: two", 90, "2"),
            sent("2c", "[PATCH v5.2 2/3] frob: two", 95, "2b"),
        ],
        ["v5 2/3 c: c 1=1 2=2c not 2 not 2b"],
    ),
    "a replacement with the same number": (
        [
            sent("c", "[PATCH 0/5] frob", 0, body="All.\n"),
            *(sent(str(n), f"[PATCH {n}/5] frob: {n}", n, "c") for n in range(1, 6)),
            sent("3b", "[PATCH 3/5] frob: 3", 90, "c", "3"),
        ],
        ["v1 5/5 c: c 1=1 2=2 3=3b 4=4 5=5 not 3"],
    ),
    "a replaced first patch of a series without cover keeps the root": (
        [
            sent("1", "[PATCH v2 1/3] frob: one", 1),
            sent("2", "[PATCH v2 2/3] frob: two", 2, "1"),
            sent("3", "[PATCH v2 3/3] frob: three", 3, "1"),
            sent("1b", "[PATCH v2.1 1/3] frob: one", 90, "1"),
        ],
        ["v2 3/3 1: - 1=1b 2=2 3=3 not 1"],
    ),
    "a version stated only on the cover": (
        [
            sent("c", "[PATCH v2 0/2] frob", 0, body="Both.\n"),
            sent("1", "[PATCH 1/2] frob: one", 1, "c"),
            sent("2", "[PATCH 2/2] frob: two", 2, "c"),
        ],
        ["v2 2/2 c: c 1=1 2=2"],
    ),
    "a version on the cover only, below v1": (
        [
            sent("a0", "[PATCH 0/2] frob", 0, body="Both.\n"),
            sent("a1", "[PATCH 1/2] frob: one", 1, "a0"),
            sent("a2", "[PATCH 2/2] frob: two", 2, "a0"),
            sent("b0", "[PATCH v2 0/2] frob", 60, "a0", body="Both.\n"),
            sent("b1", "[PATCH 1/2] frob: one", 61, "a0", "b0"),
            sent("b2", "[PATCH 2/2] frob: two", 62, "a0", "b0"),
        ],
        ["v1 2/2 a0: a0 1=a1 2=a2", "v2 2/2 b0: b0 1=b1 2=b2"],
    ),
    "a patch without number below a cover of one": (
        [sent("c", "[PATCH 0/1] frob: one", 0, body="One.\n"), sent("1", "[PATCH] frob: one", 1, "c")],
        ["v1 1/1 c: c 1=1"],
    ),
    "a patch without number by somebody else below a cover of one": (
        [sent("c", "[PATCH 0/1] frob: one", 0, body="One.\n"), sent("1", "[PATCH] frob: one", 1, "c", sender=BEN)],
        ["v1 0/1 c: c", "v1 1/1 1: - 1=1"],
    ),
    "a cover without any prefix": (
        [
            sent("c", "add a helper for frobs", 0, body="This adds a helper.\n"),
            sent("1", "[PATCH 1/2] frob: one", 1, "c"),
            sent("2", "[PATCH 2/2] frob: two", 2, "c"),
        ],
        ["v1 2/2 c: c 1=1 2=2"],
    ),
    "a report whose author replies with patches a day later is not a cover": (
        [
            sent("t", "frob crashes", 0, body="It crashes.\n"),
            sent("1", "[PATCH 1/2] frob: one", 1500, "t"),
            sent("2", "[PATCH 2/2] frob: two", 1501, "t"),
        ],
        ["v1 2/2 1: - 1=1 2=2"],
    ),
    "a report that somebody else answers with patches is not a cover": (
        [
            sent("t", "frob crashes", 0, sender=RITA, body="It crashes.\n"),
            sent("1", "[PATCH 1/2] frob: one", 1, "t"),
            sent("2", "[PATCH 2/2] frob: two", 2, "t"),
        ],
        ["v1 2/2 1: - 1=1 2=2"],
    ),
    "a cover without a number": (
        [
            sent("c", "[PATCH v6] frob", 0, body="Both.\n"),
            sent("1", "[PATCH v6 1/2] frob: one", 1, "c"),
            sent("2", "[PATCH v6 2/2] frob: two", 2, "c"),
        ],
        ["v6 2/2 c: c 1=1 2=2"],
    ),
    "a cover that counts too few patches": (
        [
            sent("c", "[PATCH v6 0/1] frob", 0, body="Both.\n"),
            sent("1", "[PATCH v6 1/2] frob: one", 1, "c"),
            sent("2", "[PATCH v6 2/2] frob: two", 2, "c"),
        ],
        ["v6 2/2 c: c 1=1 2=2"],
    ),
    "a cover that counts too many patches": (
        [
            sent("c", "[PATCH 0/4] frob", 0, body="Both.\n"),
            sent("1", "[PATCH 1/2] frob: one", 1, "c"),
            sent("2", "[PATCH 2/2] frob: two", 2, "c"),
        ],
        ["v1 2/2 c: c 1=1 2=2"],
    ),
    "another series a day later, below a cover": (
        [
            sent("c", "[PATCH 0/4] frob", 0, body="All.\n"),
            sent("1", "[PATCH 1/2] knob: one", 1440, "c"),
            sent("2", "[PATCH 2/2] knob: two", 1441, "c"),
        ],
        ["v1 0/4 c: c", "v1 2/2 1: - 1=1 2=2"],
    ),
    "patches of another version, below a cover": (
        [
            sent("c", "[PATCH v2 0/4] frob", 0, body="All.\n"),
            sent("1", "[PATCH v3 1/2] frob: one", 1, "c"),
            sent("2", "[PATCH v3 2/2] frob: two", 2, "c"),
        ],
        ["v2 0/4 c: c", "v3 2/2 1: - 1=1 2=2"],
    ),
    "patches of somebody else, below a cover": (
        [
            sent("c", "[PATCH 0/4] frob", 0, body="All.\n"),
            sent("1", "[PATCH 1/2] frob: one", 1, "c", sender=RITA),
            sent("2", "[PATCH 2/2] frob: two", 2, "c", sender=RITA),
        ],
        ["v1 0/4 c: c", "v1 2/2 1: - 1=1 2=2"],
    ),
    "a proposal without a patch": (
        [sent("p", "[RFC] Add a new way to frob", 0, body="What do you think?\n")],
        ["v1 0/0 p: -"],
    ),
    "numbered pull requests are separate": (
        [
            sent("p1", "[GIT PULL 1/2] frob drivers for v6.6", 0, body="Please pull.\n"),
            sent("p2", "[GIT PULL 2/2] frob fixes for v6.6", 1, "p1", body="Please pull.\n"),
        ],
        ["v1 0/0 p1: -", "v1 0/0 p2: -"],
    ),
    "a pull request is the cover of the patches below it": (
        [
            sent("p", "[pull request][net-next V2 0/2] frob updates", 0, body="Please pull.\n"),
            sent("1", "[net-next V2 1/2] frob: one", 1, "p"),
            sent("2", "[net-next V2 2/2] frob: two", 2, "p"),
        ],
        ["v2 2/2 p: p 1=1 2=2"],
    ),
}


@pytest.mark.parametrize("name", POSTINGS)
def test_postings(name: str) -> None:
    messages, expected = POSTINGS[name]
    assert described(find_revisions(messages)) == expected


COVER = sent("c", "[PATCH 0/2] frob", 0, body="Both.\n")
ONE = sent("1", "[PATCH 1/2] frob: one", 1, "c")
TWO = sent("2", "[PATCH 2/2] frob: two", 2, "c")

ANSWERS: dict[str, tuple[list[Message], tuple[str, int] | None]] = {
    "to the cover": ([sent("r", "Re: [PATCH 0/2] frob", 9, "c", sender=RITA)], ("c", 0)),
    "to patch 2": ([sent("r", "Re: [PATCH 2/2] frob: two", 9, "c", "2", sender=RITA)], ("c", 2)),
    "to patch 2, whatever it says in its subject": ([sent("r", "Re: frob", 9, "2", sender=RITA)], ("c", 2)),
    "that has a diff": (
        [sent("r", "Re: [PATCH 2/2] frob: two", 9, "c", "2", sender=RITA, body=f"Or so?\n{DIFF}")],
        ("c", 2),
    ),
    "to an answer": (
        [
            sent("q", "Re: [PATCH 2/2] frob: two", 9, "c", "2", sender=RITA),
            sent("r", "Re: [PATCH 2/2] frob: two", 10, "q"),
        ],
        ("c", 2),
    ),
    "to a mail that was never seen, with the root in its references": (
        [sent("r", "Re: [PATCH 0/2] frob", 9, "c", "lost@x", sender=RITA)],
        ("c", 0),
    ),
    "to an answer that names nothing, with patch 2 in its references": (
        [
            sent("q", "Re: [PATCH 2/2] frob: two", 9, sender=RITA),
            sent("r", "Re: [PATCH 2/2] frob: two", 10, "c", "2", "q"),
        ],
        ("c", 2),
    ),
    "to nothing that is known": ([sent("r", "Re: [PATCH 2/2] frob: two", 9, "lost@x", sender=RITA)], None),
    "in a cycle of references": (
        [sent("q", "Re: frob", 9, "r", sender=RITA), sent("r", "Re: frob", 10, "q", sender=RITA)],
        None,
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_reply_belongs_to_the_nearest_patch_above_it(name: str) -> None:
    messages, expected = ANSWERS[name]
    assert answers(find_revisions([COVER, ONE, TWO, *messages])).get("r") == expected


def test_a_reply_to_v2_in_the_thread_of_v1_belongs_to_v2() -> None:
    found = find_revisions(
        [
            sent("a", "[PATCH] frob: one", 0),
            sent("q", "Re: [PATCH] frob: one", 5, "a", sender=RITA, body="Why?\n"),
            sent("b", "[PATCH v2] frob: one", 60, "a", "q"),
            sent("r", "Re: [PATCH v2] frob: one", 65, "a", "q", "b", sender=RITA, body="Good.\n"),
        ]
    )
    assert answers(found) == {"q": ("a", 1), "r": ("b", 1)}


def test_a_reply_to_a_replaced_patch_stays_with_the_revision() -> None:
    messages, _ = POSTINGS["a replacement with a minor version"]
    found = find_revisions([*messages, sent("r", "Re: [PATCH v5 2/3] frob: two", 80, "c", "2", sender=RITA)])
    assert answers(found) == {"r": ("c", 2)}


def test_a_notice_belongs_to_the_revision_it_links_to() -> None:
    notice = sent(
        "tip",
        "[tip: x86/core] x86/frob: Two",
        99,
        sender="tip-bot2 for Ann Author <tip-bot2@example.com>",
        body="The following commit has been merged into the x86/core branch of tip:\n\n"
        "Link: https://lore.kernel.org/r/2@a.example\n",
    )
    two = sent("2@a.example", "[PATCH 2/2] frob: two", 2, "c")
    (revision,) = find_revisions([COVER, ONE, two, notice])
    assert [(f.message.message_id, f.patch, f.notice) for f in revision.follow_ups] == [("tip", 2, True)]


@pytest.mark.parametrize(
    ("subject", "version", "stated", "rfc"),
    [
        ("[PATCH] frob: one", 1, False, False),
        ("[PATCH v1] frob: one", 1, True, False),
        ("[RFC PATCH v3] frob: one", 3, True, True),
        ("[PATCH net-next,v2] frob: one", 2, True, False),
    ],
)
def test_a_revision_has_what_its_mails_state(subject: str, version: int, stated: bool, rfc: bool) -> None:
    (revision,) = find_revisions([sent("1", subject)])
    assert (revision.version, revision.stated_version, revision.rfc) == (version, stated, rfc)


def test_a_thread_without_a_posting_has_no_revision() -> None:
    talk = [
        sent("t", "What about frob?", 0, body="I wonder.\n"),
        sent("r", "Re: What about frob?", 1, "t", sender=RITA, body="So do I.\n"),
    ]
    assert find_revisions(talk) == []
    assert find_revisions([]) == []


def _apart(name: str, messages: list[Message]) -> list[Message]:
    """The messages of a case with ids of their own, so that all cases can stand in one conversation."""
    return [
        parse(
            mail(
                message_id=f"{name}.{m.message_id}",
                subject=m.subject,
                sender=str(m.author),
                date=format_datetime(datetime.fromtimestamp(m.date, UTC)),
                references=tuple(f"{name}.{r}" for r in m.references),
                body=f"Why.\n{DIFF}" if m.files else "Words.\n",
            )
        )
        for m in messages
    ]


EVERYTHING = [
    message
    for number, (name, (messages, _)) in enumerate([*POSTINGS.items(), *ANSWERS.items()])
    for message in _apart(str(number), [*([COVER, ONE, TWO] if name in ANSWERS else []), *messages])
]


@given(chance=st.randoms(use_true_random=False), repeated=st.lists(st.sampled_from(EVERYTHING), max_size=20))
@settings(max_examples=60, deadline=None)
def test_order_and_repetition_of_mails_do_not_matter(chance: object, repeated: list[Message]) -> None:
    """All cases at once, in one conversation: most of their authors, versions and counts are the same."""
    messages = EVERYTHING + repeated
    chance.shuffle(messages)  # type: ignore[attr-defined]
    assert find_revisions(messages) == AS_WRITTEN


AS_WRITTEN = find_revisions(EVERYTHING)


@pytest.mark.parametrize("name", POSTINGS)
def test_a_posting_is_the_same_in_reverse_order(name: str) -> None:
    messages, expected = POSTINGS[name]
    assert described(find_revisions(reversed(messages))) == expected
