"""The preview of a series: why it is in the queue, what is new, its open points, what was read, what it needs, results.

Pure.  Where there is little room, the last of these go first; why it is in the queue stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from patchwatch.counts import plural
from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series import point_labels
from patchwatch.series.model import Evidence, MessageRow, SeriesRow
from patchwatch.series.point_list import listed_points, open_points
from patchwatch.series.state.next_action import OWN_WORDS, asks_for_it
from patchwatch.series.states import Turn
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render import labels, results
from patchwatch.tui.render.columns import cell_len, fit, width_of, wrap
from patchwatch.tui.render.points import PointLines

_LABEL = 9  # columns, the blank before it included
_NARROW = 70  # columns; without labels below
_WHY_LINES = 2
_LEAST_SENTENCE = 24  # columns beside the name of who wrote it

Lines = list[list[StyledText]]


@dataclass(frozen=True, slots=True)
class Previewed:
    """A series as the preview shows it."""

    row: SeriesRow
    why: str  # the sentence that its place in the queue comes with
    read: str  # how many of its patches the user has read
    unread: tuple[MessageRow, ...] = ()  # oldest first


def preview_lines(shown: Previewed, me: Set[str], now: int, width: int, height: int) -> Lines:
    """As many lines as fit, below one with title, version, author and state."""
    indent = _LABEL if width >= _NARROW else 1
    across, width = width, width - 1  # beside the right edge
    lines: Lines = [_head(shown.row, across), *_labelled("why", _why(shown, me, now, width - indent), indent)]
    parts = [
        _labelled("new", _new(shown, now, width - indent), indent),
        _labelled("points", _points(shown.row, me, now, width - indent), indent),
        _labelled("read", [[(shown.read, "calm")]] if shown.read else [], indent),
        _labelled("needs", _needs(shown.row, width - indent), indent),
        _labelled("results", _results(shown.row), indent),
    ]
    room = max(height - len(lines), 0)
    kept = [part for part in parts if part][:room]  # each with its first line, then with more of them
    room -= len(kept)
    for part in kept:
        drawn = part[: 1 + room]
        room -= len(drawn) - 1
        lines += drawn
    return lines[:height]


def _labelled(label: str, lines: Lines, indent: int) -> Lines:
    named = f" {label}".ljust(indent) if indent == _LABEL else " " * indent
    return [[(named if n == 0 else " " * indent, "dim"), *pieces] for n, pieces in enumerate(lines)]


def _head(row: SeriesRow, width: int) -> list[StyledText]:
    """`── title · v3 · 3 patches · you · bpf ──── ↻ changes-requested ──`."""
    newest = row.revisions[-1]
    about = f" · {series_labels.version(newest)} · {series_labels.patches(newest)} · {labels.author(row)}"
    about += f" · {', '.join(map(line, row.inboxes))}" if row.inboxes else ""
    state = labels.series_state(row)
    notes = [(f" {note}", "warn") for note in labels.remarks(row)]
    right: list[StyledText] = [(" ", ""), *state, *notes, (" ──", "faint")]
    title = series_labels.title(row.title)
    room = width - width_of(right) - 3
    if room - cell_len(about) < cell_len(title):  # the title stands in the row above
        about = about.removeprefix(" · ")
        left: list[StyledText] = [(fit(about, max(room - 2, 0)), "strong")]
    else:
        left = [(title, "strong"), (about, "dim")]
    gap = max(room - width_of(left) - 1, 0)
    return [("── ", "faint"), *left, (f" {'─' * gap}", "faint"), *right]


def _why(shown: Previewed, me: Set[str], now: int, width: int) -> Lines:
    """The reason, and the sentence that asks for it with who wrote it; both wrapped, never cut to one line."""
    row = shown.row
    reason = shown.why or _turn(row, now)
    lines: Lines = [[(reason[start:end], "accent" if shown.why else "")] for start, end in wrap(reason, width)]
    evidence = asks_for_it(row) if row.turn != Turn.NOBODY else row.state_evidence
    evidence = evidence if evidence and evidence.text and evidence.kind not in OWN_WORDS else row.state_evidence
    if evidence is None or not evidence.text:
        return lines[:_WHY_LINES]
    return [*lines[:_WHY_LINES], *_quoted(evidence, me, now, width)]


def _turn(row: SeriesRow, now: int) -> str:
    if row.turn == Turn.NOBODY:
        return f"{row.state} since {labels.date(row.turn_since)}"
    return f"waiting for {series_labels.turn(row, now)}"


def _quoted(evidence: Evidence, me: Set[str], now: int, width: int) -> Lines:
    who = series_labels.evidence_author(evidence, me)
    who = f"commit {line(evidence.commit)[:12]}" if evidence.commit and not who else who
    source = ", ".join(part for part in (who, labels.day(evidence.date, now) if evidence.date else "") if part)
    text = series_labels.evidence_text(evidence)
    room = width - cell_len(source) - 2
    if room < _LEAST_SENTENCE:
        return [[(fit(text, width), "slanted")], [(fit(source, width), "dim")]]
    if cell_len(text) <= room:
        return [[(text, "slanted"), (f"{' ' * (room - cell_len(text) + 2)}{source}", "dim")]]
    parts = [text[start:end] for start, end in wrap(text, width)]
    first, second = parts[0], fit(" ".join(parts[1:]), room)
    gap = max(room - cell_len(second), 0) + 2
    return [[(first, "slanted")], [(second, "slanted"), (f"{' ' * gap}{source}", "dim")]]


def _new(shown: Previewed, now: int, width: int) -> Lines:
    """`3 mails since 2 Aug, the last by Lea Brandt: “…”`."""
    if not shown.unread:
        return []
    first, last = shown.unread[0], shown.unread[-1]
    text = f"{plural(len(shown.unread), 'unread mail')}, since {labels.day(first.date, now)}"
    words = line(last.excerpt) if not last.submission else labels.title(last.subject)
    said = f"; {labels.author(last)}: “{words}”" if words else f"; {labels.author(last)}"
    return [[(text, ""), (fit(said, max(width - cell_len(text), 0)), "dim")]]


def _points(row: SeriesRow, me: Set[str], now: int, width: int) -> Lines:
    """How many are open, and those, by who acts."""
    points = listed_points(row, now)
    if not points:
        return []
    names = point_labels.names_in(row, points, me)
    mine = point_labels.of_mine(points, me)
    head: list[StyledText] = [(point_labels.heading(points, row.turn), ""), (f" · {mine}" if mine else "", "dim")]
    waiting = point_labels.waiting(row, names, now)
    head.append((f" · {waiting}" if waiting else "", "dim"))
    drawn = PointLines(points, names, now)
    return [head, *(drawn.draw(listed, width) for listed in open_points(points, me))]


def _needs(row: SeriesRow, width: int) -> Lines:
    return [[(fit(labels.dependencies(row), width), "")]] if row.depends_on else []


def _results(row: SeriesRow) -> Lines:
    found = list(_between(results.counts(row.revisions[-1].checks)))
    return [found] if found else []


def _between(pieces: Sequence[StyledText]) -> Iterator[StyledText]:
    for n, piece in enumerate(pieces):
        if n:
            yield " · ", "dim"
        yield piece
