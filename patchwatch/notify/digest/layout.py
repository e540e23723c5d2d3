"""Lay out a digest as text of at most 72 columns; links come last, and may be longer.

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


@dataclass(frozen=True, slots=True)
class Section:
    """A section and its entries."""

    title: str
    entries: Sequence[Entry]
    count: int  # of all series in the section, shown or not
    full: bool  # show entries without news in full, too
    more: str  # what is not shown


def section_lines(section: Section) -> list[str]:
    """The lines of a section."""
    title = f"{section.title} ({section.count})"
    lines = [title, "-" * len(title), ""]
    for entry in section.entries:
        short = not entry.items or not (entry.new or section.full)
        lines += _short(entry) if short else [*_full(entry), ""]
    if lines[-1] and section.entries:
        lines.append("")
    if section.more:
        lines += [section.more, ""]
    return lines


def links(entries: Sequence[Entry]) -> list[str]:
    """The mail that each entry is about, by its number, as a signature: mail readers show that dim."""
    shown = sorted({(entry.number, entry.message_id) for entry in entries})
    return ["--", *(f"#{number} {link(message_id)}" for number, message_id in shown)] if shown else []


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
    return lines


def _short(entry: Entry) -> list[str]:
    """Title and action on one line, or on two or three: what is to do is never cut."""
    head = f"{_mark(entry)}{entry.name}"
    if cell_len(head) + cell_len(entry.action) + 3 <= COLUMNS:
        return [f"{head} – {entry.action}"]
    return [*_wrapped(head, "", _INDENT * 2, 1), *_wrapped(entry.action, _INDENT, _INDENT, 2)]


def _wrapped(text: str, first: str, following: str, max_lines: int) -> list[str]:
    """Wrap `text`, indented; if it needs more than `max_lines`, it ends with an ellipsis, a quote within its marks."""
    pieces = wrap(text, COLUMNS - len(first), len(following) - len(first))
    lines = [text[start:end] for start, end in pieces[:max_lines]]
    if len(pieces) > max_lines:
        mark = "”" if text.endswith("”") else ""
        width = COLUMNS - len(following if max_lines > 1 else first) - len(mark)
        lines[-1] = fit(text[pieces[max_lines - 1][0] :].removesuffix(mark), width) + mark
    return [f"{first if number == 0 else following}{text}".rstrip() for number, text in enumerate(lines)]
