"""Message-ids as mail programs write them, in Message-ID, In-Reply-To and References."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.mail import headers
from patchwatch.mail.headers import Headers
from patchwatch.mail.message_ids import find_ids

PATCH = "20230703100000.12-1-ann@example.org"


def read(*lines: str) -> Headers:
    return Headers("\n".join(lines).encode("utf-8", "surrogateescape") + b"\n\nWords.\n")


@pytest.mark.parametrize(
    "value",
    [
        f"<{PATCH}>",
        PATCH,
        f"{PATCH}>",
        f"<{PATCH}",
        f"< {PATCH} >",
        f"<<{PATCH}>>",
        f"<{PATCH}>;",
        f"<{PATCH}> charset=utf-8",
        f"<{PATCH}>garbage",
        f"\t<{PATCH}>",
        "<20230703100000.12-1-ann @example.org>",
        "<20230703100000.12-1-ann@\n example.org>",
        f"<mailto:{PATCH}>",
        f"<MAILTO:{PATCH}>",
        f"<mid:{PATCH}>",
        f"<https://lore.kernel.org/r/{PATCH}/>",
        f"https://lore.kernel.org/linux-frob/{PATCH}/",
        f"<{PATCH.replace('@', '%40')}>",
        f"&lt;{PATCH}&gt;",
        f"<{PATCH}> (Ann Author's message of Mon, 3 Jul 2023)",
        f"(Ann Author <ann@example.org> on Monday) <{PATCH}>",
        f'Your message of "Mon, 03 Jul 2023 10:00:00 +0000." <{PATCH}>',
        f'"Your message of "Mon, 03 Jul 2023 10:00:00 +0000" <{PATCH}>"',
        f"Message from Ann of Monday <{PATCH}>",
        f"<Mon, 3 Jul 2023> <{PATCH}>",
        f"[{PATCH}]",
        f'"{PATCH}"',
        f"Your message {PATCH}.",
    ],
)
def test_every_spelling_of_an_id_gives_the_id(value: str) -> None:
    assert find_ids(value) == [PATCH]


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("", []),
        ("   ", []),
        ("Your message of Monday", []),
        ("<>", []),
        ("<Your message of Monday>", []),
        ("<a@b> <c@d>", ["a@b", "c@d"]),
        ("<a@b><c@d>", ["a@b", "c@d"]),
        ("<a@b>,<c@d>", ["a@b", "c@d"]),
        ("<a@b>\n\t<c@d>\r\n <e@f>", ["a@b", "c@d", "e@f"]),
        ("a@b c@d", ["a@b", "c@d"]),
        ("<a@b> <c@d", ["a@b"]),  # the rest may have been cut off
        ("<no-at-sign>", ["no-at-sign"]),
        ("<CA+(x)y=z@mail.example>", ["CA+(x)y=z@mail.example"]),
        ('<"quoted"@b>', ['"quoted"@b']),
    ],
)
def test_several_ids_and_none(value: str, ids: list[str]) -> None:
    assert find_ids(value) == ids


ENCODED = "=?utf-8?q?=3C20230703100000=2E12-1-ann=40example=2Eorg=3E?="


@pytest.mark.parametrize(
    "value",
    [
        ENCODED,
        ENCODED.upper().replace("ANN", "ann").replace("EXAMPLE", "example").replace("ORG", "org"),
        "=?us-ascii?B?PDIwMjMwNzAzMTAwMDAwLjEyLTEtYW5uQGV4YW1wbGUub3JnPg==?=",
        "=?utf-8?q?=3C20230703100000=2E12-1?=\n =?utf-8?q?-ann=40example=2Eorg=3E?=",
        "=?utf-8?q?=3C20230703100000=2E12-1-a?=\r\n\t=?us-ascii?Q?nn=40example=2Eorg=3E?=",
        "<20230703100000.12-1-ann=?utf-8?q?=40?=example.org>",
        ENCODED.removesuffix("?="),
        "\n " + ENCODED,
        f"\n <{PATCH}>",
        f"\n\t<{PATCH}>",
        f"\n<{PATCH}>",  # not folded: on a line of its own, without a blank
        f" \n\n<{PATCH}>".replace("\n\n", "\n \n "),
    ],
)
@pytest.mark.parametrize("name", ["In-Reply-To", "IN-REPLY-TO", "References", "references"])
def test_encoded_and_folded_ids(name: str, value: str) -> None:
    found = read("From: Rex <rex@example.net>", f"{name}: {value}", "Message-ID: <1@x>", "Subject: Re: x")
    assert headers.ancestors(found) == (PATCH, (PATCH,))
    assert headers.message_id(read(f"Message-ID: {value}", "Subject: x"), b"") == PATCH


def test_encoded_references_over_several_lines() -> None:
    value = "=?utf-8?q?=3Cone=40example=2Eorg=3E_=3Ctwo=40exam?=\n =?utf-8?q?ple=2Eorg=3E?=\n <three@example.org>"
    ids = ("one@example.org", "two@example.org", "three@example.org")
    assert headers.ancestors(read(f"References: {value}")) == (ids[-1], ids)


@pytest.mark.parametrize(
    ("lines", "parent"),
    [
        (["In-Reply-To: <ann@example.org>'s message of Monday <a@b>", "To: Ann <Ann@example.org>"], "a@b"),
        (["In-Reply-To: Ann <ann@example.org>, 3 Jul <a@b>", "To: Ann <ann@example.org>"], "a@b"),
        (["In-Reply-To: Your message of Monday", "References: <a@b> <c@d>"], "c@d"),
        (["In-Reply-To: <nonsense>", "References: <a@b> <c@d>"], "c@d"),
        (["In-Reply-To: <nonsense>"], "nonsense"),
        (["In-Reply-To: <ann@example.org>", "References: <a@b>", "Cc: ann@example.org"], "a@b"),
        (["In-Reply-To:", "In-Reply-To: <a@b>"], "a@b"),
        (["In-Reply-To: <c@d> <a@b>", "References: <z@y> <a@b>"], "a@b"),
        (["In-Reply-To: <c@d>", "References: <a@b>"], "c@d"),
        (["In-Reply-To: <20230703100000.12-1-ann@exam>", f"References: <a@b> <{PATCH}>"], PATCH),
        (["References: <a@b> <20230703100000.12-1-ann@exam"], "a@b"),
        (["In-Reply-To: <own@x>", "References: <a@b>"], "a@b"),
        (["In-Reply-To: <own@x>"], None),
    ],
)
def test_the_parent_is_a_message_and_not_a_person(lines: list[str], parent: str | None) -> None:
    assert headers.ancestors(read(*lines, "Message-ID: <own@x>", "From: Rex <rex@example.net>"))[0] == parent


@given(st.text(alphabet=' <>()"@a.b%40&lt;=?utf-8qQ:/\n\t', max_size=80))
def test_nothing_raises_and_ids_have_no_blanks(value: str) -> None:
    assert all(one and not set(one) & set(" \t\n<>") for one in find_ids(value))
    headers.ancestors(read(f"In-Reply-To: {value}", f"References: {value}"))


def test_hostile_values_take_no_time() -> None:
    begun = process_time()
    for part in ("<", "(", '"(', "a", "<a ", "=?a?q?", "@", "a@", "<a@b"):
        value = part * (60_000 // len(part))
        found = read(f"In-Reply-To: {value}", f"References: {value}", f"Message-ID: {value}")
        headers.ancestors(found)
        headers.message_id(found, b"")
    assert process_time() - begun < 2
