"""How `show` prints a revision: what it succeeds, what was applied, its tags patch by patch, what robots found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from patchwatch.cli.output import fit, version_of, width
from patchwatch.counts import plural
from patchwatch.sanitize import line
from patchwatch.series.states import patch_names
from patchwatch.times import format_day

if TYPE_CHECKING:
    from patchwatch.series.model import CheckRow, RevisionRow, TrailerRow
    from patchwatch.tracker import Tracker

_INDENT = " " * 10
# Credits of a patch: who wrote, asked for or handled it says little of who looked at it.
_CREDITS = frozenset({"signed-off-by", "co-developed-by", "suggested-by", "reported-by", "cc", "link", "closes"})


def evidence_lines(text: str, message_id: str, tracker: Tracker, indent: str = " " * 8) -> list[str]:
    """Somebody's words, and where they stand."""
    lines = [f"{indent}“{line(text)}”"]
    if message_id:
        lines.append(f"{indent}{line(tracker.url(message_id))}")
    return lines


def revision_lines(r: RevisionRow, names: Mapping[str, str], tracker: Tracker) -> list[str]:
    """A revision, a line each; `names` are the versions of the series by the roots of their postings."""
    count = f"{r.patches}/{r.expected} patches" if r.patches < r.expected else plural(r.patches, "patch", "patches")
    if r.expected == 0:
        count = "no patch"
    lines = [
        f"  {version_of(r):<8}{format_day(r.date)}  {r.state:<18}{count}, {plural(r.follow_ups, 'reply', 'replies')}",
        f"{_INDENT}{line(r.subject)}",
        f"{_INDENT}{line(tracker.url(r.message_id, r.inbox))}",
    ]
    if len(r.postings) > 1:
        lines.append(f"{_INDENT}sent {len(r.postings)} times")
    if r.predecessor:
        who = "by hand: " if r.predecessor.by_hand else ""
        lines.append(
            f"{_INDENT}after <{line(r.predecessor.message_id)}>: {who}{', '.join(map(line, r.predecessor.evidence))}"
        )
    if r.applied:
        lines.append(f"{_INDENT}{applied_of(r)}")
        if r.applied.evidence:
            lines += evidence_lines(r.applied.evidence.text, r.applied.evidence.message_id, tracker, _INDENT + "  ")
    lines += [_INDENT + one for one in tag_lines(r, names)]
    for check in r.checks:
        lines += _check(check, r, tracker)
    return lines


def applied_of(r: RevisionRow) -> str:
    """`patches 1-3 of 5 applied`; where the mails do not say which, only that some were."""
    whole = max(r.expected, r.patches)
    if r.applied is None or not r.applied.patches:
        return "some patches applied"
    return f"{patch_names(r.applied.patches)} of {whole} applied"


def tag_lines(r: RevisionRow, names: Mapping[str, str]) -> list[str]:
    """The tags that people gave, a line each: its patches, the versions it was given to before, how far it goes."""
    whole = max(r.expected, r.patches)
    every = set(range(1, whole + 1))
    given: dict[TrailerRow, list[TrailerRow]] = {}
    for tag in r.trailers:
        credit = tag.name.lower() in _CREDITS and tag.message_id in r.patch_message_ids
        if not credit and "@" in tag.value:
            # Given patch by patch, or to several versions, it is one line all the same.
            same = replace(tag, patch=0, message_id="", date=0, given_to="-" if tag.given_to else "")
            given.setdefault(same, []).append(tag)
    cells = []
    for one, tags in given.items():
        patches = {tag.patch for tag in tags}
        where = patch_names(patches if patches < every else [0]) if whole > 1 else ""
        cells.append((sorted(patches), where, f"{line(one.name)}: {line(one.value)}{_notes(one, tags, names)}"))
    size = max((width(where) for _, where, _ in cells), default=0)
    shown: list[str] = []
    above = ""
    for _, where, said in sorted(cells, key=lambda cell: cell[0]):
        shown.append(f"{fit('' if where == above else where, size)}  {said}" if size else said)
        above = where
    return shown


def _notes(one: TrailerRow, tags: Sequence[TrailerRow], names: Mapping[str, str]) -> str:
    notes = []
    if one.limit:
        notes.append(f"“{line(one.limit)}”")
    if one.given_to:
        roots = {tag.given_to for tag in tags}
        versions = dict.fromkeys(version for root, version in names.items() if root in roots)
        notes.append(f"given to {', '.join(versions) or 'an earlier version'}")
    if not one.carried:
        notes.append("not carried, but the patch is the same" if one.counts else "not carried")
    return f"  ({'; '.join(notes)})" if notes else ""


def _check(check: CheckRow, r: RevisionRow, tracker: Tracker) -> list[str]:
    where = f" on patch {check.patch}" if check.patch and max(r.expected, r.patches) > 1 else ""
    return [
        f"{_INDENT}{line(check.name)}: {check.verdict}{where}, {format_day(check.date)}",
        *evidence_lines(check.text, check.message_id, tracker, _INDENT + "  "),
    ]
