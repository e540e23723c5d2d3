"""Keys that screens share, keys that are drawn as a pair, and the keys in force for a binding.

Every binding has an id, which the config's section [keys] names to give it other keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.app import App
from textual.binding import Binding, BindingType

WATCH = Binding("w", "app.watch", "Watch", tooltip="Watch a link or a message-id", id="app.watch")
POLL = Binding("r", "app.poll", "Poll", tooltip="Ask the archive for new mail now", id="app.poll")
PALETTE = Binding(
    "ctrl+p,colon", "app.command_palette", "Find", tooltip="Any action or series by a few letters", id="app.palette"
)
HELP = Binding("question_mark", "app.help", "Help", tooltip="These keys", id="app.help")

_PAIR = Binding.Group("Revision", compact=True)
OLDER = Binding("left_square_bracket,h,left", "revision(-1)", "The revision before", group=_PAIR, id="series.older")
NEWER = Binding("right_square_bracket,l,right", "revision(1)", "The revision after", group=_PAIR, id="series.newer")


def shown(app: App[Any], bindings: Iterable[BindingType], name: str) -> str:
    """The first key in force of the binding that is called `name`, as people write it."""
    for binding in bindings:
        if isinstance(binding, Binding) and binding.id == name:
            key = app._keymap.get(name, binding.key).split(",")[0].strip()
            return app.get_key_display(Binding(key, ""))
    return ""
