"""Keys that both screens have; their actions are the app's."""

from __future__ import annotations

from textual.binding import Binding

WATCH = Binding("w", "app.watch", "Watch", tooltip="Watch a link or a message-id", id="app.watch")
POLL = Binding("r", "app.poll", "Poll", tooltip="Ask the archive for new mail now", id="app.poll")
HELP = Binding("question_mark", "app.help", "Help", tooltip="These keys", id="app.help")
