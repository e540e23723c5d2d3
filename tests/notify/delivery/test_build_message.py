"""The mail that a digest is: what its headers say, that nothing forges one, and that its words arrive."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from patchwatch.mail.addresses import Mailbox
from patchwatch.notify.delivery.build_message import OutgoingMessage, build_message

ANN = Mailbox("Ann Author", "ann@example.org")
MORNING = datetime(2023, 9, 18, 7, 0, tzinfo=ZoneInfo("Europe/Berlin"))
SUBJECT = "[patchwatch] 2 need action, 5 new versions, 1 applied"
TEXT = "Your turn (1)\n-------------\n\n#7 v2 net: free it once\nhttps://lore.kernel.org/r/1@example.org/\n"


def written(
    *,
    sender: Mailbox = ANN,
    name: str = "me",
    to: str = "me@example.net",
    key: str = "2023-09-18",
    subject: str = SUBJECT,
    text: str = TEXT,
    date: datetime = MORNING,
) -> OutgoingMessage:
    return build_message(sender, name, to, key, subject, text, date)


def read(one: OutgoingMessage) -> EmailMessage:
    mail = email.message_from_bytes(one.raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


def words_of(mail: EmailMessage) -> str:
    content = mail.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def test_its_headers() -> None:
    mail = read(written())
    message_id, root = mail["Message-ID"], mail["References"]
    assert {name: value for name, value in mail.items() if name not in ("Message-ID", "References", "In-Reply-To")} == {
        "From": "Ann Author <ann@example.org>",
        "To": "me@example.net",
        "Subject": SUBJECT,
        "Date": "Mon, 18 Sep 2023 07:00:00 +0200",
        "List-Id": "<digest.patchwatch.example.org>",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "X-Patchwatch": "2023-09-18",
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "7bit",
    }
    assert re.fullmatch(r"<[0-9a-f]{20}\.patchwatch@example\.org>", message_id)
    assert re.fullmatch(r"<[0-9a-f]{20}\.patchwatch@example\.org>", root)
    assert mail["In-Reply-To"] == root != message_id
    assert words_of(mail) == TEXT


def test_the_same_day_and_recipient_have_the_same_message_id_whatever_is_said() -> None:
    later = datetime(2023, 9, 18, 9, 0, tzinfo=UTC)
    assert written().message_id == written(subject="other", text="other\n", date=later).message_id
    assert written() == written()


@pytest.mark.parametrize("other", [{"key": "2023-09-19"}, {"name": "team"}, {"to": "else@example.net"}])
def test_another_day_or_recipient_has_another_message_id(other: dict[str, str]) -> None:
    assert written().message_id != written(**other).message_id  # type: ignore[arg-type]


def test_the_days_of_a_recipient_are_one_thread_and_those_of_another_another() -> None:
    roots = [read(one)["References"] for one in (written(), written(key="2023-09-19"), written(name="team"))]
    assert roots[0] == roots[1] != roots[2]


HOSTILE = [
    "x\r\nBcc: eve@example.net",
    "x\nBcc: eve@example.net\n\nbody",
    "x\rBcc: eve@example.net",
    "x\x0bBcc: eve@example.net",
    "x\u2028Bcc: eve@example.net",
    "x\x85Bcc: eve@example.net",
    "x\x00y",
    "=?utf-8?q?x=0d=0aBcc:_eve@example.net?=",
    "größer\r\nBcc: eve@example.net " + "漢字" * 100,
    "a" * 2000,
    "a b " * 500,
    "\udcff broken",
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_no_header_is_forged_by_a_subject_a_name_or_a_key(words: str) -> None:
    plain = [name for name, _ in read(written()).items()]
    for one in (written(subject=words), written(sender=Mailbox(words, "ann@example.org")), written(key=words)):
        mail = read(one)
        assert [name for name, _ in mail.items()] == plain
        assert mail["To"] == "me@example.net"
        assert mail["From"].addresses[0].addr_spec == "ann@example.org"
        assert words_of(mail) == TEXT
        assert all(len(line) <= 998 for line in one.raw.split(b"\r\n"))
        assert b"\n" not in one.raw.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "subject",
    [
        "[patchwatch] größer, 漢字 and ✓",
        "漢字" * 100,
        "=?utf-8?q?not_encoded?= by us",
        "[patchwatch] " + "a long subject of many words " * 8,
        "e\u0301" * 60,
    ],
)
def test_a_subject_arrives_as_it_is_in_lines_of_78(subject: str) -> None:
    one = written(subject=subject)
    assert read(one)["Subject"] == subject.strip()
    head = one.raw.partition(b"\r\n\r\n")[0]
    assert all(len(line) <= 78 for line in head.split(b"\r\n"))
    for word in re.findall(rb"=\?utf-8\?b\?[^?]*\?=", head):
        assert len(word) <= 75  # RFC 2047, 2


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TEXT, "7bit"),
        ("größer → ✓ 漢字\n", "quoted-printable"),
        ("https://lore.kernel.org/r/" + "x" * 1200 + "/\n", "quoted-printable"),
        ("From here on\nFrom there\n", "quoted-printable"),
        (".\n..\n. x\n", "7bit"),
        ("trailing blank \n\ttab\n=3D =\n", "7bit"),
        ("größer \n.\nFrom here\n=3D =\n", "quoted-printable"),
    ],
)
def test_a_text_arrives_as_it_is_in_7_bits(text: str, encoding: str) -> None:
    one = written(text=text)
    mail = read(one)
    assert mail["Content-Transfer-Encoding"] == encoding
    assert words_of(mail) == text.replace("\t", " " * 8)
    assert one.raw.isascii()
    assert all(len(line) <= 998 for line in one.raw.split(b"\r\n"))
    assert not re.search(rb"^From ", one.raw, re.MULTILINE)


def test_what_a_terminal_would_obey_is_shown_instead() -> None:
    assert words_of(read(written(text="a\x1b[31mb\u202ec\n"))) == "a␛[31mb\ufffdc\n"


def test_it_is_the_same_after_b4_and_liblore_have_changed_the_email_package() -> None:
    before = written(text="größer\n", subject="größer")
    import b4  # noqa: F401
    import liblore  # noqa: F401

    assert written(text="größer\n", subject="größer") == before


def test_a_long_domain_does_not_spoil_the_ids() -> None:
    domain = f"{'a' * 60}.{'b' * 60}.example.org"
    one = written(sender=Mailbox("", f"ann@{domain}"))
    assert f"Message-ID: <{one.message_id}>\r\n".encode() in one.raw
    assert read(one)["References"].endswith(f"@{domain}>")


@pytest.mark.parametrize("name", ["", "Jörg Müller, Jr.", "O'Neil", 'A "quoted" one', "Ann (work)", "=?utf-8?q?x?="])
def test_the_senders_name_arrives_as_it_is(name: str) -> None:
    (found,) = read(written(sender=Mailbox(name, "ann@example.org")))["From"].addresses
    assert (found.display_name, found.addr_spec) == (name, "ann@example.org")
