"""From stored mail to a digest: what is new, for which recipient, and as of a past day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from patchwatch.cli.demo import DemoTracker
from patchwatch.config import Config, Me, Tree
from patchwatch.db import inboxes
from patchwatch.notify.digest.recipient import DigestRecipient
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.sync.watch import watch_known
from patchwatch.times import parse_time
from patchwatch.tracker import Tracker
from patchwatch.tracker.as_of import as_of
from tests.support.demo import demo
from tests.support.git_tree import GitTree
from tests.support.mails import mail

DAY = 86_400
THURSDAY = parse_time("2023-07-06T07:00Z")
XDP_V5 = "20230801142621.7925-1-hffilwlqm@gmail.com"
MGLRU_V3 = "20230920190244.16839-1-ryncsn@gmail.com"
LEON = DigestRecipient(frozenset({"hffilwlqm@gmail.com"}))

PATCH = mail(message_id="1@ann", subject="[PATCH] frob: turn the wheel", date="Tue, 4 Jul 2023 10:00:00 +0000")
REPLY = mail(
    message_id="a@rita",
    subject="Re: [PATCH] frob: turn the wheel",
    sender="Rita Reviewer <rita@example.org>",
    date="Tue, 4 Jul 2023 12:00:00 +0000",
    in_reply_to="1@ann",
    body="On Tue, 4 Jul 2023, Ann Author wrote:\n> Should it be turned at all?\n\nPlease turn it left.\n\n-- \nRita\n",
)


@pytest.fixture
def tracker(tmp_path: Path) -> Iterator[Tracker]:
    """A tracker without own addresses that follows `frob`, on Thursday morning, with Ann's patch of Tuesday."""
    tracker = Tracker(Config(), clock=lambda: float(THURSDAY), database_url=f"sqlite:///{tmp_path}/one.db")
    tracker.follow("frob")
    with tracker.database.write() as connection:
        inboxes.set_inbox(connection, "frob", looked_at=THURSDAY - 5 * DAY)  # it was followed then
    take(tracker, PATCH)
    yield tracker
    tracker.database.close()


@pytest.fixture(scope="module")
def three() -> Iterator[DemoTracker]:
    with demo() as tracker:
        yield tracker


def take(tracker: Tracker, *raws: bytes, inbox: str = "frob") -> None:
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(raw) for raw in raws], inbox)


# ---- what is new ---------------------------------------------------------------------------------------------------


def test_mail_that_arrives_late_is_new(tracker: Tracker) -> None:
    before = tracker.digest(since=THURSDAY - DAY)
    assert before.empty
    take(tracker, REPLY)
    assert tracker.digest(since=THURSDAY - DAY).empty  # its date alone would hide it
    after = tracker.digest(since=THURSDAY - DAY, seen=before.seen)
    assert not after.empty
    assert "NEW #1 v1 frob: turn the wheel\n  Rita Reviewer, 4 Jul: “Please turn it left.”\n" in after.text


def test_mail_is_new_only_once(tracker: Tracker) -> None:
    take(tracker, REPLY)
    first = tracker.digest(since=THURSDAY - 3 * DAY)
    assert not first.empty
    assert tracker.digest(since=THURSDAY - 3 * DAY, seen=first.seen).empty


def test_old_thread_watched_only_now_is_not_new(tracker: Tracker) -> None:
    seen = tracker.digest().seen
    old = mail(message_id="o@x", subject="[PATCH] old: turn it", date="Thu, 1 Jun 2023 10:00:00 +0000")
    take(tracker, old)
    assert tracker.digest(since=THURSDAY - DAY, seen=seen).empty


def test_excerpt_leaves_out_the_quote(tracker: Tracker) -> None:
    take(tracker, REPLY)
    text = tracker.digest(since=THURSDAY - 3 * DAY).text
    assert "  Rita Reviewer, 4 Jul: “Please turn it left.”\n" in text
    assert "Should it be turned" not in text


def test_changelog_of_a_new_version_is_read_from_its_mails(tracker: Tracker) -> None:
    notes = "Turn it.\n\nSigned-off-by: Ann Author <ann@example.org>\n---\nv2:\n - turn it left (Rita)\n - say why\n\n"
    diff = " wheel.c | 1 +\n\ndiff --git a/wheel.c b/wheel.c\n--- a/wheel.c\n+++ b/wheel.c\n@@ -1 +1,2 @@\n a\n+b\n"
    subject, date = "[PATCH v2] frob: turn the wheel", "Thu, 6 Jul 2023 05:00:00 +0000"
    take(tracker, REPLY, mail(message_id="2@ann", subject=subject, date=date, body=notes + diff))
    digest = tracker.digest(since=THURSDAY - DAY)
    assert digest.subject == "[patchwatch] 0 now, 0 to review, 1 new"
    assert "  v1 → v2 by Ann Author, 1 patch\n  “turn it left (Rita); say why”\n" in digest.text


@pytest.mark.parametrize("me", ["ann@example.org", "kim@example.org"])
def test_mail_outside_the_thread_that_shows_that_it_was_applied_is_new(tracker: Tracker, me: str) -> None:
    """Who names the commit is not the one who applied it."""
    named = mail(
        message_id="k@kim",
        subject="frob is slow",
        sender="Kim User <kim@example.org>",
        date="Thu, 6 Jul 2023 06:00:00 +0000",
        body='Since commit 0123456789ab ("frob: turn the wheel") it is slow.\n',
    )
    take(tracker, named)
    watch_known(tracker.database, ["1@ann"], THURSDAY)
    assert tracker.digest(DigestRecipient(frozenset({me})), THURSDAY - DAY).subject.endswith(", 1 closed")
    assert "closed" not in tracker.digest(DigestRecipient(frozenset({me})), THURSDAY - 1800).subject


def test_commit_found_late_is_new(tmp_path: Path) -> None:
    tree = GitTree(tmp_path / "frob", 1_688_000_000)
    tree.commit("frob: turn the wheel", at=1_688_500_000, authored=1_688_400_000)
    config = Config(tree=(Tree(name="linus", path=str(tree.path), mainline=True),))
    now = 1_688_500_000 + 20 * DAY
    tracker = Tracker(config, clock=lambda: float(now), database_url=f"sqlite:///{tmp_path}/one.db")
    take(tracker, mail(message_id="1@v1", subject="[PATCH] frob: turn the wheel"), inbox="frob")
    before = tracker.digest()
    tracker.poll()
    watch_known(tracker.database, ["1@v1"], now)
    digest = tracker.digest(since=now - DAY, seen=before.seen)
    assert digest.subject.endswith(", 1 closed")
    with as_of(tracker, 1_688_499_999) as then:
        assert "mainlined" not in then.digest().text
    with as_of(tracker, 1_688_500_001) as then:
        assert then.digest().subject.endswith(", 1 closed")
    tracker.database.close()


# ---- recipients ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recipient", "subject"),
    [
        (DigestRecipient(), "0 now, 0 to review, 1 new"),
        (DigestRecipient(frozenset({"ann@example.org"})), "0 now, 0 to review, 0 new"),  # her own posting
        (DigestRecipient(inboxes=frozenset({"other"})), "0 now, 0 to review, 0 new"),
        (DigestRecipient(inboxes=frozenset({"frob", "other"})), "0 now, 0 to review, 1 new"),
        (DigestRecipient(views=("watched",)), "0 now, 0 to review, 0 new"),
        (DigestRecipient(views=("watched", "followed")), "0 now, 0 to review, 1 new"),
        (DigestRecipient(frozenset({"netdev@vger.kernel.org"}), views=("review",)), "0 now, 1 to review, 0 new"),
    ],
)
def test_recipient_gets_the_series_they_know(tracker: Tracker, recipient: DigestRecipient, subject: str) -> None:
    assert tracker.digest(recipient, THURSDAY - 3 * DAY).subject == f"[patchwatch] {subject}"


def test_series_only_imported_are_left_out(tmp_path: Path) -> None:
    config = Config(me=Me(addresses=("ann@example.org",)))
    tracker = Tracker(config, clock=lambda: float(THURSDAY), database_url=f"sqlite:///{tmp_path}/one.db")
    other = mail(message_id="b@bob", subject="[PATCH] other", sender="Bob <b@example.org>")
    take(tracker, PATCH, REPLY, other)
    text = tracker.digest().text
    assert "frob: turn the wheel" in text  # mine
    assert "other" not in text
    tracker.database.close()


# ---- the three demo threads as of past days ------------------------------------------------------------------------


def test_as_of_ignores_later_mail(three: DemoTracker) -> None:
    now = {row.id: row.state for row in three.series()}
    with as_of(three, parse_time("2023-08-02T07:00Z")) as then:
        rows = {row.id: row for row in then.series()}
        assert rows[three.find(XDP_V5)].state == "under-review"
        assert rows.keys() <= now.keys()  # the same numbers
        assert max(row.last_activity for row in rows.values()) <= then.now()
    assert {row.id: row.state for row in three.series()} == now


def test_as_of_ignores_later_decisions(three: DemoTracker) -> None:
    number = three.find(MGLRU_V3)
    three.mute(number)  # on 21 September
    with as_of(three, three.now() - DAY) as then:
        assert not then.one(then.find(str(number))).muted
    with as_of(three, three.now()) as then:
        assert then.one(number).muted
    three.undo()


@pytest.mark.parametrize(
    ("morning", "subject", "line"),
    [
        ("2023-07-31", "0 now, 0 to review, 1 new", "  new, v4 by Leon Hwang, 2 patches"),
        ("2023-08-02", "0 now, 0 to review, 1 new", "  v4 → v5 by Leon Hwang, 2 patches"),
        (
            "2023-08-03",
            "0 now, 0 to review, 0 new, 1 closed",
            "  accepted, 2 Aug: “This series was applied to bpf/bpf-next.git",
        ),
        ("2023-08-04", "0 now, 0 to review, 0 new", "Changes since 2023-08-03 07:00 UTC."),
    ],
)
def test_mornings_of_a_watcher(three: DemoTracker, morning: str, subject: str, line: str) -> None:
    now = parse_time(f"{morning}T07:00Z")
    with as_of(three, now) as then:
        digest = then.digest(DigestRecipient(), now - DAY)
    assert digest.subject == f"[patchwatch] {subject}"
    assert line in digest.text.split("\n")


@pytest.mark.parametrize(
    ("morning", "lines"),
    [
        (
            "2023-08-01",
            [
                "Now (1)",
                "-------",
                "",
                "NEW #9 v4 bpf, xdp: Add tracepoint to xdp attaching failure",
                "  likely: send v5",  # "the next version will have it zeroed"; it came on that day
                "  Jakub Kicinski, 1 Aug: “Nobody sets this to anything before it is",
                "  read.”",
            ],
        ),
        ("2023-08-03", ["Nothing needs you.", "", "New since you looked (1)", "------------------------", ""]),
    ],
)
def test_mornings_of_an_author(three: DemoTracker, morning: str, lines: list[str]) -> None:
    now = parse_time(f"{morning}T07:00Z")
    with as_of(three, now) as then:
        digest = then.digest(LEON, now - DAY)
    assert digest.text.split("\n")[: len(lines)] == lines
