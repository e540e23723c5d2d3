"""What a new version joins with its predecessor: other postings whose patches it has, and what only looks like it."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import Message
from patchwatch.series.certain_links import Link
from patchwatch.series.joins import joined, may_join
from patchwatch.series.version_links import predecessor
from tests.series.test_version_links import BEN, posted, postings, reply

FROB = posted("frob", "[PATCH] net: frob the queue once", file="net/frob.c")
KNOB = posted("knob", "[PATCH] net: turn the knob slowly", 1, file="net/knob.c")


def file_of(title: str) -> str:
    return "net/knob.c" if "knob" in title else "net/frob.c"


def series(
    root: str, version: int, day: float, *titles: str, cover: str = "net: mend frob and knob", note: str = ""
) -> list[Message]:
    """A series of patches with these titles."""
    count = len(titles)
    mark = f"v{version} " if version > 1 else ""
    return [
        posted(root, f"[PATCH {mark}0/{count}] {cover}", day, file="", text=f"Some.\n\n{note}"),
        *(
            posted(f"{root}{n}", f"[PATCH {mark}{n}/{count}] {title}", day, below=(root,), file=file_of(title))
            for n, title in enumerate(titles, 1)
        ),
    ]


ONCE, SLOWLY, OIL = "net: frob the queue once", "net: turn the knob slowly", "net: oil the wheel"
BOTH = series("both", 2, 9, ONCE, SLOWLY)
KNOB_2 = posted("knob2", f"[PATCH v2] {SLOWLY}", 3, file="net/knob.c")
MOVED = posted("knob", "[PATCH] net: move the knob", 1, file="net/knob.c", change="slow")
BUILT = posted("knob", "[PATCH] net: build a knob", 1, file="net/knob.c", change="slow")
MENDED = posted("both", f"[PATCH v2 0/2] {ONCE}", 9, file="", text="Some.")
MENDED_PATCHES = [
    posted("both1", f"[PATCH v2 1/2] {ONCE}", 9, below=("both",)),
    posted("both2", f"[PATCH v2 2/2] {SLOWLY}", 9, below=("both",), file="net/knob.c", change="slow"),
]


def found(messages: list[Message], later: str = "both") -> set[str]:
    """The roots that a version joins or follows."""
    known = postings(messages)
    near = [p for root, p in known.items() if root != later]
    link = predecessor(known[later], near)
    joins = joined(known[later], link, near)
    assert all(may_join(known[later], known[j.predecessor.removesuffix("@x")]) for j in joins)
    assert all(j.evidence for j in joins)
    return {
        root.removesuffix("@x") for root in ({link.predecessor} if link else set()) | {j.predecessor for j in joins}
    }


A = series("a", 1, 0, "net: frob the queue once", "net: oil the wheel", cover="net: mend frob")
B = series("b", 3, 2, "net: turn the knob slowly", "net: paint the knob red", cover="net: mend knob")
LINKS = "Supersedes: <frob@x>\nSupersedes: <knob@x>"

JOINED: dict[str, tuple[list[Message], set[str]]] = {
    "two single patches": ([FROB, KNOB, *BOTH], {"frob", "knob"}),
    "two series, one of them at v3": (
        [*A, *B, *series("both", 4, 9, *(p.parts.title for p in (*A[1:], *B[1:])))],
        {"a", "b"},
    ),
    "the newest version of each": (
        [
            FROB,
            KNOB,
            posted("knob2", "[PATCH v2] net: turn the knob slowly", 3, file="net/knob.c"),
            *series("both", 3, 9, ONCE, SLOWLY),
        ],
        {"frob", "knob2"},
    ),
    "three patches, and a new one": (
        [FROB, KNOB, posted("oil", f"[PATCH] {OIL}", 2), *series("both", 2, 9, OIL, ONCE, "net: be kind", SLOWLY)],
        {"frob", "knob", "oil"},
    ),
    "under another title, unchanged": ([FROB, MOVED, MENDED, *MENDED_PATCHES], {"frob", "knob"}),
    "as its author states": (
        [FROB, KNOB, *series("both", 2, 9, "net: do it all", "net: do the rest", note=LINKS)],
        {"frob", "knob"},
    ),
}

NOT_JOINED: dict[str, tuple[list[Message], str]] = {
    # Mails, and the predecessor beside which nothing is joined
    "a patch by somebody else": (
        [FROB, posted("knob", f"[PATCH] {SLOWLY}", 1, sender=BEN, file="net/knob.c"), *BOTH],
        "frob",
    ),
    "a patch that was applied": ([FROB, KNOB, reply("r", "knob", 2, "Applied to net-next, thanks!"), *BOTH], "frob"),
    "a patch of another file": ([FROB, posted("knob", f"[PATCH] {SLOWLY}", 1, file="net/door.c"), *BOTH], "frob"),
    "half of another series": ([FROB, *B, *BOTH], "frob"),
    "a patch that went on in another series": (
        [FROB, KNOB, *series("more", 1, 3, SLOWLY, "net: paint the knob red"), *BOTH],
        "frob",
    ),
    "an older version of the predecessor": (
        [*series("one", 1, 0, ONCE, SLOWLY), *series("two", 2, 4, ONCE), *series("both", 3, 9, ONCE, SLOWLY)],
        "two",
    ),
    "a later posting": ([FROB, posted("knob", f"[PATCH] {SLOWLY}", 10, file="net/knob.c"), *BOTH], "frob"),
    "a patch of two years ago": (
        [FROB, posted("knob", f"[PATCH] {SLOWLY}", -700, file="net/knob.c"), *BOTH],
        "frob",
    ),
    "a patch that is posted alone as well": (
        [FROB, posted("knob", f"[PATCH v2] {SLOWLY}", 8.9, file="net/knob.c"), *BOTH],
        "frob",
    ),
    "a backport": ([FROB, posted("knob", f"[PATCH 6.6] {SLOWLY}", 1, file="net/knob.c"), *BOTH], "frob"),
    "a patch that it needs": (
        [FROB, BUILT, *series("both", 2, 9, ONCE, "net: build a knob", note="Depends-on: <knob@x>")],
        "frob",
    ),
}


@pytest.mark.parametrize("name", JOINED)
def test_what_is_joined(name: str) -> None:
    messages, expected = JOINED[name]
    assert found(messages) == expected


@pytest.mark.parametrize("name", NOT_JOINED)
def test_what_is_not_joined(name: str) -> None:
    messages, before = NOT_JOINED[name]
    known = postings(messages)
    link = Link("both@x", f"{before}@x", ("same-title",), 5.0)
    assert joined(known["both"], link, [p for root, p in known.items() if root != "both"]) == ()


def test_a_resend_joins_nothing() -> None:
    again = [posted("again", "[PATCH RESEND v2 0/2] net: mend frob and knob", 30, file="", text="Some.")]
    assert found([FROB, KNOB, *BOTH, *again], "again") == {"both"}


def test_a_first_version_joins_nothing() -> None:
    assert joined(postings(series("both", 1, 9, ONCE, SLOWLY))["both"], None, postings([FROB, KNOB]).values()) == ()
