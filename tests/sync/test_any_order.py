"""The same mails give the same database: in any order, split into any polls, with any repetition, and after reindex."""

from __future__ import annotations

import random
import tempfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchwatch.db import series as queries
from patchwatch.db import threads
from patchwatch.db.database import Database
from patchwatch.mail.mbox_split import split_mbox
from patchwatch.sync.ingest import Read, ingest, read_mail, reindex
from tests.support.mails import mail
from tests.support.paths import DEMO

ANN = "Ann Author <ann@example.org>"
BEN = "Ben Builder <ben@example.net>"
RITA = "Rita Reviewer <rita@example.com>"


def at(minute: int, day: int = 3) -> str:
    return f"Mon, {day} Jul 2023 {10 + minute // 60}:{minute % 60:02}:00 +0000"


def made() -> list[bytes]:
    """Odd threads: numbers without threading, a resend, a replacement, a rival, a pull request that was merged."""
    diff = "\n---\ndiff --git a/{0}.c b/{0}.c\n--- a/{0}.c\n+++ b/{0}.c\n@@ -1 +1 @@\n-old\n+new {1}\n"
    found = [
        mail(
            message_id=f"loose-{n}@a",
            subject=f"[PATCH {n}/3] loose part {n}",
            sender=ANN,
            date=at(n),
            body=diff.format("loose", n),
        )
        for n in (1, 2, 3)
    ]
    found += [
        mail(
            message_id=f"twin-{n}@a",
            subject=f"[PATCH {n}/3] twin part {n}",
            sender=ANN,
            date=at(200 + n),
            body=diff.format("twin", n),
        )
        for n in (1, 2, 3)
    ]
    found += [
        mail(
            message_id="v1@b",
            subject="[PATCH] frob: turn it once",
            sender=BEN,
            date=at(1),
            body="x" + diff.format("frob", 9),
        ),
        mail(
            message_id="v1r@b",
            subject="[PATCH RESEND] frob: turn it once",
            sender=BEN,
            date=at(2, 9),
            body="x" + diff.format("frob", 9),
        ),
        mail(
            message_id="q@c",
            subject="Re: [PATCH] frob: turn it once",
            sender=RITA,
            date=at(5),
            in_reply_to="v1@b",
            body="Why only once?\n",
        ),
        mail(
            message_id="v2@b",
            subject="[PATCH v2] frob: turn it twice",
            sender=BEN,
            date=at(9, 10),
            in_reply_to="q@c",
            body="Link to v1: https://lore.kernel.org/r/v1@b\n" + diff.format("frob", 8),
        ),
        mail(
            message_id="rival@a",
            subject="[PATCH] frob: turn it thrice",
            sender=ANN,
            date=at(30),
            in_reply_to="q@c",
            body="Rather so." + diff.format("frob", 7),
        ),
        mail(
            message_id="late@c",
            subject="Re: [PATCH v2] frob: turn it twice",
            sender=RITA,
            date=at(20, 10),
            in_reply_to="v2@b",
            body="Applied to frob/for-next, thanks!\n",
        ),
        mail(
            message_id="pull@c",
            subject="[GIT PULL] frob for v6.6",
            sender=RITA,
            date=at(0, 12),
            body="Please pull.\n\nBen Builder (1):\n      frob: turn it twice\n\n f.c | 2 +-\n",
        ),
        mail(
            message_id="merged@d",
            subject="Re: [GIT PULL] frob for v6.6",
            sender="pr-tracker-bot@kernel.org",
            date=at(0, 13),
            in_reply_to="pull@c",
            body="The pull request you sent on Mon, 12 Jul 2023 10:00:00 +0000:\n\n> git://x frob\n\n"
            "has been merged into torvalds/linux.git:\nhttps://git.kernel.org/torvalds/c/0123456789ab\n\nThank you!\n",
        ),
        mail(
            message_id="c-2@e",
            subject="[PATCH v3 2/2] cover comes last",
            sender=ANN,
            date=at(2, 20),
            in_reply_to="c-0@e",
            references=("c-0@e",),
            body=diff.format("whole", 2),
        ),
        mail(
            message_id="c-1@e",
            subject="[PATCH v3 1/2] cover comes first",
            sender=ANN,
            date=at(1, 20),
            in_reply_to="c-0@e",
            references=("c-0@e",),
            body=diff.format("whole", 1),
        ),
        mail(message_id="c-0@e", subject="[PATCH v3 0/2] whole", sender=ANN, date=at(0, 20), body="Both.\n"),
        mail(
            message_id="c-1b@e",
            subject="[PATCH v3.1 1/2] cover comes first",
            sender=ANN,
            date=at(9, 21),
            in_reply_to="c-1@e",
            references=("c-0@e", "c-1@e"),
            body=diff.format("whole", 3),
        ),
    ]
    return found + tagged(diff)


def tagged(diff: str) -> list[bytes]:
    """Three versions: tags that are collected, left behind, dropped, limited; an unchanged patch; a robot's results."""
    rita = f"Reviewed-by: {RITA}\n"
    mails = []
    for version, day in ((1, 3), (2, 10), (3, 17)):
        mark = f" v{version}" if version > 1 else ""
        dropped = "Changes: dropped Rita's R-b from patch 1.\n" if version == 3 else ""
        cover = mail(
            message_id=f"t{version}-0@b",
            subject=f"[PATCH{mark} 0/3] tagged",
            sender=BEN,
            date=at(0, day),
            body=f"x\n{dropped}",
        )
        mails.append(cover)
        for n in (1, 2, 3):
            tag = rita if (version, n) == (2, 2) else ""
            mails.append(
                mail(
                    message_id=f"t{version}-{n}@b",
                    subject=f"[PATCH{mark} {n}/3] tagged: part {n}",
                    sender=BEN,
                    date=at(n, day),
                    in_reply_to=f"t{version}-0@b",
                    body=f"x\n\n{tag}Signed-off-by: {BEN}{diff.format('tagged', n if n == 3 else 10 * version + n)}",
                )
            )
    answers = (
        ("t1-0@b", RITA, f"For patches 1-2:\n{rita}", 5),
        ("t1-0@b", "Rita Reviewer <rita@home.example>", "Acked-by: Rita Reviewer <rita@home.example> # part\n", 6),
        ("t1-3@b", ANN, f"Reviewed-by: {ANN}\n", 7),
        ("t2-1@b", RITA, rita, 12),
        ("t2-2@b", "kernel test robot <lkp@intel.com>", "kernel test robot noticed the following build errors:\n", 13),
        ("t3-0@b", RITA, "Applied patches 2-3 to frob/for-next, thanks!\n", 19),
    )
    mails += [
        mail(message_id=f"ta{n}@c", subject="Re: tagged", sender=who, date=at(9, day), in_reply_to=above, body=body)
        for n, (above, who, body, day) in enumerate(answers)
    ]
    return mails


def demo() -> list[bytes]:
    mails: list[bytes] = []
    for name in ("tcp", "mglru", "xdp"):
        with (DEMO / f"{name}.mbox").open("rb") as stream:
            mails += split_mbox(stream)
    return mails


READS = {"demo": [read_mail(raw) for raw in demo()], "made": [read_mail(raw) for raw in made()]}


def dump(database: Database) -> list[object]:
    """Everything derived, without the numbers that are given in the order of arrival."""
    with database.read() as connection:
        rows = queries.series(connection, queries.Criteria(everything=True), 0)
        found: list[object] = []
        for row in rows:
            thread = [(m.message_id, m.depth, m.revision, m.patch) for m in threads.thread(connection, row.id)]
            revisions = [
                (
                    r.message_id,
                    r.version,
                    r.minor,
                    r.state,
                    r.follow_ups,
                    r.patch_message_ids,
                    r.postings,
                    r.predecessor,
                    frozenset(r.trailers),
                    r.state_evidence,
                    r.applied,
                    r.checks,
                )
                for r in row.revisions
            ]
            stands = (row.state, row.state_evidence, row.turn, row.turn_since, row.turn_evidence, row.last_activity)
            found.append((row.title, row.inboxes, stands, revisions, thread))
    return sorted(found, key=repr)


def stored(batches: list[list[Read]], *, again: bool = False) -> list[object]:
    with tempfile.TemporaryDirectory() as directory:
        database = Database(f"sqlite:///{directory}/patchwatch.db")
        for batch in batches:
            with database.write() as connection:
                ingest(connection, batch, "bpf")
        if again:
            with database.write() as connection:
                reindex(connection)
        result = dump(database)
        database.close()
        return result


@pytest.fixture(scope="module")
def expected() -> dict[str, list[object]]:
    return {name: stored([reads]) for name, reads in READS.items()}


@pytest.mark.parametrize("name", ["demo", "made"])
@given(seed=st.integers(0, 2**32), sizes=st.lists(st.integers(1, 20), min_size=1, max_size=6), again=st.booleans())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_splitting_and_repetition_change_nothing(
    expected: dict[str, list[object]], name: str, seed: int, sizes: list[int], again: bool
) -> None:
    chance = random.Random(seed)
    reads = READS[name] + chance.sample(READS[name], 5)
    chance.shuffle(reads)
    batches = []
    while reads:
        size = sizes[len(batches) % len(sizes)]
        batches.append(reads[:size])
        reads = reads[size:]
    assert stored(batches, again=again) == expected[name]


@pytest.mark.parametrize("name", ["demo", "made"])
def test_backwards_one_by_one_is_the_same(expected: dict[str, list[object]], name: str) -> None:
    assert stored([[read] for read in reversed(READS[name])]) == expected[name]


def test_the_made_threads_are_understood(expected: dict[str, list[object]]) -> None:
    """What the other tests compare is worth comparing."""
    series = {row[0]: row for row in expected["made"]}  # type: ignore[index]
    assert series["frob: turn it twice"][2][0] == "mainlined"  # type: ignore[index]
    versions = [(r[1], r[6]) for r in series["frob: turn it twice"][3]]  # type: ignore[index]
    assert versions == [(1, ("v1@b", "v1r@b")), (2, ("v2@b",))]
    assert [len(r[5]) for r in series["whole"][3]] == [2]  # type: ignore[index]
    assert {"loose part 1", "twin part 1", "frob: turn it thrice"} <= series.keys()


def test_the_made_versions_show_what_became_of_each_tag(expected: dict[str, list[object]]) -> None:
    series = {row[0]: row for row in expected["made"]}  # type: ignore[index]
    revisions = series["tagged"][3]  # type: ignore[index]
    tags = [
        {(t.name, t.message_id, t.patch, t.counts, t.given_to, t.carried) for t in r[8] if t.name != "Signed-off-by"}
        for r in revisions
    ]
    assert tags == [
        {
            ("Reviewed-by", "ta0@c", 1, True, "", True),
            ("Reviewed-by", "ta0@c", 2, True, "", True),
            ("Reviewed-by", "ta2@c", 3, True, "", True),
            ("Acked-by", "ta1@c", 0, False, "", True),
        },
        {
            ("Reviewed-by", "ta3@c", 1, True, "", True),
            ("Reviewed-by", "ta0@c", 2, True, "t1-0@b", True),
            ("Reviewed-by", "ta2@c", 3, False, "t1-0@b", False),  # though its patch is the same to the letter
            ("Acked-by", "ta1@c", 3, False, "t1-0@b", False),
        },
        {
            ("Reviewed-by", "ta0@c", 2, False, "t1-0@b", False),
            ("Reviewed-by", "ta2@c", 3, False, "t1-0@b", False),
            ("Acked-by", "ta1@c", 3, False, "t1-0@b", False),
        },
    ]
    assert [r[10] and r[10].patches for r in revisions] == [None, None, (2, 3)]
    assert [[(c.verdict, c.patch) for c in r[11]] for r in revisions] == [[], [("failure", 2)], []]
