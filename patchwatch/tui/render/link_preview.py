"""Previews of linking two series and of unlinking a revision.

Pure.  patchwatch.series.link_candidates finds candidates, and the user may mark another series; the tracker links.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import structs

from patchwatch.series import labels as series_labels
from patchwatch.series.model import CandidateRow, RevisionRow, SeriesRow
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render import labels


@dataclass(frozen=True, slots=True)
class LinkPreview:
    """A proposed link: `later` becomes the next version of `earlier`."""

    later: RevisionRow
    earlier: RevisionRow
    versions: tuple[str, ...]  # of the linked series


def preview_link(one: SeriesRow, other: SeriesRow) -> LinkPreview | None:
    """Propose a link between two series; None if they are the same.

    The series that began later is linked to the last revision of the other one before it: existing links stay.
    """
    if one.id == other.id or not one.revisions or not other.revisions:
        return None
    first, second = sorted((one, other), key=lambda row: (_begin(row).date, row.id))
    later = _begin(second)
    before = [r for r in first.revisions if r.date <= later.date]
    both = sorted((*one.revisions, *other.revisions), key=lambda r: r.date)
    earlier = max(before, key=lambda r: r.date)
    return LinkPreview(later, earlier, tuple(series_labels.revision_name(r) for r in both))


def _begin(row: SeriesRow) -> RevisionRow:
    """The first revision of a series without a predecessor, since linking it does not replace a link."""
    free = [r for r in row.revisions if r.predecessor is None] or list(row.revisions)
    return min(free, key=lambda r: r.date)


def with_marked(row: SeriesRow, other: SeriesRow, candidates: Sequence[CandidateRow]) -> tuple[CandidateRow, ...]:
    """The candidates for `row`, the series that the user marked with it first."""
    rest = [one for one in candidates if one.series_id != other.id]
    first = [one for one in candidates if one.series_id == other.id]
    found = preview_link(row, other)
    if not first and found is not None:
        before = found.earlier in other.revisions
        revision = found.earlier if before else found.later
        candidate = CandidateRow(
            series_id=other.id,
            message_id=revision.message_id,
            place="earlier" if before else "later",
            score=0.0,
            evidence=(),
            version=revision.version,
            subject=revision.subject,
            author_name=series_labels.author(other),
            date=revision.date,
        )
        first = [candidate]
    return (*(structs.replace(one, evidence=("marked-with-it", *one.evidence)) for one in first), *rest)


def describe_link(found: LinkPreview) -> list[StyledText]:
    """`one series, v3 v4 v5: v4 “net: …” follows v3 “…”`."""
    titles = [f" “{labels.title(row.subject)}”" for row in (found.later, found.earlier)]
    if titles[0] == titles[1]:
        titles = ["", ""]
    return [
        ("→ ", "accent"),
        ("one series, ", ""),
        (" ".join(found.versions), "strong"),
        (f": {series_labels.revision_name(found.later)}{titles[0]} follows ", ""),
        (f"{series_labels.revision_name(found.earlier)}{titles[1]}", ""),
    ]


def describe_unlink(row: SeriesRow, later: RevisionRow) -> list[StyledText]:
    """`two series: v1 v2 and v3`, and why they are linked."""
    others = _following(row, later)
    names = [series_labels.revision_name(r) for r in row.revisions if r.message_id in others]
    kept = [series_labels.revision_name(r) for r in row.revisions if r.message_id not in others]
    return [
        ("→ ", "accent"),
        ("two series: ", ""),
        (" ".join(kept), "strong"),
        (" and ", ""),
        (" ".join(names), "strong"),
        (f"\n{_why_linked(later)}", "dim"),
    ]


def _why_linked(later: RevisionRow) -> str:
    link = later.predecessor
    if link is None or link.by_hand:
        return "Linked by hand."
    return f"Linked automatically: {series_labels.link_evidence(link.evidence)}."


def _following(row: SeriesRow, later: RevisionRow) -> set[str]:
    """The roots of a revision and of all that follow it."""
    found = {later.message_id}
    while more := {r.message_id for r in row.revisions if r.predecessor and r.predecessor.message_id in found} - found:
        found |= more
    return found


def predecessor(row: SeriesRow, later: RevisionRow) -> RevisionRow | None:
    """The revision that `later` follows."""
    if later.predecessor is None:
        return None
    root = later.predecessor.message_id
    return next((r for r in row.revisions if root in r.postings or root == r.message_id), None)
