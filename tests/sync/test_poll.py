"""Watch and poll with a real public-inbox server, and with one that fails."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from patchwatch.config import Config, Lore
from patchwatch.db import inboxes
from patchwatch.errors import InvalidInputError, MessageNotFoundError
from patchwatch.progress import no_progress
from patchwatch.sources.lore.client import Archive
from patchwatch.tracker import Tracker
from tests.support.lore_server import LoreServer
from tests.support.mails import mail

pytestmark = pytest.mark.lore

RITA = "Rita Reviewer <rita@example.net>"
DIFF = """
Signed-off-by: Ann Author <ann-{name}@example.org>
---
 drivers/fizz/{name}.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/drivers/fizz/{name}.c b/drivers/fizz/{name}.c
index 0000001..1111111 100644
--- a/drivers/fizz/{name}.c
+++ b/drivers/fizz/{name}.c
@@ -10 +10 @@ static void {name}_start(void)
-	{name}_count = 1;
+	{name}_count = {version};
--
2.41.0
"""


class Postings:
    """Mails about one driver, named so that no other test's mail is like them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.author = f"Ann Author <ann-{name}@example.org>"  # her other postings are looked for everywhere
        self.begin = int(time.time()) - 3600

    def id(self, what: str) -> str:
        return f"{self.name}-{what}@example.org"

    def patch(self, version: int, *, title: str | None = None, extra: str = "") -> bytes:
        prefix = f"[PATCH v{version}]" if version > 1 else "[PATCH]"
        return mail(
            message_id=self.id(f"v{version}"),
            subject=f"{prefix} {title or f'fizz: {self.name}: count the {self.name} right'}",
            sender=self.author,
            date=formatdate(self.begin + 600 * version),
            body=f"The {self.name} was counted wrongly.\n{extra}" + DIFF.format(name=self.name, version=version),
        )

    def reply(self, version: int, words: str, *, what: str = "reply", sender: str = RITA) -> bytes:
        return mail(
            message_id=self.id(f"v{version}-{what}"),
            subject=f"Re: [PATCH] fizz: {self.name}: count the {self.name} right",
            sender=sender,
            date=formatdate(self.begin + 600 * version + 60),
            in_reply_to=self.id(f"v{version}"),
            body=f"{words}\n",
        )


@pytest.fixture
def tracker(lore_server: LoreServer, tmp_path: Path) -> Iterator[Tracker]:
    config = Config(lore=Lore(url=lore_server.url, deadline_seconds=20))
    tracker = Tracker(config, database_url=f"sqlite:///{tmp_path}/patchwatch.db")
    yield tracker
    tracker.database.close()


@pytest.fixture
def inbox(request: pytest.FixtureRequest) -> str:
    """The name of an inbox that no other test has; the first delivery makes it."""
    return request.node.name.split("[")[0].removeprefix("test_").replace("_", "-")[:40].strip("-")


def dump(tracker: Tracker) -> list[object]:
    """Everything that is known, without what depends on when it was fetched."""
    rows = tracker.series(everything=True)
    return [(replace(r, stale_since=None), [replace(m) for m in tracker.thread(r.id)]) for r in rows]


def test_watch_fetches_the_thread_and_later_versions(tracker: Tracker, lore_server: LoreServer, inbox: str) -> None:
    p = Postings("gizmo")
    lore_server.deliver(inbox, p.patch(1), p.reply(1, "Why is that?"), p.patch(2), p.reply(2, "Looks right."))
    (watched,) = tracker.watch(f"{lore_server.url}/{inbox}/{p.id('v1')}/")
    row = tracker.one(watched.series_id)
    assert [(r.version, r.follow_ups) for r in row.revisions] == [(1, 1), (2, 1)]
    assert row.inboxes == (inbox,)


def test_poll_records_a_reply_and_a_new_version(tracker: Tracker, lore_server: LoreServer, inbox: str) -> None:
    p = Postings("widget")
    lore_server.deliver(inbox, p.patch(1))
    (watched,) = tracker.watch(f"{lore_server.url}/{inbox}/{p.id('v1')}/")
    assert tracker.poll().summary.startswith("0 new mails")
    lore_server.deliver(inbox, p.reply(1, "Please rename it."), p.patch(2))
    report = tracker.poll()
    assert [(r.inbox, r.outcome.new_mails, len(r.outcome.revisions)) for r in report.inboxes] == [(inbox, 2, 1)]
    assert report.new_revisions == (f"#{watched.series_id} fizz: widget: count the widget right: v2",)
    row = tracker.one(watched.series_id)
    assert [(r.version, r.state) for r in row.revisions] == [(1, "superseded"), (2, "new")]


def test_polling_again_changes_nothing(tracker: Tracker, lore_server: LoreServer, inbox: str) -> None:
    p = Postings("sprocket")
    lore_server.deliver(inbox, p.patch(1), p.reply(1, "Why?"))
    tracker.watch(f"{lore_server.url}/{inbox}/{p.id('v1')}/")
    tracker.poll()
    before = dump(tracker)
    report = tracker.poll()
    assert [r.outcome.new_mails for r in report.inboxes] == [0]
    assert dump(tracker) == before


def test_watching_twice_is_allowed_and_has_no_effect(tracker: Tracker, lore_server: LoreServer, inbox: str) -> None:
    p = Postings("lever")
    lore_server.deliver(inbox, p.patch(1))
    first = tracker.watch(p.id("v1"))
    again = tracker.watch(f"{lore_server.url}/{inbox}/{p.id('v1')}/T/#u")
    number = first[0].series_id
    assert [(w.series_id, w.already) for w in (*first, *again)] == [(number, False), (number, True)]
    assert len(tracker.series()) == 1


def test_mail_missing_in_the_named_inbox_is_found_in_another(
    tracker: Tracker, lore_server: LoreServer, inbox: str
) -> None:
    p = Postings("pulley")
    lore_server.deliver(inbox, p.patch(1))
    (watched,) = tracker.watch(f"{lore_server.url}/no-such-list/{p.id('v1')}/")
    assert tracker.one(watched.series_id).title == "fizz: pulley: count the pulley right"


def test_unknown_message_id_is_reported(tracker: Tracker) -> None:
    with pytest.raises(MessageNotFoundError, match=r"nobody-sent-this@example\.org"):
        tracker.watch("nobody-sent-this@example.org")
    assert tracker.series() == ()


def test_thread_without_a_patch_cannot_be_watched(tracker: Tracker, lore_server: LoreServer, inbox: str) -> None:
    lore_server.deliver(
        inbox,
        mail(message_id="chat@example.org", subject="Lunch in the canteen", sender=RITA, body="Soup?\n"),
    )
    with pytest.raises(InvalidInputError, match="no series to watch"):
        tracker.watch("chat@example.org")


def test_piped_mail_fetches_its_whole_thread(tracker: Tracker, lore_server: LoreServer, inbox: str) -> None:
    p = Postings("crank")
    lore_server.deliver(inbox, p.patch(1), p.reply(1, "Why?"))
    watched, skipped = tracker.watch_text(p.reply(1, "Why?"))
    assert skipped == []
    assert [m.message_id for m in tracker.thread(watched[0].series_id)] == [p.id("v1"), p.id("v1-reply")]


def test_unreachable_server_changes_nothing(tracker: Tracker, lore_server: LoreServer, inbox: str) -> None:
    p = Postings("hinge")
    lore_server.deliver(inbox, p.patch(1))
    tracker.watch(f"{lore_server.url}/{inbox}/{p.id('v1')}/")
    tracker.poll()
    with tracker.database.read() as connection:
        cursor = inboxes.cursor(connection, inbox)
    before = dump(tracker)
    answers = [
        _answering(500, b"oops"),
        _answering(404, b"<html>nginx</html>", "text/html"),
        _answering(200, b"<html>Are you a robot?</html>", "text/html"),
        _answering(200, gzip.compress(b"From mboxrd@z x\n" + b"y" * 999)[:-9]),
        _refuse,
    ]
    for answer in answers:
        report = _poll_with(tracker, answer)
        assert [r.inbox for r in report.inboxes if r.failure][:1] == [inbox]
        assert report.failures
        with tracker.database.read() as connection:
            assert inboxes.cursor(connection, inbox) == cursor
        assert dump(tracker) == before
        (row,) = tracker.series()
        assert row.stale_since is not None
    tracker.poll()
    (row,) = tracker.series()
    assert row.stale_since is None


def _answering(status: int, body: bytes, kind: str = "application/gzip") -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(status, stream=httpx.ByteStream(body), headers={"Content-Type": kind})


def _refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def _poll_with(tracker: Tracker, answer: Callable[[httpx.Request], httpx.Response]):  # type: ignore[no-untyped-def]
    from patchwatch.sync.poll import poll

    with Archive(tracker.config.lore, transport=httpx.MockTransport(answer), sleep=lambda seconds: None) as archive:
        return poll(tracker.database, archive, tracker.config.poll, no_progress)


def test_kill_between_batches_neither_loses_nor_duplicates_mail(
    tracker: Tracker, lore_server: LoreServer, inbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    p = Postings("bolt")
    lore_server.deliver(inbox, p.patch(1))
    tracker.watch(f"{lore_server.url}/{inbox}/{p.id('v1')}/")
    lore_server.deliver(inbox, *(p.reply(1, f"Remark {n}.", what=f"r{n}") for n in range(5)), p.patch(2))
    from patchwatch.sync import ingest, responses

    monkeypatch.setattr(responses, "_BATCH", 2)
    real = ingest.ingest
    calls = []

    def dies(connection, reads, box=None):  # type: ignore[no-untyped-def]
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(connection, reads, box)

    monkeypatch.setattr(ingest, "ingest", dies)
    with pytest.raises(KeyboardInterrupt):
        tracker.poll()
    monkeypatch.setattr(ingest, "ingest", real)
    tracker.poll()
    (row,) = tracker.series()
    assert [(r.version, r.follow_ups) for r in row.revisions] == [(1, 5), (2, 0)]


def test_new_version_on_another_list_is_found(tracker: Tracker, lore_server: LoreServer, inbox: str) -> None:
    p = Postings("cog")
    lore_server.deliver(inbox, p.patch(1))
    (watched,) = tracker.watch(f"{lore_server.url}/{inbox}/{p.id('v1')}/")
    lore_server.create("another-list")
    lore_server.deliver("another-list", p.patch(2))
    tracker.poll()
    assert [r.version for r in tracker.one(watched.series_id).revisions] == [1, 2]


def test_followed_list_is_stored_completely(tracker: Tracker, lore_server: LoreServer, inbox: str) -> None:
    tracker.follow(inbox)
    p = Postings("rivet")
    lore_server.deliver(inbox, p.patch(1))
    tracker.poll()
    assert [r.title for r in tracker.series(everything=True)] == ["fizz: rivet: count the rivet right"]
    assert tracker.series() == ()


def test_series_without_a_known_list_is_polled_by_thread(tracker: Tracker, lore_server: LoreServer, inbox: str) -> None:
    p = Postings("spindle")
    lore_server.deliver(inbox, p.patch(1))
    (watched,) = tracker.watch(p.id("v1"))
    assert tracker.one(watched.series_id).inboxes == ()  # netdev@, to which it was sent, is not archived there
    lore_server.deliver(inbox, p.reply(1, "Why?"))
    tracker.poll()
    assert tracker.one(watched.series_id).revisions[0].follow_ups == 1


def test_mail_not_yet_indexed_is_fetched_from_the_feed(tracker: Tracker, lore_server: LoreServer, inbox: str) -> None:
    p = Postings("gasket")
    lore_server.deliver(inbox, p.patch(1))
    (watched,) = tracker.watch(f"{lore_server.url}/{inbox}/{p.id('v1')}/")
    tracker.poll()
    lore_server.deliver(inbox, p.reply(1, "Why?"), p.patch(2), found=False)
    report = tracker.poll()
    assert [(r.inbox, r.outcome.new_mails) for r in report.inboxes][:1] == [(inbox, 2)]
    assert [(r.version, r.follow_ups) for r in tracker.one(watched.series_id).revisions] == [(1, 1), (2, 0)]


def test_feed_entries_from_before_the_watch_are_not_fetched(
    tracker: Tracker, lore_server: LoreServer, inbox: str
) -> None:
    old, p = Postings("washer"), Postings("flange")
    old.begin -= 60 * 86_400  # long before what the first poll asks for
    lore_server.deliver(inbox, old.patch(1), p.patch(1))
    tracker.watch(f"{lore_server.url}/{inbox}/{p.id('v1')}/")
    tracker.poll()
    assert tracker.mail_count() == 1


def test_one_reason_for_many_lists_is_given_once() -> None:
    from patchwatch.sync.outcome import NOTHING
    from patchwatch.sync.poll import InboxReport, PollReport

    down = "can't reach http://main.test (refused)."
    names = ("bpf", "netdev", "linux-mm", "linux-pm", "rust")
    failing = [InboxReport(name, NOTHING, down) for name in names]
    report = PollReport((*failing, InboxReport("linux-iio", NOTHING, "no such inbox")), (), ())
    assert report.failures == (f"bpf, netdev, linux-mm and 2 more lists: {down}", "linux-iio: no such inbox")
    assert PollReport(tuple(failing[:4]), (), ()).failures == (f"bpf, netdev, linux-mm, linux-pm: {down}",)


def test_a_summary_counts_no_mails_if_nothing_could_be_polled() -> None:
    from patchwatch.sync.outcome import NOTHING
    from patchwatch.sync.poll import InboxReport, PollReport

    failing, fine = InboxReport("bpf", NOTHING, "refused"), InboxReport("netdev", NOTHING)
    assert PollReport((failing,), (), ()).summary == "1 of 1 inboxes failed"
    assert PollReport((failing, fine), (), ()).summary.startswith("0 new mails")
    assert PollReport((failing, fine), (), ()).summary.endswith("; 1 of 2 inboxes failed")
