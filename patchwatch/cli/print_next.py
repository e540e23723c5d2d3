"""Print the answer of `next`.  `patchwatch.__main__` calls `answer_stored` before anything slow is imported."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

from patchwatch.db import next_file
from patchwatch.db.next_file import Answer
from patchwatch.output import discard_stdout, print_json, print_line

SECTIONS = ("now", "review", "new", "waiting", "dormant", "closed")
"""The values of patchwatch.series.queue.Section, which takes long to import; a test compares them."""
_FORMS = ("--count", "--line", "--json")


def answer_stored(arguments: Sequence[str]) -> bool:
    """Print the stored answer to `next` with these arguments; False if it has to be computed."""
    forms = [word for word in arguments if word in _FORMS]
    sections = [word for word in arguments if word in SECTIONS]
    if len(forms) > 1 or len(forms) + len(sections) != len(arguments) or (sections and forms != ["--count"]):
        return False
    now = int(time.time())
    answer = next_file.read(now, text=forms not in (["--count"], ["--line"]))
    if answer is None:
        return False
    try:
        print_answer(answer, now, forms, sections)
    except BrokenPipeError:
        discard_stdout()
    return True


def print_answer(answer: Answer, now: int, forms: Collection[str], sections: Sequence[str]) -> None:
    """Print an answer in one of the forms."""
    stale = answer["stale_at"] is not None and answer["stale_at"] <= now
    if "--json" in forms:
        print_json({**answer["json"], "stale": stale})
    elif "--count" in forms:
        print_line("?" if stale else " ".join(str(answer["counts"][name]) for name in sections or ["now"]))
    elif "--line" in forms:
        print_line("?" if stale else answer["line"])
    else:
        for text in answer["text"]:
            print_line(text)
