"""Parse the Atom feed of a public-inbox, which lists its newest 25 messages.

The mail itself is fetched by search or by thread.  The ids of entries are hashes (urn:uuid), so the message-id comes
from the link.
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
    """One message in a feed."""

    message_id: str
    title: str  # the subject as posted
    author: str  # the display name, or the mail address without one
    email: str
    updated: datetime | None  # the time of arrival, UTC; None without a valid date


def parse_feed(content: bytes) -> tuple[FeedEntry, ...]:
    """Parse an Atom feed, in its order (public-inbox: newest first); entries without a message-id are skipped.

    Raises:
        LoreResponseError: the content is not a feed.  (feedparser accepts a challenge page in HTML; only its empty
            `version` reveals it.)
    """
    import feedparser

    # A stream, because feedparser takes bytes or text for a file name or URL and opens it.  Bodies are not used, so
    # their HTML need not be sanitized, which would take most of the time.
    feed: Any = feedparser.parse(io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False)
    if not feed.get("version"):
        raise LoreResponseError(
            "the response is not an Atom feed. Check that lore.url (or PATCHWATCH_LORE_URL) is a public-inbox archive.",
            status=200,
        )
    entries = (_entry(entry) for entry in feed.entries)
    return tuple(entry for entry in entries if entry.message_id)


def _entry(entry: Any) -> FeedEntry:
    author = entry.get("author_detail", {})
    email = author.get("email", "")
    return FeedEntry(
        message_id=_message_id(entry.get("link", "")),
        title=entry.get("title", ""),
        author=author.get("name", "") or email,
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
    """The message-id in `…/INBOX/MESSAGE-ID/`; public-inbox encodes a `/` in it."""
    try:
        last = unquote(urlsplit(link).path.rstrip("/").rpartition("/")[2])
    except ValueError:
        return ""
    return last if "@" in last else ""
