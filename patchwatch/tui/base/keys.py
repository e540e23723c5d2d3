"""Bindings that screens share, and the key to show for a binding.

Every binding has an id, by which [keys] in the config can change its keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.app import App
from textual.binding import Binding, BindingType

WATCH = Binding("w", "app.watch", "Watch", tooltip="Watch a series by URL or message-id", id="app.watch")
POLL = Binding("r", "app.poll", "Poll", tooltip="Check the archive for new mail now", id="app.poll")
MOVED = Binding(
    "J", "app.next_moved", "Moved", show=False, tooltip="Next series that moved with the last poll", id="app.moved"
)
PALETTE = Binding("ctrl+p,colon", "app.command_palette", "Find", tooltip="Find any action or series", id="app.palette")
HELP = Binding("question_mark", "app.help", "Help", tooltip="Show the key bindings", id="app.help")
SUSPEND = Binding("ctrl+z", "app.suspend_process", "Suspend", tooltip="Suspend; `fg` returns", id="app.suspend")
SHELL = Binding("exclamation_mark", "app.shell", "Shell", tooltip="Run a shell; `exit` returns", id="app.shell")

_PAIR = Binding.Group("Version", compact=True)
OLDER = Binding("left_square_bracket,h,left", "revision(-1)", "Previous version", group=_PAIR, id="series.older")
NEWER = Binding("right_square_bracket,l,right", "revision(1)", "Next version", group=_PAIR, id="series.newer")


def of_choices(dialog: str) -> list[BindingType]:
    """The keys of a dialog with a list of choices: to leave it, and to move in the list."""
    return [
        Binding("escape,q", "leave", "Cancel", id=f"{dialog}.leave"),
        Binding("j", "app.simulate_key('down')", "Down", show=False, id=f"{dialog}.down"),
        Binding("k", "app.simulate_key('up')", "Up", show=False, id=f"{dialog}.up"),
    ]


def key_display(app: App[Any], bindings: Iterable[BindingType], name: str) -> str:
    """The first active key of the binding with the id `name`, as people write it."""
    for binding in bindings:
        if isinstance(binding, Binding) and binding.id == name:
            key = app._keymap.get(name, binding.key).split(",")[0].strip()
            return app.get_key_display(Binding(key, ""))
    return ""
