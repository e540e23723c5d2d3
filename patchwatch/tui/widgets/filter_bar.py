"""The input for a limit, which applies while it is typed; errors are shown below."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from patchwatch.sanitize import line
from patchwatch.series.filter import Filter, parse
from patchwatch.tui.base.theme import StyledText, content
from patchwatch.tui.widgets.text_field import SanitizedInput

_PLACEHOLDER = "words, s:title f:author l:list st:state t:turn is:unread age:>7d v:>=3"


class FilterInput(SanitizedInput):
    """The input."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "done", "Keep", id="limit.keep", tooltip="Keep the limit and go to the list"),
        Binding("escape", "drop", "Clear", id="limit.clear", tooltip="Clear the limit"),
    ]

    class Left(Message):
        """The user left the input."""

    def action_done(self) -> None:
        """Go back to the list."""
        self.post_message(self.Left())

    def action_drop(self) -> None:
        """Clear the limit and go back to the list."""
        self.value = ""
        self.post_message(self.Left())


class FilterBar(Vertical):
    """The bar, visible while the user types or a limit applies."""

    DEFAULT_CSS = """
    FilterBar {
        height: auto;
        display: none;
        padding: 0 1;
        &.-shown { display: block; }
        & > Horizontal { height: 1; }
        & #limit-sign { width: 2; color: $color-accent; }
        & FilterInput {
            border: none; height: 1; padding: 0; width: 1fr; background: $background;
            &:focus { border: none; background: $background; }
        }
        & #limit-count { width: auto; color: $color-dim; }
        & #limit-problems { height: auto; max-height: 3; display: none; }
        & #limit-problems.-some { display: block; }
    }
    """

    class Changed(Message):
        """The limit changed."""

    def __init__(self) -> None:
        """Start without a limit."""
        super().__init__()
        self.limit: Filter = parse("")

    def compose(self) -> ComposeResult:
        """The input, the number of matches, and errors."""
        with Horizontal():
            yield Static("/ ", id="limit-sign")
            yield FilterInput(placeholder=_PLACEHOLDER, select_on_focus=False)
            yield Static(id="limit-count")
        yield Static(id="limit-problems")

    def begin(self) -> None:
        """Show and focus the input at once: `Widget.focus` would miss keys that are already queued."""
        self.add_class("-shown")
        self.screen.set_focus(self.query_one(FilterInput))

    def clear(self) -> None:
        """Clear the limit."""
        self.query_one(FilterInput).value = ""

    def show_count(self, matches: int, of: int) -> None:
        """Show how many rows match."""
        text = f" {matches} of {of}" if self.limit.text else ""
        count = self.query_one("#limit-count", Static)
        if text != count.content:  # an update lays out the whole screen
            count.update(text)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != line(event.value) and line(event.value) != event.value.strip():
            event.input.value = line(event.value)  # pasted text; the sanitized value comes in another event
            return
        self.limit = parse(event.value)
        pieces: list[StyledText] = []
        for problem in self.limit.problems:
            pieces += [("\n" if pieces else "", ""), ("! ", "bad strong"), (problem.word, "strong")]
            pieces.append((f"  {problem.text}", ""))
        problems = self.query_one("#limit-problems", Static)
        problems.set_class(bool(pieces), "-some")
        problems.update(content(pieces))
        self.post_message(self.Changed())

    @on(FilterInput.Left)
    def _left(self) -> None:
        self.set_class(bool(self.query_one(FilterInput).value.strip()), "-shown")
