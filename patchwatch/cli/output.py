"""How rows are printed: tables for people, JSON for scripts.  Everything that came by mail is made printable here."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from patchwatch.sanitize import escaped, line
from patchwatch.series.states import Turn
from patchwatch.times import format_time

if TYPE_CHECKING:
    from patchwatch.series.model import CheckRow, Evidence, NextAction, RevisionRow, SeriesRow, TrailerRow

_DAY = 86_400


def say(text: str) -> None:
    """Narration, for people: on stderr."""
    click.echo(text, err=True)


def age(seconds: int) -> str:
    """A span in one number: 5m, 3h, 12d, 8w, 2y."""
    seconds = max(seconds, 0)
    for unit, size in (("y", 365 * _DAY), ("w", 21 * _DAY), ("d", _DAY), ("h", 3600)):
        if seconds >= size:
            return f"{seconds // (7 * _DAY if unit == 'w' else size)}{unit}"
    return f"{seconds // 60}m"


def width(text: str) -> int:
    """Columns that `text` takes in a terminal."""
    if text.isascii():
        return len(text)
    from patchwatch.text_width import cell_len  # takes a while to load, and many lists do without

    return cell_len(text)


def fit(text: str, columns: int) -> str:
    """`text` in exactly so many columns: cut with an ellipsis, or padded."""
    if width(text) > columns:
        from patchwatch import text_width

        text = text_width.fit(text, columns)
    return text + " " * (columns - width(text))


def table(rows: Sequence[Sequence[str]], heads: Sequence[str], notes: Sequence[str] = ()) -> None:
    """Print columns as wide as their content; the last one takes what is left of the terminal.

    `notes`, one a row where there are any, stand below their rows unless they are empty.
    """
    columns = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 0
    sizes = [max(width(r[i]) for r in [*rows, heads]) for i in range(len(heads) - 1)]
    left = max(columns - sum(sizes) - 2 * len(sizes), 20) if columns else 0
    for row, note in zip([heads, *rows], ["", *(notes or [""] * len(rows))], strict=True):
        cells = [fit(cell, size) for cell, size in zip(row, sizes, strict=False)]
        last = row[-1] if not left or width(row[-1]) <= left else fit(row[-1], left)
        click.echo("  ".join([*cells, last]).rstrip())
        if note:
            click.echo(f"{' ' * sizes[0]}  → {note}")


def version_of(row: SeriesRow | RevisionRow) -> str:
    """`v5`, `v3 RFC`."""
    minor = getattr(row, "minor", 0)
    return f"v{row.version}{f'.{minor}' if minor else ''}{' RFC' if row.rfc else ''}"


def turn_of(row: SeriesRow, now: int) -> str:
    """`reviewers 12d!`: whose turn, since when, overdue or not."""
    if row.turn == Turn.NOBODY:
        return "–"
    return f"{row.turn} {age(now - row.turn_since)}{'!' if row.overdue else ''}"


def tags_of(row: SeriesRow) -> str:
    """`2/4`: patches with a review."""
    return f"{row.reviewed}/{row.patches}" if row.reviewed else ""


def state_of(row: SeriesRow) -> str:
    """`under-review (3/5 applied)`."""
    newest = row.revisions[-1]
    notes = ["incomplete"] if row.incomplete else []
    if newest.applied and newest.applied.patches:
        notes.append(f"{len(newest.applied.patches)}/{max(newest.expected, newest.patches)} applied")
    return row.state + (f" ({', '.join(notes)})" if notes else "")


def print_series(rows: Iterable[SeriesRow], now: int) -> None:
    """The list; what I have to do myself stands below a series, so that what has no such line can be passed over."""
    rows = list(rows)
    cells = []
    for r in rows:
        notes = "".join([" [muted]" if r.muted else "", " [snoozed]" if r.snoozed_until is not None else ""])
        cells.append(
            [
                str(r.id),
                state_of(r),
                turn_of(r, now),
                version_of(r),
                tags_of(r),
                str(r.unread or ""),
                age(now - r.last_activity),
                line(r.author_name or r.author_email),
                line(r.title) + notes,
            ]
        )
    mine = [line(r.next_action.text) if r.next_action and r.next_action.by == "me" else "" for r in rows]
    table(cells, ["#", "STATE", "TURN", "VER", "TAGS", "NEW", "AGE", "AUTHOR", "TITLE"], mine)


def print_json(value: Any) -> None:
    """JSON on stdout; what a terminal would obey stands in it as an escape."""
    click.echo(escaped(json.dumps(value, indent=1, ensure_ascii=False)))


def series_json(row: SeriesRow, url: Any) -> dict[str, Any]:
    """A series as scripts get it: schema 1 of DESIGN §3."""
    return {
        "schema": 1,
        "id": row.id,
        "title": row.title,
        "author": {"name": row.author_name, "email": row.author_email},
        "inboxes": list(row.inboxes),
        "watched": row.watched,
        "muted": row.muted,
        "snoozed": row.snoozed_until is not None,
        "snoozed_until": format_time(row.snoozed_until) if row.snoozed_until else None,
        "state": row.state,
        "state_evidence": _evidence(row.state_evidence),
        "rfc": row.rfc,
        "incomplete": row.incomplete,
        "turn": row.turn,
        "turn_since": format_time(row.turn_since),
        "turn_evidence": _evidence(row.turn_evidence),
        "next": _move(row.next_action),
        "awaiting_review": row.awaiting_review,
        "overdue": row.overdue,
        "unread": row.unread,
        "last_activity": format_time(row.last_activity),
        "stale_since": format_time(row.stale_since) if row.stale_since is not None else None,
        "revisions": [_revision_json(r, url) for r in row.revisions],
    }


def _trailer(tag: TrailerRow) -> dict[str, Any]:
    return {
        "name": tag.name,
        "value": tag.value,
        "message_id": tag.message_id,
        "date": format_time(tag.date),
        "patch": tag.patch,
        "limit": tag.limit,
        "counts": tag.counts,
        "given_to": tag.given_to or None,
        "carried": tag.carried,
    }


def _check(check: CheckRow) -> dict[str, Any]:
    return {
        "name": check.name,
        "verdict": check.verdict,
        "text": check.text,
        "message_id": check.message_id,
        "date": format_time(check.date),
        "patch": check.patch,
    }


def _evidence(found: Evidence | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "message_id": found.message_id or None,
        "text": found.text,
        "by_hand": found.by_hand,
        "commit": found.commit or None,
        "kind": found.kind or None,
        "by": {"name": found.by_name, "email": found.by_email} if found.by_name or found.by_email else None,
        "date": format_time(found.date) if found.date else None,
    }


def _move(move: NextAction | None) -> dict[str, str | None] | None:
    if move is None:
        return None
    return {"text": move.text, "message_id": move.message_id or None, "by": move.by}


def _revision_json(row: RevisionRow, url: Any) -> dict[str, Any]:
    return {
        "version": row.version,
        "minor": row.minor,
        "message_id": row.message_id,
        "subject": row.subject,
        "author": {"name": row.author_name, "email": row.author_email},
        "date": format_time(row.date),
        "rfc": row.rfc,
        "patches": row.patches,
        "expected": row.expected,
        "has_cover": row.has_cover,
        "incomplete": row.patches < row.expected,
        "state": row.state,
        "state_evidence": _evidence(row.state_evidence),
        "follow_ups": row.follow_ups,
        "url": url(row.message_id, row.inbox),
        "patch_message_ids": list(row.patch_message_ids),
        "postings": list(row.postings),
        "applied_patches": list(row.applied.patches) if row.applied else [],
        "applied_evidence": _evidence(row.applied.evidence) if row.applied else None,
        "trailers": [_trailer(t) for t in row.trailers],
        "checks": [_check(c) for c in row.checks],
        "predecessor": {
            "message_id": row.predecessor.message_id,
            "evidence": list(row.predecessor.evidence),
            "by_hand": row.predecessor.by_hand,
        }
        if row.predecessor
        else None,
    }
