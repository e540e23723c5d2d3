"""A mail on which the parser fails: stored, shown as unreadable, and in nobody's way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from patchwatch.config import Config
from patchwatch.mail import display
from patchwatch.mail.body import Mail
from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.mail.unreadable import unreadable
from patchwatch.sync import ingest
from patchwatch.tracker import Tracker
from tests.support.mails import mail

PATCH = mail(message_id="patch@example.org", body="Words.\n\nSigned-off-by: Ann Author <ann@example.org>\n---\n")
BROKEN = mail(
    message_id="broken@example.org",
    subject="Re: [PATCH] net: free the socket once",
    sender="Eve <eve@example.net>",
    date="Tue, 4 Jul 2023 10:00:00 +0000",
    body="Applied, thanks!\n\nReviewed-by: Eve <eve@example.net>\n",
    in_reply_to="patch@example.org",
)
REVIEW = mail(
    message_id="review@example.org",
    subject="Re: [PATCH] net: free the socket once",
    sender="Rob <rob@example.com>",
    date="Wed, 5 Jul 2023 10:00:00 +0000",
    body="Reviewed-by: Rob <rob@example.com>\n",
    in_reply_to="broken@example.org",
)
REASON = "ValueError: Exceeds the limit"


def fail_on_broken(raw: bytes, now: int) -> Message:
    if raw == BROKEN:
        raise ValueError("Exceeds the limit")
    return parse(raw, now)


@pytest.fixture
def tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tracker:
    monkeypatch.setattr("patchwatch.sync.read_mail.parse", fail_on_broken)
    tracker = Tracker(Config(), clock=lambda: 1_690_000_000, database_url=f"sqlite:///{tmp_path}/patchwatch.db")
    with tracker.database.write() as connection:
        ingest.ingest(connection, [ingest.read_mail(raw) for raw in (PATCH, BROKEN, REVIEW)], "netdev")
    return tracker


def test_unreadable_mail_is_stored_in_its_thread_and_decides_nothing(tracker: Tracker) -> None:
    (row,) = tracker.series(everything=True)
    assert row.unreadable == 1
    assert row.state == "reviewed"  # Rob's tag, through the unreadable mail; Eve's sentence does not count
    (revision,) = row.revisions
    assert revision.follow_ups == 1
    assert [tag.value for tag in revision.trailers if tag.counts] == ["Rob <rob@example.com>"]
    thread = {m.message_id: m for m in tracker.thread(row.id)}
    assert thread["broken@example.org"].unreadable == REASON
    assert thread["broken@example.org"].author_email == "eve@example.net"
    assert thread["review@example.org"].parent == "broken@example.org"
    assert tracker.unreadable() == (("broken@example.org", REASON),)
    assert tracker.raw("broken@example.org") == BROKEN


def test_reindex_parses_an_unreadable_mail_again(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    tracker.reindex()
    assert tracker.unreadable() == (("broken@example.org", REASON),)
    monkeypatch.setattr("patchwatch.sync.read_mail.parse", parse)
    tracker.reindex()
    assert tracker.unreadable() == ()
    assert tracker.series(everything=True)[0].unreadable == 0


def test_readable_copy_replaces_an_unreadable_one(tracker: Tracker) -> None:
    other = BROKEN.replace(b"Applied, thanks!", b"Applied, thanks.")
    with tracker.database.write() as connection:
        ingest.ingest(connection, [ingest.read_mail(other)], "netdev")
    assert tracker.unreadable() == ()
    assert tracker.raw("broken@example.org") == other


@pytest.mark.parametrize("raw", [b"", b"\0", b"\n\n", b"Message-ID: <\xff\xfe>\n\n", bytes(range(256)) * 40])
def test_stand_in_is_made_of_anything(raw: bytes) -> None:
    error = ValueError("bad\x1b[31m\nword " + "9" * 5000)
    message = unreadable(raw, error)
    assert message.message_id
    assert message.unreadable.isprintable()
    assert len(message.unreadable) <= 200
    ingest.encode_message(message)


def test_mail_that_cannot_be_decoded_is_shown_as_it_arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Mail:
        raise LookupError("unknown encoding")

    monkeypatch.setattr(display, "_decoded", fail)
    shown = display.read_for_display("broken@example.org", BROKEN, ("netdev",))
    assert ("Error", "LookupError: unknown encoding; shown as it arrived") in shown.headers
    assert "Applied, thanks!" in shown.segments[0].text


def test_json_counts_unreadable_mail(tracker: Tracker) -> None:
    from patchwatch.cli.series_json import message_json, series_json

    (row,) = tracker.series(everything=True)
    value = json.loads(json.dumps(series_json(row, tracker.url, tracker.now(), None)))
    assert value["unreadable"] == 1
    thread = {m.message_id: message_json(m) for m in tracker.thread(row.id)}
    assert thread["broken@example.org"]["unreadable"] == REASON
    assert thread["patch@example.org"]["unreadable"] is None
