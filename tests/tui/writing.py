"""What the tests of writing share: an editor that does as it is told, and a terminal that can be lent."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
from fake import FakeCore

from patchwatch.drafts import Drafts
from patchwatch.tui import handing_over
from patchwatch.tui.app import PatchwatchApp


class Desk:
    """A home of the test's own, and what its editor does."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The terminal can be lent, and nobody has to press Enter after b4."""
        self.home = home
        self._monkeypatch = monkeypatch
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setattr(PatchwatchApp, "suspend", lambda _: nullcontext())
        monkeypatch.setattr(handing_over, "pause", lambda: None)
        self.writes("That makes sense.")

    def sit(self, core: FakeCore) -> None:
        """Keep the drafts of `core` here."""
        core.drafts = Drafts(self.home / ".local" / "share" / "patchwatch" / "drafts")

    def writes(self, text: str) -> None:
        """From now on the editor adds a line."""
        self.does(f"printf '%s\\n' '{text}' >>\"$1\"")

    def does(self, command: str) -> None:
        """From now on the editor does this, the file being `$1`."""
        self._monkeypatch.setenv("GIT_EDITOR", f"f() {{ {command}; }}; f")

    def kept(self, core: FakeCore) -> list[str]:
        """The texts of the drafts that are kept."""
        return [file.read_text(encoding="utf-8") for file in sorted(core.drafts.directory.glob("*.eml"))]
