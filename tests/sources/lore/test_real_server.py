"""The archive's client with a real public-inbox: its responses and its search."""

from __future__ import annotations

import itertools
import urllib.request
from collections.abc import Iterator
from datetime import date
from email.utils import formatdate

import pytest

from patchwatch.config import Lore
from patchwatch.errors import InboxNotFoundError, LoreResponseError, LoreUnreachableError, MessageNotFoundError
from patchwatch.sources.lore.client import Archive
from patchwatch.sources.lore.query import by_people
from patchwatch.sources.lore.urls import message_url
from tests.support.lore_server import LoreServer

pytestmark = pytest.mark.lore

ARRIVED = 1_704_204_245  # 2024-01-02 14:04:05 UTC
JANUARY = (date(2024, 1, 1), date(2024, 1, 31))


def mail(
    name: str,
    subject: str | None = None,
    sender: str = "A. Author <a@example.org>",
    *,
    date: str = "Tue, 2 Jan 2024 12:00:00 +0000",
    parent: str | None = None,
    body: str = "Hello.\n",
) -> bytes:
    """A mail that arrived at ARRIVED, with the message-id NAME@example.org; `parent` is the name of another mail."""
    headers = [
        "Received: from there by here; Tue, 2 Jan 2024 14:04:05 +0000",
        f"From: {sender}",
        "To: list@example.org",
        f"Subject: {subject or f'about {name}'}",  # public-inbox joins mails of one subject to a thread
        f"Date: {date}",
        f"Message-ID: <{name}@example.org>",
    ]
    if parent:
        headers.append(f"In-Reply-To: <{parent}@example.org>")
    return ("\n".join([*headers, "", body])).encode()


@pytest.fixture(scope="module")
def lore(lore_server: LoreServer) -> Iterator[Archive]:
    with Archive(Lore(url=lore_server.url), sleep=lambda _: None) as archive:
        yield archive


def found(archive: Archive, inbox: str, *queries: str) -> set[str]:
    """The names of the mails that the queries find."""
    names = set()
    for query in queries:
        with archive.search(inbox, query) as answer:
            for raw in answer.mails():
                names.add(raw.partition(b"Message-ID: <")[2].partition(b"@example.org>")[0].decode())
    return names


# --- responses


def test_mail_comes_back_byte_for_byte(lore: Archive, lore_server: LoreServer) -> None:
    posted = [
        mail("quoted", body="From the start\n>From quoted\n\nFrom mboxrd@z Thu Jan  1 00:00:00 1970\n"),
        mail("crlf").replace(b"\n", b"\r\n"),
        mail("unended", body="no newline at the end"),
        mail("ended", body="many at the end\n\n\n"),
        mail("empty", body=""),
        mail("latin").replace(b"Hello", b"H\xe9llo"),
    ]
    lore_server.deliver("bytes", *posted)
    with lore.since("bytes", 0) as answer:
        assert sorted(answer.mails()) == sorted(posted)


def test_thread_is_fetched_from_any_of_its_messages(lore: Archive, lore_server: LoreServer) -> None:
    posted = [mail("root"), mail("reply", parent="root"), mail("other")]
    lore_server.deliver("threads", *posted)
    for name in ("root", "reply"):
        with lore.thread(f"{name}@example.org", "threads") as thread:
            assert sorted(thread.mails()) == sorted(posted[:2])
            assert (thread.inbox, thread.from_mirror) == ("threads", False)


def test_thread_includes_mail_with_the_same_subject(lore: Archive, lore_server: LoreServer) -> None:
    posted = [mail("once", "[PATCH] fix it"), mail("again", "[PATCH] fix it", "B. Bystander <b@example.org>")]
    lore_server.deliver("namesakes", *posted)
    with lore.thread("once@example.org", "namesakes") as thread:
        assert sorted(thread.mails()) == sorted(posted)


def test_thread_in_another_inbox_is_found_in_all(lore: Archive, lore_server: LoreServer) -> None:
    lore_server.create("elsewhere")
    lore_server.deliver("here", mail("only-here"))
    for inbox in ("elsewhere", "no-such-inbox", None):
        with lore.thread("only-here@example.org", inbox) as thread:
            assert thread.inbox == "all"


def test_message_ids_with_special_characters(lore: Archive, lore_server: LoreServer) -> None:
    names = ["a/b", "a+b=c$d~e", "100%2F", "what?#", "a&b;c", "x'(y)!*", "a//b/"]
    lore_server.deliver("odd", *(mail(name, f"number {number}") for number, name in enumerate(names)))
    assert {entry.message_id for entry in lore.new_in_feed("odd")} == {f"{name}@example.org" for name in names}
    for name in names:
        message_id = f"{name}@example.org"
        with lore.thread(message_id, "odd") as thread:
            (found,) = thread.mails()
        assert f"<{message_id}>".encode() in found
        with urllib.request.urlopen(message_url(lore_server.url, "odd", message_id)) as page:
            assert page.status == 200


def test_missing_message_is_an_error(lore: Archive, lore_server: LoreServer) -> None:
    lore_server.create("empty")
    for inbox in ("empty", "no-such-inbox", None):
        with pytest.raises(MessageNotFoundError, match="<missing@example"):
            lore.thread("missing@example.org", inbox)


def test_no_results_and_empty_inboxes_are_empty_responses(lore: Archive, lore_server: LoreServer) -> None:
    lore_server.create("empty")
    lore_server.deliver("quiet", mail("quiet"))
    assert lore.since("empty", 0).size == 0
    assert lore.since("quiet", ARRIVED + 1).size == 0
    assert lore.new_in_feed("empty") == ()


def test_missing_inbox_is_an_error(lore: Archive) -> None:
    with pytest.raises(InboxNotFoundError):
        lore.since("no-such-inbox", 0)
    with pytest.raises(InboxNotFoundError):
        lore.new_in_feed("no-such-inbox")


def test_feed_lists_new_mail(lore: Archive, lore_server: LoreServer) -> None:
    lore_server.deliver("feed", mail("new", "[PATCH] ding & <dong>"))
    (entry,) = lore.new_in_feed("feed")
    assert (entry.message_id, entry.title) == ("new@example.org", "[PATCH] ding & <dong>")
    assert (entry.author, entry.email) == ("A. Author", "a@example.org")
    assert entry.updated is not None
    assert entry.updated.timestamp() == ARRIVED


def test_a_span_of_time_has_both_of_its_ends(lore: Archive, lore_server: LoreServer) -> None:
    times = {name: ARRIVED + seconds for name, seconds in (("first", 0), ("second", 1), ("third", 86_400))}
    posted = {
        name: mail(name).replace(b"Tue, 2 Jan 2024 14:04:05 +0000", formatdate(at).encode())
        for name, at in times.items()
    }
    lore_server.deliver("spans", *posted.values())
    for begin, end in itertools.product((ARRIVED - 1, *times.values()), (*times.values(), ARRIVED + 90_000)):
        with lore.between("spans", begin, end) as answer:
            assert sorted(answer.mails()) == sorted(posted[n] for n, at in times.items() if begin <= at <= end)


def test_archive_recovers_after_an_outage(lore_server: LoreServer) -> None:
    lore_server.deliver("outage", mail("before"))
    with Archive(Lore(url=lore_server.url), sleep=lambda _: None) as archive:
        assert found(archive, "outage", "rt:0000000000..") == {"before"}
        lore_server.stop()
        try:
            with pytest.raises(LoreUnreachableError):
                archive.since("outage", 0)
            lore_server.deliver("outage", mail("meanwhile"))
        finally:
            lore_server.start()
        assert found(archive, "outage", "rt:0000000000..") == {"before", "meanwhile"}


# --- search: the behavior that patchwatch.sources.lore.query relies on


@pytest.fixture(scope="module", params=["medium", "full"])
def indexed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive with a few mails in `list`, at each index level; skipped like `lore_server`."""
    if reason := LoreServer.missing():
        pytest.skip(reason)
    server = LoreServer(tmp_path_factory.mktemp(request.param), index_level=request.param)
    server.start()
    try:
        server.deliver(
            "list",
            mail("event", "[PATCH v2] tcp:tcp_ca_event: don't trace für C++, R&D or v6.1"),
            mail("either", "[PATCH] this OR that d:20200101.. thing", "Lei <lei@example.org>"),
            mail("xiao", "hello", "Xiao Lei <xiao-lei@example.org>"),
            mail("brien", "hello", "O'Brien <o'brien+x@1.2.example.org>"),
            mail("first", "late", date="Mon, 1 Jan 2024 00:30:00 +0100"),
            mail("eve", "new year's eve", date="Sun, 31 Dec 2023 23:30:00 -0100"),
        )
        with Archive(Lore(url=server.url), sleep=lambda _: None) as archive:
            yield archive
    finally:
        server.close()


def test_new_mail_is_found_by_time_of_arrival(indexed: Archive) -> None:
    sizes = {}
    for seconds in (ARRIVED, ARRIVED + 1, 0, 1, 9999, -5):
        with indexed.since("list", seconds) as answer:
            sizes[seconds] = answer.size
    assert sizes.pop(ARRIVED + 1) == 0
    assert set(sizes.values()) == {sizes[ARRIVED]} != {0}


def test_people_with_similar_addresses_are_found_too(indexed: Archive) -> None:
    assert found(indexed, "list", *by_people(["lei@example.org"], *JANUARY)) == {"either", "xiao"}
    assert found(indexed, "list", *by_people(["XIAO-lei@example.org"], *JANUARY)) == {"xiao"}
    both = by_people(["xiao-lei@example.org", "o'brien+x@1.2.example.org"], *JANUARY)
    assert found(indexed, "list", *both) == {"xiao", "brien"}
    assert found(indexed, "all", *both) == {"xiao", "brien"}
    assert found(indexed, "list", *by_people(["nobody@example.org"], *JANUARY)) == set()


def test_many_people_take_few_requests(indexed: Archive) -> None:
    crowd = [f"person.number.{number}@example.org" for number in range(300)]
    queries = by_people([*crowd, "xiao-lei@example.org"], *JANUARY)
    assert 1 < len(queries) < 10
    assert found(indexed, "list", *queries) == {"xiao"}


def test_dates_are_utc_and_inclusive(indexed: Archive) -> None:
    author = ["a@example.org"]
    assert found(indexed, "list", *by_people(author, date(2024, 1, 1), date(2024, 1, 1))) == {"eve"}
    assert found(indexed, "list", *by_people(author, date(2023, 12, 31), date(2023, 12, 31))) == {"first"}
    assert found(indexed, "list", *by_people(author, date(2023, 12, 31), date(2024, 1, 1))) == {"eve", "first"}


def test_operators_in_an_address_are_words(indexed: Archive) -> None:
    for hostile in ('x" OR f:"lei', "“ OR f:lei", "d:20200101..", "a..z", "rt:0..", '"', "lei*", "NOT lei", "\0(("):
        assert found(indexed, "list", *by_people([hostile], *JANUARY)) <= {"either", "xiao"}


def test_addresses_match_quoted_or_not_at_every_level(indexed: Archive) -> None:
    for query in ('f:"xiao-lei@example.org"', "f:xiao-lei@example.org", "(f:xiao-lei@example.org OR f:x@y)"):
        assert found(indexed, "list", query) == {"xiao"}


def test_invalid_query_is_status_500(indexed: Archive) -> None:
    with pytest.raises(LoreResponseError) as caught:
        indexed.search("list", "OR")
    assert caught.value.status == 500


def test_fewer_than_five_digits_are_not_seconds(indexed: Archive) -> None:
    assert found(indexed, "list", "rt:1..") == set()
    assert found(indexed, "list", "rt:00001..") != set()
