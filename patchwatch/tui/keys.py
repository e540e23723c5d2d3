"""Keys that both screens have, whose actions are the app's, and those that are drawn as a pair."""

from __future__ import annotations

from textual.binding import Binding

WATCH = Binding("w", "app.watch", "Watch", tooltip="Watch a link or a message-id", id="app.watch")
POLL = Binding("r", "app.poll", "Poll", tooltip="Ask the archive for new mail now", id="app.poll")
HELP = Binding("question_mark", "app.help", "Help", tooltip="These keys", id="app.help")

_PAIR = Binding.Group("Revision", compact=True)
OLDER = Binding("left_square_bracket,h,left", "revision(-1)", "The revision before", group=_PAIR, id="series.older")
NEWER = Binding("right_square_bracket,l,right", "revision(1)", "The revision after", group=_PAIR, id="series.newer")
