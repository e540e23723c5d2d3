"""Which patches of a series a person has read, version by version.

Pure.  A person marks a patch as read or skipped; a tag that they gave to it also counts as reading.  A later version
keeps that for each patch whose diff it did not change, apart from line numbers and white space, unless a point of
theirs is open on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

from msgspec import structs

from patchwatch.series.carried_tags import PostedPatch, Tagged, same_patches
from patchwatch.series.patch_reading import Mark, PatchReading, VersionReading
from patchwatch.series.tag import address_in, is_endorsement


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
        return structs.replace(found, mark=own)
    if patch.patch_id not in history.forms:
        return structs.replace(found, read_before=history.last)
    mark, version = history.forms[patch.patch_id]
    if mark is Mark.READ and history.asked:
        return structs.replace(found, read_before=version, open_point=True)
    return structs.replace(found, mark=mark, kept_from=version)


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
