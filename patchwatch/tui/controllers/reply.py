"""Write replies: compose a draft, open the user's editor, preview, send.

A draft is a file from the beginning.  An unsent one is offered again when the user replies to the same mail.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.screen import Screen

from patchwatch.compose import programs
from patchwatch.compose.draft import Draft
from patchwatch.compose.hunk import DiffLine
from patchwatch.errors import NoTerminalError, PatchwatchError
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.suspend import suspended
from patchwatch.tui.dialogs.draft import Answer, DraftDialog
from patchwatch.tui.dialogs.send import SendScreen
from patchwatch.tui.dialogs.tags import TagDialog, Tags
from patchwatch.tui.render.selection import Selection


class ReplyController:
    """Writes one reply at a time."""

    def __init__(self, screen: Screen[Any], tracker: TrackerAPI, jobs: Jobs) -> None:
        """Results for `screen` are dropped once it is closed."""
        self._screen = screen
        self._tracker = tracker
        self._jobs = jobs

    def reply(self, selection: Selection) -> None:
        """Reply to all recipients of the selected mail, or of the one in which somebody asks me something."""
        self._compose(lambda: self._tracker.reply(self._asking(selection) or selection.message_id), edit=True)

    def _asking(self, selection: Selection) -> str:
        """The mail in which somebody asks me something about the selected series; "": there is none."""
        action = None if selection.asks is None else self._tracker.one(selection.asks).next_action
        return action.message_id if action is not None and action.by == "me" else ""

    def reply_at(self, message_id: str, at: DiffLine | None) -> None:
        """Reply to a line of the diff in a mail; None: to the mail."""
        self._compose(lambda: self._tracker.reply(message_id, at), edit=True, hunk=at is not None)

    def tag(self, selection: Selection) -> None:
        """Ask which tags to give to the selected patch or its whole revision; then compose the reply."""

        def answered(tags: Tags | None) -> None:
            if tags is not None:
                names, whole = tags.names, tags.whole
                self._compose(lambda: self._tracker.endorse(selection.posting, names, whole=whole), edit=tags.edit)

        self._screen.app.push_screen(TagDialog(selection), answered)

    def _compose(self, compose: Callable[[], Draft], *, edit: bool, hunk: bool = False) -> None:
        def work() -> tuple[Draft, Path | None]:
            draft = compose()
            return draft, self._tracker.drafts.find(draft)

        def composed(result: tuple[Draft, Path | None]) -> None:
            draft, old = result
            if old is None:
                self._begin(draft, edit=edit)
            else:
                self._ask(draft, old, edit=edit, hunk=hunk)

        self._jobs.submit("mail", "reply", work, composed, screen=self._screen, latest=True)

    def _ask(self, draft: Draft, old: Path, *, edit: bool, hunk: bool) -> None:
        """Ask whether to continue the old draft, to add a hunk to it, or to start over."""

        def answered(answer: Answer | None) -> None:
            if answer == "continue":
                self._show(draft, old)
            elif answer == "add":
                self._add(draft, old)
            elif answer == "anew":
                self._begin(draft, edit=edit)

        self._screen.app.push_screen(DraftDialog(draft, old, tags=not edit, hunk=hunk), answered)

    def _add(self, draft: Draft, old: Path) -> None:
        """Add the quote of a new draft to an old one, without its attribution, and edit that."""
        try:
            self._tracker.drafts.add(old, draft.body.partition("\n")[2])
        except PatchwatchError as error:
            self._jobs.notices.show("reply", "error", str(error))
            return
        if self._edit(old):
            self._show(draft, old)

    def _begin(self, draft: Draft, *, edit: bool) -> None:
        try:
            file = self._tracker.drafts.save(draft)
        except PatchwatchError as error:
            self._jobs.notices.show("reply", "error", str(error))
            return
        if not edit or self._edit(file, fresh=True):
            self._show(draft, file)

    def _show(self, draft: Draft, file: Path) -> None:
        self._jobs.notices.dismiss("send")
        self._screen.app.push_screen(SendScreen(self._tracker, self._jobs, draft, file, lambda: self._edit(file)))

    def _edit(self, file: Path, *, fresh: bool = False) -> bool:
        """Open a draft in the editor; True if there is a draft afterwards.

        An empty draft is discarded, and so is a `fresh` one that was not changed.
        """
        drafts, notices = self._tracker.drafts, self._jobs.notices
        try:
            before = drafts.read(file)
            try:
                with suspended(self._screen.app):
                    programs.edit(file)
            except NoTerminalError:
                if fresh:
                    drafts.delete(file)
                raise
            after = drafts.read(file)
            if after.strip() and (after != before or not fresh):
                notices.dismiss("reply")
                return True
            drafts.delete(file)
        except PatchwatchError as error:
            notices.show("reply", "error", str(error))
            return not fresh
        why = "Nothing was written" if after.strip() else "The draft is empty"
        notices.show("reply", "note", f"{why}: draft discarded, nothing sent.")
        return False
