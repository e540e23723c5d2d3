"""Postings (what version bumps are judged by) as compact JSON, and back (see `facts`), and those near each other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from patchwatch.db import derived
from patchwatch.mail.message import Person
from patchwatch.series.posting import AUTHOR_WINDOW, PostingFacts, author_keys, posting_keys


def encode_posting(p: PostingFacts) -> str:
    """All facts of a posting."""
    return json.dumps(
        [
            p.root,
            [p.author.name, p.author.email],
            p.people,
            p.date,
            p.version,
            p.minor,
            p.stated,
            p.rfc,
            p.resend,
            p.kind,
            p.title,
            p.titles,
            p.patch_ids,
            p.files,
            p.trees,
            p.change_id,
            p.earlier,
            p.answered,
            p.message_ids,
            p.recipients,
            p.names,
            p.incomplete,
            p.listed,
            p.upstream,
        ],
        separators=(",", ":"),
    )


def decode_posting(text: str) -> PostingFacts:
    """The posting that `encode_posting` wrote."""
    f: list[Any] = json.loads(text)
    return PostingFacts(
        root=f[0],
        author=Person(*f[1]),
        people=tuple(f[2]),
        date=f[3],
        version=f[4],
        minor=f[5],
        stated=f[6],
        rfc=f[7],
        resend=f[8],
        kind=f[9],
        title=f[10],
        titles=tuple(f[11]),
        patch_ids=tuple(f[12]),
        files=tuple(f[13]),
        trees=tuple(f[14]),
        change_id=f[15],
        earlier=tuple((e[0], e[1]) for e in f[16]),
        answered=tuple(f[17]),
        message_ids=tuple(f[18]),
        recipients=tuple(f[19]),
        names=tuple(f[20]),
        incomplete=f[21],
        listed=tuple((name, title) for name, title in f[22]),
        upstream=tuple((message_id, commit) for message_id, commit in f[23]),
    )


class Postings(dict[int, PostingFacts]):
    """The postings of revisions, by number, decoded once in a transaction."""

    def __init__(self, connection: Connection) -> None:
        """They are read from `connection`, when they are loaded."""
        super().__init__()
        self._connection = connection

    def load(self, numbers: Iterable[int]) -> None:
        """Have the postings of these revisions at hand; those that are no more stay absent."""
        for row in derived.revisions_by_id(self._connection, set(numbers) - self.keys()):
            self[row.id] = decode_posting(row.posting)


def neighbours(connection: Connection, postings: Sequence[PostingFacts]) -> dict[int, set[int]]:
    """For each posting (by its place in the sequence) the revisions that share a key with it, itself among them."""
    keys_of = [posting_keys(p) for p in postings]
    authors = [[(key, p.date) for key in author_keys(p)] for p in postings]
    held = derived.holders(connection, set().union(*keys_of) if keys_of else set())
    around = derived.holders_around(connection, [wanted for own in authors for wanted in own], AUTHOR_WINDOW)
    return {
        index: {number for key in keys_of[index] for number in held.get(key, ())}
        | {number for wanted in authors[index] for number in around[wanted]}
        for index in range(len(postings))
    }
