"""Copying references to mails, and opening mails in the browser, driven by keys."""

from __future__ import annotations

import base64

import pytest

from patchwatch.errors import NotFoundError, ToolError
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.copy import CopyDialog
from tests.tui.driving import dialog_opened, opened, series_shown, shown, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.sample_mails import SampleMail


class Terminal:
    """Records what is written to the clipboard of the terminal."""

    def __init__(self, app: PatchwatchApp, monkeypatch: pytest.MonkeyPatch) -> None:
        """Replace the write method of the driver of a running app."""
        self.written = ""
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", self._write)

    def _write(self, data: str) -> None:
        self.written += data

    @property
    def clipboard(self) -> str:
        """The text of the last OSC 52 sequence."""
        _, _, sent = self.written.rpartition("\x1b]52;c;")
        return base64.b64decode(sent.partition("\a")[0]).decode()


@pytest.mark.parametrize(
    ("keys", "copied"),
    [
        (("enter",), "drops-v5-r@example.org"),
        (("y",), "drops-v5-r@example.org"),
        (("j", "enter"), "https://lore.kernel.org/netdev/drops-v5-r@example.org/"),
        (("3",), "Link: https://lore.kernel.org/r/drops-v5-r@example.org"),
    ],
)
async def test_shown_mail_is_copied_in_the_selected_form(
    tracker: FakeTracker, keys: tuple[str, ...], copied: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = PatchwatchApp(tracker, open_series=3)
    async with app.run_test(size=(120, 40)) as pilot:
        await series_shown(pilot)
        await pilot.press("y")
        await dialog_opened(pilot, CopyDialog)
        terminal = Terminal(app, monkeypatch)
        await pilot.press(*keys)
        await until(pilot, lambda: f"✓ Copied: {copied}" in shown(pilot))
        assert terminal.clipboard == copied


async def test_newest_posting_of_a_row_is_copied(tracker: FakeTracker) -> None:
    app = PatchwatchApp(tracker)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, "net: count drops")
        await pilot.press("y")
        await dialog_opened(pilot, CopyDialog)
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Copied: drops-v5-0@example.org" in shown(pilot))
        assert app.clipboard == "drops-v5-0@example.org"


async def test_copy_error_is_reported(tracker: FakeTracker) -> None:
    tracker.failing["citations"] = NotFoundError("<x@y> is not stored. `patchwatch watch x@y` fetches its thread.")
    async with PatchwatchApp(tracker).run_test() as pilot:
        await opened(pilot, "net: count drops")
        await pilot.press("y")
        await until(pilot, lambda: "! <x@y> is not stored." in shown(pilot))


async def test_mails_and_rows_and_links_open_in_the_browser(
    tracker: FakeTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[str] = []
    monkeypatch.setattr("patchwatch.compose.programs.browse", pages.append)
    text = "See https://example.org/bug?id=1 and id:20230901080000.1-2-x@example.org there.\n"
    tracker.deliver(3, SampleMail("see@example.org", "Re: it", text, depth=1), "drops-v5-0@example.org")
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "net: count drops")
        await pilot.press("W")
        await until(pilot, lambda: pages == ["https://lore.kernel.org/netdev/drops-v5-0@example.org/"])
        await pilot.press("enter")
        await series_shown(pilot)
        await pilot.press("G")
        await until(pilot, lambda: "example.org/bug" in shown(pilot))
        await pilot.press("W")
        await until(pilot, lambda: pages[1:] == ["https://lore.kernel.org/netdev/see@example.org/"])
        await pilot.press("tab", "full_stop", "W")
        await until(pilot, lambda: pages[2:] == ["https://example.org/bug?id=1"])
        await until(pilot, lambda: "✓ Opened in the browser: https://example.org/bug?id=1" in shown(pilot))
        await pilot.press("full_stop", "W")
        await until(pilot, lambda: pages[3:] == ["https://lore.kernel.org/r/20230901080000.1-2-x@example.org/"])


async def test_missing_browser_is_reported_with_the_link(tracker: FakeTracker, monkeypatch: pytest.MonkeyPatch) -> None:
    def browse(url: str) -> None:
        raise ToolError(f"there is no screen for a browser here. Copy this URL: {url}")

    monkeypatch.setattr("patchwatch.compose.programs.browse", browse)
    async with PatchwatchApp(tracker).run_test(size=(120, 40)) as pilot:
        await opened(pilot, "net: count drops")
        await pilot.press("W")
        await until(pilot, lambda: "! there is no screen for a browser here. Copy this URL:" in shown(pilot))
