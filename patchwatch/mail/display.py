"""Prepare a raw mail for display: decoded headers, and the text in segments."""

from __future__ import annotations

from dataclasses import replace

from patchwatch.mail import body, diff
from patchwatch.mail.body import Mail, Segment
from patchwatch.mail.headers import Headers, decoded
from patchwatch.mail.kind import kind_of
from patchwatch.mail.message import SUBMISSIONS
from patchwatch.mail.mime import text_of
from patchwatch.mail.unreadable import reason
from patchwatch.pattern import Pattern

_FOOTER = Pattern(r"\s*(?:\Z|_{10}|-- |--\Z)")
_SHOWN = ("From", "To", "Cc", "Date", "Subject", "Message-ID")


def read_for_display(message_id: str, raw: bytes, inboxes: tuple[str, ...]) -> Mail:
    """The headers and segments of a mail; its text is not sanitized yet.  Never raises.

    A mail that can't be decoded is shown as it arrived, below the reason.
    """
    try:
        return _decoded(message_id, raw, inboxes)
    except Exception as error:  # noqa: BLE001 (anybody can write a mail that the parser fails on)
        return as_arrived(message_id, raw, inboxes, reason(error))


def as_arrived(message_id: str, raw: bytes, inboxes: tuple[str, ...], why: str) -> Mail:
    """A mail without any decoding: its bytes as text, below the reason."""
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n").strip("\n")
    headers = (("Message-ID", message_id), ("Error", f"{why}; shown as it arrived"))
    return Mail(message_id, headers, (Segment("prose", text),), inboxes)


def append_other(mail: Mail, other: Mail) -> Mail:
    """`mail` with another mail of the same message-id below it; unchanged if they differ in a list's footer only."""
    one, two = (" ".join(" ".join(segment.text for segment in m.segments).split()) for m in (mail, other))
    shorter, longer = sorted((one, two), key=len)
    if longer.startswith(shorter) and _FOOTER.match(longer[len(shorter) :]):
        return mail
    headers = dict(other.headers)
    named = "\n".join(f"{name}: {headers[name]}" for name in ("From", "Date", "Subject") if name in headers)
    heading = Segment("separator", f"\n---------- another mail with this Message-ID ----------\n{named}\n")
    return replace(mail, segments=(*mail.segments, heading, *other.segments))


def _decoded(message_id: str, raw: bytes, inboxes: tuple[str, ...]) -> Mail:
    headers = Headers(raw)
    decoded_text = text_of(headers, raw)
    text = decoded_text.whole
    submission = kind_of(headers, decoded_text) in SUBMISSIONS
    shown = [(name, decoded(", ".join(headers.get_all(name.lower())))) for name in _SHOWN]
    del headers, decoded_text  # they hold the body too, which may be 5 MB
    segments = body.segments(text.strip("\n"), patch=submission and diff.start(text) >= 0)
    return Mail(message_id, tuple((name, value) for name, value in shown if value), tuple(segments), inboxes)
