"""What a source hands over: some raw mails, and the position after them."""

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
    """Mails to be stored together.

    `position` is the source's own text, to be kept in the same transaction as the mails: a later read that is given it
    begins behind them.
    """

    mails: tuple[bytes, ...]
    position: str


def batches(mails: Iterable[tuple[bytes, Mark]], position: Callable[[Mark], str]) -> Iterator[Batch]:
    """Gather mails, each with a mark of its place, into batches: one is full with `BATCH_MAILS` or `BATCH_BYTES`.

    `position` is asked once a batch, for the mark of its last mail.
    """
    gathered: list[tuple[bytes, Mark]] = []
    size = 0

    def batch() -> Batch:
        return Batch(tuple(mail for mail, _ in gathered), position(gathered[-1][1]))

    for marked in mails:
        gathered.append(marked)
        size += len(marked[0])
        if len(gathered) == BATCH_MAILS or size >= BATCH_BYTES:
            yield batch()
            gathered, size = [], 0
    if gathered:
        yield batch()


def identity(kind: str, path: Path) -> str:
    """The name under which a source's position is remembered; plain text even where the path's bytes are not UTF-8."""
    return f"{kind}:{os.fsencode(path).decode(errors='backslashreplace')}"
