"""New mail in a list's Atom feed that the search does not find yet.

public-inbox keeps its search index open for some seconds (30 in version 1.9).  A mail that just arrived is in the feed
and in its thread, but not in the response to a query.  If a query finds nothing new, new feed entries that are not
stored are fetched with their threads.  The feed holds only 25 entries, so it complements the query and never replaces
it.  One that did not change since the last poll is not even parsed.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import NamedTuple

from patchwatch.db import messages
from patchwatch.db.database import Database
from patchwatch.errors import LoreError, MessageNotFoundError
from patchwatch.sources.lore.client import Archive, Feed
from patchwatch.sync.outcome import NOTHING, Outcome
from patchwatch.sync.responses import store_response

_MAX_FETCHED = 25  # threads per poll: the number of entries in public-inbox's feed


class _Seen(NamedTuple):
    """A feed as it was last seen; stored as a JSON array."""

    message_ids: frozenset[str]
    digest: str  # of all of it; empty if an earlier program stored the message-ids only


def begin(database: Database, archive: Archive, inbox: str) -> None:
    """Store the current feed entries, so that only later ones count as new.  A feed that fails is retried later."""
    if _seen(database, inbox) is None:
        try:
            feed = archive.feed(inbox)
            _store_seen(database, inbox, feed, [entry.message_id for entry in feed.entries])
        except LoreError:
            return


def fetch_new(database: Database, archive: Archive, inbox: str) -> Outcome:
    """Fetch the threads of new feed entries that are not stored.

    Raises:
        LoreError: the archive does not respond.
    """
    seen, feed = _seen(database, inbox), archive.feed(inbox)
    if seen is not None and seen.digest == feed.digest:
        return NOTHING
    shown = [entry.message_id for entry in feed.entries]
    total = NOTHING
    if seen is not None:
        for message_id in reversed([i for i in shown if i not in seen.message_ids][:_MAX_FETCHED]):
            with database.read() as connection:
                stored = messages.known_messages(connection, [message_id])
            if not stored:
                total += _fetch(database, archive, inbox, message_id)
    _store_seen(database, inbox, feed, shown)
    return total


def _fetch(database: Database, archive: Archive, inbox: str, message_id: str) -> Outcome:
    try:
        with archive.thread(message_id, inbox) as thread:
            return store_response(database, thread, inbox if thread.inbox == inbox else None)
    except MessageNotFoundError:
        return NOTHING  # removed since the feed was generated


def _seen(database: Database, inbox: str) -> _Seen | None:
    with database.read() as connection:
        text = messages.setting(connection, _name(inbox))
    if text is None:
        return None
    stored = json.loads(text)
    if len(stored) == 2 and isinstance(stored[0], list):
        return _Seen(frozenset(stored[0]), stored[1])
    return _Seen(frozenset(stored), "")


def _store_seen(database: Database, inbox: str, feed: Feed, shown: Collection[str]) -> None:
    with database.write() as connection:
        messages.set_setting(connection, _name(inbox), json.dumps((list(shown), feed.digest)))


def _name(inbox: str) -> str:
    return f"doorbell:{inbox}"
