"""What a stable backport says about the patch that it backports."""

from __future__ import annotations

import pytest

from patchwatch.config import Config
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.tracker import Tracker
from tests.support.mails import mail

SHA = "0123456789abcdef0123456789abcdef01234567"
DIFF = "---\ndiff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n"


def posted() -> bytes:
    return mail(
        message_id="1@x",
        subject="[PATCH] frob: turn the big wheel",
        sender="Ann Author <ann@example.org>",
        date="Mon, 03 Jul 2023 10:00:00 +0000",
        body=f"Why.\n{DIFF}",
    )


def backport(
    subject: str = "[PATCH 5.10 1/2] frob: turn the big wheel", words: str = f"[ Upstream commit {SHA} ]"
) -> bytes:
    return mail(
        message_id="b@x",
        subject=subject,
        sender="Stable Bot <stable@example.net>",
        date="Thu, 03 Aug 2023 10:00:00 +0000",
        body=f"From: Ann Author <ann@example.org>\n\n{words}\n\nWhy.\n{DIFF}",
    )


def state_of(tracker: Tracker, *raws: bytes) -> tuple[str, str, str]:
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(raw) for raw in raws], "frob")
    row = tracker.one(tracker.find("1@x"))
    return row.state, row.turn, row.state_evidence.message_id if row.state_evidence else ""


@pytest.fixture
def tracker(tmp_path) -> Tracker:  # type: ignore[no-untyped-def]
    return Tracker(Config(), database_url=f"sqlite:///{tmp_path}/t.db")


def test_backported_patch_is_mainlined(tracker: Tracker) -> None:
    assert state_of(tracker, posted(), backport()) == ("mainlined", "nobody", "b@x")
    row = tracker.one(tracker.find("1@x"))
    assert row.state_evidence is not None
    assert row.state_evidence.text == "[ Upstream commit 0123456789ab ]"


def test_backport_may_have_another_title(tracker: Tracker) -> None:
    reworded = backport("[PATCH 5.10 1/2] drivers/frob: make the wheel turn")
    assert state_of(tracker, posted(), reworded) == ("mainlined", "nobody", "b@x")


def test_backport_may_arrive_before_the_patch(tracker: Tracker) -> None:
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(backport())], "stable")
    assert state_of(tracker, posted()) == ("mainlined", "nobody", "b@x")


@pytest.mark.parametrize("subject", ["[PATCH 5.10] frob: turn the big wheel", "[PATCH 5.10] frob: make the wheel turn"])
def test_backport_may_come_years_later(tracker: Tracker, subject: str) -> None:
    assert state_of(tracker, posted())[0] == "new"
    late = backport(subject).replace(b"Thu, 03 Aug 2023", b"Mon, 04 Aug 2025")
    assert state_of(tracker, late) == ("mainlined", "nobody", "b@x")


REMARK = b"6.6-stable review patch.  If anyone has any objections, please let me know.\n\n------------------\n\n"


@pytest.mark.parametrize("remark", [REMARK, b"For 6.6.\n----------\n", b"This one is next.\nObjections?\n\n--------\n"])
def test_author_of_a_backport_may_be_below_a_remark(tracker: Tracker, remark: bytes) -> None:
    reviewed = backport().replace(b"\n\nFrom: Ann", b"\n\n" + remark + b"From: Ann", 1)
    assert state_of(tracker, posted(), reviewed) == ("mainlined", "nobody", "b@x")


def test_backport_itself_is_new(tracker: Tracker) -> None:
    state_of(tracker, posted(), backport())
    assert tracker.one(tracker.find("b@x")).state == "new"


@pytest.mark.parametrize(
    "other",
    [
        backport("[PATCH 5.10 1/2] frob: turn the small wheel").replace(b"+b", b"+c"),
        backport(words="Please take this into 5.10."),
    ],
)
def test_other_patches_and_backports_without_commit_change_nothing(tracker: Tracker, other: bytes) -> None:
    assert state_of(tracker, posted(), other)[0] == "new"
