"""Find which patches of a series a sentence means: "1/3 and 2/3", "the first two", "all but the last one".  Pure."""

from __future__ import annotations

import re

from patchwatch.pattern import Pattern

COUNTS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
"""Numbers of patches in words: the first is 2."""

# Not "pushed out to let the robots take a first look", "in the last cycle".
_SOME_OF_THEM = (
    r"(?:first|last|latter)(?=\W*$|\s*[,.;:!]|\s+(?:of|to|into|in|for|on|as|and|with|one|two|three|four|five|six|few|"
    r"couple|half|part|bit|\d+|(?:\w+ )?(?:patch(?:es)?|ones?|commits?))\b)"
)
_OF_THEM = rf"(?:{_SOME_OF_THEM}|one|two|three|some|few|half|part|(?:this|that) (?:one|patch)|patch(?:es)?\b|#?\d)"
# Not "applied, but with the tag", "but for now only pushed out as testing": that is said of all of it.
_BUT = rf"but(?! (?:with|i|i've|we|it|this|that's|initially|please|note)\b)(?=(?:\s+[\w'-]+){{0,4}}?\s+{_OF_THEM})"
_ONLY = rf"only(?=\s+(?:the\s+)?{_OF_THEM})|(?:all|everything|both) but|(?:this|that) (?:one|patch) only"
NOT_ALL = Pattern(rf"(?i)\b(?:{_SOME_OF_THEM}|one of|some of|{_ONLY}|{_BUT}|except|minus|without)\b")
_TOTAL = Pattern(r"/\d+")
# "Applied 1/3 and [2/3]", "Patches 1..2 are in next": patches by their subject; not "in 1/2 an hour".
_OF_TOTAL = Pattern(
    r"(?<![\w/.,-])(?P<word>(?:patch(?:es)?|commits?) +)?(?P<open>[(\[]?)#?(?P<number>\d{1,3})/(?P<total>\d{1,3})"
    r"(?P<close>[)\]]?)(?![\w/-]|\.\d|,\d)"
)
_DOTS = Pattern(r"(?<=\d) ?\.{2,3} ?(?=\d)")
# "Applied the first two patches", "the last one"
_THE_FIRST = Pattern(
    rf"(?i)\bthe first (?:(?P<count>{'|'.join(COUNTS)}|\d{{1,2}})\b(?! (?:lines?|times?)\b)|(?:one|patch)\b)"
    r"(?: (?:patches|patch|ones))?"
)
_THE_LAST = Pattern(r"(?i)\bthe last (?:one|patch)\b")
_LEFT_OUT = Pattern(r"(?i)\b(?:all|but|both|except\w*|everything|minus|not|without)\b")


def by_number(sentence: str) -> str:
    """The sentence with "patch 1" for "1/3", and a dash for dots between two numbers."""
    if "/" in sentence:
        named = 0

        def plain(found: re.Match[str]) -> str:
            nonlocal named
            if not 1 <= int(found["number"]) <= int(found["total"]) or bool(found["open"]) != bool(found["close"]):
                return found[0]
            named += 1
            behind = sentence[: found.start()].endswith((", ", ": ")) or named > 1  # "Applied, 1/3"
            return f"{found['word'] or ('' if behind else 'patch ')}{found['number']}"

        sentence = _OF_TOTAL.sub(plain, sentence)
    return _DOTS.sub("-", sentence) if ".." in sentence else sentence


def count_of(word: str) -> int:
    """The number that digits, or a word of COUNTS, stand for."""
    return int(word) if word.isdigit() else COUNTS.index(word.lower()) + 2


def without_total(numbers: str) -> str:
    """The numbers of "1/3 and 2/3": "1 and 2"."""
    return " ".join(_TOTAL.sub("", numbers).split())


def some_by_place(said: str) -> str:
    """The numbers of "the first two patches", and of the last one; empty for others."""
    first = _THE_FIRST.search(said)
    found = first or _THE_LAST.search(said)
    if found is None or _LEFT_OUT.search(said, 0, found.start()) or NOT_ALL.search(said, found.end()):
        return ""
    if first is None:
        return "last"
    number = count_of(first["count"]) if first["count"] else 1
    return f"1-{number}" if number > 1 else "1"
