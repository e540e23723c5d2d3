"""The base of screens with a list and a text beside it: moving between the two, links, zoom, the way back."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from textual import on

from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.screen import BaseScreen
from patchwatch.tui.widgets.mail_view import MailView
from patchwatch.tui.widgets.row_list import RowList


class ListAndTextScreen(BaseScreen[str]):
    """A list, and the text of the row under the cursor; dismissed with the message-id of a mail to show."""

    NOTICE: ClassVar[str]  # of its errors: it goes when the screen does

    def __init__(self, jobs: Jobs) -> None:
        """`jobs` load what is shown, and show notices."""
        super().__init__()
        self._jobs = jobs

    @property
    @abstractmethod
    def choices(self) -> RowList[Any]:
        """The list."""

    @property
    @abstractmethod
    def text(self) -> MailView:
        """The text that is read."""

    @on(RowList.Chosen)
    def _read_on(self) -> None:
        self.text.focus()
        if self.has_class("-narrow"):
            self.add_class("-zoomed")

    @on(MailView.Followed)
    def _followed(self, event: MailView.Followed) -> None:
        if event.target.message_id:
            self.dismiss(event.target.message_id)

    def action_wrap(self) -> None:
        """Wrap long lines, or stop wrapping them."""
        self.text.toggle_wrapping()

    def action_page(self, pages: int) -> None:
        """Scroll the text, with or without the focus."""
        self.text.page_by(pages)

    @abstractmethod
    def is_left(self, row: Any) -> bool:
        """True if a row of the list has a patch that is left to read."""

    def action_left(self, direction: int) -> None:
        """Go to the next or previous row that is left to read."""
        rows, here = self.choices.rows, self.choices.cursor
        beside = range(here + 1, len(rows)) if direction > 0 else range(here - 1, -1, -1)
        at = next((at for at in beside if self.is_left(rows[at])), None)
        if at is None:
            self._jobs.notices.show(
                "patch", "note", f"Nothing is left to read {'below' if direction > 0 else 'above'}."
            )
        else:
            self._jobs.notices.dismiss("patch")
            self.choices.select(self.choices.key_of(rows[at]))

    def action_zoom(self) -> None:
        """Show only the text, or the list again."""
        self.toggle_class("-zoomed")
        (self.text if self.has_class("-zoomed") else self.choices).focus()

    def action_back(self) -> None:
        """Leave the zoom, or the screen."""
        if self.has_class("-zoomed"):
            self.action_zoom()
        else:
            self._jobs.notices.dismiss(self.NOTICE)
            self.dismiss(None)

    def action_step_back(self) -> None:
        """Go from the text to the list, and from the list to the series."""
        if not self.choices.has_focus and not self.has_class("-zoomed"):
            self.choices.focus()
        else:
            self.action_back()
