"""The keys of the overview."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from patchwatch.series.queue import ASKS, Place
from patchwatch.series.views import View
from patchwatch.tui.base import keys
from patchwatch.tui.controllers.view_state import VIEWS
from patchwatch.tui.screens.actions import ACTIONS

_CONTENTS: dict[View, str] = {
    View.QUEUE: "what to do, review or read",
    View.MINE: "series you posted",
    View.WATCHED: "series you chose to watch",
    View.FOLLOWED: "other series on lists you follow",
    View.CLOSED: "series that need nothing more",
    View.ALL: "every known series",
}
"""What is in each view."""


def _view_keys() -> list[BindingType]:
    """A number key for each view."""
    return [
        Binding(
            f"{number},a" if view is View.ALL else str(number),
            f"view({number - 1})",
            view.value,
            show=False,
            tooltip=f"Show “{view.value}”: {_CONTENTS[view]}",
            id=f"overview.{view.name.lower()}",
        )
        for number, view in enumerate(VIEWS, 1)
    ]


_ROW_KEYS = {
    "answer": ("reply",),
    "apply": ("b4", "reply"),
    "ask": ("reply",),
    "check": ("reply",),
    "ping": ("reply",),
    "pull": ("reply",),
    "review": ("reply", "tag"),
    "test": ("tag", "reply"),
}
"""The actions that do what is to be done about a series, by the first word of that."""


def row_keys(place: Place | None, *, mine: bool = False) -> tuple[str, ...]:
    """The actions whose keys are shown first while the cursor is on a series at this place of the queue.

    `mine`: I posted it, so that what is surely to be done in it is for nobody else.
    """
    if place is None or place.section not in ASKS:
        return ()
    doing = _ROW_KEYS.get(place.verb.partition(" ")[0].removesuffix("?"), ())  # `ping?`: what is not sure
    return doing if mine and place.sure else (*doing, "not_mine")


OVERVIEW_KEYS: tuple[BindingType, ...] = (
    Binding(
        "slash",
        "limit",
        "Limit",
        priority=True,  # otherwise keys typed right after it arrive before the table passes it on
        tooltip="Show only matching series",
        id="overview.limit",
    ),
    keys.WATCH,
    keys.POLL,
    keys.MOVED,
    *_view_keys(),
    Binding("l,right", "turn(1)", "Next view", show=False, id="overview.next_view"),
    Binding("h,left", "turn(-1)", "Previous view", show=False, id="overview.previous_view"),
    Binding("n", "unread(1)", "Unread", show=False, tooltip="Next series with unread mail", id="overview.unread"),
    Binding("N", "unread(-1)", "Previous series with unread mail", show=False, id="overview.previous_unread"),
    Binding("o", "sort", "Sort", show=False, tooltip="Sort by the next column", id="overview.sort"),
    Binding("O", "reverse", "Reverse", show=False, tooltip="Reverse the order", id="overview.reverse"),
    Binding(
        "D",
        "not_mine",
        "Not mine",
        show=False,
        tooltip="Leave to others until they ask you, or take it back",
        id="overview.not_mine",
    ),
    Binding("P", "preview", "Preview", show=False, tooltip="Show or hide the preview", id="overview.preview"),
    *ACTIONS,
    Binding(
        "R",
        "reply",
        "Reply",
        show=False,
        tooltip="Reply-all to a question, or to the newest version",
        id="overview.reply",
    ),
    Binding(
        "T",
        "tag",
        "Tags",
        show=False,
        tooltip="Reply with tags (Reviewed-by, …) to the newest version",
        id="overview.tag",
    ),
    Binding("B", "b4", "b4", show=False, tooltip="Run b4 on the newest version", id="overview.b4"),
    keys.PALETTE,
    keys.HELP,
    Binding("q", "app.leave", "Quit", id="overview.quit"),
    Binding(
        "escape",
        "escape",
        "Clear",
        show=False,
        tooltip="Clear the message, else the marks, else the limit",
        id="overview.escape",
    ),
)
