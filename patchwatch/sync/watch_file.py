"""Watch the series named by a file: a report with links, an mbox, an .eml, a mail piped from mutt."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from patchwatch.config import Poll
from patchwatch.db import series, series_flags
from patchwatch.db.database import Database
from patchwatch.db.execute import executor
from patchwatch.errors import InvalidInputError, LoreError, PatchwatchError
from patchwatch.mail.mbox_split import looks_like_mbox, read_mails
from patchwatch.progress import Progress
from patchwatch.sources.files.open import looks_like_mail
from patchwatch.sources.lore.client import Archive
from patchwatch.sources.lore.urls import MessageAddress, find_addresses
from patchwatch.sync.ingest import ingest
from patchwatch.sync.read_mail import read_mail
from patchwatch.sync.watch import Watched, watch_address, watch_known

_BEGINNING_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Skipped:
    """A target that could not be watched, or only in part, and the reason."""

    target: str
    reason: str


def watch_content(
    database: Database,
    archive: Archive,
    settings: Poll,
    content: bytes,
    hosts: Sequence[str],
    now: int,
    progress: Progress,
) -> tuple[list[Watched], list[Skipped]]:
    """Watch every link in a report, or the series of every mail.

    Raises:
        InvalidInputError: it has neither a link nor a mail.
    """
    if looks_like_mbox(content[:_BEGINNING_BYTES]) or looks_like_mail(content):
        return _watch_mails(database, archive, settings, list(read_mails(io.BytesIO(content))), now, progress)
    addresses = find_addresses(content.decode("utf-8", "replace"), hosts)
    if not addresses:
        raise InvalidInputError("it has no link to a mail on lore, and is not a mail.")
    watched: dict[int, Watched] = {}
    skipped: list[Skipped] = []
    for done, address in enumerate(addresses):
        progress(f"fetching {address.message_id}", done, len(addresses))
        try:
            for one in watch_address(database, archive, settings, address, now, progress):
                watched.setdefault(one.series_id, one)
        except PatchwatchError as error:
            skipped.append(Skipped(address.message_id, str(error)))
    return list(watched.values()), skipped


def _watch_mails(
    database: Database, archive: Archive, settings: Poll, raw: Sequence[bytes], now: int, progress: Progress
) -> tuple[list[Watched], list[Skipped]]:
    """Store the mails, and fetch the rest of their threads if the archive responds."""
    reads = [read_mail(one) for one in raw]
    with database.write() as connection:
        ingest(connection, reads)
    ids = [read.message.message_id for read in reads]
    watched = {one.series_id: one for one in watch_known(database, ids, now)}
    skipped: list[Skipped] = []
    fetched: set[int] = set()
    for message_id in ids:
        with database.read() as connection:
            number = series.series_of(executor(connection), [message_id]).get(message_id)
        if number is not None and number in fetched:
            continue
        try:
            for one in watch_address(database, archive, settings, MessageAddress(message_id, None), now, progress):
                fetched.add(one.series_id)
                watched.setdefault(one.series_id, one)
        except InvalidInputError as error:
            if number is None:
                skipped.append(Skipped(message_id, str(error)))
        except LoreError as error:
            skipped.append(Skipped(message_id, f"stored, but its thread was not fetched: {error}"))
            if number is not None:
                fetched.add(number)
    with database.read() as connection:
        still = series_flags.watched(executor(connection))
    return [one for one in watched.values() if one.series_id in still], skipped
