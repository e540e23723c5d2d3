"""Actions on series and mails, shared by the overview and the series screen: keys and what they do."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Sequence
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
    Binding("C", "read", "Catch up", show=False, tooltip="Mark all mail in the series as read", id="act.read"),
    Binding("S", "state", "State", show=False, tooltip="Set the state by hand", id="act.state"),
    Binding("Z", "snooze", "Snooze", show=False, tooltip="Snooze until a date or a reply", id="act.snooze"),
    Binding(
        "M", "mute", "Mute", show=False, tooltip="Move to Waiting, out of digests and events; or unmute", id="act.mute"
    ),
    Binding("p", "pin", "Pin", show=False, tooltip="Keep first in its section, never dormant; or unpin", id="act.pin"),
    Binding("plus", "label", "Label", show=False, tooltip="Add labels, or remove them", id="act.label"),
    Binding("x", "unwatch", "Unwatch", show=False, tooltip="Stop watching (the mail is kept)", id="act.unwatch"),
    Binding("L", "link", "Link", show=False, tooltip="Link to another version, or unlink", id="act.link"),
    Binding("u", "undo", "Undo", show=False, tooltip="Undo the last change (state, link, snooze, …)", id="act.undo"),
    Binding("y", "copy", "Copy", show=False, tooltip="Copy message-id, URL or Link: trailer", id="act.copy"),
    Binding("W", "browse", "Browser", show=False, tooltip="Open in a browser", id="act.browse"),
)
"""The keys of the actions, for the bindings of a screen."""
_OWN_PATCH = (
    "This is your own patch: your Signed-off-by vouches for it, and Reviewed-by, Acked-by and Tested-by are for others "
    "to give."
)


class ActionScreen(LiveScreen):
    """A screen with target series and a selected mail."""

    _tracker: TrackerAPI
    _jobs: Jobs

    @abstractmethod
    def targets(self) -> Sequence[AnySeries]:
        """The series that actions apply to."""

    @abstractmethod
    def selection(self) -> Selection | None:
        """The mail to copy or reply to, and its revision."""

    def about_to_decide(self, series_ids: Collection[int]) -> None:
        """A decision that can move these series is going to be saved."""

    def decided(self) -> None:
        """A decision about the targets was saved."""

    @abstractmethod
    def regrouped(self, series_id: int | None) -> None:
        """Revisions were linked or unlinked; `series_id` is the series to show now, if known."""

    @property
    def _deciding(self) -> DecisionController:
        return DecisionController(
            self.app, self._tracker, self._jobs, self.decided, self.regrouped, self.about_to_decide
        )

    # Decisions.

    def action_read(self) -> None:
        """Mark all mail of the targets as read."""
        self._deciding.read(self.targets())

    def action_state(self) -> None:
        """Ask for a state and set it on the targets."""
        self._deciding.state(self.targets())

    def action_snooze(self) -> None:
        """Ask until when, then snooze or unsnooze the targets."""
        self._deciding.snooze(self.targets())

    def action_mute(self) -> None:
        """Mute the targets, or unmute them if all are muted."""
        self._deciding.mute(self.targets())

    def action_pin(self) -> None:
        """Pin the targets, or unpin them if all are pinned."""
        self._deciding.pin(self.targets())

    def action_not_mine(self) -> None:
        """Say that what is asked in the targets is not mine to do, or that it is."""
        self._deciding.not_mine(self.targets())

    def action_label(self) -> None:
        """Ask which labels to add to the targets, or to remove."""
        self._deciding.label(self.targets())

    def action_unwatch(self) -> None:
        """Ask, then stop watching the targets."""
        self._deciding.unwatch(self.targets())

    @abstractmethod
    def action_link(self) -> None:
        """Ask which other series is a version of this one and link it, or unlink a version."""

    def action_undo(self) -> None:
        """Undo the last decision."""
        self._deciding.undo()

    # Copy and browse.

    def action_copy(self) -> None:
        """Ask in which form to copy a reference to the selected mail, and copy it."""
        if selection := self.selection():
            self._jobs.submit("read", "copy", lambda: self._tracker.citations(selection.message_id), self._ask_for_form)

    def _ask_for_form(self, citations: Sequence[Citation]) -> None:
        from patchwatch.tui.dialogs.copy import CopyDialog

        def answered(citation: Citation | None) -> None:
            if citation is not None:
                self.app.copy_to_clipboard(citation.text)
                self._jobs.notices.show("copy", "outcome", f"Copied: {citation.text}")

        self.app.push_screen(CopyDialog(citations), answered)

    def selected_page(self) -> str:
        """The URL to open in the browser; may be empty."""
        selection = self.selection()
        return self._tracker.url(selection.message_id, selection.inbox) if selection else ""

    def action_browse(self) -> None:
        """Open the selected mail in the browser."""
        from patchwatch.compose import programs

        if url := self.selected_page():
            opened = f"Opened in the browser: {url}"
            self._jobs.submit(
                "read",
                "browse",
                lambda: programs.browse(url),
                lambda _: self._jobs.notices.show("browse", "outcome", opened),
            )

    # Reply and b4.

    def action_reply(self) -> None:
        """Reply to the selected mail."""
        if selection := self.selection():
            from patchwatch.tui.controllers.reply import ReplyController

            ReplyController(self, self._tracker, self._jobs).reply(selection)

    def action_tag(self) -> None:
        """Reply with tags to the selected patch or its revision; on my own, say why that is not possible."""
        selection = self.selection()
        if selection is not None and selection.author.lower() in self._tracker.addresses:
            self._jobs.notices.show("tag", "note", _OWN_PATCH)
        elif selection is not None:
            from patchwatch.tui.controllers.reply import ReplyController

            ReplyController(self, self._tracker, self._jobs).tag(selection)

    def action_b4(self) -> None:
        """Run b4 on the selected revision."""
        if selection := self.selection():
            from patchwatch.tui.controllers.run_b4 import B4Controller

            B4Controller(self, self._tracker, self._jobs).b4(selection)
