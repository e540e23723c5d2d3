"""Pull requests that nobody reported as pulled, although later ones were.

Who pulls every week does not always say so.  A branch of fixes contains what was in the ones before.
"""

from __future__ import annotations

from collections.abc import Mapping

from patchwatch.db.execute import Execute, rows_among
from patchwatch.db.packing import text_reader
from patchwatch.db.revision_codec import decode_summary
from patchwatch.series.model import RevisionRow

_PULLED = """
SELECT series.author_email, revision.date, revision.view FROM series JOIN revision ON revision.series_id = series.id
WHERE series.kind = 'pull' AND series.state IN ('accepted', 'mainlined') AND series.author_email IN ({values})
AND revision.date > :date
"""


def pulled_since(execute: Execute, waiting: Mapping[int, RevisionRow]) -> set[int]:
    """Return which of these pull requests, by number, were followed by one that the same person pulled."""
    authors = {row.author_email for row in waiting.values()}
    oldest = min((row.date for row in waiting.values()), default=0)
    latest: dict[tuple[str, str], int] = {}
    text = text_reader(execute)
    for author, date, view in rows_among(execute, _PULLED, sorted(authors), {"date": oldest}):
        pull = decode_summary(text(view)).pull
        if pull is not None and pull.puller.email:
            key = author, pull.puller.email
            latest[key] = max(date, latest.get(key, 0))
    return {
        number
        for number, row in waiting.items()
        if row.pull is not None and latest.get((row.author_email, row.pull.puller.email), 0) > row.date
    }
