"""Select the two revisions to compare, as a user names them: v3, rfc1, a message-id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from patchwatch.errors import InvalidInputError, NotFoundError
from patchwatch.mail.changelog import Version
from patchwatch.mail.patch import Patch, read_cover, read_patch
from patchwatch.pattern import Pattern
from patchwatch.series.model import MessageRow, RevisionRow
from patchwatch.series.rangediff.comparison import Side
from patchwatch.times import format_day

_NAME = Pattern(r"(?i)(rfc)?[ _-]?v?(\d{1,4})(?:\.(\d{1,3}))?[ _-]?(rfc)?|(rfc)")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A revision, and a posting of it: not the first one if the user named a resend."""

    revision: RevisionRow
    root: str
    label: str


def choose(
    revisions: Sequence[RevisionRow], older: str | None, newer: str | None, root_of: Callable[[str], str]
) -> tuple[Chosen, Chosen]:
    """The revisions that `older` and `newer` name: v3, 3, v5.1, rfc1, or a message-id.

    `root_of` returns the root of the posting with a message-id.  By default the newest revision with patches, and the
    one before it.

    Raises:
        NotFoundError: there is no such revision, or only one.
        InvalidInputError: a name fits several, or both names the same revision.
    """
    labels = _labels(revisions)
    with_patches = [r for r in revisions if r.patch_message_ids]
    if len(with_patches) < 2 and older is None:
        raise NotFoundError(
            f"nothing to compare: this series has {'only ' if with_patches else ''}{_known(with_patches, labels)}."
        )
    chosen = [
        _named(revisions, labels, name, root_of)
        if name
        else Chosen(default, default.message_id, labels[default.message_id])
        for name, default in ((older, with_patches[-2:][0]), (newer, with_patches[-1]))
    ]
    for one in chosen:
        if not one.revision.patch_message_ids:
            raise InvalidInputError(
                f"{one.label} (<{one.root}>) has no patches to compare; use one of {_known(with_patches, labels)}."
            )
    if chosen[0].root == chosen[1].root:
        names = _known(with_patches, labels)
        raise InvalidInputError(f"{chosen[0].label} cannot be compared with itself; name two of {names}.")
    return chosen[0], chosen[1]


def between(revisions: Sequence[RevisionRow], older: Chosen, newer: Chosen) -> tuple[Chosen, ...]:
    """The revisions posted between two, oldest first."""
    labels = _labels(revisions)
    first, last = (revisions.index(one.revision) for one in (older, newer))
    return tuple(Chosen(r, r.message_id, labels[r.message_id]) for r in revisions[first + 1 : last])


def _labels(revisions: Sequence[RevisionRow]) -> dict[str, str]:
    """A label for each revision, by its root: v3; rfc1 if there is a v1 too."""
    plain = {_number(r) for r in revisions if not r.rfc}
    return {r.message_id: f"{'rfc' if r.rfc and _number(r) in plain else 'v'}{_number(r)}" for r in revisions}


def _number(revision: RevisionRow) -> str:
    return f"{revision.version}.{revision.minor}" if revision.minor else str(revision.version)


def _known(revisions: Iterable[RevisionRow], labels: Mapping[str, str]) -> str:
    return ", ".join(dict.fromkeys(labels[r.message_id] for r in revisions)) or "no patches"


def _named(
    revisions: Sequence[RevisionRow], labels: Mapping[str, str], name: str, root_of: Callable[[str], str]
) -> Chosen:
    stated = _NAME.fullmatch(name.strip())
    if stated is None:
        root = root_of(name)
        for revision in revisions:
            if root in revision.postings:
                again = " (resent)" if root != revision.message_id else ""
                return Chosen(revision, root, labels[revision.message_id] + again)
        raise NotFoundError(f"<{root}> belongs to another series; this one has {_known(revisions, labels)}.")
    number = int(stated[2]) if stated[2] else None
    rfc = bool(stated[1] or stated[4] or stated[5])
    fitting = [
        r
        for r in revisions
        if (number is None or (r.version, r.minor) == (number, int(stated[3] or 0))) and (r.rfc or not rfc)
    ]
    # "v1" is preferably the patch, not the RFC, with that number, and neither if it has no patches.
    fitting = [r for r in fitting if r.patch_message_ids] or fitting
    fitting = [r for r in fitting if r.rfc == rfc] or fitting
    if not fitting:
        raise NotFoundError(f"this series has no {name}; it has {_known(revisions, labels)}.")
    if len(fitting) > 1:
        several = ", ".join(f"<{r.message_id}> of {format_day(r.date)}" for r in fitting)
        raise InvalidInputError(f"{name} names {len(fitting)} versions: {several}. Use a message-id.")
    return Chosen(fitting[0], fitting[0].message_id, labels[fitting[0].message_id])


def mails_of(chosen: Chosen, thread: Sequence[MessageRow]) -> tuple[str, ...]:
    """The message-ids of the patches of a posting, by number."""
    if chosen.root == chosen.revision.message_id:
        return chosen.revision.patch_message_ids
    found = {m.patch: m.message_id for m in thread if m.revision == chosen.root and m.submission and m.patch > 0}
    # What was sent again with the same numbers has no mails of its own.
    return tuple(found[number] for number in sorted(found)) or chosen.revision.patch_message_ids


def side(chosen: Chosen, patches: Sequence[str], raws: Mapping[str, bytes]) -> Side:
    """A posting to compare; `raws` has its mails by message-id."""
    revision = chosen.revision
    return Side(
        label=chosen.label,
        version=Version(revision.version, revision.minor, revision.rfc),
        message_id=chosen.root,
        subject=revision.subject,
        date=revision.date,
        expected=revision.expected,
        cover=read_cover(raws[chosen.root]) if revision.has_cover and chosen.root in raws else "",
        patches=_numbered([read_patch(raws[message_id]) for message_id in patches if message_id in raws]),
    )


def _numbered(patches: Sequence[Patch]) -> tuple[Patch, ...]:
    """Give each patch a number of its own: `[PATCH v3]` for 3/4 that of its place, `2.5/3` one above the others."""
    used: set[int] = {0}
    again: list[int] = []
    for place, patch in enumerate(patches):
        if patch.number in used:
            again.append(place)
        used.add(patch.number)
    found = list(patches)
    for place in again:
        number = max(used) + 1 if place + 1 in used else place + 1
        used.add(number)
        found[place] = replace(patches[place], number=number)
    return tuple(found)
