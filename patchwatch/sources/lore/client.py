"""The archive: a thread, all new mail of a list, a search, the doorbell.

With `exchange`, the only code that reads the network.  Every answer is here in full before it is handed out, so that
nobody waits for a server inside a database transaction.  A 404 is an answer and never an outage: it means that there is
no such message, no such inbox, or nothing new, and these are told apart here.

Mirrors are asked, in order, only when the main server gives no answer at all.  A mirror lags behind and may not carry
every list, so its "not found" proves nothing: the main server's failure is reported then.
"""

from __future__ import annotations

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
from patchwatch.sources.lore.query import arrived_since
from patchwatch.sources.lore.response import Mailbox, Response, inflate, read_mailbox
from patchwatch.sources.lore.urls import is_inbox_name, message_path

if TYPE_CHECKING:
    from patchwatch.sources.lore.atom import FeedEntry

_MEGABYTE = 1024 * 1024
_EVERYTHING = "all"  # the inbox that holds every inbox (public-inbox-extindex)
_TRIES_AFTER_FAILURE = 1  # a server that just failed for good is asked once more, not four times, for each list
_MAX_FEED_BYTES = 16 * _MEGABYTE  # 25 entries with their bodies; lore's have some hundred KiB
_NOTHING_FOUND = "No results found"  # public-inbox's whole answer to a search without results (Mbox.pm)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _ServerReply(Generic[T]):
    """A reply, by whom, and why not by the main server."""

    reply: Reply[T]
    base: str
    outage: LoreError | None  # the main server's failure, when a mirror answered


class Archive:
    """A public-inbox server and its mirrors.  Close it, or use it in a `with`.

    Every method may raise `LoreUnreachableError` (no answer in time) and `LoreResponseError` (an unusable one).
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
        self._exchange = HttpClient(settings, transport=transport, sleep=sleep, monotonic=monotonic, clock=clock)
        self._failed: set[str] = set()

    def close(self) -> None:
        """Close all connections."""
        self._exchange.close()

    def __enter__(self) -> Self:
        """Give the archive itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        self.close()

    def thread(self, message_id: str, inbox: str | None) -> Response:
        """The whole thread of a message as `inbox` has it, else as `/all/` has it.

        Raises:
            MessageNotFoundError: neither has the message.
        """
        places = [inbox, _EVERYTHING] if inbox and inbox != _EVERYTHING and is_inbox_name(inbox) else [_EVERYTHING]
        outage: LoreError | None = None
        for place in places:
            told = self._ask(Request("GET", f"{message_path(place, message_id)}t.mbox.gz"), self._read_mailbox)
            if told.reply.body is not None:
                return _answer(place, told, told.reply.body)
            outage = outage or told.outage
        if outage is not None:
            raise outage
        where = " nor in ".join(f"/{place}/" for place in places)
        raise MessageNotFoundError(
            f"{display_url(self._settings.url)} has no message <{sanitize.line(message_id)}> in {where}. Check the"
            " message-id; mail that was just sent can take some minutes to get there, and not every list is archived."
        )

    def search(self, inbox: str, query: str) -> Response:
        """All mail of an inbox that a query finds (`patchwatch.sources.lore.query` builds them); empty when it finds
        none.

        Raises:
            InboxNotFoundError: the archive has no such inbox.
        """
        # An empty POST: public-inbox sends the mail for POST only, and whole threads if the body says `x=`.
        question = Request("POST", f"/{self._checked(inbox)}/?q={quote(query, safe='')}&x=m")
        told = self._ask(question, self._read_mailbox)
        if told.reply.body is not None:
            return _answer(inbox, told, told.reply.body)
        if not told.reply.not_found.startswith(_NOTHING_FOUND):
            self._require_inbox(inbox, told.outage)
        return Response(inbox, told.reply.requested_at, display_url(told.base), from_mirror=told.outage is not None)

    def since(self, inbox: str, epoch_seconds: int) -> Response:
        """All mail that reached an inbox at `epoch_seconds` (UTC) or later.

        public-inbox goes by the newest Received header, so mail that arrives late can be earlier than what was fetched
        before: ask again for some hours that were asked for already.  Its search also lags behind its threads and
        feeds, by up to half a minute (1.9 keeps an index open for so long).

        Raises:
            InboxNotFoundError: the archive has no such inbox.
        """
        return self.search(inbox, arrived_since(epoch_seconds))

    def new_in_feed(self, inbox: str) -> tuple[FeedEntry, ...]:
        """The newest messages of an inbox (25 at most), newest first: cheaper than asking for the mail.

        Raises:
            InboxNotFoundError: the archive has no such inbox.
        """
        from patchwatch.sources.lore.atom import parse_feed

        path = f"/{self._checked(inbox)}/new.atom"
        told = self._ask(Request("GET", path, accept_encoding="gzip"), _read_feed)
        if told.reply.body is None:  # also what public-inbox answers for an inbox that has no mail yet
            self._require_inbox(inbox, told.outage)
            return ()
        try:
            return parse_feed(told.reply.body)
        except LoreResponseError as error:
            raise LoreResponseError(f"{display_url(told.base + path)}: {error}", status=200) from None

    def _read_mailbox(self, chunks: Iterator[bytes], headers: httpx.Headers, shown: str) -> Mailbox:
        return read_mailbox(chunks, shown, self._settings.max_answer_megabytes * _MEGABYTE)

    def _checked(self, inbox: str) -> str:
        if not is_inbox_name(inbox):
            raise self._no_inbox(inbox)
        return inbox

    def _no_inbox(self, inbox: str) -> InboxNotFoundError:
        return InboxNotFoundError(
            f"{display_url(self._settings.url)} has no inbox named {inbox!r}. Check the name on its front page."
        )

    def _require_inbox(self, inbox: str, outage: LoreError | None) -> None:
        """Tell an inbox that has nothing for us from one that does not exist; both are 404 with other words."""
        if outage is not None:
            raise outage
        told = self._ask(Request("GET", f"/{inbox}/description"), _read_nothing)
        if told.reply.body is None:
            raise told.outage or self._no_inbox(inbox)

    def _ask(self, question: Request, receive: BodyReader[T]) -> _ServerReply[T]:
        """Ask the main server, then the mirrors; each gets the same share of the time."""
        bases = (self._settings.url, *self._settings.mirrors)
        seconds = self._settings.deadline_seconds / len(bases)
        failures: list[LoreError] = []
        for base in bases:
            tries = _TRIES_AFTER_FAILURE if base in self._failed else TRIES
            try:
                reply = self._exchange.ask(base, question, receive, seconds=seconds, tries=tries)
            except LoreError as error:
                self._failed.add(base)
                failures.append(error)
            else:
                self._failed.discard(base)
                return _ServerReply(reply, base, failures[0] if failures else None)
        raise failures[0]


def _answer(inbox: str, told: _ServerReply[Mailbox], mailbox: Mailbox) -> Response:
    file, size = mailbox
    return Response(inbox, told.reply.requested_at, display_url(told.base), told.outage is not None, size, file)


def _read_feed(chunks: Iterator[bytes], headers: httpx.Headers, shown: str) -> bytes:
    if headers.get("Content-Encoding", "").lower() in ("gzip", "x-gzip"):
        chunks = inflate(chunks, shown, _MAX_FEED_BYTES)
    feed = bytearray()
    for chunk in chunks:
        feed += chunk
        if len(feed) > _MAX_FEED_BYTES:
            raise LoreResponseError(
                f"{shown} answered with a feed of more than {_MAX_FEED_BYTES >> 20} MB.", status=200
            )
    return bytes(feed)


def _read_nothing(chunks: Iterator[bytes], headers: httpx.Headers, shown: str) -> bool:
    return True
