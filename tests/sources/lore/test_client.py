"""The archive: requests, their results, and mirrors."""

from __future__ import annotations

import gzip

import httpx
import pytest

from patchwatch.errors import (
    InboxNotFoundError,
    LoreResponseError,
    LoreUnreachableError,
    MessageNotFoundError,
)
from tests.sources.lore.fake_server import (
    DOWN,
    HI,
    HO,
    MAIN,
    MBOX,
    MIRROR,
    NOON,
    Server,
    Time,
    absent,
    answer,
    archive,
    by_host,
    mail,
    nothing,
)


def test_thread_comes_from_the_inbox() -> None:
    server = Server(mail())
    with archive(server) as lore, lore.thread("a/b@example.org", "bpf") as thread:
        assert list(thread.mails()) == [HI, HO]
        assert (thread.inbox, thread.base, thread.from_mirror, thread.size) == ("bpf", MAIN, False, len(MBOX))
    assert server.request_lines == ["GET http://main.test/bpf/a%2Fb@example.org/t.mbox.gz"]


def test_thread_missing_in_the_inbox_is_fetched_from_all() -> None:
    server = Server(absent(), mail())
    with archive(server) as lore, lore.thread("hi@example.org", "bpf") as thread:
        assert thread.inbox == "all"
    assert server.request_lines[1] == "GET http://main.test/all/hi@example.org/t.mbox.gz"


@pytest.mark.parametrize("inbox", [None, "all", "", "../bpf"])
def test_thread_without_valid_inbox_is_fetched_from_all(inbox: str | None) -> None:
    server = Server(mail())
    with archive(server) as lore, lore.thread("hi@example.org", inbox) as thread:
        assert thread.inbox == "all"
    assert server.request_lines == ["GET http://main.test/all/hi@example.org/t.mbox.gz"]


def test_unknown_message_is_an_error() -> None:
    with archive(Server(absent())) as lore, pytest.raises(MessageNotFoundError) as caught:
        lore.thread("hi@example.org", "bpf")
    for part in ("<hi@example.org>", "/bpf/", "/all/", MAIN, "Check the message-id"):
        assert part in str(caught.value)


def test_new_mail_takes_one_request() -> None:
    server = Server(mail())
    with archive(server) as lore, lore.since("bpf", NOON) as found:
        assert list(found.mails()) == [HI, HO]
    assert server.request_lines == [f"POST http://main.test/bpf/?q=rt%3A{NOON}..&x=m"]
    assert server.requests[0].content == b""  # public-inbox reads "x=…" there as "and their threads"


def test_query_cannot_add_parameters() -> None:
    server = Server(nothing())
    with archive(server) as lore:
        lore.search("bpf", 's:"a&t=1;x=A#+é"').close()
    assert server.request_lines == ["POST http://main.test/bpf/?q=s%3A%22a%26t%3D1%3Bx%3DA%23%2B%C3%A9%22&x=m"]


def test_search_without_results_is_empty() -> None:
    server = Server(nothing())
    with archive(server) as lore, lore.search("bpf", "s:x") as found:
        assert list(found.mails()) == []
        assert (found.inbox, found.size, found.requested_at) == ("bpf", 0, NOON)
    assert len(server.requests) == 1


def test_unknown_inbox_is_an_error() -> None:
    server = Server(absent())
    with archive(server) as lore, pytest.raises(InboxNotFoundError, match=r"main\.test has no inbox named 'bfp'"):
        lore.search("bfp", "s:x")
    assert server.request_lines[1] == "GET http://main.test/bfp/description"


def test_404_with_other_text_is_a_failure_and_not_an_empty_result() -> None:
    server = Server(answer(404, b"File not found"), answer(200, b"the bpf list"))
    with archive(server) as lore, pytest.raises(LoreResponseError, match="404, but not as public-inbox does"):
        lore.search("bpf", "s:x")


def test_invalid_inbox_name_sends_no_request() -> None:
    server = Server(mail())
    with archive(server) as lore:
        for name in ("../bpf", "bpf/?q=x", ""):
            with pytest.raises(InboxNotFoundError):
                lore.search(name, "s:x")
            with pytest.raises(InboxNotFoundError):
                lore.new_in_feed(name)
    assert server.requests == []


def test_request_time_is_by_the_servers_clock() -> None:
    with archive(Server(mail())) as lore, lore.since("bpf", 0) as found:
        assert found.requested_at == NOON


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Foo 2024 00:00:00 GMT"])
def test_request_time_without_date_header_is_local(date: str) -> None:
    time = Time()
    began = int(time.clock())

    def slow(request: httpx.Request) -> httpx.Response:
        time.now += 60
        return answer(200, gzip.compress(MBOX), Date=date)

    with archive(slow, time) as lore, lore.since("bpf", 0) as found:
        assert found.requested_at == began


def test_failed_server_gets_one_try_per_list() -> None:
    server = Server(httpx.ConnectError("down"))
    with archive(server) as lore:
        for inbox in ("bpf", "netdev", "linux-mm"):
            with pytest.raises(LoreUnreachableError):
                lore.since(inbox, 0)
        assert len(server.requests) == 2 + 1 + 1
        server.answers = [mail(), answer(503)]
        lore.since("bpf", 0).close()
        with pytest.raises(LoreResponseError):
            lore.since("bpf", 0)
        assert len(server.requests) == 4 + 1 + 4


@pytest.mark.parametrize("failure", [DOWN, answer(503), answer(502)])
def test_mirror_is_used_if_the_main_server_fails(failure: httpx.Response | Exception) -> None:
    server = by_host(main=failure, mirror=mail())
    with archive(server, mirrors=(MIRROR,)) as lore, lore.since("bpf", 0) as found:
        assert (found.base, found.from_mirror) == (MIRROR, True)
    assert server.request_lines[-1] == "POST http://mirror.test/lore/bpf/?q=rt%3A0000000000..&x=m"


def test_404_of_the_main_server_is_final() -> None:
    server = by_host(main=lambda _: nothing(), mirror=mail())
    with archive(server, mirrors=(MIRROR,)) as lore, lore.since("bpf", 0) as found:
        assert (found.size, found.from_mirror) == (0, False)


def test_404_of_a_mirror_proves_nothing() -> None:
    server = by_host(main=DOWN, mirror=lambda _: absent())
    with archive(server, mirrors=(MIRROR,)) as lore:
        with pytest.raises(LoreUnreachableError, match=r"main\.test"):
            lore.thread("hi@example.org", "bpf")
        with pytest.raises(LoreUnreachableError, match=r"main\.test"):
            lore.since("bpf", 0)


def test_failure_of_the_main_server_is_reported_if_all_fail() -> None:
    server = by_host(main=DOWN, mirror=answer(403))
    with archive(server, mirrors=(MIRROR,)) as lore, pytest.raises(LoreUnreachableError, match=r"main\.test"):
        lore.since("bpf", 0)


def test_hanging_main_server_leaves_time_for_mirrors() -> None:
    time = Time()

    def hang(request: httpx.Request) -> httpx.Response:
        time.now += request.extensions["timeout"]["read"]
        raise httpx.ReadTimeout("late")

    with archive(by_host(main=hang, mirror=mail()), time, mirrors=(MIRROR,), deadline_seconds=60.0) as lore:
        lore.since("bpf", 0).close()


def test_password_in_the_url_is_not_shown() -> None:
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
