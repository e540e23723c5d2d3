"""Mail prepared for display."""

from __future__ import annotations

from patchwatch.mail.display import read_for_display
from tests.support.mails import mail


def test_display_has_headers_and_segments() -> None:
    displayed = read_for_display(
        "1@x", mail(message_id="1@x", subject="=?utf-8?q?gr=C3=BC=C3=9Fe?=", body="> why?\nBecause.\n"), ("netdev",)
    )
    assert dict(displayed.headers)["Subject"] == "grüße"
    assert [name for name, _ in displayed.headers] == ["From", "To", "Date", "Subject", "Message-ID"]
    assert [(s.kind, s.text) for s in displayed.segments] == [("quote", "> why?"), ("prose", "Because.")]
