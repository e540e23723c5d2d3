"""Write docs/faults.md, the faults of servers that the tests inject, from tests/faults/table.py: `make faults`."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "faults.md"
sys.path.insert(0, str(ROOT))

from tests.faults import table  # noqa: E402

INTRODUCTION = """\
# Faults of servers

The tests inject these faults between patchwatch and a real public-inbox server, which serves two lists. The faults hit
the responses of one list, and each is tested with `patchwatch poll` and with the loop of `patchwatch run`. Whatever the
fault:

- `poll` and `run` end normally, and name the list and the reason.
- The other list is read, unless the server asks for a pause, which is for all of its lists.
- The whole exchange has one deadline, `lore.deadline_seconds`: connecting, TLS, headers, body.
- After the fault is over, the database has the same mail as if there had been none.

The table is generated from `tests/faults/table.py` by `make faults`.
"""

SECTIONS = {
    "Statuses": table.STATUSES,
    "Redirects": table.REDIRECTS,
    "Bodies": table.BODIES,
    "The wire": table.WIRE,
    "Clocks": table.CLOCKS,
    "Feeds": table.FEEDS,
    "Threads, and the search in all lists": table.ELSEWHERE,
}


def page() -> str:
    """Return the page."""
    return "\n".join([INTRODUCTION, *(line for title, faults in SECTIONS.items() for line in section(title, faults))])


def section(title: str, faults: Iterable[table.Fault]) -> Iterator[str]:
    """Yield the lines of a section: the faults by what becomes of the list."""
    yield f"## {title}\n"
    for outcome in table.Outcome:
        names = [fault.name for fault in faults if fault.outcome is outcome]
        if names:
            text = f"- **{outcome.value[0].upper()}{outcome.value[1:]}:** {'; '.join(names)}."
            yield textwrap.fill(text, 120, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
