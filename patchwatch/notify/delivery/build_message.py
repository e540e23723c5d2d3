"""A digest as a mail: its headers and the bytes that go out.

Pure: the same words at the same time give the same bytes.  Nothing in a subject, a name or the text can become a
header.  Encodings are chosen here: importing liblore or b4 changes what the email package would choose, and its own
writer of headers encodes a long Message-ID until nobody takes it for one.  The mail is 7-bit, so that every server
and every sendmail takes it as it is.
"""

from __future__ import annotations

import datetime
import email.charset
import email.header
import email.quoprimime
import email.utils
import hashlib
import re
import textwrap
from dataclasses import dataclass

from patchwatch.mail.addresses import Mailbox
from patchwatch.sanitize import block, line

_LONGEST_LINE = 998  # RFC 5322, 2.1.1
_COLUMNS = 76
_MOST_OF_SUBJECT = 300  # characters
_MOST_OF_NAME = 100


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A mail that is ready to go out."""

    sender: str  # address
    message_id: str  # without brackets, as all ids
    subject: str
    raw: bytes  # with CRLF, 7-bit


def build_message(
    sender: Mailbox,
    recipient: str,
    to: str,
    key: str,
    subject: str,
    text: str,
    date: datetime.datetime,
) -> OutgoingMessage:
    """The mail that tells `recipient`, whose address is `to`, what stands in `text`.

    `key` is what there is one mail of: a day (`2023-09-18`), or the name of an event.  With the recipient it gives the
    Message-ID, so that the same mail sent twice is seen to be one; a root of its own for each recipient, which no
    mail has, makes his digests one thread.  `date` has a zone.
    """
    domain = sender.address.rpartition("@")[2].lower()
    message_id = f"{_mark(recipient, to, key)}.patchwatch@{domain}"
    root = f"{_mark(recipient, to)}.patchwatch@{domain}"
    shown = line(subject)[:_MOST_OF_SUBJECT]
    body = block(text).rstrip("\n") + "\n"
    encoding = _encoding(body)
    headers = (
        ("From", _from(sender)),
        ("To", to),
        ("Subject", _encoded(shown)),
        ("Date", email.utils.format_datetime(date)),
        ("Message-ID", f"<{message_id}>"),
        ("In-Reply-To", f"<{root}>"),
        ("References", f"<{root}>"),
        ("List-Id", f"<digest.patchwatch.{domain}>"),  # RFC 2919: what filters go by
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: no vacation notice answers it
        ("Precedence", "bulk"),
        ("X-Patchwatch", key if re.fullmatch(r"[\w.:-]{1,60}", key, re.ASCII) else _mark(key)),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", encoding),
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    written = body.replace("\n", "\r\n") if encoding == "7bit" else _quoted_printable(body)
    return OutgoingMessage(sender.address, message_id, shown, f"{head}\r\n{written}".encode("ascii"))


def _encoding(body: str) -> str:
    lines = body.split("\n")
    plain = body.isascii() and all(len(one) <= _LONGEST_LINE and not one.startswith("From ") for one in lines)
    return "7bit" if plain else "quoted-printable"


def _quoted_printable(body: str) -> str:
    octets = body.encode("utf-8", "replace").decode("latin-1")  # what quoprimime reads: a character an octet
    written = email.quoprimime.body_encode(octets, _COLUMNS, "\r\n")
    return re.sub(r"^From ", "=46rom ", written, flags=re.MULTILINE)  # an mbox would make it >From


def _encoded(text: str) -> str:
    """A header's text in ASCII, folded (RFC 2047 where it must be)."""
    if text.isascii() and "=?" not in text:
        return "\r\n ".join(textwrap.wrap(text, _COLUMNS - len("Subject: "), break_long_words=False))
    charset = email.charset.Charset("utf-8")
    charset.header_encoding = email.charset.BASE64
    return email.header.Header(text, charset, _COLUMNS, "Subject").encode(linesep="\r\n")


def _from(sender: Mailbox) -> str:
    name = line(sender.name)[:_MOST_OF_NAME]
    if name.isascii() and "=?" not in name:
        return str(Mailbox(name, sender.address))
    return f"{_encoded(name)} <{sender.address}>"


def _mark(*told: str) -> str:
    return hashlib.sha256("\0".join(told).encode("utf-8", "replace")).hexdigest()[:20]
