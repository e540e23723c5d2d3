"""Series as a list shows them, a line each, without their revisions: ten thousand in the time of a blink.

The SQL is text, in what SQLite and PostgreSQL have in common, because the screen's first rows are read before
SQLAlchemy is imported (patchwatch.db.fast_list); everybody else hands over an SQLAlchemy connection.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from patchwatch.series.follow_rules import Rule, decode_rules
from patchwatch.series.model import SeriesSummary
from patchwatch.series.state.merge_window import since_at_latest, windows
from patchwatch.series.states import CLOSED, Turn

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DAY = 86_400

Ask = Callable[[str, Mapping[str, Any]], Iterable[Any]]
"""Runs a query with named parameters and returns its rows."""

_SERIES = """
SELECT id, title, author_name, author_email, state, turn, turn_since, last_activity, version, minor, rfc, patches,
       expected, reviewed, roots, posters, people
FROM series
"""
_WATCHED = """
SELECT revision.series_id FROM watch
JOIN message ON message.message_id = watch.message_id JOIN revision ON revision.id = message.revision_id
WHERE revision.series_id IS NOT NULL
"""
_DECIDED = """
SELECT revision.series_id, {columns} FROM {table}
JOIN message ON message.message_id = {table}.message_id JOIN revision ON revision.id = message.revision_id
WHERE revision.series_id IS NOT NULL
"""
# CROSS JOIN keeps SQLite from beginning with the hundred thousand copies.
_SEEN = """
SELECT revision.series_id, copy.inbox_id FROM revision CROSS JOIN message CROSS JOIN copy
WHERE revision.series_id IS NOT NULL AND message.message_id = revision.root AND copy.message_pk = message.id
"""
_UNREAD = f"""
SELECT revision.series_id, count(*) FROM revision
JOIN message ON message.revision_id = revision.id
LEFT JOIN reading ON reading.message_id = message.message_id
WHERE revision.series_id IN ({_WATCHED}) AND reading.message_id IS NULL
GROUP BY revision.series_id
"""  # noqa: S608 (put together from constants)
# Who wrote since a series was snoozed until somebody answers (patchwatch.db.series tells the same with SQLAlchemy).
_ANSWERED = """
SELECT revision.series_id, said.author_email FROM snooze
JOIN message ON message.message_id = snooze.message_id JOIN revision ON revision.id = message.revision_id
JOIN revision AS own ON own.series_id = revision.series_id JOIN message AS said ON said.revision_id = own.id
WHERE snooze.until IS NULL AND said.date > coalesce(snooze.newest, snooze.at)
"""
_TAGS = "SELECT tags FROM tree WHERE mainline"
_INBOXES = "SELECT id, name, followed, failed_at, rules FROM inbox"
_FILES = 13  # where patchwatch.db.posting_codec, which needs SQLAlchemy, has the files
_POSTINGS = "SELECT series_id, posting FROM revision WHERE series_id IS NOT NULL"


def asking(connection: Connection) -> Ask:
    """Queries that run on an SQLAlchemy connection."""
    from sqlalchemy import text

    return lambda sql, values: connection.execute(text(sql), values)


def lines(
    ask: Ask, now: int, overdue_days: int, me: Collection[str] = (), *, watched_only: bool = False
) -> tuple[SeriesSummary, ...]:
    """Every series that is known, or that is watched, most recently active first.

    `me` are my addresses, in lower case.
    """
    watched = {row[0] for row in ask(_WATCHED, {})}
    muted = {row[0] for row in ask(_DECIDED.format(table="mute", columns="mute.at"), {})}
    mine = {address.lower() for address in me}
    snoozed = {row[0]: row[1] for row in ask(_DECIDED.format(table="snooze", columns="snooze.until"), {})}
    answered = {row[0] for row in ask(_ANSWERED, {}) if row[1] not in mine} if snoozed else set()
    unread = {row[0]: row[1] for row in ask(_UNREAD, {})}
    names: dict[int, str] = {}
    followed: set[str] = set()
    rules: dict[str, tuple[Rule, ...]] = {}
    failed: dict[str, int] = {}
    for number, name, follows, failed_at, ruled in ask(_INBOXES, {}):
        names[number] = name
        if follows and ruled:
            rules[name] = decode_rules(ruled)
        elif follows:
            followed.add(name)
        if failed_at is not None:
            failed[name] = failed_at
    seen: dict[int, tuple[str, ...]] = {}
    chosen = f" AND revision.series_id IN ({_WATCHED})" if watched_only else ""
    for number, inbox in ask(_SEEN + chosen, {}):
        name, before = names[inbox], seen.get(number, ())
        if name not in before:
            seen[number] = (*before, name)
    found: list[SeriesSummary] = []
    where = f" WHERE id IN ({_WATCHED})" if watched_only else ""
    tags = next(iter(ask(_TAGS, {})), None)
    paused = windows((name, time) for name, time in json.loads(tags[0])) if tags and tags[0] else ()
    files = _files(ask) if any(rule.path for some in rules.values() for rule in some) else {}
    overdue_since = since_at_latest(overdue_days * _DAY, now, paused)
    for row in ask(_SERIES + where, {}):
        number, title, author, email, state, turn, since, active, version, minor, rfc = row[:11]
        patches, expected, reviewed, roots, posters, people = row[11:]
        inboxes = seen.get(number, ())
        awaiting = turn == Turn.REVIEWERS and state not in CLOSED
        is_mine = bool(mine) and not mine.isdisjoint(posters.split("\n"))
        found.append(
            SeriesSummary(
                number,
                title,
                author,
                email,
                inboxes if len(inboxes) < 2 else tuple(sorted(inboxes)),
                number in watched,
                not followed.isdisjoint(inboxes)
                or any(
                    rule.fits(title, (author, *posters.split("\n")), files.get(number, ()))
                    for inbox in inboxes
                    for rule in rules.get(inbox, ())
                ),
                number in muted,
                _until(snoozed[number], number in answered, now) if number in snoozed else None,
                state,
                turn,
                since,
                awaiting,
                awaiting and since <= overdue_since,
                unread.get(number, 0),
                active,
                version,
                minor,
                bool(rfc),
                patches,
                expected,
                reviewed,
                roots,
                f"{title}\n{author}\n{email}\n{roots}".lower(),
                is_mine,
                not is_mine and bool(mine) and not mine.isdisjoint(people.split("\n")),
                min((failed[name] for name in inboxes if name in failed), default=None) if failed else None,
            )
        )
    found.sort(key=lambda line: (-line.last_activity, line.id))
    return tuple(found)


def _files(ask: Ask) -> dict[int, set[str]]:
    """What the patches of each series touch."""
    found: dict[int, set[str]] = {}
    for number, posting in ask(_POSTINGS, {}):
        found.setdefault(number, set()).update(json.loads(posting)[_FILES])
    return found


def _until(until: int | None, answered: bool, now: int) -> int | None:
    """As `SeriesLine.snoozed_until`: a snooze ends at its time, or when somebody else than me has answered."""
    if until is None:
        return None if answered else 0
    return until if now < until else None
