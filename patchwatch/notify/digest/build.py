"""Build the digest: subject and text from the updates of each series, as of a time.

Pure.  Plain text of at most 72 columns, except links on lines of their own.  A series appears once, in its most urgent
section; every statement is followed by a link to the mail that proves it; a series without news takes one line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from patchwatch.counts import plural
from patchwatch.notify.digest.entry import build_entry
from patchwatch.notify.digest.layout import Section, paragraph, section_lines
from patchwatch.notify.digest.section import DigestSection, SeriesUpdate
from patchwatch.sanitize import line
from patchwatch.series.states import APPLIED, Turn
from patchwatch.times import format_minute

_DAY = 86_400
_SUBJECT_COUNTS = 3  # with so many counts in the subject, replies are left out
_STALE_SECONDS = 180 * _DAY  # series without a change for so long are left out


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest, ready to be printed or sent."""

    subject: str
    text: str
    empty: bool = False  # nothing is new
    seen: str = ""  # marks what the database held; the next digest starts there


@dataclass(frozen=True, slots=True)
class Counts:
    """Totals over all of the recipient's series, with or without news."""

    series: int
    open: int = 0
    awaiting: int = 0
    overdue: int = 0
    unread: int = 0


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
    counts: Counts,
    first: bool = False,
    stale: Sequence[Stale] = (),
) -> Digest:
    """The digest at `now` of the changes after `since`.  In the `first` one, every series is shown in full."""
    visible = [u for u in updates if u.section is not None and not u.row.muted and u.row.snoozed_until is None]
    sections = {s: [u for u in visible if u.section is s and _is_current(u, now)] for s in DigestSection}
    text = _stale_warning(stale)
    days = max(-(-(now - since) // _DAY), 1)
    for section, members in sections.items():
        if members:
            text += _section(section, members, now, days, full=first)
    closed_by_me = sum(update.closed_by_me for update in updates)
    text += [*paragraph(_summary(counts, closed_by_me)), f"Changes since {format_minute(since)}."]
    empty = not any(update.new for members in sections.values() for update in members)
    return Digest(_subject(sections), "\n".join(text), empty=empty)


def _is_current(update: SeriesUpdate, now: int) -> bool:
    return update.new or now - update.row.turn_since < _STALE_SECONDS


def _subject(sections: Mapping[DigestSection, list[SeriesUpdate]]) -> str:
    """The counts that matter most; only numbers, so that no text from a mail gets into a header."""
    new = {section: [update for update in members if update.new] for section, members in sections.items()}
    versions = sum(update.new_version for members in new.values() for update in members)
    closed = len(sections[DigestSection.CLOSED])
    applied = sum(update.row.state in APPLIED for update in sections[DigestSection.CLOSED])
    replied = sum(bool(u.replies) for s in (DigestSection.MY_WAITING, DigestSection.REPLIES) for u in new[s])
    counts = [
        _count(len(sections[DigestSection.MY_TURN]), "needs action", "need action"),
        _count(len(sections[DigestSection.MY_REVIEW]), "to review", "to review"),
        _count(versions, "new version", "new versions"),
        _count(applied, "applied", "applied"),
        _count(closed - applied, "closed", "closed"),
    ]
    shown = [count for count in counts if count]
    if replied and len(shown) < _SUBJECT_COUNTS:
        shown.append(f"replies in {plural(replied, 'thread')}")
    if not shown and (reports := len(new[DigestSection.BOTS])):
        shown.append(plural(reports, "bot report"))
    if not any(new.values()):
        shown.insert(0, "nothing new")
    return f"[patchwatch] {', '.join(shown) or 'status changes'}"


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else ""


# ---- sections ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Style:
    """How a section is listed."""

    order: Callable[[SeriesUpdate], tuple[int, ...]]
    new: int  # the most series with news to list
    old: int  # the most series without
    more: str  # the command that lists all; {days} since the previous digest


def _longest_first(update: SeriesUpdate) -> tuple[int, ...]:
    return (update.row.turn_since, update.row.id)


def _new_first(update: SeriesUpdate) -> tuple[int, ...]:
    return (not update.new, -update.row.turn_since, update.row.id)


def _latest_first(update: SeriesUpdate) -> tuple[int, ...]:
    return (-update.relevance, -update.row.last_activity, update.row.id)


_TURN_ORDER = {turn: place for place, turn in enumerate(Turn)}


def _by_turn(update: SeriesUpdate) -> tuple[int, ...]:
    row = update.row
    return (_TURN_ORDER[Turn(row.turn)], row.turn_since, row.id)


_STYLES = {
    DigestSection.MY_TURN: _Style(_new_first, 10, 10, "patchwatch list --all t:me"),
    DigestSection.MY_REVIEW: _Style(_longest_first, 8, 8, "patchwatch list --all --for-me --awaiting-review"),
    DigestSection.MY_WAITING: _Style(_longest_first, 8, 8, "patchwatch list --all --mine is:open"),
    DigestSection.VERSIONS: _Style(_latest_first, 8, 0, "patchwatch list --all is:open 'age:<{days}d'"),
    DigestSection.REPLIES: _Style(_latest_first, 8, 0, "patchwatch list --all 'age:<{days}d'"),
    DigestSection.BOTS: _Style(_latest_first, 5, 0, "patchwatch list --all 'age:<{days}d'"),
    DigestSection.CLOSED: _Style(_latest_first, 8, 0, "patchwatch list --all is:closed 'age:<{days}d'"),
    DigestSection.WAITING: _Style(_by_turn, 10, 10, "patchwatch list is:open"),
}


def _section(section: DigestSection, updates: Sequence[SeriesUpdate], now: int, days: int, *, full: bool) -> list[str]:
    style = _STYLES[section]
    ordered = sorted(updates, key=style.order)
    new = [update for update in ordered if update.new][: style.new]
    old = [update for update in ordered if not update.new][: style.old]
    shown = {update.row.id for update in (*new, *old)}
    entries = [build_entry(update, section, now) for update in ordered if update.row.id in shown]
    return section_lines(Section(section.value, entries, len(updates), full, style.more.format(days=days)))


def _stale_warning(stale: Sequence[Stale]) -> list[str]:
    if not stale:
        return []
    names = ", ".join(sorted(line(inbox.inbox) for inbox in stale))
    since = format_minute(min(inbox.since for inbox in stale))
    return [*paragraph(f"NOT UP TO DATE: polling {names} has failed since {since}; run `patchwatch doctor`."), ""]


def _summary(counts: Counts, closed_by_me: int) -> str:
    items = [f"{counts.open} open"]
    if counts.awaiting:
        overdue = f" ({counts.overdue} overdue)" if counts.overdue else ""
        items.append(f"{counts.awaiting} awaiting review{overdue}")
    if closed_by_me:
        items.append(f"{closed_by_me} closed by you")
    if counts.unread:
        items.append(plural(counts.unread, "unread mail"))
    return f"{counts.series} series: {', '.join(items)}."
