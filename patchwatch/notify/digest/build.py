"""What the digest says: a pure function of what happened, for a reader, as of a time.

Plain text, at most 72 columns except bare links on lines of their own; a series appears once, at its most urgent place;
every statement is followed by the mail that proves it; what was in the digest before and did not move is one line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from patchwatch.notify.digest.entry import entry
from patchwatch.notify.digest.layout import Section, paragraph, section
from patchwatch.notify.digest.section import DigestSection, Story
from patchwatch.sanitize import line
from patchwatch.series.states import APPLIED, Turn
from patchwatch.times import format_minute

_DAY = 86_400
_SAID = 3  # things in the subject, above which replies are not counted there
_DEAD = 180 * _DAY  # what did not move for so long is not told every morning


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest, ready to be printed or sent."""

    subject: str
    text: str
    empty: bool = False  # nothing is new
    seen: str = ""  # how far the database was known: what the next digest is to be composed after


@dataclass(frozen=True, slots=True)
class Counts:
    """Everything that the reader looks at, whether there is something to be said of it or not."""

    series: int
    open: int = 0
    awaiting: int = 0
    overdue: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Stale:
    """An inbox that can't be polled, and since when."""

    inbox: str
    since: int


def compose(
    stories: Sequence[Story],
    now: int,
    *,
    since: int,
    counts: Counts,
    first: bool = False,
    stale: Sequence[Stale] = (),
) -> Digest:
    """The digest at `now` of what happened since the one before; `first`: there was none, and all is told in full."""
    told = [s for s in stories if s.part is not None and not s.row.muted and s.row.snoozed_until is None]
    parts = {part: [s for s in told if s.part is part and _alive(s, now)] for part in DigestSection}
    text = _not_up_to_date(stale)
    days = max(-(-(now - since) // _DAY), 1)
    for part, found in parts.items():
        if found:
            text += _section(part, found, now, days, whole=first)
    by_me = sum(story.ended_by_me for story in stories)
    text += [*paragraph(f"{_counted(counts, by_me)}."), f"News since {format_minute(since)}."]
    return Digest(_subject(parts), "\n".join(text), empty=not any(s.new for own in parts.values() for s in own))


def _alive(story: Story, now: int) -> bool:
    return story.new or now - story.row.turn_since < _DEAD


def _subject(parts: dict[DigestSection, list[Story]]) -> str:
    """The point of it, in numbers alone: nothing that came by mail can stand in a header."""
    new = {part: [story for story in found if story.new] for part, found in parts.items()}
    versions = sum(story.version for found in new.values() for story in found)
    applied = sum(story.row.state in APPLIED for story in parts[DigestSection.CLOSED])
    replied = sum(bool(story.said) for part in (DigestSection.MY_WAITING, DigestSection.REPLIES) for story in new[part])
    said = [
        _number(len(parts[DigestSection.MY_TURN]), "needs you", "need you"),
        _number(len(parts[DigestSection.MY_REVIEW]), "to review", "to review"),
        _number(versions, "new version", "new versions"),
        _number(applied, "applied", "applied"),
        _number(len(parts[DigestSection.CLOSED]) - applied, "closed", "closed"),
    ]
    told = [one for one in said if one]
    if replied and len(told) < _SAID:
        told.append(f"replies in {_number(replied, 'thread', 'threads')}")
    if not told and (robots := len(new[DigestSection.ROBOTS])):
        told.append(_number(robots, "robot's report", "robots' reports"))
    if not any(new.values()):
        told.insert(0, "nothing new")
    return f"[patchwatch] {', '.join(told) or 'your turn comes nearer'}"


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else ""


# ---- parts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Way:
    """How a part is told."""

    order: Callable[[Story], tuple[int, ...]]
    new: int  # how many that moved are told, and how many that did not
    old: int
    more: str  # the command that lists all of them; {days} since the digest before


def _longest_first(story: Story) -> tuple[int, ...]:
    return (story.row.turn_since, story.row.id)


def _new_first(story: Story) -> tuple[int, ...]:
    return (not story.new, -story.row.turn_since, story.row.id)


def _latest_first(story: Story) -> tuple[int, ...]:
    return (-story.concern, -story.row.last_activity, story.row.id)


_TURN_ORDER = {turn: place for place, turn in enumerate(Turn)}


def _by_turn(story: Story) -> tuple[int, ...]:
    row = story.row
    return (_TURN_ORDER[Turn(row.turn)], row.turn_since, row.id)


_WAYS = {
    DigestSection.MY_TURN: _Way(_new_first, 10, 10, "patchwatch list --all t:me"),
    DigestSection.MY_REVIEW: _Way(_longest_first, 8, 8, "patchwatch list --all --for-me --awaiting-review"),
    DigestSection.MY_WAITING: _Way(_longest_first, 8, 8, "patchwatch list --all --mine is:open"),
    DigestSection.VERSIONS: _Way(_latest_first, 8, 0, "patchwatch list --all is:open 'age:<{days}d'"),
    DigestSection.REPLIES: _Way(_latest_first, 8, 0, "patchwatch list --all 'age:<{days}d'"),
    DigestSection.ROBOTS: _Way(_latest_first, 5, 0, "patchwatch list --all 'age:<{days}d'"),
    DigestSection.CLOSED: _Way(_latest_first, 8, 0, "patchwatch list --all is:closed 'age:<{days}d'"),
    DigestSection.WAITING: _Way(_by_turn, 10, 10, "patchwatch list is:open"),
}


def _section(part: DigestSection, stories: Sequence[Story], now: int, days: int, *, whole: bool) -> list[str]:
    way = _WAYS[part]
    ordered = sorted(stories, key=way.order)
    old = [s for s in ordered if not s.new]
    shown = {s.row.id for s in (*[s for s in ordered if s.new][: way.new], *old[: way.old])}
    entries = [entry(story, part, now) for story in ordered if story.row.id in shown]
    return section(Section(part.value, entries, len(stories), whole, way.more.format(days=days)))


def _not_up_to_date(stale: Sequence[Stale]) -> list[str]:
    if not stale:
        return []
    names = ", ".join(sorted(line(one.inbox) for one in stale))
    since = format_minute(min(one.since for one in stale))
    return [*paragraph(f"NOT UP TO DATE: {names} can't be polled since {since}; `patchwatch doctor` tells why."), ""]


def _counted(counts: Counts, by_me: int) -> str:
    said = [
        f"{counts.series} series",
        f"{counts.open} open",
        f"{counts.awaiting} await{'s' * (counts.awaiting == 1)} review",
    ]
    if counts.overdue:
        said[-1] += f" ({counts.overdue} overdue)"
    if by_me:
        said.append(f"{by_me} closed by you")
    if counts.unread:
        said.append(_number(counts.unread, "mail unread", "mails unread"))
    return ", ".join(said)
