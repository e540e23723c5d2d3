"""Two mails with one message-id: both are kept, and both are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchwatch.cli.main import run
from patchwatch.config import Config
from patchwatch.db import integrity
from patchwatch.db.database import Database
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.sync.verify import verify
from patchwatch.tracker import Tracker
from tests.support.derived import dump, ingest_and_dump
from tests.support.mails import mail

PATCH = mail(message_id="1@example.org", body="Words.\n\nSigned-off-by: Ann Author <ann@example.org>\n---\n")
FORGED = PATCH.replace(b"Words.", b"Other words.").replace(b"Ann Author <ann", b"Eve <eve")
FOOTER = PATCH + b"_______________________________________________\nfrob mailing list\n"


@pytest.fixture
def tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tracker:
    monkeypatch.setenv("PATCHWATCH_DATABASE", str(tmp_path / "patchwatch.db"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    tracker = Tracker(Config(), clock=lambda: 1_690_000_000, database_url=f"sqlite:///{tmp_path}/patchwatch.db")
    for raw in (PATCH, FORGED, FOOTER):
        with tracker.database.write() as connection:
            ingest(connection, [read_mail(raw)], "netdev")
    return tracker


def test_forged_mail_is_shown_below_the_other(tracker: Tracker) -> None:
    text = "\n".join(segment.text for segment in tracker.mail("1@example.org").segments)
    assert text.count("another mail with this Message-ID") == 1  # not for the footer of a list
    assert "Words." in text
    assert "From: Eve <eve@example.org>" in text
    assert "Other words." in text
    assert {tracker.raw("1@example.org"), *tracker.other_copies("1@example.org")} == {PATCH, FORGED, FOOTER}


def test_each_copy_can_be_printed(tracker: Tracker, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    printed = set()
    for number in ("1", "2", "3"):
        assert run(["show", "1", "--raw", "1@example.org", "--copy", number]) == 0
        output = capfdbinary.readouterr()
        printed.add(output.out)
        assert (b"3 copies" in output.err) == (number == "1")
    assert printed == {PATCH, FORGED, FOOTER}
    assert run(["show", "1", "--raw", "1@example.org", "--copy", "4"]) == 1


FIRST = mail(message_id="v1@example.org", subject="[PATCH] net: free the socket once")
SECOND = mail(
    message_id="v2@example.org", subject="[PATCH v2] net: free the socket once", date="Wed, 5 Jul 2023 10:00:00 +0000"
)
THIRD = mail(
    message_id="v3@example.org", subject="[PATCH v3] net: free the socket once", date="Fri, 7 Jul 2023 10:00:00 +0000"
)


def _reply(message_id: str) -> bytes:
    """A mail with the id of another one, which arrived before that and so is the one that counts."""
    return mail(message_id=message_id, subject="Re: words", date="Sat, 1 Jul 2023 10:00:00 +0000")


@pytest.mark.parametrize("replaced", ["v1", "v2", "v3"])
def test_version_whose_id_an_earlier_reply_has_leaves_no_trace_in_its_series(tmp_path: Path, replaced: str) -> None:
    patches = [read_mail(raw) for raw in (FIRST, SECOND, THIRD)]
    reply = read_mail(_reply(f"{replaced}@example.org"))
    assert ingest_and_dump([patches, [reply]]) == ingest_and_dump([[reply, *patches]])


def test_lone_patch_whose_id_an_earlier_reply_has_leaves_no_series(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/patchwatch.db")
    for raw in (FIRST, _reply("v1@example.org")):
        with database.write() as connection:
            ingest(connection, [read_mail(raw)], "netdev")
    with database.read() as connection:
        assert list(integrity.orphans(connection)) == []
    assert dump(database) == []
    database.close()


def test_patch_whose_id_an_earlier_mail_has_no_longer_connects_others(tmp_path: Path) -> None:
    """`doctor --check` reported the threads as damaged, and advised a reindex, after every such pair of mails."""
    database = Database(f"sqlite:///{tmp_path}/patchwatch.db")
    patch = mail(message_id="2@example.org", subject="[PATCH 2/2] net: free it once", in_reply_to="0@example.org")
    cover = mail(message_id="0@example.org", subject="[PATCH 0/2] net: two things")
    for raw in (patch, cover, _reply("2@example.org")):
        with database.write() as connection:
            ingest(connection, [read_mail(raw)], "netdev")
    assert list(verify(database)) == []
    database.close()
