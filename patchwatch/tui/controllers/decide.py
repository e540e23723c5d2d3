"""Decisions about series: ask where needed, write, then show a notice.

A decision about several series is undone as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from textual.app import App

from patchwatch.sanitize import line
from patchwatch.series import labels as series_labels
from patchwatch.series.model import CandidateRow, SeriesRow, SeriesSummary
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.dialogs.state import StateDialog
from patchwatch.tui.dialogs.unwatch import UnwatchDialog
from patchwatch.tui.render import labels
from patchwatch.tui.render.link_preview import LinkPreview, with_marked
from patchwatch.tui.render.series_names import AnySeries

if TYPE_CHECKING:
    from patchwatch.series.own_labels import LabelChange
    from patchwatch.series.point_list import ListedPoint

Result = TypeVar("Result")

# An undo makes notices about these obsolete.
_UNDOABLE = ("unwatch", "mute", "not mine", "label", "pin", "state", "snooze", "link", "dismiss")

_STAYS = ("label", "pin")  # these leave a series in its section


class DecisionController:
    """Decides about any number of series; with none, nothing happens."""

    def __init__(
        self,
        app: App[Any],
        tracker: TrackerAPI,
        jobs: Jobs,
        done: Callable[[], None],
        regrouped: Callable[[int | None], None],
        deciding: Callable[[Collection[int]], None],
    ) -> None:
        """`deciding` is called with the series before a decision is written that can move them, `done` afterwards.

        `regrouped` is called when revisions may belong to other series than before, with the series to show then, if
        known.
        """
        self._app = app
        self._tracker = tracker
        self._jobs = jobs
        self._done = done
        self._regrouped = regrouped
        self._deciding = deciding

    def unwatch(self, rows: Sequence[AnySeries]) -> None:
        """Ask, then stop watching."""
        watched = [row for row in rows if row.watched]

        def answered(yes: bool | None) -> None:
            if yes:
                self._write("unwatch", watched, lambda: self._tracker.unwatch(_ids(watched)), "No longer watched")

        if watched:
            self._app.push_screen(UnwatchDialog(watched), answered)
        elif rows:
            self._jobs.notices.show("unwatch", "note", f"Not watched: {_name(rows)}")

    def read(self, rows: Sequence[AnySeries]) -> None:
        """Mark all their mail as read."""
        self._write("catch up", rows, lambda: self._tracker.read_series(_ids(rows)), "Read")

    def mute(self, rows: Sequence[AnySeries]) -> None:
        """Mute, or unmute if all are muted."""
        muted = not all(row.muted for row in rows)
        outcome = "Muted" if muted else "Unmuted"
        self._write("mute", rows, lambda: self._tracker.mute(_ids(rows), muted=muted), outcome)

    def pin(self, rows: Sequence[AnySeries]) -> None:
        """Pin, or unpin if all are pinned."""
        pinned = not all(row.pinned for row in rows)
        outcome = "Pinned" if pinned else "Unpinned"
        self._write("pin", rows, lambda: self._tracker.pin(_ids(rows), pinned=pinned), outcome)

    def not_mine(self, rows: Sequence[AnySeries]) -> None:
        """Say that what is asked in them is not mine to do, or, if I said so of all, that it is.

        Those that came back because somebody asked me since then are to leave again.
        """
        mine = all(row.is_left if isinstance(row, SeriesSummary) else row.not_mine for row in rows)
        outcome = "Yours again" if mine else "Not yours"
        self._write("not mine", rows, lambda: self._tracker.not_mine(_ids(rows), mine=mine), outcome)

    def label(self, rows: Sequence[AnySeries]) -> None:
        """Ask for labels, then add or remove them."""
        if rows:
            self._jobs.submit("read", "label", self._tracker.labels, lambda in_use: self._ask_for_labels(rows, in_use))

    def _ask_for_labels(self, rows: Sequence[AnySeries], in_use: Mapping[str, int]) -> None:
        from patchwatch.tui.dialogs.label import LabelDialog

        def answered(change: LabelChange | None) -> None:
            if change is not None:
                self._write("label", rows, lambda: self._tracker.label(_ids(rows), change), f"Labels {change}")

        self._app.push_screen(LabelDialog(rows, in_use), answered)

    def state(self, rows: Sequence[AnySeries]) -> None:
        """Ask for a state, then set it."""

        def answered(state: str | None) -> None:
            if state is not None:
                outcome = f"Set to {state or 'automatic'}"
                self._write("state", rows, lambda: self._tracker.mark(_ids(rows), state or None), outcome)

        if rows:
            self._app.push_screen(StateDialog(rows), answered)

    def snooze(self, rows: Sequence[AnySeries]) -> None:
        """Ask how long, then snooze or unsnooze them."""
        from patchwatch.tui.dialogs.snooze import Snooze, SnoozeDialog

        def answered(answer: Snooze | None) -> None:
            if answer is None:
                return
            if answer.wakes:
                self._write("snooze", rows, lambda: self._tracker.unsnooze(_ids(rows)), answer.outcome)
            else:
                self._write("snooze", rows, lambda: self._tracker.snooze(_ids(rows), answer.until), answer.outcome)

        if rows:
            self._app.push_screen(SnoozeDialog(rows, self._tracker.now()), answered)

    def link(self, row: AnySeries, root: str = "", *, marked: AnySeries | None = None) -> None:
        """Ask which other series is a version of this one, then link them; or unlink a revision.

        The revision with this `root` can be unlinked from the one before, or else the newest one.  The other `marked`
        series, if any, is the first candidate.
        """

        def read() -> tuple[SeriesRow, Sequence[CandidateRow]]:
            series, candidates = self._tracker.one(row.id), self._tracker.candidates(row.id)
            return series, candidates if marked is None else with_marked(
                series, self._tracker.one(marked.id), candidates
            )

        self._jobs.submit("read", "link", read, lambda result: self._ask_for_link(*result, root))

    def _ask_for_link(self, row: SeriesRow, candidates: Sequence[CandidateRow], root: str) -> None:
        from patchwatch.tui.dialogs.link import LinkDialog, Unlink

        def answered(answer: LinkPreview | Unlink | None) -> None:
            if answer is None:
                return
            later, earlier = answer.later, answer.earlier
            names = series_labels.revision_name(later), series_labels.revision_name(earlier)
            about = labels.title(later.subject)
            if isinstance(answer, Unlink):
                self._submit(
                    "link",
                    lambda: self._tracker.unlink(later.message_id, earlier.message_id),
                    lambda _: self._unlinked(f"Unlinked: {names[0]} no longer follows {names[1]}: {about}"),
                )
            else:
                self._submit(
                    "link",
                    lambda: self._tracker.link(later.message_id, earlier.message_id),
                    lambda series_id: self._linked(f"Linked: {names[0]} follows {names[1]}: {about}", series_id),
                )

        newest = row.revisions[-1]
        revision = next((r for r in row.revisions if r.message_id == root), newest)
        self._app.push_screen(LinkDialog(self._tracker, self._jobs, row, revision, candidates), answered)

    def _linked(self, outcome: str, series_id: int) -> None:
        self._jobs.notices.show("link", "outcome", outcome)
        self._done()
        self._regrouped(series_id)

    def _unlinked(self, outcome: str) -> None:
        self._jobs.notices.show("link", "outcome", outcome)
        self._done()
        self._regrouped(None)

    def dismiss(self, row: AnySeries, listed: ListedPoint) -> None:
        """Dismiss a point of a series."""

        def done(_: ListedPoint) -> None:
            outcome = f"Dismissed point {listed.number}: “{line(listed.point.text)}”"
            self._jobs.notices.show("dismiss", "outcome", outcome)
            self._done()

        self._submit("dismiss", lambda: self._tracker.dismiss(row.id, listed.point.key), done)

    def undo(self) -> None:
        """Undo the last decision of any kind."""

        def undone(what: str) -> None:
            self._jobs.notices.dismiss(*_UNDOABLE)
            self._jobs.notices.show("undo", "outcome", f"Undone: {what}")
            self._regrouped(None)

        self._submit("undo", self._tracker.undo, undone)

    def _write(self, about: str, rows: Sequence[AnySeries], work: Callable[[], None], outcome: str) -> None:
        def done(_: None) -> None:
            self._jobs.notices.show(about, "outcome", f"{outcome}: {_name(rows)}")
            self._done()

        if rows:
            if about not in _STAYS:
                self._deciding(_ids(rows))
            self._submit(about, work, done)

    def _submit(self, about: str, work: Callable[[], Result], done: Callable[[Result], None]) -> None:
        self._jobs.submit("write", about, work, done)


def _ids(rows: Sequence[AnySeries]) -> list[int]:
    return [row.id for row in rows]


def _name(rows: Sequence[AnySeries]) -> str:
    return line(rows[0].title) if len(rows) == 1 else f"{len(rows)} series"
