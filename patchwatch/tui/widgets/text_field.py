"""A line to type on beside a list of choices: what is typed while the list has the focus goes there, too."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from patchwatch.sanitize import block, line


class Typed(Input):
    """A line to type on; what is pasted is printable before it is ever drawn."""

    def validate_value(self, value: str) -> str:
        """What stands on the line, where `value` was to."""
        return block(value).replace("\n", " ")


class TextField(Typed):
    """The line."""

    DEFAULT_CSS = """
    TextField {
        border: none; height: 1; padding: 0 1; margin-bottom: 1; background: $field-background;
        &:focus { border: none; background: $field-background; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,down", "to_choices", "To the choices", show=False, id="field.choices"),
    ]

    class Left(Message):
        """The choices are wanted instead."""

    def __init__(self, placeholder: str) -> None:
        """`placeholder` says what can be typed."""
        super().__init__(placeholder=placeholder, id="field", select_on_focus=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Of what was pasted only the printable form is heard."""
        if (text := line(event.value)) != event.value.strip():
            event.stop()
            self.value = text

    def action_to_choices(self) -> None:
        """Go back to the list."""
        self.post_message(self.Left())

    def begin(self, event: events.Key) -> None:
        """Take a key that nothing is bound to, and the focus with it."""
        free = event.is_printable and event.key not in self.screen.active_bindings
        if self.has_focus or not free or event.character is None:
            return
        event.stop()
        self.screen.set_focus(self)  # at once: the next key may be on its way
        self.insert_text_at_cursor(event.character)
