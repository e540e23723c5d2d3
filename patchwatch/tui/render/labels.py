"""Signs and colors of states and turns; dates, names and notes as the TUI shows them.

Pure: the current time is passed in.  The words shared with the command line are in patchwatch.series.labels.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from patchwatch.counts import plural
from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.left import Left
from patchwatch.series.model import (
    Evidence,
    InboxRow,
    MessageRow,
    OutboxRow,
    RevisionRow,
    SeriesRow,
    SeriesSummary,
)
from patchwatch.series.names import YOU
from patchwatch.series.signs import sign_of
from patchwatch.series.states import State, Turn
from patchwatch.tui.base import signs
from patchwatch.tui.base.theme import StyledText

_RECENT = 335 * 86_400  # seconds; older dates are shown with their year

_STATE_STYLES: dict[str, str] = {
    State.UNDER_REVIEW: "accent",
    State.CHANGES_REQUESTED: "warn",
    State.REVIEWED: "calm",
    State.ACCEPTED: "good",
    State.MAINLINED: "good",
    State.REJECTED: "bad",
    State.DEFERRED: "dim",
    State.AWAITING_UPSTREAM: "calm",
    State.NOT_APPLICABLE: "dim",
    State.SUPERSEDED: "dim",
}
STATE_SIGNS: dict[str, tuple[str, str]] = {state: (sign_of(state), _STATE_STYLES.get(state, "")) for state in State}
"""Sign and style of each state."""


def place(path: Path) -> str:
    """`~/src/linux`: the path of a file or directory, with ~ for the home directory."""
    home, named = os.path.expanduser("~"), str(path)
    return line(f"~{named[len(home) :]}" if len(home) > 1 and f"{named}/".startswith(f"{home}/") else named)


def state(name: str) -> list[StyledText]:
    """The sign and name of a state."""
    sign, style = state_sign(name)
    return [(f"{sign} ", style), (line(name), style)]


def series_state(row: SeriesRow | SeriesSummary | RevisionRow) -> list[StyledText]:
    """The sign and name of the state of a series; of a pull request, `pull request: pending`."""
    sign, style = state_sign(row.state)
    return [(f"{sign} ", style), (line(series_labels.state_name(row)), style)]


def state_sign(name: str) -> StyledText:
    """The sign of a state without its name."""
    sign, style = STATE_SIGNS.get(name, ("?", "dim"))
    return (sign_of(name, ascii_only=True), style) if signs.ascii_only() else (sign, style)


def turn(row: SeriesRow | SeriesSummary, now: int) -> list[StyledText]:
    """Whose turn it is, for how long, and `!` if overdue."""
    if row.turn == Turn.NOBODY:
        return [(row.turn, "dim")]
    if row.turn != Turn.AUTHOR and row.blocked_by:
        return [(series_labels.blocked(row), "warn")]
    who, _, age = series_labels.turn(row, now).partition(" ")
    overdue = age.endswith("!")
    mine = "accent" if who == YOU else ""
    styled = [(who, mine), (f" {age.removesuffix('!')}", "warn" if overdue else "dim")]
    return [*styled, ("!", "warn strong")] if overdue else styled


def reviewed(row: SeriesRow | SeriesSummary) -> list[StyledText]:
    """How many patches of the newest revision have a review."""
    if not row.patches:
        return [(series_labels.reviewed(row), "faint")]
    return [
        (
            series_labels.reviewed(row),
            "calm" if row.reviewed >= series_labels.patch_total(row) else "" if row.reviewed else "dim",
        )
    ]


def remarks(row: SeriesRow) -> list[str]:
    """What is special about a series: notes on its state, pinned, muted, not mine, snoozed, its labels."""
    notes = series_labels.state_notes(row)
    if row.pinned:
        notes.append("pinned")
    if row.muted:
        notes.append("muted")
    if row.not_mine:
        notes.append("not yours")
    if row.snoozed_until is not None:
        notes.append(f"snoozed until {date(row.snoozed_until) if row.snoozed_until else 'a reply'}")
    if row.labels:
        notes.append(f"labels: {', '.join(map(line, row.labels))}")
    return notes


def day(at: int, now: int) -> str:
    """`02 Aug`, or `Aug 2022` if it was more than eleven months ago."""
    form = "%d %b" if 0 <= now - at < _RECENT else "%b %Y"
    return datetime.fromtimestamp(at, UTC).strftime(form)


def date(at: int) -> str:
    """`2 Aug 2023`."""
    return datetime.fromtimestamp(at, UTC).strftime("%d %b %Y").lstrip("0")


def moment(at: int) -> str:
    """`2 Aug 2023 21:40`, UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%d %b %Y %H:%M").lstrip("0")


def posted(row: RevisionRow) -> str:
    """`posted an RFC, 4 patches`, or `posted 6 patches (2 missing)`."""
    missing = row.expected - row.patches
    count = (
        series_labels.patches(row)
        if missing <= 0
        else f"{plural(row.expected, 'patch', 'patches')} ({missing} missing)"
    )
    return f"posted {'an RFC, ' if row.rfc else ''}{count}"


def author(row: SeriesRow | SeriesSummary | MessageRow | RevisionRow) -> str:
    """The name of the author, or the address if the mail has no name; or `you`."""
    if series_labels.is_mine(row):
        return YOU
    address = line(row.author_email)
    if isinstance(row, MessageRow) and row.bot:
        address = address.partition("@")[0]
    return line(row.author_name) or address or "unknown"


def title(subject: str) -> str:
    """A subject without prefixes such as `Re:` and `[PATCH v2 1/3]`."""
    bare = re.sub(r"^(?:(?:re|fwd|fw|aw|sv)\s*:\s*)+", "", line(subject), flags=re.IGNORECASE)
    return re.sub(r"^(?:\[[^\]]{0,80}\]\s*)+", "", bare) or line(subject)


_SHORT_TAGS = {"reviewed-by": "R-b", "acked-by": "A-b", "tested-by": "T-b", "nacked-by": "NAK"}


def tags(names: tuple[str, ...]) -> list[str]:
    """Review and test tags, abbreviated as usual: `R-b`, `T-b`."""
    return list(dict.fromkeys(_SHORT_TAGS[name.lower()] for name in names if name.lower() in _SHORT_TAGS))


def dependencies(row: SeriesRow) -> str:
    """`#12 “frob: add a knob” (accepted)`: what a series depends on, or the message-id if it is not known."""
    names = [
        f"#{one.series} “{line(one.title)}” ({one.state})" if one.series else f"<{line(one.root)}>"
        for one in row.depends_on
    ]
    return ", ".join(names)


def without_mail(evidence: Evidence | None) -> str:
    """Why evidence can't be shown in a mail of the series."""
    if evidence is None:
        return "No evidence yet: no replies."
    if evidence.by_hand:
        return f"Set by hand: {line(evidence.text)}"
    if evidence.commit:
        return f"The evidence is commit {line(evidence.commit)}, not a mail."
    return f"The mail <{line(evidence.message_id)}> is not stored here; press r to poll for it."


def stale(inboxes: tuple[InboxRow, ...]) -> list[str]:
    """`bpf stale since 19 Sep 2023 22:10`, for each inbox in use that can't be polled."""
    return [
        f"{line(inbox.name)} {'stale' if inbox.polled_at is not None else 'never polled, failing'} since "
        f"{moment(inbox.failed_at)}"
        for inbox in inboxes
        if inbox.failed_at is not None and (inbox.watched or inbox.followed)
    ]


def upgrade(left: Left) -> str:
    """`45 % up to date since the upgrade`, while mails are shown as an earlier program, or other rules, read them."""
    return f"{left.done * 100 // left.mails} % up to date since the upgrade" if left.outdated else ""


def undelivered(refused: Sequence[OutboxRow]) -> str:
    """Digests that failed permanently: the latest one, and why."""
    last = refused[-1]
    others = f" (and {len(refused) - 1} before it)" if len(refused) > 1 else ""
    return (
        f"The digest {last.key} to {last.address}{others} was not sent: {last.failure}. "
        "Run `patchwatch digest --send` to retry."
    )
