"""A mail as lines to be read: printable, each of a kind, broken to a width; and where in them a sentence stands.

Pure, so that it can be done away from the interface: a patch may have 150,000 lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from patchwatch.db.rows import Mail
from patchwatch.printable import block, line
from patchwatch.tui.cells import cell_len, wrap

_LABEL = 9  # columns of a header's name
_LONGEST = 2000  # characters of a line; some mails are a megabyte without a newline
_LABELS = {"message-id": "Id"}  # names too long for them
_UNBROKEN = frozenset({"diff", "diffstat"})
_TELLING = 12  # characters: shorter evidence may stand anywhere by chance
_NOT_OWN_WORDS = frozenset({"quote", "attribution", "signature", "diff", "diffstat"})
_RECIPIENT = re.compile(r",\s+(?=[^,]*@)")
_ADDRESS = re.compile(r"\s*<[^<>]*>")
_QUOTE_MARKS = re.compile(r"\s{0,3}(?:[>|]\s?)+")


class Line(NamedTuple):
    """A line of a mail: `kind` is a segment's, or "header"; `depth` is how often it is quoted."""

    kind: str
    text: str
    depth: int


class Row(NamedTuple):
    """What stands on a line of the screen: the characters from `start` to `end` of a line, after `prefix`."""

    line: int
    start: int
    end: int
    prefix: str


class Span(NamedTuple):
    """Characters of a line."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """A mail, printable."""

    message_id: str
    lines: tuple[Line, ...]
    widest: int  # of the lines that are never broken, in cells


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page broken to a width."""

    page: Page
    width: int
    rows: tuple[Row, ...]


def compose(mail: Mail) -> Page:
    """Make `mail` printable and cut it into lines."""
    lines = [Line("header", text, 0) for text in _headers(mail.headers)]
    lines.append(Line("header", "", 0))
    body = [
        Line(segment.kind, part, segment.depth)
        for segment in mail.segments
        for text in map(str.rstrip, block(segment.text).split("\n"))
        for part in ((text,) if len(text) <= _LONGEST else _parts(text))
    ]
    while body and not body[-1].text:
        body.pop()
    lines += body
    widest = max((cell_len(one.text) for one in lines if one.kind in _UNBROKEN), default=0)
    return Page(mail.message_id, tuple(lines), widest)


def _parts(text: str) -> Iterator[str]:
    for start in range(0, len(text), _LONGEST):
        yield text[start : start + _LONGEST]


def _headers(headers: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Headers in the order a reader wants them; many recipients are counted."""
    order = {"from": 0, "date": 1, "subject": 2, "to": 3, "cc": 4}
    for name, value in sorted(headers, key=lambda header: order.get(header[0].lower(), 9)):
        text = line(value)
        if name.lower() in ("to", "cc"):
            people = _RECIPIENT.split(text)
            if len(people) > 1:
                names = [_ADDRESS.sub("", one).strip('" ') or one for one in people]
                rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
                text = ", ".join(names[:3]) + rest
        yield f"{_LABELS.get(name.lower(), line(name)):<{_LABEL}}{text}"


def header_label(text: str) -> int:
    """How many characters of a header line are its name."""
    return min(_LABEL, len(text))


def broken(page: Page, width: int) -> Sheet:
    """The page with its lines broken to `width`, diffs left as they are.  A broken quote stays marked as one."""
    rows: list[Row] = []
    for number, (kind, text, _) in enumerate(page.lines):
        if kind in _UNBROKEN or cell_len(text) <= width:
            rows.append(Row(number, 0, len(text), ""))
            continue
        prefix = _prefix(page.lines[number], width)
        for start, end in wrap(text, width, len(prefix), len(prefix)):
            rows.append(Row(number, start, end, prefix if start else ""))
    return Sheet(page, width, tuple(rows))


def _prefix(one: Line, width: int) -> str:
    if one.kind == "quote" and (marks := _QUOTE_MARKS.match(one.text)):
        prefix = marks[0].rstrip() + " "
    elif one.kind == "header":
        prefix = " " * _LABEL
    else:
        prefix = ""
    return prefix if len(prefix) < width // 2 else ""


def find(page: Page, sentence: str) -> tuple[Span, ...]:
    """Where `sentence` stands in a page, a span a line; empty where it does not.

    Evidence is folded to one line, may be cut with an ellipsis, and may begin with a word or two that the program put
    before the mail's own ("This patch …").  The author's own words come first, then the subject, then all the rest.
    """
    parts = [re.escape(word) for word in line(sentence).removesuffix("…").split()]
    own = [n for n, one in enumerate(page.lines) if one.kind not in _NOT_OWN_WORDS and one.kind != "header"]
    header = [n for n, one in enumerate(page.lines) if one.kind == "header"]
    rest = [n for n, one in enumerate(page.lines) if one.kind in _NOT_OWN_WORDS]
    for dropped in range(min(4, max(len(parts) - 3, 1))):
        wanted = r"\s+".join(parts[dropped:])
        if not wanted:
            return ()
        for numbers in (own, header, rest):
            if spans := _search(page, numbers, wanted):
                return spans
    # Some evidence is put together from two places of a robot's mail ("build errors: file.c:12: …"): its longest part.
    for piece in sorted(line(sentence).removesuffix("…").split(": "), key=len, reverse=True):
        wanted = r"\s+".join(map(re.escape, piece.split()))
        if len(piece) >= _TELLING and (spans := _search(page, range(len(page.lines)), wanted)):
            return spans
    return ()


def _search(page: Page, numbers: Sequence[int], wanted: str) -> tuple[Span, ...]:
    text = "\n".join(page.lines[number].text for number in numbers)
    found = re.search(wanted, text)
    if not found:
        return ()
    spans: list[Span] = []
    at = 0
    for number in numbers:
        length = len(page.lines[number].text)
        start, end = max(found.start() - at, 0), min(found.end() - at, length)
        if start < end:
            indent = length - len(page.lines[number].text.lstrip())
            spans.append(Span(number, max(start, indent), end))
        at += length + 1
        if at > found.end():
            break
    return tuple(spans)


def said(message_id: str, text: str) -> Page:
    """A page that says why a mail can't be shown."""
    return Page(message_id, (Line("prose", text, 0),), 0)
