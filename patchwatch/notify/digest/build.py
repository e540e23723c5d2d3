"""Build the digest: subject and text from the updates of each series, as of a time.

Pure.  Plain text, printed or for a mail (patchwatch.notify.digest.layout).  The sections are those of the queue
(patchwatch.series.queue), with the same numbers and in the same order; a series without news takes one line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from patchwatch.notify.digest.entry import Entry, build_entry
from patchwatch.notify.digest.layout import Section as Part
from patchwatch.notify.digest.layout import links, paragraph, section_lines
from patchwatch.notify.digest.update import SeriesUpdate
from patchwatch.sanitize import line
from patchwatch.series.queue import ASKS, Section, rank
from patchwatch.times import format_day, format_minute

_MOST = {Section.NEW: 8, Section.WAITING: 3, Section.CLOSED: 8}
"""How many series of a section are listed; of what is asked of the recipient all are."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest, ready to be printed or sent."""

    subject: str
    text: str  # as printed
    flowed: str = ""  # the same for a mail, with format=flowed; empty: `text` as it is
    empty: bool = False  # nothing is new
    seen: str = ""  # marks what the database held; the next digest starts there


@dataclass(frozen=True, slots=True)
class Stale:
    """An inbox whose polls fail, and since when."""

    inbox: str
    since: int


def build_digest(
    updates: Sequence[SeriesUpdate],
    now: int,
    *,
    since: int,
    counts: Mapping[Section, int],
    first: bool = False,
    stale: Sequence[Stale] = (),
) -> Digest:
    """The digest at `now` of the changes after `since`; `counts` are the numbers of series in each section.

    In the `first` one, every series is shown in full.  Those that are dormant take a line once a month.
    """
    parts: list[str | Part] = [*_stale_warning(stale)]
    if not any(update.section in ASKS for update in updates):
        parts.append("Nothing needs you.")
    listed: list[Entry] = []
    for section in Section:
        members = _listed([update for update in updates if update.section is section], section)
        if section is Section.DORMANT:
            monthly = first or format_day(now)[:7] != format_day(since)[:7]
            parts += [f"Dormant ({counts[section]}): patchwatch list dormant"] if monthly and counts[section] else []
        elif section is Section.WAITING and not members:
            parts += [f"Waiting ({counts[section]}): patchwatch list waiting"] if counts[section] else []
        elif members:
            entries = [build_entry(update, now) for update in members]
            listed += entries
            more = _more(section, members, updates, counts[section])
            parts.append(Part(_TITLES.get(section, section.heading), entries, counts[section], first, more))
    end = [f"Changes since {format_minute(since)}.", *links(listed)]
    text, flowed = ("\n".join([*_lines(parts, mailed=mailed), *end]) for mailed in (False, True))
    quiet = not any(update.new or update.became_overdue for update in updates)
    return Digest(_subject(updates, counts), text, flowed, empty=quiet)


def _lines(parts: Sequence[str | Part], *, mailed: bool) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Part):
            yield from section_lines(part, mailed=mailed)
        else:
            yield from [*paragraph(part, mailed=mailed), ""]


_TITLES = {Section.NEW: "New since you looked"}


def _listed(updates: Sequence[SeriesUpdate], section: Section) -> Sequence[SeriesUpdate]:
    """Those that are shown: what moved first, except where the order says what to do first.

    Of what waits for others, those that moved and those with a day to ping: what has lapsed is the same each day.
    """
    if section is Section.CLOSED:
        updates = [update for update in updates if update.closed]
    elif section is Section.WAITING:
        updates = [update for update in updates if update.new or update.place.due]
    ordered = sorted(
        updates, key=lambda update: (section not in ASKS and not update.new, rank(update.row.id, update.place))
    )
    return ordered[: _MOST.get(section, len(ordered))]


def _more(section: Section, shown: Sequence[SeriesUpdate], updates: Sequence[SeriesUpdate], count: int) -> str:
    """`and 4 of yours, 18 of others: patchwatch list waiting`, or nothing if all are shown."""
    left = count - len(shown)
    if left <= 0:
        return ""
    mine = sum(update.section is section for update in updates) - len(shown)
    both = [f"{number} {whose}" for number, whose in ((mine, "of yours"), (left - mine, "of others")) if number > 0]
    return f"and {', '.join(both) if section is Section.WAITING else f'{left} more'}: patchwatch list {section}"


def _subject(updates: Sequence[SeriesUpdate], counts: Mapping[Section, int]) -> str:
    """The counts that matter most; only numbers, so that no text from a mail gets into a header."""
    closed = sum(update.closed for update in updates)
    shown = f"{counts[Section.NOW]} now, {counts[Section.REVIEW]} to review, {counts[Section.NEW]} new"
    return f"[patchwatch] {shown}{f', {closed} closed' if closed else ''}"


def _stale_warning(stale: Sequence[Stale]) -> list[str]:
    if not stale:
        return []
    names = ", ".join(sorted(line(inbox.inbox) for inbox in stale))
    since = format_minute(min(inbox.since for inbox in stale))
    return [f"NOT UP TO DATE: polling {names} has failed since {since}; run `patchwatch doctor`."]
