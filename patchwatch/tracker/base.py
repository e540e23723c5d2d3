"""A database, a config and a clock: what all of the tracker stands on."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from functools import cached_property
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from patchwatch.config import DEFAULT_LORE_URL, Config, config_path
from patchwatch.db import LazyModule
from patchwatch.db.versions import FACTS_VERSION
from patchwatch.errors import NotFoundError

if TYPE_CHECKING:
    from patchwatch.db import messages
    from patchwatch.db.database import Database
else:
    messages = LazyModule("patchwatch.db.messages")

Progress = Callable[[str], None]
"""Hears, in a line, what is being done."""

Ids = int | Collection[int]
"""A series' number, or several: what is done to several at once is undone at once."""


def no_progress(_: str) -> None:
    """A progress that nobody hears."""


class TrackerBase:
    """A database that is opened when it is first used, and what the config says of it."""

    def __init__(
        self, config: Config, *, clock: Callable[[], float] = time.time, database_url: str | None = None
    ) -> None:
        """`clock` gives UTC seconds; the archive is contacted only by `watch` and `poll`."""
        self.config = config
        self._clock = clock
        self._url = database_url or config.database_url
        self._unwritten: dict[str, int] = {}  # recipients whose digest could not be written: when to try again

    @cached_property
    def database(self) -> Database:
        """The database, opened when it is first used: created, migrated, or understood anew by a newer program."""
        from patchwatch.db.database import Database

        database = Database(self._url, busy_seconds=self.config.database.busy_seconds)
        with database.read() as connection:
            form = messages.setting(connection, "form")
        if form != str(FACTS_VERSION):
            from patchwatch.sync.ingest import reindex

            with database.write() as connection:
                reindex(connection)
        return database

    def with_config(self, config: Config) -> Self:
        """Another tracker over the same database, opened once, with another config."""
        other = type(self)(config, clock=self._clock, database_url=self._url)
        other.database = self.database
        return other

    def now(self) -> int:
        """The time that ages and overdue are reckoned by: UTC, seconds."""
        return int(self._clock())

    @property
    def addresses(self) -> frozenset[str]:
        """The user's own, in lower case: who `me` is."""
        return frozenset(address.lower() for address in self.config.me.addresses)

    @property
    def config_file(self) -> str:
        """Where the config is, or would be."""
        return str(self.config.source or config_path())

    def raw(self, message_id: str) -> bytes:
        """One stored mail as it came: of several copies the one that is understood.

        Raises:
            NotFoundError: it is not stored.
        """
        found = self._raws([message_id])
        if message_id not in found:
            raise NotFoundError(f"<{message_id}> is not stored. `patchwatch watch {message_id}` fetches its thread.")
        return found[message_id]

    def generation(self) -> int:
        """Changes with every committed change, of any process."""
        return self.database.generation()

    def url(self, message_id: str, inbox: str = "") -> str:
        """Where people read a message.  A loopback archive is no place to send people: they get lore's address."""
        from patchwatch.sources.lore.urls import message_url

        return message_url(DEFAULT_LORE_URL, inbox or None, message_id)

    @property
    def archive_hosts(self) -> tuple[str, ...]:
        """Hosts whose links name messages, besides lore's own."""
        urls = (self.config.lore.url, *self.config.lore.mirrors)
        return tuple(dict.fromkeys(urlsplit(url).netloc for url in urls))

    def _raws(self, message_ids: Collection[str]) -> dict[str, bytes]:
        """Stored mails, as `raw` gives one; those that are not stored are left out."""
        from patchwatch.sync.ingest import canonical_of, unpack

        with self.database.read() as connection:
            known = messages.known_messages(connection, message_ids)
            stored = messages.stored_mails(connection, known.values())
        copies = {message_id: stored[pk] for message_id, pk in known.items() if stored.get(pk)}
        return {
            message_id: unpack(found[0].mail if len(found) == 1 else canonical_of(found).packed)
            for message_id, found in copies.items()
        }
