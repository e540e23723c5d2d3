"""Two mails with one message-id: both are kept, and both are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchwatch.cli.main import run
from patchwatch.config import Config
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.tracker import Tracker
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
