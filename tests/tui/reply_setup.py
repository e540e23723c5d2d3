"""What the tests of writing share: an editor that does as it is told, a terminal that can be lent, and what is said."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
from textual.pilot import Pilot

from patchwatch.compose.draft import Draft
from patchwatch.compose.draft_store import DraftStore
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.controllers import run_b4
from tests.tui.driving import shown, until
from tests.tui.fake_tracker import FakeTracker


class ReplySetup:
    """A home of the test's own, and what its editor does."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The terminal can be lent, and nobody has to press Enter after b4."""
        self.home = home
        self._monkeypatch = monkeypatch
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setattr(PatchwatchApp, "suspend", lambda _: nullcontext())
        monkeypatch.setattr(run_b4, "pause", lambda: None)
        self.writes("That makes sense.")

    def sit(self, tracker: FakeTracker) -> None:
        """Keep the drafts of `core` here."""
        tracker.drafts = DraftStore(self.home / ".local" / "share" / "patchwatch" / "drafts")

    def writes(self, text: str) -> None:
        """From now on the editor adds a line."""
        self.does(f"printf '%s\\n' '{text}' >>\"$1\"")

    def does(self, command: str) -> None:
        """From now on the editor does this, the file being `$1`."""
        self._monkeypatch.setenv("GIT_EDITOR", f"f() {{ {command}; }}; f")

    def kept(self, tracker: FakeTracker) -> list[str]:
        """The texts of the drafts that are kept."""
        return [file.read_text(encoding="utf-8") for file in sorted(tracker.drafts.directory.glob("*.eml"))]


async def pressed(pilot: Pilot[None], *keys: str, says: str | tuple[str, ...]) -> None:
    """Press `keys`, and wait for all that the screen then says."""
    await pilot.press(*keys)
    for words in (says,) if isinstance(says, str) else says:
        await until(pilot, lambda words=words: words in shown(pilot), words)


def sent(tracker: FakeTracker) -> list[Draft]:
    """What was given to git send-email."""
    return [said[0] for said in tracker.asked["send"]]  # type: ignore[attr-defined]


def notices(pilot: Pilot[None]) -> str:
    """What is said, a line each."""
    assert isinstance(pilot.app, PatchwatchApp)
    return "\n".join(f"{notice.tone}: {notice.text}" for notice in pilot.app.notices)
