"""Watching links and message-ids found in mails, driven by keys."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.dialogs.watch import WatchDialog
from patchwatch.tui.render.mail_lines import links
from patchwatch.tui.render.page import Line
from patchwatch.tui.screens.overview import OverviewScreen
from tests.tui.driving import dialog_opened, series_shown, shown, until
from tests.tui.fake_tracker import FakeTracker
from tests.tui.sample_mails import SampleMail


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("prose", "Message-ID: <abc@example.org>", ["abc@example.org"]),
        ("prose", "as in id:x-1@example.org.", ["x-1@example.org"]),
        ("prose", "<20230801142621.7925-1-x@example.com>,", ["20230801142621.7925-1-x@example.com"]),
        ("prose", "(20230801-frob-v1-0-abc@kernel.org)", ["20230801-frob-v1-0-abc@kernel.org"]),
        ("prose", "<cover.1690000000.git.ann@example.org>", ["cover.1690000000.git.ann@example.org"]),
        ("quote", "> CAFx1y@mail.gmail.com", ["CAFx1y@mail.gmail.com"]),
        ("prose", "lore.kernel.org/r/abc@example.org/ says so", ["lore.kernel.org/r/abc@example.org/"]),
        ("prose", "https://lore.kernel.org/r/20230801142621.1-x@y.org", ["https://lore.kernel.org/r/20230801142621.1-x@y.org"]),
        ("trailer", "In-Reply-To: <abc@example.org>", ["abc@example.org"]),
        # People.
        ("prose", "Ask Ann <ann.1980@example.org> or 1234567890@example.org", []),
        ("trailer", "Reviewed-by: Ann <20230801-ann@example.org>", []),
        ("header", "From     Ann <20230801142621.7-ann@example.org>", []),
        ("diff", "+ 20230801142621.7925-1-x@example.com", []),
    ],
)  # fmt: skip
def test_message_ids_are_distinguished_from_addresses(kind: str, text: str, found: list[str]) -> None:
    assert [text[a:b] for a, b in links(Line(kind, text, 0))] == found


@pytest.mark.parametrize(
    "text", ["https://lore.kernel.org/bpf/other@example.org/", "<20230901080000.1-2-x@example.org>"]
)
async def test_w_watches_the_selected_link_or_message_id(tracker: FakeTracker, text: str) -> None:
    tracker.deliver(
        3, SampleMail("see@example.org", "Re: it", f"See {text} for it.\n", depth=1), "drops-v5-0@example.org"
    )
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await series_shown(pilot)
        await pilot.press("G")
        await until(pilot, lambda: "for it." in shown(pilot))
        await pilot.press("tab", "full_stop", "w")
        await dialog_opened(pilot, WatchDialog)
        assert pilot.app.screen.query_one(Input).value == text.strip("<>")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, OverviewScreen))
    assert tracker.asked["watch"] == [(text.strip("<>"),)]


async def test_w_proposes_the_open_series_if_it_is_not_watched(tracker: FakeTracker) -> None:
    tracker.change(3, watched=False)
    async with PatchwatchApp(tracker, open_series=3).run_test(size=(120, 40)) as pilot:
        await series_shown(pilot)
        await pilot.press("w")
        await dialog_opened(pilot, WatchDialog)
        assert pilot.app.screen.query_one(Input).value == "drops-v5-0@example.org"
