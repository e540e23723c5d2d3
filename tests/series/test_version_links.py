"""Links between versions: which evidence is enough, which is not, and which of several candidates is chosen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.series.link_rules import likely_link
from patchwatch.series.posting import PostingFacts, author_keys, posting_facts, posting_keys
from patchwatch.series.revision import find_revisions
from patchwatch.series.version_links import Link, predecessor
from tests.support.mails import mail

ANN = "Ann Author <ann@example.org>"
ANN_AT_WORK = "Ann Author <aauthor@corp.example.com>"
BEN = "Ben Builder <ben@example.net>"
RITA = "Rita Reviewer <rita@example.com>"
LISTS = "netdev@vger.kernel.org, rita@example.com, carl@example.com, dora@example.com"


def posted(
    message_id: str,
    subject: str,
    day: float = 0,
    *,
    sender: str = ANN,
    text: str = "Why.",
    notes: str = "",
    file: str = "net/frob.c",
    change: str = "",
    below: tuple[str, ...] = (),
) -> Message:
    """A posted mail, `day` days after the first; its diff touches `file` (none if that is empty) and adds `change`.

    Two diffs are equal if `change` is; the default is the message-id.
    """
    body = f"{text}\n"
    if file:
        added = (change or message_id).split("\n+")
        body += (
            f"---\n{notes}\ndiff --git a/{file} b/{file}\n--- a/{file}\n+++ b/{file}\n"
            f"@@ -1 +1,{len(added)} @@\n-old\n" + "".join(f"+{line}\n" for line in added)
        )
    sent = datetime(2023, 7, 3, 10, tzinfo=UTC) + timedelta(days=day)
    return parse(
        mail(
            message_id=f"{message_id}@x",
            subject=subject,
            sender=sender,
            date=format_datetime(sent),
            to=LISTS,
            references=tuple(f"{one}@x" for one in below),
            in_reply_to=f"{below[-1]}@x" if below else None,
            body=body,
        )
    )


def sent_on_by_ben(cover: str, version: int, day: float) -> list[Message]:
    """The patches of others that Ben took over, below his cover letter."""
    patches = (
        ("net: use frob for queues", ANN),
        ("net: add the buzz wheel", ANN),
        ("net: count buzzes", RITA),
    )
    return [
        posted(
            f"{cover}{n}",
            f"[PATCH v{version} {n}/3] {title}",
            day + n / 1000,
            below=(cover,),
            file=f"net/{n}.c",
            sender=BEN,
            text=f"From: {author}\n\nWhy.\n\nSigned-off-by: {author}\nSigned-off-by: {BEN}",
        )
        for n, (title, author) in enumerate(patches, 1)
    ]


def reply(message_id: str, to: str, day: float, text: str = "Why so?") -> Message:
    return posted(message_id, "Re: frob", day, sender=RITA, text=text, file="", below=(to,))


def postings(messages: list[Message]) -> dict[str, PostingFacts]:
    """The postings among these mails, by their root without its host."""
    revisions = find_revisions(messages)
    home = {m.message_id: r.root.message_id for r in revisions for m in r.own_messages}
    home |= {f.message.message_id: r.root.message_id for r in revisions for f in r.follow_ups}
    return {r.root.message_id.removesuffix("@x"): posting_facts(r, home) for r in revisions}


def found(messages: list[Message], later: str) -> Link | None:
    """What the posting `later` succeeds, among all the others."""
    known = postings(messages)
    return predecessor(known[later], [p for root, p in known.items() if root != later])


def fixes(root: str, *titles: str, day: float = 0, below: tuple[str, ...] = ()) -> list[Message]:
    """A series of these patches under a title that the next one has, too."""
    count = len(titles)
    patches = [
        posted(f"{root}{n}", f"[PATCH {n}/{count}] {title}", day, below=(root,)) for n, title in enumerate(titles, 1)
    ]
    return [posted(root, f"[PATCH 0/{count}] net: fixes for frob", day, file="", text="Some.", below=below), *patches]


WHEELS = """The wheel turns more often than it must, because each packet wakes it, and a loaded machine has
millions of them.  Turn it once for all packets that are waiting, which saves a tenth of the time in softirq."""
V1 = posted("v1", "[PATCH] net: frob the queue once")
ONE, TWO = "change-id: 20230703-one-0123", "change-id: 20230710-two-4567"
V1_ONE = posted("v1", "[PATCH] net: frob the queue once", notes=ONE)
LINK_V1 = "Changes in v2:\n- Link to v1: https://lore.kernel.org/r/v1@x"

# Mails, the later posting, the earlier one, and evidence that must be among that of the link.
BUMPS: dict[str, tuple[list[Message], str, str, str]] = {
    "the same person and title": (
        [V1, posted("v2", "[PATCH v2] net: frob the queue once", 3)],
        "v2",
        "v1",
        "same-title",
    ),
    "v3 without a number": (
        [
            V1,
            posted("v2", "[PATCH v2] net: frob the queue once", 3),
            posted("v3", "[PATCH] net: frob the queue once", 9),
        ],
        "v3",
        "v2",
        "same-title",
    ),
    "v3 marked as v1": (
        [
            V1,
            posted("v2", "[PATCH v2] net: frob the queue once", 3),
            posted("v3", "[PATCH v1] net: frob the queue once", 9),
        ],
        "v3",
        "v2",
        "same-title",
    ),
    "a resend without a number": (
        [
            V1,
            posted("v2", "[PATCH v2] net: frob the queue once", 3),
            posted("again", "[PATCH RESEND] net: frob the queue once", 30),
        ],
        "again",
        "v2",
        "marked-as-resend",
    ),
    "a resend from a new branch": (
        [V1_ONE, posted("again", "[PATCH RESEND] net: frob the queue once", 27, notes=TWO)],
        "again",
        "v1",
        "marked-as-resend",
    ),
    "a resend with another cover and one patch less": (
        [
            posted("v2", "[PATCH v2 0/3] net: frob and grob", file="", text="All."),
            *(posted(f"a{n}", f"[PATCH v2 {n}/3] net: frob step {n}", 0.001 * n, below=("v2",)) for n in (1, 2, 3)),
            posted("again", "[PATCH RESEND v2 0/2] net: only frob", 20, file="", text="Less."),
            *(
                posted(f"b{n}", f"[PATCH RESEND v2 {n}/2] net: frob step {n}", 20 + 0.001 * n, below=("again",))
                for n in (1, 2)
            ),
        ],
        "again",
        "v2",
        "marked-as-resend",
    ),
    "the same change-id below another title, of other files": (
        [
            posted("v1", "[PATCH 0/1] frob: improve it", file="", text="It is slow.\n\nchange-id: 20230703-frob-0123"),
            posted("v1p", "[PATCH 1/1] frob: cache", 0.001, below=("v1",), file="net/a.c"),
            posted(
                "v2", "[PATCH v2 0/1] queue: faster", 5, file="", text="It is slow.\n\nchange-id: 20230703-frob-0123"
            ),
            posted("v2p", "[PATCH v2 1/1] queue: hash", 5.001, below=("v2",), file="net/b.c"),
        ],
        "v2",
        "v1",
        "same-change-id",
    ),
    "a link to v1 and another title": (
        [V1, posted("v2", "[PATCH v2] sched: turn all wheels", 3, notes=LINK_V1)],
        "v2",
        "v1",
        "links-to-it",
    ),
    "the next version from a branch that was renamed": (
        [V1_ONE, posted("v2", "[PATCH v2] net: frob the queue once", 3, notes=TWO)],
        "v2",
        "v1",
        "same-title",
    ),
    "the next version from a renamed branch, in which v3 follows": (
        [
            V1_ONE,
            posted("v2", "[PATCH v2] net: frob the queue once", 3, notes=TWO),
            posted("v3", "[PATCH v3] net: frob the queue once", 5, notes=TWO),
        ],
        "v2",
        "v1",
        "same-title",
    ),
    "the next version of its own branch, whatever else has the title": (
        [
            posted("v1", "[PATCH] net: frob the queue once", notes=TWO),
            posted("other", "[PATCH] net: frob the queue once", 2, notes=ONE),
            posted("v2", "[PATCH v2] net: frob the queue once", 3, notes=TWO),
        ],
        "v2",
        "v1",
        "same-change-id",
    ),
    "fixes that were posted again with one patch more": (
        [
            *fixes("one", "net: free the socket", "net: count to two"),
            *fixes("two", "net: free the socket", "net: count to two", "net: stop", day=5),
        ],
        "two",
        "one",
        "same-title",
    ),
    "fixes that were rewritten, in the thread": (
        [
            *fixes("one", "net: free the socket", "net: count to two"),
            *fixes("two", "net: rewrite sockets", "net: count again", day=5, below=("one",)),
        ],
        "two",
        "one",
        "posted-into-its-thread",
    ),
    "v1 posted as v1 once more, months later": (
        [
            posted("v1", "[PATCH v1] net: frob the queue once"),
            posted("again", "[PATCH v1] net: frob the queue once", 150),
        ],
        "again",
        "v1",
        "same-title",
    ),
    "the same patch again, although somebody said that it was applied": (
        [
            posted("v1", "[PATCH] net: frob the queue once", change="new"),
            reply("thanks", "v1", 2, text="Applied to net-next, thanks!"),
            posted("again", "[PATCH] net: frob the queue once", 130, change="new"),
        ],
        "again",
        "v1",
        "same-patches",
    ),
    "a link to v1 despite another change-id": (
        [
            posted("v1", "[PATCH] net: frob the queue once", notes="change-id: 20230703-one-0123"),
            posted("v2", "[PATCH v2] net: frob the queue once", 3, notes=f"{LINK_V1}\nchange-id: 20230710-other-4567"),
        ],
        "v2",
        "v1",
        "links-to-it",
    ),
    "posted in the thread of v1 with a new title": (
        [V1, posted("v2", "[PATCH v2] net: turn all wheels", 3, below=("v1",))],
        "v2",
        "v1",
        "posted-into-its-thread",
    ),
    "posted in answer to a reviewer": (
        [V1, reply("r", "v1", 1), posted("v2", "[PATCH v2] net: turn all wheels", 3, below=("v1", "r"))],
        "v2",
        "v1",
        "posted-into-its-thread",
    ),
    "renamed, of the same file": (
        [V1, posted("v2", "[PATCH v2] net: frob each queue", 3)],
        "v2",
        "v1",
        "similar-title",
    ),
    "from another address under the same full name": (
        [V1, posted("v2", "[PATCH v2] net: frob the queue once", 3, sender=ANN_AT_WORK)],
        "v2",
        "v1",
        "same-author",
    ),
    "under another display name from the same address": (
        [V1, posted("v2", "[PATCH v2] net: frob the queue once", 3, sender="Ann Author-Builder <ann@example.org>")],
        "v2",
        "v1",
        "same-author",
    ),
    "equal patches with a new title": (
        [
            posted("v1", "[PATCH] net: frob the queue once", change="new"),
            posted("v2", "[PATCH v2] sched: turn all wheels", 3, change="new"),
        ],
        "v2",
        "v1",
        "same-patches",
    ),
    "v3 where v2 was never seen": (
        [V1, posted("v3", "[PATCH v3] net: frob the queue once", 9)],
        "v3",
        "v1",
        "same-title",
    ),
    "the first version after an RFC": (
        [
            posted("rfc", "[RFC PATCH] net: frob the queue once"),
            posted("v1", "[PATCH] net: frob the queue once", 9),
        ],
        "v1",
        "rfc",
        "same-title",
    ),
    "numbers restarted after an RFC v2": (
        [
            posted("rfc", "[RFC PATCH v2] net: frob the queue once"),
            posted("v1", "[PATCH] net: frob the queue once", 9),
        ],
        "v1",
        "rfc",
        "same-title",
    ),
    "the patch that follows from a proposal": (
        [
            posted("p", "[RFC] Add a new knob to frob the queue", text="What do you think of a knob?", file=""),
            posted("v1", "[PATCH] net: add a knob to frob the queue", 4),
        ],
        "v1",
        "p",
        "patch-for-its-proposal",
    ),
    "a series that became a single patch": (
        [
            posted("v1", "[PATCH 0/2] net: better queues", file="", text="Both."),
            posted("v1p1", "[PATCH 1/2] net: count the queues", 0.001, below=("v1",), file="net/count.c"),
            posted("v1p2", "[PATCH 2/2] net: frob the queue once", 0.002, below=("v1",)),
            posted("v2", "[PATCH v2] net: frob the queue once", 9),
        ],
        "v2",
        "v1",
        "title-among-its-patches",
    ),
    "a single patch that became a series": (
        [
            V1,
            posted("v2", "[PATCH v2 0/2] net: better queues", 9, file="", text="Both."),
            posted("v2p1", "[PATCH v2 1/2] net: count the queues", 9.001, below=("v2",), file="net/count.c"),
            posted("v2p2", "[PATCH v2 2/2] net: frob the queue once", 9.002, below=("v2",)),
        ],
        "v2",
        "v1",
        "title-among-its-patches",
    ),
    "a new cover over the same patches": (
        [
            posted("v1", "[PATCH 0/2] net: better queues", file="", text="Both."),
            posted("v1p1", "[PATCH 1/2] net: count the queues", 0.001, below=("v1",)),
            posted("v1p2", "[PATCH 2/2] net: frob the queue once", 0.002, below=("v1",)),
            posted("v2", "[PATCH v2 0/2] Scale to many cores", 9, file="", text="Both."),
            posted("v2p1", "[PATCH v2 1/2] net: count the queues", 9.001, below=("v2",)),
            posted("v2p2", "[PATCH v2 2/2] net: frob the queue once", 9.002, below=("v2",)),
        ],
        "v2",
        "v1",
        "same-patch-titles",
    ),
    "taken over by another author, who continues the numbers": (
        [V1, posted("v2", "[PATCH v2] net: frob the queue once", 60, sender=BEN, notes=LINK_V1)],
        "v2",
        "v1",
        "links-to-it",
    ),
    "taken over by another author, who restarts the numbers": (
        [
            posted("v3", "[PATCH v3] net: frob the queue once"),
            posted(
                "new",
                "[PATCH] net: frob the queue once",
                60,
                sender=BEN,
                notes="I took over from Ann, whose last version was\nv3: https://lore.kernel.org/r/v3@x",
            ),
        ],
        "new",
        "v3",
        "links-to-it",
    ),
    "a version without a version number": (
        [V1, posted("again", "[PATCH] net: frob the queue once", 5)],
        "again",
        "v1",
        "same-title",
    ),
    "v2 by a clock that is an hour slow": (
        [V1, posted("v2", "[PATCH v2] net: turn all wheels", -1 / 24, notes=LINK_V1)],
        "v2",
        "v1",
        "links-to-it",
    ),
    "v2 by a clock that is years slow": (
        [V1, posted("v2", "[PATCH v2] net: turn all wheels", -1000, notes=LINK_V1)],
        "v2",
        "v1",
        "links-to-it",
    ),
    "v2 by a clock that is weeks slow, in answer to v1": (
        [V1, posted("v2", "[PATCH v2] net: frob the queue once", -30, below=("v1",))],
        "v2",
        "v1",
        "posted-into-its-thread",
    ),
    "v2 by a clock that is weeks slow, in answer to a review": (
        [
            V1,
            reply("r", "v1", 1),
            posted("v2", "[PATCH v2 0/1] net: frob each queue once", -30, below=("r",), file="", text="Once."),
            posted("p2", "[PATCH v2 1/1] net: frob the queue once", -30, below=("r", "v2")),
        ],
        "v2",
        "v1",
        "posted-into-its-thread",
    ),
    "a backport's next version": (
        [
            posted("v1", "[PATCH 5.10] net: frob the queue once"),
            posted("v2", "[PATCH 5.10 v2] net: frob the queue once", 3),
        ],
        "v2",
        "v1",
        "same-title",
    ),
    "an equal patch without a number, under another title": (
        [
            posted("v1", "[PATCH] net: frob the queue once", change="new"),
            posted("again", "[PATCH] net: count and frob the queue", 2, change="new"),
        ],
        "again",
        "v1",
        "same-patches",
    ),
    "the first version after an RFC with another title": (
        [
            posted("rfc", "[RFC PATCH] net: frob the queue once"),
            posted("v1", "[PATCH] net: frob each queue", 9),
        ],
        "v1",
        "rfc",
        "similar-title",
    ),
    "the same patches sent again under another cover": (
        [
            posted("v1", "[PATCH 0/2] net: better queues", file="", text="Both."),
            posted("v1p1", "[PATCH 1/2] net: count the queues", 0.001, below=("v1",), change="a"),
            posted("v1p2", "[PATCH 2/2] net: frob the queue once", 0.002, below=("v1",), change="b"),
            posted("again", "[PATCH RESEND 0/2] Scale to many cores", 20, file="", text="Both."),
            posted("again1", "[PATCH RESEND 1/2] net: count the queues", 20.001, below=("again",), change="a"),
            posted("again2", "[PATCH RESEND 2/2] net: frob the queue once", 20.002, below=("again",), change="b"),
        ],
        "again",
        "v1",
        "marked-as-resend",
    ),
    "a version after version 0": (
        [posted("v0", "[PATCH v0] net: frob the queue once"), posted("v1", "[PATCH v1] net: frob the queue once", 3)],
        "v1",
        "v0",
        "same-title",
    ),
    "in the same words, of the same files, with another title": (
        [
            posted("v1", "[PATCH] net: frob the queue once", text=WHEELS),
            posted("v2", "[PATCH v2] net: spin faster", 3, text=f"Measured again, see below. {WHEELS}"),
        ],
        "v2",
        "v1",
        "same-prose",
    ),
    "a series that somebody takes over, with the patches of others and a similar title": (
        [
            posted("v1", "[PATCH v5 0/2] Wrapped frobs for the buzz wheel", file="", text="Both."),
            posted("v1a", "[PATCH v5 1/2] net: use frob for queues", 0.001, below=("v1",), file="net/a.c"),
            posted("v1b", "[PATCH v5 2/2] net: buzz wheel", 0.002, below=("v1",), file="net/b.c"),
            posted("v2", "[PATCH v6 0/3] Wrapped frobs for the buzz wheel core", 80, file="", text="All.", sender=BEN),
            *sent_on_by_ben("v2", 6, 80),
        ],
        "v2",
        "v1",
        "similar-title",
    ),
    "a series that its former author continues after somebody took it over": (
        [
            posted("v1", "[PATCH v7 0/3] Wrapped frobs", 0, file="", text="All.", sender=BEN),
            *sent_on_by_ben("v1", 7, 0),
            posted(
                "v2",
                "[PATCH v8 0/2] Frobs",
                9,
                file="",
                text="Changes in v8:\n- back to me\n- Link to v7: https://lore.kernel.org/r/v1@x",
                sender=ANN_AT_WORK,
            ),
            posted(
                "v2a", "[PATCH v8 1/2] net: use frob for queues", 9.1, below=("v2",), file="net/1.c", sender=ANN_AT_WORK
            ),
            posted("v2b", "[PATCH v8 2/2] net: wheel", 9.2, below=("v2",), file="net/2.c", sender=ANN_AT_WORK),
        ],
        "v2",
        "v1",
        "links-to-it",
    ),
    "a link below the heading of the changes": (
        [
            posted("v1", "[PATCH v7 0/2] Frobs in queues", file="", text="Both."),
            posted("v1a", "[PATCH v7 1/2] net: use frob for queues", 0.001, below=("v1",), file="net/a.c"),
            posted("v1b", "[PATCH v7 2/2] net: buzz wheel", 0.002, below=("v1",), file="net/b.c"),
            posted(
                "v2",
                "[PATCH v9 0/2] Wheels and others",
                80,
                file="",
                text="Changes in v9:\n  - Merged with https://lore.kernel.org/r/v1@x\n",
                sender=BEN,
            ),
            posted("v2a", "[PATCH v9 1/2] net: spin", 80.001, below=("v2",), file="net/c.c", sender=BEN),
            posted("v2b", "[PATCH v9 2/2] net: buzz wheel", 80.002, below=("v2",), file="net/b.c", sender=BEN),
        ],
        "v2",
        "v1",
        "links-to-it",
    ),
    "a lower number by mistake, with a link to the version before": (
        [
            posted("v4", "[PATCH v4] net: frob the queue once"),
            posted(
                "v3",
                "[PATCH v3] net: frob the queue once",
                3,
                notes="- Link to v4: https://lore.kernel.org/r/v4@x",
            ),
        ],
        "v3",
        "v4",
        "links-to-it",
    ),
    "a rewrite that links to its RFC": (
        [
            posted("rfc", "[RFC PATCH] frob: think about early lines", file="drivers/frob/early.c"),
            posted(
                "v1",
                "[PATCH] gpio: line ownership rework",
                9,
                file="drivers/gpio/own.c",
                notes="Changes since RFC [1]:\n - another way\n\n[1] https://lore.kernel.org/all/rfc@x/",
            ),
        ],
        "v1",
        "rfc",
        "links-to-it",
    ),
    "an author whose name has their employer beside it": (
        [
            posted("v1", "[PATCH] net: frob the queue once", sender='"Ann Author (ACME)" <ann@acme.example>'),
            posted("v2", "[PATCH v2] net: frob the queue once", 5, sender=ANN_AT_WORK),
        ],
        "v2",
        "v1",
        "same-author",
    ),
    "the same version sent again": (
        [V1, posted("again", "[PATCH RESEND] net: frob the queue once", 15, change="v1")],
        "again",
        "v1",
        "marked-as-resend",
    ),
}


@pytest.mark.parametrize("name", BUMPS)
def test_a_new_version_is_linked_with_evidence(name: str) -> None:
    messages, later, earlier, why = BUMPS[name]
    link = found(messages, later)
    assert link is not None
    assert (link.root, link.predecessor, link.by_hand) == (f"{later}@x", f"{earlier}@x", False)
    assert why in link.evidence


@pytest.mark.parametrize("name", BUMPS)
def test_linked_postings_share_an_index_key(name: str) -> None:
    """Candidates are looked up by key; without a common one the two would never be compared."""
    messages, later, earlier, _ = BUMPS[name]
    known = postings(messages)
    one, other = known[later], known[earlier]
    assert (posting_keys(one) | author_keys(one)) & (posting_keys(other) | author_keys(other))


@pytest.mark.parametrize("name", [name for name in BUMPS if "clock" not in name])
def test_a_later_posting_is_never_the_predecessor(name: str) -> None:
    messages, later, earlier, _ = BUMPS[name]
    known = postings(messages)
    assert likely_link(known[earlier], known[later]) is None


NO_BUMPS: dict[str, tuple[list[Message], str]] = {
    "a title of v2, without a number, half a year later": (
        [posted("v2", "[PATCH v2] net: frob the queue once"), posted("new", "[PATCH] net: frob the queue once", 180)],
        "new",
    ),
    "a title of v2, without a number, in another program": (
        [
            posted("v2", "[PATCH v2] net: frob the queue once"),
            posted("new", "[PATCH] net: frob the queue once", 5, file="ip/frob.c"),
        ],
        "new",
    ),
    "a title of v2, without a number, by somebody else": (
        [
            posted("v2", "[PATCH v2] net: frob the queue once"),
            posted("new", "[PATCH] net: frob the queue once", 5, sender=BEN),
        ],
        "new",
    ),
    "nothing in common but the author": (
        [V1, posted("v2", "[PATCH v2] sched: turn all wheels", 3, file="kernel/sched.c")],
        "v2",
    ),
    "another change of the same author to the same file": (
        [V1, posted("v2", "[PATCH v2] sched: turn all wheels", 3)],
        "v2",
    ),
    "the fixes of the next month under the same title": (
        [*fixes("june", "net: free the socket", "net: count to two"), *fixes("july", "net: stop", "net: go", day=30)],
        "july",
    ),
    "two first versions that say so, with other titles": (
        [
            posted("v1", "[PATCH v1] net: frob the queue once"),
            posted("other", "[PATCH v1] net: frob no queue", 2),
        ],
        "other",
    ),
    "two change-ids, and another title": (
        [
            posted("v1", "[PATCH] net: frob the queue once", notes=ONE, change="new"),
            posted("v2", "[PATCH v2] net: frob the queues once", 3, notes=TWO, change="new"),
        ],
        "v2",
    ),
    "two change-ids, and a resend under another title": (
        [V1_ONE, posted("again", "[PATCH RESEND] net: frob the queues once", 27, notes=TWO)],
        "again",
    ),
    "two change-ids, and a version left out": (
        [V1_ONE, posted("v3", "[PATCH v3] net: frob the queue once", 3, notes=TWO)],
        "v3",
    ),
    "two change-ids, and a title of two words": (
        [
            posted("v1", "[PATCH] net: cleanup", notes=ONE, change="new"),
            posted("v2", "[PATCH v2] net: cleanup", 3, notes=TWO, change="new"),
        ],
        "v2",
    ),
    "two change-ids, and another author": (
        [V1_ONE, posted("v2", "[PATCH v2] net: frob the queue once", 3, notes=TWO, sender=BEN)],
        "v2",
    ),
    "two change-ids, of which the first has a v2, too": (
        [
            V1_ONE,
            posted("old2", "[PATCH v2] net: frob all queues", 2, notes=ONE),
            posted("v2", "[PATCH v2] net: frob the queue once", 3, notes=TWO),
        ],
        "v2",
    ),
    "another patch under the title of one that was applied": (
        [
            V1,
            reply("thanks", "v1", 2, text="Applied to net-next, thanks!"),
            posted("once_more", "[PATCH] net: frob the queue once", 30),
        ],
        "once_more",
    ),
    "a rival's posting of the same title, of other files": (
        [V1, posted("v2", "[PATCH v2] net: frob the queue once", 3, sender=BEN, file="net/other.c")],
        "v2",
    ),
    "a rival's posting of the same title, of the same file": (
        [V1, posted("v2", "[PATCH v2] net: frob the queue once", 3, sender=BEN)],
        "v2",
    ),
    "a rival's answer with a patch": (
        [V1, posted("o", "[PATCH v2] net: frob the queue never", 1, sender=BEN, below=("v1",), file="net/other.c")],
        "o",
    ),
    "a common title of two patches": (
        [
            posted("one", "[PATCH] fix typo", file="net/frob.c"),
            posted("two", "[PATCH] fix typo", 1, file="drivers/grob.c"),
        ],
        "two",
    ),
    "a common title of two patches, the other in its second version": (
        [
            posted("one", "[PATCH] fix typo", file="net/frob.c"),
            posted("two", "[PATCH v2] fix typo", 1, file="drivers/grob.c"),
        ],
        "two",
    ),
    "the next of many patches without a number": (
        [V1, posted("two", "[PATCH] net: frob the second queue once", 1)],
        "two",
    ),
    "another series that is linked below the heading of the changes": (
        [
            V1,
            posted(
                "v2",
                "[PATCH v2] sched: turn all wheels",
                9,
                file="kernel/sched.c",
                notes="Changes in v2:\n- do not touch what https://lore.kernel.org/r/v1@x changes",
            ),
        ],
        "v2",
    ),
    "a maintainer's next batch": (
        [
            posted("one", "[PATCH 0/2] Frob updates, part one", file="", text="More."),
            posted("one1", "[PATCH 1/2] net: count the queues", 0.001, below=("one",), file="net/a.c"),
            posted("one2", "[PATCH 2/2] net: frob the queue", 0.002, below=("one",), file="net/b.c"),
            posted("two", "[PATCH 0/2] Frob updates, part two", 6, file="", text="More."),
            posted("two1", "[PATCH 1/2] net: name the queues", 6.001, below=("two",), file="net/a.c"),
            posted("two2", "[PATCH 2/2] net: stop the queue", 6.002, below=("two",), file="net/b.c"),
        ],
        "two",
    ),
    "one patch taken over into another series without a number": (
        [
            posted("one", "[PATCH 0/2] net: better queues", file="", text="Both."),
            posted("one1", "[PATCH 1/2] net: count the queues", 0.001, below=("one",), file="net/a.c", change="a"),
            posted("one2", "[PATCH 2/2] net: frob the queue", 0.002, below=("one",), file="net/b.c"),
            posted("two", "[PATCH 0/3] net: shorter queues", 6, file="", text="More."),
            posted("two1", "[PATCH 1/3] net: count the queues", 6.001, below=("two",), file="net/a.c", change="a"),
            posted("two2", "[PATCH 2/3] net: trim the queue", 6.002, below=("two",), file="net/c.c"),
            posted("two3", "[PATCH 3/3] net: cap the queue", 6.003, below=("two",), file="net/d.c"),
        ],
        "two",
    ),
    "marked as sent again, in similar words only": (
        [V1, posted("r", "[PATCH RESEND] net: frob another queue once", 1, file="net/other.c")],
        "r",
    ),
    "a backport to a stable tree": (
        [V1, posted("b", "[PATCH 5.10 v2] net: frob the queue once", 30, change="v1")],
        "b",
    ),
    "AUTOSEL": (
        [V1, posted("b", "[PATCH AUTOSEL 6.1 1/7] net: frob the queue once", 30, sender=BEN, change="v1")],
        "b",
    ),
    "backports to two trees that are named as releases": (
        [
            posted("a", "[PATCH v4.19] net: frob the queue once", 0),
            posted("b", "[PATCH v5.4] net: frob the queue once", 1),
        ],
        "b",
    ),
    "backports to two trees": (
        [
            posted("a", "[PATCH 5.10] net: frob the queue once", change="new"),
            posted("b", "[PATCH 5.15] net: frob the queue once", 0.01, change="new"),
        ],
        "b",
    ),
    "the same words again after two years": (
        [V1, posted("again", "[PATCH] net: frob the queue once", 730)],
        "again",
    ),
    "similar words after two years": (
        [V1, posted("v2", "[PATCH v2] net: frob another queue", 730)],
        "v2",
    ),
    "another patch in the same thread": (
        [V1, posted("o", "[PATCH v2] sched: turn all wheels", 3, below=("v1",), file="kernel/sched.c")],
        "o",
    ),
    "a higher version": (
        [posted("v3", "[PATCH v3] net: frob the queue once"), posted("v2", "[PATCH v2] net: frob the queue once", 9)],
        "v2",
    ),
    "the same stated version of another posting": (
        [
            posted("one", "[PATCH v2] net: frob the queue once"),
            posted("two", "[PATCH v2] net: frob the queue once", 9),
        ],
        "two",
    ),
    "a link to a dependency": (
        [
            posted("base", "[PATCH] sched: turn all wheels", file="kernel/sched.c"),
            posted(
                "v2",
                "[PATCH v2] net: frob the queue once",
                3,
                notes="This depends on https://lore.kernel.org/r/base@x",
            ),
        ],
        "v2",
    ),
    "a later work based on an older version": (
        [
            posted("v3", "[PATCH v3] net: frob the queue once"),
            posted(
                "new",
                "[PATCH] sched: turn all wheels",
                9,
                file="kernel/sched.c",
                notes="A follow-up to v3: https://lore.kernel.org/r/v3@x",
            ),
        ],
        "new",
    ),
}


@pytest.mark.parametrize("name", NO_BUMPS)
def test_other_postings_are_not_linked(name: str) -> None:
    messages, later = NO_BUMPS[name]
    assert found(messages, later) is None


VERSIONS = [
    posted(f"v{n}", f"[PATCH v{n}] net: frob the queue once" if n > 1 else "[PATCH] net: frob the queue once", 4 * n)
    for n in range(1, 6)
]


@pytest.mark.parametrize("number", [2, 3, 4, 5])
def test_the_version_before_is_the_predecessor(number: int) -> None:
    link = found(VERSIONS, f"v{number}")
    assert link is not None
    assert link.predecessor == f"v{number - 1}@x"


def test_a_missing_version_is_linked_in_between_when_it_arrives() -> None:
    with_hole = found([VERSIONS[0], VERSIONS[2]], "v3")
    filled = found(VERSIONS[:3], "v3")
    assert with_hole is not None
    assert filled is not None
    assert (with_hole.predecessor, filled.predecessor) == ("v1@x", "v2@x")


def test_a_resend_is_linked_to_the_first_posting_of_its_version() -> None:
    resends = [
        posted(f"again{n}", "[PATCH RESEND v2] net: frob the queue once", 8 + 10 * n, change="v2") for n in (1, 2)
    ]
    for root in ("again1", "again2"):
        link = found([*VERSIONS[:2], *resends], root)
        assert link is not None
        assert (link.predecessor, link.resend) == ("v2@x", True)


def test_a_new_version_is_not_a_resend() -> None:
    link = found(VERSIONS, "v2")
    assert link is not None
    assert not link.resend


def test_a_resend_succeeds_an_older_version_if_its_original_was_not_seen() -> None:
    link = found([V1, posted("again", "[PATCH RESEND v2] net: frob the queue once", 15)], "again")
    assert link is not None
    assert (link.predecessor, link.resend) == ("v1@x", False)


@pytest.mark.parametrize("day", [1, 5, 9])
def test_the_version_before_outranks_a_similar_posting(day: float) -> None:
    """However new another change of the author to the same file is."""
    like = posted("like", "[PATCH v2] net: frob the timer once", day)
    link = found([V1, like, posted("v3", "[PATCH v3] net: frob the queue once", 10)], "v3")
    assert link is not None
    assert link.predecessor == "v1@x"


def test_the_order_of_candidates_does_not_matter() -> None:
    known = postings([*VERSIONS, posted("like", "[PATCH v3] net: frob the timer once", 15)])
    one = known.pop("v5")
    candidates = list(known.values())
    assert predecessor(one, candidates) == predecessor(one, candidates[::-1])


def fixes(name: str, day: float, *titles: str) -> list[Message]:
    """A series of small fixes, each to a file of its own."""
    whole = len(titles)
    cover = posted(name, f"[PATCH 0/{whole}] frob: a batch of fixes", day, file="", text="Fixes.")
    return [
        cover,
        *(
            posted(f"{name}{n}", f"[PATCH {n}/{whole}] {title}", day + n / 1000, below=(name,), file=f"net/{n}.c")
            for n, title in enumerate(titles, 1)
        ),
    ]


@pytest.mark.parametrize(
    ("subject", "file", "linked"),
    [
        ("[PATCH v2] frob: count the wheels once", "net/2.c", True),
        ("[PATCH v3] frob: count the wheels once", "net/2.c", False),  # v2 is missing
        ("[PATCH v2] frob: count the wheels once more", "net/2.c", False),
        ("[PATCH v2] frob: count the wheels once", "net/other.c", False),
    ],
)
def test_a_patch_taken_out_of_a_series_is_found_among_others(subject: str, file: str, linked: bool) -> None:
    batch = fixes("a", 0, "frob: free the bolt", "frob: count the wheels once", "frob: stop the clock")
    since = [posted(f"s{n}", f"[PATCH] frob: paint door {n}", n, file="net/2.c") for n in range(1, 20)]
    link = found([*batch, *since, posted("b", subject, 40, file=file, text="Other words.")], "b")
    assert (link is not None and link.predecessor == "a@x") == linked
    assert link is None or linked
