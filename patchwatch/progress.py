"""Progress of long work: what is being done, how much of it is done, and how much there is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Is called with what is being done; `done` of `total` steps or mails are done; a total of 0 is unknown."""

    def __call__(self, text: str, done: int = 0, total: int = 0) -> None: ...


def no_progress(text: str, done: int = 0, total: int = 0) -> None:
    """Ignore progress."""


def in_words(text: str, done: int, total: int) -> str:
    """`polling netdev, 3 of 12`: progress where there is no room for a bar."""
    return f"{text}, {done} of {total}" if total > 1 else text
