"""A mail with which a conversation can't be derived: found, stored as unreadable, and in nobody's way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patchwatch.config import Config
from patchwatch.series.revision import Revision
from patchwatch.sync import recognize
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.tracker import Tracker
from tests.support.mails import mail


def patch(name: str, day: int) -> bytes:
    return mail(
        message_id=f"{name}@example.org",
        subject=f"[PATCH] {name}: free the socket once",
        date=f"Mon, {day} Jul 2023 10:00:00 +0000",
        body="Words.\n\nSigned-off-by: Ann Author <ann@example.org>\n---\n",
    )


def reply(name: str, to: str, day: int, text: str = "Reviewed-by: Rob <rob@example.com>\n") -> bytes:
    return mail(
        message_id=f"{name}@example.org",
        subject="Re: [PATCH] free the socket once",
        sender="Rob <rob@example.com>",
        date=f"Tue, {day} Jul 2023 10:00:00 +0000",
        body=text,
        in_reply_to=f"{to}@example.org",
    )


MAILS = (
    *(patch(name, day) for name, day in (("bpf", 3), ("mm", 4), ("net", 5))),
    *(reply(f"r{n}", "mm", 5 + n) for n in range(12)),
    reply("net1", "net", 9),
)


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    return Tracker(Config(), clock=lambda: 1_690_000_000, database_url=f"sqlite:///{tmp_path}/patchwatch.db")


def failing_on(names: set[str]) -> Callable[..., dict[str, Any]]:
    """A revision_record that fails on readable mails with these names."""
    original = recognize.revision_record

    def revision_record(number: int, conversation: int, revision: Revision, *known: Any) -> dict[str, Any]:
        mails = (*revision.own_messages, *(f.message for f in revision.follow_ups))
        if any(m.message_id.partition("@")[0] in names and not m.unreadable for m in mails):
            raise ValueError("year 10000 is out of range")
        return original(number, conversation, revision, *known)

    return revision_record


def store(tracker: Tracker, mails: tuple[bytes, ...]) -> None:
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(raw) for raw in mails], "netdev")


@pytest.mark.parametrize("names", [{"r5"}, {"r0"}, {"r11"}, {"r3", "r7"}, {"mm"}, {"net1", "r2"}])
def test_only_the_culprits_become_unreadable(
    tracker: Tracker, names: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognize, "revision_record", failing_on(names))
    store(tracker, MAILS)
    assert {message_id.partition("@")[0] for message_id, _ in tracker.unreadable()} == names
    assert all(why == "ValueError: year 10000 is out of range" for _, why in tracker.unreadable())
    titles = {row.title.partition(":")[0] for row in tracker.series(everything=True)}
    assert titles == {"bpf", "mm", "net"} - names


def test_mail_that_arrives_later_does_not_undo_what_is_known(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    store(tracker, MAILS)
    monkeypatch.setattr(recognize, "revision_record", failing_on({"bad"}))
    store(tracker, (reply("bad", "mm", 20), reply("good", "bpf", 20)))
    assert [message_id for message_id, _ in tracker.unreadable()] == ["bad@example.org"]
    rows = {row.title.partition(":")[0]: row for row in tracker.series(everything=True)}
    assert {name: row.state for name, row in rows.items()} == dict.fromkeys(("bpf", "mm", "net"), "reviewed")
    assert (rows["mm"].unreadable, rows["bpf"].unreadable) == (1, 0)


def test_reindex_tries_the_mail_again(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(recognize, "revision_record", failing_on({"r5", "net"}))
        store(tracker, MAILS)
        assert len(tracker.unreadable()) == 2
        tracker.reindex()
        assert len(tracker.unreadable()) == 2
    tracker.reindex()
    assert tracker.unreadable() == ()
    assert len(tracker.series(everything=True)) == 3


def test_error_that_no_mail_causes_is_raised_and_nothing_is_stored(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(recognize, "homes", fail)
    with pytest.raises(KeyError):
        store(tracker, MAILS)
    monkeypatch.undo()
    assert tracker.series(everything=True) == ()


def test_culprit_no_longer_shows_that_another_patch_went_in(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    """It became unreadable in a later transaction than the one that counted the commit that it names."""
    named = reply("r12", "mm", 19, 'It is commit 0123456789ab ("net: free the socket once") that breaks it.\n')
    store(tracker, (patch("mm", 4), patch("net", 5), named))
    assert tracker.one(tracker.find("net@example.org")).state == "accepted"
    monkeypatch.setattr(recognize, "revision_record", failing_on({"r12"}))
    store(tracker, (reply("r13", "mm", 20),))
    assert tracker.one(tracker.find("net@example.org")).state == "new"
