"""Parsing links and message-ids that people paste."""

from __future__ import annotations

import subprocess
import sys
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.sources.lore.urls import (
    MessageAddress,
    find_addresses,
    is_inbox_name,
    message_path,
    message_url,
    parse_inbox,
    parse_target,
)
from tests.support.paths import CORPUS

REPORT = CORPUS / "report.md"
MID = "20240102.30405-1-a@example.org"
IN_BPF = MessageAddress(MID, "bpf")
ANYWHERE = MessageAddress(MID, None)
PRIVATE = ("127.0.0.1:8090",)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (f"https://lore.kernel.org/bpf/{MID}/", IN_BPF),
        (f"https://lore.kernel.org/bpf/{MID}", IN_BPF),
        (f"http://lore.kernel.org/bpf/{MID}/", IN_BPF),
        (f"https://LORE.kernel.org:443/bpf/{MID}/", IN_BPF),
        (f"https://lore.kernel.org/bpf/{MID}/T/", IN_BPF),
        (f"https://lore.kernel.org/bpf/{MID}/T", IN_BPF),
        (f"https://lore.kernel.org/bpf/{MID}/T/#t", IN_BPF),
        (f"https://lore.kernel.org/bpf/{MID}/T/#u", IN_BPF),
        (f"https://lore.kernel.org/bpf/{MID}/T/#m0123456789abcdef0123456789abcdef01234567", IN_BPF),
        (f"https://lore.kernel.org/bpf/{MID}/t/", IN_BPF),
        (f"https://lore.kernel.org/bpf/{MID}/t.mbox.gz", IN_BPF),
        (f"https://lore.kernel.org/bpf/{MID}/t.atom", IN_BPF),
        (f"https://lore.kernel.org/bpf/{MID}/raw", IN_BPF),
        (f"https://lore.kernel.org/bpf/{MID}/2-fix.patch", IN_BPF),
        (f"https://lore.kernel.org/bpf/{MID}/#r", IN_BPF),
        (f"https://lore.kernel.org/bpf/{MID}/#related", IN_BPF),
        (f"https://lore.kernel.org/bpf/{MID}/?x=y", IN_BPF),
        (f"https://lore.kernel.org/bpf/{MID.replace('@', '%40')}/", IN_BPF),
        (f"https://lore.kernel.org/r/{MID}", ANYWHERE),
        (f"https://lore.kernel.org/r/{MID}/", ANYWHERE),
        (f"https://lore.kernel.org/all/{MID}/", ANYWHERE),
        (f"https://lkml.kernel.org/r/{MID}", ANYWHERE),
        (f"https://lkml.kernel.org/r/<{MID}>", None),
        (f"https://lkml.kernel.org/r/%3C{MID}%3E", ANYWHERE),
        (f"https://patch.msgid.link/{MID}", ANYWHERE),
        (f"https://patch.msgid.link/{MID}/", ANYWHERE),
        (f"lore.kernel.org/bpf/{MID}/", IN_BPF),
        ("https://lore.kernel.org/all/a%2Fb@example.org/", MessageAddress("a/b@example.org", None)),
        ("https://lore.kernel.org/all/a/b@example.org/T/", MessageAddress("a/b@example.org", None)),
        ("https://lore.kernel.org/r/a%2Bb+c=$d~e@example.org/", MessageAddress("a+b+c=$d~e@example.org", None)),
        ("https://lore.kernel.org/r/100%25@example.org/", MessageAddress("100%@example.org", None)),
        # No messages:
        ("https://lore.kernel.org/", None),
        ("https://lore.kernel.org/bpf", None),
        ("https://lore.kernel.org/bpf/", None),
        ("https://lore.kernel.org/bpf/?q=f:a@example.org", None),
        ("https://lore.kernel.org/bpf/new.atom", None),
        ("https://lore.kernel.org/bpf/_/text/help/", None),
        ("https://lore.kernel.org/bpf/0", None),
        ("https://lore.kernel.org/bpf/1a2b3c4d/s/", None),
        ("https://lore.kernel.org/bpf/%20@example.org/", None),
        (f"https://example.org/bpf/{MID}/", None),
        (f"https://lore.kernel.org.example.org/bpf/{MID}/", None),
        (f"https://lore.kernel.org:8443/bpf/{MID}/", None),
        (f"https://web.archive.org/web/2024/https://lore.kernel.org/bpf/{MID}/", None),
        (f"https://example.org/?to=https://lore.kernel.org/bpf/{MID}/", None),
        (f"https://lore.kernel.org:notaport/bpf/{MID}/", None),
        (f"http://127.0.0.1:8090/bpf/{MID}/", None),
    ],
)
def test_link_to_a_message_is_parsed(url: str, address: MessageAddress | None) -> None:
    assert parse_target(url) == address
    if "<" not in url:
        assert find_addresses(f"see {url} there") == ([address] if address else [])


@pytest.mark.parametrize(
    "text",
    [
        "[the fix]({url})",
        "[[PATCH bpf v4 0/2] the (whole) fix]({url})",
        "[[PATCH 1/2]({url})](https://example.org/)",
        '[the fix]({url} "title (of it)")',
        "<{url}>",
        "See {url}.",
        "See {url}, please",
        "(see {url})",
        "(see {url}).",
        "Is it {url}?",
        "Link: {url}",
        "*{url}* and _{url}_",
        "`{url}`",
        '<a href="{url}">the fix</a>',
        "<a href='{url}'>the fix</a>",
        "&lt;{url}&gt;",
        "&lt;a href=&quot;{url}&quot;&gt;",
        "中文{url},中文",
        "中文({url}),中文。",
        "| {url} | table |",
        "{url}\n{url}",
        "{url},{url};{url}",
        "[1]{url}[2]{url}",
        "({url}),({url})",
    ],
)
@pytest.mark.parametrize("suffix", ["/", "", "/T/#t"])
def test_links_are_found_in_markdown_html_and_prose(text: str, suffix: str) -> None:
    url = f"https://lore.kernel.org/bpf/{MID}{suffix}"
    assert find_addresses(text.format(url=url)) == [IN_BPF]


def test_html_entities_in_a_link_are_decoded() -> None:
    html = (
        f'<a href="https://lore.kernel.org/bpf/a&amp;b@example.org/?x=t&amp;y=1">x</a> https://lore.kernel.org/r/{MID}'
    )
    assert find_addresses(html) == [MessageAddress("a&b@example.org", "bpf"), ANYWHERE]


def test_balanced_parentheses_are_part_of_a_link() -> None:
    assert find_addresses("(https://lore.kernel.org/r/a(1)@example.org)") == [MessageAddress("a(1)@example.org", None)]


def test_links_keep_their_order_without_duplicates() -> None:
    text = (
        f"https://lore.kernel.org/r/{MID} https://lore.kernel.org/netdev/2@example.org/"
        f" https://lore.kernel.org/bpf/{MID}/ https://lore.kernel.org/linux-mm/{MID}/"
    )
    assert find_addresses(text) == [IN_BPF, MessageAddress("2@example.org", "netdev")]


def test_links_to_the_configured_archive_are_found() -> None:
    text = f"http://127.0.0.1:8090/bpf/{MID}/T/ and https://lore.kernel.org/r/2@example.org"
    assert find_addresses(text, PRIVATE) == [IN_BPF, MessageAddress("2@example.org", None)]
    assert parse_target(f"127.0.0.1:8090/bpf/{MID}/", PRIVATE) == IN_BPF
    assert parse_target(f"http://127.0.0.1:8091/bpf/{MID}/", PRIVATE) is None


def test_archive_may_be_a_base_url_with_a_path() -> None:
    hosts = ("https://user:secret@example.org/lore/", "http://localhost:80")
    assert parse_target(f"https://example.org/lore/bpf/{MID}/", hosts) == IN_BPF
    assert parse_target(f"https://example.org/bpf/{MID}/", hosts) is None
    assert parse_target(f"http://localhost/bpf/{MID}/", hosts) == IN_BPF


@pytest.mark.parametrize(
    "text",
    [
        MID,
        f"<{MID}>",
        f"  {MID}\n",
        f"id:{MID}",
        f"mid:{MID}",
        f"Message-ID: <{MID}>",
        f"Message-Id: {MID}",
        MID.replace("@", "%40"),
    ],
)
def test_bare_message_id_is_a_target(text: str) -> None:
    assert parse_target(text) == ANYWHERE


@pytest.mark.parametrize("text", ["", "7", "report.md", "-", "two words@example.org", f"{MID} {MID}", "@", "a@", "@b"])
def test_other_text_is_not_a_target(text: str) -> None:
    assert parse_target(text) is None


def test_two_links_are_not_a_target() -> None:
    assert parse_target("https://lore.kernel.org/r/1@example.org,https://lore.kernel.org/r/2@example.org") is None


@pytest.mark.parametrize(
    ("text", "inbox"),
    [
        ("bpf", "bpf"),
        ("linux-trace-kernel", "linux-trace-kernel"),
        ("https://lore.kernel.org/bpf/", "bpf"),
        ("https://lore.kernel.org/bpf", "bpf"),
        ("https://lore.kernel.org/bpf/?q=s:fix", "bpf"),
        ("https://lore.kernel.org/bpf/new.atom", "bpf"),
        ("http://127.0.0.1:8090/bpf/", "bpf"),
        (f"https://lore.kernel.org/bpf/{MID}/", None),
        ("https://lore.kernel.org/", None),
        ("https://lore.kernel.org/all/", None),
        ("https://example.org/bpf/", None),
        ("../etc", None),
        ("", None),
    ],
)
def test_inbox_is_parsed_from_link_or_name(text: str, inbox: str | None) -> None:
    assert parse_inbox(text, PRIVATE) == inbox


@pytest.mark.parametrize(
    ("name", "valid"), [("bpf", True), ("a.b_c-d", True), ("a/b", False), ("", False), ("..", False)]
)
def test_inbox_names(name: str, valid: bool) -> None:
    assert is_inbox_name(name) is valid


def test_message_url_depends_on_the_archive() -> None:
    assert message_url("https://lore.kernel.org", None, MID) == f"https://lore.kernel.org/r/{MID}/"
    assert message_url("https://lore.kernel.org/", "bpf", MID) == f"https://lore.kernel.org/bpf/{MID}/"
    assert message_url("http://127.0.0.1:8090", None, MID) == f"http://127.0.0.1:8090/all/{MID}/"


def test_special_characters_in_a_path_are_encoded() -> None:
    assert message_path("bpf", "a/b?c#d%2F+e=f@example.org") == "/bpf/a%2Fb%3Fc%23d%252F+e=f@example.org/"


@given(st.from_regex(r"[^\s<>\x00-\x1f\x7f\ufffd\ud800-\udfff]{1,30}@[a-z.]{1,10}", fullmatch=True))
def test_message_url_round_trips(message_id: str) -> None:
    url = message_url("https://lore.kernel.org", "bpf", message_id)
    assert parse_target(url) == MessageAddress(message_id, "bpf")
    assert unquote(urlsplit(url).path.split("/")[2]) == message_id


@given(st.text())
def test_any_text_is_handled(text: str) -> None:
    for pasted in (text, f"https://lore.kernel.org/{text}", f"[{text}](https://lore.kernel.org/bpf/{text}"):
        find_addresses(pasted, PRIVATE)
        parse_target(pasted, PRIVATE)
        parse_inbox(pasted, PRIVATE)


@pytest.mark.corpus
@pytest.mark.skipif(not REPORT.exists(), reason="needs ../shared/corpus/report.md")
def test_weekly_report_names_three_threads() -> None:
    assert find_addresses(REPORT.read_text(encoding="utf-8")) == [
        MessageAddress("60474508-419e-2070-2cfc-35196cb74964@manjusaka.me", "linux-trace-kernel"),
        MessageAddress("20230725185733.43929-1-ryncsn@gmail.com", "linux-mm"),
        MessageAddress("20230730114951.74067-1-hffilwlqm@gmail.com", "bpf"),
    ]


def test_urls_import_no_network_library() -> None:
    program = (
        "import sys; import patchwatch.sources.lore.urls, patchwatch.sources.lore.query;"
        "sys.exit(bool({'httpx', 'feedparser'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
