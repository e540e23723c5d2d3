"""Build the RFC 5322 message of a digest: its headers and bytes.

Pure: the same input gives the same bytes.  Nothing in a subject, name or text can become a header.  Encodings are
chosen here because liblore and b4 change the defaults of the email package, and because its header writer breaks long
Message-IDs.  The mail is 7-bit, so that every server and sendmail accepts it unchanged.
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
_MAX_SUBJECT = 300  # characters
_MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A mail that is ready to be sent."""

    sender: str  # address
    message_id: str  # without angle brackets
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
    *,
    flowed: bool = False,
) -> OutgoingMessage:
    """Build a mail with `text` for the recipient named `recipient` at the address `to`.

    There is one mail per `key`: a day (`2023-09-18`), or an event.  Recipient and key determine the Message-ID, so that
    a mail sent twice is recognized as a duplicate.  All mails to a recipient refer to the same id, which no mail has,
    and so form one thread.  `date` has a time zone.  `flowed`: a space ends the lines of `text` that are to be joined.
    """
    domain = sender.address.rpartition("@")[2].lower()
    message_id = f"{_mark(recipient, to, key)}.patchwatch@{domain}"
    root = f"{_mark(recipient, to)}.patchwatch@{domain}"
    shown = line(subject)[:_MAX_SUBJECT]
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
        ("List-Id", f"<digest.patchwatch.{domain}>"),  # RFC 2919: for filters
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: no vacation replies
        ("Precedence", "bulk"),
        ("X-Patchwatch", key if re.fullmatch(r"[\w.:-]{1,60}", key, re.ASCII) else _mark(key)),
        ("MIME-Version", "1.0"),
        ("Content-Type", f"text/plain; charset=utf-8{'; format=flowed' if flowed else ''}"),
        ("Content-Transfer-Encoding", encoding),
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    encoded = body.replace("\n", "\r\n") if encoding == "7bit" else _quoted_printable(body)
    return OutgoingMessage(sender.address, message_id, shown, f"{head}\r\n{encoded}".encode("ascii"))


def _encoding(body: str) -> str:
    lines = body.split("\n")
    plain = body.isascii() and all(len(text) <= _LONGEST_LINE and not text.startswith("From ") for text in lines)
    return "7bit" if plain else "quoted-printable"


def _quoted_printable(body: str) -> str:
    octets = body.encode("utf-8", "replace").decode("latin-1")  # quoprimime takes one character per octet
    encoded = email.quoprimime.body_encode(octets, _COLUMNS, "\r\n")
    return re.sub(r"^From ", "=46rom ", encoded, flags=re.MULTILINE)  # in an mbox it would become >From


def _encoded(text: str) -> str:
    """A header value in ASCII, folded, encoded by RFC 2047 if necessary."""
    if text.isascii() and "=?" not in text:
        return "\r\n ".join(textwrap.wrap(text, _COLUMNS - len("Subject: "), break_long_words=False))
    charset = email.charset.Charset("utf-8")
    charset.header_encoding = email.charset.BASE64
    return email.header.Header(text, charset, _COLUMNS, "Subject").encode(linesep="\r\n")


def _from(sender: Mailbox) -> str:
    name = line(sender.name)[:_MAX_NAME]
    if name.isascii() and "=?" not in name:
        return str(Mailbox(name, sender.address))
    return f"{_encoded(name)} <{sender.address}>"


def _mark(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:20]
