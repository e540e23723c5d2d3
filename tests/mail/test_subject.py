"""Parsing subject lines as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.mail.subject import gist_words, is_not_for_merging, parse_subject, title_key, title_words


def words(text: str) -> list[str]:
    return text.split("|")


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
        ("[PATCH 1/5] [PATCH v3] net: free it", (1, 0, False), (1, 5), "net: free it"),
        ("[PATCH v2 4/5] [PATCH net 2/3] net: free it", (2, 0, True), (4, 5), "net: free it"),
        ("[PATCH][PATCH v3 1/2] net: free it", (3, 0, True), (1, 2), "net: free it"),
        ("[PATCH][next][V2] net: free it", (2, 0, True), None, "net: free it"),
        ("PATCH v2: net: free it", (2, 0, True), None, "net: free it"),
        ("[PATCH 30/3] net: free it", (1, 0, False), None, "net: free it"),  # a typo
        ("[PATCH 2024/05] net: free it", (1, 0, False), None, "net: free it"),
        ("[PATCH 1/0] net: free it", (1, 0, False), None, "net: free it"),
        ("[PATCH 9999/9999] net: free it", (1, 0, False), (9999, 9999), "net: free it"),
        ("[PATCH v999 1/10000] net: free it", (999, 0, True), None, "net: free it"),
        ("[PATCH v1000] net: free it", (1, 0, False), None, "net: free it"),
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


@pytest.mark.parametrize(
    ("prefix", "version", "number"),
    [
        ("[PATCH1/4]", 1, (1, 4)),
        ("[PATCH#1/4]", 1, (1, 4)),
        ("[PATCH-1/4]", 1, (1, 4)),
        ("[PATCH1of4]", 1, (1, 4)),
        ("[RFC1/3]", 1, (1, 3)),
        ("[RFCPATCH 1/3]", 1, (1, 3)),
        ("[PATCH 1/3v2]", 2, (1, 3)),
        ("[PATCH 1/3-v2]", 2, (1, 3)),
        ("[PATCHv2-1/3]", 2, (1, 3)),
        ("[PATCH v2.1/3]", 2, (1, 3)),
        ("[PATCH v2/3]", 1, (2, 3)),
        ("[PATCH 1 / 3, v2]", 2, (1, 3)),
        ("[PATCH 01\\03]", 1, (1, 3)),
        ("[PATCHSET v2 0/2]", 2, (0, 2)),
        ("[PATCH 1 out of 3]", 1, (1, 3)),
        ("[PATCH v2 net-next 02/15]", 2, (2, 15)),
        ("[PATCH net-next-v2 02/15]", 2, (2, 15)),
        ("[PATCH 5.10-v2 02/15]", 2, (2, 15)),
        ("[PATCH v2] 02/15:", 2, (2, 15)),
        ("[PATCH(v2) 02/15]", 2, (2, 15)),
        ("[PATCH{v2} (02/15)]", 2, (2, 15)),
        ("[PATCH] [v2] [02/15]", 2, (2, 15)),
    ],
)
def test_counters_without_blanks(prefix: str, version: int, number: tuple[int, int]) -> None:
    for closing in (" net: free it", ""):
        parts = parse_subject(prefix + closing)
        assert (parts.version, parts.counter, parts.expected) == (version, *number)
        assert parts.title == closing.strip()
        assert parts.patch or parts.rfc


@pytest.mark.parametrize(
    "word",
    words(
        "rev2|rev 2|rev. 2|revision 2|take 2|take2|take #2|take two|V 2|v 2|v. 2|v02|v#2|ver 2|"
        "ver.2|version 2|version two|"
        "2nd version|second take|v2nd|#2|-v2|(v2)|try 2|attempt 2|v2.|v2:|\u2013v2|- v2|-- version 2|v2-next"
    ),
)
def test_versions_in_words(word: str) -> None:
    for subject in (f"[PATCH {word} 1/2] net: free it", f"[PATCH, {word}] net: free it"):
        parts = parse_subject(subject)
        assert (parts.version, parts.minor, parts.stated_version, parts.patch) == (2, 0, True, True)
        assert parts.title == "net: free it"


@pytest.mark.parametrize(
    ("subject", "version", "number"),
    [
        ("[PATCHSET v29.4 01/13] frob: oil it", (29, 4), (1, 13)),
        ("[PATCH v10.6] frob: oil it", (10, 6), (None, None)),
        ("[PATCHSET v30.5 09/10] frob: oil it", (30, 5), (9, 10)),
        ("[PATCH v9.6] frob: oil it", (1, 0), (None, None)),
        ("[PATCH 10.6] frob: oil it", (1, 0), (None, None)),
    ],
)
def test_numbers_above_all_kernels_are_versions(
    subject: str, version: tuple[int, int], number: tuple[int | None, int | None]
) -> None:
    parts = parse_subject(subject)
    assert ((parts.version, parts.minor), (parts.counter, parts.expected)) == (version, number)


@pytest.mark.parametrize(
    "word",
    words(
        "5.10|v6.6|v6.1|5.10.y|v4.19.y|linux-6.6.y|for-6.9|for-v6|v6.1-v6.6|6.6/6.8|6.1/2|v4l|v4l2|net|retake 2|"
        "preview 2|part 2|v2.6.32|next-20240101|1/n"
    ),
)
def test_trees_and_other_words_are_no_version(word: str) -> None:
    parts = parse_subject(f"[PATCH {word}] net: free it")
    assert (parts.version, parts.stated_version, parts.counter, parts.title) == (1, False, None, "net: free it")
    assert parse_subject(f"[PATCH {word} v2 1/3] net: free it").version == 2


@pytest.mark.parametrize(
    "title",
    [
        "net: take 2 locks",
        "net: give one, take 2",
        "take two steps back",
        "net: support version 2",
        "net: rev 2 boards",
        "net: free it (v4l2)",
        "net: free it (version)",
        "net: free it (reverse 2)",
        "v2 controllers are free",
        "1/2 of the frobs are free",
        "cgroup: [v2] controllers",
        "net: [take 2] free it",
        "net: Re: free it",
        "res: free it",
    ],
)
def test_words_of_a_title_are_no_version(title: str) -> None:
    parts = parse_subject(f"[PATCH] {title}")
    assert (parts.version, parts.stated_version, parts.counter) == (1, False, None)
    assert (parts.title, parts.reply) == (title, False)


@pytest.mark.parametrize(
    ("remark", "version"),
    [
        ("(take two)", 2),
        ("(rev 2)", 2),
        ("[ver #19]", 19),
        ("(2nd version)", 2),
        ("(second try)", 2),
        ("- v3", 3),
        ("-- take 3", 3),
        ("\u2014 version 3", 3),
    ],
)
def test_version_behind_the_title(remark: str, version: int) -> None:
    parts = parse_subject(f"[PATCH] net: free it {remark}")
    assert (parts.version, parts.title) == (version, "net: free it")


def test_second_pull_request_is_not_a_second_version() -> None:
    parts = parse_subject("[GIT PULL] net: updates for v6.9 (take two)")
    assert (parts.pull, parts.version, parts.title) == (True, 1, "net: updates for v6.9 (take two)")


@pytest.mark.parametrize(
    ("subject", "place"),
    [
        ("[PATCH 2.5/3] x", (2, 500, 3)),
        ("[PATCH 2.25/3] x", (2, 250, 3)),
        ("[PATCH v6.1 RFC 02.1/12] x", (2, 100, 12)),
        ("[PATCH 2a/3] x", (2, 1, 3)),
        ("[PATCH 2b/3] x", (2, 2, 3)),
        ("[PATCH 2+/3] x", (2, 1, 3)),
        ("[PATCH 0.5/3] x", (0, 500, 3)),
        ("[PATCH 3/2] x", (2, 1000, 2)),
        ("[PATCH 5/3] x", (3, 2000, 3)),
        ("[PATCH 2.0/3] x", (2, 0, 3)),
    ],
)
def test_inserted_and_appended_patches_keep_their_place(subject: str, place: tuple[int, int, int]) -> None:
    parts = parse_subject(subject)
    assert (parts.counter, parts.inserted, parts.expected) == place
    assert (parts.version, parts.stated_version) == (1, False)


@pytest.mark.parametrize(
    "subject",
    [
        "[PATCH v2 1/2 net: free it",
        "[PATCH v2 1/2: net: free it",
        "[PATCH v2 1/2) net: free it",
        "[PATCH v2 1/2} net: free it",
        "PATCH v2 1/2] net: free it",
        "PATCH [v2 1/2] net: free it",
        "PATCH v2 1/2: net: free it",
        "{PATCH v2 1/2} net: free it",
        "(PATCH v2 1/2) net: free it",
        "[[PATCH v2 1/2]] net: free it",
        "[[PATCH v2 1/2] net: free it",
        "[PATCH v2 1/2]] net: free it",
        "[PATCH v2 1/2] ] net: free it",
        "[PATCH [v2] 1/2] net: free it",
        "[PATCH v2 [1/2]] net: free it",
        "[[PATCH] v2 [1/2]] net: free it",
        "[PATCH\tv2\t1/2]\tnet: free it",
        "\uff3bPATCH\u3000v2 1\uff0f2\uff3d net: free it",
        "\u3010PATCH v2 1/2\u3011net: free it",
        "[PATCH\u00a0v2 1\u22152] net: free it",
        "[dm-devel] [PATCH v2 1/2] net: free it",
        "[EXT] [PATCH v2 1/2] net: free it",
        "[External] : [PATCH v2 1/2] net: free it",
        "EXTERNAL: [PATCH v2 1/2] net: free it",
        "*** SPAM *** [PATCH v2 1/2] net: free it",
    ],
)
def test_brackets_as_people_and_gateways_type_them(subject: str) -> None:
    parts = parse_subject(subject)
    assert (parts.version, parts.counter, parts.expected, parts.patch) == (2, 1, 2, True)
    assert (parts.title, parts.reply) == ("net: free it", False)


@pytest.mark.parametrize(
    "subject",
    [
        "[EXT] Re: [PATCH v2] net: free it",
        "Re: [EXT] Re: [PATCH v2] net: free it",
        "(EXT) Re: (EXT) Re: [PATCH v2] net: free it",
        "***SPAM*** RE: [PATCH v2] net: free it",
        "[dm-devel] Re: [PATCH v2] net: free it",
        "[Re: PATCH v2] net: free it",
        "RES: [PATCH v2] net: free it",
        "\u56de\u4fe1\uff1a[PATCH v2] net: free it",
        "NAK: [PATCH v2] net: free it",
    ],
)
def test_reply_prefixes_behind_labels(subject: str) -> None:
    parts = parse_subject(subject)
    assert (parts.reply, parts.version, parts.title) == (True, 2, "net: free it")


@pytest.mark.parametrize("subject", ["Patch 1/3 breaks the frob", "Patch for the frob", "RFC: frob", "Next 2 of 3: x"])
def test_talk_about_patches_has_no_prefix(subject: str) -> None:
    parts = parse_subject(subject)
    assert (parts.title, parts.patch, parts.rfc) == (subject, False, False)


@pytest.mark.parametrize(
    "unit", ["[", "[]", "[[PATCH ", "PATCH-", "mm-", "v ", "re:", "[EXT] ", "1/2 ", "take ", "\u3010"]
)
def test_huge_subject_is_parsed_quickly(unit: str) -> None:
    parse_subject(unit * 100_000)
    parse_subject("[PATCH " + unit * 100_000 + "] x")


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


@pytest.mark.parametrize(
    "subject",
    [
        "[DO NOT APPLY PATCH v8 15/15] tools: frob: x",
        "[PATCH v2 2/2] [NOT-FOR-MERGE] just to try it",
        "[PATCH v2 2/2] frob: small-wheel: [DO NOT APPLY] Add the interrupt",
        "[PATCH v4 3/4] DO_NOT_MERGE arm64: dts: frob: x",
        "[PATCH DNM 2/2] frob: x",
        "[PATCH DON'T APPLY v2 3/7] frob: x",
        "[DO-NOT-MERGE][PATCH v4 3/3] frob: x",
        "[PATCH 7/7] [Not For Upstream] frob: x",
        "[PATCH 7/7] DONOTMERGE: frob: x",
        "[PATCH 3/6 not for merging] frob: x",
        "[RFC PATCH 4/4] WIP frob: x",
        "[PATCH 6/6] HACK: frob: x",
    ],
)
def test_patch_that_nobody_should_apply(subject: str) -> None:
    assert is_not_for_merging(parse_subject(subject))


@pytest.mark.parametrize(
    "subject",
    [
        "[PATCH 2/2] frob: do not merge requests of two queues",
        "[PATCH 2/2] Do not apply the quirk to frob",
        "[PATCH 2/2] frob: add a [debug] mode that is not for upstreaming of data",
        "[PATCH net-next 2/2] USB: hackrf: x",
        "[PATCH RESEND 2/2] NOTES: frob: x",
        "[PATCH] WIPE: frob: x",
    ],
)
def test_patch_that_is_to_be_applied(subject: str) -> None:
    assert not is_not_for_merging(parse_subject(subject))
