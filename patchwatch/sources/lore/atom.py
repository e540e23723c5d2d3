"""The doorbell: an Atom feed of public-inbox says that there is something new, and what.

It holds the newest 25 messages and no more; the mail itself is fetched by search or by thread.  The entries' ids are
hashes (urn:uuid), so the link is what carries the message-id.
"""

from __future__ import annotations

import calendar
import io
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from patchwatch.errors import LoreResponseError


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One message that a feed announces."""

    message_id: str
    title: str  # the subject as posted
    author: str  # the display name, or the mail address of one who gives no name
    email: str
    updated: datetime | None  # when it arrived, UTC; None where the feed has no usable date


def parse_feed(content: bytes) -> tuple[FeedEntry, ...]:
    """The messages of an Atom feed, in its order (public-inbox: newest first); entries that are no message are skipped.

    Raises:
        LoreResponseError: this is no feed.  (A challenge page in HTML is well-formed enough for feedparser, which then
            tells by an empty `version` only.)
    """
    import feedparser

    # A stream, because feedparser opens a file of that name, or fetches a URL, when it is given bytes or text.  Bodies
    # are not used, so their HTML need not be cleaned; that takes most of the time.
    feed: Any = feedparser.parse(io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False)
    if not feed.get("version"):
        raise LoreResponseError(
            "The answer is no Atom feed (a challenge page, or not a public-inbox archive).", status=200
        )
    bells = (_bell(entry) for entry in feed.entries)
    return tuple(bell for bell in bells if bell.message_id)


def _bell(entry: Any) -> FeedEntry:
    author = entry.get("author_detail", {})
    email = author.get("email", "")
    return FeedEntry(
        message_id=_message_id(entry.get("link", "")),
        title=entry.get("title", ""),
        author=author.get("name", "") or email,
        email=email,
        updated=_moment(entry.get("updated_parsed")),
    )


def _moment(parsed: time.struct_time | None) -> datetime | None:
    if parsed is None:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _message_id(link: str) -> str:
    """The last part of `…/INBOX/MESSAGE-ID/`; public-inbox encodes a `/` in a message-id."""
    try:
        last = unquote(urlsplit(link).path.rstrip("/").rpartition("/")[2])
    except ValueError:
        return ""
    return last if "@" in last else ""
