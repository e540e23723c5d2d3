"""Parsing and writing recipients, with headers as they occur in practice."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from patchwatch.mail.addresses import Mailbox, mailboxes, unreadable


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ann@example.org", ["ann@example.org"]),
        ("Ann Author <Ann@Example.org>", ["Ann Author <Ann@Example.org>"]),
        ("ann@example.org (Ann Author)", ["Ann Author <ann@example.org>"]),
        ('"Author, Ann" <ann@example.org>, ben@example.org', ['"Author, Ann" <ann@example.org>', "ben@example.org"]),
        ("Ann B. Author <ann@example.org>", ['"Ann B. Author" <ann@example.org>']),
        ('"Ann \\"Q\\" Author" <ann@example.org>', ['"Ann \\"Q\\" Author" <ann@example.org>']),
        ("=?utf-8?q?J=C3=B6rg_M=C3=BCller?= <j@example.org>", ["Jörg Müller <j@example.org>"]),
        ("=?UTF-8?Q?M=C3=BCller,_J?= <j@example.org>, b@example.org", ['"Müller, J" <j@example.org>', "b@example.org"]),
        ("=?UTF-8?B?546L5bCP?= =?UTF-8?B?5piO?= <w@example.org>", ["王小明 <w@example.org>"]),
        ("reviewers: a@example.org, Ben <b@example.org>;", ["a@example.org", "Ben <b@example.org>"]),
        ("undisclosed-recipients:;", []),
        ("a@example.org,, A <A@example.org>", ["a@example.org"]),
        ("Ann <ann@example.org> # 5.10+", ["Ann <ann@example.org>"]),
        ("Ann <ann@example.org", []),
        ("", []),
    ],
)
def test_parse_header_values(value: str, expected: list[str]) -> None:
    assert [str(m) for m in mailboxes([value])] == expected


@pytest.mark.parametrize("value", ["ann", "ann@localhost", "Ann <>", '"Ann" ann@example.org', "<ü@example.org>"])
def test_invalid_addresses_are_reported(value: str) -> None:
    assert mailboxes([value]) == ()
    assert len(unreadable([value])) == 1


@pytest.mark.parametrize(
    "hostile",
    [
        "Ann\r\nBcc: <b@example.org>",
        "\x1b]0;owned\x07 <a@example.org>",
        "Ann\u202egro.elpmaxe@b <a@example.org>",
        '"Ann\nX: y" <a@example.org>',
        "=?utf-8?q?Ann=0D=0ABcc=3A_b=40example=2Eorg?= <a@example.org>",
    ],
)
def test_name_cannot_break_out_of_its_header(hostile: str) -> None:
    for mailbox in mailboxes([hostile]):
        assert str(mailbox).isprintable()


@given(st.text(max_size=200))
def test_mailboxes_are_one_printable_line(value: str) -> None:
    for mailbox in mailboxes([value]):
        assert str(mailbox).isprintable()
        assert mailbox.address.isascii()


def test_a_colon_in_a_quoted_name_is_no_group() -> None:
    assert mailboxes(['"Team: Frob" <frob@example.org>']) == (Mailbox("Team: Frob", "frob@example.org"),)
    assert mailboxes(["team: ann@example.org;"]) == (Mailbox("", "ann@example.org"),)


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=40))
@example("::")
def test_written_mailbox_round_trips(name: str) -> None:
    (mailbox,) = mailboxes([str(Mailbox(" ".join(name.split()), "a@example.org"))])
    assert mailboxes([str(mailbox)]) == (mailbox,)


def test_hostile_header_is_parsed_quickly() -> None:
    for value in ('"\\' * 30_000, "(" * 60_000, "<" * 60_000, "=?a?q?" * 10_000, "a" * 60_000, "a@b." * 15_000):
        mailboxes([value])
