"""How a series came to where it stands, a line a step: when, of which revision, what it became, and whose words did it.

Pure; what the steps are was decided by patchwatch.series.state.machine.
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
from patchwatch.tui.render.columns import fill, fit, width_of

_WIDE, _NARROW = 100, 60  # columns: from here on states are told in words, and up to here turns are not told


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A step, and what is needed to tell it."""

    number: int  # of several with the same words
    version: str
    date: int
    evidence: Evidence
    who: str
    posted: str  # what was posted; empty where somebody spoke
    state: str
    turn: str
    state_changed: bool
    turn_changed: bool


def tell(
    series: SeriesRow, steps: Sequence[StateChangeRow], rows: Mapping[str, MessageRow]
) -> tuple[HistoryEntry, ...]:
    """The steps of a series, oldest first; where something else than a mail decided, that comes last."""
    roots = {revision.message_id: revision for revision in series.revisions}
    told: list[HistoryEntry] = []
    seen: dict[tuple[str, str], int] = {}
    state = turn = ""
    for step in steps:
        revision = roots.get(step.message_id)
        said = rows.get(step.message_id)
        evidence = Evidence(step.message_id, step.text, commit=step.commit)
        number = seen[step.message_id, step.text] = seen.get((step.message_id, step.text), -1) + 1
        told.append(
            HistoryEntry(
                number=number,
                version=series_labels.revision_name(revision) if revision else f"v{step.version}",
                date=step.date,
                evidence=evidence,
                who=_who(evidence, said, revision),
                posted=labels.posted(revision) if revision else "",
                state=step.state,
                turn=step.turn,
                state_changed=step.state != state or revision is not None,
                turn_changed=step.turn != turn or revision is not None,
            )
        )
        state, turn = step.state, step.turn
    return (*told, *_decided(series, told))


def _who(evidence: Evidence, said: MessageRow | None, revision: RevisionRow | None) -> str:
    """Whose words they are."""
    if evidence.by_hand:
        return "by hand"
    if evidence.commit and not evidence.message_id:
        return f"commit {line(evidence.commit)[:12]}"
    if spoken := said or revision:
        return labels.author(spoken)
    return line(evidence.by_name or evidence.by_email)


def _decided(series: SeriesRow, told: Sequence[HistoryEntry]) -> Sequence[HistoryEntry]:
    """What no step says: a decision by hand, a commit, or a state that came from another series' mail."""
    evidence = series.state_evidence
    if evidence is None or (told and told[-1].state == series.state and not evidence.by_hand):
        return ()
    newest = series.revisions[-1] if series.revisions else None
    return [
        HistoryEntry(
            number=0,
            version=series_labels.revision_name(newest) if newest else "",
            date=series.turn_since,
            evidence=evidence,
            who=_who(evidence, None, None),
            posted="",
            state=series.state,
            turn=series.turn,
            state_changed=True,
            turn_changed=True,
        )
    ]


def step_pieces(step: HistoryEntry, now: int, width: int) -> list[StyledText]:
    """A step on one line."""
    sign, ink = labels.state_sign(step.state)
    pieces: list[StyledText] = [(f"{labels.day(step.date, now):>8} ", "dim"), (fill(step.version, 5), "accent")]
    turn = f"→ {line(step.turn)} " if step.turn_changed and step.turn != Turn.NOBODY else ""
    if width < _WIDE:
        pieces += [(f"{sign} ", ink), (turn if width > _NARROW else "", "dim")]
    else:
        state = f"{sign} {line(step.state)}" if step.state_changed else ""
        pieces += [(fill(state, 20), ink), (fill(turn, 13), "dim")]
    room = width - width_of(pieces)
    words: StyledText = (step.posted, "") if step.posted else (labels.quoted(step.evidence), "slanted")
    taken = min(width_of([words]), max(room - width_of([(step.who, "")]) - 2, room * 4 // 5))
    return [*pieces, (fit(words[0], taken), words[1]), ("  ", ""), (step.who, "dim")]
