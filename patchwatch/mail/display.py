"""Prepare a raw mail for display: decoded headers, and the text in segments."""

from __future__ import annotations

from patchwatch.mail import body, diff
from patchwatch.mail.body import Mail
from patchwatch.mail.headers import Headers, decoded
from patchwatch.mail.message import SUBMISSIONS
from patchwatch.mail.mime import text_of
from patchwatch.mail.parse import kind_of

_SHOWN = ("From", "To", "Cc", "Date", "Subject", "Message-ID")


def read_for_display(message_id: str, raw: bytes, inboxes: tuple[str, ...]) -> Mail:
    """The headers and segments of a mail; its text is not sanitized yet."""
    headers = Headers(raw)
    decoded_text = text_of(headers, raw)
    text = decoded_text.whole
    submission = kind_of(headers, decoded_text) in SUBMISSIONS
    shown = [(name, decoded(", ".join(headers.get_all(name.lower())))) for name in _SHOWN]
    del headers, decoded_text  # they hold the body too, which may be 5 MB
    segments = body.segments(text.strip("\n"), patch=submission and diff.start(text) >= 0)
    return Mail(message_id, tuple((name, value) for name, value in shown if value), tuple(segments), inboxes)
