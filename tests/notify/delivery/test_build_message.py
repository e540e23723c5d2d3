"""The message of a digest: headers, protection against forged ones, encodings."""

from __future__ import annotations

import email
import email.charset
import email.policy
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from patchwatch.mail.addresses import Mailbox
from patchwatch.mail.flowed import is_flowed
from patchwatch.notify.delivery.build_message import OutgoingMessage, build_message

ANN = Mailbox("Ann Author", "ann@example.org")
MORNING = datetime(2023, 9, 18, 7, 0, tzinfo=ZoneInfo("Europe/Berlin"))
SUBJECT = "[patchwatch] 2 need action, 5 new versions, 1 applied"
TEXT = "Your turn (1)\n-------------\n\n#7 v2 net: free it once\nhttps://lore.kernel.org/r/1@example.org/\n"


def built(
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


def read(message: OutgoingMessage) -> EmailMessage:
    mail = email.message_from_bytes(message.raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


def text_of(mail: EmailMessage) -> str:
    content = mail.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def test_headers() -> None:
    mail = read(built())
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
    assert text_of(mail) == TEXT


@pytest.mark.parametrize("name", ["Jun", "Jürgen"])
def test_a_flowed_text_says_so_and_keeps_its_spaces(name: str) -> None:
    text = f"- {name} asks why the lock \nis taken\n"
    message = build_message(ANN, "me", "me@example.net", "2023-09-18", SUBJECT, text, MORNING, flowed=True)
    mail = read(message)
    assert mail["Content-Type"] == 'text/plain; charset="utf-8"; format="flowed"'
    assert is_flowed(mail)
    assert text_of(mail) == text


def test_message_id_depends_on_day_and_recipient_only() -> None:
    later = datetime(2023, 9, 18, 9, 0, tzinfo=UTC)
    assert built().message_id == built(subject="other", text="other\n", date=later).message_id
    assert built() == built()


@pytest.mark.parametrize("other", [{"key": "2023-09-19"}, {"name": "team"}, {"to": "else@example.net"}])
def test_message_id_differs_for_another_day_or_recipient(other: dict[str, str]) -> None:
    assert built().message_id != built(**other).message_id  # type: ignore[arg-type]


def test_digests_of_a_recipient_form_one_thread() -> None:
    roots = [read(one)["References"] for one in (built(), built(key="2023-09-19"), built(name="team"))]
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


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_cannot_forge_a_header(text: str) -> None:
    plain = [name for name, _ in read(built()).items()]
    for one in (built(subject=text), built(sender=Mailbox(text, "ann@example.org")), built(key=text)):
        mail = read(one)
        assert [name for name, _ in mail.items()] == plain
        assert mail["To"] == "me@example.net"
        assert mail["From"].addresses[0].addr_spec == "ann@example.org"
        assert text_of(mail) == TEXT
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
def test_subject_survives_in_lines_of_78(subject: str) -> None:
    one = built(subject=subject)
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
def test_text_survives_in_7_bits(text: str, encoding: str) -> None:
    one = built(text=text)
    mail = read(one)
    assert mail["Content-Transfer-Encoding"] == encoding
    assert text_of(mail) == text.replace("\t", " " * 8)
    assert one.raw.isascii()
    assert all(len(line) <= 998 for line in one.raw.split(b"\r\n"))
    assert not re.search(rb"^From ", one.raw, re.MULTILINE)


def test_control_characters_are_sanitized() -> None:
    assert text_of(read(built(text="a\x1b[31mb\u202ec\n"))) == "a␛[31mb\ufffdc\n"


def test_result_does_not_depend_on_imports_of_b4_and_liblore(monkeypatch: pytest.MonkeyPatch) -> None:
    # They change how this process encodes headers: undo that for the tests that follow.
    monkeypatch.setitem(email.charset.CHARSETS, "utf-8", email.charset.CHARSETS["utf-8"])
    before = built(text="größer\n", subject="größer")
    import b4  # noqa: F401
    import liblore  # noqa: F401

    assert built(text="größer\n", subject="größer") == before


def test_long_domain_keeps_the_ids_intact() -> None:
    domain = f"{'a' * 60}.{'b' * 60}.example.org"
    one = built(sender=Mailbox("", f"ann@{domain}"))
    assert f"Message-ID: <{one.message_id}>\r\n".encode() in one.raw
    assert read(one)["References"].endswith(f"@{domain}>")


@pytest.mark.parametrize("name", ["", "Jörg Müller, Jr.", "O'Neil", 'A "quoted" one', "Ann (work)", "=?utf-8?q?x?="])
def test_sender_name_survives(name: str) -> None:
    (found,) = read(built(sender=Mailbox(name, "ann@example.org")))["From"].addresses
    assert (found.display_name, found.addr_spec) == (name, "ann@example.org")
