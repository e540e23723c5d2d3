"""What is decided about series from a screen: asked where that is due, written, and said when it is done.

What was done to several series at once is undone at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from textual.app import App

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import CandidateRow, SeriesRow
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.dialogs.state import StateDialog
from patchwatch.tui.dialogs.unwatch import UnwatchDialog
from patchwatch.tui.render import labels
from patchwatch.tui.render.link_preview import LinkPreview, proposed
from patchwatch.tui.render.series_names import AnySeries

Result = TypeVar("Result")

_UNDONE = ("unwatch", "mute", "state", "snooze", "link")  # what was said of these, undoing makes a thing of the past


class DecisionController:
    """Decisions about some series at a time; of none, nothing happens."""

    def __init__(
        self,
        app: App[Any],
        tracker: TrackerAPI,
        jobs: Jobs,
        done: Callable[[], None],
        regrouped: Callable[[int | None], None],
    ) -> None:
        """`done` hears when a decision was written.

        `regrouped` hears when revisions may belong to other series than before: with the series that is wanted then, if
        that is known.
        """
        self._app = app
        self._tracker = tracker
        self._jobs = jobs
        self._done = done
        self._regrouped = regrouped

    def unwatch(self, rows: Sequence[AnySeries]) -> None:
        """Ask, then stop watching."""
        watched = [row for row in rows if row.watched]

        def answered(yes: bool | None) -> None:
            if yes:
                self._write("unwatch", watched, lambda: self._tracker.unwatch(_ids(watched)), "No longer watched")

        if watched:
            self._app.push_screen(UnwatchDialog(watched), answered)
        elif rows:
            self._jobs.notices.show("unwatch", "note", f"Not watched: {_called(rows)}")

    def read(self, rows: Sequence[AnySeries]) -> None:
        """Take all their mail as read."""
        self._write("catch up", rows, lambda: self._tracker.read_series(_ids(rows)), "Read")

    def mute(self, rows: Sequence[AnySeries]) -> None:
        """Mute, or let speak again if all are muted."""
        muted = not all(row.muted for row in rows)
        did = "Muted" if muted else "No longer muted"
        self._write("mute", rows, lambda: self._tracker.mute(_ids(rows), muted=muted), did)

    def state(self, rows: Sequence[AnySeries]) -> None:
        """Ask for a state, then set it."""

        def answered(state: str | None) -> None:
            if state is not None:
                did = f"Set to {state}" if state else "As the mails say"
                self._write("state", rows, lambda: self._tracker.mark(_ids(rows), state or None), did)

        if rows:
            self._app.push_screen(StateDialog(rows), answered)

    def snooze(self, rows: Sequence[AnySeries]) -> None:
        """Ask until when, then put them aside until then; or wake them."""
        from patchwatch.tui.dialogs.snooze import Snooze, SnoozeDialog

        def answered(rest: Snooze | None) -> None:
            if rest is None:
                return
            if rest.wakes:
                self._write("snooze", rows, lambda: self._tracker.unsnooze(_ids(rows)), rest.said)
            else:
                self._write("snooze", rows, lambda: self._tracker.snooze(_ids(rows), rest.until), rest.said)

        if rows:
            self._app.push_screen(SnoozeDialog(rows, self._tracker.now()), answered)

    def link(self, row: AnySeries, root: str = "", *, marked: AnySeries | None = None) -> None:
        """Ask which other series is a version of this one, then link them; or part a revision from the one before.

        That is the one with this `root`, or else the newest.  Another series, `marked` with this one, is offered first.
        """

        def read() -> tuple[SeriesRow, Sequence[CandidateRow]]:
            found, candidates = self._tracker.one(row.id), self._tracker.candidates(row.id)
            return found, candidates if marked is None else proposed(found, self._tracker.one(marked.id), candidates)

        self._jobs.submit("read", "link", read, lambda found: self._ask_for_link(*found, root))

    def _ask_for_link(self, row: SeriesRow, candidates: Sequence[CandidateRow], root: str) -> None:
        from patchwatch.tui.dialogs.link import LinkDialog, Unlink

        def answered(answer: LinkPreview | Unlink | None) -> None:
            if answer is None:
                return
            later, earlier = answer.later, answer.earlier
            names = series_labels.revision_name(later), series_labels.revision_name(earlier)
            about = labels.title(later.subject)
            if isinstance(answer, Unlink):
                self._send(
                    "link",
                    lambda: self._tracker.unlink(later.message_id, earlier.message_id),
                    lambda _: self._parted(f"Parted: {names[0]} is no version after {names[1]}: {about}"),
                )
            else:
                self._send(
                    "link",
                    lambda: self._tracker.link(later.message_id, earlier.message_id),
                    lambda series_id: self._linked(f"Linked: {names[0]} goes on from {names[1]}: {about}", series_id),
                )

        newest = row.revisions[-1]
        revision = next((r for r in row.revisions if r.message_id == root), newest)
        self._app.push_screen(LinkDialog(self._tracker, self._jobs, row, revision, candidates), answered)

    def _linked(self, did: str, series_id: int) -> None:
        self._jobs.notices.show("link", "outcome", did)
        self._done()
        self._regrouped(series_id)

    def _parted(self, did: str) -> None:
        self._jobs.notices.show("link", "outcome", did)
        self._done()
        self._regrouped(None)

    def undo(self) -> None:
        """Take back the last decision, whatever it was about."""

        def undone(what: str) -> None:
            self._jobs.notices.dismiss(*_UNDONE)
            self._jobs.notices.show("undo", "outcome", f"Undone: {what}")
            self._regrouped(None)

        self._send("undo", self._tracker.undo, undone)

    def _write(self, about: str, rows: Sequence[AnySeries], work: Callable[[], None], did: str) -> None:
        def done(_: None) -> None:
            self._jobs.notices.show(about, "outcome", f"{did}: {_called(rows)}")
            self._done()

        if rows:
            self._send(about, work, done)

    def _send(self, about: str, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        self._jobs.submit("write", about, work, done)


def _ids(rows: Sequence[AnySeries]) -> list[int]:
    return [row.id for row in rows]


def _called(rows: Sequence[AnySeries]) -> str:
    return line(rows[0].title) if len(rows) == 1 else f"{len(rows)} series"
