"""A version that is applied although a newer one was posted: its committer did not look for that."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from patchwatch.config import Config
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.tracker import Tracker
from tests.support.derived import ingest_and_dump
from tests.support.mails import mail

ANN, MIA = "Ann Author <ann@example.org>", "Mia Keeper <mia@example.com>"


def patch(version: int, day: int, title: str = "turn the big wheel", *, prefix: str = "", line: str = "b") -> bytes:
    diff = f"diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+{line}\n"
    return mail(
        message_id=f"v{version}{prefix}@x",
        subject=f"[PATCH {prefix}v{version}] frob: {title}",
        sender=ANN,
        date=f"{day} Jul 2023 10:00:00 +0000",
        body=f"Why.\n\nSigned-off-by: {ANN}\n---\n{diff}",
    )


def applied(version: int, day: int) -> bytes:
    return mail(
        message_id=f"applied{version}@x",
        subject=f"Re: [PATCH v{version}] frob: turn the big wheel",
        sender=MIA,
        in_reply_to=f"v{version}@x",
        date=f"{day} Jul 2023 10:00:00 +0000",
        body="Applied to frob/for-6.6, thanks!\n",
    )


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    return Tracker(Config(), database_url=f"sqlite:///{tmp_path}/t.db")


def state_after(tracker: Tracker, *raws: bytes) -> tuple[int, str, str]:
    """Versions, state and turn of the series of v1."""
    for raw in raws:
        with tracker.database.write() as connection:
            ingest(connection, [read_mail(raw)], "frob")
    row = tracker.one(tracker.find("v1@x"))
    return row.version, row.state, row.turn


def test_the_version_before_was_applied_since(tracker: Tracker) -> None:
    assert state_after(tracker, patch(1, 3), patch(2, 5), applied(1, 7)) == (2, "accepted", "nobody")


def test_the_version_before_was_applied_since_the_newest_was_sent_again(tracker: Tracker) -> None:
    again = patch(2, 6, prefix="RESEND ")
    assert state_after(tracker, patch(1, 3), patch(2, 5), again, applied(1, 7)) == (2, "accepted", "nobody")


def test_another_change_of_the_same_patch_goes_with_it(tracker: Tracker) -> None:
    assert state_after(tracker, patch(1, 3), patch(2, 5, line="c"), applied(1, 7)) == (2, "accepted", "nobody")


def test_a_version_that_was_applied_before_does_not_apply_the_next(tracker: Tracker) -> None:
    assert state_after(tracker, patch(1, 3), applied(1, 4), patch(2, 5)) == (2, "new", "reviewers")


def test_a_version_with_other_patches_is_not_applied_by_it(tracker: Tracker) -> None:
    renamed = patch(2, 5, "turn the big wheel and the small one")
    assert state_after(tracker, patch(1, 3), renamed, applied(1, 7)) == (2, "new", "reviewers")


def test_a_version_long_before_does_not_apply_the_newest(tracker: Tracker) -> None:
    assert state_after(tracker, patch(1, 3), patch(2, 5), patch(3, 6), applied(1, 7)) == (3, "new", "reviewers")


def test_any_order_of_arrival_gives_the_same() -> None:
    reads = [read_mail(raw) for raw in (patch(1, 3), patch(2, 5), applied(1, 7))]
    expected = ingest_and_dump([reads])
    for order in itertools.permutations(reads):
        assert ingest_and_dump([[read] for read in order]) == expected
