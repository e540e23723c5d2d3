"""A mail as sanitized lines, wrapped to a width, and the search for a sentence in it.

Pure, so that it can run in a background thread: a patch may have 150,000 lines.  Long quotes are folded, except the
lines right above a reply, because the reply is about those.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from patchwatch.mail.body import Mail, Segment
from patchwatch.pattern import Pattern
from patchwatch.sanitize import block, line
from patchwatch.tui.render.code import NO_CODE, Code, code_of
from patchwatch.tui.render.columns import cell_len, wrap

_NAME_WIDTH = 9  # columns of a header's name
_LONGEST = 2000  # characters of a line; some mails are a megabyte without a newline
_CONTINUATION_INDENT = 4  # columns, of a header in a draft
_SHORT_NAMES = {"message-id": "Msg-Id"}  # names too long for that
_UNWRAPPED = frozenset({"diff", "diffstat", "between"})
_NOT_REPLY = frozenset({"quote", "attribution", "signature"})
_KEPT_ABOVE_REPLY = 4  # lines of a folded quote
_MIN_FOLDED = 4  # lines; a shorter fold saves nothing
_MIN_SEARCHED = 12  # characters; shorter parts of evidence occur by chance
_NOT_BY_AUTHOR = frozenset({"quote", "attribution", "signature", "diff", "diffstat"})
_RECIPIENT = Pattern(r",\s+(?=[^,]*@)")
_ADDRESS = Pattern(r"\s*<[^<>]*>")
_QUOTE_MARKS = Pattern(r"\s{0,3}(?:[>|]\s?)+")
_POINT_HEAD = Pattern(r"\s*(?:\[.\] \d+  )?")


class Line(NamedTuple):
    """A line of a mail, or one added to it: `kind` is that of a segment or another, `depth` counts quotations."""

    kind: str
    text: str
    depth: int


class Row(NamedTuple):
    """A row of the terminal: the characters from `start` to `end` of a line, after `prefix`.

    If `hidden` is not 0, the row replaces that many lines of a folded quote, the first of which is `line`.
    """

    line: int
    start: int
    end: int
    prefix: str
    hidden: int = 0


class Rows:
    """The rows of a sheet.  Most are whole lines and are stored as a number, since a patch may have 150,000."""

    def __init__(self, lines: Sequence[Line]) -> None:
        """Start without rows."""
        self._lines = lines
        self._numbers = array("L")  # the line of each row, ascending
        self._parts: dict[int, Row] = {}  # rows that are not a whole line

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, at: int) -> Row:
        part = self._parts.get(at)
        number = self._numbers[at]
        return Row(number, 0, len(self._lines[number].text), "") if part is None else part

    def __iter__(self) -> Iterator[Row]:
        return map(self.__getitem__, range(len(self)))

    def append_whole(self, number: int) -> None:
        """Add a whole line."""
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
        """A copy whose rows refer to `lines`, which may continue the old ones."""
        new = Rows(lines)
        new._numbers, new._parts = self._numbers[:], dict(self._parts)
        return new

    def at_line(self, number: int) -> int:
        """The first row of a line, or of the fold that hides it."""
        at = bisect_left(self._numbers, number)
        return at if at < len(self) and self._numbers[at] == number else max(at - 1, 0)


class Span(NamedTuple):
    """Characters of a line."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """A mail as sanitized lines."""

    message_id: str
    lines: tuple[Line, ...]
    widest: int  # in cells, of the lines that are wrapped on demand only
    code: Code = NO_CODE
    folds: tuple[tuple[int, int], ...] = ()  # ranges of lines that can be hidden; the end is excluded
    targets: tuple[tuple[int, str], ...] = ()  # lines that link to another mail, with its message-id
    whole: bool = True  # False: only the beginning


@dataclass(frozen=True, slots=True)
class PageOptions:
    """How a page is laid out."""

    wrap_diffs: bool = False
    unfold_all: bool = False
    unfolded: frozenset[int] = frozenset()  # single quotes, by the first line of their fold


DEFAULT_OPTIONS = PageOptions()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page wrapped to a width."""

    page: Page
    width: int
    rows: Rows
    options: PageOptions = DEFAULT_OPTIONS


def mail_page(mail: Mail, limit: int | None = None) -> Page:
    """A mail as a page; `limit`: only the first characters of its text."""
    lines = [Line("header", text, 0) for text in _headers(mail.headers)]
    lines.append(Line("header", "", 0))
    body = [
        Line(segment.kind, part, segment.depth)
        for segment in (mail.segments if limit is None else _beginning(mail.segments, limit))
        for text in map(str.rstrip, block(segment.text).split("\n"))
        for part in ((text,) if len(text) <= _LONGEST else _parts(text))
    ]
    while body and not body[-1].text:
        body.pop()
    lines += body
    return make_page(mail.message_id, lines)


def make_page(message_id: str, lines: Sequence[Line], targets: Sequence[tuple[int, str]] = ()) -> Page:
    """A page of these lines, with its code and folds."""
    widest = max((cell_len(one.text) for one in lines if one.kind in _UNWRAPPED), default=0)
    try:
        code = code_of([(one.text, one.kind == "diff") for one in lines])
    except Exception:  # noqa: BLE001 (anybody can write a mail: it is shown without colors)
        code = NO_CODE
    return Page(message_id, tuple(lines), widest, code, tuple(_folds(lines)), tuple(targets))


def incomplete_page(page: Page, size: int) -> Page:
    """The page as the beginning of a mail of `size` characters, the rest of which is still being parsed."""
    rest = (Line("prose", "", 0), Line("signature", f"… of {size:,} characters; loading the rest", 0))
    return replace(page, lines=page.lines + rest, whole=False)


def text_length(mail: Mail) -> int:
    """The number of characters in the text of a mail."""
    return sum(len(segment.text) for segment in mail.segments)


def _beginning(segments: Iterable[Segment], limit: int) -> Iterator[Segment]:
    for segment in segments:
        if limit <= 0:
            return
        yield segment if len(segment.text) <= limit else replace(segment, text=segment.text[:limit])
        limit -= len(segment.text)


def _folds(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """The long quotes, without the last lines of a quote that is replied to."""
    last_reply = max((n for n, one in enumerate(lines) if one.text and one.kind not in _NOT_REPLY), default=0)
    number = 0
    while number < len(lines):
        if lines[number].kind != "quote":
            number += 1
            continue
        first = number
        while number < len(lines) and lines[number].kind == "quote":
            number += 1
        end = number - _KEPT_ABOVE_REPLY if number <= last_reply else number
        if end - first >= _MIN_FOLDED:
            yield first, end


def _parts(text: str) -> Iterator[str]:
    for start in range(0, len(text), _LONGEST):
        yield text[start : start + _LONGEST]


def _headers(headers: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Headers in a useful order; more than three recipients are counted."""
    order = {"from": 0, "date": 1, "subject": 2, "to": 3, "cc": 4}
    for name, value in sorted(headers, key=lambda header: order.get(header[0].lower(), 9)):
        text = line(value)
        if name.lower() in ("to", "cc"):
            recipients = _RECIPIENT.split(text)
            if len(recipients) > 1:
                names = [_ADDRESS.sub("", each).strip('" ') or each for each in recipients]
                rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
                text = ", ".join(names[:3]) + rest
        yield f"{_SHORT_NAMES.get(name.lower(), line(name)):<{_NAME_WIDTH}}{text}"


def header_name_length(text: str) -> int:
    """The number of characters that the name takes in a header line."""
    return min(_NAME_WIDTH, len(text))


def lay_out(page: Page, width: int, options: PageOptions = DEFAULT_OPTIONS) -> Sheet:
    """Wrap the page to `width`, and fold its quotes.  Every row of a wrapped quote keeps its mark."""
    hidden = {} if options.unfold_all else {first: end for first, end in page.folds if first not in options.unfolded}
    rows = Rows(page.lines)
    hidden_until = 0
    for number, one in enumerate(page.lines):
        if number < hidden_until:
            continue
        if number in hidden:
            hidden_until = hidden[number]
            rows.append(Row(number, 0, 0, "", hidden_until - number))
        elif (one.kind in _UNWRAPPED and not options.wrap_diffs) or cell_len(one.text) <= width:
            rows.append_whole(number)
        else:
            rows.extend(_wrapped_rows(one, number, width))
    return Sheet(page, width, rows, options)


def _wrapped_rows(one: Line, number: int, width: int) -> Iterator[Row]:
    prefix = _prefix(one, width)
    keep = 1 if one.kind in _UNWRAPPED else len(prefix)
    for start, end in wrap(one.text, width, len(prefix), keep):
        yield Row(number, start, end, prefix if start else "")


def append_lines(sheet: Sheet, lines: Sequence[Line], targets: Sequence[tuple[int, str]]) -> Sheet:
    """The sheet with these lines added; the line numbers in `targets` count from the first of them."""
    first = len(sheet.page.lines)
    more = tuple((first + at, message_id) for at, message_id in targets)
    page = replace(sheet.page, lines=(*sheet.page.lines, *lines), targets=sheet.page.targets + more)
    rows = sheet.rows.copy(page.lines)
    for number, one in enumerate(lines, first):
        rows.extend(_wrapped_rows(one, number, sheet.width))
    return replace(sheet, page=page, rows=rows)


def _prefix(one: Line, width: int) -> str:
    if one.kind == "quote" and (marks := _QUOTE_MARKS.match(one.text)):
        prefix = marks[0].rstrip() + " "
    elif one.kind == "header":
        prefix = " " * _NAME_WIDTH
    elif one.kind == "outgoing":
        prefix = " " * _CONTINUATION_INDENT
    elif one.kind == "point" and (head := _POINT_HEAD.match(one.text)):
        prefix = " " * len(head[0])
    elif one.kind in ("excerpt", "origin"):
        prefix = " " * (len(one.text) - len(one.text.lstrip()))
    elif one.kind in ("diff", "between"):
        prefix = "↪ "
    else:
        prefix = ""
    return prefix if len(prefix) < width // 2 else ""


def find_text(page: Page, sentence: str) -> tuple[Span, ...]:
    """Find `sentence` in a page: a span for each line, or none.

    The evidence is on one line, may be cut with an ellipsis, and may begin with a word or two that are not in the mail
    ("This patch …").  Text by the author is searched first, then the headers, then quotes and diffs.
    """
    parts = [re.escape(word) for word in line(sentence).removesuffix("…").split()]
    own = [n for n, one in enumerate(page.lines) if one.kind not in _NOT_BY_AUTHOR and one.kind != "header"]
    header = [n for n, one in enumerate(page.lines) if one.kind == "header"]
    rest = [n for n, one in enumerate(page.lines) if one.kind in _NOT_BY_AUTHOR]
    for dropped in range(min(4, max(len(parts) - 3, 1))):
        wanted = r"\s+".join(parts[dropped:])
        if not wanted:
            return ()
        for numbers in (own, header, rest):
            if spans := _search(page, numbers, wanted):
                return spans
    # Some evidence combines two places of a bot's mail ("build errors: file.c:12: …"): search for its longest part.
    for part in sorted(line(sentence).removesuffix("…").split(": "), key=len, reverse=True):
        wanted = r"\s+".join(map(re.escape, part.split()))
        if len(part) >= _MIN_SEARCHED and (spans := _search(page, range(len(page.lines)), wanted)):
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


def error_page(message_id: str, text: str) -> Page:
    """A page with the reason why a mail can't be shown."""
    return Page(message_id, (Line("prose", text, 0),), 0)
