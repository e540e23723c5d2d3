"""What the screen remembers from one run to the next: a theme that was chosen while it ran.

A file of our own in the user's state directory (XDG Base Directory Specification), because the config is the user's to
write.  Losing it loses nothing else, so that what can't be read or written is as good as not there.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from patchwatch.config import THEMES, state_directory


class SavedState:
    """The file."""

    def __init__(self, path: Path | None = None) -> None:
        """`path` is the file, if it is not the usual one."""
        self._path = path or state_directory() / "screen.json"
        self._configured = ""  # the theme that the config names

    def theme(self, configured: str) -> str:
        """The theme to begin with: the one chosen last, unless the config names another than it did then."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            chosen, then = kept["theme"], kept["configured"]
        except (OSError, ValueError, KeyError, TypeError):
            chosen = then = None
        self._configured = configured
        return chosen if then == configured and chosen in THEMES else configured

    def choose_theme(self, chosen: str) -> None:
        """Begin with this theme from now on."""
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            kept = {"theme": chosen, "configured": self._configured}
            self._path.write_text(json.dumps(kept), encoding="utf-8")
