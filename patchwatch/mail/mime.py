"""Decode the text of a mail: MIME parts, transfer encodings, and charsets, including wrong ones."""

from __future__ import annotations

import codecs
import email
import html
import re
from dataclasses import dataclass
from email.message import Message as EmailMessage

from patchwatch.mail import diff
from patchwatch.mail.headers import Headers, storable
from patchwatch.pattern import Pattern

_MAX_TEXT = 8 << 20  # characters of text that are parsed; the rest is only stored
_MAX_CONTENT = 2 * _MAX_TEXT  # bytes that are decoded to it
_MAX_PARTS = 8 << 20  # bytes of a mail with parts that are parsed
# Python codecs that are not charsets, and slow.
_NO_CHARSETS = frozenset({"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"})
_NO_ENTITY = Pattern(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")  # no character has so high a number
# Most mails are of one part with such a type: the email package takes a tenth of the time of parsing a mail for it.
_PLAIN = Pattern(r'text/plain(?:\s*;\s*charset="?([\w-]{1,40})"?)?(?:\s*;\s*(?:format|delsp)=\w{1,10}){0,2}', re.ASCII)
_ENCODED = ("base64", "quoted-printable", "x-uuencode", "uuencode")
_PATCH_TYPES = frozenset({"text/x-patch", "text/x-diff", "application/x-patch", "application/mbox"})


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a mail, and the patches attached to it; line ends are newlines."""

    inline: str
    attached: str = ""

    @property
    def whole(self) -> str:
        """Both, the patches last."""
        return f"{self.inline}\n{self.attached}" if self.attached else self.inline


def text_of(headers: Headers, raw: bytes) -> Text:
    """Decode the text of a mail; `headers` are its parsed headers."""
    encoding = headers.get("content-transfer-encoding").lower()
    plain = _PLAIN.fullmatch((headers.get("content-type") or "text/plain").lower())
    if plain and encoding not in _ENCODED:
        return Text(_clean(_in_charset(headers.content(_MAX_CONTENT), plain[1] or "utf-8")))
    part = headers.as_part()
    if part.get_content_maintype() in ("multipart", "message"):
        try:
            return text_of_parts(email.message_from_bytes(_shortened(headers, raw)))
        except (RecursionError, TypeError, ValueError):
            pass  # parts nested a thousand deep, or a boundary that RFC 2231 does not allow: taken for plain text
    if encoding in _ENCODED:
        part.set_payload(headers.content(_MAX_CONTENT).decode("ascii", "surrogateescape"))
        text = _decoded(part)
    else:
        text = _in_charset(headers.content(_MAX_CONTENT), _charset(part))
    if part.get_content_type() == "text/html":
        text = _strip_html(text)
    return Text(_clean(text))


def _shortened(headers: Headers, raw: bytes) -> bytes:
    """What the email package is to split: a mail with the headers for decoding it; of a large one, its begin and end.

    It takes long for dozens of headers, and ten times the memory of what it parses.  What makes a mail large is an
    attachment in its middle.
    """
    if len(raw) <= _MAX_PARTS:
        return headers.with_parts()
    half = _MAX_PARTS // 2
    begin = raw.find(b"\n", len(raw) - half)
    end = raw.rfind(b"\n", 0, half)
    return raw[: end + 1 if end >= 0 else half] + raw[begin if begin >= 0 else len(raw) - half :]


def text_of_parts(mail: EmailMessage) -> Text:
    """Decode the text of a multipart mail: plain text and patches; HTML only if there is nothing else.

    Logs and configs that bots attach are left out, and so is a forwarded mail, which somebody else wrote.
    """
    inline: list[str] = []
    attached: list[str] = []
    pages: list[str] = []
    forwarded: list[str] = []
    for part, nested in _leaves(mail):
        kind = part.get_content_type()
        name = _file_name(part)
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
    """The parts with content, in order, each with True if it is in a forwarded mail."""
    found: list[tuple[EmailMessage, bool]] = []
    pending = [(mail, False)]
    while pending:
        part, nested = pending.pop()
        # Not of other parts: get_payload() can raise for their charset.
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list):
            nested = nested or part.get_content_maintype() == "message"
            pending += [(p, nested) for p in reversed(inner) if isinstance(p, EmailMessage)]
        else:
            found.append((part, nested))
    return found


def _clean(text: str) -> str:
    text = text[:_MAX_TEXT]
    return storable(text.replace("\r\n", "\n") if "\r" in text else text)


def _decoded(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    return _in_charset(payload, _charset(part)) if isinstance(payload, bytes) else ""


def _file_name(part: EmailMessage) -> str:
    try:
        return part.get_filename() or ""
    except (TypeError, ValueError):  # RFC 2231 does not allow `filename*` beside `filename*0`
        return ""


def _charset(part: EmailMessage) -> str:
    try:
        return part.get_content_charset() or "utf-8"
    except (TypeError, ValueError):  # `charset*` beside `charset*0`, or a number of 5,000 digits
        return "utf-8"


def _in_charset(payload: bytes, charset: str) -> str:
    if charset in ("utf-8", "us-ascii", "unknown-8bit"):
        try:
            return payload.decode("utf-8")
        except UnicodeDecodeError:
            return payload.decode("latin-1")
    try:
        if codecs.lookup(charset).name not in _NO_CHARSETS:
            return payload.decode(charset, "replace")
    except Exception:  # noqa: BLE001, S110 (codecs raise almost anything: RuntimeError from iso2022_jp_2)
        pass
    return payload.decode("utf-8", "replace")


def _strip_html(text: str) -> str:
    # No pattern may scan past a "<" that is never closed: a hostile page would take hours.
    text = re.sub(r"(?is)<(script|style)\b.*?(?:</\1>|\Z)", "", text)
    text = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li)\b[^<>]*>", "\n", text)
    return html.unescape(_NO_ENTITY.sub("\ufffd", re.sub(r"<[^<>]+>", "", text)))
