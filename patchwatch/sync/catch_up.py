"""Catch up with a list in parts: after weeks without a poll, or with the history that `follow --since` asks for.

One response with all of it could be larger than what is accepted, would be fetched again from its beginning after each
failure, and would keep the other lists waiting.  So short times are asked for, one after the other, the oldest first;
each is stored with the cursor after it, and the next poll continues there.  The cursor only moves to the arrival of a
mail, so a time without mail does not move it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from patchwatch.db import inboxes
from patchwatch.db.database import Database
from patchwatch.progress import Progress
from patchwatch.sources.lore.client import Archive
from patchwatch.sync.outcome import Outcome
from patchwatch.sync.responses import store_response
from patchwatch.times import format_day

_DAY = 86_400
LONG = 14 * _DAY
"""Seconds to catch up with, from which on it is done in parts; the rest is one response, as ever."""

_FIRST = 2 * _DAY  # seconds of the first part
_SHORTEST, _LONGEST = 3600, 365 * _DAY
_MAILS = 1500  # wanted in a part: some megabytes
_FASTER = 4  # times the seconds of a part before it
_PARTS = 30  # in one poll: other lists wait
_REST = 1.0  # seconds between two requests


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """How far a list was caught up with."""

    since: int  # what arrived from then on is still to be fetched
    cursor: int | None
    complete: bool  # False: the next poll continues


def catch_up(
    database: Database,
    archive: Archive,
    name: str,
    since: int,
    cursor: int | None,
    clock: int,
    progress: Progress,
    is_mine: Callable[[Connection], bool],
    outcomes: list[Outcome],
) -> CaughtUp:
    """Fetch what reached an inbox since a time (UTC seconds), until less than LONG is left; nothing if that is so.

    `is_mine` is False for a transaction of a process that polls the inbox no longer: the cursor stays then.  What is
    stored is added to `outcomes`, also before an error.

    Raises:
        LoreError: the archive does not respond; what was stored until then, and the cursor, are valid.
    """
    begin, seconds = since, _FIRST
    for _ in range(_PARTS):
        if clock - begin <= LONG:
            return CaughtUp(begin, cursor, complete=True)
        end = min(begin + seconds, clock - LONG // 2)
        progress(f"polling {name}: {format_day(begin)}", begin - since, clock - since)
        with archive.between(name, begin, end) as answer:
            clock = min(clock, answer.requested_at)  # ours may be far ahead

            def after(connection: Connection, newest: int, latest: int = min(clock, end)) -> None:
                nonlocal cursor
                if newest and is_mine(connection):
                    cursor = max(cursor or 0, min(newest, latest))
                    inboxes.set_inbox(connection, name, cursor=cursor)

            # A mirror lags: it is asked again for what it does not have yet.
            part = store_response(database, answer, name, None if answer.from_mirror else after)
        outcomes.append(part)
        mails = max(part.new_mails + part.known_mails, 1)
        seconds = min(max(seconds * _MAILS // mails, seconds // _FASTER, _SHORTEST), seconds * _FASTER, _LONGEST)
        begin = end
        archive.rest(_REST)
    return CaughtUp(begin, cursor, complete=False)
