"""Count the steps of a computation, to test how it grows: the number does not depend on the machine or its load."""

from __future__ import annotations

import sys
from collections.abc import Callable


def steps(function: Callable[[], object]) -> int:
    """Return how many functions, of Python or C, a call of `function` calls."""
    count = 0

    def observe(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        if event in ("call", "c_call"):
            count += 1

    before = sys.getprofile()
    sys.setprofile(observe)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count
