"""The keys of a series."""

from __future__ import annotations

import dataclasses

from textual.binding import Binding, BindingType

from patchwatch.tui.base import keys
from patchwatch.tui.screens.actions import ACTIONS
from patchwatch.tui.screens.patch_keys import READ, SKIP

SERIES_KEYS: tuple[BindingType, ...] = (
    Binding(
        "n",
        "unread(1)",
        "Next",
        tooltip="Next unread mail or patch, then the next series",
        id="series.next_unread",
    ),
    Binding("N", "unread(-1)", "Previous unread mail or patch", show=False, id="series.previous_unread"),
    READ,
    SKIP,
    Binding("o", "point(1)", "Point", tooltip="Next open point: show its sentence", id="series.next_point"),
    Binding("O", "point(-1)", "Previous open point", show=False, id="series.previous_point"),
    keys.OLDER,
    keys.NEWER,
    Binding("d", "compare", "Compare", tooltip="Compare with the previous version", id="series.compare"),
    Binding("f", "files", "Files", tooltip="Show the files changed by this version", id="series.files"),
    Binding("e", "evidence", "Why", tooltip="Show why it is in this state", id="series.evidence"),
    Binding(
        "E",
        "turn",
        "Waiting for",
        show=False,
        tooltip="Show why it is waiting",
        id="series.turn",
    ),
    Binding("s", "history", "History", tooltip="Go to the history, or back to the thread", id="series.story"),
    Binding("t", "quotes", "Quotes", show=False, tooltip="Fold or unfold quoted text", id="series.quotes"),
    Binding("backslash", "wrap", "Wrap", show=False, tooltip="Wrap long diff lines", id="series.wrap"),
    Binding(
        "space,pagedown",
        "page(1)",
        "Page down",
        show=False,
        tooltip="Scroll the mail down a page",
        id="series.page_down",
    ),
    Binding("b,pageup", "page(-1)", "Page up", show=False, tooltip="Scroll the mail up a page", id="series.page_up"),
    Binding("full_stop", "next_target(1)", "Next link, reply or folded quote", show=False, id="series.next_link"),
    Binding("comma", "next_target(-1)", "Previous link, reply or folded quote", show=False, id="series.previous_link"),
    Binding("z", "zoom", "Zoom", show=False, tooltip="Maximize or restore the mail", id="series.zoom"),
    *ACTIONS,
    Binding("R", "reply", "Reply", show=False, tooltip="Reply-all to this mail", id="series.reply"),
    Binding("T", "tag", "Tags", show=False, tooltip="Reply with tags (Reviewed-by, …)", id="series.tag"),
    Binding("B", "b4", "b4", show=False, tooltip="Run b4 on this version", id="series.b4"),
    dataclasses.replace(keys.POLL, show=False),
    keys.MOVED,
    keys.HELP,
    Binding("q", "back", "Back", id="series.back"),
    dataclasses.replace(keys.WATCH, show=False),
    Binding(
        "escape",
        "step_back",
        "Back",
        show=False,
        tooltip="Back to the thread, then to the overview",
        id="series.step_back",
    ),
)
