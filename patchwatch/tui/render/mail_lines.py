"""How a row of a mail is styled, by the kind of its line; code has the colors of its language.

Pure.  Added and removed lines differ by their sign and background, so that the colors of their code stay readable.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from patchwatch.pattern import Pattern
from patchwatch.tui.base.theme import StyledText, overlay
from patchwatch.tui.render.page import Line, Page, Row, Span, header_name_length
from patchwatch.tui.render.syntax import highlighted

_STAT = Pattern(r"^(?P<file>\s*\S.*?)(?P<bar>\s\|\s+\d+ ?)(?P<plus>\+*)(?P<minus>-*)$")
_TRAILER_NAME = Pattern(r"^\s*[\w-]+:")
_RULE = "─" * 300  # cut at the edge
_LINK = Pattern(
    r"(?:https?://|(?<![\w.@/:%=-])(?:lore\.kernel\.org|lkml\.kernel\.org|patch\.msgid\.link)/)"
    r"[^\s<>\"'`)\]}]*[^\s<>\"'`)\]}.,;:!?]"
)
_ADDRESS = Pattern(r"[\w.+=$%~-]+@[\w.-]*\w")
_LABELED_ID = Pattern(r"(?:message-id|msgid|in-reply-to|mid|id)\s*:\s*<?$", re.IGNORECASE)
# A time to the second, or the day in b4's: message-ids of git and b4 begin so, and addresses do not.
_ID_START = Pattern(r"(?:[a-z]+\.)?(?:\d{10,}[.-]|\d{8}-)", re.IGNORECASE)
_MAX_LINKS = 40  # of a line
_LABEL = 40  # characters before an id in which its label is looked for
_LINKED = frozenset({"prose", "trailer", "quote", "header"})
_FILE_HEADERS = ("index ", "new file", "deleted file", "old mode", "new mode", "similarity", "rename ", "copy ")


def links(one: Line) -> list[tuple[int, int]]:
    """The spans of links in a line, and of message-ids that can be distinguished from addresses."""
    if one.kind not in _LINKED or not ("://" in one.text or "@" in one.text or "/" in one.text):
        return []
    found = [match.span() for match in islice(_LINK.finditer(one.text), _MAX_LINKS)]
    if "@" in one.text and one.kind != "header":
        ids = (match for match in _ADDRESS.finditer(one.text) if _is_message_id(one, match))
        separate = [
            match.span() for match in islice(ids, _MAX_LINKS) if not any(a <= match.start() < b for a, b in found)
        ]
        found = sorted(found + separate)
    return found


def _is_message_id(one: Line, match: re.Match[str]) -> bool:
    """True if it is labeled as one, or, outside of tags with their addresses, does not look like an address."""
    if _LABELED_ID.search(one.text, max(match.start() - _LABEL, 0), match.start()):
        return True
    if one.kind == "trailer":
        return False
    return _ID_START.match(match[0]) is not None or match[0].endswith("@mail.gmail.com")


def quote_style(one: Line) -> str:
    """Two styles alternate by the depth of the quote."""
    return "quote" if one.depth % 2 else "requote"


def background_style(page: Page, row: Row) -> str:
    """The style right of the text of a row: the background of added and removed lines reaches the edge."""
    one = page.lines[row.line]
    if one.kind not in ("diff", "between") or (one.kind == "diff" and _is_file_header(one.text)):
        return ""
    return {"+": "added", "-": "removed"}.get(one.text[:1], "")


def row_pieces(
    page: Page, row: Row, marked: Sequence[Span] = (), chosen: Span | None = None, hint: str = ""
) -> list[StyledText]:
    """A styled row, with the spans in `marked` and the chosen link highlighted; `hint` is shown beside a fold.

    A row that can't be styled is plain: no mail stops the screen.
    """
    try:
        return styled_row(page, row, marked, chosen, hint)
    except Exception:  # noqa: BLE001 (anybody can write a mail)
        return [(row.prefix, ""), (page.lines[row.line].text[row.start : row.end], "")]


def styled_row(page: Page, row: Row, marked: Sequence[Span], chosen: Span | None, hint: str) -> list[StyledText]:
    """Implement `row_pieces`."""
    one = page.lines[row.line]
    if row.hidden:
        style = "chosen" if chosen and chosen.line == row.line else "accent"
        return [(f"▸ {row.hidden} more quoted lines", style), (f"  {hint}" if hint else "", "dim")]
    pieces = _line_pieces(page, row.line)
    for start, end in links(one):
        pieces = overlay(pieces, start, end, "link")
    for span in marked:
        if span.line == row.line:
            pieces = overlay(pieces, span.start, span.end, "evidence")
    if chosen and chosen.line == row.line:
        pieces = overlay(pieces, chosen.start, chosen.end, "chosen")
    if row.start or row.end < len(one.text):
        pieces = _cut(pieces, row.start, row.end)
    if not row.prefix:
        return pieces
    style = quote_style(one) if one.kind == "quote" else f"faint {background_style(page, row)}".strip()
    return [(row.prefix, style), *pieces]


def _cut(pieces: Sequence[StyledText], start: int, end: int) -> list[StyledText]:
    kept: list[StyledText] = []
    at = 0
    for text, style in pieces:
        part = text[max(start - at, 0) : max(end - at, 0)]
        at += len(text)
        if part:
            kept.append((part, style))
    return kept


def _line_pieces(page: Page, number: int) -> list[StyledText]:
    one = page.lines[number]
    text = one.text
    match one.kind:
        case "header":
            end = header_name_length(text)
            return [(text[:end], "dim"), (text[end:], "strong" if text.startswith("Subject") else "")]
        case "quote":
            return [(text, quote_style(one))]
        case "attribution":
            return [(text, "dim slanted")]
        case "trailer":
            name = _TRAILER_NAME.match(text)
            return [(name[0], "calm strong"), (text[name.end() :], "calm")] if name else [(text, "calm")]
        case "separator" | "signature" | "excerpt" | "origin":
            return [(text, "dim")]
        case "section":
            return [(text, "accent strong"), (f" {_RULE}", "faint")]
        case "reply":
            head, _, tags = text[2 * one.depth :].partition("   ")
            head = text[: 2 * one.depth] + head
            return [(head, "strong" if "●" in head else ""), (f"   {tags}" if tags else "", "calm")]
        case "diffstat":
            return _stat_pieces(text)
        case "diff":
            return _diff_pieces(page, number)
        case "between":
            return _between_pieces(page, number)
        case "outgoing":
            name = _TRAILER_NAME.match(text)
            return [(name[0], "dim"), (text[name.end() :], "")] if name else [(text, "")]
        case "point":
            return _point_pieces(text)
        case "warning":
            return [(text, "warn")]
        case _:
            return [(text, "")]


def _stat_pieces(text: str) -> list[StyledText]:
    found = _STAT.match(text)
    if not found:
        return [(text, "dim")]
    return [(found["file"], ""), (found["bar"], "dim"), (found["plus"], "good"), (found["minus"], "bad")]


def _is_file_header(text: str) -> bool:
    return text.startswith(("+++ ", "--- "))


def _diff_pieces(page: Page, number: int) -> list[StyledText]:
    text = page.lines[number].text
    if _is_file_header(text) or text.startswith("diff --git "):
        return [(text, "strong")]
    if text.startswith("@@"):
        end = text.find("@@", 2) + 2
        return [(text[:end], "accent"), (text[end:], "dim")] if end > 1 else [(text, "accent")]
    if text.startswith(_FILE_HEADERS):
        return [(text, "dim")]
    sign = text[:1]
    code = highlighted(text[1:], page.code.language_at(number), page.code.commented_at(number))
    if sign == "+":
        return [("+", "good added"), *((part, f"{style} added".lstrip()) for part, style in code)]
    if sign == "-":
        return [("-", "bad removed"), *((part, f"{style} removed".lstrip()) for part, style in code)]
    return [(sign, ""), *code]


def _point_pieces(text: str) -> list[StyledText]:
    """A point: its sign and number, the sentence in quotes, who and when; or, without a sentence, its fate."""
    start, end = text.find("“"), text.rfind("”") + 1
    if not text.lstrip().startswith("[") or start < 0:
        return [(text, "dim")]
    return [(text[:start], "accent strong"), (text[start:end], "slanted"), (text[end:], "dim")]


_SIGNS = {"+": "good", "-": "bad"}


def _between_pieces(page: Page, number: int) -> list[StyledText]:
    """A line of a diff of diffs: which revision has it, what the patch does with it, and its text."""
    text = page.lines[number].text
    outer, inner, words = text[:1], text[1:2], text[2:]
    if outer == "@":
        return [(f"@@ {words}".rstrip(), "accent")]
    beside = {"+": "added", "-": "removed"}.get(outer, "")
    marked: list[StyledText] = [(outer, f"{_SIGNS.get(outer, '')} strong {beside}".strip()), (" ", beside)]
    if inner in "#@":
        style = "strong" if inner == "#" else "accent"
        return [*marked, (f"{inner * 2} {words}".rstrip(), f"{style} {beside}".strip())]
    if outer == inner == " ":
        return [("   ", ""), (words, "dim")]
    code = highlighted(words, page.code.language_at(number))
    sign: StyledText = (inner, f"{_SIGNS.get(inner, '')} {beside}".strip())
    return [*marked, sign, *((part, f"{style} {beside}".strip()) for part, style in code)]
