"""One series: how it stands and why, its revisions, the chosen one's mails as a tree, and the chosen mail."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import ClassVar, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message

from patchwatch.errors import NotFoundError, PatchwatchError
from patchwatch.series.model import MessageRow, SeriesRow, StateChangeRow
from patchwatch.tui.base import keys
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.refresh import Throttled
from patchwatch.tui.controllers.follow_link import LinkFollower
from patchwatch.tui.controllers.mark_read import ReadMarker
from patchwatch.tui.controllers.open_mail import MailLoader
from patchwatch.tui.controllers.series_state import SeriesState
from patchwatch.tui.render.selection import Selection, of_mail
from patchwatch.tui.render.series_names import AnySeries
from patchwatch.tui.screens.actions import ACTIONS, ActionScreen
from patchwatch.tui.screens.files import FilesScreen
from patchwatch.tui.widgets.history_list import HistoryList
from patchwatch.tui.widgets.key_hints import KeyHints
from patchwatch.tui.widgets.mail_view import MailView
from patchwatch.tui.widgets.revision_bar import RevisionBar
from patchwatch.tui.widgets.row_list import RowList
from patchwatch.tui.widgets.series_header import SeriesHeader, evidence_of
from patchwatch.tui.widgets.status_bar import StatusBar
from patchwatch.tui.widgets.thread_list import ThreadList

Rows: TypeAlias = tuple[SeriesRow, tuple[MessageRow, ...], tuple[StateChangeRow, ...]]


class SeriesScreen(ActionScreen):
    """The tree at the left and the mail beside it; the mail below where the screen is narrow."""

    AUTO_FOCUS = "ThreadList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "unread(1)", "Unread", tooltip="Next unread mail, then the next series", id="series.next_unread"),
        Binding("N", "unread(-1)", "Previous unread mail", show=False, id="series.previous_unread"),
        Binding("e", "evidence", "Why", tooltip="The words that the state is taken from", id="series.evidence"),
        Binding("E", "turn", "Turn", show=False, tooltip="The words that the turn is taken from", id="series.turn"),
        Binding("s", "story", "Story", tooltip="How it came to its state, step by step", id="series.story"),
        keys.OLDER,
        keys.NEWER,
        Binding("d", "compare", "Diff", tooltip="What changed since the revision before", id="series.compare"),
        Binding("f", "files", "Files", tooltip="The files that the revision touches", id="series.files"),
        Binding("t", "quotes", "Quotes", show=False, tooltip="Unfold the quotes, or fold them", id="series.quotes"),
        Binding("backslash", "wrap", "Wrap", show=False, tooltip="Break the long lines of diffs", id="series.wrap"),
        Binding("space,pagedown", "page(1)", "Page down", show=False, tooltip="Scroll the mail", id="series.page_down"),
        Binding("b,pageup", "page(-1)", "Page up", show=False, tooltip="Scroll the mail back", id="series.page_up"),
        Binding("full_stop", "spot(1)", "Next link, answer or fold", show=False, id="series.next_link"),
        Binding("comma", "spot(-1)", "Previous link, answer or fold", show=False, id="series.previous_link"),
        Binding("z", "zoom", "Zoom", show=False, tooltip="Give the mail the whole screen", id="series.zoom"),
        *ACTIONS,
        Binding("R", "reply", "Reply", show=False, tooltip="Answer the mail in sight, to all", id="series.reply"),
        Binding("T", "tag", "Tags", show=False, tooltip="Give Reviewed-by and its kin", id="series.tag"),
        Binding("B", "b4", "b4", show=False, tooltip="Hand the revision over to b4", id="series.b4"),
        dataclasses.replace(keys.POLL, show=False),
        keys.HELP,
        Binding("q", "back", "Back", id="series.back"),
        dataclasses.replace(keys.WATCH, show=False),
        Binding("escape", "step_back", "Back", show=False, tooltip="To the tree, then back", id="series.step_back"),
    ]

    class Loaded(Message):
        """The rows were read, or could not be."""

        def __init__(self, succeeded: bool) -> None:
            """Which of the two."""
            super().__init__()
            self.succeeded = succeeded

    class MarkedRead(Message):
        """Mails were noted to be read; nothing else than that has changed."""

        def __init__(self, screen: SeriesScreen, generation: int) -> None:
            """`screen` shows it already; `generation` is what this made of the one before."""
            super().__init__()
            self.screen = screen
            self.generation = generation

    class NextUnread(Message):
        """No unread mail is left here: the next series that has some is wanted."""

        def __init__(self, screen: SeriesScreen, direction: int) -> None:
            """The one after (1) or before (-1) that of `screen`, which then turns to it."""
            super().__init__()
            self.screen = screen
            self.direction = direction

    class LinkOpened(Message):
        """A link led to another series."""

        def __init__(self, series_id: int) -> None:
            """Its number."""
            super().__init__()
            self.series_id = series_id

    def __init__(self, tracker: TrackerAPI, jobs: Jobs, series_id: int) -> None:
        """Shows series number `series_id`."""
        super().__init__()
        self.series_id = series_id
        self._tracker = tracker
        self._jobs = jobs
        self._reading: SeriesState | None = None  # until the rows were read
        self._wanted = ""  # the mail to begin with, when the rows of another series are there
        self._rereading = Throttled(self, self.read_rows)
        self._read_marker = ReadMarker(self, tracker, jobs, self._noted, self._unread_again)
        self._loader = MailLoader(self, tracker, jobs, self._opened)
        self._links = LinkFollower(self, tracker, jobs, self._loader, self._go_to, self._lead)

    def compose(self) -> ComposeResult:
        """Heading, story, revisions, tree, mail, status, keys."""
        yield SeriesHeader(reason=False, id="heading")
        yield HistoryList(self._tracker.now, id="story")
        yield RevisionBar(id="rail")
        with Container(id="panes"):
            yield ThreadList(self._tracker.now, id="thread")
            yield MailView(id="mail")
        yield StatusBar()
        yield KeyHints()

    def on_mount(self) -> None:
        """Set beside a fold which key opens it."""
        if key := keys.key_display(self.app, self.BINDINGS, "series.quotes"):
            self.mail.hint = f"{key} unfolds"

    @property
    def thread(self) -> ThreadList:
        """The tree."""
        return self.query_one(ThreadList)

    @property
    def mail(self) -> MailView:
        """The mail."""
        return self.query_one(MailView)

    @property
    def story(self) -> HistoryList:
        """How it came to its state."""
        return self.query_one(HistoryList)

    def turn_to(self, series_id: int, message_id: str = "") -> None:
        """Show another series instead, beginning with one of its mails if that is named."""
        self._read_marker.write()
        self.series_id = series_id
        self._reading = None
        self._loader.forget()
        self._rereading.forget()
        self._wanted = message_id
        self.read_rows()

    def reload(self) -> None:
        """Read the rows anew, at once or after a pause; what is chosen, scrolled and focused stays so."""
        self._rereading.ask()

    def read_rows(self) -> None:
        """Read the rows now."""
        series_id = self.series_id
        self._jobs.submit(
            "read",
            "series",
            lambda: (
                self._tracker.one(series_id),
                tuple(self._tracker.thread(series_id)),
                tuple(self._tracker.steps(series_id)),
            ),
            self._show,
            self._failed,
            screen=self,
        )

    def tick(self) -> None:
        """Let the ages grow."""
        if self._reading:
            self._draw_heading(self._reading)
            self.thread.redraw()

    def _show(self, read: Rows) -> None:
        if read[0].id != self.series_id:
            return  # another one was turned to meanwhile
        self._jobs.notices.dismiss("series")
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
            self._follow_revision(self._reading, error)
        else:
            self._not_read(error)

    def _not_read(self, error: PatchwatchError) -> None:
        self._jobs.notices.show("series", "error", str(error))
        self.post_message(self.Loaded(False))

    def _draw_heading(self, reading: SeriesState) -> None:
        self.query_one(SeriesHeader).show(reading.series, self._tracker.now())
        unread = {row.revision for row in reading.unread}
        self.query_one(RevisionBar).show(reading.series.revisions, reading.index, unread)

    def _draw(self, reading: SeriesState) -> None:
        self._draw_heading(reading)
        self.story.tell(reading.history)
        self.thread.show(reading.mails, reading.revision, reading.read)

    def _begin(self, reading: SeriesState, message_id: str = "") -> None:
        """Show the chosen revision from a mail, or from where it is to be read."""
        self._draw(reading)
        if not self.thread.select(message_id) and not self.thread.select(reading.first):
            self.thread.action_first()
        self._open()

    # Reading a mail.

    @on(RowList.Moved, "#thread")
    def _moved(self) -> None:
        self._open()

    def _open(self) -> None:
        row = self.thread.row
        if self._reading and row and self._loader.open(self._reading, row.message_id):
            self._links.unknown = ""

    def _opened(self, message_id: str) -> None:
        if self._reading and self._read_marker.mark(self._reading, message_id):
            self._draw_heading(self._reading)
            self.thread.redraw_row(message_id)

    def _noted(self, generation: int) -> None:
        self.post_message(self.MarkedRead(self, generation))

    def _unread_again(self, reading: SeriesState) -> None:
        if self.is_current and reading is self._reading:
            self._draw(reading)

    def on_unmount(self) -> None:
        """Note what was read at last."""
        self._read_marker.write()

    # Moving about.

    def _go_to(self, reading: SeriesState, row: MessageRow) -> None:
        if reading.choose_of(row):
            self._draw(reading)
        self.thread.select(row.message_id)
        self._open()

    def action_unread(self, direction: int) -> None:
        """Go to the next unread mail of the series, over all its revisions; then to the next series that has one."""
        if self._reading is None:
            return
        here = self.thread.row
        row = self._reading.next_unread(here.message_id if here else "", direction)
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
    def _rail_chosen(self, event: RevisionBar.Chosen) -> None:
        if self._reading:
            self._choose(self._reading, event.index)

    def _choose(self, reading: SeriesState, index: int) -> None:
        if reading.choose(index):
            self._begin(reading)

    def action_evidence(self) -> None:
        """Show the words that the state is taken from."""
        if self._reading:
            self._links.to_evidence(self._reading, evidence_of(self._reading.series))

    def action_turn(self) -> None:
        """Show the words that the turn is taken from."""
        if self._reading:
            self._links.to_evidence(self._reading, self._reading.series.turn_evidence)

    def action_story(self) -> None:
        """Open the story, or go back to the tree."""
        (self.thread if self.story.has_focus else self.story).focus()

    @on(RowList.Chosen, "#story")
    def _step_chosen(self) -> None:
        step = self.story.row
        if self._reading and step:
            self._links.to_evidence(self._reading, step.evidence)

    @on(MailView.Followed)
    def _followed(self, event: MailView.Followed) -> None:
        if self._reading:
            self._links.to_spot(self._reading, event.spot)

    def _lead(self, series_id: int) -> None:
        self.post_message(self.LinkOpened(series_id))

    # Acting.

    def targets(self) -> Sequence[AnySeries]:
        """This series."""
        return [self._reading.series] if self._reading else []

    def selection(self) -> Selection | None:
        """The mail under the cursor, with the patch that it is or is about."""
        reading, row = self._reading, self.thread.row
        if reading is None or reading.revision is None or row is None:
            return None
        return of_mail(row, reading.posting_of(row), reading.revision)

    def selected_page(self) -> str:
        """The link that is chosen in the mail, or the mail."""
        link = self.mail.link if self.mail.has_focus else ""
        return self._links.page(link) if link else super().selected_page()

    @property
    def proposed(self) -> str:
        """The link that is chosen in the mail, or that led to nothing; or the series itself, if it is not watched."""
        if link := self.mail.link or self._links.unknown:
            return link
        row = self._reading.series if self._reading else None
        return row.revisions[-1].message_id if row and row.revisions and not row.watched else ""

    def action_link(self) -> None:
        """Link this series with another one, or part the chosen revision from the one before."""
        if self._reading and self._reading.revision:
            self._deciding.link(self._reading.series, self._reading.revision.message_id)

    def regrouped(self, series_id: int | None) -> None:
        """Stay with the chosen revision, whichever series it belongs to now."""
        if self._reading:
            self._follow_revision(self._reading)

    def _follow_revision(self, reading: SeriesState, gone: NotFoundError | None = None) -> None:
        """Turn to the series that the chosen revision belongs to now; `gone` says that it is no more where it was."""
        revision, row = reading.revision, self.thread.row

        def found(series_id: int) -> None:
            if reading is not self._reading:
                return
            if series_id != self.series_id:
                self.turn_to(series_id, row.message_id if row else "")
            elif gone is not None:
                self._not_read(gone)

        if revision is None:
            self._not_read(gone or NotFoundError(f"there is no series {self.series_id}."))
            return
        self._jobs.submit(
            "read", "series", lambda: self._tracker.find(revision.message_id), found, self._not_read, screen=self
        )

    # The mail and the tree.

    @on(RowList.Chosen, "#thread")
    def _read_on(self) -> None:
        self.mail.focus()
        if self.has_class("-narrow"):
            self.add_class("-zoomed")

    def action_spot(self, direction: int) -> None:
        """Go to the mail, and choose the next or previous thing in it that can be followed."""
        self.mail.focus()
        self.mail.action_spot(direction)

    def action_quotes(self) -> None:
        """Unfold the quotes of the mail, or fold them again."""
        self.mail.toggle_quotes()

    def action_wrap(self) -> None:
        """Break the long lines of diffs, or let them run on."""
        self.mail.toggle_wrapping()

    def action_files(self) -> None:
        """Show the files that the chosen revision touches."""
        if self._reading and self._reading.revision:
            revision = self._reading.revision
            patches = [row for row in self._reading.mails if row.message_id in revision.patch_message_ids]
            self.app.push_screen(FilesScreen(self._tracker, self._jobs, revision, patches), self._patch_chosen)

    def action_compare(self) -> None:
        """Compare the chosen revision with the one before it; the first one with the one after."""
        reading = self._reading
        if reading is None:
            return
        revisions = reading.series.revisions
        if len(revisions) < 2:
            self._jobs.notices.show("compare", "note", "There is one revision only: nothing to compare it with.")
            return
        from patchwatch.tui.screens.compare import CompareScreen

        newer = max(reading.index, 1)
        screen = CompareScreen(self._tracker, self._jobs, self.series_id, revisions, newer - 1, newer)
        self.app.push_screen(screen, self._patch_chosen)

    def _patch_chosen(self, message_id: str | None) -> None:
        row = self._reading.row(message_id) if self._reading and message_id else None
        if self._reading and row:
            self._go_to(self._reading, row)

    def action_page(self, pages: int) -> None:
        """Scroll the mail, wherever the focus is."""
        self.mail.page_by(pages)

    def action_zoom(self) -> None:
        """Give the mail the whole screen, or give the tree its place back."""
        self.toggle_class("-zoomed")
        (self.mail if self.has_class("-zoomed") else self.thread).focus()

    def action_back(self) -> None:
        """Leave the zoom, or the screen."""
        if self.has_class("-zoomed"):
            self.action_zoom()
        else:
            self._jobs.notices.dismiss("series", "mail", "evidence", "unread", "link")
            self.dismiss()

    def action_step_back(self) -> None:
        """Leave the mail or the story for the tree, and the tree for the overview."""
        if not self.thread.has_focus and not self.has_class("-zoomed"):
            self.thread.focus()
        else:
            self.action_back()
