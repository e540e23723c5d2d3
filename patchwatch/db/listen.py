"""Notifications that a database on a server was changed (PostgreSQL's LISTEN and NOTIFY)."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from patchwatch.db.database import Database

_CHANNEL = "patchwatch"
TELL = text(f"NOTIFY {_CHANNEL}")
"""Notifies listeners when the transaction is committed."""
_STEP_SECONDS = 1.0  # until `ended` is looked at
_ALIVE_SECONDS = 30.0  # until the server is asked whether it is still there
_LONGEST_PAUSE = 30.0


def listen(database: Database, heard: Callable[[bool], None], ended: Event) -> None:
    """Call `heard` with True after each commit, until `ended`; with False if the connection is lost, and reconnect.

    It is called with True at the beginning, too.
    """
    import psycopg

    pause = 1.0
    arguments, options = database.engine.dialect.create_connect_args(database.engine.url)
    while not ended.is_set():
        try:
            with psycopg.connect(*arguments, **options, autocommit=True) as connection:
                connection.execute(f"LISTEN {_CHANNEL}")
                heard(True)
                pause, asked = 1.0, time.monotonic()
                while not ended.is_set():
                    for _ in connection.notifies(timeout=_STEP_SECONDS, stop_after=1):
                        heard(True)
                    if time.monotonic() - asked > _ALIVE_SECONDS:
                        connection.execute("SELECT 1")
                        asked = time.monotonic()
        except psycopg.Error:
            heard(False)
            ended.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
