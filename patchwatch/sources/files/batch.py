"""Batches: what a source yields, some raw mails and the position after them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

BATCH_MAILS = 500
BATCH_BYTES = 8 << 20

Mark = TypeVar("Mark")


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails to store together.

    `position` is opaque text, to be stored in the same transaction as the mails.  A later read with it continues after
    them.
    """

    mails: tuple[bytes, ...]
    position: str
    unread: tuple[str, ...] = ()  # mails that can't be read, each with the reason; a later read tries them again


def batches(mails: Iterable[tuple[bytes, Mark]], position: Callable[[Mark], str]) -> Iterator[Batch]:
    """Group mails, each with a mark of its place, into batches of up to `BATCH_MAILS` mails or `BATCH_BYTES`.

    `position` is called once per batch, with the mark of its last mail.
    """
    pending: list[tuple[bytes, Mark]] = []
    size = 0

    def batch() -> Batch:
        return Batch(tuple(mail for mail, _ in pending), position(pending[-1][1]))

    for marked in mails:
        pending.append(marked)
        size += len(marked[0])
        if len(pending) == BATCH_MAILS or size >= BATCH_BYTES:
            yield batch()
            pending, size = [], 0
    if pending:
        yield batch()


def identity(kind: str, path: Path) -> str:
    """The key under which a source's position is stored; valid text even if the path is not UTF-8."""
    return f"{kind}:{os.fsencode(path).decode(errors='backslashreplace')}"
