"""State that the TUI keeps between runs: the theme chosen in it.

It is a file in the user's state directory (XDG Base Directory Specification): only the user writes the config.  The
file is expendable, so that errors in reading or writing it are ignored.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from patchwatch.config import THEMES, state_directory
from patchwatch.private_files import make_directory


class SavedState:
    """The file with the state."""

    def __init__(self, path: Path | None = None) -> None:
        """`path` is the file, by default one in the state directory."""
        self._path = path or state_directory() / "screen.json"
        self._configured = ""  # the theme in the config

    def theme(self, configured: str) -> str:
        """The theme to start with: the one chosen last, unless the config has changed since."""
        try:
            saved = json.loads(self._path.read_text(encoding="utf-8"))
            chosen, then = saved["theme"], saved["configured"]
        except (OSError, ValueError, KeyError, TypeError):
            chosen = then = None
        self._configured = configured
        return chosen if then == configured and chosen in THEMES else configured

    def choose_theme(self, chosen: str) -> None:
        """Start with this theme from now on."""
        with suppress(OSError):
            make_directory(self._path.parent)
            state = {"theme": chosen, "configured": self._configured}
            self._path.write_text(json.dumps(state), encoding="utf-8")
