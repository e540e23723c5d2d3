"""Combine what other mails report of the patches of a posting: which are in mainline, in a tree, or on their way.

Pure.  A report is a merged or pending pull request, a stable backport, a batch of a subsystem maintainer, or a mail
that names a commit.  Maintainers who apply only some patches say so, and authors send the rest again; so a series of
which most patches went in, or of which one is named long after, went in as a whole unless its own mails deny it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from patchwatch.series.patch_numbers import format_patches, parse_patches
from patchwatch.series.state.status import Merge
from patchwatch.series.state.types import Reason
from patchwatch.series.states import APPLIED, State

_SETTLED = 30 * 86_400
"""Seconds after a posting in which its author would have sent the patches again that were left out."""
_UNDECIDED = (State.NEW, State.UNDER_REVIEW, State.REVIEWED)

Reports = Mapping[int, tuple["Report", ...]]
"""The reports on the patches of a posting, by place from 0."""


@dataclass(frozen=True, slots=True)
class Report:
    """What another mail shows of a patch."""

    state: State  # mainlined, accepted or awaiting-upstream
    reason: Reason
    alone: bool = False  # a mail about this patch, which says nothing of the others; a shortlog lists all that went in
    complete: bool = False  # it names the posting, and lists each patch of it that went in under its own title
    below: bool = False  # it names the last patch of the series as that of a branch, so that this one is below it


@dataclass(frozen=True, slots=True)
class Own:
    """What a revision's own mails show."""

    date: int  # of the posting
    whole: int  # patches, without those that were only sent to other lists
    state: State
    partly: str = ""  # numbers of the patches that were applied, if not all were
    numbers: tuple[int, ...] = ()  # of the patches, by place; empty: 1, 2 and so on
    expected: int = 0  # patches that the posting states, with those that were only sent to other lists

    @property
    def total(self) -> int:
        """The total that the numbers of its patches count up to."""
        return max((self.whole, self.expected, *self.numbers))

    def numbers_of(self, places: Iterable[int]) -> set[int]:
        """The numbers of the patches at these places."""
        return {self.numbers[place] if place < len(self.numbers) else place + 1 for place in places}


def joined(*all_reports: Mapping[int, Iterable[Report]]) -> dict[int, tuple[Report, ...]]:
    """The reports of several sources, by place."""
    places = sorted(set().union(*all_reports))
    return {place: tuple(r for reports in all_reports for r in reports.get(place, ())) for place in places}


def merge_of(own: Own, reports: Reports) -> Merge | None:
    """Where the patches of a posting went; None if nothing is known."""
    if own.partly:  # who applied some patches says which: what else should be below the last one is not
        reports = {place: tuple(r for r in entries if not r.below) for place, entries in reports.items()}
    mainlined = _earliest(reports, (State.MAINLINED,))
    applied = _earliest(reports, (State.MAINLINED, State.ACCEPTED))
    # The maintainer may have reworded a title or squashed a patch.
    accepted = own.state in APPLIED or len(applied) >= own.whole
    if mainlined and (len(mainlined) >= own.whole or (accepted and 2 * len(mainlined) >= own.whole)):
        return Merge(State.MAINLINED, _last(mainlined))
    if applied and (_is_whole(own, applied, reports) or _is_settled(own, reports)):
        return Merge(State.ACCEPTED, _reason(applied, own))
    on_the_way = _earliest(reports, (State.MAINLINED, State.ACCEPTED, State.AWAITING_UPSTREAM))
    if len(on_the_way) > len(applied) and 2 * len(on_the_way) > own.whole:
        return Merge(State.AWAITING_UPSTREAM, _reason(on_the_way, own))
    return Merge(State.UNDER_REVIEW, _reason(applied, own)) if applied else None


def _is_whole(own: Own, applied: Mapping[int, Reason], reports: Reports) -> bool:
    """True if all patches went in, or most of them, as far as one can tell from these."""
    if len(applied) >= own.whole:
        return True
    if own.partly:
        return len(parse_patches(own.partly, own.total) | own.numbers_of(applied)) >= own.whole
    return 2 * len(applied) > own.whole and not any(r.complete for entries in reports.values() for r in entries)


def _is_settled(own: Own, reports: Reports) -> bool:
    """True if one patch is named so late that the author would have sent the others again if they had been left out."""
    if own.partly or own.state not in _UNDECIDED:
        return False
    dates = [r.reason.date for entries in reports.values() for r in entries if r.alone and r.state in APPLIED]
    return max(dates, default=0) >= own.date + _SETTLED


def _earliest(reports: Reports, states: tuple[State, ...]) -> dict[int, Reason]:
    """The first report of each patch with one of these states, preferring the states in order."""
    found: dict[int, Reason] = {}
    for place, entries in reports.items():
        fitting = [r for r in entries if r.state in states]
        if fitting:
            first = min(
                fitting, key=lambda r: (states.index(r.state), r.reason.date, r.reason.message_id, r.reason.text)
            )
            found[place] = first.reason
    return found


def _last(reasons: Mapping[int, Reason]) -> Reason:
    return max(reasons.values(), key=lambda r: (r.date, r.message_id, r.text))


def _reason(reasons: Mapping[int, Reason], own: Own) -> Reason:
    last = _last(reasons)
    if len(reasons) >= own.whole:
        return last
    return replace(last, text=f"{format_patches(own.numbers_of(reasons))} of {own.total}: {last.text}")
