"""Parse the Atom feed of a public-inbox, which lists its newest 25 messages.

The mail itself is fetched by search or by thread.  The ids of entries are hashes (urn:uuid), so the message-id comes
from the link.  Feeds contain whole mails, so they are parsed without a tree, only as far as needed, and without
entities, which could expand to any size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit
from xml.parsers import expat

from patchwatch.errors import LoreResponseError

MAX_ENTRIES = 50
_MAX_DEPTH = 100
_MAX_TEXT = 1000  # characters of a title, name or date

_ATOM = "http://www.w3.org/2005/Atom "
_FORBIDDEN = bytes({*range(32)} - {*b"\t\n\r"})  # in XML 1.0
_REFERENCE = re.compile(rb"&#(?:x([0-9a-fA-F]+)|([0-9]+));")


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
        LoreResponseError: the content is not a feed.
    """
    parser = _Parser()
    try:
        parser.parse(_well_formed(content))
    except expat.ExpatError as error:
        raise LoreResponseError(
            f"the response is not an Atom feed ({error}). Check that lore.url (or PATCHWATCH_LORE_URL) is a"
            " public-inbox archive.",
            status=200,
        ) from None
    entries = (_entry(fields) for fields in parser.entries)
    return tuple(entry for entry in entries if entry.message_id)


def _well_formed(content: bytes) -> bytes:
    """UTF-8, without characters that XML forbids: one odd subject must not make a feed unreadable."""
    text = content.decode("utf-8", "replace").encode().translate(None, _FORBIDDEN)
    return _REFERENCE.sub(_valid_reference, text)


def _valid_reference(match: re.Match[bytes]) -> bytes:
    digits, base = (match[1], 16) if match[1] else (match[2], 10)
    code = int(digits, base) if len(digits) <= 7 else 0  # U+10FFFF has 7 digits
    valid = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return match[0] if valid else b"?"


class _DoneError(Exception):
    """Enough was parsed."""


class _Parser:
    """Collects the fields of entries."""

    def __init__(self) -> None:
        self.entries: list[dict[str, str]] = []
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._length = 0

    def parse(self, content: bytes) -> None:
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = _reject_doctype
        try:
            parser.Parse(content, True)
        except _DoneError:
            return

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name.removeprefix(_ATOM))
        if len(self._path) == 1 and name != f"{_ATOM}feed":
            raise expat.ExpatError("it is a document of another kind")
        if len(self._path) > _MAX_DEPTH:
            raise expat.ExpatError("its elements are nested too deeply")
        if self._path[1:] == ["entry"]:
            if len(self.entries) == MAX_ENTRIES:
                raise _DoneError
            self.entries.append({})
        if self._path[1:] == ["entry", "link"] and attributes.get("rel", "alternate") == "alternate":
            self.entries[-1].setdefault("link", attributes.get("href", ""))
        if self._path[1:2] == ["entry"] and self._field in _FIELDS:
            self._text, self._length = [], 0

    def _end(self, _name: str) -> None:
        if self._text is not None and self._field in _FIELDS:
            self.entries[-1].setdefault(_FIELDS[self._field], "".join(self._text)[:_MAX_TEXT])
            self._text = None
        self._path.pop()

    def _characters(self, text: str) -> None:
        if self._text is not None and self._length < _MAX_TEXT:
            self._text.append(text)
            self._length += len(text)

    @property
    def _field(self) -> str:
        return "/".join(self._path[2:])


_FIELDS = {"title": "title", "updated": "updated", "author/name": "name", "author/email": "email"}


def _reject_doctype(*_declared: object) -> None:
    raise expat.ExpatError("it declares a document type")


def _entry(fields: dict[str, str]) -> FeedEntry:
    email = fields.get("email", "")
    return FeedEntry(
        message_id=_message_id(fields.get("link", "")),
        title=fields.get("title", ""),
        author=fields.get("name", "") or email,
        email=email,
        updated=_time(fields.get("updated", "")),
    )


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text.strip())
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _message_id(link: str) -> str:
    """The message-id in `…/INBOX/MESSAGE-ID/`; public-inbox encodes a `/` in it."""
    try:
        last = unquote(urlsplit(link).path.rstrip("/").rpartition("/")[2])
    except ValueError:
        return ""
    return last if "@" in last else ""
