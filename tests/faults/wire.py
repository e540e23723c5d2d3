"""Faults below HTTP's messages: bytes that do not come, come too slowly, or are no HTTP."""

from __future__ import annotations

import itertools
from functools import partial

from tests.faults.fault import Fault, Outcome
from tests.faults.server import MBOX, Behavior, Exchange

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/gzip\r\n"


def _drip_headers(x: Exchange) -> None:
    x.drip(bytes([byte]) for byte in itertools.chain(HEAD, itertools.cycle(b"X-Slow: yes\r\n")))


def _continue_for_ever(x: Exchange) -> None:
    x.drip(itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"), 0.005)


def _drip_body(x: Exchange) -> None:
    body = x.reply.body
    x.write(HEAD + b"Content-Length: 999999\r\n\r\n")
    x.drip(itertools.chain((bytes([byte]) for byte in body[:-8]), itertools.repeat(b"\0")))


def _drip_chunks(x: Exchange) -> None:
    x.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    gzipped = itertools.chain(x.reply.body[:-8], itertools.repeat(0))
    x.drip(piece for byte in gzipped for piece in (b"1", b"\r\n", bytes([byte]), b"\r\n"))


def _endless_headers(x: Exchange) -> None:
    x.write(HEAD)
    for number in itertools.count():
        x.write(b"X-More-%d: %s\r\n" % (number, b"a" * 4000))


def _endless_extension(x: Exchange) -> None:
    x.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5")
    x.drip(itertools.repeat(b";x=" + b"y" * 9999), 0)


def _endless_trailers(x: Exchange) -> None:
    body = x.reply.body
    x.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n" % (len(body), body))
    x.drip((b"X-%d: %s\r\n" % (number, b"y" * 9999) for number in itertools.count()), 0)


def _reset(x: Exchange, sent: int) -> None:
    reply = x.reply
    x.write((HEAD + b"Content-Length: %d\r\n\r\n" % len(reply.body) + reply.body)[:sent])
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
    return lambda x: x.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(chunks))


WIRE = (
    Fault("silence", lambda x: x.wait(), reported="in time", slow=True),
    Fault("headers byte by byte", _drip_headers, reported="in time", slow=True),
    Fault("100 Continue without end", _continue_for_ever, reported="in time", slow=True),
    Fault("a body byte by byte", _drip_body, reported="in time", slow=True),
    Fault("chunks byte by byte", _drip_chunks, reported="in time", slow=True),
    Fault("headers without end", _endless_headers, reported="cut off"),
    Fault(
        "a status line without end",
        lambda x: x.drip(itertools.chain([HEAD[:15]], itertools.repeat(b"O" * 9999)), 0),
        reported="cut off",
    ),
    Fault("a NUL in a header", lambda x: x.pass_on(X_Odd="a\0b"), reported="cut off"),
    Fault("two lengths", lambda x: x.pass_on(content_length="7"), reported="cut off"),
    Fault("a folded header", lambda x: x.pass_on(X_Odd="a\r\n b\r\n\tc"), Outcome.READ),
    Fault(
        "a header name with a space", lambda x: x.send(200, x.reply.body, MBOX, **{"X Odd": "a"}), reported="cut off"
    ),
    Fault("no length, until the connection ends", lambda x: x.pass_on(Content_Length=None), Outcome.READ),
    Fault("a chunk extension without end", _endless_extension, reported="cut off"),
    Fault("trailers without end", _endless_trailers, reported="cut off"),
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
