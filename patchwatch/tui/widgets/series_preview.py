"""A preview of the series under the cursor, loaded when the cursor rests on it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from patchwatch.series.patch_reading import newest, summary
from patchwatch.tui.base import signs
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.theme import Styled
from patchwatch.tui.render.columns import fit_pieces

if TYPE_CHECKING:
    from patchwatch.tui.render.preview import Lines, Previewed

_LOAD_SECONDS = 0.06  # after which a series is loaded
_REST_SECONDS = 1.0  # with the cursor on it for so long, the user has looked at it
_LOWEST = 20  # lines of a terminal; a lower one has no preview until the user asks for it
_LEAST, _MOST = 5, 20  # lines


class SeriesPreview(Styled):
    """What the series under the cursor is about, beside the table, or below it in what its rows leave, or a quarter."""

    DEFAULT_CSS = """
    SeriesPreview { height: 1; background: $background; &.-hidden { display: none; } }
    """

    class Rested(Message):
        """The cursor rests on the series."""

    def __init__(self, tracker: TrackerAPI, jobs: Jobs) -> None:
        """Loads series from `tracker`."""
        super().__init__(id="preview")
        self._tracker = tracker
        self._jobs = jobs
        self._series: int | None = None
        self._shown: Previewed | None = None
        self._why = ""
        self._rest: Timer | None = None
        self._look: Timer | None = None
        self._toggled = False  # the user asked for the opposite of what the size says
        self._height: int | str = 0
        self._drawn: tuple[tuple[int, int, bool], Lines] | None = None  # by size and kind of signs

    def follow(self, series_id: int | None, why: str = "", *, at_once: bool = False) -> None:
        """Show this series when the cursor rests on it, or at once; `why` it is in the queue."""
        self._why = why
        if series_id != self._series:
            if self._look is not None:
                self._look.stop()
            self._look = self.set_timer(_REST_SECONDS, lambda: self.post_message(self.Rested()))
        self._series = series_id
        if self._rest is not None:
            self._rest.stop()
        self._rest = None if at_once else self.set_timer(_LOAD_SECONDS, self._load)
        if at_once:
            self._load()

    def tick(self) -> None:
        """Update the ages."""
        self._drawn = None
        self.refresh()

    def fit(self, taken: int, *, beside: bool) -> None:
        """Take the lines that are not `taken` by all else, or a quarter of a screen that is high enough.

        `beside` the table, take all of them.
        """
        height = self.app.size.height
        self.set_class((beside or height >= _LOWEST) is self._toggled, "-hidden")
        least = max(height // 4, _LEAST)
        wanted = "1fr" if beside else min(max(height - taken, least), max(_MOST, height // 2))
        if self.display and self._height != wanted:
            self._height = wanted
            self.styles.height = wanted
        if self.display and self._shown is None:
            self.call_after_refresh(self._load)  # the rows are drawn first

    def toggle(self) -> None:
        """Show it on a low screen, or hide it on another."""
        self._toggled = not self._toggled

    def _load(self) -> None:
        if self._series is None:
            self._shown = None
            self.tick()
        elif self.display:
            load = partial(self._read, self._series, self._why)
            # A series that is gone disappears when the list is reloaded; no error is needed here.
            self._jobs.submit("read", "preview", load, self._loaded, lambda _: None, screen=self.screen, latest=True)

    def _read(self, series_id: int, why: str) -> Previewed:
        from patchwatch.tui.render.preview import Previewed  # its imports must not delay the first rows

        row = self._tracker.one(series_id)
        read = summary(newest(row, self._tracker.readings(row)))
        unread = [mail for mail in self._tracker.thread(series_id) if mail.unread] if row.unread else []
        return Previewed(row, why, read, tuple(sorted(unread, key=lambda mail: mail.date)))

    def _loaded(self, loaded: Previewed) -> None:
        if loaded.row.id == self._series:
            self._shown = loaded
            self.tick()

    def _lines(self) -> Lines:
        width, height = self.size
        key = (width, height, signs.ascii_only())
        if self._shown is None:
            return []
        if self._drawn is None or self._drawn[0] != key:
            from patchwatch.tui.render.preview import preview_lines

            now, me = self._tracker.now(), self._tracker.addresses
            self._drawn = key, preview_lines(self._shown, me, now, width, height)
        return self._drawn[1]

    def render_line(self, y: int) -> Strip:
        """Draw a line."""
        lines = self._lines()
        pieces = lines[y] if y < len(lines) else [("─" * self.size.width, "faint")] if y == 0 else []
        return self.style_cache.strip(fit_pieces(pieces, self.size.width), self.base_style)
