"""Series that were sent together with the same change: what their author conceded of one is said of the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patchwatch.config import Config, Me
from patchwatch.series.sisters import are_alike
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.tracker import Tracker
from tests.support.mails import mail

DAY = 86_400
POSTED = 1_688_378_400  # 3 July 2023, 10:00 UTC
RITA = "Rita Reviewer <rita@example.com>"
ANN = "Ann Author <ann@example.org>"
PATCH = "Why.\n---\ndiff --git a/{0}.c b/{0}.c\n--- a/{0}.c\n+++ b/{0}.c\n@@ -1 +1 @@\n-a\n+b\n"


@pytest.fixture
def tracker(tmp_path: Path) -> Iterator[Tracker]:
    """Rita's, three days after Ann posted the same change for two drivers, and another one."""
    config = Config(me=Me(("rita@example.com",)))
    tracker = Tracker(config, clock=lambda: float(POSTED + 3 * DAY), database_url=f"sqlite:///{tmp_path}/a.db")
    for name, title in (("foo", "foo - drop the second wakeup"), ("bar", "bar - drop the second wakeup")):
        take(tracker, posted(name, title))
    take(tracker, posted("baz", "turn"))
    yield tracker
    tracker.database.close()


def take(tracker: Tracker, raw: bytes) -> None:
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(raw)], "list")


def posted(name: str, title: str) -> bytes:
    return mail(message_id=f"{name}@x", subject=f"[PATCH] knob: {title}", to=RITA, body=PATCH.format(name))


def reply(name: str, to: str, sender: str, body: str, hour: int) -> bytes:
    date = f"3 Jul 2023 {hour}:00:00 +0000"
    subject = "Re: [PATCH] knob: foo - drop the second wakeup"
    return mail(message_id=f"{name}@x", subject=subject, sender=sender, date=date, in_reply_to=f"{to}@x", body=body)


def standing(tracker: Tracker, root: str) -> str:
    number = tracker.find(f"{root}@x")
    tracker.visit([line.id for line in tracker.lines()])
    (place,) = [line.place for line in tracker.queue().placed(int(tracker.now())) if line.id == number]
    assert place is not None
    return f"{place.verb}: {place.reason}"


def test_a_promise_makes_the_review_of_a_sister_unsure(tracker: Tracker) -> None:
    take(tracker, reply("q", "foo", RITA, "> +b\n\nPlease drop the first one instead.\n", 12))
    assert standing(tracker, "bar") == "review v1: review v1: sent to you 3 days ago"
    take(tracker, reply("a", "q", ANN, "> Please drop the first one instead.\n\nRight, will do in v2.\n", 13))
    words = "Ann agreed to change “knob: foo - drop the second wakeup”, sent with it"
    assert standing(tracker, "bar") == f"review v1?: likely: review v1: sent to you 3 days ago; {words}"
    assert standing(tracker, "baz").startswith("review v1: ")
    action = tracker.one(tracker.find("bar@x")).next_action
    assert action is not None
    assert action.text == "likely: review: waits for 3 days"


def test_so_does_a_refusal_until_somebody_replies_to_it(tracker: Tracker) -> None:
    take(tracker, reply("q", "foo", RITA, "NAK. We will never take this.\n", 12))
    assert standing(tracker, "bar").endswith("“knob: foo - drop the second wakeup”, sent with it, was refused")
    take(tracker, reply("r", "bar", "Lea <lea@example.com>", "Works well here.\n", 13))
    assert standing(tracker, "bar") == "review v1: review v1: sent to you 3 days ago"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("knob: foo - drop the wakeup", "knob: bar - drop the wakeup", True),
        ("knob/foo: Drop the wakeup", "knob/bar: drop the wakeup", True),
        ("knob: foo: use the helper in two places", "knob: foo: use the helper in three places", True),
        ("knob: foo: fix it", "knob: bar: fix it", True),
        ("foo: fix it", "bar: fix it", False),
        ("knob: foo: drop the wakeup", "knob: foo: take the lock", False),
        ("", "", False),
    ],
)
def test_titles_that_differ_in_one_place(one: str, other: str, alike: bool) -> None:
    assert are_alike(one, other) == alike
    assert are_alike(other, one) == alike
