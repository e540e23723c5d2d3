"""What can be done about series, and with their mails, from a screen that shows some: keys, and what each does."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType

from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.live_screen import LiveScreen
from patchwatch.tui.controllers.decide import DecisionController
from patchwatch.tui.render.selection import Selection
from patchwatch.tui.render.series_names import AnySeries

if TYPE_CHECKING:
    from patchwatch.compose.citations import Citation

ACTIONS: tuple[BindingType, ...] = (
    Binding("C", "read", "Catch up", show=False, tooltip="Take all mail of it as read", id="act.read"),
    Binding("S", "state", "State", show=False, tooltip="Set the state by hand", id="act.state"),
    Binding("Z", "snooze", "Snooze", show=False, tooltip="Snooze until a day, or until an answer", id="act.snooze"),
    Binding("M", "mute", "Mute", show=False, tooltip="Mute, or let speak again", id="act.mute"),
    Binding("x", "unwatch", "Unwatch", show=False, tooltip="Stop watching", id="act.unwatch"),
    Binding("L", "link", "Link", show=False, tooltip="Link with another version, or part from one", id="act.link"),
    Binding("u", "undo", "Undo", show=False, tooltip="Undo the last decision: state, link, snooze …", id="act.undo"),
    Binding("y", "copy", "Copy", show=False, tooltip="Copy message-id, URL or Link: line", id="act.copy"),
    Binding("W", "browse", "Browser", show=False, tooltip="Open in the browser", id="act.browse"),
)
"""The keys, for the bindings of such a screen."""


class ActionScreen(LiveScreen):
    """A screen with series to act upon, and a mail in hand."""

    _tracker: TrackerAPI
    _jobs: Jobs

    @abstractmethod
    def targets(self) -> Sequence[AnySeries]:
        """The series that an action is about."""

    @abstractmethod
    def selection(self) -> Selection | None:
        """The mail that is to be passed on or answered, and its revision."""

    def decided(self) -> None:
        """Something about the targets was decided and written."""

    @abstractmethod
    def regrouped(self, series_id: int | None) -> None:
        """Revisions may belong to other series than before; `series_id` is the one that is wanted now, if known."""

    @property
    def _deciding(self) -> DecisionController:
        return DecisionController(self.app, self._tracker, self._jobs, self.decided, self.regrouped)

    # Deciding.

    def action_read(self) -> None:
        """Take all mail of the targets as read."""
        self._deciding.read(self.targets())

    def action_state(self) -> None:
        """Ask for a state and set it on the targets."""
        self._deciding.state(self.targets())

    def action_snooze(self) -> None:
        """Ask until when and put the targets aside, or wake them."""
        self._deciding.snooze(self.targets())

    def action_mute(self) -> None:
        """Mute the targets, or let them speak again if all are muted."""
        self._deciding.mute(self.targets())

    def action_unwatch(self) -> None:
        """Ask, then stop watching the targets."""
        self._deciding.unwatch(self.targets())

    @abstractmethod
    def action_link(self) -> None:
        """Ask which other series is a version of this one, or part a version from it."""

    def action_undo(self) -> None:
        """Take back the last decision."""
        self._deciding.undo()

    # Passing on.

    def action_copy(self) -> None:
        """Ask in which form the mail in hand is to be copied, and copy it."""
        if found := self.selection():
            self._jobs.submit("read", "copy", lambda: self._tracker.citations(found.message_id), self._ask_for_form)

    def _ask_for_form(self, citations: Sequence[Citation]) -> None:
        from patchwatch.tui.dialogs.copy import CopyDialog

        def answered(citation: Citation | None) -> None:
            if citation is not None:
                self.app.copy_to_clipboard(citation.text)
                self._jobs.notices.show("copy", "outcome", f"Copied: {citation.text}")

        self.app.push_screen(CopyDialog(citations), answered)

    def selected_page(self) -> str:
        """The page to be opened in the browser; empty where there is none."""
        found = self.selection()
        return self._tracker.url(found.message_id, found.inbox) if found else ""

    def action_browse(self) -> None:
        """Open the page of the mail in hand in the browser."""
        from patchwatch.compose import programs

        if url := self.selected_page():
            opened = f"Opened in the browser: {url}"
            self._jobs.submit(
                "read",
                "browse",
                lambda: programs.browse(url),
                lambda _: self._jobs.notices.show("browse", "outcome", opened),
            )

    # Answering, and handing over.

    def action_reply(self) -> None:
        """Answer the mail in hand."""
        if found := self.selection():
            from patchwatch.tui.controllers.reply import ReplyController

            ReplyController(self, self._tracker, self._jobs).reply(found)

    def action_tag(self) -> None:
        """Give tags to the patch in hand, or to its revision."""
        if found := self.selection():
            from patchwatch.tui.controllers.reply import ReplyController

            ReplyController(self, self._tracker, self._jobs).tag(found)

    def action_b4(self) -> None:
        """Hand the revision in hand over to b4."""
        if found := self.selection():
            from patchwatch.tui.controllers.run_b4 import B4Controller

            B4Controller(self, self._tracker, self._jobs).b4(found)
