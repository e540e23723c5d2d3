"""What is sent to everybody, and concerns few of them, is not surely to review."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchwatch.config import Config, Me
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.tracker import Tracker
from tests.support.mails import mail

JULY_6 = 1_688_634_000
RITA = "Rita Reviewer <rita@example.com>"


def patch(number: int, of: int, version: str = "") -> bytes:
    """A patch of a series that was sent to Rita on 3 July; of its first version on 1 July."""
    return mail(
        message_id=f"{version}{number}@x",
        subject=f"[PATCH{' v2' if version else ''} {number}/{of}] frob: part {number}",
        date=f"{3 if version else 1} Jul 2023 10:00:00 +0000",
        to=RITA,
        cc="knob@vger.kernel.org",
        body=f"Why {number}.\n---\ndiff --git a/{number}.c b/{number}.c\n--- a/{number}.c\n+++ b/{number}.c\n"
        f"@@ -1 +1 @@\n-{number}\n+{version}x\n",
        in_reply_to=None if number == 1 else f"{version}1@x",
    )


def answer() -> bytes:
    return mail(
        message_id="answer@x",
        subject="Re: [PATCH 1/8] frob: part 1",
        sender=RITA,
        date="2 Jul 2023 10:00:00 +0000",
        in_reply_to="1@x",
        body="> Why 1.\n\nPlease say more.\n",
    )


@pytest.mark.parametrize(
    ("mails", "verb"),
    [
        ([patch(1, 2)], "review v1"),
        ([patch(1, 3)], "review v1"),
        ([patch(1, 4), patch(2, 4), patch(3, 4)], "review v1"),
        ([patch(1, 4), patch(2, 4)], "review v1?"),
        ([patch(1, 8)], "review v1?"),
        ([patch(1, 8), answer(), patch(1, 8, "v2")], "review v2"),
    ],
    ids=["of two", "of three", "most", "half", "of many", "reviewed before"],
)
def test_few_patches_of_a_series_are_not_surely_to_review(tmp_path: Path, mails: list[bytes], verb: str) -> None:
    tracker = Tracker(
        Config(me=Me(("rita@example.com",))), clock=lambda: float(JULY_6), database_url=f"sqlite:///{tmp_path}/a.db"
    )
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(raw) for raw in mails], "knob")
    assert [line.place.verb for line in tracker.lines() if line.place] == [verb]
    tracker.database.close()
