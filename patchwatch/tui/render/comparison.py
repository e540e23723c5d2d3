"""Two revisions compared, in lines to be read: a pair of patches with what differs, and what the author says of it.

Pure; how they differ was decided by patchwatch.series.rangediff.  Everything is made printable here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patchwatch.mail.message import Trailer
from patchwatch.sanitize import block, line
from patchwatch.series.rangediff.comparison import AuthorNote, Comparison, Pair
from patchwatch.series.rangediff.rows import Difference, Row, diff_lines
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render import labels
from patchwatch.tui.render.code import Code
from patchwatch.tui.render.page import Line, Page, paged
from patchwatch.tui.render.syntax import language

_MOST = 5_000  # lines of a patch that has no counterpart
_INNER = {"#": "+++ ", "@": "@@ "}
MARKS = {"=": "dim", "!": "warn strong", "<": "bad strong", ">": "good strong"}


def headline(found: Comparison) -> list[StyledText]:
    """`v4 → v5   2 equal, 1 changed, 1 new`."""
    pieces: list[StyledText] = [
        (f"{line(found.older.label)} → {line(found.newer.label)}", "accent strong"),
        ("   ", ""),
    ]
    if found.equal:
        return [*pieces, ("Nothing changed: every patch is equal.", "good")]
    counts = [
        ("=", "equal"),
        ("!", "changed"),
        (">", "only in the newer"),
        ("<", "only in the older"),
    ]
    told: list[StyledText] = []
    for mark, word in counts:
        if number := sum(pair.mark == mark for pair in found.pairs):
            told += [(", " if told else "", "dim"), (f"{number} {word}", MARKS[mark])]
    for side in (found.older, found.newer):
        if side.missing:
            told.append((f"   {line(side.label)}: {side.missing} not seen", "warn"))
    return pieces + told


def pair_pieces(pair: Pair, widest: int) -> tuple[list[StyledText], list[StyledText]]:
    """A pair on one line: numbers, git's mark and title; and, to stand at the right, what is to be said of it."""
    numbers = [f"{patch.number if patch else '-':>{widest}}" for patch in (pair.older, pair.newer)]
    ink = MARKS[pair.mark]
    left: list[StyledText] = [
        (f"{numbers[0]} → {numbers[1]}  ", "dim"),
        (f"{pair.mark} ", ink),
        (line(pair.title), "dim" if pair.mark == "=" else ""),
    ]
    return left, [(f" {line(', '.join(pair.words()))}", "dim" if pair.mark in "=!" else ink)]


def pair_page(found: Comparison, pair: Pair) -> Page:
    """What differs between two patches: titles, authors, messages, tags, diffs."""
    older, newer = line(found.older.label), line(found.newer.label)
    lines = [Line("section", f"── {line(pair.title)}", 0)]
    targets: list[tuple[int, str]] = []
    for patch, side in ((pair.older, found.older), (pair.newer, found.newer)):
        if patch:
            targets.append((len(lines), patch.message_id))
            number = f"{patch.number}/{side.expected} " if side.expected > 1 else ""
            lines.append(Line("prose", f"{line(side.label):<6} {number}{line(patch.title)}", 0))
            if pair.new_author:
                lines.append(Line("prose", f"       by {line(str(patch.author))}", 0))
            if patch.diff.damaged:
                lines.append(Line("warning", "       Its diff is damaged (wrapped or missing lines).", 0))
    lines += [Line("prose", "", 0), Line("prose", f"{', '.join(map(line, pair.words()))}.".capitalize(), 0)]
    if pair.mark == "=":
        lines.append(Line("excerpt", "Message, tags and diff are the same, line numbers apart.", 0))
    languages: list[tuple[int, str]] = []
    if pair.message.rows or pair.message.too_large:
        lines += [Line("prose", "", 0), Line("section", "── Message", 0), *_difference(pair.message)]
    if pair.gained or pair.lost:
        lines += [Line("prose", "", 0), Line("section", "── Tags", 0)]
        lines += [Line("between", f"- {_tag(tag)}", 0) for tag in pair.lost]
        lines += [Line("between", f"+ {_tag(tag)}", 0) for tag in pair.gained]
    if pair.diff.rows or pair.diff.too_large or pair.diff.context_only:
        lines += [Line("prose", "", 0), Line("section", "── Diff", 0)]
        legend = f"first column: + only in {newer}, - only in {older}; second: what the patch does"
        lines += [Line("excerpt", legend, 0)] if pair.diff.rows else []
        languages = list(_languages(pair.diff.rows, len(lines)))
        lines += _difference(pair.diff)
    alone = pair.older or pair.newer
    if alone and (pair.older is None or pair.newer is None):
        lines += [Line("prose", "", 0), Line("section", "── Message", 0)]
        lines += [Line("prose", text, 0) for text in block(alone.message).split("\n")]
        lines += [Line("prose", "", 0), Line("section", "── Diff", 0)]
        rows = diff_lines(alone.diff.files).rows
        languages = [(n, language(text)) for n, (inner, text) in enumerate(rows, len(lines)) if inner == "#"]
        lines += [Line("diff", f"{_INNER.get(inner, inner)}{_one_line(text)}", 0) for inner, text in rows[:_MOST]]
    page = paged("", lines, targets)
    starts, spoken = zip(*languages, strict=True) if languages else ((), ())
    return Page(page.message_id, page.lines, page.widest, Code(starts, spoken), (), page.targets)


def _tag(tag: Trailer) -> str:
    return f" {line(tag.name)}: {line(tag.value)}"


def _difference(found: Difference) -> Iterator[Line]:
    for row in found.rows:
        yield Line("between", f"{row.outer}{row.inner}{_one_line(row.text)}", 0)
    if found.omitted:
        yield Line("excerpt", f"{found.omitted} more lines of difference are not shown.", 0)
    if found.too_large:
        yield Line("excerpt", "Too large to be compared line by line.", 0)
    if found.context_only:
        places = "1 place differs" if found.context_only == 1 else f"{found.context_only} places differ"
        yield Line("excerpt", f"{places} only in the lines around the change.", 0)


def _one_line(text: str) -> str:
    return block(text).replace("\n", "␊")


def _languages(rows: Sequence[Row], first: int) -> Iterator[tuple[int, str]]:
    """From which line on which language is spoken: a heading names a file."""
    for number, row in enumerate(rows, first):
        if row.inner == "#":
            yield number, language(row.text.split(" ")[0])
        elif row.outer == "@":
            yield number, language(row.text.partition(": ")[0])


def changelog_page(found: Comparison) -> Page:
    """What the author says has changed, each under a line that leads to the mail that says so."""
    lines: list[Line] = []
    targets: list[tuple[int, str]] = []
    for said in found.notes:
        if lines:
            lines.append(Line("prose", "", 0))
        targets.append((len(lines), said.message_id))
        lines.append(Line("section", f"── {_source(said)}", 0))
        lines.append(Line("prose", line(said.changes.heading), 0))
        lines += [Line("prose", text, 0) for text in block(said.changes.text).split("\n")]
    if not lines:
        lines = [Line("excerpt", "No changelog was found in these mails.", 0)]
    return paged("", lines, targets)


def _source(said: AuthorNote) -> str:
    return f"{line(said.label)}, {f'patch {said.patch}' if said.patch else 'cover letter'}"


def sides(found: Comparison, now: int) -> list[StyledText]:
    """When both were posted."""
    older, newer = found.older, found.newer
    return [
        (f"{line(older.label)} of {labels.day(older.date, now)}, ", "dim"),
        (f"{line(newer.label)} of {labels.day(newer.date, now)}", "dim"),
    ]
