"""The line on which a limit is typed; it holds as it is typed, and what is wrong with it stands below."""

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
from patchwatch.tui.widgets.text_field import Typed

_PLACEHOLDER = "words, s:title f:author l:list st:state t:turn is:unread age:>7d v:>=3"


class FilterInput(Typed):
    """Where it is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "done", "Keep", id="limit.keep", tooltip="Back to the list, which stays limited"),
        Binding("escape", "drop", "Clear", id="limit.clear", tooltip="Show everything again"),
    ]

    class Left(Message):
        """Typing is over."""

    def action_done(self) -> None:
        """Go back to the list."""
        self.post_message(self.Left())

    def action_drop(self) -> None:
        """Limit nothing, and go back to the list."""
        self.value = ""
        self.post_message(self.Left())


class FilterBar(Vertical):
    """The line, in sight while it is typed on or limits something."""

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
        """The limit is another."""

    def __init__(self) -> None:
        """Begins with no limit."""
        super().__init__()
        self.limit: Filter = parse("")

    def compose(self) -> ComposeResult:
        """The line, how much is left, and what is wrong."""
        with Horizontal():
            yield Static("/ ", id="limit-sign")
            yield FilterInput(placeholder=_PLACEHOLDER, select_on_focus=False)
            yield Static(id="limit-count")
        yield Static(id="limit-problems")

    def begin(self) -> None:
        """Let it be typed on, from the next key on: `focus` would come after those that were typed meanwhile."""
        self.add_class("-shown")
        self.screen.set_focus(self.query_one(FilterInput))

    def clear(self) -> None:
        """Limit nothing."""
        self.query_one(FilterInput).value = ""

    def count(self, kept: int, of: int) -> None:
        """Say how much the limit leaves."""
        text = f" {kept} of {of}" if self.limit.text else ""
        count = self.query_one("#limit-count", Static)
        if text != count.content:  # saying it anew lays out the whole screen
            count.update(text)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != line(event.value) and line(event.value) != event.value.strip():
            event.input.value = line(event.value)  # pasted: made printable; this is heard again
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
