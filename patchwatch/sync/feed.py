"""The doorbell: mail that a list's feed shows and its search does not find yet.

public-inbox keeps its search index open for some seconds (30, in 1.9), so a mail that just arrived is in the feed and
in its thread, but in no answer to a query.  When a query brought nothing new, the feed is looked at: what it shows for
the first time, and is not stored, is fetched with its thread.  The feed holds 25 entries, so this adds to the query and
its overlap, and never stands for it.
"""

from __future__ import annotations

import json

from patchwatch.db import messages
from patchwatch.db.database import Database
from patchwatch.errors import LoreError, MessageNotFoundError
from patchwatch.sources.lore.client import Archive
from patchwatch.sync.ingest import NOTHING, Outcome
from patchwatch.sync.watch import store_response


def begin(database: Database, archive: Archive, inbox: str) -> None:
    """Remember what the feed shows now, so that only later mail rings.  A feed that fails is listened to later."""
    with database.read() as connection:
        heard = messages.setting(connection, _name(inbox))
    if heard is None:
        try:
            _remember(database, inbox, [bell.message_id for bell in archive.new_in_feed(inbox)])
        except LoreError:
            return


def fetch_new(database: Database, archive: Archive, inbox: str) -> Outcome:
    """Fetch what the feed shows for the first time and is not stored; the threads are stored whole.

    Raises:
        LoreError: the archive does not answer.
    """
    with database.read() as connection:
        heard = messages.setting(connection, _name(inbox))
    shown = [bell.message_id for bell in archive.new_in_feed(inbox)]
    total = NOTHING
    if heard is not None:
        for message_id in reversed([i for i in shown if i not in json.loads(heard)]):
            with database.read() as connection:
                stored = messages.known_messages(connection, [message_id])
            if not stored:
                total += _fetch(database, archive, inbox, message_id)
    _remember(database, inbox, shown)
    return total


def _fetch(database: Database, archive: Archive, inbox: str, message_id: str) -> Outcome:
    try:
        with archive.thread(message_id, inbox) as thread:
            return store_response(database, thread, inbox if thread.inbox == inbox else None)
    except MessageNotFoundError:
        return NOTHING  # taken down since the feed was made


def _remember(database: Database, inbox: str, shown: list[str]) -> None:
    with database.write() as connection:
        messages.set_setting(connection, _name(inbox), json.dumps(shown))


def _name(inbox: str) -> str:
    return f"doorbell:{inbox}"
