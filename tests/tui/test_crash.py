"""A crash of the TUI prints no traceback with local variables, which hold mail; the command line reports it."""

from __future__ import annotations

import pytest

from patchwatch.cli.main import run
from patchwatch.tui.app import PatchwatchApp
from tests.tui.fake_tracker import FakeTracker


async def test_a_crash_of_the_tui_shows_no_local_variables() -> None:
    app = PatchwatchApp(FakeTracker())

    def fail() -> None:
        raise LookupError("words of a stranger")

    async def crash() -> None:
        async with app.run_test() as pilot:
            app.call_later(fail)
            await pilot.pause()

    with pytest.raises(LookupError):
        await crash()
    assert app._exit_renderables == []
    assert app.return_code == 1


def test_a_crash_of_the_tui_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("PATCHWATCH_DATABASE", f"{tmp_path}/test.db")
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.headless_driver:HeadlessDriver")

    def fail(self: PatchwatchApp) -> None:
        raise LookupError("words of a stranger")

    monkeypatch.setattr(PatchwatchApp, "on_mount", fail)
    assert run(["tui"]) == 70
    err = capsys.readouterr().err
    assert f"{tmp_path}/patchwatch/crashes" in err
    assert "words of a stranger" not in err
