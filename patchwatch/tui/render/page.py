"""A mail as lines to be read: printable, each of a kind, broken to a width; and where in them a sentence stands.

Pure, so that it can be done away from the interface: a patch may have 150,000 lines.  Long quotes are folded; what is
right above an answer stays in sight, because that is what it answers.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from patchwatch.mail.body import Segment
from patchwatch.sanitize import block, line
from patchwatch.series.model import Mail
from patchwatch.tui.render.code import NO_CODE, Code, code_of
from patchwatch.tui.render.columns import cell_len, wrap

_LABEL = 9  # columns of a header's name
_LONGEST = 2000  # characters of a line; some mails are a megabyte without a newline
_CONTINUED = 4  # columns by which a header that goes on is set in
_LABELS = {"message-id": "Id"}  # names too long for them
_UNBROKEN = frozenset({"diff", "diffstat", "between"})
_BELOW = frozenset({"quote", "attribution", "signature"})  # what answers nothing
_KEPT_ABOVE_ANSWER = 4  # lines of a folded quote
_LEAST_FOLDED = 4  # lines: a fold that hides less saves nothing
_TELLING = 12  # characters: shorter evidence may stand anywhere by chance
_NOT_OWN_WORDS = frozenset({"quote", "attribution", "signature", "diff", "diffstat"})
_RECIPIENT = re.compile(r",\s+(?=[^,]*@)")
_ADDRESS = re.compile(r"\s*<[^<>]*>")
_QUOTE_MARKS = re.compile(r"\s{0,3}(?:[>|]\s?)+")


class Line(NamedTuple):
    """A line of a mail, or of what is set below one: `kind` is a segment's or another, `depth` counts quotations."""

    kind: str
    text: str
    depth: int


class Row(NamedTuple):
    """What stands on a line of the screen: the characters from `start` to `end` of a line, after `prefix`.

    Where `hidden` is not 0, it stands for a quote of so many lines, of which `line` is the first.
    """

    line: int
    start: int
    end: int
    prefix: str
    hidden: int = 0


class Rows:
    """The rows of a sheet.  Most of them are a line as it is, and cost no more than its number: a patch has 150,000."""

    def __init__(self, lines: Sequence[Line]) -> None:
        """No rows yet, of these lines."""
        self._lines = lines
        self._numbers = array("L")  # the line of each row, ascending
        self._parts: dict[int, Row] = {}  # the rows that are something else than a line as it is

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, at: int) -> Row:
        part = self._parts.get(at)
        number = self._numbers[at]
        return Row(number, 0, len(self._lines[number].text), "") if part is None else part

    def __iter__(self) -> Iterator[Row]:
        return map(self.__getitem__, range(len(self)))

    def append_whole(self, number: int) -> None:
        """Add a line as it is."""
        self._numbers.append(number)

    def append(self, row: Row) -> None:
        """Add a row."""
        self._parts[len(self._numbers)] = row
        self._numbers.append(row.line)

    def extend(self, rows: Iterable[Row]) -> None:
        """Add rows."""
        for row in rows:
            self.append(row)

    def copy(self, lines: Sequence[Line]) -> Rows:
        """These rows, of these lines and perhaps more."""
        new = Rows(lines)
        new._numbers, new._parts = self._numbers[:], dict(self._parts)
        return new

    def at_line(self, number: int) -> int:
        """The first row of a line; where it is hidden, the row that stands for it."""
        at = bisect_left(self._numbers, number)
        return at if at < len(self) and self._numbers[at] == number else max(at - 1, 0)


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
    widest: int  # of the lines that are broken on demand only, in cells
    code: Code = NO_CODE
    folds: tuple[tuple[int, int], ...] = ()  # the lines that may be hidden: from the first up to the second
    targets: tuple[tuple[int, str], ...] = ()  # lines that lead to another mail
    whole: bool = True  # False: only its beginning


@dataclass(frozen=True, slots=True)
class Manner:
    """How a page is laid out."""

    wrapped: bool = False  # the long lines of diffs, too
    unfolded: bool = False  # every quote is shown whole
    opened: frozenset[int] = frozenset()  # the quotes that are, by the first line hidden of them


PLAIN = Manner()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page broken to a width."""

    page: Page
    width: int
    rows: Rows
    manner: Manner = PLAIN


def compose(mail: Mail, most: int | None = None) -> Page:
    """Make `mail` printable and cut it into lines; `most`: only so many characters of its beginning."""
    lines = [Line("header", text, 0) for text in _headers(mail.headers)]
    lines.append(Line("header", "", 0))
    body = [
        Line(segment.kind, part, segment.depth)
        for segment in (mail.segments if most is None else _beginning(mail.segments, most))
        for text in map(str.rstrip, block(segment.text).split("\n"))
        for part in ((text,) if len(text) <= _LONGEST else _parts(text))
    ]
    while body and not body[-1].text:
        body.pop()
    lines += body
    return paged(mail.message_id, lines)


def paged(message_id: str, lines: Sequence[Line], targets: Sequence[tuple[int, str]] = ()) -> Page:
    """Lines as a page: where its code stands, and what of it can be folded."""
    widest = max((cell_len(one.text) for one in lines if one.kind in _UNBROKEN), default=0)
    code = code_of([(one.text, one.kind == "diff") for one in lines])
    return Page(message_id, tuple(lines), widest, code, tuple(_folds(lines)), tuple(targets))


def unfinished(page: Page, size: int) -> Page:
    """The page as the beginning of a mail of `size` characters, which is still being taken apart."""
    rest = (Line("prose", "", 0), Line("signature", f"… of {size:,} characters; the rest is being read", 0))
    return replace(page, lines=page.lines + rest, whole=False)


def length(mail: Mail) -> int:
    """How many characters a mail has."""
    return sum(len(segment.text) for segment in mail.segments)


def _beginning(segments: Iterable[Segment], most: int) -> Iterator[Segment]:
    for segment in segments:
        if most <= 0:
            return
        yield segment if len(segment.text) <= most else replace(segment, text=segment.text[:most])
        most -= len(segment.text)


def _folds(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """The quotes that are long; of one that is answered, its last lines are not hidden."""
    last_words = max((n for n, one in enumerate(lines) if one.text and one.kind not in _BELOW), default=0)
    number = 0
    while number < len(lines):
        if lines[number].kind != "quote":
            number += 1
            continue
        first = number
        while number < len(lines) and lines[number].kind == "quote":
            number += 1
        end = number - _KEPT_ABOVE_ANSWER if number <= last_words else number
        if end - first >= _LEAST_FOLDED:
            yield first, end


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


def broken(page: Page, width: int, manner: Manner = PLAIN) -> Sheet:
    """The page with its lines broken to `width`; diffs only where that is wanted.  A broken quote stays marked."""
    hidden = {} if manner.unfolded else {first: end for first, end in page.folds if first not in manner.opened}
    rows = Rows(page.lines)
    skipped = 0  # the line before which all are hidden
    for number, one in enumerate(page.lines):
        if number < skipped:
            continue
        if number in hidden:
            skipped = hidden[number]
            rows.append(Row(number, 0, 0, "", skipped - number))
        elif (one.kind in _UNBROKEN and not manner.wrapped) or cell_len(one.text) <= width:
            rows.append_whole(number)
        else:
            rows.extend(_broken_line(one, number, width))
    return Sheet(page, width, rows, manner)


def _broken_line(one: Line, number: int, width: int) -> Iterator[Row]:
    prefix = _prefix(one, width)
    keep = 1 if one.kind in _UNBROKEN else len(prefix)
    for start, end in wrap(one.text, width, len(prefix), keep):
        yield Row(number, start, end, prefix if start else "")


def lengthened(sheet: Sheet, lines: Sequence[Line], targets: Sequence[tuple[int, str]]) -> Sheet:
    """The sheet with more lines below; `targets` are counted from the first of these."""
    first = len(sheet.page.lines)
    more = tuple((first + at, message_id) for at, message_id in targets)
    page = replace(sheet.page, lines=(*sheet.page.lines, *lines), targets=sheet.page.targets + more)
    rows = sheet.rows.copy(page.lines)
    for number, one in enumerate(lines, first):
        rows.extend(_broken_line(one, number, sheet.width))
    return replace(sheet, page=page, rows=rows)


def _prefix(one: Line, width: int) -> str:
    if one.kind == "quote" and (marks := _QUOTE_MARKS.match(one.text)):
        prefix = marks[0].rstrip() + " "
    elif one.kind == "header":
        prefix = " " * _LABEL
    elif one.kind == "outgoing":
        prefix = " " * _CONTINUED
    elif one.kind == "excerpt":
        prefix = " " * (len(one.text) - len(one.text.lstrip()))
    elif one.kind in ("diff", "between"):
        prefix = "↪ "
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
