"""One series: its state and history, its revisions, the thread of the chosen revision, and a mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message

from patchwatch.errors import NotFoundError, PatchwatchError
from patchwatch.series.model import MessageRow, SeriesRow, StateChangeRow
from patchwatch.series.patch_reading import VersionReading, summary
from patchwatch.series.state.next_action import asks_for_it
from patchwatch.tui.base import keys
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.refresh import Throttled
from patchwatch.tui.controllers.follow_link import LinkFollower
from patchwatch.tui.controllers.follow_revision import RevisionFollower
from patchwatch.tui.controllers.mark_read import ReadMarker
from patchwatch.tui.controllers.open_mail import MailLoader
from patchwatch.tui.controllers.series_state import SeriesState
from patchwatch.tui.render.selection import Selection, of_mail
from patchwatch.tui.render.series_names import AnySeries
from patchwatch.tui.screens.series_keys import SERIES_KEYS
from patchwatch.tui.screens.series_patches import PatchScreen
from patchwatch.tui.widgets.history_list import HistoryList
from patchwatch.tui.widgets.key_hints import KeyHints
from patchwatch.tui.widgets.mail_view import MailView
from patchwatch.tui.widgets.point_list import PointList
from patchwatch.tui.widgets.revision_bar import RevisionBar
from patchwatch.tui.widgets.row_list import RowList
from patchwatch.tui.widgets.series_header import SeriesHeader, evidence_of
from patchwatch.tui.widgets.status_bar import StatusBar
from patchwatch.tui.widgets.thread_list import ThreadList

Rows: TypeAlias = tuple[SeriesRow, tuple[MessageRow, ...], tuple[StateChangeRow, ...], Mapping[str, VersionReading]]


class SeriesScreen(PatchScreen):
    """The thread at the left and the mail beside it, or below it on a narrow screen."""

    AUTO_FOCUS = "ThreadList"
    BINDINGS: ClassVar[list[BindingType]] = list(SERIES_KEYS)

    class Loaded(Message):
        """The rows were loaded, or loading failed."""

        def __init__(self, succeeded: bool) -> None:
            """`succeeded` is False if loading failed."""
            super().__init__()
            self.succeeded = succeeded

    class MarkedRead(Message):
        """Mails were marked as read, and nothing else changed."""

        def __init__(self, screen: SeriesScreen, generation: int) -> None:
            """`screen` shows it already; `generation` is that of the database after the change."""
            super().__init__()
            self.screen = screen
            self.generation = generation

    class NextUnread(Message):
        """The series has no unread mail left; go to the next series that has some."""

        def __init__(self, screen: SeriesScreen, direction: int) -> None:
            """The next (1) or previous (-1) series after that of `screen`, which then shows it."""
            super().__init__()
            self.screen = screen
            self.direction = direction

    class LinkOpened(Message):
        """The user followed a link to another series."""

        def __init__(self, series_id: int) -> None:
            """`series_id` is its number."""
            super().__init__()
            self.series_id = series_id

    def __init__(self, tracker: TrackerAPI, jobs: Jobs, series_id: int) -> None:
        """Show the series with this number."""
        super().__init__()
        self.series_id = series_id
        self._tracker = tracker
        self._jobs = jobs
        self._reading: SeriesState | None = None  # until the rows are loaded
        self._wanted = ""  # the mail to show when another series is loaded
        self._reloading = Throttled(self, self.read_rows)
        self._read_marker = ReadMarker(self, tracker, jobs, self._marked_read, self._unread_again)
        self._loader = MailLoader(self, tracker, jobs, self._opened)
        self._follower = RevisionFollower(self, tracker, jobs, lambda: self._reading, self._move_to, self._load_failed)
        self._links = LinkFollower(self, tracker, jobs, self._loader, self._go_to, self._open_series)

    def compose(self) -> ComposeResult:
        """Header, history, revisions, points, thread, mail, status bar, key hints."""
        yield SeriesHeader(id="header")
        yield HistoryList(self._tracker.now, id="history")
        yield RevisionBar(id="revisions")
        yield PointList(self._tracker.now, id="points")
        with Container(id="panes"):
            yield ThreadList(self._tracker.now, id="thread")
            yield MailView(id="mail")
        yield StatusBar()
        yield KeyHints()

    def on_mount(self) -> None:
        """Show beside a fold which key unfolds it."""
        if key := keys.key_display(self.app, self.BINDINGS, "series.quotes"):
            self.mail.hint = f"{key} unfolds"

    @property
    def thread(self) -> ThreadList:
        """The thread."""
        return self.query_one(ThreadList)

    @property
    def mail(self) -> MailView:
        """The mail."""
        return self.query_one(MailView)

    @property
    def history(self) -> HistoryList:
        """The history."""
        return self.query_one(HistoryList)

    def turn_to(self, series_id: int, message_id: str = "") -> None:
        """Show another series instead, at one of its mails if that is given."""
        self._read_marker.write()
        self.series_id = series_id
        self._reading = None
        self._loader.forget()
        self._reloading.forget()
        self._wanted = message_id
        self.read_rows()

    def reload(self) -> None:
        """Reload the rows, at once or after a pause; selection, scroll position and focus stay."""
        self._reloading.ask()

    def read_rows(self) -> None:
        """Reload the rows now."""
        series_id = self.series_id
        self._jobs.submit(
            "read",
            "series",
            lambda: self._rows(series_id),
            self._show,
            self._failed,
            screen=self,
        )

    def _rows(self, series_id: int) -> Rows:
        row, tracker = self._tracker.one(series_id), self._tracker
        return row, tuple(tracker.thread(series_id)), tuple(tracker.steps(series_id)), tracker.readings(row)

    def tick(self) -> None:
        """Update the ages."""
        if self._reading:
            self._draw_header(self._reading)
            self.thread.redraw()

    def _show(self, read: Rows) -> None:
        if read[0].id != self.series_id:
            return  # another series is shown meanwhile
        self._jobs.notices.dismiss("series")
        self.take_readings(read[0], read[3])
        if self._reading is None:
            self._reading = SeriesState(*read)
            if row := self._reading.row(self._wanted):
                self._reading.choose_of(row)
            self._begin(self._reading, self._wanted)
        else:
            self._reading.update(*read)
            self._draw(self._reading)
            self._loader.refresh_replies()
        self.post_message(self.Loaded(True))

    def _failed(self, error: PatchwatchError) -> None:
        if self._reading and isinstance(error, NotFoundError):
            self._follower.follow(error)
        else:
            self._load_failed(error)

    def _load_failed(self, error: PatchwatchError) -> None:
        self._jobs.notices.show("series", "error", str(error))
        self.post_message(self.Loaded(False))

    def _draw_header(self, reading: SeriesState) -> None:
        self.draw_points(reading)
        unread = {row.revision for row in reading.unread}
        self.query_one(RevisionBar).show(reading.series.revisions, reading.index, unread, summary(reading.reading))

    def _draw(self, reading: SeriesState) -> None:
        self._draw_header(reading)
        self.history.show(reading.history)
        self.thread.show(reading.mails, reading.revision, reading.read, reading.reading)

    def _begin(self, reading: SeriesState, message_id: str = "") -> None:
        """Show the chosen revision at a mail, or at the first one to read."""
        self._draw(reading)
        if not self.thread.select(message_id) and not self.thread.select(reading.first):
            self.thread.action_first()
        self._open()

    @on(RowList.Moved, "#thread")
    def _moved(self) -> None:
        self._open()

    def _open(self) -> None:
        self.mail.skips_headers = self.has_class("-short") and not self.has_class("-zoomed")
        if self._reading and (row := self.thread.row) and self._loader.open(self._reading, row.message_id):
            self._links.unknown = ""

    def _opened(self, message_id: str) -> None:
        if self._reading and self._read_marker.mark(self._reading, message_id):
            self._draw_header(self._reading)
            self.thread.redraw_row(message_id)

    def _marked_read(self, generation: int) -> None:
        self.post_message(self.MarkedRead(self, generation))

    def _unread_again(self, reading: SeriesState) -> None:
        if self.is_current and reading is self._reading:
            self._draw(reading)

    def on_unmount(self) -> None:
        """Save the last read marks."""
        self._read_marker.write()

    # Navigation.

    def _go_to(self, reading: SeriesState, row: MessageRow) -> None:
        if reading.choose_of(row):
            self._draw(reading)
        self.thread.select(row.message_id)
        self._open()

    def action_unread(self, direction: int) -> None:
        """Go to the next unread mail, or patch left to read, or else to the next series that has unread mail."""
        if self._reading is None:
            return
        here = self.thread.row
        row = self._reading.next_left(here.message_id if here else "", direction)
        if row is None:
            self.post_message(self.NextUnread(self, direction))
        else:
            self._jobs.notices.dismiss("unread")
            self._go_to(self._reading, row)

    def action_revision(self, direction: int) -> None:
        """Choose an older or newer revision."""
        if self._reading:
            self._choose(self._reading, self._reading.index + direction)

    @on(RevisionBar.Chosen)
    def _revision_chosen(self, event: RevisionBar.Chosen) -> None:
        if self._reading:
            self._choose(self._reading, event.index)

    def _choose(self, reading: SeriesState, index: int) -> None:
        if reading.choose(index):
            self._begin(reading)

    def action_evidence(self) -> None:
        """Show the evidence for the state."""
        if self._reading:
            self._links.to_evidence(self._reading, evidence_of(self._reading.series))

    def action_turn(self) -> None:
        """Show the mail that asks for the next action."""
        if self._reading:
            self._links.to_evidence(self._reading, asks_for_it(self._reading.series))

    def action_history(self) -> None:
        """Open the history, or go back to the thread."""
        (self.thread if self.history.has_focus else self.history).focus()

    @on(RowList.Chosen, "#history")
    def _entry_chosen(self) -> None:
        if self._reading and (entry := self.history.row):
            self._links.to_evidence(self._reading, entry.evidence)

    @on(MailView.Followed)
    def _followed(self, event: MailView.Followed) -> None:
        if self._reading:
            self._links.to_target(self._reading, event.target)

    def _open_series(self, series_id: int) -> None:
        self.post_message(self.LinkOpened(series_id))

    def targets(self) -> Sequence[AnySeries]:
        """This series."""
        return [self._reading.series] if self._reading else []

    def selection(self) -> Selection | None:
        """The mail under the cursor, with the patch that it is or replies to."""
        reading, row = self._reading, self.thread.row
        if reading is None or reading.revision is None or row is None:
            return None
        return of_mail(row, reading.posting_of(row), reading.revision)

    def selected_page(self) -> str:
        """The selected link in the mail, or the mail."""
        link = self.mail.link if self.mail.has_focus else ""
        return self._links.page(link) if link else super().selected_page()

    @property
    def proposed(self) -> str:
        """For the watch dialog: the selected or unknown link in the mail, or the series itself if it is not watched."""
        if link := self.mail.link or self._links.unknown:
            return link
        row = self._reading.series if self._reading else None
        return row.revisions[-1].message_id if row and row.revisions and not row.watched else ""

    def action_link(self) -> None:
        """Link this series with another one, or unlink the chosen revision."""
        if self._reading and self._reading.revision:
            self._deciding.link(self._reading.series, self._reading.revision.message_id)

    def regrouped(self, series_id: int | None) -> None:
        """Show the series that the chosen revision belongs to now."""
        self._follower.follow()

    def _move_to(self, series_id: int) -> None:
        self.turn_to(series_id, self.thread.row.message_id if self.thread.row else "")

    # Mail, thread and other screens.

    @on(RowList.Chosen, "#thread")
    def _read_on(self) -> None:
        if self.has_class("-narrow") or self.has_class("-short"):
            self.action_zoom()
        else:
            self.mail.focus()

    def action_next_target(self, direction: int) -> None:
        """Focus the mail and select the next or previous link target in it."""
        self.mail.focus()
        self.mail.action_next_target(direction)

    def action_quotes(self) -> None:
        """Unfold or fold the quotes of the mail."""
        self.mail.toggle_quotes()

    def action_wrap(self) -> None:
        """Wrap the long lines of diffs, or stop wrapping them."""
        self.mail.toggle_wrapping()

    def action_page(self, pages: int) -> None:
        """Scroll the mail, with or without the focus."""
        self.mail.page_by(pages)

    def action_zoom(self) -> None:
        """Show only the mail, or the thread again."""
        self.toggle_class("-zoomed")
        if self.has_class("-zoomed"):
            self.mail.show_headers()
            self.mail.focus()
        else:
            if self.has_class("-short"):
                self.mail.call_after_refresh(self.mail.skip_headers)
            self.thread.focus()

    def action_back(self) -> None:
        """Leave the zoom, or the screen."""
        if self.has_class("-zoomed"):
            self.action_zoom()
        else:
            self._jobs.notices.dismiss("series", "mail", "evidence", "unread", "link", "point", "patch")
            self.dismiss()

    def action_step_back(self) -> None:
        """Go from the mail or the history to the thread, and from the thread to the overview."""
        if not self.thread.has_focus and not self.has_class("-zoomed"):
            self.thread.focus()
        else:
            self.action_back()
