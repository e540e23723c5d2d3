"""What the tests of replies share: an editor that does what a test wants, a fake suspend, drafts and notices."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
from textual.pilot import Pilot

from patchwatch.compose.draft import Draft
from patchwatch.compose.draft_store import DraftStore
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.controllers import run_b4
from tests.tui.driving import page_id, shown, until
from tests.tui.fake_tracker import FakeTracker

FIRST = "drops-v5-r@example.org"  # the mail that is opened: Jonas answers patch 1
PATCH = "drops-v5-1@example.org"
COVER = "drops-v5-0@example.org"
ROOMY = (120, 50)


class ReplySetup:
    """A home directory and an editor for a test."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make suspending work without a terminal; skip the wait for Enter after b4."""
        self.home = home
        self._monkeypatch = monkeypatch
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setattr(PatchwatchApp, "suspend", lambda _: nullcontext())
        monkeypatch.setattr(run_b4, "pause", lambda: None)
        self.editor_appends("That makes sense.")

    def keep_drafts(self, tracker: FakeTracker) -> None:
        """Keep the drafts of `tracker` in this home."""
        tracker.drafts = DraftStore(self.home / ".local" / "share" / "patchwatch" / "drafts")

    def editor_appends(self, text: str) -> None:
        """From now on the editor appends a line."""
        self.editor_runs(f"printf '%s\\n' '{text}' >>\"$1\"")

    def editor_runs(self, command: str) -> None:
        """From now on the editor runs this shell command, with the file as `$1`."""
        self._monkeypatch.setenv("GIT_EDITOR", f"f() {{ {command}; }}; f")

    def draft_texts(self, tracker: FakeTracker) -> list[str]:
        """The texts of the stored drafts."""
        return [file.read_text(encoding="utf-8") for file in sorted(tracker.drafts.directory.glob("*.eml"))]


async def pressed(pilot: Pilot[None], *keys: str, says: str | tuple[str, ...]) -> None:
    """Press `keys`, and wait for all of these texts."""
    await pilot.press(*keys)
    for text in (says,) if isinstance(says, str) else says:
        await until(pilot, lambda text=text: text in shown(pilot), text)


def sent(tracker: FakeTracker) -> list[Draft]:
    """The drafts given to git send-email."""
    return [arguments[0] for arguments in tracker.asked["send"]]  # type: ignore[attr-defined]


def notices(pilot: Pilot[None]) -> str:
    """The notices, one per line."""
    assert isinstance(pilot.app, PatchwatchApp)
    return "\n".join(f"{notice.tone}: {notice.text}" for notice in pilot.app.notices)


async def at_series(pilot: Pilot[None], message_id: str = FIRST) -> None:
    """Wait until a mail of the series is shown, with no screen above it."""
    await until(pilot, lambda: page_id(pilot) == message_id, message_id)
