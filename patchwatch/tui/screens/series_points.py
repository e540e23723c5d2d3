"""What the screen of a series does with points: list them, go from one to the next, show the mails about them."""

from __future__ import annotations

from textual import on

from patchwatch.series import point_labels
from patchwatch.series.model import Evidence
from patchwatch.series.point_list import ListedPoint, listed_points
from patchwatch.tui.controllers.follow_link import LinkFollower
from patchwatch.tui.controllers.series_state import SeriesState
from patchwatch.tui.render.point_notes import PointNotes
from patchwatch.tui.render.points import Fold
from patchwatch.tui.screens.actions import ActionScreen
from patchwatch.tui.widgets.point_list import PointList
from patchwatch.tui.widgets.row_list import RowList
from patchwatch.tui.widgets.series_header import SeriesHeader


class PointScreen(ActionScreen):
    """A screen with the points of one series."""

    _reading: SeriesState | None
    _links: LinkFollower
    _sentence_of = ""  # the key of the point whose sentence was shown last
    _has_points = False

    @property
    def points(self) -> PointList:
        """The points."""
        return self.query_one(PointList)

    @property
    def notes(self) -> PointNotes:
        """The points, to be shown below the lines of code that they are about."""
        return PointNotes(*self.points.shown, self._tracker.now())

    def draw_points(self, reading: SeriesState) -> None:
        """Show the state of the series with whom it waits for, and its points."""
        now, me = self._tracker.now(), self._tracker.addresses
        found = listed_points(reading.series, now)
        names = point_labels.names_in(reading.series, found, me)
        waiting = point_labels.waiting(reading.series, names, now) if reading.series.revisions else ""
        self.query_one(SeriesHeader).show(reading.series, now, waiting=waiting)
        self.points.show(found, names, reading.series.turn)
        if self._has_points != bool(found):
            self._has_points = bool(found)
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without points, their keys are not shown."""
        return self._has_points if action == "point" else super().check_action(action, parameters)

    def action_point(self, direction: int) -> None:
        """Go to the next or previous open point and show its sentence."""
        listed = self.points.go_next(direction)
        if listed is None:
            self._jobs.notices.show("point", "note", "No point is open.")
            return
        self._jobs.notices.dismiss("point")
        self.points.focus()
        self._show_sentence(listed)

    @on(RowList.Chosen, "#points")
    def _point_chosen(self) -> None:
        """Show the sentence that raised the point; if that is shown, the one that decided its fate."""
        row = self.points.row
        if isinstance(row, Fold):
            self.points.toggle(row)
        elif row is not None and row.point.closed_by and self._sentence_of == row.point.key:
            self._sentence_of = ""
            self._go(row.point.closed_by, row.point.closing)
        elif row is not None:
            self._show_sentence(row)

    def action_dismiss_point(self) -> None:
        """Dismiss the point under the cursor."""
        if self._reading and (listed := self.points.listed):
            self._deciding.dismiss(self._reading.series, listed)

    def _show_sentence(self, listed: ListedPoint) -> None:
        self._sentence_of = listed.point.key
        self._go(listed.point.message_id, listed.point.text)

    def _go(self, message_id: str, words: str) -> None:
        if self._reading:
            self._links.to_evidence(self._reading, Evidence(message_id, words))
