"""The words for a series in `list`, `show` and the TUI: version, patches, state, turn, tags.

Pure: the current time is passed in.  Colors and signs are added by patchwatch.tui.render.labels.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence, Set

from patchwatch.counts import plural
from patchwatch.mail.message import Person
from patchwatch.sanitize import line
from patchwatch.series.model import Evidence, MessageRow, RevisionRow, SeriesRow, SeriesSummary, StateChangeRow
from patchwatch.series.names import YOU, Names
from patchwatch.series.patch_numbers import format_patches
from patchwatch.series.pull_requests import KIND as PULL
from patchwatch.series.pull_requests import status
from patchwatch.series.queue import ASKS, Section
from patchwatch.series.states import ReasonKind, Turn
from patchwatch.times import format_age

_DESCRIBED = (ReasonKind.CITED, ReasonKind.RELAYED)
"""Kinds of evidence of which the text says what the mail shows."""


def version(row: RevisionRow | SeriesRow | SeriesSummary) -> str:
    """`v3 RFC`: the version of a revision, or of the newest revision of a series; `pull` of a pull request."""
    return f"{revision_name(row)}{' RFC' if row.rfc else ''}"


def revision_name(row: RevisionRow | SeriesRow | SeriesSummary) -> str:
    """`v5.1`: the version without RFC."""
    newest = row.revisions[-1] if isinstance(row, SeriesRow) and row.revisions else row
    minor = 0 if isinstance(newest, SeriesRow) else newest.minor
    name = f"v{row.version}.{minor}" if minor else f"v{row.version}"
    if row.kind == PULL:
        return PULL if name == "v1" else f"{PULL} {name}"
    return name


def own(row: SeriesRow | SeriesSummary) -> str:
    """`later todo`: the labels that the user gave a series."""
    return " ".join(map(line, row.labels))


def patches(row: RevisionRow) -> str:
    """`2 patches`, `4 patches, 3 of them from v2`, or `1 of 2 patches received` if some never arrived."""
    if row.pull and not row.patches:
        listed = f", {plural(row.pull.patches, 'patch', 'patches')}" if row.pull.patches else ""
        return f"pull request{listed}"
    if row.expected > row.patches:
        return f"{row.patches} of {row.expected} patches received"
    count = plural(row.patches, "patch", "patches") if row.patches else "no patches"
    return f"{count}{taken(row)}"


def taken(row: RevisionRow) -> str:
    """`, 3 of them from v2`: how many patches a partial reroll takes from earlier versions, or nothing."""
    versions = sorted({patch.version for patch in row.taken})
    return f", {len(row.taken)} of them from {' and '.join(f'v{v}' for v in versions)}" if versions else ""


def missing(row: RevisionRow) -> str:
    """`1 of 2 patches missing`, or nothing if all were received."""
    return missing_patches(row.patches, row.expected)


def missing_patches(received: int, expected: int) -> str:
    """`1 of 2 patches missing`, or nothing."""
    return f"{expected - received} of {expected} patches missing" if expected > received else ""


def applied(row: RevisionRow) -> str:
    """`patches 1-3 of 5 applied`, or that some were if the mail does not say which."""
    if row.applied is None or not row.applied.patches:
        return "some patches applied"
    return f"{format_patches(row.applied.patches)} of {max(row.expected, row.patches)} applied"


def state(row: SeriesRow | SeriesSummary) -> str:
    """`under-review (3/5 applied)`: the state, and what is special about the newest revision."""
    notes = state_notes(row)
    name = state_name(row)
    return f"{name} ({', '.join(notes)})" if notes else name


def state_name(row: RevisionRow | SeriesRow | SeriesSummary) -> str:
    """`under-review`, or `pull request: pending`."""
    return f"pull request: {status(row.state)}" if row.kind == PULL else row.state


def state_notes(row: SeriesRow | SeriesSummary) -> list[str]:
    """`1 of 2 patches missing`, `3/5 applied`: what is special about the newest revision."""
    if isinstance(row, SeriesSummary):
        received, expected, applied = row.patches, row.expected, row.applied
    elif row.revisions:
        newest = row.revisions[-1]
        received, expected = newest.patches, newest.expected
        applied = len(newest.applied.patches) if newest.applied else 0
    else:
        return []
    notes = [missing_patches(received, expected)] if row.incomplete else []
    return [*notes, f"{applied}/{max(expected, received)} applied"] if applied else notes


def turn(row: SeriesRow | SeriesSummary, now: int) -> str:
    """`reviewers 12d!`: whose turn it is, for how long, and `!` if overdue; or `blocked by #12`."""
    if row.turn == Turn.NOBODY:
        return row.turn
    if row.turn != Turn.AUTHOR and row.blocked_by:
        return blocked(row)
    if isinstance(row, SeriesSummary) and row.place and row.place.section in ASKS:
        return f"{YOU} {row.place.when(now)}"
    return f"{whose(row)} {format_age(row.turn_since, now)}{'!' if row.overdue else ''}"


def whose(row: SeriesRow | SeriesSummary) -> str:
    """`reviewers`, or `you`: whose turn it is."""
    return YOU if _my_turn(row) else row.turn


def turn_names(steps: Sequence[StateChangeRow], row: SeriesRow, mine: Container[str]) -> list[str]:
    """`author`, or `you`: whose turn it was after each change in the history of a series; `mine` are my mails."""
    roots = {revision.message_id for revision in row.revisions}
    names: list[str] = []
    posted = ""
    for step in steps:
        posted = step.message_id if step.message_id in roots else posted
        last = step is steps[-1]
        me = posted in mine if step.turn == Turn.AUTHOR else last and row.my_turn and step.turn == row.turn
        names.append(YOU if me else step.turn)
    return names


def _my_turn(row: SeriesRow | SeriesSummary) -> bool:
    if isinstance(row, SeriesRow):
        return row.my_turn
    place = row.place
    if place is not None and place.section in ASKS:
        return True
    if row.turn == Turn.AUTHOR:
        return row.mine and (place is None or place.section is not Section.WAITING or place.mine)
    return place is not None and place.verb == YOU


def is_mine(row: SeriesRow | SeriesSummary | MessageRow | RevisionRow) -> bool:
    """True if I sent it; of a series, if I posted it."""
    if isinstance(row, SeriesRow):
        return row.involvement is not None and row.involvement.author
    return not isinstance(row, RevisionRow) and row.mine


def author(row: SeriesRow | SeriesSummary | MessageRow | RevisionRow) -> str:
    """The name of who sent it, or the address if the mail has no name; or `you`."""
    return YOU if is_mine(row) else line(row.author_name or row.author_email)


def evidence_author(evidence: Evidence, me: Set[str]) -> str:
    """Who wrote the evidence, by name or address, or `you`; empty if only a commit has it."""
    return Names(me).whole(Person(evidence.by_name, evidence.by_email))


def evidence_text(evidence: Evidence) -> str:
    """The text of evidence on one line: quoted, unless patchwatch says what a mail, a commit or a person did."""
    words = line(evidence.text)
    return words if not words or evidence.by_hand or evidence.kind in _DESCRIBED else f"“{words}”"


def blocked(row: SeriesRow | SeriesSummary) -> str:
    """`blocked by #12`: the open series that it depends on."""
    first, *others = row.blocked_by
    return f"blocked by #{first}{f' and {len(others)} more' if others else ''}"


def reviewed(row: SeriesRow | SeriesSummary) -> str:
    """`2/4`: how many patches of the newest revision have a review."""
    return f"{row.reviewed}/{patch_total(row)}" if row.patches else "–"


def open_points(row: SeriesSummary) -> str:
    """`3 open`: how many points of the newest revision are not settled; empty if nobody has to act."""
    return f"{row.points_open} open" if row.points_open and row.turn != Turn.NOBODY else ""


def patch_total(row: SeriesRow | SeriesSummary) -> int:
    """The number of patches of the newest revision, with those that are missing."""
    if isinstance(row, SeriesSummary):
        return max(row.expected, row.patches)
    return max(row.revisions[-1].expected, row.patches) if row.revisions else row.patches


def title(text: str) -> str:
    """The title of a series on one line; `(no subject)` without one."""
    return line(text) or "(no subject)"


def link_evidence(names: Iterable[str]) -> str:
    """`same title, next version`: the evidence for a link between two versions."""
    return ", ".join(_EVIDENCE.get(name, line(name).replace("-", " ")) for name in names)


_EVIDENCE = {  # those that dashes do not spell out
    "same-patch-titles": "some patch titles in common",
    "same-prose": "text in common",
    "rare-files": "files in common that few others touch",
    "rare-title-words": "rare words in both titles",
}
