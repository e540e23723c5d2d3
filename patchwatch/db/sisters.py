"""Read what was conceded of the sisters of series (patchwatch.series.sisters)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from patchwatch.db import series
from patchwatch.db.criteria import Criteria
from patchwatch.db.execute import Execute, rows_among
from patchwatch.series.model import SeriesRow
from patchwatch.series.names import Names
from patchwatch.series.sisters import are_alike, conceded, is_sister, may_have_sister

_HELD_UP = """
SELECT id, title, author_email FROM series
WHERE (state = 'rejected' OR (state = 'changes-requested' AND turn = 'author')) AND author_email IN ({values})
"""


def conceded_elsewhere(execute: Execute, rows: Sequence[SeriesRow], me: Collection[str], now: int) -> dict[int, str]:
    """Return in words, for those of these series that nobody has replied to, what was conceded of a sister."""
    asked = [row for row in rows if may_have_sister(row)]
    titles: dict[str, list[str]] = {}
    for row in asked:
        titles.setdefault(row.author_email, []).append(row.title)
    held_up = rows_among(execute, _HELD_UP, titles) if titles else ()
    ids = frozenset(n for n, title, email in held_up if any(are_alike(title, one) for one in titles[email]))
    if not ids:
        return {}
    sisters = series.series(execute, Criteria(everything=True, ids=ids), now, 0, frozenset(me))
    names = Names(frozenset(me))
    said = [(sister, words) for sister in sisters if (words := conceded(sister, names))]
    return {row.id: words for row in asked for sister, words in reversed(said) if is_sister(row, sister)}
