"""What is decided about series from a screen: asked where that is due, written, and said when it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual.app import App

from patchwatch.db.rows import SeriesLine
from patchwatch.printable import line
from patchwatch.tui.core import Core
from patchwatch.tui.dialogs import StateDialog, UnwatchDialog
from patchwatch.tui.errands import Errands


class Deciding:
    """Decisions about some series at a time; of none, nothing happens."""

    def __init__(self, app: App[Any], core: Core, errands: Errands, done: Callable[[], None]) -> None:
        """`done` hears when a decision was written."""
        self._app = app
        self._core = core
        self._errands = errands
        self._done = done

    def unwatch(self, rows: Sequence[SeriesLine]) -> None:
        """Ask, then stop watching."""
        watched = [row for row in rows if row.watched]

        def unwatch() -> None:
            for row in watched:
                self._core.unwatch(row.id)

        def answered(yes: bool | None) -> None:
            if yes:
                self._write("unwatch", watched, unwatch, "No longer watched")

        if watched:
            self._app.push_screen(UnwatchDialog(watched), answered)
        elif rows:
            self._errands.notices.say("unwatch", "outcome", f"Not watched: {_called(rows)}")

    def read(self, rows: Sequence[SeriesLine]) -> None:
        """Take all their mail as read."""
        self._write("mark read", rows, lambda: self._core.read_series([row.id for row in rows]), "Read")

    def mute(self, rows: Sequence[SeriesLine]) -> None:
        """Mute, or let speak again if all are muted."""
        muted = not all(row.muted for row in rows)

        def mute() -> None:
            for row in rows:
                self._core.mute(row.id, muted=muted)

        self._write("mute", rows, mute, "Muted" if muted else "No longer muted")

    def state(self, rows: Sequence[SeriesLine]) -> None:
        """Ask for a state, then set it."""

        def answered(state: str | None) -> None:
            def mark() -> None:
                for row in rows:
                    self._core.mark(row.id, state or None)

            if state is not None:
                self._write("state", rows, mark, f"Set to {state}" if state else "As the mails say")

        if rows:
            self._app.push_screen(StateDialog(rows), answered)

    def _write(self, about: str, rows: Sequence[SeriesLine], work: Callable[[], None], did: str) -> None:
        def done(_: None) -> None:
            self._errands.notices.say(about, "outcome", f"{did}: {_called(rows)}")
            self._done()

        if rows:
            self._errands.send("write", about, work, done)


def _called(rows: Sequence[SeriesLine]) -> str:
    return line(rows[0].title) if len(rows) == 1 else f"{len(rows)} series"
