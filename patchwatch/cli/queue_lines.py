"""The sections of the queue as lines of text: what `list` prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from patchwatch.cli.table import fit, print_table, terminal_columns, width
from patchwatch.output import print_line
from patchwatch.sanitize import line
from patchwatch.series import labels, queue_labels
from patchwatch.series.model import SeriesSummary
from patchwatch.series.queue import ASKS, Place, Section
from patchwatch.series.queue_labels import next_ping
from patchwatch.series.signs import PINNED, in_ascii, sign_of
from patchwatch.series.verbs import long_day
from patchwatch.times import format_age

_VERB = 16  # columns
_WHEN = 7
_LEAST_TITLE = 20
_FOLDED = {Section.NEW: 5, Section.WAITING: 3, Section.DORMANT: 0, Section.CLOSED: 0}
"""How many rows of a section are shown unless it is asked for."""
_LAPSED = "with you for long"

Sections = Mapping[Section, Sequence[SeriesSummary]]


def print_sections(
    sections: Sections, now: int, *, unfolded: frozenset[Section], ascii_only: bool = False, dormant: int = 0
) -> None:
    """Print the rows of each section, with signs or in ASCII; of those not `unfolded`, only the first ones.

    `dormant` are more series of that section, which are only counted.
    """
    columns = terminal_columns()
    shown = {section: _shown(section, rows, section in unfolded) for section, rows in sections.items()}
    drawn = [row for rows in shown.values() for row in rows]
    sizes = (max((len(str(row.id)) for row in drawn), default=1), _widest(drawn, _VERB, lambda place: place.verb))
    first = True
    for section, rows in sections.items():
        number = len(rows) + (dormant if section is Section.DORMANT else 0)
        if not number and not (section is Section.NOW and unfolded == frozenset()):
            continue
        if not first and shown[section]:
            print_line()
        first = False
        heading = f"{section.heading} ({number})"
        if not shown[section] and number:
            lapsed = sum(row.has_lapsed for row in rows)
            print_line(f"{heading}{f', {lapsed} {_LAPSED}' if lapsed else ''}: patchwatch list {section}")
            continue
        print_line(_beside(heading, note(section, rows, now), columns))
        if not rows:
            print_line(f"  {nothing(sections)}")
        for row in shown[section]:
            text = _row(row, sizes, now, columns, ascii_only=ascii_only)
            print_line(in_ascii(text) if ascii_only else text)
        if left := _left(section, rows, shown[section]):
            print_line(f"{' ' * (sizes[0] + 3)}and {left}: patchwatch list {section}")


def nothing(sections: Sections) -> str:
    """`Nothing needs you now. Next: ping for #12 on Fri 16 Oct.`, or what else is there to do."""
    if reviews := len(sections.get(Section.REVIEW, ())):
        return f"Nothing is asked of you; {reviews} to review."
    ping = next_ping((row.id, row.place) for row in sections.get(Section.WAITING, ()))
    return f"Nothing needs you.{f' Next: ping for #{ping[0]} on {long_day(ping[1])}.' if ping else ''}"


def note(section: Section, rows: Sequence[SeriesSummary], now: int) -> str:
    """What the heading of a section says besides their number."""
    places = [row.place for row in rows if row.place]
    if section is Section.WAITING and any(place.mine for place in places):
        return "the date is the day to ping"
    return "silent for long" if section is Section.DORMANT else queue_labels.note(section, places, now)


def _shown(section: Section, rows: Sequence[SeriesSummary], unfolded: bool) -> Sequence[SeriesSummary]:
    if unfolded or section not in _FOLDED:
        return rows
    if section is Section.WAITING:  # what others have to do is only counted
        rows = [row for row in rows if row.place and row.place.mine]
    return rows[: _FOLDED[section]]


def _left(section: Section, rows: Sequence[SeriesSummary], shown: Sequence[SeriesSummary]) -> str:
    if section is not Section.WAITING:
        return f"{len(rows) - len(shown)} more" if len(rows) > len(shown) else ""
    drawn = {row.id for row in shown}
    left = [row for row in rows if row.id not in drawn]
    mine = sum(row.place is not None and row.place.mine for row in left)
    lapsed = sum(row.has_lapsed and row.place is not None and not row.place.mine for row in left)
    counts = [(mine, "of yours"), (lapsed, _LAPSED), (len(left) - mine - lapsed, "of others")]
    return ", ".join(f"{count} {whose}" for count, whose in counts if count)


def _widest(rows: Sequence[SeriesSummary], most: int, text: Callable[[Place], str]) -> int:
    return min(max((width(text(row.place)) for row in rows if row.place), default=0), most)


def _beside(heading: str, note: str, columns: int) -> str:
    """A heading with a note at the right end of the terminal, or two columns after it."""
    gap = columns - width(heading) - width(note)
    return f"{heading}{' ' * max(gap, 2)}{note}".rstrip()


def _row(row: SeriesSummary, sizes: tuple[int, int], now: int, columns: int, *, ascii_only: bool) -> str:
    place = row.place
    verb, when = (line(place.verb), place.when(now)) if place else ("", "")
    sign = sign_of(row.state, ascii_only=ascii_only)
    head = f"  {row.id:>{sizes[0]}} {sign} {fit(verb, sizes[1])} {when:>{_WHEN}}  "
    title = f"{PINNED} {labels.title(row.title)}" if row.pinned else labels.title(row.title)
    room = max(columns - width(head), _LEAST_TITLE)
    return head + (fit(title, room).rstrip() if columns and width(title) > room else title)


class _Column(NamedTuple):
    """A column of a table: its head, the text of a row, and whether `list --all` has it."""

    head: str
    text: Callable[[SeriesSummary, int], str]
    in_all: bool = False


_COLUMNS = (
    _Column("#", lambda row, now: str(row.id), in_all=True),
    _Column("SECTION", lambda row, now: row.place.section.value if row.place else ""),
    _Column("STATE", lambda row, now: labels.state(row), in_all=True),
    _Column("NEXT", lambda row, now: line(row.place.verb) if row.place else ""),
    _Column("WHEN", lambda row, now: row.place.when(now) if row.place else ""),
    _Column("WAITING FOR", labels.turn, in_all=True),
    _Column("VER", lambda row, now: labels.version(row), in_all=True),
    _Column("LIST", lambda row, now: ", ".join(map(line, row.inboxes))),
    _Column("LABELS", lambda row, now: labels.own(row)),
    _Column("POINTS", lambda row, now: labels.open_points(row)),
    _Column("TAGS", lambda row, now: labels.reviewed(row), in_all=True),
    _Column("NEW", lambda row, now: str(row.unread or ""), in_all=True),
    _Column("AGE", lambda row, now: format_age(row.last_activity, now), in_all=True),
    _Column("AUTHOR", lambda row, now: labels.author(row), in_all=True),
    _Column("TITLE", lambda row, now: _title(row), in_all=True),  # last: it gets the rest of the terminal
)


def _title(row: SeriesSummary) -> str:
    notes = {"pinned": row.pinned, "muted": row.muted, "snoozed": row.snoozed_until is not None}
    notes["not yours"] = row.is_left
    return f"{labels.title(row.title)}{''.join(f' [{note}]' for note, applies in notes.items() if applies)}"


def print_wide(rows: Sequence[SeriesSummary], now: int) -> None:
    """Print every column of every row, cutting nothing."""
    _print(_COLUMNS, rows, now, cut=False)


def print_all(rows: Sequence[SeriesSummary], now: int) -> None:
    """Print the columns that fit a terminal, with what the user has to do below a series that waits for them."""
    asked = [row.place.reason if row.place and row.place.section in ASKS else "" for row in rows]
    _print([column for column in _COLUMNS if column.in_all], rows, now, list(map(line, asked)))


def _print(
    columns: Sequence[_Column], rows: Sequence[SeriesSummary], now: int, notes: Sequence[str] = (), *, cut: bool = True
) -> None:
    cells = [[column.text(row, now) for column in columns] for row in rows]
    print_table(cells, [column.head for column in columns], notes, cut=cut)
