"""Pull requests that nobody reported as pulled, although later ones were.

Those who pull every week do not always say so.  A branch of fixes contains what was in the ones before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from patchwatch.db.execute import Execute, rows_among
from patchwatch.db.packing import text_reader
from patchwatch.db.revision_codec import decode_summary
from patchwatch.mail.message import PullRequest
from patchwatch.pattern import Pattern
from patchwatch.series.model import RevisionRow

_BEFORE_DIGITS = Pattern(r"^(\D*)\d.*", re.DOTALL)
_PULLED = """
SELECT series.author_email, revision.date, revision.view FROM series JOIN revision ON revision.series_id = series.id
WHERE series.kind = 'pull' AND series.state IN ('accepted', 'mainlined') AND series.author_email IN ({values})
AND revision.date > :date
"""


def pulled_since(execute: Execute, waiting: Mapping[int, RevisionRow]) -> set[int]:
    """Return which of these pull requests were followed by one for the same branch that the same person pulled."""
    authors = {row.author_email for row in waiting.values()}
    oldest = min((row.date for row in waiting.values()), default=0)
    latest: dict[tuple[str, ...], int] = {}
    text = text_reader(execute)
    for author, date, view in rows_among(execute, _PULLED, sorted(authors), {"date": oldest}):
        pull = decode_summary(text(view)).pull
        if pull is not None and pull.puller.email:
            key = _branch(author, pull)
            latest[key] = max(date, latest.get(key, 0))
    return {
        number
        for number, row in waiting.items()
        if row.pull is not None and latest.get(_branch(row.author_email, row.pull), 0) > row.date
    }


def _branch(author: str, pull: PullRequest) -> tuple[str, ...]:
    """What requests for one branch have in common: "frob-fixes-6.9-rc3" and "frob-fixes-6.9-rc5" are of one."""
    return author, pull.puller.email, pull.repository, _BEFORE_DIGITS.sub(r"\1", pull.ref)
