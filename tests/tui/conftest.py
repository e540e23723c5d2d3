"""What the tests of the screens share."""

from __future__ import annotations

import pytest
from fake import FakeCore

from patchwatch.tui.app import PatchwatchApp


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look more often whether the program is idle: Textual's pilot does so every 20 ms, twice a key."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 0.004)
    monkeypatch.setattr("textual._wait.SLEEP_IDLE", 0.002)


@pytest.fixture
def core() -> FakeCore:
    """Three watched series and one that is not."""
    return FakeCore()


@pytest.fixture
def app(core: FakeCore) -> PatchwatchApp:
    """The program, not yet running."""
    return PatchwatchApp(core)
