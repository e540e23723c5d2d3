"""The replies to a patch, listed below it: author, date, tags, and the beginning of the text.

Pure.  Decides which mails are replies to a patch: those below it in the thread, up to the next patch.  Replies to a
cover letter are those that do not reply to a patch.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import takewhile

from patchwatch.counts import plural
from patchwatch.sanitize import line
from patchwatch.series.model import MessageRow
from patchwatch.tui.render import labels
from patchwatch.tui.render.page import Line

_MAX_DEPTH = 6  # deeper replies are drawn at this depth


def replies_to(rows: Sequence[MessageRow], message_id: str) -> list[MessageRow]:
    """The replies to a patch or cover letter, from the rows of its revision in tree order; none for other mails."""
    at = next((n for n, row in enumerate(rows) if row.message_id == message_id), None)
    if at is None or not rows[at].submission:
        return []
    replies: list[MessageRow] = []
    other_patch: int | None = None  # depth of another patch, to which the rows below it are replies
    for row in takewhile(lambda row: row.depth > rows[at].depth, rows[at + 1 :]):
        if other_patch is not None and row.depth > other_patch:
            continue
        other_patch = row.depth if row.submission else None
        if other_patch is None:
            replies.append(row)
    return replies


def reply_lines(
    replies: Sequence[MessageRow], read: Collection[str], now: int
) -> tuple[list[Line], list[tuple[int, str]]]:
    """Lines to be added below a mail, and the message-ids that they link to."""
    if not replies:
        return [], []
    unread = sum(row.unread and row.message_id not in read for row in replies)
    count = plural(len(replies), "reply", "replies")
    lines = [Line("prose", "", 0), Line("section", f"── {count}{f', {unread} unread' if unread else ''}", 0)]
    targets: list[tuple[int, str]] = []
    top = min(row.depth for row in replies)
    for row in replies:
        depth = min(row.depth - top, _MAX_DEPTH)
        mark = "●" if row.unread and row.message_id not in read else "○"
        tags = f"   {' '.join(given)}" if (given := labels.tags(row.tags)) else ""
        who = f"{'bot ' if row.bot else ''}{labels.author(row)}"
        targets.append((len(lines), row.message_id))
        lines.append(Line("reply", f"{'  ' * depth}{mark} {who}  {labels.day(row.date, now)}{tags}", depth))
        if excerpt := line(row.excerpt):
            targets.append((len(lines), row.message_id))
            lines.append(Line("excerpt", f"{'  ' * depth}  {excerpt}", depth))
    return lines, targets
