"""The client of the archive: fetches threads, the new mail of a list, search results, and feeds.

Besides `http`, the only code that uses the network.  A response is returned only after it has been received completely,
so that nobody waits for a server inside a database transaction.  A 404 is never an outage: it means that there is no
such message, no such inbox, or no new mail, and this module finds out which.

Mirrors are used, in order, only if the main server fails.  A mirror may lag behind and lack lists, so its 404 proves
nothing: then the failure of the main server is reported.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeVar
from urllib.parse import quote

import httpx

from patchwatch import sanitize
from patchwatch.config import Lore
from patchwatch.errors import InboxNotFoundError, LoreError, LoreResponseError, MessageNotFoundError
from patchwatch.sources.lore.http import TRIES, BodyReader, HttpClient, Reply, Request, display_url
from patchwatch.sources.lore.query import arrived_between, arrived_since
from patchwatch.sources.lore.response import Mailbox, Response, inflate, read_mailbox
from patchwatch.sources.lore.urls import is_inbox_name, message_path

if TYPE_CHECKING:
    from patchwatch.sources.lore.atom import FeedEntry

_MEGABYTE = 1024 * 1024
_EVERYTHING = "all"  # the inbox that holds every inbox (public-inbox-extindex)
_TRIES_AFTER_FAILURE = 1  # after all tries failed, a server gets one try per list, not four
_MAX_FEED_BYTES = 16 * _MEGABYTE  # 25 entries with their bodies; lore's have a few hundred KiB
_NOTHING_FOUND = "No results found"  # public-inbox's whole response to a search without results (Mbox.pm)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _ServerReply(Generic[T]):
    """A reply, and the server that it came from."""

    reply: Reply[T]
    base: str
    outage: LoreError | None  # why the main server failed, if a mirror replied


@dataclass(frozen=True, slots=True)
class Feed:
    """The newest messages of an inbox, as received."""

    content: bytes | None  # None: the inbox has no mail
    url: str  # for messages

    @property
    def digest(self) -> str:
        """The same for the same feed: parsing one takes longer than fetching it."""
        return hashlib.sha256(self.content or b"").hexdigest()[:20]

    @property
    def entries(self) -> tuple[FeedEntry, ...]:
        """The messages, newest first.

        Raises:
            LoreResponseError: it is not a feed.
        """
        if self.content is None:
            return ()
        from patchwatch.sources.lore.atom import parse_feed

        try:
            return parse_feed(self.content)
        except LoreResponseError as error:
            raise LoreResponseError(f"{self.url}: {error}", status=200) from None


class Archive:
    """A public-inbox server and its mirrors.  Close it, or use it in a `with`.

    Every method may raise `LoreUnreachableError` (no response in time) and `LoreResponseError` (an unusable one).
    """

    def __init__(
        self,
        settings: Lore,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`transport`, `sleep`, `monotonic` (seconds) and `clock` (seconds since the epoch) are replaced in tests."""
        self._settings = settings
        self._http = HttpClient(settings, transport=transport, sleep=sleep, monotonic=monotonic, clock=clock)
        self._sleep = sleep
        self._failed: set[str] = set()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def __enter__(self) -> Self:
        """Return the archive."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        self.close()

    def thread(self, message_id: str, inbox: str | None) -> Response:
        """The whole thread of a message from `inbox`, or else from `/all/`.

        Raises:
            MessageNotFoundError: neither has the message.
        """
        inboxes = [inbox, _EVERYTHING] if inbox and inbox != _EVERYTHING and is_inbox_name(inbox) else [_EVERYTHING]
        outage: LoreError | None = None
        for name in inboxes:
            found = self._send(Request("GET", f"{message_path(name, message_id)}t.mbox.gz"), self._read_mailbox)
            if found.reply.body is not None:
                return _response(name, found, found.reply.body)
            outage = outage or found.outage
        if outage is not None:
            raise outage
        where = " or ".join(f"/{name}/" for name in inboxes)
        raise MessageNotFoundError(
            f"{display_url(self._settings.url)} has no message <{sanitize.line(message_id)}> in {where}. Check the"
            " message-id. New mail can take some minutes to arrive, and not every list is archived."
        )

    def search(self, inbox: str, query: str) -> Response:
        """All mail in an inbox that matches a query from `patchwatch.sources.lore.query`; may be empty.

        Raises:
            InboxNotFoundError: the archive has no such inbox.
        """
        # An empty POST: public-inbox sends mail only for POST, and whole threads if the body contains `x=`.
        request = Request("POST", f"/{self._checked(inbox)}/?q={quote(query, safe='')}&x=m")
        found = self._send(request, self._read_mailbox)
        if found.reply.body is not None:
            return _response(inbox, found, found.reply.body)
        if found.reply.not_found.strip() != _NOTHING_FOUND:
            self._require_inbox(inbox, found.outage)
            raise LoreResponseError(
                f"{display_url(found.base + request.path)} returned 404, but not as public-inbox does for a search"
                " without results. Try again later. If the error persists, check lore.url (or PATCHWATCH_LORE_URL).",
                status=404,
            )
        return Response(inbox, found.reply.requested_at, display_url(found.base), from_mirror=found.outage is not None)

    def since(self, inbox: str, epoch_seconds: int) -> Response:
        """All mail that reached an inbox at `epoch_seconds` (UTC) or later.

        public-inbox uses the newest Received header, so mail that arrives late can be dated before mail that was
        already fetched: overlap each search with the previous one by some hours.  Search also lags behind threads and
        feeds, by up to half a minute (1.9 keeps an index open that long).

        Raises:
            InboxNotFoundError: the archive has no such inbox.
        """
        return self.search(inbox, arrived_since(epoch_seconds))

    def between(self, inbox: str, begin: int, end: int) -> Response:
        """All mail that reached an inbox from one time (UTC seconds) to another; as for `since`.

        Raises:
            InboxNotFoundError: the archive has no such inbox.
        """
        return self.search(inbox, arrived_between(begin, end))

    def rest(self, seconds: float) -> None:
        """Leave the server alone for some seconds between two requests of many."""
        self._sleep(seconds)

    def new_in_feed(self, inbox: str) -> tuple[FeedEntry, ...]:
        """The newest messages of an inbox (25 at most), newest first: cheaper than fetching the mail.

        Raises:
            InboxNotFoundError: the archive has no such inbox.
        """
        return self.feed(inbox).entries

    def feed(self, inbox: str) -> Feed:
        """The feed of an inbox, which is parsed when its entries are read; one without mail if the inbox has none.

        Raises:
            InboxNotFoundError: the archive has no such inbox.
        """
        path = f"/{self._checked(inbox)}/new.atom"
        found = self._send(Request("GET", path, accept_encoding="gzip"), _read_feed)
        if found.reply.body is None:  # public-inbox also sends 404 for an inbox without mail
            self._require_inbox(inbox, found.outage)
        return Feed(found.reply.body, display_url(found.base + path))

    def _read_mailbox(self, chunks: Iterator[bytes], headers: httpx.Headers, url: str) -> Mailbox:
        return read_mailbox(chunks, url, self._settings.max_answer_megabytes * _MEGABYTE)

    def _checked(self, inbox: str) -> str:
        if not is_inbox_name(inbox):
            raise self._no_inbox(inbox)
        return inbox

    def _no_inbox(self, inbox: str) -> InboxNotFoundError:
        return InboxNotFoundError(
            f"{display_url(self._settings.url)} has no inbox named {inbox!r}. Check the name on its front page."
        )

    def require_inbox(self, inbox: str) -> None:
        """Ask whether the archive has an inbox.

        Raises:
            InboxNotFoundError: it has not.
        """
        self._require_inbox(self._checked(inbox), None)

    def _require_inbox(self, inbox: str, outage: LoreError | None) -> None:
        """Raise if the inbox does not exist: an empty one is also a 404, only with another text."""
        if outage is not None:
            raise outage
        found = self._send(Request("GET", f"/{inbox}/description"), _read_nothing)
        if found.reply.body is None:
            raise found.outage or self._no_inbox(inbox)

    def _send(self, request: Request, read_body: BodyReader[T]) -> _ServerReply[T]:
        """Send a request to the main server, then to the mirrors; each gets the same share of the time."""
        bases = (self._settings.url, *self._settings.mirrors)
        seconds = self._settings.deadline_seconds / len(bases)
        failures: list[LoreError] = []
        for base in bases:
            tries = _TRIES_AFTER_FAILURE if base in self._failed else TRIES
            try:
                reply = self._http.send(base, request, read_body, seconds=seconds, tries=tries)
            except LoreError as error:
                self._failed.add(base)
                failures.append(error)
            else:
                self._failed.discard(base)
                return _ServerReply(reply, base, failures[0] if failures else None)
        raise failures[0]


def _response(inbox: str, found: _ServerReply[Mailbox], mailbox: Mailbox) -> Response:
    file, size = mailbox
    return Response(inbox, found.reply.requested_at, display_url(found.base), found.outage is not None, size, file)


def _read_feed(chunks: Iterator[bytes], headers: httpx.Headers, url: str) -> bytes:
    if headers.get("Content-Encoding", "").lower() in ("gzip", "x-gzip"):
        chunks = inflate(chunks, url, _MAX_FEED_BYTES)
    feed = bytearray()
    for chunk in chunks:
        feed += chunk
        if len(feed) > _MAX_FEED_BYTES:
            raise LoreResponseError(
                f"{url} sent a feed of more than {_MAX_FEED_BYTES >> 20} MB. Check that lore.url (or"
                " PATCHWATCH_LORE_URL) is a public-inbox archive.",
                status=200,
            )
    return bytes(feed)


def _read_nothing(chunks: Iterator[bytes], headers: httpx.Headers, url: str) -> bool:
    return True
