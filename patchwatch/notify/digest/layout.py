"""A digest as text: at most 72 columns, except links, which stand on lines of their own.

Pure.  What begins in the first column is ours (headings, numbers, links); whatever came by mail stands behind a number
or is indented, so that no name or subject can look like a heading, a link of ours, or a header (`From `, `-- `).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from patchwatch.notify.digest.entry import Entry, Quote
from patchwatch.sources.lore.urls import message_url
from patchwatch.text_width import cell_len, fit, wrap

COLUMNS = 72
_LORE = "https://lore.kernel.org"
_INDENT = "  "
_NAME_LINES = 2
_LEAST_TITLE = 24  # columns of a title that stay beside what is to be done


@dataclass(frozen=True, slots=True)
class Section:
    """A part with its entries; those that did not move are said in brief."""

    title: str
    entries: Sequence[Entry]
    count: int  # of all that belong here
    whole: bool  # whether even what did not move is told in full
    more: str  # the command that lists all


def section(part: Section) -> list[str]:
    """The lines of a part."""
    title = f"{part.title} ({part.count})"
    lines = [title, "-" * len(title), ""]
    for one in part.entries:
        brief = not one.items or not (one.new or part.whole)
        lines += [*(_brief(one) if brief else _full(one)), ""]
    if left := part.count - len(part.entries):
        lines += [f"and {left} more: {part.more}", ""]
    return lines


def paragraph(text: str) -> list[str]:
    """A paragraph of our own words."""
    return [text[start:end] for start, end in wrap(text, COLUMNS)]


def link(message_id: str) -> str:
    """Where people read a mail."""
    return message_url(_LORE, None, message_id)


def _full(one: Entry) -> list[str]:
    lines = _wrapped(f"{'NEW ' if one.new else ''}#{one.number} {one.name}", "", _INDENT * 2, _NAME_LINES)
    for item in one.items:
        lines += [text for said in item.said for text in _said(said)]
        if item.message_id:
            lines.append(link(item.message_id))
    return lines


def _brief(one: Entry) -> list[str]:
    """One line: a title as long as there is room for it, then what is to be done."""
    mark = f"{'NEW ' if one.new else ''}#{one.number} "
    room = COLUMNS - cell_len(mark)
    todo = fit(one.brief, max(room - _LEAST_TITLE - 3, 12))
    return [f"{mark}{fit(one.name, room - cell_len(todo) - 3)} – {todo}", link(one.proof)]


def _said(said: Quote) -> list[str]:
    return _wrapped(said.text, _INDENT, _INDENT, said.lines)


def _wrapped(text: str, first: str, following: str, most: int) -> list[str]:
    """`text` broken into at most so many lines; the last one ends with an ellipsis where more was to come."""
    pieces = wrap(text, COLUMNS - len(first), len(following) - len(first))
    lines = [text[start:end] for start, end in pieces[:most]]
    if len(pieces) > most:
        width = COLUMNS - len(following if most > 1 else first)
        lines[-1] = fit(text[pieces[most - 1][0] :], width)
    return [f"{first if number == 0 else following}{one}".rstrip() for number, one in enumerate(lines)]
