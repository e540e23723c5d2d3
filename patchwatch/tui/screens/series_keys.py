"""The keys of a series."""

from __future__ import annotations

import dataclasses

from textual.binding import Binding, BindingType

from patchwatch.tui.base import keys
from patchwatch.tui.screens.actions import ACTIONS

SERIES_KEYS: tuple[BindingType, ...] = (
    Binding("n", "unread(1)", "Unread", tooltip="Next unread mail, then the next series", id="series.next_unread"),
    Binding("N", "unread(-1)", "Previous unread mail", show=False, id="series.previous_unread"),
    Binding("e", "evidence", "Why", tooltip="Show the evidence for the state", id="series.evidence"),
    Binding("E", "turn", "Turn", show=False, tooltip="Show the evidence for the turn", id="series.turn"),
    Binding("s", "history", "History", tooltip="Show the history of the series", id="series.story"),
    keys.OLDER,
    keys.NEWER,
    Binding("d", "compare", "Diff", tooltip="Compare with the version before", id="series.compare"),
    Binding("f", "files", "Files", tooltip="Show the files that this version changes", id="series.files"),
    Binding("t", "quotes", "Quotes", show=False, tooltip="Unfold or fold quotes", id="series.quotes"),
    Binding("backslash", "wrap", "Wrap", show=False, tooltip="Wrap long lines of diffs", id="series.wrap"),
    Binding("space,pagedown", "page(1)", "Page down", show=False, tooltip="Scroll the mail", id="series.page_down"),
    Binding("b,pageup", "page(-1)", "Page up", show=False, tooltip="Scroll the mail back", id="series.page_up"),
    Binding("full_stop", "next_target(1)", "Next link, reply or fold", show=False, id="series.next_link"),
    Binding("comma", "next_target(-1)", "Previous link, reply or fold", show=False, id="series.previous_link"),
    Binding("z", "zoom", "Zoom", show=False, tooltip="Show only the mail", id="series.zoom"),
    *ACTIONS,
    Binding("R", "reply", "Reply", show=False, tooltip="Reply to all recipients of this mail", id="series.reply"),
    Binding("T", "tag", "Tags", show=False, tooltip="Reply with Reviewed-by and other tags", id="series.tag"),
    Binding("B", "b4", "b4", show=False, tooltip="Run b4 on this version", id="series.b4"),
    dataclasses.replace(keys.POLL, show=False),
    keys.HELP,
    Binding("q", "back", "Back", id="series.back"),
    dataclasses.replace(keys.WATCH, show=False),
    Binding("escape", "step_back", "Back", show=False, tooltip="Go to the thread, then back", id="series.step_back"),
)
