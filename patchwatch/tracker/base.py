"""The database, config and clock that all parts of the tracker share."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from patchwatch.config import DEFAULT_LORE_URL, Config, config_path
from patchwatch.db import LazyModule
from patchwatch.db.execute import executor, for_person
from patchwatch.db.versions import is_readable
from patchwatch.errors import DamagedError, NotFoundError
from patchwatch.output import command, progress_line
from patchwatch.redact import redact_url

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path
    from threading import Event

    from patchwatch.db import messages, outdated
    from patchwatch.db.database import Database
    from patchwatch.db.execute import Execute
    from patchwatch.db.messages import StoredMail
    from patchwatch.db.people import Acting
else:
    messages = LazyModule("patchwatch.db.messages")
    outdated = LazyModule("patchwatch.db.outdated")

_FEW = 200  # revisions that are derived again before anything else when rules change

Ids = int | Collection[int]
"""The number of a series, or of several: an action on several is undone as one."""


class TrackerBase:
    """A database that is opened on first use, and its config."""

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
        """The database, opened on first use: created or migrated, and rebuilt if this program can't read what it has.

        What is merely outdated is shown as it is, until `renew` has brought it up to date.
        """
        from patchwatch.db.database import Database

        database = Database(self._url, busy_seconds=self.config.database.busy_seconds)
        with database.read() as connection:
            forms = outdated.forms(connection)
        if not is_readable(forms.newest, forms.oldest):
            from patchwatch.sync.ingest import reindex

            with progress_line() as progress, database.write() as connection:
                reindex(connection, progress)
        database.acting = self._who(database)
        self._apply_rules(database)
        return database

    def open(self) -> None:
        """Open the database now, if only its file was read so far."""
        self.database.generation()

    def _who(self, database: Database) -> Acting:
        """Return who I am; on a server, store my names."""
        from patchwatch.db import people

        addresses = [address.lower() for address in self.config.me.addresses]
        with database.read() as connection:
            number = people.known_as(executor(connection), addresses)
            unknown = people.unknown_names(connection, addresses) if database.shared else ()
        if not database.shared:
            return people.Acting(number or people.FIRST, people.login())
        if unknown:
            with database.write() as connection:
                number = people.join(connection, addresses, self.now())
        return people.Acting(number or people.FIRST, (addresses or [people.login()])[0])

    def _apply_rules(self, database: Database) -> None:
        """List what depends on the rules on robots and points as outdated if the config changed them.

        If that is little, it is derived again at once.
        """
        from patchwatch.sync import rules

        wanted = rules.configured(self.config)
        with database.read() as connection:
            if rules.stored(executor(connection)) == wanted:
                return
        from patchwatch.sync.renewal import Renewal

        with database.write() as connection:
            rules.change(connection, wanted)
            few = outdated.count(connection) <= _FEW and outdated.forms(connection).is_current
        if few:
            Renewal(database).run()

    @contextmanager
    def reading(self) -> Iterator[Execute]:
        """Yield what runs queries on one consistent view of the database.

        Until the database is opened, an SQLite file with nothing to migrate or derive again is read without SQLAlchemy,
        whose import takes longer than the first screen may.
        """
        if "database" not in self.__dict__ and (file := self._open_file()) is not None:
            from patchwatch.db import people
            from patchwatch.db.failures import reported

            with closing(file), reported(redact_url(self._url), self.config.database.busy_seconds):
                yield for_person(file.execute, people.known_as(file.execute, sorted(self.addresses)) or people.FIRST)
        else:
            with self.database.read() as connection:
                yield executor(connection)

    def _open_file(self) -> sqlite3.Connection | None:
        """Return a connection for reading the SQLite file; None if `database` has to open it."""
        import sqlite3

        from patchwatch.db.sqlite_file import open_file
        from patchwatch.sync import rules

        file = open_file(self._url)
        if file is None:
            return None
        try:
            if rules.stored(file.execute) == rules.configured(self.config):
                return file
        except (sqlite3.Error, ValueError):  # a damaged file: opening the database reports it
            pass
        file.close()
        return None

    def back_up(self, target: Path, *, replace: bool = False) -> int:
        """Copy the database to a file, without migrating it; return the size in bytes.

        Raises:
            InvalidInputError: it is not an SQLite database, or `target` exists and not `replace`.
            DatabaseError: it can't be read or is damaged, or the copy can't be written.
        """
        from patchwatch.db.backup import back_up

        return back_up(self._url, target, replace=replace)

    def with_config(self, config: Config) -> Self:
        """Return a tracker with another config on the same open database."""
        other = type(self)(config, clock=self._clock, database_url=self._url)
        other.database = self.database
        self.database.acting = other._who(self.database)
        return other

    def now(self) -> int:
        """The time relative to which ages are computed: UTC, seconds."""
        return int(self._clock())

    @property
    def addresses(self) -> frozenset[str]:
        """The user's own addresses, in lower case."""
        return frozenset(address.lower() for address in self.config.me.addresses)

    @property
    def database_url(self) -> str:
        """The URL of the database."""
        return self._url

    @property
    def _shared(self) -> bool:
        """True if the database is on a server (`Database.shared`), without opening it."""
        return not self._url.startswith("sqlite")

    @property
    def config_file(self) -> str:
        """The path of the config file, whether it exists or not."""
        return str(self.config.source or config_path())

    def raw(self, message_id: str) -> bytes:
        """Return a stored mail as received; of several copies, the one that is parsed.

        Raises:
            NotFoundError: it is not stored.
        """
        found = self._raws([message_id])
        if message_id not in found:
            raise NotFoundError(
                f"<{message_id}> is not stored. `{command('patchwatch', 'watch', message_id)}` fetches its thread."
            )
        return found[message_id]

    def listen(self, heard: Callable[[bool], None], ended: Event) -> None:
        """Call `heard` after each commit of any process, until `ended`; return at once if the database is a file.

        It is called with True, and with False when the connection is lost; it is then made again.
        """
        if self._shared:
            from patchwatch.db.listen import listen

            listen(self.database, heard, ended)

    def generation(self) -> int:
        """A number that changes with every committed change, of any process."""
        from patchwatch.db.settings import settings

        with self.reading() as execute:
            return int(settings(execute, ["generation"]).get("generation", 0))

    def url(self, message_id: str, inbox: str = "") -> str:
        """Return the URL of a message on lore, also if mail comes from an archive on this machine."""
        from patchwatch.sources.lore.urls import message_url

        return message_url(DEFAULT_LORE_URL, inbox or None, message_id)

    @property
    def archive_hosts(self) -> tuple[str, ...]:
        """Hosts of the config whose links are understood, besides those of lore."""
        urls = (self.config.lore.url, *self.config.lore.mirrors)
        return tuple(dict.fromkeys(urlsplit(url).netloc for url in urls))

    def other_copies(self, message_id: str) -> list[bytes]:
        """Return the stored mails with this message-id and another content than `raw`, by arrival.

        Copies from several lists, with different footers, are among them, and forgeries.
        """
        from patchwatch.db.packing import unpack
        from patchwatch.sync.packed_mail import is_damaged

        with self.database.read() as connection:
            known = messages.known_messages(connection, [message_id])
            stored = messages.stored_mails(connection, known.values()).get(known.get(message_id, 0), [])
        if len(stored) < 2:
            return []
        raw = self.raw(message_id)
        ordered = sorted(stored, key=lambda copy: (copy.arrived, copy.digest))
        copies = (unpack(copy.mail) for copy in ordered if not is_damaged(copy.mail))
        return [copy for copy in copies if copy != raw]

    def _raws(self, message_ids: Collection[str]) -> dict[str, bytes]:
        """Return stored mails, as `raw`; those that are not stored are left out."""
        with self.database.read() as connection:
            known = messages.known_messages(connection, message_ids)
            stored = messages.stored_mails(connection, known.values())
        copies = {message_id: stored[pk] for message_id, pk in known.items() if stored.get(pk)}
        return {message_id: _raw(message_id, found) for message_id, found in copies.items()}


def _raw(message_id: str, copies: Sequence[StoredMail]) -> bytes:
    from patchwatch.db.packing import unpack

    packed = copies[0].mail
    if len(copies) > 1:
        from patchwatch.sync.ingest import canonical_of

        canonical = canonical_of(copies)
        packed = canonical.packed if canonical else packed
    try:
        return unpack(packed)
    except DamagedError:
        watch = command("patchwatch", "watch", message_id)
        raise DamagedError(
            f"<{message_id}> is stored, but damaged: it does not decompress. `{watch}` fetches it again."
        ) from None
