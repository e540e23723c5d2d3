"""The HTTP client: retries with backoff, Retry-After, redirects, deadlines.

Temporary errors are retried, with a longer pause each time: no response in time, a truncated response, status 429, 502,
503, 504; and once: no connection, status 500.  A server that lets a connection time out is not tried again for ten
seconds, so that someone behind such a network does not wait for each list.  A longer Retry-After (RFC 9110, 10.2.3)
replaces the pause.  A process sends one request at a time to a host, pauses included, so that ten lists are as polite
as one; a redirect counts for the host that sent it.  What a 404 means is up to `client`.

Whatever a response contains, the only exceptions are LoreErrors.
"""

from __future__ import annotations

import contextlib
import functools
import os
import random
import re
import ssl
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
from patchwatch.sources.lore.deadline import Deadline
from patchwatch.sources.lore.response import TruncatedResponseError

TRIES = 4  # per request and server
_TRIES_TO_CONNECT = 2
_OFFLINE_SECONDS = 10.0  # for which a server that let a connection time out is not tried again
_FIRST_PAUSE_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 86400.0
"""The longest Retry-After that a server can mean; longer ones are mistakes, and count as a day for one list."""
_MAX_REDIRECTS = 5
_LORE = "lore.kernel.org"
_TEMPORARY_STATUS = {429: TRIES, 500: 2, 502: TRIES, 503: TRIES, 504: TRIES}  # status: number of tries
_NOT_FOUND_BYTES = 2048  # of the text of a 404; one line in public-inbox
_MAX_DISPLAY_URL = 160  # characters of a URL in a message
_MAX_REASON = 160  # characters of a reason that a server or a library gives

_USE_ANOTHER = "set lore.url (or PATCHWATCH_LORE_URL) to another archive"

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class BodyReader(Protocol[T_co]):
    """Reads the body of a response from raw chunks; raises LoreError if the body is unusable."""

    def __call__(self, chunks: Iterator[bytes], headers: httpx.Headers, url: str) -> T_co:
        """`headers` are those of the response; `url` is for error messages."""


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """A server's reply: the body, or None with the text of a 404."""

    requested_at: int  # seconds since the epoch, UTC, by the server's clock if it sent a Date
    body: T | None
    not_found: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A request, without the server."""

    method: str
    path: str  # relative to the base URL, percent-encoded, with the query
    accept_encoding: str = "identity"


class _TemporaryError(Exception):
    """`error` is temporary: worth up to `tries` tries in all."""

    def __init__(self, error: LoreError, tries: int = TRIES) -> None:
        super().__init__(str(error))
        self.error = error
        self.tries = tries


class HttpClient:
    """Sends requests over one pool of connections."""

    def __init__(
        self,
        settings: Lore,
        *,
        transport: httpx.BaseTransport | None,
        sleep: Callable[[float], None],
        monotonic: Callable[[], float],
        clock: Callable[[], float],
    ) -> None:
        """`clock` returns seconds since the epoch; the others are `time`'s functions of that name.

        Raises:
            LoreUnreachableError: the proxy (HTTPS_PROXY …) or certificates (SSL_CERT_FILE) are unusable.
        """
        self._settings = settings
        headers = {"User-Agent": user_agent(settings.contact)}
        try:
            self._client = httpx.Client(transport=transport, headers=headers, verify=_certificates())
            self._deadline = Deadline(monotonic)
            self._deadline.limit(self._client)
        except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
            raise LoreUnreachableError(
                f"invalid proxy or certificates in the environment ({sanitize.line(str(error))})."
                " Fix or unset HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE."
            ) from error
        self._sleep = sleep
        self._monotonic = monotonic
        self._clock = clock
        self._offline: dict[str, tuple[float, LoreError]] = {}  # base: until when (monotonic), error
        self._retry_after: dict[str, tuple[float, LoreResponseError]] = {}  # base: end of the wait (monotonic), error

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def send(self, base: str, request: Request, read_body: BodyReader[T], *, seconds: float, tries: int) -> Reply[T]:
        """Send a request to the server at `base`, at most `tries` times, for at most `seconds` in all.

        Raises:
            LoreUnreachableError: no connection, or no complete response in time.
            LoreResponseError: a status other than 200 and 404, a web page, or what `read_body` raises.
        """
        url = base + request.path
        with _host_lock(url):
            # The clock starts with our turn: an earlier request to this host has a separate deadline.
            deadline = self._monotonic() + seconds
            self._wait_for_retry_after(base, deadline)
            offline_until, offline = self._offline.get(base, (0.0, None))
            if offline and self._monotonic() < offline_until:
                raise offline
            attempt = 1
            while True:
                try:
                    return self._try(base, request, read_body, deadline)
                except _TemporaryError as temporary:
                    pause = max(_pause(attempt), self._note_retry_after(base, temporary.error))
                    if attempt >= min(tries, temporary.tries) or pause >= deadline - self._monotonic():
                        if isinstance(temporary.__cause__, httpx.ConnectTimeout):
                            self._offline[base] = (self._monotonic() + _OFFLINE_SECONDS, temporary.error)
                        raise temporary.error from temporary.__cause__
                self._sleep(pause)
                attempt += 1

    def _note_retry_after(self, base: str, error: LoreError) -> float:
        """Remember the Retry-After of a response; returns its seconds, 0 without one."""
        if not isinstance(error, LoreResponseError) or error.retry_after is None:
            return 0.0
        if error.retry_after < LONGEST_WAIT_SECONDS:
            self._retry_after[base] = (self._monotonic() + error.retry_after, error)
        return error.retry_after

    def _wait_for_retry_after(self, base: str, deadline: float) -> None:
        """Wait until an earlier Retry-After has passed: it applies to later requests too."""
        end, error = self._retry_after.get(base, (0.0, None))
        pause = end - self._monotonic()
        if error and pause > 0:
            if pause >= deadline - self._monotonic():
                raise LoreResponseError(str(error), status=error.status, retry_after=pause)
            self._sleep(pause)

    def _try(self, base: str, request: Request, read_body: BodyReader[T], deadline: float) -> Reply[T]:
        """Send a request once; follow redirects only within the host or to lore.kernel.org."""
        method, url = request.method, base + request.path
        headers = {"Accept-Encoding": request.accept_encoding}
        for _ in range(_MAX_REDIRECTS + 1):
            shown = display_url(url)
            started = self._clock()
            timeout = max(min(self._settings.timeout_seconds, deadline - self._monotonic()), 0.001)
            self._deadline.set(deadline)
            try:
                with self._client.stream(method, url, headers=headers, timeout=timeout) as response:
                    if response.next_request is None:  # not a redirect
                        return self._read(response, read_body, shown, started, deadline)
                    url = _redirect(response.request.url, response.next_request.url, shown)
                    # Only 303 changes the method to GET (RFC 9110, 15.4); a search remains a POST.
                    method = "GET" if response.status_code == 303 else method
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                raise _TemporaryError(_unreachable(error, display_url(base)), _TRIES_TO_CONNECT) from error
            except httpx.TransportError as error:
                raise _TemporaryError(_unreachable(error, shown)) from error
            except httpx.InvalidURL as error:
                raise LoreUnreachableError(
                    f"{shown} is not a valid URL ({sanitize.line(str(error))}). Fix lore.url (or PATCHWATCH_LORE_URL)."
                ) from None
            except (LoreError, _TemporaryError):
                raise
            except Exception as error:
                reason = sanitize.line(f"{type(error).__name__}: {error}")[:_MAX_REASON]
                raise LoreResponseError(
                    f"{shown} sent a response that can't be read ({reason}). Try again later, or {_USE_ANOTHER}."
                ) from error
        raise LoreResponseError(f"{shown} redirects in a loop. Check lore.url (or PATCHWATCH_LORE_URL).")

    def _read(
        self, response: httpx.Response, read_body: BodyReader[T], shown: str, started: float, deadline: float
    ) -> Reply[T]:
        date = _http_date(response.headers.get("Date"))
        requested_at = int(started if date is None else date)
        chunks = self._chunks(response, shown, deadline)
        if response.status_code == 404:
            return Reply(requested_at, None, _head(chunks))
        if response.status_code != 200:
            self._raise_for_status(response, shown, started if date is None else date)
        if "text/html" in response.headers.get("Content-Type", ""):
            raise LoreResponseError(
                f"{shown} sent a web page instead of mail: a challenge or login page, or not a public-inbox archive."
                f" Open it in a browser to check, or {_USE_ANOTHER}.",
                status=200,
            )
        try:
            return Reply(requested_at, read_body(chunks, response.headers, shown))
        except TruncatedResponseError as error:
            raise _TemporaryError(error) from None

    def _chunks(self, response: httpx.Response, shown: str, deadline: float) -> Iterator[bytes]:
        """The raw body; a server that sends it slowly runs into the deadline."""
        for chunk in response.iter_raw():
            if self._monotonic() >= deadline:
                raise LoreUnreachableError(
                    f"{shown} did not finish its response in time. Try again later, or raise lore.deadline_seconds"
                    f" (now {self._settings.deadline_seconds:g})."
                )
            yield chunk

    def _raise_for_status(self, response: httpx.Response, shown: str, server_now: float) -> None:
        status = response.status_code
        wait = _retry_after(response.headers.get("Retry-After"), server_now)
        if wait is not None:
            later = datetime.fromtimestamp(self._clock() + wait, UTC)
            advice = f"The server allows no requests before {later:%Y-%m-%d %H:%M} UTC; try again then."
        elif status in _TEMPORARY_STATUS:
            advice = f"Try again later, or {_USE_ANOTHER}."
        elif status == 501:
            advice = f"The inbox has no search index there; {_USE_ANOTHER}."
        elif status in (401, 403):
            advice = f"Access is denied. Set lore.contact so that the admins can reach you, or {_USE_ANOTHER}."
        else:
            advice = f"Check the name of the inbox, or {_USE_ANOTHER}."
        reason = sanitize.line(response.reason_phrase)[:_MAX_REASON]
        error = LoreResponseError(f"{shown} returned {status} {reason}. {advice}", status=status, retry_after=wait)
        if status in _TEMPORARY_STATUS:
            raise _TemporaryError(error, _TEMPORARY_STATUS[status])
        raise error


def user_agent(contact: str) -> str:
    """The User-Agent that crawlers should send: name, version, web page, contact."""
    plain = re.sub(r"[^ -~]|[();]", "", contact).strip()
    return f"patchwatch/{__version__} (+https://github.com/patchwatch/patchwatch{f'; {plain}' if plain else ''})"


def display_url(url: str) -> str:
    """A URL for messages: printable, without a password, limited in length."""
    plain = sanitize.line(re.sub(r"//[^/@]*@", "//", url))
    return plain if len(plain) <= _MAX_DISPLAY_URL else plain[: _MAX_DISPLAY_URL - 1] + "…"


_guard = threading.Lock()
_host_locks: dict[str, threading.Lock] = {}


@contextlib.contextmanager
def _host_lock(url: str) -> Iterator[None]:
    """Allow one request at a time to the host of `url` in this process."""
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower()
    with _guard:
        lock = _host_locks.setdefault(host, threading.Lock())
    with lock:
        yield


def _pause(attempt: int) -> float:
    """2, 4, 8 … seconds, randomly reduced by up to half, so that clients do not retry in step."""
    doubled = _FIRST_PAUSE_SECONDS * float(2 ** (attempt - 1))
    return doubled * random.uniform(0.5, 1.0)  # noqa: S311 (no secret)


def _http_date(value: str | None) -> float | None:
    if value is None:
        return None
    try:
        date = parsedate_to_datetime(value)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):  # parsedate_to_datetime has raised all of them
        return None


def _retry_after(value: str | None, server_now: float) -> float | None:
    """Seconds to wait, a day at most, from either form of Retry-After; a date is relative to the server's clock."""
    if value is None:
        return None
    if re.fullmatch(r"\s*[0-9]+\s*", value):
        seconds = float(value)
    elif (date := _http_date(value)) is not None:
        seconds = max(date - server_now, 0.0)
    else:
        return None
    return min(seconds, LONGEST_WAIT_SECONDS)


def _redirect(before: httpx.URL, after: httpx.URL, shown: str) -> str:
    same = (after.scheme, after.host, after.port) == (before.scheme, before.host, before.port)
    moved_to_https = before.scheme == "http" and after.scheme == "https" and after.host == before.host
    if not same and not moved_to_https and (after.scheme, after.host) != ("https", _LORE):
        raise LoreResponseError(
            f"{shown} redirects to another site, {display_url(str(after))}. If that is the login page of your network,"
            f" log in; if the archive moved, {_USE_ANOTHER}."
        )
    return str(after)


def _unreachable(error: httpx.TransportError, shown: str) -> LoreUnreachableError:
    if isinstance(error, httpx.TimeoutException) and not isinstance(error, httpx.ConnectTimeout):
        problem = f"{shown} did not respond in time"
    elif isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError):
        problem = (
            f"the connection to {shown} was cut off ({sanitize.line(str(error))[:_MAX_REASON] or 'no reason given'})"
        )
    else:
        reason = re.sub(r"^\[Errno -?\d+\] ", "", sanitize.line(str(error)))
        problem = f"can't reach {shown} ({reason or 'the connection timed out'})"
    return LoreUnreachableError(f"{problem}. Check the network, try again later, or {_USE_ANOTHER}.")


def _head(chunks: Iterator[bytes]) -> str:
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= _NOT_FOUND_BYTES:
            break
    return head[:_NOT_FOUND_BYTES].decode("ascii", "replace")


def _certificates() -> ssl.SSLContext:
    """The certificates to trust, read once: httpx would take 20 ms of CPU for each client and each proxy."""
    file, directory = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    return _read_certificates(file, directory, _changed(file), _changed(directory))


@functools.lru_cache(maxsize=1)
def _read_certificates(*_places: str | int | None) -> ssl.SSLContext:
    return httpx.create_ssl_context()  # reads both variables


def _changed(path: str | None) -> int:
    """When a file or directory was last changed, in nanoseconds; 0 if it is not there."""
    with contextlib.suppress(OSError, ValueError):
        return os.stat(path).st_mtime_ns if path else 0
    return 0
