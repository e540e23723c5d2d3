"""Which known series the dependencies of other series are, and whether those are still open.

The mails of a series only state a message-id, a change-id or a patch-id; this finds the series by the index, when the
series is read, so that it does not matter which of them arrived first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct, structs

from patchwatch.db.execute import Execute, rows_among
from patchwatch.db.index_key import forms_of
from patchwatch.series.model import DependencyRow
from patchwatch.series.states import CLOSED

_SILENT = 180 * 86_400  # seconds without a mail: nobody waits for it any more
_BY_MESSAGE = """
SELECT message.message_id, revision.series_id, revision.root FROM message
JOIN revision ON revision.id = message.revision_id
WHERE revision.series_id IS NOT NULL AND message.kind NOT IN ('reply', 'notice') AND message.message_id IN ({values})
"""
_BY_KEY = """
SELECT revision_key.key, revision.series_id, revision.root, series.depends_on FROM revision_key
JOIN revision ON revision.id = revision_key.revision_id
JOIN series ON series.id = revision.series_id
WHERE revision_key.key IN ({values})
ORDER BY revision_key.date, revision.root
"""
_SERIES = "SELECT id, state, title, last_activity FROM series WHERE id IN ({values})"


class _Known(Struct, frozen=True):
    """A known series that something depends on."""

    series: int
    root: str
    state: str
    title: str
    open: bool


def blocked(execute: Execute, depends_on: Mapping[int, str], now: int) -> dict[int, tuple[int, ...]]:
    """Return the open series that each series depends on; `depends_on` is the column, by series."""
    targets = {number: text.split("\n") for number, text in depends_on.items()}
    known = _find(execute, {target for own in targets.values() for target in own}, now)
    found: dict[int, tuple[int, ...]] = {}
    for number, own in targets.items():
        series = dict.fromkeys(known[t].series for t in own if t in known and known[t].open)
        if open_series := tuple(other for other in series if other != number):
            found[number] = open_series
    return found


def resolve(
    execute: Execute, depends_on: Mapping[int, tuple[DependencyRow, ...]], now: int
) -> dict[int, tuple[DependencyRow, ...]]:
    """Return the dependencies of each series with what is known of them.

    Each series is named once, and itself never.  Change-ids and patch-ids of unknown series are left out: nobody could
    look them up.
    """
    known = _find(execute, {d.target for own in depends_on.values() for d in own}, now)
    found: dict[int, tuple[DependencyRow, ...]] = {}
    for number, own in depends_on.items():
        rows: dict[object, DependencyRow] = {}
        for row in own:
            other = known.get(row.target)
            kind, _, name = row.target.partition(":")
            if other is None and kind == "m":
                rows.setdefault(name, structs.replace(row, root=name))
            elif other is not None and other.series != number:
                root = name if kind == "m" else other.root
                rows.setdefault(
                    other.series,
                    structs.replace(
                        row, root=root, series=other.series, state=other.state, title=other.title, blocks=other.open
                    ),
                )
        found[number] = tuple(rows.values())
    return found


def _find(execute: Execute, targets: Collection[str], now: int) -> dict[str, _Known]:
    """Return the series that each target is, if it is known; the newest of several with the same patch."""
    places: dict[str, tuple[int, str]] = {}
    messages = [target.removeprefix("m:") for target in targets if target.startswith("m:")]
    for message_id, series, root in rows_among(execute, _BY_MESSAGE, sorted(messages)):
        places[f"m:{message_id}"] = series, root
    forms = forms_of(target for target in targets if target.startswith(("c:", "p:")))
    for form, series, root, needed in rows_among(execute, _BY_KEY, sorted(forms)):
        if (key := forms[form]) not in needed.split("\n"):  # what needs it has its key, too
            places[key] = series, root
    numbers = sorted({series for series, _ in places.values()})
    states = {row[0]: row[1:] for row in rows_among(execute, _SERIES, numbers)}
    found: dict[str, _Known] = {}
    for target, (series, root) in places.items():
        if series in states:
            state, title, active = states[series]
            found[target] = _Known(series, root, state, title, state not in CLOSED and now - active < _SILENT)
    return found
