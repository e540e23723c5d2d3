"""Feeds of an inbox."""

from __future__ import annotations

import gzip

import pytest

from patchwatch.errors import (
    InboxNotFoundError,
    LoreResponseError,
)
from patchwatch.sources.lore.atom import MAX_ENTRIES, parse_feed
from tests.sources.lore.fake_server import Server, absent, answer, archive

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
def test_feed_lists_new_messages(packed: bool) -> None:
    response = answer(200, gzip.compress(FEED), Content_Encoding="gzip") if packed else answer(200, FEED)
    server = Server(response)
    with archive(server) as lore:
        first, second = lore.new_in_feed("bpf")
    assert server.request_lines == ["GET http://main.test/bpf/new.atom"]
    assert (first.message_id, first.author, first.email) == ("a/b+1@example.org", "A. Author", "a@example.org")
    assert first.title == "[PATCH] say <b> &amp; “so”"
    assert first.updated is not None
    assert first.updated.isoformat() == "2024-01-02T03:04:05+00:00"
    assert (second.message_id, second.author, second.updated) == ("2@example.org", "b@example.org", None)


def test_feed_of_an_empty_inbox_is_empty() -> None:
    with archive(Server(answer(404, b"No feed found for thread\n"), answer(200, b"bpf"))) as lore:
        assert lore.new_in_feed("bpf") == ()


def test_feed_of_an_unknown_inbox_is_an_error() -> None:
    with archive(Server(absent())) as lore, pytest.raises(InboxNotFoundError):
        lore.new_in_feed("bfp")


@pytest.mark.parametrize(
    ("link", "updated"),
    [("http://[::/x@y/", "2024-01-02T03:04:05Z"), ("http://main.test/bpf/x@y/", "9999-12-31T24:00:00Z")],
)
def test_malformed_links_and_dates_are_handled(link: str, updated: str) -> None:
    feed = FEED.replace(b"http://main.test/bpf/2@example.org/", link.encode()).replace(b"never", updated.encode())
    assert [entry.updated for entry in parse_feed(feed)[1:]] in ([], [None])


@pytest.mark.parametrize("content", [b"", b"<html><body>prove you are human</body></html>", b"/etc/passwd", b"\0\xff"])
def test_web_page_is_not_a_feed(content: bytes) -> None:
    with pytest.raises(LoreResponseError):
        parse_feed(content)
    with (
        archive(Server(answer(200, content))) as lore,
        pytest.raises(LoreResponseError, match=r"main\.test/bpf/new\.atom"),
    ):
        lore.new_in_feed("bpf")


def test_oversized_feed_is_rejected() -> None:
    bomb = gzip.compress(FEED + bytes(17 * 1024 * 1024))
    for response in (answer(200, bomb, Content_Encoding="gzip"), answer(200, FEED + bytes(17 * 1024 * 1024))):
        with archive(Server(response)) as lore, pytest.raises(LoreResponseError, match="more than 16 MB"):
            lore.new_in_feed("bpf")


def test_feed_stops_after_enough_entries() -> None:
    entry = FEED[FEED.index(b"<entry>") : FEED.index(b"</entry>") + 8]
    feed = FEED.replace(entry, entry * 5000)
    assert len(parse_feed(feed)) == MAX_ENTRIES


def test_a_link_with_nul_names_no_message() -> None:
    assert b"/2@example.org/" in FEED
    odd = FEED.replace(b"/2@example.org/", b"/%002@example.org/")
    assert [entry.message_id for entry in parse_feed(odd)] == ["a/b+1@example.org"]


@pytest.mark.parametrize("declared", ["us-ascii", "utf-8", "x-does-not-exist"])
@pytest.mark.parametrize("odd", [b"\xfc", b"\0\x0b", b"&#65535;", b"&#xd800;", b"&#" + b"9" * 5000 + b";"])
def test_odd_characters_in_a_subject_leave_the_feed_readable(declared: str, odd: bytes) -> None:
    feed = FEED.replace(b"us-ascii", declared.encode()).replace(b">two<", b">t" + odd + b"wo<")
    assert [entry.message_id for entry in parse_feed(feed)] == ["a/b+1@example.org", "2@example.org"]


def test_long_subject_is_cut() -> None:
    (_, second) = parse_feed(FEED.replace(b">two<", b">" + b"two " * 100_000 + b"<"))
    assert len(second.title) == 1000


@pytest.mark.parametrize(
    "begin", [b"<!DOCTYPE feed [<!ENTITY two 'x'>]><feed", b"<!DOCTYPE feed SYSTEM 'file:///etc/passwd'><feed"]
)
def test_feed_cannot_define_entities(begin: bytes) -> None:
    with pytest.raises(LoreResponseError, match="document type"):
        parse_feed(FEED.replace(b"<feed", begin, 1))
