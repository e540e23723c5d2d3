"""The mail beside the tree: fetched when it is asked for, and shown with what was said about it.

The beginning of a large one is shown before all of it was taken apart.  Below a patch stand its answers, which may
become more while it is read.  Words that were looked for are set off once their mail is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from patchwatch.errors import PatchwatchError
from patchwatch.sanitize import line
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.controllers.series_state import SeriesState
from patchwatch.tui.render.page import Sheet, broken, compose, length, lengthened, said, unfinished
from patchwatch.tui.render.replies import answers, told
from patchwatch.tui.widgets.mail_view import MailView

_LARGE = 200_000  # characters of a mail whose beginning is shown before all of it was taken apart
_BEGINNING = 20_000


class MailLoader:
    """One mail at a time."""

    def __init__(self, screen: Screen[Any], tracker: TrackerAPI, jobs: Jobs, opened: Callable[[str], None]) -> None:
        """The mail view is that of `screen`; `opened` hears which mail is shown, of a large one twice."""
        self._screen = screen
        self._tracker = tracker
        self._jobs = jobs
        self._opened = opened
        self._reading: SeriesState | None = None  # that the mail is of
        self._asked = ""  # the mail that was last asked for
        self._bare: Sheet | None = None  # the mail that is shown, without what was said about it
        self._sought: tuple[str, str] | None = None  # a mail, and the words to be set off in it

    @property
    def _view(self) -> MailView:
        return self._screen.query_one(MailView)

    def open(self, reading: SeriesState, message_id: str) -> bool:
        """Show a mail; whether it is another than was asked for last."""
        self._reading = reading
        if message_id == self._asked:
            return False
        self._asked = message_id
        width, manner = self._view.text_width, self._view.fresh_manner()

        def work() -> Sheet:
            mail = self._tracker.mail(message_id)
            if length(mail) > _LARGE:
                beginning = unfinished(compose(mail, _BEGINNING), length(mail))
                self._jobs.call_in_app(self._arrived, broken(beginning, width, manner), screen=self._screen)
            return broken(compose(mail), width, manner)

        self._jobs.submit("read", "mail", work, self._arrived, self._failed, screen=self._screen, latest=True)
        return True

    def forget(self) -> None:
        """What was asked for is not wanted any more."""
        self._reading = None
        self._asked = ""
        self._bare = None

    def _arrived(self, sheet: Sheet) -> None:
        reading, message_id = self._reading, sheet.page.message_id
        if reading is None or message_id != self._asked:
            return
        self._jobs.notices.dismiss("mail")
        begun = self._bare is not None and self._bare.page.message_id == message_id
        self._bare = sheet
        if begun:
            self._view.lengthen(self._discussed(reading, sheet))
        else:
            self._view.show(self._discussed(reading, sheet))
        self._set_off()
        self._opened(message_id)

    def _failed(self, error: PatchwatchError) -> None:
        self._bare = None
        self._view.show(broken(said(self._asked, line(str(error))), self._view.text_width))
        self._asked = ""
        self._jobs.notices.show("mail", "error", str(error))

    # What was said about it.

    def _discussed(self, reading: SeriesState, sheet: Sheet) -> Sheet:
        """The sheet of a patch with what was said about it below."""
        row = reading.row(sheet.page.message_id)
        found = answers(reading.mails_of(row.revision), row.message_id) if row and row.submission else []
        return lengthened(sheet, *told(found, reading.read, self._tracker.now())) if found else sheet

    def refresh_replies(self) -> None:
        """Show what was said meanwhile about the patch that is shown."""
        reading, bare = self._reading, self._bare
        if reading and bare is not None and bare.page.whole and bare.page.message_id == self._asked:
            sheet = self._discussed(reading, bare)
            if self._view.page is None or self._view.page.lines != sheet.page.lines:
                self._view.lengthen(sheet)

    # Words in it.

    def seek(self, message_id: str, words: str) -> None:
        """Set words off in a mail: now, or when it is shown."""
        self._sought = (message_id, words)
        self._set_off()

    def _set_off(self) -> None:
        page = self._view.page
        if self._sought is None or page is None or page.message_id != self._sought[0]:
            return
        words = self._sought[1]
        if self._view.highlight(words):
            self._sought = None
        elif page.whole:
            self._sought = None
            self._jobs.notices.show("evidence", "note", f"In this mail, in other words: {line(words)}")
