"""Batches of a maintainer: where patches went, and never a version of them; in any order of arrival."""

from __future__ import annotations

import itertools

import pytest

from patchwatch.config import Config
from patchwatch.series.posting import KEYED_TITLES
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.tracker import Tracker
from tests.support.derived import ingest_and_dump
from tests.support.mails import mail

ANN, BEN, MIA = "Ann Author <ann@example.org>", "Ben Builder <ben@example.net>", "Mia Keeper <mia@example.com>"
COE = "Coe Worker <coe@example.org>"
WHEEL, OIL, COUNT = "frob: turn the big wheel", "frob: oil the small wheel", "frob: count all the turns"


def patch(
    root: str, number: int, whole: int, title: str, sender: str, *, author: str = "", day: str = "3 Jul",
    prefix: str = "PATCH", diff: str = "", signed: tuple[str, ...] = (), cover: bool = False,
) -> bytes:  # fmt: skip
    """A patch; `author` is in its body, `signed` are its Signed-off-by lines."""
    above = f"From: {author}\n\n" if author else ""
    tags = "".join(f"Signed-off-by: {who}\n" for who in signed or ((author, sender) if author else (sender,)))
    name = title.split()[-1]
    change = (
        f"---\ndiff --git a/{name}.c b/{name}.c\n--- a/{name}.c\n+++ b/{name}.c\n@@ -1 +1 @@\n-a\n+{diff or title}\n"
    )
    return mail(
        message_id=f"{root}.{number}@x",
        subject=f"[{prefix} {number}/{whole}] {title}" if whole > 1 else f"[{prefix}] {title}",
        sender=sender,
        date=f"{day} 2023 10:00:0{number} +0000",
        references=(f"{root}.0@x",) if number and cover else (),
        body="Words.\n" if number == 0 else f"{above}Why.\n\n{tags}{change}",
    )


ORIGINALS = [
    patch("a", 1, 1, WHEEL, ANN, prefix="PATCH v3"),
    patch("b", 1, 1, OIL, BEN, day="4 Jul"),
]
BATCH = [
    patch("m", 0, 3, "Frob fixes for net", MIA, day="20 Jul", prefix="PATCH net", cover=True),
    patch("m", 1, 3, WHEEL, MIA, author=ANN, day="20 Jul", prefix="PATCH net", cover=True),
    patch("m", 2, 3, OIL, MIA, author=BEN, day="20 Jul", prefix="PATCH net", cover=True, diff="rebased"),
    patch("m", 3, 3, COUNT, MIA, day="20 Jul", prefix="PATCH net", cover=True),
]
APPLIED = mail(
    message_id="applied@x", sender="patchwork-bot+netdevbpf@kernel.org", in_reply_to="m.0@x",
    subject="Re: [PATCH net 0/3] Frob fixes for net", date="22 Jul 2023 10:00:00 +0000",
    body="Hello:\n\nThis series was applied to netdev/net.git (main)\nby Jo <jo@example.org>:\n",
)  # fmt: skip


@pytest.fixture
def tracker(tmp_path) -> Tracker:  # type: ignore[no-untyped-def]
    return Tracker(Config(), database_url=f"sqlite:///{tmp_path}/t.db")


def take(tracker: Tracker, *raws: bytes) -> None:
    for raw in raws:
        with tracker.database.write() as connection:
            ingest(connection, [read_mail(raw)], "frob")


def state_of(tracker: Tracker, name: str) -> tuple[str, str, str]:
    row = tracker.one(tracker.find(name))
    return row.state, row.turn, row.state_evidence.text if row.state_evidence else ""


@pytest.mark.parametrize("first", ["originals", "batch"])
def test_patches_that_a_maintainer_sends_on_wait_for_nobody(tracker: Tracker, first: str) -> None:
    take(tracker, *(ORIGINALS + BATCH if first == "originals" else BATCH + ORIGINALS))
    sent = "sent on in “[PATCH net 0/3] Frob fixes for net”"
    assert state_of(tracker, "a.1@x") == ("awaiting-upstream", "nobody", sent)
    assert state_of(tracker, "b.1@x") == ("awaiting-upstream", "nobody", sent)
    evidence = tracker.one(tracker.find("a.1@x")).state_evidence
    assert evidence is not None
    assert (evidence.message_id, evidence.kind, evidence.by_email) == ("m.0@x", "relayed", "mia@example.com")


@pytest.mark.parametrize("first", ["originals", "batch"])
def test_batch_is_a_series_of_its_own(tracker: Tracker, first: str) -> None:
    take(tracker, *(ORIGINALS + BATCH if first == "originals" else BATCH + ORIGINALS))
    assert len({tracker.find(name) for name in ("a.1@x", "b.1@x", "m.0@x")}) == 3
    row = tracker.one(tracker.find("m.0@x"))
    assert (row.author_name, len(row.revisions), row.state) == ("Mia Keeper", 1, "new")


@pytest.mark.parametrize("first", ["originals", "batch", "applied"])
def test_patches_of_an_applied_batch_are_accepted(tracker: Tracker, first: str) -> None:
    parts = {"originals": ORIGINALS, "batch": BATCH, "applied": [APPLIED]}
    take(tracker, *parts.pop(first), *itertools.chain(*parts.values()))
    text = "sent on in “[PATCH net 0/3] Frob fixes for net”, which was applied"
    assert state_of(tracker, "a.1@x") == ("accepted", "nobody", text)
    assert state_of(tracker, "b.1@x") == ("accepted", "nobody", text)
    assert state_of(tracker, "m.0@x")[0] == "accepted"


def test_single_patch_that_is_sent_on_unchanged(tracker: Tracker) -> None:
    take(tracker, ORIGINALS[0], patch("m", 1, 1, WHEEL, MIA, author=ANN, day="20 Jul"))
    assert tracker.find("a.1@x") != tracker.find("m.1@x")
    assert state_of(tracker, "a.1@x")[0] == "awaiting-upstream"


def test_patches_that_a_maintainer_rebased_and_retitled(tracker: Tracker) -> None:
    """Only the author and most words of the titles are the same."""
    one = patch("m", 1, 2, f"net: {WHEEL}", MIA, author=ANN, day="20 Jul", cover=True, diff="rebased")
    two = patch("m", 2, 2, "frob: oil this small wheel", MIA, author=BEN, day="20 Jul", cover=True, diff="rebased")
    take(tracker, *ORIGINALS, one, two)
    assert state_of(tracker, "a.1@x")[0] == "awaiting-upstream"
    assert state_of(tracker, "b.1@x")[0] == "awaiting-upstream"


@pytest.mark.parametrize(("day", "apart"), [("20 Jul", True), ("20 Nov", False)])
def test_single_patch_that_was_rebased_is_sent_on_soon(tracker: Tracker, day: str, apart: bool) -> None:
    take(tracker, patch("o", 1, 1, WHEEL, ANN), patch("n", 1, 1, WHEEL, BEN, author=ANN, day=day, diff="rebased"))
    assert (tracker.find("o.1@x") != tracker.find("n.1@x")) == apart


def test_pull_request_with_patches_below_it(tracker: Tracker) -> None:
    pull = mail(
        message_id="m.0@x", subject="[GIT PULL 0/2] frob fixes", sender=MIA, date="20 Jul 2023 10:00:00 +0000",
        body=f"Please pull.\n\nAnn Author (1):\n      {WHEEL}\n\nBen Builder (1):\n      {OIL}\n\n f.c | 2 +-\n",
    )  # fmt: skip
    take(tracker, pull, *BATCH[1:3], *ORIGINALS)
    assert len({tracker.find(name) for name in ("a.1@x", "b.1@x", "m.0@x")}) == 3
    assert state_of(tracker, "a.1@x")[:2] == ("accepted", "nobody")
    assert state_of(tracker, "b.1@x")[:2] == ("accepted", "nobody")


def test_rejected_batch_and_newer_version_are_open_again(tracker: Tracker) -> None:
    take(tracker, *ORIGINALS, *BATCH)
    take(tracker, patch("a4", 1, 1, WHEEL, ANN, prefix="PATCH v4", day="25 Jul", diff="new"))
    assert state_of(tracker, "a.1@x")[0] == "new"
    assert tracker.find("a.1@x") == tracker.find("a4.1@x")
    assert tracker.one(tracker.find("a4.1@x")).revisions[1].predecessor.message_id == "a.1@x"  # type: ignore[union-attr]
    nak = mail(
        message_id="nak@x", sender="Jo Up <jo@example.org>", in_reply_to="m.0@x", date="26 Jul 2023 10:00:00 +0000",
        subject="Re: [PATCH net 0/3] Frob fixes for net", body="NAK to the whole series, we will never take this.\n",
    )  # fmt: skip
    take(tracker, nak)
    assert state_of(tracker, "m.0@x")[0] == "rejected"
    assert state_of(tracker, "b.1@x")[0] == "new"


# ---- what looks like a batch, but is none ---------------------------------------------------------------------------

OLD = [
    patch("o", 0, 2, "frob: better wheels", ANN, prefix="PATCH v2", cover=True),
    patch("o", 1, 2, WHEEL, ANN, prefix="PATCH v2", cover=True),
    patch("o", 2, 2, OIL, ANN, author=COE, prefix="PATCH v2", cover=True),
]
TAKEN_OVER = [
    patch("n", 0, 2, "frob: better wheels", BEN, prefix="PATCH v3", cover=True, day="20 Jul"),
    patch("n", 1, 2, WHEEL, BEN, author=ANN, prefix="PATCH v3", cover=True, day="20 Jul", diff="better"),
    patch("n", 2, 2, OIL, BEN, author=COE, prefix="PATCH v3", cover=True, day="20 Jul"),
]


@pytest.mark.parametrize("newest_first", [False, True])
def test_developer_who_takes_over_a_series_posts_its_next_version(tracker: Tracker, newest_first: bool) -> None:
    take(tracker, *(TAKEN_OVER + OLD if newest_first else OLD + TAKEN_OVER))
    row = tracker.one(tracker.find("o.0@x"))
    assert [r.version for r in row.revisions] == [2, 3]
    assert row.state == "new"


def test_patch_that_somebody_takes_over(tracker: Tracker) -> None:
    take(
        tracker, patch("o", 1, 1, WHEEL, ANN), patch("n", 1, 1, WHEEL, BEN, author=ANN, prefix="PATCH v2", day="20 Jul")
    )
    assert [r.version for r in tracker.one(tracker.find("o.1@x")).revisions] == [1, 2]


def test_series_with_patches_of_a_co_author(tracker: Tracker) -> None:
    mine = [
        patch("s", 1, 2, WHEEL, ANN, author=COE, cover=True),
        patch("s", 2, 2, OIL, ANN, cover=True),
    ]
    again = [
        patch("t", 1, 2, WHEEL, ANN, author=COE, prefix="PATCH v2", cover=True, day="20 Jul"),
        patch("t", 2, 2, OIL, ANN, prefix="PATCH v2", cover=True, day="20 Jul"),
    ]
    take(tracker, *mine, *again)
    row = tracker.one(tracker.find("s.1@x"))
    assert [r.version for r in row.revisions] == [1, 2]
    assert row.state == "new"


@pytest.mark.parametrize(
    "sender", ["Ann Author <ann@elsewhere.example>", "Ann <ann@elsewhere.example>", "devnull@example.com"]
)
def test_one_person_with_two_addresses(tracker: Tracker, sender: str) -> None:
    signed = ("Ann Author <ann@example.org>",)
    first = [patch("s", n, 2, title, ANN, cover=True) for n, title in ((1, WHEEL), (2, OIL))]
    again = [
        patch("t", n, 2, title, sender, author=ANN, signed=signed, prefix="PATCH v2", cover=True, day="20 Jul")
        for n, title in ((1, WHEEL), (2, OIL))
    ]
    take(tracker, *first, *again)
    assert [r.version for r in tracker.one(tracker.find("s.1@x")).revisions] == [1, 2]


def test_stable_backports_are_no_batch(tracker: Tracker) -> None:
    stable = [
        patch("k", n, 2, title, MIA, author=author, prefix="PATCH 6.6", day="20 Jul", cover=True)
        for n, title, author in ((1, WHEEL, ANN), (2, OIL, BEN))
    ]
    take(tracker, *ORIGINALS, *stable)
    assert state_of(tracker, "a.1@x")[0] == "new"


def test_any_order_gives_the_same() -> None:
    newer = patch("a4", 1, 1, WHEEL, ANN, prefix="PATCH v4", day="25 Jul", diff="new")
    reads = [read_mail(raw) for raw in (*ORIGINALS, *BATCH, APPLIED, newer)]
    expected = ingest_and_dump([reads])
    for order in itertools.islice(itertools.permutations(reads), 0, 40_320, 2_521):
        assert ingest_and_dump([[read] for read in order]) == expected
    reads = [read_mail(raw) for raw in (*OLD, *TAKEN_OVER)]
    expected = ingest_and_dump([reads])
    assert ingest_and_dump([[read] for read in reversed(reads)]) == expected


def with_anns_patch(root: str = "s", *, day: str = "20 Jul", author: str = ANN, prefix: str = "PATCH") -> list[bytes]:
    """A series of Ben's that has a patch of Ann's among his own."""
    return [
        patch(root, 0, 3, "frob: stop for a while", BEN, day=day, prefix=prefix, cover=True),
        patch(root, 1, 3, WHEEL, BEN, author=author, day=day, prefix=prefix, cover=True, diff="rebased"),
        patch(root, 2, 3, "frob: wait for the belt", BEN, day=day, prefix=prefix, cover=True),
        patch(root, 3, 3, "frob: stop without the belt", BEN, day=day, prefix=prefix, cover=True),
    ]


ONE = patch("a", 1, 1, WHEEL, ANN)
SERIES_APPLIED = mail(
    message_id="t@x", sender="Mia Keeper <mia@example.com>", in_reply_to="s.0@x",
    subject="Re: [PATCH 0/3] frob: stop for a while", date="25 Jul 2023 10:00:00 +0000",
    body="> Words.\n\nApplied to frob-next, thanks!\n",
)  # fmt: skip


@pytest.mark.parametrize("first", ["patch", "series"])
def test_patch_that_somebody_takes_into_their_series_waits_for_nobody(tracker: Tracker, first: str) -> None:
    take(tracker, *([ONE, *with_anns_patch()] if first == "patch" else [*with_anns_patch(), ONE]))
    taken = "taken into “[PATCH 0/3] frob: stop for a while”"
    assert state_of(tracker, "a.1@x") == ("awaiting-upstream", "nobody", taken)
    assert tracker.find("a.1@x") != tracker.find("s.0@x")
    assert state_of(tracker, "s.0@x")[0] == "new"


@pytest.mark.parametrize("first", ["patch", "series", "applied"])
def test_patch_that_was_applied_with_the_series_of_somebody_else(tracker: Tracker, first: str) -> None:
    parts = {"patch": [ONE], "series": with_anns_patch(), "applied": [SERIES_APPLIED]}
    take(tracker, *parts.pop(first), *itertools.chain(*parts.values()))
    assert state_of(tracker, "a.1@x")[:2] == ("accepted", "nobody")


def test_last_patch_of_a_long_series_may_be_taken_before_or_after_it_arrives() -> None:
    titles = [*(f"frob: turn part{n} of wheel{n}" for n in range(KEYED_TITLES)), WHEEL]
    long = [patch("a", n, len(titles), title, ANN, cover=True) for n, title in enumerate(titles, 1)]
    mails = [[read_mail(raw) for raw in part] for part in (long, with_anns_patch(), [SERIES_APPLIED])]
    assert ingest_and_dump(mails) == ingest_and_dump(mails[::-1])


def test_next_version_of_a_patch_is_no_longer_the_one_that_was_taken(tracker: Tracker) -> None:
    take(tracker, ONE, *with_anns_patch(), patch("b", 1, 1, WHEEL, ANN, prefix="PATCH v2", day="22 Jul", diff="new"))
    assert state_of(tracker, "b.1@x")[0] == "new"
    assert tracker.find("a.1@x") == tracker.find("b.1@x")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param([*with_anns_patch(author="")], id="the same title, of their own"),
        pytest.param([*with_anns_patch(author=COE)], id="of another author"),
        pytest.param([*with_anns_patch(day="1 Jul")], id="posted before"),
    ],
)
def test_series_that_has_another_patch_of_the_title(tracker: Tracker, other: list[bytes]) -> None:
    take(tracker, ONE, *other)
    assert state_of(tracker, "a.1@x")[0] == "new"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("Please use a mutex here.\n", "changes-requested"),
        ("Reviewed-by: Rita Reviewer <rita@example.com>\n", "reviewed"),
        ("Nacked-by: Rita Reviewer <rita@example.com>\n\nWe will never take this.\n", "rejected"),
    ],
)
def test_taken_patch_keeps_what_its_own_reviewers_said(tracker: Tracker, answer: str, state: str) -> None:
    said = mail(
        message_id="r@x", sender="Rita Reviewer <rita@example.com>", in_reply_to="a.1@x",
        subject=f"Re: [PATCH] {WHEEL}", date="5 Jul 2023 10:00:00 +0000", body=answer,
    )  # fmt: skip
    take(tracker, ONE, said, *with_anns_patch())
    assert state_of(tracker, "a.1@x")[0] == state
