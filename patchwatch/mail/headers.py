"""Parse the headers of a mail as they occur in practice: folded, encoded, 8-bit, duplicated, implausible.

The result depends on the mail alone, so that a mail is parsed the same whenever and from whichever list it arrives.
"""

from __future__ import annotations

import calendar
import contextlib
import email.header
import email.message
import email.utils
import functools
import hashlib
import re
import sys

from patchwatch.mail import message_ids
from patchwatch.mail.message import Person
from patchwatch.pattern import Pattern

_DAY = 86_400
_EARLIEST = 631_152_000  # 1990: there were no kernel lists before
_CLOCK_ERROR = 2 * _DAY  # by which a sender's or relay's clock may be ahead
_WIDEST_ZONE = 14 * 3600  # RFC 5322 allows any digits; real zones are -12 to +14
_MAX_REFERENCES = 200
_MAX_CUT = 20  # ids in In-Reply-To that a relay may have cut
_MAX_RECIPIENTS = 200
_MAX_ID = 500
_MAX_PERSON = 1_000
_MAX_COMMENTS = 20
_MAX_VALUE = 60_000  # characters of one header
_MAX_SUBJECT = 2_000

LATEST = 253_370_764_800
"""1 January 9999: a time that is later than any, and that the datetime module can add days to."""

NO_ID = "@no-message-id.invalid"
"""The suffix of ids generated for mails without one."""

_LOCAL = r"A-Za-z0-9.!#$%&'*+/=?^_`{|}~-"
# An address may only begin where a word does: otherwise a header of one long word takes minutes.
_ADDRESS = Pattern(rf"(?<![{_LOCAL}])[{_LOCAL}]++@[A-Za-z0-9.-]+\.[A-Za-z]{{2,}}")
_CUT_WORD = Pattern(r"=\?[^?\s]+\?[bBqQ]\?[^?\s]*$")
_ENCODED_WORDS = Pattern(r"=\?[^?\s]+\?[bBqQ]\?[^?]*\?=(?:\s*=\?[^?\s]+\?[bBqQ]\?[^?]*\?=)*")
_NAME_AND_ADDRESS = Pattern(r'\s*"?([^"<>(),;:@\\]*)"?\s*<([^<>\s@]+@[^<>\s@]+)>\s*')
# "Mon, 01 Jan 2024 10:00:00 +0100": the email package takes ten times as long.
_USUAL_DATE = Pattern(
    r"\s*(?:[A-Za-z]{3}, +)?([0-9]{1,2}) ([A-Za-z]{3}) ([12][0-9]{3}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) "
    r"([+-])([0-9]{2})([0-9]{2})(?:\s|\Z)"
)
_NAMES_OF_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_NAMES_OF_MONTHS.split(), 1)}
_SURROGATES = Pattern("[\ud800-\udfff]")
_VIA_LIST = Pattern(r"(?i)\s+via\s+\S+\s*$")


# By their first letters: most headers are ruled out by one of them.
_READ = (
    *("subject", "from", "to", "c(?:c|ontent-t(?:ype|ransfer-encoding))", "date", "m(?:essage-id|ail-followup-to)"),
    *("in-reply-to", "re(?:ferences|ply-to)", "x-(?:original-from|change-id|mailer)", "auto-submitted", "user-agent"),
)
# No name begins with "<": that is the value, on a line of its own, without the blank that folding needs.
_FIELD = Pattern(f"\n(?i:({'|'.join(_READ)}))[ \t]*+:([^\n]*+(?:\n[ \t<][^\n]*+)*+)".encode())
_RECEIVED = Pattern(rb"\n(?i:received):([^\n]*+(?:\n[ \t][^\n]*+)*+)")  # the first is the newest
_DECODING = ("content-type", "content-transfer-encoding")


class Headers:
    """The headers that patchwatch uses, by lower-case name, still encoded, and the content below them.

    The email package parses line by line, including the dozens of headers that relays add, which takes half the time of
    parsing a mail.  Only folding must be undone (RFC 5322, 2.2.3).
    """

    __slots__ = ("_begin", "_raw", "_values")

    def __init__(self, raw: bytes) -> None:
        """Split headers and content at the first empty line."""
        end = raw.find(b"\n\n")
        until = end if end >= 0 else len(raw)
        crlf = raw.find(b"\n\r\n", 0, until) if raw.find(b"\r", 0, until) >= 0 else -1
        self._raw = raw
        head, self._begin = (
            (raw[:crlf], crlf + 3) if crlf >= 0 else (raw[:end], end + 2) if end >= 0 else (raw, len(raw))
        )
        head = b"\n" + head
        fields = _FIELD.findall(head)
        if received := _RECEIVED.search(head):
            fields.append((b"received", received[1]))
        self._values: dict[str, list[str]] = {}
        for name, value in fields:
            # 8-bit bytes become surrogates, as in the email package, until `_decode_8bit`.
            self._values.setdefault(name.decode().lower(), []).append(
                value[:_MAX_VALUE].replace(b"\0", b"?").decode("ascii", "surrogateescape").strip()
            )

    def get(self, name: str) -> str:
        """The first value of a header, still encoded; empty if the header is absent."""
        values = self._values.get(name)
        return values[0] if values else ""

    def get_all(self, name: str) -> list[str]:
        """All values of a header, still encoded."""
        return self._values.get(name, [])

    def decoded(self, name: str) -> str:
        """The first value of a header as text."""
        value = self.get(name)
        return decoded(value) if value else ""

    def as_part(self) -> email.message.Message:
        """A message without payload that has the headers for decoding it."""
        part = email.message.Message()
        for name in _DECODING:
            if value := self.get(name):
                part[name] = value
        return part

    def with_parts(self) -> bytes:
        """The content below the headers for decoding it, as a mail."""
        head = "".join(f"{name}: {value}\n" for name in _DECODING if (value := self.get(name)))
        return head.encode("ascii", "surrogateescape") + b"\n" + self.content()

    def content(self, limit: int = sys.maxsize) -> bytes:
        """Up to `limit` bytes of what is below the headers."""
        end = len(self._raw)
        if end - self._begin > limit:  # not within a character
            end = max(self._raw.rfind(b"\n", self._begin, self._begin + limit), self._begin) + 1
        return self._raw[self._begin : end]


def decoded(text: str) -> str:
    """Decode a header's value: encoded words (RFC 2047) and raw 8-bit, with white space collapsed."""
    text = _decode_8bit(text)
    if "=?" in text:
        with contextlib.suppress(Exception):  # codecs and the email package raise almost anything
            text = _ENCODED_WORDS.sub(_decode_words, text)
    return storable(" ".join(text.split()))


def _decode_words(found: re.Match[str]) -> str:
    """Encoded words, which the email package joins if a character is split between them."""
    pieces = email.header.decode_header(found[0])
    return "".join(one if isinstance(one, str) else _decode_piece(one, charset) for one, charset in pieces).strip()


def _decode_piece(piece: bytes, charset: str | None) -> str:
    try:
        return piece.decode(charset or "utf-8", "replace")
    except LookupError:
        return piece.decode("utf-8", "replace")


def storable(text: str) -> str:
    """Replace NUL, which RFC 5322 (section 3.5) forbids and PostgreSQL can't store, and lone surrogates with U+FFFD."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:  # UTF-7 can encode them
            text = _SURROGATES.sub("\ufffd", text)
    return text


def _decode_8bit(text: str) -> str:
    """Decode raw 8-bit bytes, which are kept as surrogates, as UTF-8 or Latin-1."""
    if text.isascii():
        return text
    try:
        return text.encode("ascii", "surrogateescape").decode("utf-8")
    except UnicodeEncodeError:
        return text
    except UnicodeDecodeError:
        return text.encode("ascii", "surrogateescape").decode("latin-1")


def message_id(headers: Headers, raw: bytes) -> str:
    """The message-id without brackets; without one, a hash of the content, the same from every list."""
    return (
        next(iter(_ids(headers, "message-id")), "") or _bounded_id(_only_word(headers)) or _generated_id(headers, raw)
    )


def _ids(headers: Headers, name: str) -> list[str]:
    """The message-ids in all headers of a name, in order."""
    value = " ".join(headers.get_all(name))
    if "=?" in value:
        value = decoded(value)
        if cut := _CUT_WORD.search(value):
            value = value[: cut.start()] + decoded(f"{cut[0]}?=")
    return [_bounded_id(_decode_8bit(one)) for one in message_ids.find_ids(value)]


def _only_word(headers: Headers) -> str:
    """A Message-ID of one word: in a broken mail it may have neither brackets nor an address."""
    value = headers.get("message-id")
    return "" if re.search(r"\s", value) else _decode_8bit(value).strip("<>")


def _bounded_id(text: str) -> str:
    """The id, or the beginning of a long one with a hash of the whole, so that two long ids stay different."""
    text = storable(text)
    if len(text) <= _MAX_ID:
        return text
    return f"{text[: _MAX_ID - 41]}~{hashlib.sha256(text.encode()).hexdigest()[:40]}"


def _generated_id(headers: Headers, raw: bytes) -> str:
    content = headers.content()
    names = "\n".join(headers.get(name) for name in ("from", "date", "subject"))
    hashed = names.encode("utf-8", "surrogateescape") + b"\n" + (content or raw)
    return hashlib.sha256(hashed).hexdigest()[:40] + NO_ID


def subject(headers: Headers) -> str:
    """The subject, decoded, with white space collapsed."""
    value = headers.get("subject")[: 4 * _MAX_SUBJECT]
    return decoded(value)[:_MAX_SUBJECT] if value else ""


def sender(headers: Headers) -> Person:
    """The sender.  Lists that rewrite From for DMARC ("X via list") keep them in X-Original-From or Reply-To."""
    for name in ("x-original-from", "from"):
        value = headers.get(name)
        if not value:
            continue
        found = person(value)
        if name == "from" and " via " in found.name.lower() and _VIA_LIST.search(found.name):
            reply_to = person(headers.get("reply-to"))
            name_only = _VIA_LIST.sub("", found.name).strip("'\" ")
            return Person(name_only, reply_to.email or found.email)
        if found.email or found.name:
            return found
    return Person("", "")


@functools.lru_cache(maxsize=512)
def person(value: str) -> Person:
    """The first person in a header's value."""
    value = value[:_MAX_PERSON]
    if simple := _NAME_AND_ADDRESS.fullmatch(value):
        name, address = simple.groups()
    elif value.count("(") < _MAX_COMMENTS and value.count(":") < _MAX_COMMENTS:
        name, address = email.utils.parseaddr(value)
    else:
        name, address = "", ""  # parseaddr recurses into comments in comments, and groups in groups
    if "@" not in address or " " in address:
        found = _ADDRESS.search(value)
        address = found[0] if found else address
    return Person(decoded(name).strip("\"'")[:200], _decode_8bit(address).lower()[:320])


def recipients(headers: Headers) -> tuple[str, ...]:
    """The addresses in To and Cc, lower case, in order."""
    return _addresses(" ".join(headers.get_all("to") + headers.get_all("cc")))


@functools.lru_cache(maxsize=128)  # the patches of a series, and the replies to them, have the same
def _addresses(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ADDRESS.findall(text.lower())))[:_MAX_RECIPIENTS]


def arrived(headers: Headers, now: int = LATEST) -> int | None:
    """When the mail reached its last relay, UTC, in seconds; None if no relay recorded it plausibly.

    `now` is when we received it: a relay whose clock is days ahead is not believed.
    """
    _, semicolon, date = headers.get("received").rpartition(";")
    seconds = _seconds(date) if semicolon else None
    return seconds if seconds is not None and _EARLIEST <= seconds <= now + _CLOCK_ERROR else None


def dates(headers: Headers, now: int = LATEST) -> tuple[int, int]:
    """When the mail was sent, and when it arrived: as `date` and `arrived` find it, or when it was sent."""
    received = arrived(headers, now)
    sent = date(headers, received, now)
    return sent, sent if received is None else received


def date(headers: Headers, arrived: int | None, now: int = LATEST) -> int:
    """When the mail was sent, UTC, in seconds: the Date header, or the arrival if that is absent or implausible.

    It is between 1990 and two days after the arrival.  Without a recorded arrival that is `now`, when we received it.
    """
    stated = _seconds(headers.get("date"))
    if stated is not None and _EARLIEST <= stated <= (now if arrived is None else arrived) + _CLOCK_ERROR:
        return stated
    if arrived is not None:
        return arrived
    return now if stated is not None and stated > now else _EARLIEST


def _seconds(text: str) -> int | None:
    usual = _USUAL_DATE.match(text)
    if usual and (month := _MONTHS.get(usual[2].lower())):
        zone = int(usual[8]) * 3600 + int(usual[9]) * 60
        if zone > _WIDEST_ZONE:
            zone = 0
        moment = (int(usual[3]), month, int(usual[1]), int(usual[4]), int(usual[5]), int(usual[6]))
        return calendar.timegm(moment) - (zone if usual[7] == "+" else -zone)
    try:
        parsed = email.utils.parsedate_tz(text)
        if parsed is None:
            return None
        zone = parsed[9] or 0
        if abs(zone) > _WIDEST_ZONE:
            zone = 0
        return email.utils.mktime_tz((*parsed[:9], zone))
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None


def ancestors(headers: Headers) -> tuple[str | None, tuple[str, ...]]:
    """The parent, and all ancestors that the mail names, oldest first, the parent last."""
    references = _ids(headers, "references")
    replied = _ids(headers, "in-reply-to")
    if not references and not replied:
        return None, ()
    parent = _parent(headers, replied, references)
    chain = [r for r in dict.fromkeys(references) if r != parent]
    if len(chain) >= _MAX_REFERENCES:
        chain = [chain[0], *chain[-_MAX_REFERENCES + 2 :]]
    own = _ids(headers, "message-id")[:1]
    others = tuple(r for r in [*chain, parent] if r not in own)
    return (others[-1] if others else None), others


def _parent(headers: Headers, replied: list[str], references: list[str]) -> str:
    """The message that is answered, of those that In-Reply-To and References name."""
    if not replied:
        return references[-1]
    if len(replied) == 1 and not references:
        return replied[0]
    known = set(references)
    for one in replied:
        if one in known:
            return one
    # A relay may have cut the id: "<20230703100000.12-1-ann@exam".
    begun = tuple(one for one in replied[:_MAX_CUT] if "@" in one)
    whole = next((r for r in references if r.startswith(begun)), "")
    if whole:
        return whole
    # Old clients also put addresses into In-Reply-To ("<a@b>'s message of …  <id>").
    people = {*recipients(headers), sender(headers).email}
    ids = [one for one in replied if "@" in one and one.lower() not in people]
    return ids[0] if ids else (references or replied)[-1]
