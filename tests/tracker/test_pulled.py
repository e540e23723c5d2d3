"""A pull request that nobody reported as pulled is not to ask about once a later one was pulled."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchwatch.config import Config, Me
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.tracker import Tracker
from tests.support.mails import mail

AUGUST_1 = 1_690_884_000
LIN, MAX = "Lin <lin@example.net>", "Max <max@example.net>"
BODY = """The following changes since commit 1111111111111111111111111111111111111111:

  frob 1 (2023-07-01 10:00:00 +0000)

are available in the Git repository at:

  git://example.org/frob.git {tag}

for you to fetch changes up to 2222222222222222222222222222222222222222:

  frob: fix it (2023-07-02 10:00:00 +0000)

----------------------------------------------------------------
Ann Author (1):
      frob: fix it
"""


def request(name: str, day: int, to: str, tag: str) -> bytes:
    return mail(
        message_id=f"{name}@x",
        subject=f"[GIT PULL] frob fixes {name}",
        date=f"{day} Jul 2023 10:00:00 +0000",
        to=to,
        cc="knob@vger.kernel.org",
        body=BODY.format(tag=f"tags/{tag}"),
    )


@pytest.mark.parametrize(
    ("to", "day", "answer", "tag", "verb"),
    [
        (LIN, 17, "Pulled, thanks!\n", "frob-6.5-rc3", "Lin"),
        (LIN, 17, "Thanks, but please rebase it first.\n", "frob-6.5-rc3", "ask Lin"),
        (MAX, 17, "Pulled, thanks!\n", "frob-6.5-rc3", "ask Lin"),
        (LIN, 3, "Pulled, thanks!\n", "frob-6.5-rc1", "ask Lin"),
        (LIN, 17, "Pulled, thanks!\n", "knob-6.5-rc3", "ask Lin"),
    ],
    ids=["pulled", "not pulled", "by somebody else", "an earlier one", "another branch"],
)
def test_a_later_one_was_pulled(tmp_path: Path, to: str, day: int, answer: str, tag: str, verb: str) -> None:
    tracker = Tracker(
        Config(me=Me(("ann@example.org",))), clock=lambda: float(AUGUST_1), database_url=f"sqlite:///{tmp_path}/a.db"
    )
    pulled = mail(
        message_id="answer@x",
        subject="Re: [GIT PULL] frob fixes other",
        sender=to,
        date=f"{day + 1} Jul 2023 10:00:00 +0000",
        to="Ann Author <ann@example.org>",
        cc="knob@vger.kernel.org",
        in_reply_to="other@x",
        body=answer,
    )
    with tracker.database.write() as connection:
        mails = (request("this", 10, LIN, "frob-6.5-rc2"), request("other", day, to, tag), pulled)
        ingest(connection, [read_mail(raw) for raw in mails], "knob")
    number = tracker.find("this@x")
    tracker.visit([line.id for line in tracker.lines()])
    assert [line.place.verb for line in tracker.lines() if line.id == number and line.place] == [verb]
    tracker.database.close()
