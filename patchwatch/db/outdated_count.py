"""How much of what is stored is outdated (patchwatch.db.outdated), without SQLAlchemy, whose import takes long."""

from __future__ import annotations

from patchwatch.db.execute import Execute
from patchwatch.db.versions import FACTS_VERSION
from patchwatch.series.left import Left

_FORM = "SELECT value FROM setting WHERE name = 'form'"
_OUTDATED = "SELECT count(*) FROM outdated"
_MAILS = "SELECT count(*) FROM message"
_IN_SERIES = """
SELECT count(*) FROM outdated JOIN message ON message.id = outdated.message_pk
WHERE message.conversation IN (SELECT conversation FROM revision WHERE series_id = :series)
"""


def left(execute: Execute) -> Left:
    """Return how much is left; what is not listed yet is outdated, too."""
    every = not _is_listed(execute)
    outdated = 0 if every else _number(execute, _OUTDATED)
    if not every and not outdated:
        return Left(0, 0)
    mails = _number(execute, _MAILS)
    return Left(mails, mails if every else outdated)


def series_is_outdated(execute: Execute, series: int) -> bool:
    """True if a mail of a series' conversations is outdated."""
    return not _is_listed(execute) or any(count for (count,) in execute(_IN_SERIES, {"series": series}))


def _is_listed(execute: Execute) -> bool:
    """True if everything that does not have this program's form is listed, or nothing is stored yet."""
    return all(value == str(FACTS_VERSION) for (value,) in execute(_FORM, {}))


def _number(execute: Execute, sql: str) -> int:
    return next((int(count) for (count,) in execute(sql, {})), 0)
