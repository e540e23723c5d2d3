"""The points of a series as `show` prints them: the open ones, or with `--why` all, each with the mails about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from patchwatch.sanitize import line
from patchwatch.series import point_labels
from patchwatch.series.names import Names
from patchwatch.series.point_list import ListedPoint, listed_points, open_points
from patchwatch.series.states import CLOSED
from patchwatch.times import format_day

if TYPE_CHECKING:
    from patchwatch.series.model import SeriesRow
    from patchwatch.tracker import Tracker

_INDENT = " " * 8
_MOST_WEIGHED = 3


def waiting_lines(row: SeriesRow, tracker: Tracker) -> list[str]:
    """The people whom the series waits for; no line if nobody is named."""
    now = tracker.now()
    names = point_labels.names_in(row, listed_points(row, now), tracker.addresses)
    waiting = point_labels.waiting(row, names, now)
    return [f"{_INDENT}waiting on: {waiting}"] if waiting else []


def point_lines(row: SeriesRow, tracker: Tracker) -> list[str]:
    """The heading, the open points by who acts, and how many others there are."""
    points, me = listed_points(row, tracker.now()), tracker.addresses
    if not points:
        return []
    names = point_labels.names_in(row, points, me)
    found = open_points(points, me)
    others = point_labels.rest(points)
    lines = ["", f"Points: {point_labels.heading(points, row.turn)}"]
    mine = point_labels.of_mine(points, me)
    lines += [f"{_INDENT}{mine}"] if mine else []
    for listed in found:
        lines += _point(listed, names, points)
    lines += [f"{_INDENT}{text}" for text in others]
    return [*lines[:-1], f"{lines[-1]} (--why lists them)"] if others else lines


def all_point_lines(row: SeriesRow, tracker: Tracker) -> list[str]:
    """Every point of every version, with the mail that raised it and the one that decided its fate."""
    points = listed_points(row, tracker.now())
    if not points:
        return []
    names = point_labels.names_in(row, points, tracker.addresses)
    lines = ["", f"Points: {point_labels.heading(points, row.turn)}"]
    version = ""
    for listed in points:
        if listed.version != version and len(row.revisions) > 1:
            lines.append(f"  on {listed.version}:")
        version = listed.version
        lines += _point(listed, names, points)
        if reasons := tracker.reasons(listed.point):
            lines.append(f"{_INDENT} because {', '.join(reasons)}")
        lines.append(f"{_INDENT} {line(tracker.url(listed.point.message_id))}")
        if listed.point.closed_by:
            lines.append(f"{_INDENT} → “{line(listed.point.closing)}”  {format_day(listed.point.closed_at)}")
            lines.append(f"{_INDENT}   {line(tracker.url(listed.point.closed_by))}")
    return lines


def outlook_lines(row: SeriesRow, tracker: Tracker) -> list[str]:
    """How likely the newest version is posted again, and the three sentences that weigh most."""
    if row.state in CLOSED or (found := tracker.outlook(row.id)) is None:
        return []
    chance, weighed = found
    lines = ["", f"Outlook: {chance:.0%} that v{row.version + 1} follows"]
    for one in weighed[:_MOST_WEIGHED]:
        who = "its author" if one.by_author else "a reviewer"
        lines.append(f"{_INDENT} {'for' if one.weight > 0 else 'against'} it: “{line(one.text)}”, {who}")
        lines.append(f"{_INDENT} {line(tracker.url(one.message_id))}")
    return lines


def _point(listed: ListedPoint, names: Names, among: tuple[ListedPoint, ...]) -> list[str]:
    number = str(listed.number).rjust(max(len(str(among[-1].number)), 2))
    place = point_labels.patch(listed)
    place = f"{place:<{max(len(point_labels.patch(one)) for one in among)}}  " if place else ""
    who = f"{names.name(listed.point.by)}, {format_day(listed.point.date)}"
    who += f", {line(listed.point.file)}" if listed.point.file else ""
    return [
        f"  {number} {point_labels.sign(listed)} {place}{point_labels.fate(listed, names)}",
        f"{_INDENT} {point_labels.sentence(listed)}  {who}",
    ]
