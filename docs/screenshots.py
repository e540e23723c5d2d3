"""Generate the screenshots of the README from the demo: `make screenshots`."""

from __future__ import annotations

import asyncio
import re
import time
from html import escape, unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from textual.pilot import Pilot

from patchwatch.cli.demo import DemoTracker, demo
from patchwatch.config import Config
from patchwatch.text_width import cell_len
from patchwatch.tui.app import PatchwatchApp

HERE = Path(__file__).resolve().parent
TCP = "60474508-419e-2070-2cfc-35196cb74964@manjusaka.me"
XDP_V5 = "20230801142621.7925-1-hffilwlqm@gmail.com"


async def settled(pilot: Pilot[None], seconds: float = 0.6) -> None:
    """Wait until no job has run for `seconds`."""
    app = cast(PatchwatchApp, pilot.app)
    idle_since = time.monotonic()
    while time.monotonic() - idle_since < seconds:
        await pilot.pause(0.05)
        if not app.jobs.idle:
            idle_since = time.monotonic()


CELL = 12.2
"""The width of a cell in Rich's pictures."""
TEXT = re.compile(r'(<text [^>]*?)x="([\d.]+)" (y="[\d.]+") textLength="[\d.]+"([^>]*>)([^<]*)</text>')
BLANK = "\N{NO-BREAK SPACE}"


def words_apart(text: re.Match[str]) -> str:
    """Return a text of Rich's picture word by word, each in its own cells.

    In another font than Rich's, the words of a longer text move; and some programs drop the blanks at its beginning.
    """
    head, x, y, tail, content = text.groups()
    content = unescape(content)
    found = []
    for word in re.finditer(f"[^{BLANK}]+", content):
        begin, width = (CELL * cell_len(part) for part in (content[: word.start()], word[0]))
        found.append(f'{head}x="{float(x) + begin:.1f}" {y} textLength="{width:.1f}"{tail}{escape(word[0])}</text>')
    return "".join(found)


def save(app: PatchwatchApp, name: str) -> None:
    """Write the screen as SVG, without the web font that Rich links to: an image must not load anything."""
    svg = app.export_screenshot(title="patchwatch")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace(
        "font-family: Fira Code, monospace", "font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace"
    )
    svg = TEXT.sub(words_apart, svg)
    (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")


async def picture(name: str, app: PatchwatchApp, size: tuple[int, int], *keys: str) -> None:
    """Save what `app` shows after `keys`."""
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot)
        await settled(pilot, 2.5)  # includes work that is delayed while a mail is read
        save(app, name)


async def main() -> None:
    """Generate all screenshots."""
    with demo() as tracker:
        series = tracker.find(XDP_V5)
        await picture("overview", PatchwatchApp(tracker), (120, 30), "j", "j")
        await picture("series", PatchwatchApp(tracker, open_series=series), (132, 34), "e")
        await picture("compare", PatchwatchApp(tracker, open_series=series), (132, 30), "d", "j")
        await picture("light", PatchwatchApp(tracker, open_series=tracker.find(TCP), theme="light"), (132, 34), "s")
    with TemporaryDirectory() as directory:
        tracker = DemoTracker(Config(), database_url=f"sqlite:///{directory}/new.db")
        await picture("first-start", PatchwatchApp(tracker), (100, 20))
        tracker.database.close()


if __name__ == "__main__":
    asyncio.run(main())
