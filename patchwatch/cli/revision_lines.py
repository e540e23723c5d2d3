"""A revision as `show` prints it: its predecessor, what was applied, tags by patch, results of bots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import structs

from patchwatch.cli.table import fit, width
from patchwatch.counts import plural
from patchwatch.sanitize import line
from patchwatch.series import finding_labels, labels
from patchwatch.series.model import Evidence
from patchwatch.series.patch_numbers import format_patches
from patchwatch.times import format_day

if TYPE_CHECKING:
    from patchwatch.series.model import CheckRow, RevisionRow, TrailerRow
    from patchwatch.tracker import Tracker

_INDENT = " " * 10
# Tags of the patch itself, not of reviewers; left out of the list.
_CREDITS = frozenset({"signed-off-by", "co-developed-by", "suggested-by", "reported-by", "cc", "link", "closes"})


def evidence_lines(evidence: Evidence, tracker: Tracker, indent: str = " " * 8) -> list[str]:
    """The evidence, with who wrote it and when; and the URL of its mail."""
    if evidence.by_hand:
        return [f"{indent}{labels.evidence_text(evidence)}"]
    sender = labels.evidence_author(evidence, tracker.addresses)
    who = [sender] if sender else []
    who += [f"commit {line(evidence.commit)[:12]}"] if evidence.commit else []
    who += [format_day(evidence.date)] if evidence.date else []
    lines = [f"{indent}{', '.join(who)}{': ' if who else ''}{labels.evidence_text(evidence)}"]
    if evidence.message_id:
        lines.append(f"{indent}{line(tracker.url(evidence.message_id))}")
    return lines


def revision_lines(r: RevisionRow, names: Mapping[str, str], tracker: Tracker) -> list[str]:
    """Return a revision as text; `names` maps the roots of all postings of the series to their versions."""
    replies = plural(r.follow_ups, "reply", "replies")
    lines = [
        f"  {labels.version(r):<8}{format_day(r.date)}  {labels.state_name(r):<16}  {labels.patches(r)}, {replies}",
        f"{_INDENT}{line(r.subject)}",
        f"{_INDENT}{line(tracker.url(r.message_id, r.inbox))}",
    ]
    if len(r.postings) > 1:
        lines.append(f"{_INDENT}sent {len(r.postings)} times")
    if r.predecessor:
        by_hand = "by hand: " if r.predecessor.by_hand else ""
        evidence = labels.link_evidence(r.predecessor.evidence)
        lines.append(f"{_INDENT}follows <{line(r.predecessor.message_id)}>: {by_hand}{evidence}")
    lines += [f"{_INDENT}joins <{line(j.message_id)}>: {labels.link_evidence(j.evidence)}" for j in r.joins]
    if r.applied:
        lines.append(f"{_INDENT}{labels.applied(r)}")
        if r.applied.evidence:
            lines += evidence_lines(r.applied.evidence, tracker, _INDENT + "  ")
    lines += [_INDENT + text for text in tag_lines(r, names)]
    for _, mail in groupby(r.checks, key=lambda check: (check.message_id, check.patch)):
        lines += _checks(tuple(mail), r, tracker)
    return lines


def tag_lines(r: RevisionRow, names: Mapping[str, str]) -> list[str]:
    """Return the tags from reviewers, one per line: its patches, its scope, the earlier versions it was given to."""
    patch_count = max(r.expected, r.patches)
    all_patches = set(range(1, patch_count + 1))
    groups: dict[TrailerRow, list[TrailerRow]] = {}
    for tag in r.trailers:
        credit = tag.name.lower() in _CREDITS and tag.message_id in r.patch_message_ids
        if not credit and "@" in tag.value:
            # The same tag on several patches or versions is one line.
            key = structs.replace(tag, patch=0, message_id="", date=0, given_to="-" if tag.given_to else "")
            groups.setdefault(key, []).append(tag)
    rows = []
    for tag, group in groups.items():
        patches = {member.patch for member in group}
        label = format_patches(patches if patches < all_patches else [0]) if patch_count > 1 else ""
        rows.append((sorted(patches), label, f"{line(tag.name)}: {line(tag.value)}{_notes(tag, group, names)}"))
    size = max((width(label) for _, label, _ in rows), default=0)
    lines: list[str] = []
    above = ""
    for _, label, text in sorted(rows, key=lambda row: row[0]):
        lines.append(f"{fit('' if label == above else label, size)}  {text}" if size else text)
        above = label
    return lines


def _notes(tag: TrailerRow, group: Sequence[TrailerRow], names: Mapping[str, str]) -> str:
    notes = []
    if tag.scope:
        notes.append(f"“{line(tag.scope)}”")
    if tag.given_to:
        roots = {member.given_to for member in group}
        versions = dict.fromkeys(version for root, version in names.items() if root in roots)
        notes.append(f"given to {', '.join(versions) or 'an earlier version'}")
    if not tag.carried:
        notes.append("not carried, but the patch is the same" if tag.counts else "not carried")
    return f"  ({'; '.join(notes)})" if notes else ""


def _checks(mail: Sequence[CheckRow], r: RevisionRow, tracker: Tracker) -> list[str]:
    """The results in one mail of a bot."""
    lines: list[str] = []
    for check in mail:
        if check.verdict != finding_labels.FINDING:
            lines.append(f"{_INDENT}{line(check.name)}: {check.verdict}{_where(check, r)}, {format_day(check.date)}")
            lines += evidence_lines(Evidence(check.message_id, check.text), tracker, _INDENT + "  ")
    found = finding_labels.findings(mail)
    if found:
        summary = finding_labels.summary(found)
        lines.append(f"{_INDENT}{line(found[0].name)}: {summary}{_where(found[0], r)}, {format_day(found[0].date)}")
        for check in found:
            place = finding_labels.place(check)
            lines.append(f"{_INDENT}  {finding_labels.severity(check)}{f': {line(place)}' if place else ''}")
            lines.append(f"{_INDENT}    “{line(check.text)}”")
        lines.append(f"{_INDENT}  {line(tracker.url(found[0].message_id))}")
    return lines


def _where(check: CheckRow, r: RevisionRow) -> str:
    return f" on patch {check.patch}" if check.patch and max(r.expected, r.patches) > 1 else ""
