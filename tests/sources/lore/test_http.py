"""The HTTP client: retries, pauses, deadlines, redirects, and real connections."""

from __future__ import annotations

import gzip
import http.server
import os
import shutil
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path

import certifi
import httpx
import pytest

from patchwatch import __version__
from patchwatch.config import Lore
from patchwatch.errors import (
    LoreResponseError,
    LoreUnreachableError,
)
from patchwatch.sources.lore import http as http_client
from patchwatch.sources.lore.client import Archive
from tests.sources.lore.fake_server import FROM, HI, MAIN, MBOX, NOON, Server, Time, answer, archive, mail


def test_user_agent_has_version_and_contact() -> None:
    server = Server(mail())
    with archive(server, contact="me@example.org (home)\r\nCookie: x") as lore:
        lore.since("bpf", 0).close()
    ours = f"patchwatch/{__version__} (+https://github.com/patchwatch/patchwatch; me@example.org homeCookie: x)"
    assert server.requests[0].headers["User-Agent"] == ours
    assert "Cookie" not in server.requests[0].headers


def test_busy_server_is_retried_with_backoff() -> None:
    time = Time()
    server = Server(answer(503), answer(502), answer(429), mail())
    with archive(server, time) as lore, lore.since("bpf", 0) as found:
        assert found.size
    first, second, third = time.slept
    assert 1 <= first <= 2 <= second <= 4 <= third <= 8


@pytest.mark.parametrize(("status", "tries"), [(429, 4), (500, 2), (502, 4), (503, 4), (504, 4), (400, 1), (403, 1)])
def test_persistent_error_status_is_an_error(status: int, tries: int) -> None:
    server = Server(answer(status))
    with archive(server) as lore, pytest.raises(LoreResponseError, match=str(status)) as caught:
        lore.since("bpf", 0)
    assert (caught.value.status, len(server.requests)) == (status, tries)
    assert "lore.url" in str(caught.value)


def test_inbox_without_search_index_is_reported() -> None:
    with archive(Server(answer(501))) as lore, pytest.raises(LoreResponseError, match="no search index"):
        lore.since("bpf", 0)


@pytest.mark.parametrize("named", ["17", formatdate(NOON + 17, usegmt=True)])
def test_retry_after_is_honored_in_both_forms(named: str) -> None:
    time = Time()
    with archive(Server(answer(429, Retry_After=named), mail()), time) as lore:
        lore.since("bpf", 0).close()
    assert time.slept == [17]


@pytest.mark.parametrize("named", ["3600", formatdate(NOON + 3600, usegmt=True)])
def test_retry_after_beyond_the_deadline_is_an_error(named: str) -> None:
    time = Time()
    server = Server(answer(503, Retry_After=named))
    with archive(server, time) as lore, pytest.raises(LoreResponseError, match="UTC; try again then") as caught:
        lore.since("bpf", 0)
    assert (caught.value.retry_after, time.slept, len(server.requests)) == (3600, [], 1)


def test_retry_after_applies_to_later_requests() -> None:
    time = Time()
    server = Server(answer(429, Retry_After="3600"), mail())
    with archive(server, time) as lore:
        for inbox in ("bpf", "netdev"):
            with pytest.raises(LoreResponseError, match="429"):
                lore.since(inbox, 0)
        time.now += 3500
        lore.since("netdev", 0).close()
    assert (len(server.requests), time.slept) == (2, [100])


@pytest.mark.parametrize(("named", "seconds"), [("9" * 400, 86400), ("soon", None), ("-5", None), ("²", None)])
def test_malformed_retry_after_is_handled(named: str, seconds: float | None) -> None:
    headers = [(b"Retry-After", named.encode())]
    server = Server(lambda _: httpx.Response(503, headers=headers, stream=httpx.ByteStream(b"")))
    with archive(server) as lore, pytest.raises(LoreResponseError) as caught:
        lore.since("bpf", 0)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("error", "tries", "named"),
    [
        (httpx.ConnectError("[Errno 113] no route\x1b[31m"), 2, "can't reach http://main.test (no route"),
        (httpx.ConnectTimeout(""), 2, "can't reach http://main.test (the connection timed out)"),
        (httpx.ReadTimeout("late"), 4, "http://main.test/bpf/"),
        (httpx.RemoteProtocolError("cut"), 4, "http://main.test/bpf/"),
    ],
)
def test_unreachable_server_is_retried_then_reported(error: Exception, tries: int, named: str) -> None:
    server = Server(error, mail())
    with archive(server) as lore:
        lore.since("bpf", 0).close()
    server = Server(error)
    with archive(server) as lore, pytest.raises(LoreUnreachableError) as caught:
        lore.since("bpf", 0)
    assert len(server.requests) == tries
    for part in (named, "Check the network", "PATCHWATCH_LORE_URL"):
        assert part in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_server_that_lets_connections_time_out_is_not_tried_for_every_list() -> None:
    time = Time()
    server = Server(httpx.ConnectTimeout("late"))
    with archive(server, time=time) as lore:
        for inbox in ("bpf", "netdev", "linux-mm"):
            with pytest.raises(LoreUnreachableError, match="can't reach"):
                lore.since(inbox, 0)
        assert len(server.requests) == 2
        time.now += 11
        server.answers = [mail()]
        lore.since("bpf", 0).close()


def test_deadline_ends_retries() -> None:
    time = Time()

    def hang(request: httpx.Request) -> httpx.Response:
        time.now += request.extensions["timeout"]["read"]
        raise httpx.ReadTimeout("late")

    began = time.now
    patience = {"timeout_seconds": 30.0, "deadline_seconds": 50.0}
    with archive(hang, time, **patience) as lore, pytest.raises(LoreUnreachableError, match="in time"):
        lore.since("bpf", 0)
    assert time.now - began <= 50


def test_slow_body_runs_into_the_deadline() -> None:
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


def test_one_request_at_a_time_per_host() -> None:
    others = threading.Event()
    at_once: list[int] = []
    active: list[int] = []

    def busy(request: httpx.Request) -> httpx.Response:
        active.append(1)
        at_once.append(len(active))
        others.wait(0.02)  # long enough for another request to arrive
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


def test_invalid_url_is_an_error() -> None:
    nowhere = archive(Server(mail()), url="http://main.test:port")
    with nowhere as lore, pytest.raises(LoreUnreachableError, match="not a valid URL"):
        lore.since("bpf", 0)


def test_unusable_proxy_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://proxy.test")
    with pytest.raises(LoreUnreachableError, match="ALL_PROXY"):
        Archive(Lore(url=MAIN))


@pytest.mark.parametrize("content_type", ["text/html; charset=UTF-8", "application/gzip", ""])
def test_challenge_page_is_an_error(content_type: str) -> None:
    page = answer(200, b"<html><title>Making sure you are not a bot</title></html>", Content_Type=content_type)
    server = Server(page)
    with archive(server) as lore, pytest.raises(LoreResponseError, match=r"http://main\.test/bpf/.*lore\.url"):
        lore.since("bpf", 0)
    assert len(server.requests) == 1


def test_redirect_within_the_host_keeps_the_method() -> None:
    server = Server(answer(301, Location="/lists/bpf/?q=x&x=m"), mail())
    with archive(server) as lore:
        lore.search("bpf", "x").close()
    assert server.request_lines[1] == "POST http://main.test/lists/bpf/?q=x&x=m"


@pytest.mark.parametrize("target", ["https://lore.kernel.org/all/hi@example.org/t.mbox.gz", "https://main.test/x"])
def test_redirect_to_lore_or_https_is_followed(target: str) -> None:
    server = Server(answer(302, Location=target), mail())
    with archive(server) as lore:
        lore.thread("hi@example.org", "bpf").close()
    assert server.request_lines[1] == f"GET {target}"


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
def test_redirect_to_another_site_is_an_error(target: str) -> None:
    server = Server(answer(302, Location=target))
    with archive(server) as lore, pytest.raises(LoreResponseError, match="redirects to another site"):
        lore.since("bpf", 0)
    assert len(server.requests) == 1


def test_redirect_to_invalid_url_is_an_error() -> None:
    with archive(Server(answer(302, Location="http://[::"))) as lore, pytest.raises(LoreUnreachableError):
        lore.since("bpf", 0)


def test_redirect_from_https_to_http_is_an_error() -> None:
    server = Server(answer(302, Location="http://main.test/bpf/"))
    with (
        archive(server, url="https://main.test") as lore,
        pytest.raises(LoreResponseError, match="redirects to another site"),
    ):
        lore.since("bpf", 0)


def test_redirect_loop_is_an_error() -> None:
    server = Server(answer(301, Location="/bpf/"))
    with archive(server) as lore, pytest.raises(LoreResponseError, match="loop"):
        lore.since("bpf", 0)
    assert len(server.requests) < 10


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
def test_closed_connection_is_never_a_short_response(framing: str) -> None:
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


def test_response_in_many_chunks_is_complete() -> None:
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


def test_silent_server_runs_into_the_timeout() -> None:
    done = threading.Event()

    def silent(request: http.server.BaseHTTPRequestHandler) -> None:
        done.wait(10)

    with http_server(silent) as url, real_archive(url, timeout_seconds=0.01) as lore:
        with pytest.raises(LoreUnreachableError, match="did not respond in time"):
            lore.since("bpf", 0)
        done.set()


def test_refused_connection_is_reported() -> None:
    with http_server(lambda _: None) as url:
        pass
    with real_archive(url) as lore, pytest.raises(LoreUnreachableError, match="can't reach"):
        lore.since("bpf", 0)


def test_certificates_are_read_once_and_again_when_they_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "certificates.pem"
    shutil.copy(certifi.where(), file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    first = http_client._certificates()
    assert http_client._certificates() is first
    os.utime(file, ns=(0, 1))
    assert http_client._certificates() is not first
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    with pytest.raises(LoreUnreachableError, match="SSL_CERT_FILE"):
        archive(Server(mail()))


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:1/\x1b[31m", "http://[::1", "http://h:port"])
def test_a_malformed_proxy_is_reported(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with pytest.raises(LoreUnreachableError, match="invalid proxy"):
        real_archive("http://archive.invalid")
