"""Pages of a comparison of two revisions: the differences between two patches, and the author's changelogs.

Pure; patchwatch.series.rangediff computes the comparison.  All text is sanitized here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patchwatch.mail.message import Trailer
from patchwatch.sanitize import block, line
from patchwatch.series.labels import missing_patches
from patchwatch.series.point_list import ListedPoint
from patchwatch.series.rangediff.comparison import AuthorNote, Comparison, Pair, Side
from patchwatch.series.rangediff.rows import Difference, Row, diff_lines
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render import labels
from patchwatch.tui.render.code import Code
from patchwatch.tui.render.page import Line, Page, make_page
from patchwatch.tui.render.point_notes import NO_NOTES, PointNotes, place, with_lines
from patchwatch.tui.render.syntax import language

_MAX_LINES = 5_000  # of a patch without a counterpart
_INNER = {"#": "+++ ", "@": "@@ "}
MARKS = {"=": "dim", "!": "warn strong", "<": "bad strong", ">": "good strong"}


def headline(comparison: Comparison) -> list[StyledText]:
    """`v4 → v5   2 equal, 1 changed, 1 new`."""
    pieces: list[StyledText] = [
        (f"{line(comparison.older.label)} → {line(comparison.newer.label)}", "accent strong"),
        ("   ", ""),
    ]
    if comparison.equal:
        return [*pieces, ("Nothing changed: all patches are equal.", "good")]
    counts = [
        ("=", "equal"),
        ("!", "changed"),
        (">", f"only in {line(comparison.newer.label)}"),
        ("<", f"only in {line(comparison.older.label)}"),
    ]
    summary: list[StyledText] = []
    for mark, word in counts:
        if number := sum(pair.mark == mark for pair in comparison.pairs):
            summary += [(", " if summary else "", "dim"), (f"{number} {word}", MARKS[mark])]
    for side in (comparison.older, comparison.newer):
        if side.missing:
            summary.append((f"   {line(side.label)}: {_missing(side)}", "warn"))
    return pieces + summary


def pair_pieces(pair: Pair, widest: int) -> tuple[list[StyledText], list[StyledText]]:
    """A pair on one line: numbers, mark as in git range-diff, title; and the words to be right-aligned."""
    numbers = [f"{patch.number if patch else '-':>{widest}}" for patch in (pair.older, pair.newer)]
    style = MARKS[pair.mark]
    left: list[StyledText] = [
        (f"{numbers[0]} → {numbers[1]}  ", "dim"),
        (f"{pair.mark} ", style),
        (line(pair.title), "dim" if pair.mark == "=" else ""),
    ]
    return left, [(f" {line(', '.join(pair.words()))}", "dim" if pair.mark in "=!" else style)]


def pair_page(comparison: Comparison, pair: Pair, notes: Sequence[PointNotes] = (NO_NOTES, NO_NOTES)) -> Page:
    """The differences between two patches: titles, authors, messages, tags, diffs.

    `notes` has the points of both revisions: each stands below the row of its line of code, or before the differences.
    """
    older, newer = line(comparison.older.label), line(comparison.newer.label)
    lines = [Line("section", f"── {line(pair.title)}", 0)]
    targets: list[tuple[int, str]] = []
    for patch, side in ((pair.older, comparison.older), (pair.newer, comparison.newer)):
        if patch:
            targets.append((len(lines), patch.message_id))
            number = f"{patch.number}/{side.expected} " if side.expected > 1 else ""
            lines.append(Line("prose", f"{line(side.label):<6} {number}{line(patch.title)}", 0))
            if pair.new_author:
                lines.append(Line("prose", f"       by {line(str(patch.author))}", 0))
            if patch.diff.damaged:
                lines.append(Line("warning", "       The diff is damaged (wrapped or missing lines).", 0))
        else:
            lines.append(Line("prose", f"{line(side.label):<6} {_no_counterpart(side)}", 0))
    words = [line(word) for word in pair.words() if word not in ("no match", "new", "dropped")]
    lines += [Line("prose", "", 0), Line("prose", f"{', '.join(words)}.".capitalize(), 0)] if words else []
    if pair.mark == "=":
        lines.append(Line("excerpt", "Commit message, tags and diff are the same except for line numbers.", 0))
    intro = len(lines) - 1
    shown: tuple[Sequence[Row], int] = ((), 0)  # the rows of the diff, and the number of their first line
    languages: list[tuple[int, str]] = []
    if pair.message.rows or pair.message.too_large:
        lines += [Line("prose", "", 0), Line("section", "── Commit message", 0), *_difference(pair.message)]
    if pair.gained or pair.lost:
        lines += [Line("prose", "", 0), Line("section", "── Tags", 0)]
        lines += [Line("between", f"- {_tag(tag)}", 0) for tag in pair.lost]
        lines += [Line("between", f"+ {_tag(tag)}", 0) for tag in pair.gained]
    if pair.diff.rows or pair.diff.too_large or pair.diff.context_only:
        lines += [Line("prose", "", 0), Line("section", "── Diff", 0)]
        legend = f"first column: + only in {newer}, - only in {older}; second: what the patch does"
        lines += [Line("excerpt", legend, 0)] if pair.diff.rows else []
        languages = list(_languages(pair.diff.rows, len(lines)))
        shown = pair.diff.rows, len(lines)
        lines += _difference(pair.diff)
    alone = pair.older or pair.newer
    if alone and (pair.older is None or pair.newer is None):
        lines += [Line("prose", "", 0), Line("section", "── Commit message", 0)]
        lines += [Line("prose", text, 0) for text in block(alone.message).split("\n")]
        lines += [Line("prose", "", 0), Line("section", "── Diff", 0)]
        rows = diff_lines(alone.diff.files).rows
        languages = [(n, language(text)) for n, (inner, text) in enumerate(rows, len(lines)) if inner == "#"]
        shown = [Row(" ", inner, text) for inner, text in rows[:_MAX_LINES]], len(lines)
        lines += [Line("diff", f"{_INNER.get(inner, inner)}{_one_line(text)}", 0) for inner, text in rows[:_MAX_LINES]]
    page = make_page("", lines, targets)
    starts, names = zip(*languages, strict=True) if languages else ((), ())
    page = Page(page.message_id, page.lines, page.widest, Code(starts, names), (), page.targets)
    return with_lines(page, _notes(pair, notes, *shown, intro))


def points_on(pair: Pair, notes: Sequence[PointNotes]) -> list[ListedPoint]:
    """The points on both patches of a pair, those on the older one first."""
    both = zip((pair.older, pair.newer), notes, strict=True)
    return [listed for patch, found in both if patch for listed in found.on(patch.number)]


def _notes(
    pair: Pair, notes: Sequence[PointNotes], rows: Sequence[Row], first: int, intro: int
) -> dict[int, list[Line]]:
    """The lines about points by the line that they stand below; `intro` is that of points without a row."""
    below: dict[int, list[Line]] = {}
    others: list[Line] = []
    for patch, found, absent in ((pair.older, notes[0], "+"), (pair.newer, notes[1], "-")):
        if patch is None:
            continue
        code = ["" if row.outer in (absent, "@") else f"{row.inner}{row.text}" for row in rows]
        placed, elsewhere = place(code, found.on(patch.number))
        for at, points in placed.items():
            below.setdefault(first + at, []).extend(one for listed in points for one in found.lines(listed))
        for listed in elsewhere:
            if listed.point.code:
                others.append(Line("excerpt", f"    {line(listed.point.code)}", 0))
            others += found.lines(listed)
    if others:
        below[intro] = [Line("prose", "", 0), Line("section", "── Points", 0), *others]
    return below


def _missing(side: Side) -> str:
    return missing_patches(len(side.patches), side.expected)


def _no_counterpart(side: Side) -> str:
    """Why a side has no such patch: it was dropped, is new, or may be missing."""
    return f"(no matching patch received; {_missing(side)})" if side.missing else "(no matching patch)"


def _tag(tag: Trailer) -> str:
    return f" {line(tag.name)}: {line(tag.value)}"


def _difference(difference: Difference) -> Iterator[Line]:
    for row in difference.rows:
        yield Line("between", f"{row.outer}{row.inner}{_one_line(row.text)}", 0)
    if difference.omitted:
        yield Line("excerpt", f"{difference.omitted} more differing lines are not shown.", 0)
    if difference.too_large:
        yield Line("excerpt", "Too large to compare line by line.", 0)
    if difference.context_only:
        places = "1 place differs" if difference.context_only == 1 else f"{difference.context_only} places differ"
        yield Line("excerpt", f"{places} only in context lines.", 0)


def _one_line(text: str) -> str:
    return block(text).replace("\n", "␊")


def _languages(rows: Sequence[Row], first: int) -> Iterator[tuple[int, str]]:
    """The numbers of lines from which on the language changes; a heading names a file."""
    for number, row in enumerate(rows, first):
        if row.inner == "#":
            yield number, language(row.text.split(" ")[0])
        elif row.outer == "@":
            yield number, language(row.text.partition(": ")[0])


def changelog_page(comparison: Comparison) -> Page:
    """The author's changelogs, each below a line that links to its mail."""
    lines: list[Line] = []
    targets: list[tuple[int, str]] = []
    for note in comparison.notes:
        if lines:
            lines.append(Line("prose", "", 0))
        targets.append((len(lines), note.message_id))
        lines.append(Line("section", f"── {_source(note)}", 0))
        lines.append(Line("prose", line(note.changes.heading), 0))
        lines += [Line("prose", text, 0) for text in block(note.changes.text).split("\n")]
    if not lines:
        lines = [Line("excerpt", "These mails have no changelog.", 0)]
    return make_page("", lines, targets)


def _source(note: AuthorNote) -> str:
    return f"{line(note.label)}, {f'patch {note.patch}' if note.patch else 'cover letter'}"


def sides(comparison: Comparison, now: int) -> list[StyledText]:
    """When both were posted."""
    older, newer = comparison.older, comparison.newer
    return [
        (f"{line(older.label)} of {labels.day(older.date, now)}, ", "dim"),
        (f"{line(newer.label)} of {labels.day(newer.date, now)}", "dim"),
    ]
