"""Headers as they occur in practice."""

from __future__ import annotations

from datetime import UTC, datetime
from time import process_time

import pytest

from patchwatch.mail import headers
from patchwatch.mail.headers import Headers
from patchwatch.mail.message import Person
from tests.support.mails import mail

MONDAY = 1_688_378_400  # Mon, 3 Jul 2023 10:00:00 +0000


def read(*lines: str, content: bytes = b"Words.\n") -> Headers:
    return Headers("\n".join(lines).encode("utf-8", "surrogateescape") + b"\n\n" + content)


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        ("Mon, 3 Jul 2023 10:00:00 +0000", MONDAY),
        ("Mon, 3 Jul 2023 12:00:00 +0200", MONDAY),
        ("Mon, 03 Jul 2023 03:00:00 -0700 (PDT)", MONDAY),
        ("Mon, 3 Jul 2023 10:00:00 -0000", MONDAY),
        ("Mon, 3 Jul 2023 10:00:00 GMT", MONDAY),
        ("3 Jul 2023 10:00:00", MONDAY),
        ("Mon, 3 Jul 2023 10:00:00 +1900", MONDAY),
        ("Mon,\n 3 Jul 2023 10:00:00 +0000", MONDAY),
    ],
)
def test_date_is_utc_and_invalid_zones_count_as_utc(date: str, seconds: int) -> None:
    assert headers.date(read(f"Date: {date}"), None) == seconds


@pytest.mark.parametrize(
    "date", ["", "soon", "Mon, 3 Jul 2077 10:00:00 +0000", "Thu, 1 Jan 1970 00:00:00 +0000", "Mon, 99 Foo 2023"]
)
def test_arrival_replaces_missing_or_implausible_date(date: str) -> None:
    assert headers.date(read(f"Date: {date}"), MONDAY) == MONDAY


def test_date_is_trusted_without_received_header() -> None:
    stated = int(datetime(2077, 7, 3, 10, tzinfo=UTC).timestamp())
    assert headers.date(read("Date: Sat, 3 Jul 2077 10:00:00 +0000"), None) == stated


def test_date_is_at_most_two_days_after_the_arrival_and_not_before_1990() -> None:
    ahead = read("Date: Fri, 31 Dec 9999 23:59:59 -1200")
    assert headers.date(ahead, None, MONDAY) == MONDAY
    assert headers.date(ahead, None) == headers.LATEST
    assert headers.date(read("Date: Wed, 5 Jul 2023 09:00:00 +0000"), None, MONDAY) == MONDAY + 47 * 3600
    for text in ("Subject: x", "Date: Thu, 1 Jan 1970 00:00:00 +0000", "Date: Mon, 3 Jul 2077 10:00:00 " + "9" * 5000):
        assert headers.date(read(text), None, MONDAY) in (631_152_000, MONDAY)


def test_arrival_in_the_future_is_not_believed() -> None:
    ahead = read("Received: by c; Sat, 3 Jul 2077 10:00:00 +0000", "Date: Sat, 3 Jul 2077 10:00:00 +0000")
    assert headers.arrived(ahead, MONDAY) is None
    assert headers.date(ahead, None, MONDAY) == MONDAY


def test_long_ids_that_begin_alike_stay_different() -> None:
    ids = {headers.message_id(read(f"Message-ID: <{'x' * 600}{n}@example.org>"), b"") for n in range(3)}
    assert len(ids) == 3
    assert {len(found) for found in ids} == {500}
    reply = read(f"In-Reply-To: <{'x' * 600}1@example.org>", "Message-ID: <1@x>")
    assert headers.ancestors(reply)[0] in ids


def test_arrival_is_from_the_newest_relay() -> None:
    found = read(
        "Received: from b (b [192.0.2.2]) by c with ESMTP; Mon, 3 Jul 2023 10:00:00 +0000",
        "Received: from a by b; Mon, 3 Jul 2023 09:00:00 +0000",
    )
    assert headers.arrived(found) == MONDAY
    assert headers.arrived(read("Received: by c")) is None
    assert headers.arrived(read("Subject: x")) is None


@pytest.mark.parametrize(
    ("value", "message_id"),
    [
        ("<a@b>", "a@b"),
        (" < a@b >", "a@b"),
        ("<a@b> (added by postmaster@b)", "a@b"),
        ("a@b", "a@b"),
        ("<no-at-sign>", "no-at-sign"),
        ("\n <a@b>", "a@b"),
    ],
)
def test_message_id_without_brackets(value: str, message_id: str) -> None:
    assert headers.message_id(read(f"Message-ID:{value}"), b"") == message_id


def test_first_of_two_message_ids_is_used() -> None:
    assert headers.message_id(read("Message-ID: <a@b>", "Message-Id: <c@d>"), b"") == "a@b"


def test_generated_message_id_is_the_same_from_every_list() -> None:
    lines = ["From: a@b", "Subject: x", "Date: Mon, 3 Jul 2023 10:00:00 +0000"]
    one, other = read("Received: by netdev", *lines), read("Received: by bpf", *lines)
    made = headers.message_id(one, b"1")
    assert made.endswith("@no-message-id.invalid")
    assert made == headers.message_id(other, b"2")
    assert made != headers.message_id(read(*lines, content=b"Other words.\n"), b"1")
    assert headers.message_id(read("Message-ID: two words"), b"1").endswith(".invalid")


@pytest.mark.parametrize(
    ("value", "person"),
    [
        ("Ann Author <ann@example.org>", Person("Ann Author", "ann@example.org")),
        ('"Author, Ann" <ANN@Example.org>', Person("Author, Ann", "ann@example.org")),
        ("ann@example.org (Ann Author)", Person("Ann Author", "ann@example.org")),
        ("ann@example.org", Person("", "ann@example.org")),
        ("=?utf-8?q?J=C3=BCrgen?= <j@example.org>", Person("Jürgen", "j@example.org")),
        ("=?UTF-8?B?SsO8cmdlbg==?= Groß <j@example.org>", Person("Jürgen Groß", "j@example.org")),
        ("Ann Author ann@example.org", Person("Ann Author ann@example.org", "ann@example.org")),
        ("", Person("", "")),
    ],
)
def test_person_is_parsed(value: str, person: Person) -> None:
    assert headers.person(value).email == person.email
    if person.name and "@" not in person.name:
        assert headers.person(value).name == person.name


@pytest.mark.parametrize("raw", ["Jürgen <j@example.org>".encode(), "Jürgen <j@example.org>".encode("latin-1")])
def test_names_in_raw_8bit(raw: bytes) -> None:
    assert headers.sender(Headers(b"From: " + raw + b"\n\n")).name == "Jürgen"


def test_sender_is_found_if_a_list_rewrote_from() -> None:
    rewritten = ["From: Ann Author via Frob <frob@lists.example>", "Reply-To: Ann Author <ann@example.org>"]
    assert headers.sender(read(*rewritten)) == Person("Ann Author", "ann@example.org")
    lines = ["From: Frob List <frob@lists.example>", "X-Original-From: Ann Author <ann@example.org>"]
    assert headers.sender(read(*lines)) == Person("Ann Author", "ann@example.org")
    assert headers.sender(read(rewritten[0])) == Person("Ann Author", "frob@lists.example")


def test_a_sender_of_a_thousand_colons_does_not_make_the_mail_unreadable() -> None:
    assert headers.sender(read("From: " + ":" * 900 + " ann@example.org")).email == "ann@example.org"


def test_nested_comments_do_not_exhaust_the_stack() -> None:
    assert headers.sender(read("From: " + "(" * 900 + " ann@example.org")).email == "ann@example.org"


@pytest.mark.parametrize(
    ("lines", "parent", "references"),
    [
        (["In-Reply-To: <b@x>", "References: <a@x> <b@x>"], "b@x", ("a@x", "b@x")),
        (["References: <a@x>\n\t<b@x>"], "b@x", ("a@x", "b@x")),
        (["In-Reply-To: <b@x>"], "b@x", ("b@x",)),
        (["In-Reply-To: <a@x>", "References: <a@x> <b@x>"], "a@x", ("b@x", "a@x")),
        (["In-Reply-To: Ann's message of Monday <ann@example.org> <b@x>", "References: <b@x>"], "b@x", ("b@x",)),
        (["In-Reply-To: <m@x>"], None, ()),
        (["References: <a@x> <a@x> <m@x>"], "a@x", ("a@x",)),
        (["In-Reply-To: yesterday"], None, ()),
        ([], None, ()),
    ],
)
def test_ancestors_oldest_first(lines: list[str], parent: str | None, references: tuple[str, ...]) -> None:
    assert headers.ancestors(read("Message-ID: <m@x>", *lines)) == (parent, references)


def test_first_and_last_of_many_references_are_kept() -> None:
    parent, references = headers.ancestors(read("References: " + " ".join(f"<{n}@x>" for n in range(1000))))
    assert parent == "999@x"
    assert references[0] == "0@x"
    assert len(references) == 200


def test_recipients_are_unique_lower_case_addresses() -> None:
    found = read("To: Ann <Ann@Example.org>, netdev@vger.kernel.org", "Cc: ann@example.org,\n  'Ben' <ben@example.net>")
    assert headers.recipients(found) == ("ann@example.org", "netdev@vger.kernel.org", "ben@example.net")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("[PATCH] =?utf-8?q?gr=C3=BC=C3=9Fen?=", "[PATCH] grüßen"),
        ("[PATCH] a title that was\n folded", "[PATCH] a title that was folded"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
        ("[PATCH] grüßen", "[PATCH] grüßen"),
    ],
)
def test_subjects_are_decoded_and_unfolded(value: str, text: str) -> None:
    assert headers.subject(read(f"Subject: {value}")) == text


@pytest.mark.parametrize(
    "word",
    ["=?punycode?b?////AA==?=", "=?iso2022_jp_2?b?Gy5KG05B?=", f"=?utf-8?q?<a@b>{'(' * 1700}?=", "=?zip?q?=00?="],
    ids=["punycode", "iso2022_jp_2", "parentheses", "no charset"],
)
def test_a_word_that_cannot_be_decoded_does_not_make_the_mail_unreadable(word: str) -> None:
    assert headers.subject(read(f"Subject: frob: {word}")).startswith("frob: ")


def test_thousands_of_ids_in_both_headers_are_compared_quickly() -> None:
    begun = process_time()
    many = [" ".join(f"<{name}{number}@x>" for number in range(6000)) for name in ("a", "b")]
    assert headers.ancestors(read(f"References: {many[0]}", f"In-Reply-To: {many[1]}"))[0]
    assert process_time() - begun < 0.5  # took two seconds


def test_header_names_in_any_case_and_both_line_ends() -> None:
    found = Headers(b"FROM: a@b\r\nsUbJeCt: x\r\n y\r\n\r\nSubject: not this\r\n")
    assert headers.subject(found) == "x y"
    assert headers.sender(found).email == "a@b"


def test_headers_from_the_email_package_are_parsed() -> None:
    assert headers.ancestors(Headers(mail(message_id="c@x", in_reply_to="b@x", references=("a@x", "b@x"))))[0] == "b@x"


@pytest.mark.parametrize(
    "hostile", ["To: " + "a" * 10**6, "From: " + " via " * 10**5, "Subject: " + "[a]" * 10**5, "To: " + "a@" * 10**5]
)
def test_huge_headers_are_parsed_quickly(hostile: str) -> None:
    begun = process_time()
    found = read(hostile)
    headers.recipients(found)
    headers.sender(found)
    headers.subject(found)
    assert process_time() - begun < 2
