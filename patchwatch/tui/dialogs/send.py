"""Preview a draft before it is sent, as git send-email would send it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from patchwatch.compose.draft import Draft, parse_draft
from patchwatch.compose.git_send_email import DryRun, Sent
from patchwatch.errors import PatchwatchError
from patchwatch.output import print_error
from patchwatch.sanitize import line
from patchwatch.tui.base import keys
from patchwatch.tui.base.api import TrackerAPI
from patchwatch.tui.base.jobs import Jobs
from patchwatch.tui.base.screen import BaseScreen
from patchwatch.tui.base.suspend import suspended
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.render import labels
from patchwatch.tui.render.outgoing import (
    about_checks_text,
    about_effect_text,
    about_quote_text,
    draft_page,
    headline,
    outgoing_page,
)
from patchwatch.tui.render.page import Page, PageOptions, lay_out
from patchwatch.tui.widgets.key_hints import KeyHints
from patchwatch.tui.widgets.mail_view import MailView
from patchwatch.tui.widgets.status_bar import StatusBar

_PADDING = 1  # columns at either side
_ALL_OF_IT = PageOptions(wrap_diffs=True, unfold_all=True)


class SendScreen(BaseScreen[None]):
    """Headers, recipients and text of a draft; only what is shown can be sent."""

    AUTO_FOCUS = "MailView"
    DEFAULT_CSS = """
    SendScreen {
        & > Static { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #going { padding: 0; }
        & > #mail { height: 1fr; border-top: solid $rule; &:focus { border-top: solid $color-accent; } }
        & > #quote { height: 2; border-top: solid $rule; }
        & > #after { height: auto; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "send", "Send", tooltip="Send (in a dry run, nothing is sent)", id="send.send"),
        Binding("e", "edit", "Edit", tooltip="Edit headers and text", id="send.edit"),
        Binding("q,escape", "leave", "Close", tooltip="Keep the draft without sending it", id="send.leave"),
        Binding(
            "space,pagedown", "page(1)", "Page down", show=False, tooltip="Scroll down a page", id="send.page_down"
        ),
        Binding("b,pageup", "page(-1)", "Page up", show=False, tooltip="Scroll up a page", id="send.page_up"),
        keys.HELP,
    ]

    def __init__(self, tracker: TrackerAPI, jobs: Jobs, draft: Draft, file: Path, edit: Callable[[], bool]) -> None:
        """Show `draft` with the current text of `file`; `edit` opens an editor and returns False if nothing is left."""
        super().__init__()
        self._tracker = tracker
        self._jobs = jobs
        self._draft = draft
        self._file = file
        self._edit = edit
        self._ready: Draft | None = None  # what is shown and may be sent
        self._effect = ""  # what it changes in the queue
        self._asked = 0  # how often git was asked: ignore the result for a draft that was edited since

    def compose(self) -> ComposeResult:
        """Result of the dry run, mail, what is quoted, what it changes, what is wrong with it, status, keys."""
        yield Static(id="going")
        yield MailView(id="mail")
        yield Static(id="quote")
        yield Static(id="after")
        yield Static(id="checks")
        yield StatusBar()
        yield KeyHints()

    def on_mount(self) -> None:
        """Start the dry run."""
        self.query_one(MailView).options = _ALL_OF_IT
        self._rehearse()

    def _rehearse(self) -> None:
        self._ready = None
        self._asked += 1
        self._say("going", [(" asking git send-email …", "dim")])
        self._say_after("")
        asked = self._asked

        def work() -> tuple[str, Draft, DryRun | PatchwatchError]:
            text, draft = "", self._draft
            try:
                text = self._tracker.drafts.read(self._file)
                draft = parse_draft(draft, text)
                return text, draft, self._tracker.rehearse(draft)
            except PatchwatchError as error:
                return text, draft, error

        def done(tried: tuple[str, Draft, DryRun | PatchwatchError]) -> None:
            if asked == self._asked:
                self._rehearsed(*tried)

        self._jobs.submit("mail", "rehearse", work, done, screen=self)

    def _rehearsed(self, text: str, draft: Draft, found: DryRun | PatchwatchError) -> None:
        if isinstance(found, PatchwatchError):
            self._say("going", [(" Cannot be sent", "bad strong"), ("  ", ""), (line(draft.subject), "dim")])
            self._say_after("not known until it can be sent")
            self._show(draft_page(draft.message_id, str(found), text))
        else:
            self._ready = draft
            self._say("going", headline(draft, found, dry_run=self._tracker.dry_run))
            self._show(outgoing_page(draft, found))
            self._foresee(draft)
        self._say("quote", about_quote_text(draft))
        self._say("checks", about_checks_text(draft))

    def _foresee(self, draft: Draft) -> None:
        """Find what the mail changes; that may have to wait for another program, so that it is not part of the rest."""

        def done(effect: str) -> None:
            if draft is self._ready:
                self._say_after(effect or "it replies to no series that is known")

        def failed(_: PatchwatchError) -> None:
            done("not known while another program writes to the database")

        def work() -> str:
            return self._tracker.effect(draft)

        self._jobs.submit("effect", "effect", work, done, failed, screen=self, latest=True)

    def _say_after(self, effect: str) -> None:
        """Say what it changes, in as many rows as that takes: half a sentence is worse than none."""
        self._effect = effect
        width = self.size.width - 2 * _PADDING
        self.query_one("#after", Static).update(content(about_effect_text(effect, width)))

    def on_resize(self) -> None:
        """Wrap it again."""
        self._say_after(self._effect)

    def _say(self, where: str, pieces: list[StyledText]) -> None:
        self.query_one(f"#{where}", Static).update(content(pieces), layout=False)

    def _show(self, page: Page) -> None:
        mail = self.query_one(MailView)
        mail.show(lay_out(page, mail.text_width, _ALL_OF_IT))

    def action_send(self) -> None:
        """Send what is shown; with `dry_run`, only try to."""
        draft, self._ready = self._ready, None
        if draft is None:
            self._jobs.notices.show("send", "error", "Not sent: git send-email has not accepted it.")
        elif self._tracker.dry_run:
            self._say("going", [(" dry run …", "dim")])
            self._jobs.submit("mail", "send", lambda: self._tracker.send(draft), self._sent, self._failed, screen=self)
        else:
            self._send(draft)

    def _send(self, draft: Draft) -> None:
        try:
            with suspended(self.app):
                print_error(f"git send-email: {line(draft.subject)}")
                sent = self._tracker.send(draft)
        except PatchwatchError as error:
            self._failed(error)
        else:
            self._sent(sent)

    def _sent(self, sent: Sent) -> None:
        if sent.dry_run:
            self._jobs.notices.show(
                "send",
                "outcome",
                "Dry run: nothing was sent. To send mail, set `dry_run = false` under [send] in "
                f"{self._tracker.config_file}. Draft kept: {labels.place(self._file)}",
            )
        else:
            self._jobs.notices.show("send", "outcome", f"Sent: <{sent.message_id}>")
            try:
                self._tracker.drafts.delete(self._file)
            except PatchwatchError as error:
                self._jobs.notices.show("draft", "error", f"The mail was sent, but {error}")
        self.dismiss()

    def _failed(self, error: PatchwatchError) -> None:
        self._jobs.notices.show("send", "error", f"{error} Draft kept: {labels.place(self._file)}")
        self._rehearse()

    def action_edit(self) -> None:
        """Edit the draft and repeat the dry run; an empty draft is discarded."""
        if self._edit():
            self._rehearse()
        else:
            self.dismiss()

    def action_leave(self) -> None:
        """Close the preview and keep the draft."""
        self._jobs.notices.show("send", "note", f"Not sent. Draft kept: {labels.place(self._file)}")
        self.dismiss()

    def action_page(self, pages: int) -> None:
        """Scroll the mail."""
        self.query_one(MailView).page_by(pages)
