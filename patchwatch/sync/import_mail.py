"""`patchwatch import`: new mail from an mbox, a maildir, a public-inbox directory or an epoch."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from patchwatch.db import messages
from patchwatch.db.database import Database
from patchwatch.db.dictionaries import mail_dictionary
from patchwatch.progress import Progress, no_progress
from patchwatch.sources.files.open import open_source
from patchwatch.sync import large_blocks, postponed
from patchwatch.sync.ingest import derive_postponed, ingest
from patchwatch.sync.outcome import NOTHING, Outcome
from patchwatch.sync.parallel import read_batches
from patchwatch.sync.read_mail import OBJECTS


def import_mail(database: Database, path: Path, inbox: str, progress: Progress = no_progress) -> Outcome:
    """Import new mail at `path` into `inbox`; each batch is stored together with the position after it.

    Mail that a damaged git repository lacks is named in the outcome, and tried again the next time.

    Raises:
        NotFoundError: there is nothing at `path`.
        InvalidInputError: it is not mail in a known format.
    """
    source = open_source(path)
    with database.read() as connection:
        position = messages.source_position(connection, source.identity, inbox)
    ahead = source.count(position)

    def report(read: int) -> None:
        progress(f"importing {inbox}: {read:,}{f' of {ahead:,}' if ahead else ''} mails", min(read, ahead), ahead)

    report(0)
    positions: list[str] = []
    unread: tuple[str, ...] = ()

    def raw_mails() -> Iterator[Sequence[bytes]]:
        nonlocal unread
        for batch in source.read(position):
            unread += batch.unread
            positions.append(batch.position)
            yield batch.mails

    total = NOTHING
    with _collecting_rarely():
        batches = read_batches(raw_mails(), dictionary=lambda: mail_dictionary(database), expected=ahead)
        for done, reads in enumerate(batches):
            with database.write() as connection:
                outcome = ingest(connection, reads, inbox, postpone=True)
                messages.set_source_position(connection, source.identity, inbox, positions[done])
            total += Outcome(outcome.new_mails, outcome.known_mails, (), outcome.revisions)
            report(total.new_mails + total.known_mails)
            large_blocks.trim()
    with database.read() as connection:
        unfinished = bool(postponed.waiting(connection))
    if unfinished:
        progress(f"importing {inbox}: putting series together")
        with database.write() as connection:
            outcome = derive_postponed(connection)
        total += Outcome(0, 0, (), outcome.revisions)
    return replace(total, unread=unread)


@contextlib.contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Search less often for circles of objects: a batch of mails has many objects that stay, and hardly any circles."""
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
