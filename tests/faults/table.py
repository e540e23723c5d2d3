"""What a server can do wrong, and what must follow.

Each fault spoils some requests for the list `faulty`; the list `steady` is on the same server.  Whatever the fault,
`poll` and `run` end normally, `steady` is read, and after the fault is over nothing is missing.
"""

from __future__ import annotations

import gzip
import itertools
import re
from collections.abc import Iterator
from email.utils import formatdate

from tests.faults.fault import EVERYWHERE, FEED, THREAD
from tests.faults.fault import Fault as Fault
from tests.faults.fault import Outcome as Outcome
from tests.faults.server import ATOM, MBOX, Behavior, Exchange, feed, mbox
from tests.faults.wire import HEAD, WIRE

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
    Fault(
        "206 of a part", lambda x: x.send(206, x.reply.body[:99], MBOX, Content_Range="bytes 0-98/999"), reported="206"
    ),
    Fault("304 unasked", lambda x: x.send(304, Content_Length=None), reported="304"),
    Fault(
        "401 with a challenge of 60 KB", _status(401, WWW_Authenticate="Basic realm=" + "x" * 60_000), reported="401"
    ),
    Fault(
        "101 to another protocol", lambda x: x.write(b"HTTP/1.1 101 X\r\nUpgrade: h2c\r\n\r\n\0\0"), reported="faulty"
    ),
    Fault(
        "404 in public-inbox's words, then 10 MB",
        _status(404, b"No results found\n" + b"x" * (10 << 20)),
        reported="404",
    ),
    Fault("200 for No results found", _status(200, b"No results found\n"), reported="gzip"),
    Fault("the banner of an SSH server", lambda x: x.write(b"SSH-2.0-OpenSSH_9.2\r\n"), reported="cut off"),
    Fault("a TLS alert", lambda x: x.write(b"\x15\x03\x01\0\x02\x02\x46"), reported="cut off"),
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
    Fault("a redirect that names a login", _moved("http://eve:s3cr3t@portal.invalid/"), reported="//portal.invalid"),
    Fault("a redirect of 60 KB", _moved("http://portal.invalid/" + "x" * 60_000), reported="portal.invalid"),
    Fault("a redirect with control characters", _moved("/\x1b]0;x\x07\x9b\xe2\x80\xae"), reported="faulty"),
    Fault("a redirect without a scheme", _moved("//portal.invalid/faulty/"), reported="portal.invalid"),
    Fault("a redirect to a script", _moved("javascript:alert(1)"), reported="faulty"),
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


def _nothing_without_end(x: Exchange) -> None:
    x.write(HEAD + b"\r\n" + gzip.compress(b"")[:10])
    x.drip(itertools.repeat(b"\0\0\0\xff\xff" * 10_000), 0)  # deflate's empty block


def _padding_without_end(x: Exchange) -> None:
    x.write(HEAD + b"\r\n" + x.reply.body)
    x.drip(itertools.repeat(b"\0" * 60_000), 0)


def _large_mail(x: Exchange) -> None:
    large = b"From: E <e@example.org>\nMessage-ID: <large@example.org>\nSubject: large\n\n" + b"a\n" * (1 << 20)
    first, newline, others = re.split(rb"(\n(?=From mboxrd@z )|\Z)", x.reply.mbox, maxsplit=1)
    _mailbox(first + newline + mbox([large]) + others)(x)


def _named_gzip(x: Exchange) -> None:
    body = x.reply.body
    x.send(200, body[:3] + b"\x08" + body[4:10] + b"n" * (10 << 20) + b"\0" + body[10:], MBOX)


def _bad_checksum(x: Exchange) -> None:
    body = x.reply.body
    x.send(200, body[:-8] + bytes(byte ^ 0xFF for byte in body[-8:-4]) + body[-4:], MBOX)


def _crlf(x: Exchange) -> None:
    _mailbox(x.reply.mbox.replace(b"\n", b"\r\n"))(x)


BODIES = (
    Fault("an mbox that is not compressed", lambda x: x.send(200, x.reply.mbox, MBOX), reported="gzip"),
    Fault("zstd instead of gzip", _status(200, b"\x28\xb5\x2f\xfd\0\0", MBOX), reported="gzip"),
    Fault("gzip with a file name of 10 MB", _named_gzip, Outcome.READ),
    Fault("gzip with a wrong checksum", _bad_checksum, reported="gzip"),
    Fault("20,000 empty mails", _mailbox(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n\n" * 20_000), Outcome.EMPTY),
    Fault("a mailbox of NULs", _mailbox(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + b"\0" * 99_999), Outcome.EMPTY),
    Fault("mail with CRLF", _crlf, Outcome.READ),
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
    Fault("gzip of nothing without end", _nothing_without_end, reported="more than 8 MB"),
    Fault("padding without end", _padding_without_end, reported="more than 8 MB"),
    Fault("a mail over the size limit beside good ones", _large_mail, Outcome.PARTLY, "large@example.org"),
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
    Fault("a Date of three days ago", lambda x: _date(formatdate(_now() - 3 * 86_400, usegmt=True))(x), Outcome.READ),
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


_RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title><item><title>y</title></item></channel></rss>'

FEEDS = (
    Fault("RSS for a feed", _feed(_RSS), reported="feed", where=FEED),
    Fault("a feed in UTF-16", lambda x: _feed(x.reply.body.decode().encode("utf-16"))(x), reported="feed", where=FEED),
    Fault(
        "a feed with odd links",
        _feed(
            feed([f"{odd}@example.org" for odd in ("%00", "..%2f..", "%ff", "\x1b]0;x\x07", "?q=%26", "[::1", "-rf")])
        ),
        Outcome.READ,
        where=FEED,
    ),
    Fault(
        "a feed of long ids", _feed(feed([f"{'i' * 7000}{n}@example.org" for n in range(25)])), Outcome.READ, where=FEED
    ),
    Fault(
        "a feed with 99,999 attributes",
        _feed(feed([]).replace(b"<title>", b"<title%s>" % b"".join(b' a%d=""' % n for n in range(99_999)))),
        reported="feed",
        where=FEED,
    ),
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
        lambda x: (x.write(HEAD + b"\r\n"), x.drip(itertools.repeat(b" ")))[0],
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
    Fault("404 for threads", _status(404, b"Not Found\n"), Outcome.READ, where=THREAD),
    Fault("an empty mailbox for threads", _mailbox(b""), Outcome.READ, where=THREAD),
    Fault("a gzip bomb for threads", _bomb, Outcome.READ, where=THREAD),
    Fault("a redirect elsewhere for threads", _moved("http://portal.invalid/login"), Outcome.READ, where=THREAD),
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
