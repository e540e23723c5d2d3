"""Which series moved with a poll, and the way from one to the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from patchwatch.counts import plural
from patchwatch.series import labels
from patchwatch.series.model import SeriesSummary
from patchwatch.series.views import in_queue_order
from patchwatch.tui.render.columns import cell_len, fit

_LEAST_TITLE = 20  # columns; the first title is cut to no less


class Moved:
    """The series that moved with the last poll."""

    def __init__(self) -> None:
        """None yet."""
        self._before: dict[int, SeriesSummary] = {}
        self._ids: list[int] = []

    def begin(self, lines: Iterable[SeriesSummary]) -> None:
        """Take how the series stand before a poll."""
        self._before = {line.id: line for line in lines}
        self._ids = []

    def finish(self, lines: Sequence[SeriesSummary]) -> list[SeriesSummary]:
        """Return the series of my queue that have new mail or another state than before the poll, in its order."""
        moved = (
            [line for line in lines if line.place and not line.muted and self._has_moved(line)] if self._before else []
        )
        found = in_queue_order(moved)
        self._ids = [line.id for line in found]
        return found

    def _has_moved(self, line: SeriesSummary) -> bool:
        old = self._before.get(line.id)
        now = (line.roots, line.last_activity, line.state, line.turn)
        return old is None or now != (old.roots, old.last_activity, old.state, old.turn)

    def after(self, series_id: int | None) -> int | None:
        """The series that moved after this one, or the first; None if none moved."""
        at = self._ids.index(series_id) + 1 if series_id in self._ids else 0
        return self._ids[at % len(self._ids)] if self._ids else None


def moved_text(moved: Sequence[SeriesSummary], counts: str, key: str, width: int) -> str:
    """`3 series moved (J goes there): title; and 2 more · 9 new mails`, as much of it as fits in `width` columns."""
    head = f"{plural(len(moved), 'series', 'series')} moved ({key} goes there): "
    titles = [labels.title(line.title) for line in moved]

    def listed(count: int) -> str:
        more = f"; and {len(titles) - count} more" if len(titles) > count else ""
        return f"{head}{'; '.join(titles[:count])}{more}"

    titles[0] = fit(titles[0], max(width - cell_len(listed(1)) + cell_len(titles[0]), _LEAST_TITLE)).rstrip()
    shown = 1
    while shown < len(titles) and cell_len(listed(shown + 1)) <= width:
        shown += 1
    text = listed(shown)
    return f"{text} · {counts}" if cell_len(f"{text} · {counts}") <= width else text
