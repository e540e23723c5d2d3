"""One series: how it stands and why, its revisions, the chosen one's mails as a tree, and the chosen mail."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widgets import Footer

from patchwatch.db.rows import Evidence, MessageRow, SeriesRow
from patchwatch.errors import PatchwatchError
from patchwatch.printable import line
from patchwatch.tui import keys, wording
from patchwatch.tui.core import Core
from patchwatch.tui.errands import Errands
from patchwatch.tui.heading import EvidenceLine, SeriesHeading, evidence_of
from patchwatch.tui.live import LiveScreen
from patchwatch.tui.mail_view import MailView
from patchwatch.tui.page import Sheet, broken, compose, said
from patchwatch.tui.rail import RevisionRail
from patchwatch.tui.reading import Reading
from patchwatch.tui.rowlist import RowList
from patchwatch.tui.status_bar import StatusBar
from patchwatch.tui.thread_list import ThreadList


class SeriesScreen(LiveScreen):
    """The tree at the left and the mail beside it; the mail below where the screen is narrow."""

    AUTO_FOCUS = "ThreadList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "unread(1)", "Unread", tooltip="Next unread mail", id="series.next_unread"),
        Binding("N", "unread(-1)", "Previous unread mail", show=False, id="series.previous_unread"),
        Binding("e", "evidence", "Evidence", tooltip="The words that the state is taken from", id="series.evidence"),
        Binding("E", "turn", "Turn", show=False, tooltip="The words that the turn is taken from", id="series.turn"),
        keys.OLDER,
        keys.NEWER,
        Binding("space,pagedown", "page(1)", "Page down", show=False, tooltip="Scroll the mail", id="series.page_down"),
        Binding("b,pageup", "page(-1)", "Page up", show=False, tooltip="Scroll the mail back", id="series.page_up"),
        Binding("z", "zoom", "Zoom", show=False, tooltip="Give the mail the whole screen", id="series.zoom"),
        keys.POLL,
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

    def __init__(self, core: Core, errands: Errands, series_id: int) -> None:
        """Shows series number `series_id`."""
        super().__init__()
        self.series_id = series_id
        self._core = core
        self._errands = errands
        self._reading: Reading | None = None  # until the rows were read
        self._asked = ""  # the mail that was last asked for
        self._sentence: tuple[str, str] | None = None  # a mail, and the words to show in it once it is open

    def compose(self) -> ComposeResult:
        """Heading, revisions, tree, mail, status, keys."""
        yield SeriesHeading(focusable=True, id="heading")
        yield RevisionRail(id="rail")
        with Container(id="panes"):
            yield ThreadList(self._core.now, id="thread")
            yield MailView(id="mail")
        yield StatusBar()
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read the rows."""
        self.reload()

    @property
    def thread(self) -> ThreadList:
        """The tree."""
        return self.query_one(ThreadList)

    @property
    def mail(self) -> MailView:
        """The mail."""
        return self.query_one(MailView)

    def reload(self) -> None:
        """Read the rows anew; what is chosen, scrolled and focused stays so."""
        self._errands.send(
            "read",
            "series",
            lambda: (self._core.one(self.series_id), tuple(self._core.thread(self.series_id))),
            self._show,
            self._failed,
            screen=self,
        )

    def tick(self) -> None:
        """Let the ages grow."""
        if self._reading:
            self._draw_heading(self._reading)

    def _show(self, read: tuple[SeriesRow, tuple[MessageRow, ...]]) -> None:
        self._errands.notices.hush("series")
        if self._reading is None:
            self._reading = Reading(*read)
            self._begin(self._reading)
        else:
            self._reading.update(*read)
            self._draw(self._reading)
        self.post_message(self.Loaded(True))

    def _failed(self, error: PatchwatchError) -> None:
        self._errands.notices.say("series", "error", str(error))
        self.post_message(self.Loaded(False))

    def _draw_heading(self, reading: Reading) -> None:
        evidence = evidence_of(reading.series)
        spoken = reading.row(evidence.message_id) if evidence else None
        self.query_one(SeriesHeading).show(reading.series, self._core.now(), spoken)
        unread = {row.revision for row in reading.unread}
        self.query_one(RevisionRail).show(reading.series.revisions, reading.index, unread)

    def _draw(self, reading: Reading) -> None:
        self._draw_heading(reading)
        self.thread.show(reading.mails, reading.revision.expected if reading.revision else 0, reading.read)

    def _begin(self, reading: Reading) -> None:
        """Show the chosen revision from where it is to be read."""
        self._draw(reading)
        if not self.thread.select(reading.first):
            self.thread.action_first()
        self._open()

    # Reading a mail.

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._open()

    def _open(self) -> None:
        row = self.thread.row
        if row is None or row.message_id == self._asked:
            return
        self._asked = row.message_id
        message_id, width = row.message_id, self.mail.text_width
        self._errands.send(
            "read",
            "mail",
            lambda: broken(compose(self._core.mail(message_id)), width),
            self._opened,
            self._not_opened,
            screen=self,
            latest=True,
        )

    def _opened(self, sheet: Sheet) -> None:
        message_id = sheet.page.message_id
        if message_id != self._asked:
            return
        self._errands.notices.hush("mail")
        self.mail.show(sheet)
        self._show_sentence()
        self._mark_read(message_id)

    def _not_opened(self, error: PatchwatchError) -> None:
        self.mail.show(broken(said(self._asked, line(str(error))), self.mail.text_width))
        self._asked = ""
        self._errands.notices.say("mail", "error", str(error))

    def _mark_read(self, message_id: str) -> None:
        reading = self._reading
        if reading is None or message_id not in {row.message_id for row in reading.unread}:
            return

        def failed(error: PatchwatchError) -> None:
            self._errands.notices.say("mark read", "error", str(error))
            reading.read.discard(message_id)
            if self.is_current:
                self._draw(reading)

        reading.read.add(message_id)
        self._draw(reading)
        self._errands.send(
            "write",
            "mark read",
            lambda: self._core.mark_read([message_id]),
            lambda _: self._errands.notices.hush("mark read"),
            failed,
        )

    # Moving about.

    def _go_to(self, reading: Reading, row: MessageRow) -> None:
        if reading.choose_of(row):
            self._draw(reading)
        self.thread.select(row.message_id)
        self._open()

    def action_unread(self, direction: int) -> None:
        """Go to the next unread mail of the series, over all its revisions."""
        if self._reading is None:
            return
        here = self.thread.row
        row = self._reading.next_unread(here.message_id if here else "", direction)
        if row is None:
            self._errands.notices.say("unread", "outcome", "No unread mail is left in this series.")
        else:
            self._errands.notices.hush("unread")
            self._go_to(self._reading, row)

    def action_revision(self, direction: int) -> None:
        """Choose an older or newer revision."""
        if self._reading:
            self._choose(self._reading, self._reading.index + direction)

    @on(RevisionRail.Chosen)
    def _rail_chosen(self, event: RevisionRail.Chosen) -> None:
        if self._reading:
            self._choose(self._reading, event.index)

    def _choose(self, reading: Reading, index: int) -> None:
        if reading.choose(index):
            self._begin(reading)

    @on(EvidenceLine.Asked)
    def action_evidence(self) -> None:
        """Show the words that the state is taken from."""
        if self._reading:
            self._show_evidence(self._reading, evidence_of(self._reading.series))

    def action_turn(self) -> None:
        """Show the words that the turn is taken from."""
        if self._reading:
            self._show_evidence(self._reading, self._reading.series.turn_evidence)

    def _show_evidence(self, reading: Reading, evidence: Evidence | None) -> None:
        row = reading.row(evidence.message_id) if evidence else None
        if evidence is None or row is None:
            self._errands.notices.say("evidence", "outcome", wording.without_mail(evidence))
            return
        self._errands.notices.hush("evidence")
        self._sentence = (row.message_id, evidence.text)
        self._go_to(reading, row)
        self._show_sentence()

    def _show_sentence(self) -> None:
        """Mark the words that were asked for, once their mail is open."""
        page = self.mail.page
        if self._sentence is None or page is None or page.message_id != self._sentence[0]:
            return
        sentence, self._sentence = self._sentence[1], None
        if not self.mail.highlight(sentence):
            self._errands.notices.say("evidence", "outcome", f"In this mail, in other words: {line(sentence)}")

    # The mail and the tree.

    @on(RowList.Chosen)
    def _read_on(self) -> None:
        self.mail.focus()
        if self.has_class("-narrow"):
            self.add_class("-zoomed")

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
            self._errands.notices.hush("series", "mail", "evidence", "unread")
            self.dismiss()

    def action_step_back(self) -> None:
        """Leave the mail for the tree, and the tree for the overview."""
        if self.mail.has_focus and not self.has_class("-zoomed"):
            self.thread.focus()
        else:
            self.action_back()
