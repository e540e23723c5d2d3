"""The rows of what needs me: series below the headings of their sections, which fold.

Pure.  patchwatch.series.queue decides the sections.  When it gets narrow, points, tags, list and author go first, then
the names in what is to do; the title keeps 40 of 80 columns.  Labels take their room from the title, at its end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series import queue_labels
from patchwatch.series.model import SeriesSummary
from patchwatch.series.queue import ASKS, Place, Section
from patchwatch.series.queue_labels import next_ping
from patchwatch.series.signs import PINNED
from patchwatch.series.verbs import short_day
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render import labels
from patchwatch.tui.render.columns import cell_len, fit, fit_pieces

_LABELS = 16  # columns that the labels of a series take of its title at most
FOLDED = frozenset({Section.DORMANT, Section.CLOSED})
"""Sections that are folded at first."""
FEW_NEW = 8
"""Rows of New until the user asks for all of them, so that the headings below are in sight."""
_HUGE, _WIDE, _MEDIUM, _NARROW, _TINY = 176, 116, 98, 62, 44  # widths from which on there are more, or wider, columns


class _Sizes(NamedTuple):
    """The widths of the columns."""

    verb: int
    author: int
    list: int
    when: int = 6
    points: int = 7
    tags: int = 5
    new: int = 3


def _sizes(width: int) -> _Sizes:
    return _Sizes(20, 20, 16) if width >= _HUGE else _Sizes(16, 12, 9) if width >= _NARROW else _Sizes(10, 0, 0)


class QueueHeading(NamedTuple):
    """The heading of a section."""

    section: Section
    number: int  # of series in it
    note: str
    unfolded: bool


class QueueMore(NamedTuple):
    """Stands for the series of a section that are only counted."""

    section: Section
    text: str


QueueRow = QueueHeading | QueueMore | SeriesSummary
"""A row of the view."""


def queue_rows(
    sections: Mapping[Section, Sequence[SeriesSummary]],
    unfolded: frozenset[Section],
    now: int,
    *,
    all_new: bool = True,
    shown: Mapping[Section, Sequence[SeriesSummary]] | None = None,
) -> list[QueueRow]:
    """The rows of all sections that are not empty; Now always has one.  Without `all_new`, New has the first few.

    The headings count the series of `sections`; below them are those `shown` there, if some stay where they were.
    """
    rows: list[QueueRow] = []
    for section, belong in sections.items():
        lines = shown[section] if shown else [line for line in belong if has_row(line.place)]
        if not (belong or lines) and section is not Section.NOW:
            continue
        rows.append(QueueHeading(section, len(belong), heading_note(section, belong, now), section in unfolded))
        if section not in unfolded:
            continue
        if section is Section.NOW and not belong:
            rows += [*lines, QueueMore(section, _nothing(sections))]
        elif section is Section.WAITING:
            others = [line for line in belong if not has_row(line.place)]
            rows += lines
            rows += [QueueMore(section, _others(others))] if others else []
        elif section is Section.NEW and not all_new and len(lines) > FEW_NEW + 1:
            rows += [*lines[:FEW_NEW], QueueMore(section, _more_new(lines[FEW_NEW:]))]
        else:
            rows += lines
    return rows


def has_row(place: Place | None) -> bool:
    """True if a series at this place has a row of its own: in Waiting those of others are only counted."""
    return place is not None and (place.mine or place.section is not Section.WAITING)


def _nothing(sections: Mapping[Section, Sequence[SeriesSummary]]) -> str:
    if sections.get(Section.REVIEW):
        return "Nothing is asked of you."
    ping = next_ping((row.id, row.place) for row in sections.get(Section.WAITING, ()))
    return f"Nothing needs you.{f' Next: ping for #{ping[0]} on {short_day(ping[1])}.' if ping else ''}"


def _more_new(lines: Sequence[SeriesSummary]) -> str:
    """`7 more: 3 with replies, 2 posted, 2 applied`: of how many series what is new."""
    verbs = [row.place.verb if row.place else "" for row in lines]
    kinds = (next((kind for end, kind in _NEW_KINDS.items() if verb.endswith(end)), verb) for verb in verbs)
    return f"▸ {len(lines)} more: {_counted(kinds)}"


_NEW_KINDS = {
    "reply": "with replies",
    "replies": "with replies",
    "posted": "posted",
    "-by": "tagged",
    "fails": "failing",
}
"""What is new about a series, by the end of its verb; otherwise it is the verb: applied, rejected."""


def heading_note(section: Section, lines: Sequence[SeriesSummary], now: int) -> str:
    """What a heading says besides the number."""
    places = [line.place for line in lines if line.place]
    if not places:
        return ""
    if section is Section.WAITING:
        pings = [place.due for place in places if place.mine and place.due]
        mine = sum(place.mine for place in places)
        return f"{mine} of yours{f', next ping {short_day(min(pings))}' if pings else ''}" if mine else ""
    fixed = {Section.DORMANT: "open, silent for long", Section.CLOSED: "in the last 30 days"}
    return fixed.get(section) or queue_labels.note(section, places, now)


def _others(lines: Sequence[SeriesSummary]) -> str:
    """`18 of others: 11 with the author, 7 with reviewers`."""
    verbs = (row.place.verb.partition(" ")[0] if row.place else "" for row in lines)
    return f"{len(lines)} of others: {_counted(_WAITS.get(verb, verb) for verb in verbs)}"


_WAITS = {
    "author": "with the author",
    "reviewers": "with reviewers",
    "maintainer": "with a maintainer",
    "you": "with you for long",
    "blocked": "blocked by another series",
    "upstream": "with another tree",
}


def _counted(kinds: Iterable[str]) -> str:
    """`11 with the author, 7 with reviewers`, the most frequent first."""
    return ", ".join(f"{count} {kind}" for kind, count in Counter(kinds).most_common())


def draw_heading(row: QueueHeading, width: int) -> list[StyledText]:
    """`▾ Now 4`, and at the right end the note."""
    heading = f"{'▾' if row.unfolded else '▸'} {row.section.heading} {row.number}"
    note = row.note if width >= _TINY else ""
    space = width - len(heading) - len(note)
    head: list[StyledText] = [(heading, "accent strong")]
    return [*head, (" " * space, ""), (note, "dim")] if space > 1 else head


def draw_more(row: QueueMore, width: int) -> list[StyledText]:
    """`  18 of others: …`, or `▸ 7 more: …` below the signs; of what is counted, whole parts that fit."""
    indent = "" if row.section is Section.NEW else "  "
    text = kept = row.text
    while cell_len(indent + text) > width and ", " in kept:
        kept = kept.rpartition(", ")[0]
        text = f"{kept}, …"
    return [(indent, ""), (text, "dim")]


def draw_series(
    row: SeriesSummary, width: int, now: int, mark: StyledText = (" ", ""), stays: Place | None = None
) -> list[StyledText]:
    """A series: sign, title, what to do, when, unread mail; in a wide terminal more.

    All of it is dim where it only `stays`.
    """
    if stays is not None:
        pieces = draw_series(row._replace(place=stays), width, now)
        return [(mark if n == 1 else (text, "dim")) for n, (text, _) in enumerate(pieces)]
    place, sizes, roomy = row.place, _sizes(width), width >= _NARROW
    verb, when = (line(place.verb), place.when(now)) if place else ("", "")
    asked = place is not None and place.section in ASKS
    unread = f"●{row.unread}" if row.unread and roomy else "●" if row.unread else ""
    cells: list[tuple[list[StyledText], int, bool]] = []
    if width >= _TINY:
        whole = roomy or (not asked and cell_len(verb) <= sizes.verb)
        short = verb if whole else _short(verb) if asked else verb.partition(" ")[0]
        cells.append(([(short, "accent" if asked or not roomy else "dim")], sizes.verb, False))
    cells.append(([(when, "warn strong" if place and place.overdue else "dim")], sizes.when, True))
    if width >= _MEDIUM:
        cells.append(([(labels.author(row), "dim")], sizes.author, False))
    if width >= _WIDE:
        cells.append(([(_lists(row.inboxes, sizes.list), "dim")], sizes.list, False))
        cells.append(([(series_labels.open_points(row), "warn")], sizes.points, True))
        cells.append((labels.reviewed(row), sizes.tags, True))
    cells.append(([(unread, "accent strong")], sizes.new if roomy else 1, True))
    gap = 2 if roomy else 1
    room = width - 2 - sum(size + gap for _, size, _ in cells)
    if own := fit(series_labels.own(row), _LABELS) if width >= _MEDIUM else "":
        cells.insert(0, ([(own, "accent")], cell_len(own), False))
        room -= cell_len(own) + gap
    drawn: list[StyledText] = [labels.state_sign(row.state), mark, *fit_pieces(title_of(row), max(room, 8))]
    for cell, size, right in cells:
        drawn += [(" " * gap, ""), *fit_pieces(cell, size, right=right)]
    return drawn


def _lists(names: Sequence[str], width: int) -> str:
    """The lists; where there is no room, without the `linux-` with which most of them begin."""
    whole = ", ".join(map(line, names))
    return whole if cell_len(whole) <= width else ", ".join(line(name).removeprefix("linux-") for name in names)


def _short(verb: str) -> str:
    """`answer`, `review v2`, `ping?`: the verb without a name."""
    first, _, rest = verb.partition(" ")
    if not rest or (rest[:1] == "v" and rest[1:2].isdigit()):
        return verb
    return f"{first}?" if verb.endswith("?") else first


def title_of(row: SeriesSummary) -> list[StyledText]:
    """The title: bold with unread mail, after a sign if pinned; of a series without one, `(no subject)`."""
    title = (series_labels.title(row.title), "strong" if row.unread else "")
    return [(f"{PINNED} ", "accent"), title] if row.pinned else [title]


def column_titles(width: int) -> str:
    """The line above the rows; empty in a narrow terminal, where nothing needs a title."""
    if width < _MEDIUM:
        return ""
    sizes = _sizes(width)
    cells = ["Next".ljust(sizes.verb), "When".rjust(sizes.when), "Author".ljust(sizes.author)]
    if width >= _WIDE:
        cells += ["List".ljust(sizes.list), "Points".rjust(sizes.points), "Tags".rjust(sizes.tags)]
    cells.append("New".rjust(sizes.new))
    room = width - 2 - sum(len(cell) + 2 for cell in cells)
    return f"  {'Title'.ljust(room)}{''.join('  ' + cell for cell in cells)}"
