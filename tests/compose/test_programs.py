"""The commands for editor and browser."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from patchwatch.compose.programs import browse, browser_command, edit
from patchwatch.errors import ToolError


def test_editor_is_the_one_git_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_EDITOR", "f() { printf 'edited' >\"$1\"; }; f")
    file = tmp_path / "a draft.eml"
    edit(file)
    assert file.read_text() == "edited"


def test_failing_editor_keeps_the_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_EDITOR", "false")
    with pytest.raises(ToolError, match=r"exited with status 1; nothing was sent. Your text is in .*draft\.eml"):
        edit(tmp_path / "draft.eml")


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"DISPLAY": ":0"}, ("xdg-open", "https://x/")),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, ("xdg-open", "https://x/")),
        ("linux", {"BROWSER": "firefox --new-tab:lynx"}, ("firefox", "--new-tab", "https://x/")),
        ("linux", {"BROWSER": "chromium %s"}, ("chromium", "https://x/")),
        ("darwin", {}, ("open", "https://x/")),
    ],
)
def test_browser_command(platform: str, environment: dict[str, str], expected: tuple[str, ...]) -> None:
    assert browser_command("https://x/", platform, environment) == expected


def test_without_a_display_the_error_has_the_link() -> None:
    with pytest.raises(ToolError, match="Copy this URL: https://x/"):
        browser_command("https://x/", "linux", {"TERM": "xterm"})


def test_browser_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, shown = tmp_path / "browser", tmp_path / "shown"
    browser.write_text(f'#!/bin/sh\necho "$1" >"{shown}.part"\nmv "{shown}.part" "{shown}"\n')
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(browser))
    browse("https://lore.kernel.org/r/a@x/")
    for _ in range(500):
        if shown.exists():
            break
        time.sleep(0.02)
    assert shown.read_text() == "https://lore.kernel.org/r/a@x/\n"
    monkeypatch.setenv("BROWSER", str(tmp_path / "gone"))
    with pytest.raises(ToolError, match="can't start"):
        browse("https://x/")
