"""Patch numbers in words: `patches 1-3, 5`.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def format_patches(numbers: Iterable[int]) -> str:
    """`patch 2`, `patches 1-3, 5`; `all` if 0 is among them."""
    order = sorted(set(numbers))
    if 0 in order:
        return "all"
    runs: list[list[int]] = []
    for number in order:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return f"{'patch' if len(order) == 1 else 'patches'} {', '.join(map(_format_run, runs))}"


def _format_run(numbers: Sequence[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"


def parse_patches(text: str, last: int) -> set[int]:
    """The numbers from 1 to `last` that `text` names (`1-3, 5`, `1-3, last` or `not 4`); empty if it has none."""
    if text.startswith("not "):
        return set(range(1, last + 1)) - parse_patches(text.removeprefix("not "), last)
    found = {last} if "last" in text else set[int]()
    for start, end in re.findall(r"(\d+)(?:\s*(?:->|-|–|to|through)\s*#?(\d+))?", text):
        found |= set(range(int(start), min(int(end or start), last) + 1))
    return {number for number in found if 1 <= number <= last}
