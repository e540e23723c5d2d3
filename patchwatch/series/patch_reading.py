"""Which patches of a series a person has read, version by version.

Pure.  A person marks a patch as read or skipped; a tag that they gave to it also counts as reading.  A later version
keeps that for each patch whose diff it did not change, apart from line numbers and white space, unless a point of
theirs is open on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from patchwatch.series.carried_tags import PostedPatch, Tagged, same_patches
from patchwatch.series.tags import address_in, is_endorsement

if TYPE_CHECKING:
    from patchwatch.series.model import SeriesRow


class Mark(StrEnum):
    """What a person said about a patch."""

    READ = "read"
    SKIPPED = "skipped"
    LEFT = "left"  # to be read: it takes back what is kept from an earlier version


@dataclass(frozen=True, slots=True)
class PatchReading:
    """How a patch of a version stands for one person."""

    message_id: str
    number: int
    mark: Mark = Mark.LEFT
    kept_from: str = ""  # the version in which it was read or skipped: `v3`; empty: in this one
    same_as: str = ""  # the version before, if that has the same diff
    read_before: str = ""  # left to read: the version in which they read another form of it
    open_point: bool = False  # left to read: it is as they read it, but a point of theirs is open

    @property
    def is_left(self) -> bool:
        """True if it is left to read."""
        return self.mark is Mark.LEFT

    @property
    def changed(self) -> bool:
        """True if it is left to read because it changed."""
        return self.is_left and bool(self.read_before) and not self.open_point


@dataclass(frozen=True, slots=True)
class VersionReading:
    """How the patches of a version stand for one person."""

    patches: tuple[PatchReading, ...] = ()  # by number
    begun: bool = False  # they marked or tagged a patch of this series

    def of(self, message_id: str) -> PatchReading | None:
        """The patch with this message-id."""
        return next((patch for patch in self.patches if patch.message_id == message_id), None)

    def left_beside(self, message_id: str, direction: int = 1) -> PatchReading | None:
        """The next (1) or previous (-1) patch that is left to read, without going around the end.

        From a mail that is no patch, the first or the last one.
        """
        at = next((n for n, patch in enumerate(self.patches) if patch.message_id == message_id), None)
        if direction > 0:
            beside = self.patches if at is None else self.patches[at + 1 :]
        else:
            beside = self.patches[::-1] if at is None else self.patches[:at][::-1]
        return next((patch for patch in beside if patch.is_left), None)


NOTHING_READ = VersionReading()


class _History(NamedTuple):
    """What a person read of a patch in all versions so far."""

    forms: Mapping[str, tuple[Mark, str]]  # by patch-id: the mark, and the version in which they gave it
    last: str = ""  # the last version in which they read it
    asked: bool = False  # a point of theirs is open on it


_NO_HISTORY = _History({})


def readings(
    versions: Sequence[tuple[str, Tagged]],
    marks: Mapping[str, Mark],
    me: Set[str],
    points: Mapping[str, Set[int]],
) -> dict[str, VersionReading]:
    """How each version, oldest first and with its name, stands for the person with the addresses `me`; by root.

    `marks` are theirs, by message-id; `points` has the patches of each root on which a point of theirs is open (0: all
    of them).
    """
    found: dict[str, VersionReading] = {}
    histories: dict[int, _History] = {}  # by number in the version before
    before: dict[int, PostedPatch] = {}
    begun, name_before = False, ""
    for name, version in versions:
        tagged, asked = _tagged(version, me), points.get(version.root, frozenset())
        places = same_patches(list(before.values()), version.patches)
        patches: list[PatchReading] = []
        now: dict[int, _History] = {}
        for patch in version.patches:
            place = places.get(patch.number)
            history = histories.get(place, _NO_HISTORY) if place is not None else _NO_HISTORY
            if {0, patch.number} & asked:
                history = history._replace(asked=True)
            own = marks.get(patch.message_id) or (Mark.READ if {0, patch.number} & tagged else None)
            same = place is not None and bool(patch.patch_id) and patch.patch_id == before[place].patch_id
            patches.append(_reading(patch, own, history, name_before if same else ""))
            now[patch.number] = _continued(history, patch.patch_id, own, name)
            begun = begun or own in (Mark.READ, Mark.SKIPPED)
        found[version.root] = VersionReading(tuple(patches), begun)
        if patches:
            before, histories, name_before = {patch.number: patch for patch in version.patches}, now, name
    return found


def _reading(patch: PostedPatch, own: Mark | None, history: _History, same_as: str) -> PatchReading:
    found = PatchReading(patch.message_id, patch.number, same_as=same_as)
    if own is not None:
        return replace(found, mark=own)
    if patch.patch_id not in history.forms:
        return replace(found, read_before=history.last)
    mark, version = history.forms[patch.patch_id]
    if mark is Mark.READ and history.asked:
        return replace(found, read_before=version, open_point=True)
    return replace(found, mark=mark, kept_from=version)


def _continued(history: _History, patch_id: str, own: Mark | None, version: str) -> _History:
    if own is None:
        return history
    forms = {form: kept for form, kept in history.forms.items() if form != patch_id}
    if own is not Mark.LEFT and patch_id:
        forms[patch_id] = own, version
    last = {Mark.READ: version, Mark.SKIPPED: history.last, Mark.LEFT: ""}[own]
    return history._replace(forms=forms, last=last)


def _tagged(version: Tagged, me: Set[str]) -> set[int]:
    """The patches that I gave a tag to in a reply to this version; 0: all of them."""
    own = {patch.message_id for patch in version.patches}
    return {
        tag.patch
        for tag in version.tags
        if is_endorsement(tag.name) and tag.message_id not in own and address_in(tag.value) in me and not tag.scope
    }


def newest(row: SeriesRow, found: Mapping[str, VersionReading]) -> VersionReading:
    """How the newest version of a series stands, as it was sent last; `found` is by root."""
    postings = row.revisions[-1].postings if row.revisions else ()
    return next((found[root] for root in reversed(postings) if root in found), NOTHING_READ)


def summary(reading: VersionReading) -> str:
    """`3 of 13 read, 1 skipped, 2 changed since your review`; empty if they have not begun."""
    total = len(reading.patches)
    if not reading.begun or not total:
        return ""
    read, skipped = (sum(patch.mark is mark for patch in reading.patches) for mark in (Mark.READ, Mark.SKIPPED))
    changed = sum(patch.changed for patch in reading.patches)
    words = [f"{'all' if read == total > 1 else f'{read} of'} {total} read"]
    words += [f"{skipped} skipped"] if skipped else []
    words += [f"{changed} changed since your review"] if changed else []
    return ", ".join(words)


def word(patch: PatchReading | None) -> str:
    """`read`, `skipped`, `changed`, or `as in v3`; empty if there is nothing to say."""
    if patch is None:
        return ""
    if patch.is_left:
        return "changed" if patch.changed else f"as in {patch.same_as}" if patch.same_as else ""
    return str(patch.mark)
