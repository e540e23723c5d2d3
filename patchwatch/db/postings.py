"""Postings loaded from the database, and the postings near them in the index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from patchwatch.db import derived
from patchwatch.db.posting_codec import decode_posting
from patchwatch.series.posting import AUTHOR_WINDOW, PostingFacts, author_keys, posting_keys

MOST_HOLDERS = 100
"""Postings that may share a title, patch, change-id or message; 25 were the most in ten years of a large list."""


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


def neighbours(
    connection: Connection,
    postings: Sequence[PostingFacts],
    *,
    before: int = AUTHOR_WINDOW,
    after: int = AUTHOR_WINDOW,
) -> dict[int, set[int]]:
    """For each posting, by its index, return the revisions that share a key with it, including itself.

    Those of its author are from `before` seconds before it to `after` seconds later.  A key that more than
    `MOST_HOLDERS` share connects nothing: every posting would be compared with all others.
    """
    keys_of = [posting_keys(p) for p in postings]
    authors = [[(key, p.date) for key in author_keys(p)] for p in postings]
    shared = set().union(*keys_of) if keys_of else set()
    held = derived.revisions_with_keys(connection, shared - derived.key_counts(connection, shared, MOST_HOLDERS).keys())
    wanted = (each for own in authors for each in own)
    around = derived.revisions_near(connection, wanted, before=before, after=after)
    return {
        index: {number for key in keys_of[index] for number in held.get(key, ())}
        | {number for each in authors[index] for number in around[each]}
        for index in range(len(postings))
    }


def holders_of_flipped_keys(
    connection: Connection, before: Mapping[int, PostingFacts], now: Mapping[int, PostingFacts]
) -> set[int]:
    """Return the revisions with a key that began or ceased to connect postings when these postings changed."""
    change: Counter[str] = Counter()
    for number in before.keys() | now.keys():
        had, has = (posting_keys(held[number]) if number in held else frozenset() for held in (before, now))
        change.update(has - had)
        change.subtract(had - has)
    counts = derived.key_counts(connection, change, MOST_HOLDERS - len(before))
    flipped = {key for key, count in counts.items() if (count > MOST_HOLDERS) != (count - change[key] > MOST_HOLDERS)}
    return {number for ids in derived.revisions_with_keys(connection, flipped).values() for number in ids}
