"""What came since I looked at a series: also after it was closed, but not a mere thank-you."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patchwatch.config import Config, Me
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.tracker import Tracker
from tests.support.mails import mail

DAY = 86_400
POSTED = 1_688_378_400  # 3 July 2023, 10:00 UTC
MARTA = "Marta Maintainer <marta@example.com>"


@pytest.fixture
def tracker(tmp_path: Path) -> Iterator[Tracker]:
    """Ann's, six days after she posted a patch that was applied two days later; she has seen that."""
    tracker = Tracker(
        Config(me=Me(("ann@example.org",))),
        clock=lambda: float(POSTED + 6 * DAY),
        database_url=f"sqlite:///{tmp_path}/a.db",
    )
    take(tracker, mail(message_id="a@x", subject="[PATCH] frob: fix it", body="Why.\n---\n"))
    take(tracker, answer("applied@x", 5, "Applied, thanks!\n"))
    tracker.visit([tracker.find("a@x")])
    yield tracker
    tracker.database.close()


def answer(message_id: str, day: int, body: str, sender: str = MARTA) -> bytes:
    date = f"{day} Jul 2023 10:00:00 +0000"
    subject = "Re: [PATCH] frob: fix it"
    return mail(message_id=message_id, subject=subject, sender=sender, date=date, in_reply_to="a@x", body=body)


def take(tracker: Tracker, raw: bytes) -> None:
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(raw)], "bpf")


def standing(tracker: Tracker) -> str:
    (place,) = [line.place for line in tracker.queue().placed(int(tracker.now()))]
    assert place is not None
    return f"{place.section}: {place.verb} ({place.reason})"


def test_an_acceptance_that_i_saw_is_closed(tracker: Tracker) -> None:
    assert standing(tracker) == "closed: applied (applied 4 days ago)"


def test_a_question_about_an_applied_patch_is_new(tracker: Tracker) -> None:
    take(tracker, answer("q@x", 8, "It no longer boots on my board. Which clock does it need?\n"))
    assert standing(tracker) == "new: 1 reply (1 reply, 1 day ago; applied 4 days ago)"
    tracker.visit([tracker.find("a@x")])
    assert standing(tracker) == "closed: applied (applied 4 days ago)"


@pytest.mark.parametrize("body", ["Thanks a lot!\n", "Reviewed-by: Marta Maintainer <marta@example.com>\n"])
def test_thanks_and_tags_after_it_was_applied_are_silent(tracker: Tracker, body: str) -> None:
    take(tracker, answer("t@x", 8, body))
    assert standing(tracker) == "closed: applied (applied 4 days ago)"


def test_my_own_reply_is_no_news(tracker: Tracker) -> None:
    take(tracker, answer("o@x", 8, "The external one, as on the older boards.\n", "Ann Author <ann@example.org>"))
    assert standing(tracker) == "closed: applied (applied 4 days ago)"


def test_what_i_applied_myself_is_no_news(tmp_path: Path) -> None:
    """For its author, and for somebody else who answered, it is; for who applied it, it is their own mail."""
    for me, expected in (("marta@example.com", "closed"), ("ann@example.org", "new"), ("rex@example.com", "new")):
        tracker = Tracker(
            Config(me=Me((me,))), clock=lambda: float(POSTED + 3 * DAY), database_url=f"sqlite:///{tmp_path}/{me}.db"
        )
        take(tracker, mail(message_id="a@x", subject="[PATCH] frob: fix it", body="Why.\n---\n"))
        take(tracker, answer("r@x", 4, "Reviewed-by: Rex <rex@example.com>\n", "Rex <rex@example.com>"))
        take(tracker, answer("applied@x", 5, "Applied, thanks!\n"))
        assert standing(tracker).partition(":")[0] == expected, me
        tracker.database.close()
