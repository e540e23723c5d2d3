"""Rows in words: states with their signs, turns, versions, ages, dates.

Pure, and the clock is passed in.  The words themselves are DESIGN §1 and §2.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from patchwatch.sanitize import line
from patchwatch.series.model import Evidence, InboxRow, MessageRow, OutboxRow, RevisionRow, SeriesRow, SeriesSummary
from patchwatch.series.states import State, Turn
from patchwatch.tui.base.theme import StyledText

_MINUTE, _HOUR, _DAY, _WEEK, _YEAR = 60, 3600, 86400, 7 * 86400, 365 * 86400

# Sign and ink of a state.  Signs differ from each other without their colours.
_STATES: dict[str, tuple[str, str]] = {
    State.NEW: ("○", ""),
    State.UNDER_REVIEW: ("◐", "accent"),
    State.CHANGES_REQUESTED: ("↻", "warn"),
    State.REVIEWED: ("◉", "calm"),
    State.ACCEPTED: ("✓", "good"),
    State.MAINLINED: ("★", "good"),
    State.REJECTED: ("✗", "bad"),
    State.DEFERRED: ("◌", "dim"),
    State.AWAITING_UPSTREAM: ("↑", "calm"),
    State.NOT_APPLICABLE: ("–", "dim"),
    State.SUPERSEDED: ("»", "dim"),
}


def place(path: Path) -> str:
    """`~/src/linux`: a file or directory, as people write it."""
    home, named = os.path.expanduser("~"), str(path)
    return line(f"~{named[len(home) :]}" if len(home) > 1 and f"{named}/".startswith(f"{home}/") else named)


def state(name: str) -> list[StyledText]:
    """A state: its sign and its word."""
    sign, ink = _STATES.get(name, ("?", "dim"))
    return [(f"{sign} ", ink), (line(name), ink)]


def state_sign(name: str) -> StyledText:
    """A state's sign alone, for where its word stands nearby."""
    return _STATES.get(name, ("?", "dim"))


def turn(row: SeriesRow | SeriesSummary, now: int) -> list[StyledText]:
    """Whose turn it is and for how long; overdue is marked with `!`."""
    if row.turn == Turn.NOBODY:
        return [(row.turn, "dim")]
    pieces = [(line(row.turn), ""), (f" {age(row.turn_since, now)}", "warn" if row.overdue else "dim")]
    return [*pieces, ("!", "warn strong")] if row.overdue else pieces


def version(row: SeriesRow | SeriesSummary) -> str:
    """`v3 RFC`: the version of the newest revision as it was stated."""
    newest = row if isinstance(row, SeriesSummary) else row.revisions[-1] if row.revisions else None
    minor = f".{newest.minor}" if newest and newest.minor else ""
    return f"v{row.version}{minor}{' RFC' if row.rfc else ''}"


def revision_name(row: RevisionRow | SeriesSummary) -> str:
    """`v5.1`: the version of a revision, of a series that of its newest."""
    return f"v{row.version}.{row.minor}" if row.minor else f"v{row.version}"


def patches(row: RevisionRow) -> str:
    """`2 patches`, or how many were seen of those that were announced."""
    if row.expected > row.patches:
        return f"{row.patches} of {row.expected} patches seen"
    if not row.patches:
        return "no patch"
    return "1 patch" if row.patches == 1 else f"{row.patches} patches"


def posted(row: RevisionRow) -> str:
    """`posted an RFC, 4 patches`: what a revision is."""
    return f"posted {'an RFC, ' if row.rfc else ''}{patches(row)}"


def reviewed(row: SeriesRow | SeriesSummary) -> list[StyledText]:
    """`2/4`: how many of the newest revision's patches carry a review."""
    if not row.patches:
        return [("–", "faint")]
    ink = "calm" if row.reviewed >= row.patches else "" if row.reviewed else "dim"
    return [(f"{row.reviewed}/{row.patches}", ink)]


def remarks(row: SeriesRow) -> list[str]:
    """What is unusual about a series: words beside its title."""
    found = []
    if row.incomplete and row.revisions:
        found.append(f"{row.revisions[-1].patches} of {row.revisions[-1].expected} patches seen")
    if row.muted:
        found.append("muted")
    if row.snoozed_until is not None:
        found.append(f"snoozed until {date(row.snoozed_until) if row.snoozed_until else 'somebody answers'}")
    return found


def age(since: int, now: int) -> str:
    """How long ago, as `list` says it: `5m`, `3h`, `12d`, `8w`, `2y`.

    What lies in the future (real headers do) is shown by its year.
    """
    seconds = now - since
    if seconds < -_DAY:
        return datetime.fromtimestamp(since, UTC).strftime("%Y")
    if seconds < _MINUTE:
        return "now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}m"
    if seconds < _DAY:
        return f"{seconds // _HOUR}h"
    if seconds < 3 * _WEEK:
        return f"{seconds // _DAY}d"
    if seconds < _YEAR:
        return f"{seconds // _WEEK}w"
    return f"{seconds // _YEAR}y"


def ago(since: int, now: int) -> str:
    """`3h ago`, or `just now`."""
    passed = age(since, now)
    return "just now" if passed == "now" else passed if passed.isdigit() else f"{passed} ago"


def day(at: int, now: int) -> str:
    """`02 Aug`, with the year where it is not within the last twelve months."""
    form = "%d %b" if 0 <= now - at < _YEAR - 30 * _DAY else "%b %Y"
    return datetime.fromtimestamp(at, UTC).strftime(form)


def date(at: int) -> str:
    """`2 Aug 2023`."""
    return datetime.fromtimestamp(at, UTC).strftime("%d %b %Y").lstrip("0")


def moment(at: int) -> str:
    """`2 Aug 2023 21:40`, UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%d %b %Y %H:%M").lstrip("0")


def author(row: SeriesRow | SeriesSummary | MessageRow | RevisionRow) -> str:
    """The name somebody goes by, or the address where there is none."""
    address = line(row.author_email)
    if isinstance(row, MessageRow) and row.bot:
        address = address.partition("@")[0]
    return line(row.author_name) or address or "unknown"


def title(subject: str) -> str:
    """A subject without its prefixes: what tells one patch of a thread from another."""
    bare = re.sub(r"^(?:(?:re|fwd|fw|aw|sv)\s*:\s*)+", "", line(subject), flags=re.IGNORECASE)
    return re.sub(r"^(?:\[[^\]]{0,80}\]\s*)+", "", bare) or line(subject)


_SHORT_TAGS = {"reviewed-by": "R-b", "acked-by": "A-b", "tested-by": "T-b", "nacked-by": "NAK"}


def tags(names: tuple[str, ...]) -> list[str]:
    """The reviews and tests that a mail gives, as kernel people shorten them: `R-b`, `T-b`."""
    return list(dict.fromkeys(_SHORT_TAGS[name.lower()] for name in names if name.lower() in _SHORT_TAGS))


def quoted(evidence: Evidence) -> str:
    """The words of a piece of evidence, on one line, as a quotation."""
    if evidence.by_hand:
        return line(evidence.text)
    words = line(evidence.text)
    return f"“{words}”" if words else ""


def without_mail(evidence: Evidence | None) -> str:
    """Why a piece of evidence can't be shown in a mail of the series."""
    if evidence is None:
        return "Nobody has answered yet: there is no evidence to show."
    if evidence.by_hand:
        return f"Decided by hand, not by a mail: {line(evidence.text)}"
    if evidence.commit:
        return f"The evidence is commit {line(evidence.commit)}, not a mail."
    return f"The mail <{line(evidence.message_id)}> is not at hand; r polls for it."


def stale(inboxes: tuple[InboxRow, ...]) -> list[str]:
    """`bpf stale since 19 Sep 2023 22:10` for each inbox in use that can't be polled since then."""
    return [
        f"{line(inbox.name)} stale since {moment(inbox.failed_at)}"
        for inbox in inboxes
        if inbox.failed_at is not None and (inbox.watched or inbox.followed)
    ]


def undelivered(refused: Sequence[OutboxRow]) -> str:
    """Digests that were refused for good: the latest, and why."""
    last = refused[-1]
    others = f" (and {len(refused) - 1} before it)" if len(refused) > 1 else ""
    return (
        f"The digest {last.key} to {last.address}{others} was not sent: {last.failure}. "
        "`patchwatch digest --send` tries again."
    )
