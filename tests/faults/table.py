"""What a server can do wrong, and what must follow.

Each fault spoils some requests for the list `faulty`; the list `steady` is on the same server.  Whatever the fault,
`poll` and `run` end normally, `steady` is read, and after the fault is over nothing is missing.
"""

from __future__ import annotations

import gzip
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from enum import Enum
from functools import partial

from tests.faults.server import ATOM, MBOX, Behavior, Exchange, feed, mbox

QUERY = r"^/faulty/\?q="
FEED = r"^/faulty/new\.atom"
THREAD = r"^/faulty/.*/t\.mbox\.gz"
EVERYWHERE = r"^/all/"


class Outcome(Enum):
    """What becomes of the list while the fault lasts."""

    FAILED = "the list fails, and is retried with backoff"
    WAITS = "the server is left alone for as long as it asks"
    READ = "the mail is read"
    PARTLY = "the usable mail is read, the rest is reported"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: which requests it spoils, how, and the outcome."""

    name: str
    behave: Behavior
    outcome: Outcome = Outcome.FAILED
    reported: str = ""  # in the failure: a regular expression
    where: str = QUERY
    slow: bool = False  # takes as long as it is allowed to


# ---- statuses ------------------------------------------------------------------------------------------------------


def _status(status: int | str, body: bytes = b"", kind: str = "text/plain", **headers: str) -> Behavior:
    return lambda x: x.send(status, body, kind, **headers)


def _busy(retry_after: str) -> Behavior:
    return _status(429, Retry_After=retry_after)


_IN_2077 = "Fri, 01 Jan 2077 00:00:00 GMT"

STATUSES = (
    Fault("429 without Retry-After", _status(429), reported="429"),
    Fault("Retry-After: an hour", _busy("3600"), Outcome.WAITS, "try again then"),
    Fault("Retry-After: a date in an hour", lambda x: _busy(formatdate(_now() + 3600, usegmt=True))(x), Outcome.WAITS),
    Fault("Retry-After: 400 digits", _busy("9" * 400), reported="429"),
    Fault("Retry-After: 5,000 digits", _busy("9" * 5000), reported="429"),
    Fault("Retry-After: 99999999", _busy("99999999"), reported="429"),
    Fault("Retry-After: -1", _busy("-1"), reported="429"),
    Fault("Retry-After: 1e400", _busy("1e400"), reported="429"),
    Fault("Retry-After: Arabic digits", _busy("٢٣"), reported="429"),
    Fault("Retry-After: a superscript", _busy("²"), reported="429"),
    Fault("Retry-After: not UTF-8", _busy("\udcff\udcfe"), reported="429"),
    Fault("Retry-After: empty", _busy(""), reported="429"),
    Fault("Retry-After: a date in 2077", _busy(_IN_2077), reported="429"),
    Fault("Retry-After: a date in the past", _busy("Thu, 01 Jan 1970 00:00:00 GMT"), reported="429"),
    Fault("Retry-After: a date that does not exist", _busy("Mon, 99 Foo 99999 99:99:99 GMT"), reported="429"),
    Fault("400", _status(400), reported="400"),
    Fault("403 with a web page", _status(403, b"<html>Denied</html>", "text/html"), reported="403"),
    Fault("404 in other words", _status(404, b"404 - File or directory not found."), reported="404"),
    Fault("404 without words", _status(404), reported="404"),
    Fault("404 with a web page", _status(404, b"<html>nginx</html>", "text/html"), reported="404"),
    Fault("500", _status(500, b"oops"), reported="500"),
    Fault("502 with a web page", _status(502, b"<html>Bad gateway</html>", "text/html"), reported="502"),
    Fault("503", _status(503), reported="503"),
    Fault("204 without a body", lambda x: x.send(204, Content_Length=None), reported="204"),
    Fault("300", _status(300, b"<html>Choose</html>", "text/html"), reported="300"),
    Fault("999", _status(999), reported="999"),
    Fault("a reason with control characters", _status("503 \x1b]0;x\x07\x9b31m busy"), reported="503"),
    Fault("a status that is not a number", _status("OK fine"), reported="faulty"),
    Fault("an HTTP/0.9 response", lambda x: x.write(b"hello\n"), reported="faulty"),
    Fault("HTTP/2 unasked", lambda x: x.write(b"\0\0\x12\x04\0\0\0\0\0" + b"\0" * 18), reported="faulty"),
)

# ---- redirects -----------------------------------------------------------------------------------------------------


def _moved(target: str | None, status: int = 302) -> Behavior:
    return lambda x: x.send(status, Location=target)


REDIRECTS = (
    Fault("a redirect to itself", lambda x: x.send(302, Location=x.path), reported="redirect"),
    Fault("a redirect to ever longer paths", lambda x: x.send(307, Location=f"{x.path}x"), reported="redirect"),
    Fault("a redirect elsewhere", _moved("http://portal.invalid/login"), reported="portal.invalid"),
    Fault("a redirect to another port", _moved("http://127.0.0.1:1/"), reported="127.0.0.1:1"),
    Fault("a redirect to a file", _moved("file:///etc/passwd"), reported="faulty"),
    Fault("a redirect to an invalid address", _moved("http://[::1/"), reported="faulty"),
    Fault("a redirect to an invalid port", _moved("http://127.0.0.1:99999999/"), reported="faulty"),
    Fault("a redirect to nowhere", _moved(None), reported="302"),
)

# ---- bodies --------------------------------------------------------------------------------------------------------


def _mailbox(content: bytes) -> Behavior:
    return lambda x: x.send(200, gzip.compress(content), MBOX)


def _truncated(x: Exchange) -> None:
    reply = x.reply
    x.send(reply.status, reply.body[:-20], reply.kind)


def _flipped(x: Exchange) -> None:
    reply = x.reply
    middle = len(reply.body) // 2
    x.send(reply.status, reply.body[:middle] + bytes([reply.body[middle] ^ 0xFF]) + reply.body[middle + 1 :], MBOX)


def _bomb(x: Exchange) -> None:
    begin = b"From mboxrd@z Thu Jan  1 00:00:00 1970\nSubject: big\n\n"
    x.send(200, gzip.compress(begin + b"a" * (64 << 20), 1), MBOX)


def _members(x: Exchange) -> None:
    begin = gzip.compress(b"From mboxrd@z Thu Jan  1 00:00:00 1970\nSubject: big\n\n")
    x.send(200, begin + gzip.compress(b"a" * (1 << 20), 9) * 64, MBOX)


def _large_mail(x: Exchange) -> None:
    large = b"From: E <e@example.org>\nMessage-ID: <large@example.org>\nSubject: large\n\n" + b"a\n" * (1 << 20)
    first, newline, others = re.split(rb"(\n(?=From mboxrd@z )|\Z)", x.reply.mbox, maxsplit=1)
    _mailbox(first + newline + mbox([large]) + others)(x)


BODIES = (
    Fault("a challenge page", _status(200, b"<html>Are you human?</html>", "text/html"), reported="web page"),
    Fault("a challenge page that claims to be gzip", _status(200, b"<html>?</html>", MBOX), reported="gzip"),
    Fault("an empty body", _status(200, b"", MBOX), reported="cut off"),
    Fault("gzip of a web page", _mailbox(b"<html>Are you human?</html>"), reported="mail"),
    Fault("gzip that begins with From me", _mailbox(b"From me\n\nhello\n"), reported="mail"),
    Fault("gzip that is all From", _mailbox(b"From "), reported="mail"),
    Fault("gzip of a mail without an mbox", _mailbox(b"From: A <a@b.org>\nSubject: x\n\nx\n"), reported="mail"),
    Fault("gzip of gzip", _mailbox(gzip.compress(b"From mboxrd@z ")), reported="mail"),
    Fault("mail with another Content-Type", lambda x: x.send(200, x.reply.body, "text/plain"), Outcome.READ),
    Fault("mail with a Content-Encoding", lambda x: x.pass_on(Content_Encoding="gzip"), Outcome.READ),
    Fault("each mail twice", lambda x: x.send(200, x.reply.body * 2, MBOX), Outcome.READ),
    Fault("junk after the gzip", lambda x: x.send(200, x.reply.body + b"junk", MBOX), reported="damaged"),
    Fault("a truncated gzip", _truncated, reported="cut off"),
    Fault("a damaged gzip", _flipped, reported="faulty"),
    Fault("a gzip bomb", _bomb, reported="more than 8 MB"),
    Fault("a gzip bomb in many members", _members, reported="more than 8 MB"),
    Fault("a mail over the size limit beside good ones", _large_mail, Outcome.PARTLY, "large@example.org"),
)

# ---- the wire ------------------------------------------------------------------------------------------------------

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/gzip\r\n"


def _drip_headers(x: Exchange) -> None:
    x.drip(bytes([byte]) for byte in itertools.chain(_HEAD, itertools.cycle(b"X-Slow: yes\r\n")))


def _continue_for_ever(x: Exchange) -> None:
    x.drip(itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"), 0.005)


def _drip_body(x: Exchange) -> None:
    body = x.reply.body
    x.write(_HEAD + b"Content-Length: 999999\r\n\r\n")
    x.drip(itertools.chain((bytes([byte]) for byte in body[:-8]), itertools.repeat(b"\0")))


def _drip_chunks(x: Exchange) -> None:
    x.write(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    gzipped = itertools.chain(x.reply.body[:-8], itertools.repeat(0))
    x.drip(piece for byte in gzipped for piece in (b"1", b"\r\n", bytes([byte]), b"\r\n"))


def _endless_headers(x: Exchange) -> None:
    x.write(_HEAD)
    for number in itertools.count():
        x.write(b"X-More-%d: %s\r\n" % (number, b"a" * 4000))


def _reset(x: Exchange, sent: int) -> None:
    reply = x.reply
    x.write((_HEAD + b"Content-Length: %d\r\n\r\n" % len(reply.body) + reply.body)[:sent])
    x.reset()


def _early_hints(x: Exchange) -> None:
    x.write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
    x.pass_on()


def _two_responses(x: Exchange) -> None:
    x.pass_on(Connection="keep-alive")
    x.send(500)


def _length(length: str) -> Behavior:
    return lambda x: x.pass_on(Content_Length=length)


def _chunked(*chunks: bytes) -> Behavior:
    return lambda x: x.write(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(chunks))


WIRE = (
    Fault("silence", lambda x: x.wait(), reported="in time", slow=True),
    Fault("headers byte by byte", _drip_headers, reported="in time", slow=True),
    Fault("100 Continue without end", _continue_for_ever, reported="in time", slow=True),
    Fault("a body byte by byte", _drip_body, reported="in time", slow=True),
    Fault("chunks byte by byte", _drip_chunks, reported="in time", slow=True),
    Fault("headers without end", _endless_headers, reported="cut off"),
    Fault(
        "a status line without end",
        lambda x: x.drip(itertools.chain([_HEAD[:15]], itertools.repeat(b"O" * 9999)), 0),
        reported="cut off",
    ),
    Fault("a NUL in a header", lambda x: x.pass_on(X_Odd="a\0b"), reported="cut off"),
    Fault("early hints before the response", _early_hints, Outcome.READ),
    Fault("two responses to one request", _two_responses, Outcome.READ),
    Fault("closed without an answer", lambda x: None, reported="cut off"),
    Fault("reset without an answer", partial(_reset, sent=0), reported="cut off"),
    Fault("reset in the headers", partial(_reset, sent=30), reported="cut off"),
    Fault("reset in the body", partial(_reset, sent=200), reported="cut off"),
    Fault("Content-Length too large", _length("99999999"), reported="cut off"),
    Fault("Content-Length too small", _length("20"), reported="cut off"),
    Fault("Content-Length below zero", _length("-5"), reported="cut off"),
    Fault("Content-Length that is not a number", _length("many"), reported="cut off"),
    Fault("Content-Length of 400 digits", _length("9" * 400), reported="cut off"),
    Fault("a chunk size that is not a number", _chunked(b"zz\r\n"), reported="cut off"),
    Fault("a chunk size of 400 digits", _chunked(b"f" * 400 + b"\r\n"), reported="cut off"),
    Fault("chunks that end too early", _chunked(b"5\r\n\x1f\x8b\x08\0\0\r\n"), reported="cut off"),
    Fault("a transfer encoding that does not exist", lambda x: x.pass_on(Transfer_Encoding="br"), reported="cut off"),
    Fault("malformed cookies", lambda x: x.pass_on(Set_Cookie="=;;;Max-Age=9e999; Expires=x"), Outcome.READ),
)

# ---- clocks --------------------------------------------------------------------------------------------------------


def _date(text: str | None) -> Behavior:
    return lambda x: x.pass_on(Date=text)


CLOCKS = (
    Fault("Date in 2077", _date(_IN_2077), Outcome.READ),
    Fault("Date in 1970", _date("Thu, 01 Jan 1970 00:00:00 GMT"), Outcome.READ),
    Fault("Date in the year 99999", _date("Fri, 01 Jan 99999 00:00:00 GMT"), Outcome.READ),
    Fault("Date of 5,000 digits", _date("9" * 5000), Outcome.READ),
    Fault("Date that is not a date", _date("Mon, 99 Foo 2024 99:99:99 +999999"), Outcome.READ),
    Fault("no Date", _date(None), Outcome.READ),
)

# ---- feeds, threads, and what is in no list ------------------------------------------------------------------------


def _feed(content: bytes) -> Behavior:
    return lambda x: x.send(200, content, ATOM)


_ENTITIES = "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in itertools.pairwise("abcdefghijkl"))
_LAUGHS = f'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "ha">{_ENTITIES}]>'


def _unknown(count: int) -> list[str]:
    return [f"unknown-{number}@example.org" for number in range(count)]


def _wrong_charset(x: Exchange) -> None:
    body = x.reply.body
    declared = re.sub(rb'encoding="[^"]*"', b'encoding="utf-8"', body)
    x.send(200, re.sub(rb"<title[^>]*>", b"\\g<0>gr\xfc\xdfe", declared), ATOM)


FEEDS = (
    Fault("a feed in another charset than it claims", _wrong_charset, Outcome.READ, where=FEED),
    Fault(
        "a feed in a charset that does not exist",
        _feed(feed([], before='<?xml version="1.0" encoding="x-no"?>')),
        Outcome.READ,
        where=FEED,
    ),
    Fault("a feed of 5,000 messages", _feed(feed(_unknown(5000))), Outcome.READ, where=FEED),
    Fault("a feed of 10 MB of junk", _feed(b"<feed>" + b"<a>&lt;" * 1_500_000), reported="feed", where=FEED),
    Fault("a feed that is too deep", _feed(feed([])[:-7] + b"<a>" * 200_000), reported="not an atom feed", where=FEED),
    Fault(
        "a feed that defines entities",
        _feed(feed([], before=_LAUGHS).replace(b">x<", b">&l;<")),
        reported="feed",
        where=FEED,
    ),
    Fault("a web page for a feed", _feed(b"<html><body>Are you human?</body></html>"), reported="feed", where=FEED),
    Fault("nothing for a feed", _feed(b""), reported="feed", where=FEED),
    Fault("a feed that ends in the middle", _feed(feed(_unknown(3))[:-40]), reported="feed", where=FEED),
    Fault(
        "a gzip bomb for a feed",
        lambda x: x.send(200, gzip.compress(b" " * (64 << 20), 1), ATOM, Content_Encoding="gzip"),
        reported="more than",
        where=FEED,
    ),
    Fault("503 for a feed", _status(503), reported="503", where=FEED),
    Fault(
        "a feed byte by byte",
        lambda x: (x.write(_HEAD + b"\r\n"), x.drip(itertools.repeat(b" ")))[0],
        reported="in time",
        where=FEED,
        slow=True,
    ),
)

ELSEWHERE = (
    Fault("503 for all lists", _status(503), Outcome.READ, where=EVERYWHERE),
    Fault("gzip that begins with From me for all lists", _mailbox(b"From me\n"), Outcome.READ, where=EVERYWHERE),
    Fault("silence for all lists", lambda x: x.wait(), Outcome.READ, where=EVERYWHERE, slow=True),
    Fault("Retry-After: 400 digits for all lists", _busy("9" * 400), Outcome.READ, where=EVERYWHERE),
    Fault("404 in other words for all lists", _status(404, b"nope"), Outcome.READ, where=EVERYWHERE),
    Fault("503 for threads", _status(503), Outcome.READ, where=THREAD),
    Fault("gzip that begins with From me for threads", _mailbox(b"From me\n"), Outcome.READ, where=THREAD),
)

FAULTS = (*STATUSES, *REDIRECTS, *BODIES, *WIRE, *CLOCKS, *FEEDS, *ELSEWHERE)


def _now() -> int:
    import time

    return int(time.time())


def names() -> Iterator[str]:
    """The names of all faults, as ids of tests."""
    return (fault.name for fault in FAULTS)
