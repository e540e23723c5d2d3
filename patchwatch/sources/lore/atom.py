"""Parse the Atom feed of a public-inbox, which lists its newest 25 messages.

The mail itself is fetched by search or by thread.  The ids of entries are hashes (urn:uuid), so the message-id comes
from the link.  Feeds contain whole mails and anybody can write those, so feedparser only gets what is used of the
first entries: a bounded document, without their bodies and without entities, which could expand to any size.
"""

from __future__ import annotations

import calendar
import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from patchwatch.errors import LoreResponseError
from patchwatch.pattern import Pattern

MAX_ENTRIES = 50
_MAX_ENTRY = 8192  # bytes of an entry without its body
_MAX_HEAD = 8192  # bytes before the first entry
_MAX_TEXT = 1000  # characters of a title, name or address

_CONTENT = Pattern(rb"<(content|summary)[\s>]")
_FORBIDDEN = bytes({*range(32)} - {*b"\t\n\r"})  # in XML 1.0
_REFERENCE = Pattern(rb"&#(?:x([0-9a-fA-F]+)|([0-9]+));")
_ENCODING = Pattern(rb"""(<\?xml[^>]{0,200}?encoding=)(?:"[^"]{0,100}"|'[^']{0,100}')""")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One message in a feed."""

    message_id: str
    title: str  # the subject as posted
    author: str  # the display name, or the mail address without one
    email: str
    updated: datetime | None  # the time of arrival, UTC; None without a valid date


def parse_feed(content: bytes) -> tuple[FeedEntry, ...]:
    """Parse an Atom feed, in its order (public-inbox: newest first), up to MAX_ENTRIES.

    Entries without a message-id are skipped.

    Raises:
        LoreResponseError: the content is not a feed.  (feedparser accepts a challenge page in HTML; only its empty
            `version` reveals it.)
    """
    import feedparser

    # A stream, because feedparser takes bytes or text for a file name or URL and opens it.
    feed: Any = feedparser.parse(io.BytesIO(_bounded(content)), sanitize_html=False, resolve_relative_uris=False)
    if not feed.get("version", "").startswith("atom"):
        raise _not_a_feed()
    entries = (_entry(entry) for entry in feed.entries)
    return tuple(entry for entry in entries if entry.message_id)


def _not_a_feed(reason: str = "") -> LoreResponseError:
    return LoreResponseError(
        f"the response is not an Atom feed{reason}. Check that lore.url (or PATCHWATCH_LORE_URL) is a public-inbox"
        " archive.",
        status=200,
    )


def _bounded(content: bytes) -> bytes:
    """The feed with its first entries, each without its body and cut to a size that any real one has."""
    head, *_ = content.partition(b"<entry")
    if len(head) > _MAX_HEAD:
        raise _not_a_feed(" (it has no entry at its beginning)")
    if b"<!DOCTYPE" in head:
        raise _not_a_feed(" (it declares a document type)")
    if not content.rstrip().endswith(b"</feed>"):
        raise _not_a_feed(" (it does not end as one)")
    entries = b"".join(_entries(content, len(head)))
    end = b"</feed>" if entries else b""
    return _well_formed(_ENCODING.sub(rb'\1"utf-8"', head, count=1) + entries + end)


def _entries(content: bytes, position: int) -> Iterator[bytes]:
    """Yield the first entries without their bodies, in one pass."""
    for _ in range(MAX_ENTRIES):
        begin = content.find(b"<entry", position)
        position = content.find(b"</entry>", begin)
        if begin < 0 or position < 0:
            return
        body = _CONTENT.search(content, begin, position)
        entry = content[begin:position]
        if body:
            closing = b"</%s>" % body[1]
            entry = content[begin : body.start()] + content[body.start() : position].rpartition(closing)[2]
        if len(entry) > _MAX_ENTRY:
            entry = _without_long_text(entry)
        if len(entry) <= _MAX_ENTRY:
            yield entry + b"</entry>"


def _without_long_text(entry: bytes) -> bytes:
    """Cut the text of each element; a cut reference loses its end, too."""
    return re.sub(rb">([^<]{%d})[^<]*" % (2 * _MAX_TEXT), lambda m: b">" + re.sub(rb"&[^;]*\Z", b"", m[1]), entry)


def _well_formed(content: bytes) -> bytes:
    """UTF-8, without characters that XML forbids: one odd subject must not make a feed unreadable."""
    text = content.decode("utf-8", "replace").encode().translate(None, _FORBIDDEN)
    return _REFERENCE.sub(_valid_reference, text)


def _valid_reference(match: re.Match[bytes]) -> bytes:
    digits, base = (match[1], 16) if match[1] else (match[2], 10)
    code = int(digits, base) if len(digits) <= 7 else 0  # U+10FFFF has 7 digits
    valid = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return match[0] if valid else b"?"


def _entry(entry: Any) -> FeedEntry:
    author = entry.get("author_detail", {})
    email = author.get("email", "")[:_MAX_TEXT]
    return FeedEntry(
        message_id=_message_id(entry.get("link", "")),
        title=entry.get("title", "")[:_MAX_TEXT],
        author=author.get("name", "")[:_MAX_TEXT] or email,
        email=email,
        updated=_time(entry.get("updated_parsed")),
    )


def _time(parsed: time.struct_time | None) -> datetime | None:
    if parsed is None:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _message_id(link: str) -> str:
    """The message-id in `…/INBOX/MESSAGE-ID/`; public-inbox encodes a `/` in it.  None has NUL, as in a mail."""
    try:
        last = unquote(urlsplit(link).path.rstrip("/").rpartition("/")[2])
    except ValueError:
        return ""
    return last if "@" in last and "\0" not in last else ""
