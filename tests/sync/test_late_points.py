"""What is asked for in reply to an older version, once the next one was posted, holds that one up."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchwatch.config import Config
from patchwatch.series.point_list import points_waiting
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.tracker import Tracker
from tests.support.derived import ingest_and_dump
from tests.support.mails import mail

ANN, RITA = "Ann Author <ann@example.org>", "Rita Reviewer <rita@example.com>"
REX, MIA = "Rex Reader <rex@example.com>", "Mia Keeper <mia@example.com>"
ROBOT = "kernel test robot <lkp@intel.com>"
JULY_12 = 1_689_156_000
ASKS = "> +{line}\n\nPlease use the frob helper here.\n"


def patch(version: int, day: int, line: str = "turn(wheel);", changes: str = "") -> bytes:
    diff = f"diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1,2 +1,2 @@\n int x;\n-a\n+{line}\n"
    return mail(
        message_id=f"v{version}@x",
        subject=f"[PATCH v{version}] frob: turn the big wheel",
        sender=ANN,
        date=f"{day} Jul 2023 10:00:00 +0000",
        body=f"Why.\n\nSigned-off-by: {ANN}\n---\n{changes}\n{diff}",
    )


def reply(
    name: str,
    body: str,
    day: int,
    *,
    to: str = "v1@x",
    sender: str = RITA,
    line: str = "turn(wheel);",
    version: int = 1,
) -> bytes:
    return mail(
        message_id=f"{name}@x",
        subject=f"Re: [PATCH v{version}] frob: turn the big wheel",
        sender=sender,
        in_reply_to=to,
        date=f"{day} Jul 2023 10:00:00 +0000",
        body=body.format(line=line),
    )


def known(tmp_path: Path, *raws: bytes) -> Tracker:
    tracker = Tracker(Config(), clock=lambda: JULY_12, database_url=f"sqlite:///{tmp_path}/t.db")
    for raw in raws:
        with tracker.database.write() as connection:
            ingest(connection, [read_mail(raw)], "frob")
    return tracker


def turn(tmp_path: Path, *raws: bytes) -> str:
    tracker = known(tmp_path, *raws)
    row = tracker.one(tracker.find("v1@x"))
    return f"v{row.version} {row.state}/{row.turn}"


V1, V2 = patch(1, 3), patch(2, 5)
LATE = reply("r", ASKS, 7)


def test_a_request_after_the_next_version_makes_it_the_authors_turn(tmp_path: Path) -> None:
    tracker = known(tmp_path, V1, V2, LATE)
    row = tracker.one(tracker.find("v1@x"))
    assert (row.version, row.state, row.turn) == (2, "new", "author")
    assert row.turn_evidence is not None
    assert row.turn_evidence.message_id == "r@x"
    assert [(point.message_id, point.fate) for point in points_waiting(row)] == [("r@x", "open")]
    assert row.next_action is not None
    assert row.next_action.text == "author: likely, send v3"
    assert row.revisions[-1].likely


@pytest.mark.parametrize(
    "late",
    [
        reply("r", "Reviewed-by: Rita Reviewer <rita@example.com>\n", 7),
        reply("r", "> +{line}\n\nWhat does this do?\n", 7),  # a question
        reply("r", "tested-with: x\n\nLooks good to me.\n", 7),
        reply("r", ASKS, 4),  # before v2, which has nothing to compare with a request of another day
    ],
)
def test_other_mails_do_not(tmp_path: Path, late: bytes) -> None:
    assert turn(tmp_path, V1, V2, late) in ("v2 new/reviewers", "v2 under-review/reviewers")


def test_what_the_next_version_has_already_is_done(tmp_path: Path) -> None:
    done = patch(2, 5, line="frob(wheel);")
    assert turn(tmp_path, V1, done, LATE) == "v2 new/reviewers"
    named = patch(2, 5, changes="Changes in v2:\n- use the frob helper\n")
    assert turn(tmp_path / "named", V1, named, LATE) == "v2 new/reviewers"


def test_a_version_posted_before_does_not_leave_a_request_alone(tmp_path: Path) -> None:
    tracker = known(tmp_path, V1, V2, LATE, patch(3, 9))
    row = tracker.one(tracker.find("v1@x"))
    (point,) = row.revisions[0].points
    assert (row.version, row.turn, point.fate, point.closed_by) == (3, "reviewers", "not-touched", "v3@x")


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        ("Will do in v3.", "v2 new/author"),
        ("Good point, will do.", "v2 new/reviewers"),
        ("Good catch, fixed in v2.", "v2 new/reviewers"),
    ],
)
def test_what_the_author_answers(tmp_path: Path, promise: str, expected: str) -> None:
    answer = reply("a", f"> Please use the frob helper here.\n\n{promise}\n", 8, to="r@x", sender=ANN)
    assert turn(tmp_path, V1, V2, LATE, answer) == expected


def test_an_answer_that_promises_a_later_version_counts_whenever_it_was_asked_for(tmp_path: Path) -> None:
    asked = reply("r", ASKS, 4)
    answer = reply("a", "> Please use the frob helper here.\n\nSure, will do in v3.\n", 8, to="r@x", sender=ANN)
    assert turn(tmp_path, V1, asked, V2, answer) == "v2 new/author"


def test_who_asked_for_it_says_the_same_of_the_next_version_or_does_not(tmp_path: Path) -> None:
    content = reply("c", f"Reviewed-by: {RITA}\n", 8, to="v2@x", version=2)
    assert turn(tmp_path, V1, V2, LATE, content) == "v2 reviewed/maintainer"
    other = reply("c", f"Reviewed-by: {REX}\n", 8, to="v2@x", sender=REX, version=2)
    assert turn(tmp_path / "other", V1, V2, LATE, other) == "v2 reviewed/maintainer"
    comment = reply("c", "I will have a look at this next week.\n", 8, to="v2@x", sender=REX, version=2)
    assert turn(tmp_path / "comment", V1, V2, LATE, comment) == "v2 under-review/author"


def test_a_decision_outweighs_it(tmp_path: Path) -> None:
    applied = reply("c", "Applied to frob/for-6.6, thanks!\n", 8, to="v2@x", sender=MIA, version=2)
    assert turn(tmp_path, V1, V2, LATE, applied) == "v2 accepted/nobody"


def test_the_order_of_mails_does_not_matter() -> None:
    answer = reply("a", "> Please use the frob helper here.\n\nWill do.\n", 8, to="r@x", sender=ANN)
    reads = [read_mail(raw) for raw in (V1, V2, LATE, answer)]
    assert ingest_and_dump([[read] for read in reversed(reads)]) == ingest_and_dump([reads])
