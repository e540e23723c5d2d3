"""What was said about one patch, as it is set below the patch: who, when, which tags, and how it begins.

Pure.  Decides which mails answer a patch: those that hang below it, up to the next patch; to a cover letter, those that
answer no patch.  Each leads to its mail.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import takewhile

from patchwatch.sanitize import line
from patchwatch.series.model import MessageRow
from patchwatch.tui.render import labels
from patchwatch.tui.render.page import Line

_DEEPEST = 6  # deeper answers are drawn at this depth


def answers(rows: Sequence[MessageRow], message_id: str) -> list[MessageRow]:
    """The answers to a submission, from the rows of its revision in tree order; none to what is an answer itself."""
    at = next((n for n, row in enumerate(rows) if row.message_id == message_id), None)
    if at is None or not rows[at].submission:
        return []
    found: list[MessageRow] = []
    elsewhere: int | None = None  # the depth of another patch, whose answers these are
    for row in takewhile(lambda row: row.depth > rows[at].depth, rows[at + 1 :]):
        if elsewhere is not None and row.depth > elsewhere:
            continue
        elsewhere = row.depth if row.submission else None
        if elsewhere is None:
            found.append(row)
    return found


def told(found: Sequence[MessageRow], read: Collection[str], now: int) -> tuple[list[Line], list[tuple[int, str]]]:
    """The answers as lines to be set below a mail, and which of these lead to which mail."""
    if not found:
        return [], []
    unread = sum(row.unread and row.message_id not in read for row in found)
    count = "1 answer" if len(found) == 1 else f"{len(found)} answers"
    lines = [Line("prose", "", 0), Line("section", f"── {count}{f', {unread} unread' if unread else ''}", 0)]
    targets: list[tuple[int, str]] = []
    top = min(row.depth for row in found)
    for row in found:
        depth = min(row.depth - top, _DEEPEST)
        mark = "●" if row.unread and row.message_id not in read else "○"
        tags = f"   {' '.join(given)}" if (given := labels.tags(row.tags)) else ""
        who = f"{'bot ' if row.bot else ''}{labels.author(row)}"
        targets.append((len(lines), row.message_id))
        lines.append(Line("answer", f"{'  ' * depth}{mark} {who}  {labels.day(row.date, now)}{tags}", depth))
        if said := line(row.excerpt):
            targets.append((len(lines), row.message_id))
            lines.append(Line("excerpt", f"{'  ' * depth}  {said}", depth))
    return lines, targets
