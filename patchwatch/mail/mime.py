"""The readable text of a mail: its parts, decoded.

Knows MIME, transfer encodings and charsets that lie; knows nothing of what the text says.
"""

from __future__ import annotations

import codecs
import email
import html
import re
from dataclasses import dataclass
from email.message import Message as EmailMessage

from patchwatch.mail import diff
from patchwatch.mail.headers import Headers, without_nul

_MAX_TEXT = 8 << 20  # characters of text read; what is behind is kept raw but not understood
_NO_CHARSETS = frozenset(
    {"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"}
)  # but codecs, and slow
_PATCH_TYPES = frozenset({"text/x-patch", "text/x-diff", "application/x-patch", "application/mbox"})


@dataclass(frozen=True, slots=True)
class Text:
    """What a mail says, and the patches attached to it; line ends are newlines."""

    inline: str
    attached: str = ""

    @property
    def whole(self) -> str:
        """Both, the patches last."""
        return f"{self.inline}\n{self.attached}" if self.attached else self.inline


def text_of(headers: Headers, raw: bytes) -> Text:
    """The text of a mail whose headers were read."""
    part, content = headers.as_part()
    if part.get_content_maintype() in ("multipart", "message"):
        try:
            return text_of_parts(email.message_from_bytes(raw))
        except RecursionError:
            pass  # parts in parts, a thousand deep: the email package gives up, and nobody wrote that to be read
    encoding = str(part.get("content-transfer-encoding") or "").strip().lower()
    if encoding in ("base64", "quoted-printable", "x-uuencode", "uuencode"):
        part.set_payload(content.decode("ascii", "surrogateescape"))
        text = _decoded(part)
    else:
        text = _in_charset(content, part)
    if part.get_content_type() == "text/html":
        text = _strip_html(text)
    return Text(_clean(text))


def text_of_parts(mail: EmailMessage) -> Text:
    """The text of a mail of several parts: plain text and patches; HTML only where there is nothing else.

    Logs and configs, which robots attach, are nobody's words; a forwarded mail is somebody else's.
    """
    inline: list[str] = []
    attached: list[str] = []
    pages: list[str] = []
    forwarded: list[str] = []
    for part, nested in _leaves(mail):
        kind = part.get_content_type()
        name = part.get_filename() or ""
        is_file = part.get_content_disposition() == "attachment" or bool(name)
        if kind in _PATCH_TYPES or name.endswith((".patch", ".diff")):
            attached.append(_decoded(part))
        elif kind == "text/html":
            pages.append(_decoded(part))
        elif kind == "text/plain" and nested:
            forwarded.append(_decoded(part))
        elif kind == "text/plain":
            text = _decoded(part)
            if not is_file:
                inline.append(text)
            elif diff.start(text) >= 0:
                attached.append(text)
    if not any(text.strip() for text in inline):
        inline = forwarded or ([] if attached else [_strip_html(page) for page in pages])
    return Text(_clean("\n".join(inline)), _clean("\n".join(attached)))


def _leaves(mail: EmailMessage) -> list[tuple[EmailMessage, bool]]:
    """The parts that have content, in order, each with whether it belongs to a forwarded mail."""
    found: list[tuple[EmailMessage, bool]] = []
    open_parts = [(mail, False)]
    while open_parts:
        part, nested = open_parts.pop()
        inner = part.get_payload()
        if part.is_multipart() and isinstance(inner, list):
            nested = nested or part.get_content_maintype() == "message"
            open_parts += [(p, nested) for p in reversed(inner) if isinstance(p, EmailMessage)]
        else:
            found.append((part, nested))
    return found


def _clean(text: str) -> str:
    return without_nul(text[:_MAX_TEXT].replace("\r\n", "\n"))


def _decoded(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    return _in_charset(payload, part) if isinstance(payload, bytes) else ""


def _in_charset(payload: bytes, part: EmailMessage) -> str:
    charset = part.get_content_charset() or "utf-8"
    if charset in ("utf-8", "us-ascii", "unknown-8bit"):
        try:
            return payload.decode("utf-8")
        except UnicodeDecodeError:
            return payload.decode("latin-1")
    try:
        if codecs.lookup(charset).name not in _NO_CHARSETS:
            return payload.decode(charset, "replace")
    except (LookupError, ValueError):
        pass
    return payload.decode("utf-8", "replace")


def _strip_html(text: str) -> str:
    # No pattern may run over a "<" that it can't close: a hostile page would take hours.
    text = re.sub(r"(?is)<(script|style)\b.*?(?:</\1>|\Z)", "", text)
    text = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li)\b[^<>]*>", "\n", text)
    return html.unescape(re.sub(r"<[^<>]+>", "", text))
