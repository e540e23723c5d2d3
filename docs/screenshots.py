"""Make the pictures of the README from the demo: `make screenshots`."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from textual.pilot import Pilot

from patchwatch.demo import demo
from patchwatch.tui.app import PatchwatchApp

HERE = Path(__file__).resolve().parent
XDP_V5 = "20230801142621.7925-1-hffilwlqm@gmail.com"


async def settled(pilot: Pilot[None]) -> None:
    """Wait until what was asked for is on the screen."""
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause(0.2)


def save(app: PatchwatchApp, name: str) -> None:
    """Write the screen as SVG, without the web font that Rich links to: a picture must not call home."""
    svg = app.export_screenshot(title="patchwatch")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace(
        "font-family: Fira Code, monospace", "font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace"
    )
    (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")


async def main() -> None:
    """The overview, the accepted series at the mail that proves it, and its last two versions compared."""
    with demo() as tracker:
        app = PatchwatchApp(tracker)
        async with app.run_test(size=(116, 16)) as pilot:
            await settled(pilot)
            save(app, "overview")
    with demo() as tracker:
        app = PatchwatchApp(tracker, open_series=tracker.find(XDP_V5))
        async with app.run_test(size=(120, 34)) as pilot:
            await settled(pilot)
            await pilot.press("e")
            await settled(pilot)
            save(app, "series")
            await pilot.press("d")
            await settled(pilot)
            save(app, "compare")


if __name__ == "__main__":
    asyncio.run(main())
