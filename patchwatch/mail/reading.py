"""A raw mail as a reader sees it: decoded headers, and the text in segments."""

from __future__ import annotations

import email

from patchwatch.mail import body
from patchwatch.mail.body import Mail
from patchwatch.mail.parse import decoded_header, parse

_SHOWN = ("From", "To", "Cc", "Date", "Subject", "Message-ID")


def read(message_id: str, raw: bytes, inboxes: tuple[str, ...]) -> Mail:
    """Take a mail apart for reading; its text is not yet made printable."""
    mail = email.message_from_bytes(raw)
    message = parse(raw)
    text = body.text_of(mail)
    headers = tuple((name, decoded_header(str(mail[name]))) for name in _SHOWN if mail[name] is not None)
    segments = body.segments(text.strip("\n"), patch=message.is_submission and body.diff_start(text) >= 0)
    return Mail(message_id, headers, tuple(segments), inboxes)
