"""Text that makes careless regular expressions slow: each case is doubled, and the CPU time may not grow much faster.

Times of one run are compared with each other, so the speed of the machine does not matter; that is still too noisy for
`make test`, and runs in `make torture`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from patchwatch.mail import display
from patchwatch.mail.parse import parse
from tests.support.mails import mail

NOW = 1_695_000_000
_DIFF = "---\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"

UNITS = {
    "spaces": " ",
    "tabs": "\t",
    "brackets": "[",
    "closing brackets": "]",
    "bracket pairs": "[]",
    "quotes": ">",
    "spaced quotes": "> ",
    "parentheses": "(",
    "parenthesis pairs": "()",
    "angles": "<",
    "less and more": "<>",
    "at signs": "@",
    "addresses": "a@b ",
    "glued addresses": "a@b.",
    "bracketed addresses": "<a@b.c> ",
    "letters": "a",
    "digits": "1",
    "digits and spaces": "1 ",
    "digits and slashes": "1/",
    "numbers": "[1/2] ",
    "dots": ".",
    "spaced dots": ". ",
    "commas": ",",
    "spaced commas": "a, ",
    "colons": ":",
    "spaced colons": "a: ",
    "dashes": "-",
    "spaced dashes": "- ",
    "words": "ab ",
    "Capitals": "Ab ",
    "slashes": "/",
    "paths": "a/b",
    "addresses of the web": "https://lore.kernel.org/r/",
    "addresses of mails": "https://lore.kernel.org/r/a@b ",
    "double quotes": '"',
    "single quotes": "'",
    "double quoted": '"a" ',
    "backslashes": "\\",
    "equals": "=",
    "encoded words": "=?utf-8?q?a?= ",
    "begun encoded words": "=?utf-8?q?",
    "semicolons": ";",
    "parameters": "; a=b",
    "hex": "deadbeef",
    "spaced hex": "deadbeef0123 ",
    "Re": "Re: ",
    "PATCH": "[PATCH] ",
    "v2": "v2 ",
    "tags": "Reviewed-by: ",
    "tags in a sentence": "Reviewed-by and ",
    "hashes": "#",
    "stars": "*",
    "underscores": "_",
    "bars": "|",
    "and": "and ",
    "please": "please ",
    "not": "not ",
    "I will": "I will ",
    "if you": "if you ",
    "applied": "applied to ",
    "thanks": "thanks, ",
    "what about": "what about ",
    "patches": "patches 1-3, ",
    "commit": "commit deadbeef0123 ",
    "null": "\0",
    "accents": "é",
    "wide": "漢",
    "HTML": "<b>",
    "entities": "&lt;",
    "ampersands": "&",
    "comments": "<!--",
    "carriage returns": "\r",
    "lines": "\n",
    "spaced lines": " \n",
    "quoted lines": "> a\n",
    "quoted empty lines": ">\n",
    "dashed lines": "---\n",
    "signature lines": "-- \n",
    "tag lines": "Reviewed-by: A <a@b.c>\n",
    "hunks": "@@ -1 +1 @@\n-a\n+b\n",
    "files": "diff --git a/x b/x\n--- a/x\n+++ b/x\n",
    "On ... wrote": "On Monday A wrote:\n",
    "sentences": "I think this is wrong. ",
    "questions": "why? ",
    "shortlog": "A (1):\n      b\n",
    "scissors": "-- >8 --\n",
    "From lines": "From: A <a@b.c>\n",
    "links": "Link: https://lore.kernel.org/r/a@b\n",
    "changes": "Changes in v2:\n- a\n",
    "numbered lines": "[1/2] x\n      commit: deadbeef\n",
    "parts": "--b\n\nx\n",
    "nested parts": "--b\nContent-Type: multipart/mixed; boundary=b\n\n",
}


@dataclass(frozen=True)
class Case:
    """A mail of any size."""

    name: str
    raw: Callable[[int], bytes]
    small: int = 8_000  # characters to begin with


def cases() -> Iterator[Case]:
    """Each unit in each place of a mail."""
    for name, unit in UNITS.items():
        line = unit.replace("\n", " ")

        def text(size: int, unit: str = unit) -> str:
            return unit * (size // len(unit) or 1)

        def header(size: int, line: str = line) -> str:
            return line * (size // len(line) or 1)

        yield Case(f"{name} in a patch", lambda n, t=text: mail(body=f"{t(n)}\n{_DIFF}"))  # type: ignore[misc]
        yield Case(f"{name} in a diff", lambda n, t=text: mail(body=f"x\n{_DIFF}{t(n)}\n"))  # type: ignore[misc]
        yield Case(
            f"{name} in a reply",
            lambda n, t=text: mail(subject="Re: [PATCH] x", in_reply_to="a@b", body=f"{t(n)}x\n"),  # type: ignore[misc]
        )
        yield Case(
            f"{name} after a tag",
            lambda n, t=text: mail(  # type: ignore[misc]
                subject="Re: [PATCH] x", in_reply_to="a@b", body=f"Reviewed-by: A {t(n)}x\n"
            ),
        )
        for place in ("Subject", "From", "To", "References", "Message-ID", "Date", "Content-Type", "Received"):
            yield Case(
                f"{name} in {place}",
                lambda n, t=header, p=place: (  # type: ignore[misc]
                    f"{p}: {t(n)}x\n".encode() + mail(body="Hello.\n")
                ),
            )
        yield Case(
            f"{name} in HTML",
            lambda n, t=text: mail(headers={"Content-Type": "text/html"}, body=f"<p>{t(n)}x</p>\n"),  # type: ignore[misc]
        )
        yield Case(
            f"{name} in parts",
            lambda n, t=text: mail(headers={"Content-Type": "multipart/mixed; boundary=b"}, body=f"{t(n)}x\n"),  # type: ignore[misc]
        )


def seconds(raw: bytes) -> float:
    """CPU time to parse a mail and prepare it for display."""
    began = time.process_time()
    parse(raw, NOW)
    display.read_for_display("a@b", raw, ())
    return time.process_time() - began


MAX_RATIO = 3.2  # of the times for twice the text; 2 is linear, 4 is quadratic
_ENOUGH = 0.25  # seconds; below, a ratio says nothing
_LARGEST = 4_000_000


def growth(case: Case) -> tuple[float, float, int]:
    """Double the mail until it takes long; return the last ratio, the time, and the size."""
    size = case.small
    while (taken := seconds(case.raw(size))) < _ENOUGH and size < _LARGEST:
        size *= 2
    ratio = MAX_RATIO + 1
    for _ in range(3):  # again, because another process may have disturbed it
        if ratio > MAX_RATIO:
            half = seconds(case.raw(size // 2))
            taken = min(taken, seconds(case.raw(size)))
            ratio = taken / max(half, 0.02)
    return ratio, taken, size
