"""The history of a series, one line for each state change: date, version, state and turn, evidence, author.

Pure; patchwatch.series.state.machine computes the state changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import Evidence, MessageRow, RevisionRow, SeriesRow, StateChangeRow
from patchwatch.series.states import Turn
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render import labels
from patchwatch.tui.render.columns import fit, pad, width_of

_WIDE = 100  # columns; narrower lines have the sign of a state, and not its name
_NARROW = 60  # columns; lines up to this have no turn


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A state change, with everything needed to draw it."""

    number: int  # distinguishes changes with the same evidence
    version: str
    date: int
    evidence: Evidence
    author: str
    posted: str  # the posting; empty for a mail in reply
    state: str
    turn: str
    state_changed: bool
    turn_changed: bool


def history_entries(
    series: SeriesRow, steps: Sequence[StateChangeRow], rows: Mapping[str, MessageRow]
) -> tuple[HistoryEntry, ...]:
    """The state changes of a series, oldest first; a decision by hand or a commit comes last."""
    roots = {revision.message_id: revision for revision in series.revisions}
    entries: list[HistoryEntry] = []
    seen: dict[tuple[str, str], int] = {}
    state = turn = ""
    mine = {message_id for message_id, mail in rows.items() if mail.mine}
    for step, whose in zip(steps, series_labels.turn_names(steps, series, mine), strict=True):
        revision = roots.get(step.message_id)
        mail = rows.get(step.message_id)
        evidence = Evidence(step.message_id, step.text, commit=step.commit)
        number = seen[step.message_id, step.text] = seen.get((step.message_id, step.text), -1) + 1
        entries.append(
            HistoryEntry(
                number=number,
                version=series_labels.revision_name(revision) if revision else f"v{step.version}",
                date=step.date,
                evidence=evidence,
                author=_author(series, evidence, mail, revision),
                posted=labels.posted(revision) if revision else "",
                state=step.state,
                turn=whose,
                state_changed=step.state != state or revision is not None,
                turn_changed=step.turn != turn or revision is not None,
            )
        )
        state, turn = step.state, step.turn
    return (*entries, *_decision(series, entries))


def _author(series: SeriesRow, evidence: Evidence, mail: MessageRow | None, revision: RevisionRow | None) -> str:
    """Who wrote the evidence."""
    if evidence.by_hand:
        return "by hand"
    if evidence.commit and not evidence.message_id:
        return f"commit {line(evidence.commit)[:12]}"
    if row := mail or revision:
        return labels.author(row)
    return series_labels.evidence_author(evidence, series.involvement.me if series.involvement else frozenset())


def _decision(series: SeriesRow, entries: Sequence[HistoryEntry]) -> Sequence[HistoryEntry]:
    """The current state if no mail of the series has it: set by hand, by a commit, or by mail of another series."""
    evidence = series.state_evidence
    if evidence is None or (entries and entries[-1].state == series.state and not evidence.by_hand):
        return ()
    newest = series.revisions[-1] if series.revisions else None
    return [
        HistoryEntry(
            number=0,
            version=series_labels.revision_name(newest) if newest else "",
            date=series.turn_since,
            evidence=evidence,
            author=_author(series, evidence, None, None),
            posted="",
            state=series.state,
            turn=series_labels.whose(series),
            state_changed=True,
            turn_changed=True,
        )
    ]


def entry_line(entry: HistoryEntry, now: int, width: int) -> list[StyledText]:
    """An entry on one line."""
    sign, style = labels.state_sign(entry.state)
    pieces: list[StyledText] = [(f"{labels.day(entry.date, now):>8} ", "dim"), (pad(entry.version, 5), "accent")]
    turn = f"→ {line(entry.turn)} " if entry.turn_changed and entry.turn != Turn.NOBODY else ""
    if width < _WIDE:
        pieces += [(f"{sign} ", style), (turn if width > _NARROW else "", "dim")]
    else:
        state = f"{sign} {line(entry.state)}" if entry.state_changed else ""
        pieces += [(pad(state, 20), style), (pad(turn, 13), "dim")]
    room = width - width_of(pieces)
    if entry.posted:
        return [*pieces, (fit(f"{entry.author} {entry.posted}", room), "")]
    words: StyledText = (series_labels.evidence_text(entry.evidence), "slanted")
    taken = min(width_of([words]), max(room - width_of([(entry.author, "")]) - 2, room * 4 // 5))
    return [*pieces, (fit(words[0], taken), words[1]), ("  ", ""), (entry.author, "dim")]
