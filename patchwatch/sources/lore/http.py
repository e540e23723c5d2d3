"""One question to one server, asked patiently: retries, pauses, redirects, deadlines.

Decides how often and when a server is asked, and when that is given up.  What to ask, and what a 404 means, is for
`client` to say.

What may pass by itself is asked again, each time after a longer pause: no connection, no answer in time, an answer cut
off, 429, 502, 503, 504 (and 500, once).  A server's Retry-After (RFC 9110, 10.2.3) outranks our own pause.  In one
process a host is asked one thing at a time, the pauses included, so that ten lists wait as politely as one; a redirect
belongs to the turn of the host that sent it.
"""

from __future__ import annotations

import contextlib
import random
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Generic, Protocol, TypeVar

import httpx

from patchwatch import __version__, sanitize
from patchwatch.config import Lore
from patchwatch.errors import LoreError, LoreResponseError, LoreUnreachableError
from patchwatch.sources.lore.response import TruncatedResponseError

TRIES = 4  # of one question to one server
_FIRST_PAUSE_SECONDS = 2.0
_LONGEST_WAIT_SECONDS = 86400.0  # a mistaken Retry-After must not silence a running patchwatch for good
_MAX_REDIRECTS = 5
_LORE = "lore.kernel.org"
_PASSING_STATUS = {429: TRIES, 500: 2, 502: TRIES, 503: TRIES, 504: TRIES}  # status: how often to try
_NOT_FOUND_BYTES = 2048  # of a 404's text; public-inbox says what it did not find in one line
_YEAR_9999 = 253_402_300_799  # the last second that datetime can write
_SHOWN_URL = 160  # characters of a URL in a message

_ELSEWHERE = "set lore.url (or PATCHWATCH_LORE_URL) to another archive"

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class BodyReader(Protocol[T_co]):
    """Takes a body off the wire: raw chunks, and the response's headers; raises LoreError if it can't be used."""

    def __call__(self, chunks: Iterator[bytes], headers: httpx.Headers, shown: str) -> T_co:
        """`shown` is the URL, for messages."""


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """What a server said: the body, or None with the text of its 404."""

    requested_at: int  # seconds since the epoch, UTC, by the server's clock where it told the time
    body: T | None
    not_found: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A request without its server."""

    method: str
    path: str  # from the base URL on, percent-encoded, query included
    accept_encoding: str = "identity"


class _TemporaryError(Exception):
    """`error` may pass by itself: try up to `tries` times in all."""

    def __init__(self, error: LoreError, tries: int = TRIES) -> None:
        super().__init__(str(error))
        self.error = error
        self.tries = tries


class HttpClient:
    """Asks questions over one pool of connections."""

    def __init__(
        self,
        settings: Lore,
        *,
        transport: httpx.BaseTransport | None,
        sleep: Callable[[float], None],
        monotonic: Callable[[], float],
        clock: Callable[[], float],
    ) -> None:
        """`clock` gives seconds since the epoch; the others are `time`'s functions of that name.

        Raises:
            LoreUnreachableError: the environment's proxy (HTTPS_PROXY …) or certificates (SSL_CERT_FILE) can't be used.
        """
        self._settings = settings
        headers = {"User-Agent": user_agent(settings.contact)}
        try:
            self._client = httpx.Client(transport=transport, headers=headers)
        except (ImportError, OSError, ValueError) as error:
            raise LoreUnreachableError(
                f"The proxy or the certificates set in the environment can't be used ({sanitize.line(str(error))})."
                " Mend or unset HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE."
            ) from error
        self._sleep = sleep
        self._monotonic = monotonic
        self._clock = clock
        self._told_to_wait: dict[
            str, tuple[float, LoreResponseError]
        ] = {}  # base: until when (monotonic), in its words

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def ask(self, base: str, question: Request, receive: BodyReader[T], *, seconds: float, tries: int) -> Reply[T]:
        """Ask the server at `base`, for at most `seconds` in all and at most `tries` times.

        Raises:
            LoreUnreachableError: no connection, or no complete answer in time.
            LoreResponseError: any status but 200 and 404, a web page, or what `receive` raises.
        """
        url = base + question.path
        with _flight(url):
            # The clock starts when it is our turn: another's flight to this host has a deadline of its own.
            until = self._monotonic() + seconds
            self._wait_as_told(base, until)
            attempt = 1
            while True:
                try:
                    return self._once(url, question, receive, until)
                except _TemporaryError as passing:
                    pause = max(_pause(attempt), self._told(base, passing.error))
                    if attempt >= min(tries, passing.tries) or pause >= until - self._monotonic():
                        raise passing.error from passing.__cause__
                self._sleep(pause)
                attempt += 1

    def _told(self, base: str, error: LoreError) -> float:
        """Remember for how long the server wants to be left alone, if it said so; seconds."""
        if not isinstance(error, LoreResponseError) or error.retry_after is None:
            return 0.0
        self._told_to_wait[base] = (self._monotonic() + min(error.retry_after, _LONGEST_WAIT_SECONDS), error)
        return error.retry_after

    def _wait_as_told(self, base: str, until: float) -> None:
        """What the server said to one question holds for the next."""
        moment, error = self._told_to_wait.get(base, (0.0, None))
        pause = moment - self._monotonic()
        if error and pause > 0:
            if pause >= until - self._monotonic():
                raise LoreResponseError(str(error), status=error.status, retry_after=pause)
            self._sleep(pause)

    def _once(self, url: str, question: Request, receive: BodyReader[T], until: float) -> Reply[T]:
        """Ask, and follow redirects within the host or to lore.kernel.org; anywhere else is a portal or a mistake."""
        method = question.method
        headers = {"Accept-Encoding": question.accept_encoding}
        for _ in range(_MAX_REDIRECTS + 1):
            shown = display_url(url)
            started = self._clock()
            timeout = max(min(self._settings.timeout_seconds, until - self._monotonic()), 0.001)
            try:
                with self._client.stream(method, url, headers=headers, timeout=timeout) as response:
                    if response.next_request is None:  # no redirect
                        return self._read(response, receive, shown, started, until)
                    url = _redirect(response.request.url, response.next_request.url, shown)
                    # Only 303 means "now GET that" (RFC 9110, 15.4); a search is POST wherever it moved.
                    method = "GET" if response.status_code == 303 else method
            except httpx.TransportError as error:
                raise _TemporaryError(_unreachable(error, shown)) from error
            except httpx.InvalidURL as error:
                raise LoreUnreachableError(
                    f"{shown} is no usable address ({sanitize.line(str(error))}): {_ELSEWHERE}."
                ) from None
        raise LoreResponseError(f"{shown} redirects in a circle. Check lore.url (or PATCHWATCH_LORE_URL).")

    def _read(
        self, response: httpx.Response, receive: BodyReader[T], shown: str, started: float, until: float
    ) -> Reply[T]:
        date = _http_date(response.headers.get("Date"))
        requested_at = int(started if date is None else date)
        chunks = self._chunks(response, shown, until)
        if response.status_code == 404:
            return Reply(requested_at, None, _head(chunks))
        if response.status_code != 200:
            self._refuse(response, shown, started if date is None else date)
        if "text/html" in response.headers.get("Content-Type", ""):
            raise LoreResponseError(
                f"{shown} answered with a web page where mail was due: a challenge or login page stands in front of it,"
                f" or it is no public-inbox archive. Open it in a browser to see, or {_ELSEWHERE}.",
                status=200,
            )
        try:
            return Reply(requested_at, receive(chunks, response.headers, shown))
        except TruncatedResponseError as error:
            raise _TemporaryError(error) from None

    def _chunks(self, response: httpx.Response, shown: str, until: float) -> Iterator[bytes]:
        """The body as it is on the wire; a server that drips runs into the deadline."""
        for chunk in response.iter_raw():
            if self._monotonic() >= until:
                raise LoreUnreachableError(
                    f"{shown} did not finish its answer in time. Try again later, or raise lore.deadline_seconds"
                    f" (now {self._settings.deadline_seconds:g})."
                )
            yield chunk

    def _refuse(self, response: httpx.Response, shown: str, server_now: float) -> None:
        status = response.status_code
        wait = _retry_after(response.headers.get("Retry-After"), server_now)
        if wait is not None:
            later = datetime.fromtimestamp(min(self._clock() + wait, _YEAR_9999), UTC)
            advice = f"It asks to be left alone until {later:%Y-%m-%d %H:%M} UTC: try again then."
        elif status in _PASSING_STATUS:
            advice = f"Try again later, or {_ELSEWHERE}."
        elif status == 501:
            advice = f"This inbox has no search index there: {_ELSEWHERE}."
        elif status in (401, 403):
            advice = f"It does not let us in: set lore.contact so that its admins can reach you, or {_ELSEWHERE}."
        else:
            advice = f"Check the inbox's name, or {_ELSEWHERE}."
        reason = sanitize.line(response.reason_phrase)
        error = LoreResponseError(f"{shown} answered {status} {reason}. {advice}", status=status, retry_after=wait)
        if status in _PASSING_STATUS:
            raise _TemporaryError(error, _PASSING_STATUS[status])
        raise error


def user_agent(contact: str) -> str:
    """Who asks, as crawlers are asked to say it: name, version, where to read about it, whom to write to."""
    plain = re.sub(r"[^ -~]|[();]", "", contact).strip()
    return f"patchwatch/{__version__} (+https://github.com/patchwatch/patchwatch{f'; {plain}' if plain else ''})"


def display_url(url: str) -> str:
    """A URL for a message: printable, without a password, not endless."""
    plain = sanitize.line(re.sub(r"//[^/@]*@", "//", url))
    return plain if len(plain) <= _SHOWN_URL else plain[: _SHOWN_URL - 1] + "…"


_guard = threading.Lock()
_flights: dict[str, threading.Lock] = {}


@contextlib.contextmanager
def _flight(url: str) -> Iterator[None]:
    """Wait until nobody else in this process asks this host."""
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower()
    with _guard:
        lock = _flights.setdefault(host, threading.Lock())
    with lock:
        yield


def _pause(attempt: int) -> float:
    """2, 4, 8 … seconds, less up to half, so that clients that failed together do not come back together."""
    doubled = _FIRST_PAUSE_SECONDS * float(2 ** (attempt - 1))
    return doubled * random.uniform(0.5, 1.0)  # noqa: S311 (no secret)


def _http_date(value: str | None) -> float | None:
    if value is None:
        return None
    try:
        when = parsedate_to_datetime(value)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _retry_after(value: str | None, server_now: float) -> float | None:
    """Seconds to wait, from either form of Retry-After; a date is reckoned by the server's own clock."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    date = _http_date(value)
    return None if date is None else max(date - server_now, 0.0)


def _redirect(before: httpx.URL, after: httpx.URL, shown: str) -> str:
    same = (after.scheme, after.host, after.port) == (before.scheme, before.host, before.port)
    moved_to_https = before.scheme == "http" and after.scheme == "https" and after.host == before.host
    if not same and not moved_to_https and (after.scheme, after.host) != ("https", _LORE):
        raise LoreResponseError(
            f"{shown} sends us elsewhere, to {display_url(str(after))}: a login page of the network, or the archive"
            f" moved. Check the network, or {_ELSEWHERE}."
        )
    return str(after)


def _unreachable(error: httpx.TransportError, shown: str) -> LoreUnreachableError:
    if isinstance(error, httpx.TimeoutException):
        what = f"{shown} did not answer in time"
    elif isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError):
        what = f"The connection to {shown} broke off ({sanitize.line(str(error)) or 'no reason given'})"
    else:
        what = f"Can't reach {shown} ({sanitize.line(str(error)) or type(error).__name__})"
    return LoreUnreachableError(f"{what}. Check the network, try again later, or {_ELSEWHERE}.")


def _head(chunks: Iterator[bytes]) -> str:
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= _NOT_FOUND_BYTES:
            break
    return head[:_NOT_FOUND_BYTES].decode("ascii", "replace")
