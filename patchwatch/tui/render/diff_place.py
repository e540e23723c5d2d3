"""Which line of the diff in a mail a line on the screen is: in the files of a version, and in a comparison of two.

Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.compose.hunk import DiffLine
from patchwatch.tui.render.changed_files import Change
from patchwatch.tui.render.page import Page

_ABOVE = 8  # lines by which one is told from others with the same text


def in_files(page: Page, line: int, found: Sequence[Change]) -> DiffLine | None:
    """A line of the page of `found` changes; None for a line that names a patch.

    The line of a point stands for the line of code above it.
    """
    heading, nth = max(((number, n) for n, (number, _) in enumerate(page.targets) if number <= line), default=(0, 0))
    within = sum(one.kind == "diff" for one in page.lines[heading + 1 : line + 1]) - 1
    if not 0 <= within < len(found[nth].lines):
        return None
    return DiffLine(found[nth].lines[within].text, found[nth].first + within)


def in_comparison(page: Page, line: int) -> DiffLine | None:
    """A line of the page about a pair of patches, in the newer one; None above the diff.

    A heading stands for the line of the newer patch below it; the line of a point, and one that only the older patch
    has, for the line above.
    """
    first = next((n for n, one in enumerate(page.lines) if one.kind == "section" and one.text == "── Diff"), line)
    while first < line < len(page.lines) - 1 and page.lines[line].text.startswith(("@@ ", "+++ ", " #", "+#")):
        line += 1
    code = [text for one in page.lines[first + 1 : line + 1] if (text := _newer(one.kind, one.text))]
    return DiffLine(code[-1], above=tuple(code[-2 : -2 - _ABOVE : -1])) if code else None


def _newer(kind: str, text: str) -> str:
    """The line of the newer patch; empty if it has none."""
    if kind == "diff":  # of a patch without a counterpart
        return "" if text.startswith(("@@ ", "+++ ")) else text
    return text[1:] if kind == "between" and text[:1] in (" ", "+") and text[1:2] in (" ", "+", "-") else ""
