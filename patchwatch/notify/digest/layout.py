"""Lay out a digest as text of at most 72 columns; links have lines of their own and may be longer.

Pure.  Only our own text (headings, numbers, links) starts in the first column.  Text from mails follows a number or is
indented, so that no name or subject can pass for a heading, a link of ours, or a line with a meaning (`From `, `-- `).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from patchwatch.config import DEFAULT_LORE_URL
from patchwatch.notify.digest.entry import Entry
from patchwatch.sources.lore.urls import message_url
from patchwatch.text_width import cell_len, fit, wrap

COLUMNS = 72
_INDENT = "  "
_NAME_LINES = 2
_LEAST_TITLE = 24  # columns that a title keeps beside the next action
_LEAST_ACTION = 12  # columns that the next action keeps beside a long mark


@dataclass(frozen=True, slots=True)
class Section:
    """A section and its entries."""

    title: str
    entries: Sequence[Entry]
    count: int  # of all series in the section, shown or not
    full: bool  # show entries without news in full, too
    more: str  # the command that lists all


def section_lines(section: Section) -> list[str]:
    """The lines of a section."""
    title = f"{section.title} ({section.count})"
    lines = [title, "-" * len(title), ""]
    for entry in section.entries:
        short = not entry.items or not (entry.new or section.full)
        lines += [*(_short(entry) if short else _full(entry)), ""]
    if left := section.count - len(section.entries):
        lines += [f"and {left} more: {section.more}", ""]
    return lines


def paragraph(text: str) -> list[str]:
    """Wrap a paragraph of our own text."""
    return [text[start:end] for start, end in wrap(text, COLUMNS)]


def link(message_id: str) -> str:
    """The URL of a mail."""
    return message_url(DEFAULT_LORE_URL, None, message_id)


def _mark(entry: Entry) -> str:
    return f"{'NEW ' if entry.new else ''}#{entry.number} "


def _full(entry: Entry) -> list[str]:
    lines = _wrapped(f"{_mark(entry)}{entry.name}", "", _INDENT * 2, _NAME_LINES)
    for item in entry.items:
        for text in item.paragraphs:
            lines += _wrapped(text.text, _INDENT, _INDENT, text.max_lines)
        if item.message_id:
            lines.append(link(item.message_id))
    return lines


def _short(entry: Entry) -> list[str]:
    """The title as far as there is room, the next action, and a link."""
    mark = _mark(entry)
    room = COLUMNS - cell_len(mark)
    action = fit(entry.action, max(room - _LEAST_TITLE - 3, _LEAST_ACTION))
    return [f"{mark}{fit(entry.name, room - cell_len(action) - 3)} – {action}", link(entry.message_id)]


def _wrapped(text: str, first: str, following: str, max_lines: int) -> list[str]:
    """Wrap `text`, indented; if it needs more than `max_lines`, the last one ends with an ellipsis."""
    pieces = wrap(text, COLUMNS - len(first), len(following) - len(first))
    lines = [text[start:end] for start, end in pieces[:max_lines]]
    if len(pieces) > max_lines:
        width = COLUMNS - len(following if max_lines > 1 else first)
        lines[-1] = fit(text[pieces[max_lines - 1][0] :], width)
    return [f"{first if number == 0 else following}{text}".rstrip() for number, text in enumerate(lines)]
