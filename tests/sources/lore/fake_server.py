"""A server of mail without a network, and a clock, for the tests of the archive."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from email.utils import formatdate

import httpx

from patchwatch.config import Lore
from patchwatch.sources.lore.client import Archive

FROM = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"


HI = b"Subject: hi\nMessage-ID: <hi@example.org>\n\nhi\n"


HO = b"Subject: ho\nMessage-ID: <ho@example.org>\n\nho\n>From far\n"


MBOX = FROM + HI + b"\n" + FROM + HO.replace(b">From", b">>From") + b"\n"


NOON = 1_700_000_000  # the server's clock


MAIN, MIRROR = "http://main.test", "http://mirror.test/lore"


Handler = Callable[[httpx.Request], httpx.Response]


class Time:
    """A clock that advances on sleep, and when a test sets it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def monotonic(self) -> float:
        return self.now

    def clock(self) -> float:
        return NOON + 1_000_000 + self.now  # not the server's


class Server:
    """Sends the prepared responses in turn, then repeats the last one, and records the requests."""

    def __init__(self, *answers: httpx.Response | Exception | Handler) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return again(answer) if isinstance(answer, httpx.Response) else answer(request)

    @property
    def request_lines(self) -> list[str]:
        return [f"{request.method} {request.url}" for request in self.requests]


def answer(status: int, body: bytes = b"", **headers: str) -> httpx.Response:
    """A response with its body in a stream, as from the network."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("Date", formatdate(NOON, usegmt=True))
    return httpx.Response(status, headers=named, stream=httpx.ByteStream(body))


def again(response: httpx.Response) -> httpx.Response:
    """An unread copy of a response: a body can only be read once."""
    return httpx.Response(response.status_code, headers=response.headers, stream=response.stream)


def mail(mbox: bytes = MBOX) -> httpx.Response:
    return answer(200, gzip.compress(mbox), Content_Type="application/gzip")


def nothing() -> httpx.Response:
    return answer(404, b"No results found\n", Content_Type="text/plain")


def absent() -> httpx.Response:
    return answer(404, b"Not Found", Content_Type="text/plain")


def archive(handler: Handler, time: Time | None = None, **settings: object) -> Archive:
    time = time or Time()
    return Archive(
        Lore(**({"url": MAIN} | settings)),  # type: ignore[arg-type]
        transport=httpx.MockTransport(handler),
        sleep=time.sleep,
        monotonic=time.monotonic,
        clock=time.clock,
    )


def by_host(**handlers: Handler | httpx.Response | Exception) -> Server:
    """A network of servers, named by the first part of their host."""

    def route(request: httpx.Request) -> httpx.Response:
        chosen = handlers[request.url.host.partition(".")[0]]
        if isinstance(chosen, Exception):
            raise chosen
        return again(chosen) if isinstance(chosen, httpx.Response) else chosen(request)

    return Server(route)


DOWN = httpx.ConnectError("connection refused")
