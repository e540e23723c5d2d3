"""New mail in a list's Atom feed that the search does not find yet.

public-inbox keeps its search index open for some seconds (30 in version 1.9).  A mail that just arrived is in the feed
and in its thread, but not in the response to a query.  If a query finds nothing new, new feed entries that are not
stored are fetched with their threads.  The feed holds only 25 entries, so it complements the query and never replaces
it.
"""

from __future__ import annotations

import json

from patchwatch.db import messages
from patchwatch.db.database import Database
from patchwatch.errors import LoreError, MessageNotFoundError
from patchwatch.sources.lore.client import Archive
from patchwatch.sync.ingest import NOTHING, Outcome
from patchwatch.sync.watch import store_response

_MAX_FETCHED = 25  # threads per poll: the number of entries in public-inbox's feed


def begin(database: Database, archive: Archive, inbox: str) -> None:
    """Store the current feed entries, so that only later ones count as new.  A feed that fails is retried later."""
    with database.read() as connection:
        seen = messages.setting(connection, _name(inbox))
    if seen is None:
        try:
            _store_seen(database, inbox, [entry.message_id for entry in archive.new_in_feed(inbox)])
        except LoreError:
            return


def fetch_new(database: Database, archive: Archive, inbox: str) -> Outcome:
    """Fetch the threads of new feed entries that are not stored.

    Raises:
        LoreError: the archive does not respond.
    """
    with database.read() as connection:
        seen = messages.setting(connection, _name(inbox))
    shown = [entry.message_id for entry in archive.new_in_feed(inbox)]
    total = NOTHING
    if seen is not None:
        before = set(json.loads(seen))
        for message_id in reversed([i for i in shown if i not in before][:_MAX_FETCHED]):
            with database.read() as connection:
                stored = messages.known_messages(connection, [message_id])
            if not stored:
                total += _fetch(database, archive, inbox, message_id)
    _store_seen(database, inbox, shown)
    return total


def _fetch(database: Database, archive: Archive, inbox: str, message_id: str) -> Outcome:
    try:
        with archive.thread(message_id, inbox) as thread:
            return store_response(database, thread, inbox if thread.inbox == inbox else None)
    except MessageNotFoundError:
        return NOTHING  # removed since the feed was generated


def _store_seen(database: Database, inbox: str, shown: list[str]) -> None:
    with database.write() as connection:
        messages.set_setting(connection, _name(inbox), json.dumps(shown))


def _name(inbox: str) -> str:
    return f"doorbell:{inbox}"
