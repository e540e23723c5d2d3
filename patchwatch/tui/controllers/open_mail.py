"""Load the mail to show beside the thread, with the replies to it.

The beginning of a large mail is shown before all of it is parsed.  Replies are listed below a patch and may arrive
while it is shown.  Text is highlighted once its mail is loaded.
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
from patchwatch.tui.render.page import Sheet, append_lines, error_page, incomplete_page, lay_out, mail_page, text_length
from patchwatch.tui.render.replies import replies_to, reply_lines
from patchwatch.tui.widgets.mail_view import MailView

_LARGE = 200_000  # characters; the beginning of a larger mail is shown before the rest is parsed
_BEGINNING = 20_000


class MailLoader:
    """Loads one mail at a time."""

    def __init__(self, screen: Screen[Any], tracker: TrackerAPI, jobs: Jobs, opened: Callable[[str], None]) -> None:
        """Loads into the mail view of `screen`; `opened` is called with the message-id, twice for a large mail."""
        self._screen = screen
        self._tracker = tracker
        self._jobs = jobs
        self._opened = opened
        self._state: SeriesState | None = None  # of the mail
        self._requested = ""  # the mail requested last
        self._bare: Sheet | None = None  # the mail without the replies
        self._sought: tuple[str, str] | None = None  # a mail, and the text to highlight in it

    @property
    def _view(self) -> MailView:
        return self._screen.query_one(MailView)

    def open(self, state: SeriesState, message_id: str) -> bool:
        """Load and show a mail; True if it is another than the last one."""
        self._state = state
        if message_id == self._requested:
            return False
        self._requested = message_id
        width, options = self._view.text_width, self._view.new_page_options()

        def work() -> Sheet:
            mail = self._tracker.mail(message_id)
            if text_length(mail) > _LARGE:
                beginning = incomplete_page(mail_page(mail, _BEGINNING), text_length(mail))
                self._jobs.call_in_app(self._arrived, lay_out(beginning, width, options), screen=self._screen)
            return lay_out(mail_page(mail), width, options)

        self._jobs.submit("read", "mail", work, self._arrived, self._failed, screen=self._screen, latest=True)
        return True

    def forget(self) -> None:
        """Drop the last request."""
        self._state = None
        self._requested = ""
        self._bare = None

    def _arrived(self, sheet: Sheet) -> None:
        state, message_id = self._state, sheet.page.message_id
        if state is None or message_id != self._requested:
            return
        self._jobs.notices.dismiss("mail")
        beginning_shown = self._bare is not None and self._bare.page.message_id == message_id
        self._bare = sheet
        if beginning_shown:
            self._view.lengthen(self._with_replies(state, sheet))
        else:
            self._view.show(self._with_replies(state, sheet))
        self._highlight()
        self._opened(message_id)

    def _failed(self, error: PatchwatchError) -> None:
        self._bare = None
        self._view.show(lay_out(error_page(self._requested, line(str(error))), self._view.text_width))
        self._requested = ""
        self._jobs.notices.show("mail", "error", str(error))

    # Replies.

    def _with_replies(self, state: SeriesState, sheet: Sheet) -> Sheet:
        """The sheet of a patch with the replies below."""
        row = state.row(sheet.page.message_id)
        found = replies_to(state.mails_of(row.revision), row.message_id) if row and row.submission else []
        return append_lines(sheet, *reply_lines(found, state.read, self._tracker.now())) if found else sheet

    def refresh_replies(self) -> None:
        """Show new replies to the patch that is shown."""
        state, bare = self._state, self._bare
        if state and bare is not None and bare.page.whole and bare.page.message_id == self._requested:
            sheet = self._with_replies(state, bare)
            if self._view.page is None or self._view.page.lines != sheet.page.lines:
                self._view.lengthen(sheet)

    # Highlighted text.

    def seek(self, message_id: str, text: str) -> None:
        """Highlight text in a mail: now, or when it is shown."""
        self._sought = (message_id, text)
        self._highlight()

    def _highlight(self) -> None:
        page = self._view.page
        if self._sought is None or page is None or page.message_id != self._sought[0]:
            return
        text = self._sought[1]
        if self._view.highlight(text):
            self._sought = None
        elif page.whole:
            self._sought = None
            self._jobs.notices.show("evidence", "note", f"Not verbatim in this mail: {line(text)}")
