"""Postings loaded from the database, and the postings near them in the index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from patchwatch.db import derived
from patchwatch.db.posting_codec import decode_posting
from patchwatch.series.posting import AUTHOR_WINDOW, PostingFacts, author_keys, posting_keys


class Postings(dict[int, PostingFacts]):
    """The postings of revisions by number, each decoded once per transaction."""

    def __init__(self, connection: Connection) -> None:
        """`load` reads from `connection`."""
        super().__init__()
        self._connection = connection

    def load(self, numbers: Iterable[int]) -> None:
        """Load the postings of these revisions; deleted revisions stay absent."""
        stored = derived.postings_by_id(self._connection, set(numbers) - self.keys())
        self.update((number, decode_posting(text)) for number, text in stored.items())


def neighbours(connection: Connection, postings: Sequence[PostingFacts]) -> dict[int, set[int]]:
    """For each posting, by its index, return the revisions that share a key with it, including itself."""
    keys_of = [posting_keys(p) for p in postings]
    authors = [[(key, p.date) for key in author_keys(p)] for p in postings]
    held = derived.revisions_with_keys(connection, set().union(*keys_of) if keys_of else set())
    around = derived.revisions_near(connection, [wanted for own in authors for wanted in own], AUTHOR_WINDOW)
    return {
        index: {number for key in keys_of[index] for number in held.get(key, ())}
        | {number for wanted in authors[index] for number in around[wanted]}
        for index in range(len(postings))
    }
