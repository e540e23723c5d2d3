"""Lay out a digest as text: printed in 72 columns, or mailed in lines that a phone has room for.

Pure.  Only our own text (headings, numbers, links) starts a line.  Text from mails follows a number, or is indented or
below a dash, so that no name or subject can pass for a heading, a link of ours, or a line with a meaning (`From `,
`-- `).  Links come last, and may be longer.

A mail has the same statements, with the same words left out.  Its lines are short, and a space ends those that go on
(format=flowed, RFC 3676): a mail program that knows that fills them to its width, and with any other they fit a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from patchwatch.config import DEFAULT_LORE_URL
from patchwatch.mail.flowed import flow
from patchwatch.notify.digest.entry import Entry, Paragraph
from patchwatch.sources.lore.urls import message_url
from patchwatch.text_width import cell_len, fit, wrap

COLUMNS = 72
MAIL_COLUMNS = 42
_INDENT = "  "
_DASH = "- "
_NAME_LINES = 2


@dataclass(frozen=True, slots=True)
class Section:
    """A section and its entries."""

    title: str
    entries: Sequence[Entry]
    count: int  # of all series in the section, shown or not
    full: bool  # show entries without news in full, too
    more: str  # what is not shown


def section_lines(section: Section, *, mailed: bool = False) -> list[str]:
    """The lines of a section."""
    title = f"{section.title} ({section.count})"
    lines = [title, "-" * len(title), ""]
    for entry in section.entries:
        short = not entry.items or not (entry.new or section.full)
        if mailed:
            lines += [*_mailed(entry, short=short), ""]
        else:
            lines += _short(entry) if short else [*_full(entry), ""]
    if lines[-1] and section.entries:
        lines.append("")
    if section.more:
        lines += [*paragraph(section.more, mailed=mailed), ""]
    return lines


def links(entries: Sequence[Entry]) -> list[str]:
    """The mail that each entry is about, by its number, as a signature: mail readers show that dim."""
    shown = sorted({(entry.number, entry.message_id) for entry in entries})
    return ["--", *(f"#{number} {link(message_id)}" for number, message_id in shown)] if shown else []


def paragraph(text: str, *, mailed: bool = False) -> list[str]:
    """Wrap a paragraph of our own text."""
    return flow(text, MAIL_COLUMNS) if mailed else [text[start:end] for start, end in wrap(text, COLUMNS)]


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


def _mailed(entry: Entry, *, short: bool) -> list[str]:
    """Title, and below it each statement after a dash."""
    lines = flow(_cut(f"{_mark(entry)}{entry.name}", "", _INDENT * 2, _NAME_LINES), MAIL_COLUMNS)
    texts = [text for item in entry.items for text in item.paragraphs]
    for text in [_cut(entry.action, _INDENT, _INDENT, 2)] if short else [_cut_paragraph(text) for text in texts]:
        lines += flow(f"{_DASH}{text}", MAIL_COLUMNS)
    return lines


def _cut_paragraph(text: Paragraph) -> str:
    return _cut(text.text, _INDENT, _INDENT, text.max_lines)


def _wrapped(text: str, first: str, following: str, max_lines: int) -> list[str]:
    """Wrap `text`, indented."""
    cut = _cut(text, first, following, max_lines)
    pieces = wrap(cut, COLUMNS - len(first), len(following) - len(first))
    return [f"{following if n else first}{cut[start:end]}".rstrip() for n, (start, end) in enumerate(pieces)]


def _cut(text: str, first: str, following: str, max_lines: int) -> str:
    """`text`, with an ellipsis if it needs more than `max_lines` of the printed ones, a quote within its marks."""
    pieces = wrap(text, COLUMNS - len(first), len(following) - len(first))
    if len(pieces) <= max_lines:
        return text
    mark = "”" if text.endswith("”") else ""
    width = COLUMNS - len(following if max_lines > 1 else first) - len(mark)
    last = pieces[max_lines - 1][0]
    return f"{text[:last]}{fit(text[last:].removesuffix(mark), width)}{mark}"
