"""An input beside a list of choices; text typed while the list has the focus goes to the input."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from patchwatch.sanitize import block, line


class SanitizedInput(Input):
    """An input that sanitizes pasted text before it is drawn."""

    def validate_value(self, value: str) -> str:
        """Sanitize `value`."""
        return block(value).replace("\n", " ")


class TextField(SanitizedInput):
    """The input."""

    DEFAULT_CSS = """
    TextField {
        border: none; height: 1; padding: 0 1; margin-bottom: 1; background: $field-background;
        &:focus { border: none; background: $field-background; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,down", "to_choices", "Move from the field to the choices", show=False, id="field.choices"),
    ]

    class Left(Message):
        """The user left the input for the choices."""

    def __init__(self, placeholder: str) -> None:
        """`placeholder` describes what can be typed."""
        super().__init__(placeholder=placeholder, id="field", select_on_focus=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Replace pasted text by its sanitized form, which comes in another event."""
        if (text := line(event.value)) != event.value.strip():
            event.stop()
            self.value = text

    def action_to_choices(self) -> None:
        """Go back to the list."""
        self.post_message(self.Left())

    def begin(self, event: events.Key) -> None:
        """Take the focus and the character of a key that is not bound to anything."""
        free = event.is_printable and event.key not in self.screen.active_bindings
        if self.has_focus or not free or event.character is None:
            return
        event.stop()
        self.screen.set_focus(self)  # at once: the next key may be queued
        self.insert_text_at_cursor(event.character)
