"""What the digest says: a pure function of rows and the time.

Plain text, at most 72 columns except bare URLs on lines of their own; a series appears once, at its most urgent place;
every statement is followed by the mail that proves it.
"""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patchwatch.db.rows import MessageRow, Move, SeriesRow
from patchwatch.lore.address import message_url
from patchwatch.printable import line

COLUMNS = 72
_DAY = 86_400
_LORE = "https://lore.kernel.org"


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest, ready to be printed or sent."""

    subject: str
    text: str
    empty: bool = False  # nothing is new
    seen: str = ""  # how far the database was known: what the next digest is to be composed after


@dataclass(frozen=True, slots=True)
class _Entry:
    """A series in the digest: what is said of it, and where that is proven."""

    head: str
    said: tuple[str, ...]
    url: str


def compose(
    rows: Sequence[SeriesRow],
    threads: Mapping[int, Sequence[MessageRow]],
    now: int,
    overdue_days: int,
    *,
    since: int | None = None,
) -> Digest:
    """The digest of `rows` at `now`; new is what was sent after `since` (a day before, if it is not given)."""
    begin = since if since is not None else now - _DAY
    rows = [r for r in rows if not r.muted and r.snoozed_until is None]
    placed: set[int] = set()

    def section(entries: Sequence[tuple[SeriesRow, _Entry]]) -> list[_Entry]:
        kept = [(row, entry) for row, entry in entries if row.id not in placed]
        placed.update(row.id for row, _ in kept)
        return [entry for _, entry in kept]

    closed = section([(r, _closed(r)) for r in rows if r.turn == "nobody" and r.turn_since > begin])
    own = section([(r, _mine(r, r.next_move)) for r in _longest_first(rows) if r.next_move and r.next_move.by == "me"])
    versions = section([(r, _new_version(r)) for r in rows if r.revisions[-1].date > begin])
    authors = section([(r, _turn(r, now)) for r in _longest_first(rows) if r.turn == "author"])
    review = section([(r, _turn(r, now)) for r in _longest_first(rows) if r.awaiting_review])
    maintainers = section([(r, _turn(r, now)) for r in _longest_first(rows) if r.turn == "maintainer"])
    replies = [
        _reply(r, m)
        for r in rows
        for m in threads.get(r.id, ())
        if not m.submission and not m.bot and begin < m.date <= now
    ]
    robots = [
        _reply(r, m)
        for r in rows
        for m in threads.get(r.id, ())
        if m.bot and begin < m.date <= now and r.id not in placed
    ]
    parts = [
        ("Your turn", own),
        ("New versions", versions),
        ("The author's turn", authors),
        ("Awaiting review", review),
        ("The maintainer's turn", maintainers),
        ("Replies", replies),
        ("CI and bots", robots),
        ("Applied, rejected, closed", closed),
    ]
    text: list[str] = []
    for title, entries in parts:
        if entries:
            text += [f"{title} ({len(entries)})", "-" * (len(title) + len(str(len(entries))) + 3), ""]
            for entry in entries:
                text += _printed(entry)
    open_ = sum(r.turn != "nobody" for r in rows)
    text.append(f"{len(rows)} series watched, {open_} open, {sum(r.unread for r in rows)} mails unread.")
    return Digest(
        _subject(len(own), len(versions), len(review), sum(r.overdue for r in rows), len(closed)),
        "\n".join(text),
        empty=not any(entries for _, entries in parts),
    )


def _subject(own: int, versions: int, review: int, overdue: int, closed: int) -> str:
    said = [f"{own} for you"] if own else []
    if review:
        said.append(f"{review} awaiting review" + (f" ({overdue} overdue)" if overdue else ""))
    if versions:
        said.append(f"{versions} new version{'s' * (versions != 1)}")
    if closed:
        said.append(f"{closed} closed")
    return f"[patchwatch] {', '.join(said) or 'nothing moved'}"


def _longest_first(rows: Sequence[SeriesRow]) -> list[SeriesRow]:
    return sorted(rows, key=lambda r: (r.turn_since, r.id))


def _name(row: SeriesRow) -> str:
    return f"#{row.id} v{row.version}{' RFC' if row.rfc else ''} {line(row.title)}"


def _on(seconds: int) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%d")


def _turn(row: SeriesRow, now: int) -> _Entry:
    days = max(now - row.turn_since, 0) // _DAY
    waits = f"for {days} day{'s' * (days != 1)}" if days else "since today"
    said = [f"{row.state}, {waits} (since {_on(row.turn_since)})" + (", OVERDUE" if row.overdue else "")]
    url = row.revisions[-1].message_id
    if row.turn_evidence:
        if row.turn_evidence.message_id != row.revisions[-1].message_id:
            said.append(f"“{line(row.turn_evidence.text)}”")
        url = row.turn_evidence.message_id or url
    return _Entry(_name(row), tuple(said), url)


def _mine(row: SeriesRow, move: Move) -> _Entry:
    """What I have to do; below it the words that ask for it."""
    newest = row.revisions[-1]
    asking = next((e for e in (*newest.owed, row.turn_evidence) if e and e.message_id == move.message_id), None)
    said = [move.text]
    if asking and asking.message_id != newest.message_id:
        said.append(f"“{line(asking.text)}”")
    return _Entry(_name(row), tuple(said), move.message_id or newest.message_id)


def _new_version(row: SeriesRow) -> _Entry:
    newest = row.revisions[-1]
    before = (
        f"v{row.revisions[-2].version} → v{newest.version}" if len(row.revisions) > 1 else f"v{newest.version}, new"
    )
    said = [f"{before}, {_on(newest.date)}, by {line(newest.author_name)}"]
    if newest.patches < newest.expected:
        said.append(f"{newest.patches} of {newest.expected} patches seen")
    return _Entry(_name(row), tuple(said), newest.message_id)


def _closed(row: SeriesRow) -> _Entry:
    said = [f"{row.state}, {_on(row.turn_since)}"]
    url = row.revisions[-1].message_id
    if row.state_evidence:
        said.append(f"“{line(row.state_evidence.text)}”")
        url = row.state_evidence.message_id or url
    return _Entry(_name(row), tuple(said), url)


def _reply(row: SeriesRow, m: MessageRow) -> _Entry:
    said = [
        f"{line(m.author_name or m.author_email)}, {_on(m.date)}"
        + (f": {', '.join(map(line, m.tags))}" if m.tags else "")
    ]
    said += [line(one) for one in m.excerpt.split("\n") if one]
    return _Entry(_name(row), tuple(said), m.message_id)


def _printed(entry: _Entry) -> list[str]:
    lines = textwrap.wrap(entry.head, COLUMNS, subsequent_indent="    ")
    for one in entry.said:
        lines += textwrap.wrap(one, COLUMNS, initial_indent="  ", subsequent_indent="  ")
    return [*lines, message_url(_LORE, None, entry.url), ""]
