"""The archive's client against servers that answer well, badly, late, too much, or not at all."""

from __future__ import annotations

import gzip
import http.server
import socketserver
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path
from typing import IO

import httpx
import pytest

from patchwatch import __version__
from patchwatch.config import Lore
from patchwatch.errors import (
    InboxNotFoundError,
    LoreError,
    LoreResponseError,
    LoreUnreachableError,
    MessageNotFoundError,
)
from patchwatch.sources.lore.atom import parse_feed
from patchwatch.sources.lore.client import Archive

FROM = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
HI = b"Subject: hi\nMessage-ID: <hi@example.org>\n\nhi\n"
HO = b"Subject: ho\nMessage-ID: <ho@example.org>\n\nho\n>From far\n"
MBOX = FROM + HI + b"\n" + FROM + HO.replace(b">From", b">>From") + b"\n"
NOON = 1_700_000_000  # the server's clock
MAIN, MIRROR = "http://main.test", "http://mirror.test/lore"

Handler = Callable[[httpx.Request], httpx.Response]


class Time:
    """A clock that moves when somebody sleeps, and when it is told to."""

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
    """Answers with what the test prepared, in turn (the last again and again), and remembers what was asked."""

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
    def asked(self) -> list[str]:
        return [f"{request.method} {request.url}" for request in self.requests]


def answer(status: int, body: bytes = b"", **headers: str) -> httpx.Response:
    """A response whose body is read from a stream, as from the network."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("Date", formatdate(NOON, usegmt=True))
    return httpx.Response(status, headers=named, stream=httpx.ByteStream(body))


def again(response: httpx.Response) -> httpx.Response:
    """The same response, unread: a body can be read once."""
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


# --- what is asked, and what the answer means


def test_a_thread_is_the_inboxs() -> None:
    server = Server(mail())
    with archive(server) as lore, lore.thread("a/b@example.org", "bpf") as thread:
        assert list(thread.mails()) == [HI, HO]
        assert (thread.inbox, thread.base, thread.from_mirror, thread.size) == ("bpf", MAIN, False, len(MBOX))
    assert server.asked == ["GET http://main.test/bpf/a%2Fb@example.org/t.mbox.gz"]


def test_a_thread_that_the_inbox_lacks_is_looked_for_everywhere() -> None:
    server = Server(absent(), mail())
    with archive(server) as lore, lore.thread("hi@example.org", "bpf") as thread:
        assert thread.inbox == "all"
    assert server.asked[1] == "GET http://main.test/all/hi@example.org/t.mbox.gz"


@pytest.mark.parametrize("inbox", [None, "all", "", "../bpf"])
def test_a_thread_of_no_inbox_is_looked_for_everywhere(inbox: str | None) -> None:
    server = Server(mail())
    with archive(server) as lore, lore.thread("hi@example.org", inbox) as thread:
        assert thread.inbox == "all"
    assert server.asked == ["GET http://main.test/all/hi@example.org/t.mbox.gz"]


def test_a_message_that_nobody_has_is_named() -> None:
    with archive(Server(absent())) as lore, pytest.raises(MessageNotFoundError) as caught:
        lore.thread("hi@example.org", "bpf")
    for part in ("<hi@example.org>", "/bpf/", "/all/", MAIN, "Check the message-id"):
        assert part in str(caught.value)


def test_all_new_mail_of_an_inbox_is_one_request() -> None:
    server = Server(mail())
    with archive(server) as lore, lore.since("bpf", NOON) as found:
        assert list(found.mails()) == [HI, HO]
    assert server.asked == [f"POST http://main.test/bpf/?q=rt%3A{NOON}..&x=m"]
    assert server.requests[0].content == b""  # public-inbox reads "x=…" there as "and their threads"


def test_a_query_cannot_add_parameters() -> None:
    server = Server(nothing())
    with archive(server) as lore:
        lore.search("bpf", 's:"a&t=1;x=A#+é"').close()
    assert server.asked == ["POST http://main.test/bpf/?q=s%3A%22a%26t%3D1%3Bx%3DA%23%2B%C3%A9%22&x=m"]


def test_nothing_found_is_an_empty_answer() -> None:
    server = Server(nothing())
    with archive(server) as lore, lore.search("bpf", "s:x") as found:
        assert list(found.mails()) == []
        assert (found.inbox, found.size, found.requested_at) == ("bpf", 0, NOON)
    assert len(server.requests) == 1


def test_an_inbox_that_does_not_exist_is_an_error() -> None:
    server = Server(absent())
    with archive(server) as lore, pytest.raises(InboxNotFoundError, match=r"main\.test has no inbox named 'bfp'"):
        lore.search("bfp", "s:x")
    assert server.asked[1] == "GET http://main.test/bfp/description"


def test_a_404_in_other_words_is_no_missing_inbox() -> None:
    with archive(Server(answer(404), answer(200, b"the bpf list"))) as lore, lore.search("bpf", "s:x") as found:
        assert found.size == 0


def test_a_name_that_is_no_inbox_name_is_not_asked_for() -> None:
    server = Server(mail())
    with archive(server) as lore:
        for name in ("../bpf", "bpf/?q=x", ""):
            with pytest.raises(InboxNotFoundError):
                lore.search(name, "s:x")
            with pytest.raises(InboxNotFoundError):
                lore.new_in_feed(name)
    assert server.requests == []


def test_the_servers_clock_says_when_it_was_asked() -> None:
    with archive(Server(mail())) as lore, lore.since("bpf", 0) as found:
        assert found.requested_at == NOON


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Foo 2024 00:00:00 GMT"])
def test_without_a_servers_clock_it_is_ours_when_the_request_began(date: str) -> None:
    time = Time()
    began = int(time.clock())

    def slow(request: httpx.Request) -> httpx.Response:
        time.now += 60
        return answer(200, gzip.compress(MBOX), Date=date)

    with archive(slow, time) as lore, lore.since("bpf", 0) as found:
        assert found.requested_at == began


def test_we_say_who_we_are_and_whom_to_write_to() -> None:
    server = Server(mail())
    with archive(server, contact="me@example.org (home)\r\nCookie: x") as lore:
        lore.since("bpf", 0).close()
    ours = f"patchwatch/{__version__} (+https://github.com/patchwatch/patchwatch; me@example.org homeCookie: x)"
    assert server.requests[0].headers["User-Agent"] == ours
    assert "Cookie" not in server.requests[0].headers


# --- patience


def test_a_busy_server_is_asked_again_after_growing_pauses() -> None:
    time = Time()
    server = Server(answer(503), answer(502), answer(429), mail())
    with archive(server, time) as lore, lore.since("bpf", 0) as found:
        assert found.size
    first, second, third = time.slept
    assert 1 <= first <= 2 <= second <= 4 <= third <= 8


@pytest.mark.parametrize(("status", "tries"), [(429, 4), (500, 2), (502, 4), (503, 4), (504, 4), (400, 1), (403, 1)])
def test_a_status_that_stays_is_an_error(status: int, tries: int) -> None:
    server = Server(answer(status))
    with archive(server) as lore, pytest.raises(LoreResponseError, match=str(status)) as caught:
        lore.since("bpf", 0)
    assert (caught.value.status, len(server.requests)) == (status, tries)
    assert "lore.url" in str(caught.value)


def test_a_server_without_search_is_told_from_a_broken_one() -> None:
    with archive(Server(answer(501))) as lore, pytest.raises(LoreResponseError, match="no search index"):
        lore.since("bpf", 0)


@pytest.mark.parametrize("named", ["17", formatdate(NOON + 17, usegmt=True)])
def test_retry_after_is_honoured_in_both_forms(named: str) -> None:
    time = Time()
    with archive(Server(answer(429, Retry_After=named), mail()), time) as lore:
        lore.since("bpf", 0).close()
    assert time.slept == [17]


@pytest.mark.parametrize("named", ["3600", formatdate(NOON + 3600, usegmt=True)])
def test_a_retry_after_beyond_the_deadline_is_passed_on(named: str) -> None:
    time = Time()
    server = Server(answer(503, Retry_After=named))
    with archive(server, time) as lore, pytest.raises(LoreResponseError, match="UTC; try again then") as caught:
        lore.since("bpf", 0)
    assert (caught.value.retry_after, time.slept, len(server.requests)) == (3600, [], 1)


def test_what_retry_after_says_holds_for_the_next_list_too() -> None:
    time = Time()
    server = Server(answer(429, Retry_After="3600"), mail())
    with archive(server, time) as lore:
        for inbox in ("bpf", "netdev"):
            with pytest.raises(LoreResponseError, match="429"):
                lore.since(inbox, 0)
        time.now += 3500
        lore.since("netdev", 0).close()
    assert (len(server.requests), time.slept) == (2, [100])


@pytest.mark.parametrize(("named", "seconds"), [("9" * 400, float("inf")), ("soon", None), ("-5", None), ("²", None)])
def test_an_odd_retry_after_does_no_harm(named: str, seconds: float | None) -> None:
    headers = [(b"Retry-After", named.encode())]
    server = Server(lambda _: httpx.Response(503, headers=headers, stream=httpx.ByteStream(b"")))
    with archive(server) as lore, pytest.raises(LoreResponseError) as caught:
        lore.since("bpf", 0)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("no route\x1b[31m"), httpx.ReadTimeout("late"), httpx.RemoteProtocolError("cut")]
)
def test_a_server_that_cannot_be_reached_is_tried_again_then_reported(error: Exception) -> None:
    server = Server(error, mail())
    with archive(server) as lore:
        lore.since("bpf", 0).close()
    server = Server(error)
    with archive(server) as lore, pytest.raises(LoreUnreachableError) as caught:
        lore.since("bpf", 0)
    assert len(server.requests) == 4
    for part in ("http://main.test/bpf/", "Check the network", "PATCHWATCH_LORE_URL"):
        assert part in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_server_that_failed_for_good_is_then_asked_once_for_each_list() -> None:
    server = Server(httpx.ConnectError("down"))
    with archive(server) as lore:
        for inbox in ("bpf", "netdev", "linux-mm"):
            with pytest.raises(LoreUnreachableError):
                lore.since(inbox, 0)
        assert len(server.requests) == 4 + 1 + 1
        server.answers = [mail(), answer(503)]
        lore.since("bpf", 0).close()
        with pytest.raises(LoreResponseError):
            lore.since("bpf", 0)
        assert len(server.requests) == 6 + 1 + 4


def test_the_deadline_ends_all_trying() -> None:
    time = Time()

    def hang(request: httpx.Request) -> httpx.Response:
        time.now += request.extensions["timeout"]["read"]
        raise httpx.ReadTimeout("late")

    began = time.now
    patience = {"timeout_seconds": 30.0, "deadline_seconds": 50.0}
    with archive(hang, time, **patience) as lore, pytest.raises(LoreUnreachableError, match="in time"):
        lore.since("bpf", 0)
    assert time.now - began <= 50


def test_a_server_that_drips_runs_into_the_deadline() -> None:
    time = Time()

    class Drip(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            packed = gzip.compress(MBOX)
            for index in range(len(packed)):
                time.now += 29
                yield packed[index : index + 1]

    server = Server(lambda _: httpx.Response(200, stream=Drip()))
    with archive(server, time) as lore, pytest.raises(LoreUnreachableError, match=r"lore\.deadline_seconds"):
        lore.since("bpf", 0)
    assert len(server.requests) == 1


def test_a_host_is_asked_one_thing_at_a_time() -> None:
    others = threading.Event()
    at_once: list[int] = []
    active: list[int] = []

    def busy(request: httpx.Request) -> httpx.Response:
        active.append(1)
        at_once.append(len(active))
        others.wait(0.02)  # time enough for another to come in, if it could
        active.pop()
        return mail()

    def ask() -> None:
        with archive(busy) as lore:
            lore.since("bpf", 0).close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert at_once == [1, 1, 1, 1]


def test_an_address_that_is_none_is_reported() -> None:
    nowhere = archive(Server(mail()), url="http://main.test:port")
    with nowhere as lore, pytest.raises(LoreUnreachableError, match="not a valid URL"):
        lore.since("bpf", 0)


def test_a_proxy_that_cannot_be_used_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://proxy.test")
    with pytest.raises(LoreUnreachableError, match="ALL_PROXY"):
        Archive(Lore(url=MAIN))


# --- answers that are no mail


@pytest.mark.parametrize("content_type", ["text/html; charset=UTF-8", "application/gzip", ""])
def test_a_challenge_page_is_an_error(content_type: str) -> None:
    page = answer(200, b"<html><title>Making sure you are not a bot</title></html>", Content_Type=content_type)
    server = Server(page)
    with archive(server) as lore, pytest.raises(LoreResponseError, match=r"http://main\.test/bpf/.*lore\.url"):
        lore.since("bpf", 0)
    assert len(server.requests) == 1


def test_gzip_of_something_else_is_an_error() -> None:
    with archive(Server(mail(b"<html></html>"))) as lore, pytest.raises(LoreResponseError, match="did not send mail"):
        lore.since("bpf", 0)


def test_damaged_gzip_is_an_error() -> None:
    packed = bytearray(gzip.compress(MBOX))
    packed[-6] ^= 0xFF  # its checksum
    with archive(Server(answer(200, bytes(packed)))) as lore, pytest.raises(LoreResponseError, match="damaged"):
        lore.since("bpf", 0)


@pytest.mark.parametrize("kept", [0, 5, 40, -1])
def test_a_cut_off_answer_is_asked_for_again_and_never_short(kept: int) -> None:
    cut = gzip.compress(MBOX)[:kept]
    with archive(Server(answer(200, cut), mail())) as lore, lore.since("bpf", 0) as found:
        assert list(found.mails()) == [HI, HO]
    server = Server(lambda _: answer(200, cut))
    with archive(server) as lore, pytest.raises(LoreResponseError, match="cut off"):
        lore.since("bpf", 0)
    assert len(server.requests) == 4


def test_gzip_in_several_members_and_padding_is_read_to_its_end() -> None:
    packed = (
        gzip.compress(FROM + HI + b"\n") + gzip.compress(FROM + HO.replace(b">From", b">>From") + b"\n") + b"\0" * 9
    )
    with archive(Server(answer(200, packed))) as lore, lore.since("bpf", 0) as found:
        assert list(found.mails()) == [HI, HO]


def test_a_gzip_bomb_is_refused_before_it_is_all_here() -> None:
    taken: list[int] = []

    class Bomb(httpx.SyncByteStream):
        """A gigabyte of nothing, packed, in chunks as from the wire."""

        def __iter__(self) -> Iterator[bytes]:
            pack = zlib.compressobj(wbits=31)
            yield pack.compress(FROM)
            for _ in range(1024):
                chunk = pack.compress(bytes(1024 * 1024)) + pack.flush(zlib.Z_SYNC_FLUSH)
                taken.append(len(chunk))
                yield chunk

    server = Server(httpx.Response(200, stream=Bomb()))
    refused = pytest.raises(LoreResponseError, match=r"more than 2 MB.*lore\.max_answer_megabytes")
    with archive(server, max_answer_megabytes=2) as lore, refused:
        lore.since("bpf", 0)
    assert len(taken) <= 3


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_reported_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> IO[bytes]:
        return open("/dev/full", "wb", buffering=0)

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", full)
    with archive(Server(mail())) as lore, pytest.raises(LoreError, match="can't store the response"):
        lore.since("bpf", 0)


def test_an_answer_can_be_read_again_and_side_by_side() -> None:
    with archive(Server(mail())) as lore, lore.since("bpf", 0) as found:
        assert list(found.mails()) == list(found.mails()) == [HI, HO]
        assert list(zip(found.mails(), found.mails(), strict=True)) == [(HI, HI), (HO, HO)]


# --- redirects and mirrors


def test_a_redirect_within_the_host_is_followed_and_stays_a_search() -> None:
    server = Server(answer(301, Location="/lists/bpf/?q=x&x=m"), mail())
    with archive(server) as lore:
        lore.search("bpf", "x").close()
    assert server.asked[1] == "POST http://main.test/lists/bpf/?q=x&x=m"


@pytest.mark.parametrize("target", ["https://lore.kernel.org/all/hi@example.org/t.mbox.gz", "https://main.test/x"])
def test_a_redirect_to_lore_or_to_https_is_followed(target: str) -> None:
    server = Server(answer(302, Location=target), mail())
    with archive(server) as lore:
        lore.thread("hi@example.org", "bpf").close()
    assert server.asked[1] == f"GET {target}"


@pytest.mark.parametrize(
    "target",
    [
        "http://portal.test/login",
        "//portal.test/",
        "http://main.test:81/",
        "ftp://main.test/",
        "http://lore.kernel.org/",
    ],
)
def test_a_redirect_elsewhere_is_not_followed(target: str) -> None:
    server = Server(answer(302, Location=target))
    with archive(server) as lore, pytest.raises(LoreResponseError, match="redirects to another site"):
        lore.since("bpf", 0)
    assert len(server.requests) == 1


def test_a_redirect_to_nowhere_is_an_error() -> None:
    with archive(Server(answer(302, Location="http://[::"))) as lore, pytest.raises(LoreUnreachableError):
        lore.since("bpf", 0)


def test_https_is_not_left() -> None:
    server = Server(answer(302, Location="http://main.test/bpf/"))
    with (
        archive(server, url="https://main.test") as lore,
        pytest.raises(LoreResponseError, match="redirects to another site"),
    ):
        lore.since("bpf", 0)


def test_redirects_in_a_circle_end() -> None:
    server = Server(answer(301, Location="/bpf/"))
    with archive(server) as lore, pytest.raises(LoreResponseError, match="loop"):
        lore.since("bpf", 0)
    assert len(server.requests) < 10


def by_host(**handlers: Handler | httpx.Response | Exception) -> Server:
    """A network: the handlers are named by the first part of the host."""

    def route(request: httpx.Request) -> httpx.Response:
        chosen = handlers[request.url.host.partition(".")[0]]
        if isinstance(chosen, Exception):
            raise chosen
        return again(chosen) if isinstance(chosen, httpx.Response) else chosen(request)

    return Server(route)


DOWN = httpx.ConnectError("connection refused")


@pytest.mark.parametrize("failure", [DOWN, answer(503), answer(502)])
def test_a_mirror_is_asked_when_the_main_server_fails(failure: httpx.Response | Exception) -> None:
    server = by_host(main=failure, mirror=mail())
    with archive(server, mirrors=(MIRROR,)) as lore, lore.since("bpf", 0) as found:
        assert (found.base, found.from_mirror) == (MIRROR, True)
    assert server.asked[-1] == "POST http://mirror.test/lore/bpf/?q=rt%3A0000000000..&x=m"


def test_a_404_of_the_main_server_is_an_answer() -> None:
    server = by_host(main=lambda _: nothing(), mirror=mail())
    with archive(server, mirrors=(MIRROR,)) as lore, lore.since("bpf", 0) as found:
        assert (found.size, found.from_mirror) == (0, False)


def test_what_a_mirror_does_not_have_may_exist() -> None:
    server = by_host(main=DOWN, mirror=lambda _: absent())
    with archive(server, mirrors=(MIRROR,)) as lore:
        with pytest.raises(LoreUnreachableError, match=r"main\.test"):
            lore.thread("hi@example.org", "bpf")
        with pytest.raises(LoreUnreachableError, match=r"main\.test"):
            lore.since("bpf", 0)


def test_the_main_servers_failure_is_reported_when_all_fail() -> None:
    server = by_host(main=DOWN, mirror=answer(403))
    with archive(server, mirrors=(MIRROR,)) as lore, pytest.raises(LoreUnreachableError, match=r"main\.test"):
        lore.since("bpf", 0)


def test_a_hanging_main_server_leaves_time_for_its_mirrors() -> None:
    time = Time()

    def hang(request: httpx.Request) -> httpx.Response:
        time.now += request.extensions["timeout"]["read"]
        raise httpx.ReadTimeout("late")

    with archive(by_host(main=hang, mirror=mail()), time, mirrors=(MIRROR,), deadline_seconds=60.0) as lore:
        lore.since("bpf", 0).close()


def test_a_password_in_the_url_is_not_shown() -> None:
    with (
        archive(Server(DOWN), url="http://user:secret@main.test") as lore,
        pytest.raises(LoreUnreachableError) as caught,
    ):
        lore.since("bpf", 0)
    assert "secret" not in str(caught.value)
    with archive(Server(mail(), absent()), url="http://user:secret@main.test") as lore:
        with lore.since("bpf", 0) as found:
            assert found.base == MAIN
        with pytest.raises(MessageNotFoundError) as missing:
            lore.thread("hi@example.org", None)
    assert "secret" not in str(missing.value)


# --- the doorbell

FEED = b"""<?xml version="1.0" encoding="us-ascii"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>bpf</title><updated>2024-01-02T03:04:05Z</updated>
<entry><author><name>A. Author</name><email>a@example.org</email></author>
<title>[PATCH] say &lt;b&gt; &#38;amp; &#8220;so&#8221;</title><updated>2024-01-02T03:04:05Z</updated>
<link href="http://main.test/bpf/a%2Fb+1@example.org/"/><id>urn:uuid:1</id></entry>
<entry><author><email>b@example.org</email></author><title>two</title><updated>never</updated>
<link href="http://main.test/bpf/2@example.org/"/><id>urn:uuid:2</id></entry>
<entry><title>no message</title><link href="http://main.test/bpf/"/><id>urn:uuid:3</id></entry>
</feed>"""


@pytest.mark.parametrize("packed", [True, False])
def test_the_doorbell_tells_what_is_new(packed: bool) -> None:
    response = answer(200, gzip.compress(FEED), Content_Encoding="gzip") if packed else answer(200, FEED)
    server = Server(response)
    with archive(server) as lore:
        first, second = lore.new_in_feed("bpf")
    assert server.asked == ["GET http://main.test/bpf/new.atom"]
    assert (first.message_id, first.author, first.email) == ("a/b+1@example.org", "A. Author", "a@example.org")
    assert first.title == "[PATCH] say <b> &amp; “so”"
    assert first.updated is not None
    assert first.updated.isoformat() == "2024-01-02T03:04:05+00:00"
    assert (second.message_id, second.author, second.updated) == ("2@example.org", "b@example.org", None)


def test_the_doorbell_of_an_empty_inbox_is_silent() -> None:
    with archive(Server(answer(404, b"No feed found for thread\n"), answer(200, b"bpf"))) as lore:
        assert lore.new_in_feed("bpf") == ()


def test_the_doorbell_of_no_inbox_is_an_error() -> None:
    with archive(Server(absent())) as lore, pytest.raises(InboxNotFoundError):
        lore.new_in_feed("bfp")


@pytest.mark.parametrize(
    ("link", "updated"),
    [("http://[::/x@y/", "2024-01-02T03:04:05Z"), ("http://main.test/bpf/x@y/", "9999-12-31T24:00:00Z")],
)
def test_odd_links_and_dates_in_a_feed_do_no_harm(link: str, updated: str) -> None:
    feed = FEED.replace(b"http://main.test/bpf/2@example.org/", link.encode()).replace(b"never", updated.encode())
    assert [bell.updated for bell in parse_feed(feed)[1:]] in ([], [None])


@pytest.mark.parametrize("content", [b"", b"<html><body>prove you are human</body></html>", b"/etc/passwd", b"\0\xff"])
def test_a_page_is_no_empty_feed(content: bytes) -> None:
    with pytest.raises(LoreResponseError):
        parse_feed(content)
    with (
        archive(Server(answer(200, content))) as lore,
        pytest.raises(LoreResponseError, match=r"main\.test/bpf/new\.atom"),
    ):
        lore.new_in_feed("bpf")


def test_an_endless_feed_is_refused() -> None:
    bomb = gzip.compress(FEED + bytes(17 * 1024 * 1024))
    for response in (answer(200, bomb, Content_Encoding="gzip"), answer(200, FEED + bytes(17 * 1024 * 1024))):
        with archive(Server(response)) as lore, pytest.raises(LoreResponseError, match="more than 16 MB"):
            lore.new_in_feed("bpf")


# --- honest sockets: what only a real connection does


@contextmanager
def http_server(respond: Callable[[http.server.BaseHTTPRequestHandler], None]) -> Iterator[str]:
    class Responder(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            respond(self)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Quiet(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True

    with Quiet(("127.0.0.1", 0), Responder) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def real_archive(url: str, timeout_seconds: float = 10.0) -> Archive:
    return Archive(Lore(url=url, timeout_seconds=timeout_seconds), sleep=lambda _: None)


@pytest.mark.parametrize("framing", ["length", "chunked", "none"])
def test_a_connection_cut_in_the_middle_is_never_a_short_answer(framing: str) -> None:
    packed = gzip.compress(MBOX)
    half = packed[: len(packed) // 2]

    def cut(request: http.server.BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        if framing == "length":
            request.send_header("Content-Length", str(len(packed)))
        elif framing == "chunked":
            request.send_header("Transfer-Encoding", "chunked")
        else:
            request.send_header("Connection", "close")
        request.end_headers()
        request.wfile.write(b"%x\r\n%s\r\n" % (len(half), half) if framing == "chunked" else half)

    refused = pytest.raises((LoreUnreachableError, LoreResponseError), match="cut off")
    with http_server(cut) as url, real_archive(url) as lore, refused:
        lore.since("bpf", 0)


def test_an_answer_in_many_chunks_arrives_whole() -> None:
    many = b"".join(FROM + HI + b"%d\n" % number + b"\n" for number in range(500))

    def stream(request: http.server.BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        packed = gzip.compress(many)
        for start in range(0, len(packed), 100):
            piece = packed[start : start + 100]
            request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        request.wfile.write(b"0\r\n\r\n")

    with http_server(stream) as url, real_archive(url) as lore, lore.since("bpf", 0) as found:
        assert list(found.mails()) == [HI + b"%d\n" % number for number in range(500)]


def test_a_silent_server_is_not_waited_for_longer_than_the_timeout() -> None:
    done = threading.Event()

    def silent(request: http.server.BaseHTTPRequestHandler) -> None:
        done.wait(10)

    with http_server(silent) as url, real_archive(url, timeout_seconds=0.01) as lore:
        with pytest.raises(LoreUnreachableError, match="did not respond in time"):
            lore.since("bpf", 0)
        done.set()


def test_a_refused_connection_is_reported() -> None:
    with http_server(lambda _: None) as url:
        pass
    with real_archive(url) as lore, pytest.raises(LoreUnreachableError, match="can't reach"):
        lore.since("bpf", 0)
