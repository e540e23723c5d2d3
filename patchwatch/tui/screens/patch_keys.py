"""The keys that mark patches, in every screen that shows some."""

from __future__ import annotations

from textual.binding import Binding

READ = Binding("v", "mark_patch(True)", "Read", tooltip="Mark the patch as read, or take that back", id="patch.read")
SKIP = Binding("V", "mark_patch(False)", "Skip the patch, or take that back", show=False, id="patch.skip")
