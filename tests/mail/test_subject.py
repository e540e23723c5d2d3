"""Parsing subject lines as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.mail.subject import gist_words, parse_subject, title_key, title_words


@pytest.mark.parametrize(
    ("subject", "version", "number", "title"),
    [
        ("[PATCH] net: free it", (1, 0, False), None, "net: free it"),
        ("[PATCH v2] net: free it", (2, 0, True), None, "net: free it"),
        ("[PATCH V4 0/3] net: free it", (4, 0, True), (0, 3), "net: free it"),
        ("[PATCHv2] net: free it", (2, 0, True), None, "net: free it"),
        ("[PATCH_v2] net: free it", (2, 0, True), None, "net: free it"),
        ("[PATCH-v3 1/2] net: free it", (3, 0, True), (1, 2), "net: free it"),
        ("[PATCH net-next,v2] net: free it", (2, 0, True), None, "net: free it"),
        ("[v2,PATCH] net: free it", (2, 0, True), None, "net: free it"),
        ("[v9 PATCH 9/9] net: free it", (9, 0, True), (9, 9), "net: free it"),
        ("[RFC v6 1/3] net: free it", (6, 0, True), (1, 3), "net: free it"),
        ("[PATCH v3,4/5] net: free it", (3, 0, True), (4, 5), "net: free it"),
        ("[PATCH 2/2 v3] net: free it", (3, 0, True), (2, 2), "net: free it"),
        ("[PATCH 5.10 01/20] net: free it", (1, 0, False), (1, 20), "net: free it"),
        ("[PATCH v3 2 of 5] net: free it", (3, 0, True), (2, 5), "net: free it"),
        ("[PATCH v2.1] net: free it", (2, 1, True), None, "net: free it"),
        ("[PATCH v5.1 10/12] net: free it", (5, 1, True), (10, 12), "net: free it"),
        ("[PATCH v6.12 1/2] net: free it", (1, 0, False), (1, 2), "net: free it"),
        ("[PATCH] net: free it (v2)", (2, 0, True), None, "net: free it"),
        ("[PATCH] net: free it [v2]", (2, 0, True), None, "net: free it"),
        ("[PATCH] net: free it (take 3)", (3, 0, True), None, "net: free it"),
        ("[PATCH v2] net: free it (v1)", (2, 0, True), None, "net: free it"),
        ("[rfc] net: free it (series v3)", (3, 0, True), None, "net: free it"),
        ("[next -v4 1/9] net: free it", (4, 0, True), (1, 9), "net: free it"),
        ("[PATCH -mm v2 1/3]net: free it", (2, 0, True), (1, 3), "net: free it"),
        ("[PATCH][next][V2] net: free it", (2, 0, True), None, "net: free it"),
        ("PATCH v2: net: free it", (2, 0, True), None, "net: free it"),
        ("[PATCH 5/3] net: free it", (1, 0, False), None, "net: free it"),
        ("[PATCH] cgroup: [v2] controllers", (1, 0, False), None, "cgroup: [v2] controllers"),
        ("free it, v2", (2, 0, True), None, "free it"),
        ("free it v3", (3, 0, True), None, "free it"),
        ("support cgroup v2", (1, 0, False), None, "support cgroup v2"),
        ("", (1, 0, False), None, ""),
    ],
)
def test_version_and_counter_are_kept_as_stated(
    subject: str, version: tuple[int, int, bool], number: tuple[int, int] | None, title: str
) -> None:
    parts = parse_subject(subject)
    assert (parts.version, parts.minor, parts.stated_version) == version
    assert ((parts.counter, parts.expected) if parts.counter is not None else None) == number
    assert parts.title == title


def test_version_after_the_title_of_one_patch_is_not_the_series_version() -> None:
    parts = parse_subject("[PATCH 5/7] net: free it (v4)")
    assert (parts.version, parts.title) == (1, "net: free it")
    assert parse_subject("[PATCH 1/1] net: free it (v4)").version == 4
    assert parse_subject("[PATCH 0/7] net: free it (v4)").version == 4


@pytest.mark.parametrize(
    ("subject", "flags"),
    [
        ("[PATCH] net: free it", {"patch"}),
        ("[patch 01/12] net: free it", {"patch"}),
        ("[PATHC] net: free it", {"patch"}),
        ("[PATCHSET v2 cgroup/for-6.10] net: free it", {"patch"}),
        ("[RFC] net: free it", {"rfc"}),
        ("[RFC/PATCH v2] net: free it", {"patch", "rfc"}),
        ("[RFC-PATCH] net: free it", {"patch", "rfc"}),
        ("[PATCH] [RFC PATCH] net: free it", {"patch", "rfc"}),
        ("[PATCH v2 RESEND 1/2] net: free it", {"patch", "resend"}),
        ("[RESEND][PATCH] net: free it", {"patch", "resend"}),
        ("[PATCHv2-RESEND] net: free it", {"patch", "resend"}),
        ("[GIT PULL] net: fixes", {"pull"}),
        ("[GIT PULL for v6.9] net: fixes", {"pull"}),
        ("[pull request] net: fixes", {"pull"}),
        ("Re: [PATCH] net: free it", {"patch", "reply"}),
        ("RE: Re: [PATCH] net: free it", {"patch", "reply"}),
        ("Re[2]: [PATCH] net: free it", {"patch", "reply"}),
        ("AW: [PATCH] net: free it", {"patch", "reply"}),
        ("SV: [PATCH] net: free it", {"patch", "reply"}),
        ("答复: [PATCH] net: free it", {"patch", "reply"}),
        ("回复\uff1a[PATCH] net: free it", {"patch", "reply"}),
        ("Fwd: [PATCH] net: free it", {"patch", "reply"}),
        ("[syzbot] [net?] WARNING in free_it", set()),
        ("[tip: sched/core] sched: free it", set()),
        ("Reply times of the frob driver", set()),
    ],
)
def test_flags_of_a_subject(subject: str, flags: set[str]) -> None:
    parts = parse_subject(subject)
    assert {name for name in ("patch", "rfc", "resend", "pull", "reply") if getattr(parts, name)} == flags


@pytest.mark.parametrize(
    ("subject", "prefixes"),
    [
        ("[PATCH net-next v2 3/4] x", ("net-next",)),
        ("[PATCH AUTOSEL 6.6 12/23] x", ("AUTOSEL", "6.6")),
        ("[PATCH-cgroup v2] x", ("cgroup",)),
        ("[PATCH][6.1][2/3] x", ("6.1",)),
        ("[PATCH 6.6/6.8] x", ("6.6/6.8",)),
        ("[PATCH v6.1-v6.6] x", ("v6.1-v6.6",)),
        ("[PATCH RESEND] x", ("RESEND",)),
    ],
)
def test_other_prefixes_are_kept_in_order(subject: str, prefixes: tuple[str, ...]) -> None:
    assert parse_subject(subject).prefixes == prefixes


def test_remark_in_brackets_after_the_prefix_is_part_of_the_title() -> None:
    parts = parse_subject("[PATCH] [please test this one] net: free it")
    assert parts.title == "[please test this one] net: free it"


@given(st.text(max_size=200))
def test_any_text_is_handled(text: str) -> None:
    parts = parse_subject(text)
    assert parts.version >= 0
    assert parts.counter is None or parts.expected is None or parts.counter <= parts.expected


@given(st.integers(1, 99), st.integers(0, 40), st.integers(0, 40))
def test_format_patch_subjects_are_parsed(version: int, counter: int, more: int) -> None:
    parts = parse_subject(f"[PATCH v{version} {counter}/{counter + more}] net: free it")
    assert (parts.version, parts.counter, parts.expected) == (version, counter, counter + more)


def test_title_key_ignores_case_spaces_and_closing_punctuation() -> None:
    assert title_key("Net:  Free `it`.") == title_key("net: free `it")
    assert title_key("net: free it") != title_key("net: free them")


def test_title_words_exclude_stop_words() -> None:
    assert title_words("net: fix the leak of a socket") == {"net", "leak", "socket"}
    assert title_words("net: Müller’s frob") == title_words("net: Muller's frob")


def test_gist_words_exclude_the_subsystem() -> None:
    assert gist_words("cgroup/cpuset: Remove stale text") == {"stale", "text"}
    assert gist_words("mm: memcg: count the pages twice") == {"count", "pages", "twice"}
    assert gist_words("fizz: fix") == {"fizz"}
    assert gist_words("trace: tcp:tcp_ca_event") == {"tcp", "tcp_ca_event"}
