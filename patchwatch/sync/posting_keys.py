"""The index by which versions, commits and pull requests find postings."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from patchwatch.db import derived
from patchwatch.db.index_key import stored_key
from patchwatch.series import commit_match, merged
from patchwatch.series.posting import PostingFacts, author_keys, posting_keys


def index_keys(connection: Connection, postings: Mapping[int, PostingFacts]) -> set[int]:
    """Store the index keys of the postings of these revisions; return those whose keys changed."""
    keys = {
        number: {
            (stored_key(key), posting.date)
            for key in posting_keys(posting)
            | author_keys(posting)
            | merged.pull_keys(posting)
            | merged.author_keys_in_pulls(posting)
            | commit_match.further_keys(posting)
        }
        for number, posting in postings.items()
    }
    before = derived.keys_of(connection, postings)
    changed = {number for number, own in keys.items() if before.get(number, set()) != own}
    derived.forget_keys(connection, changed & before.keys())
    derived.add_keys(
        connection,
        [{"key": key, "revision_id": number, "date": date} for number in changed for key, date in sorted(keys[number])],
    )
    return changed
