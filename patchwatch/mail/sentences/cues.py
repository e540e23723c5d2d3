"""Cues: parts of a sentence of which every sentence that a pattern matches has one; a quick test before the pattern.

A cue is in lower case: "appl", " drop", "n't ", "on top of".  There are hundreds of them in dozens of lists, and most
sentences have none of most lists.  So the words of a sentence rule out lists first, all lists at once.
"""

from __future__ import annotations

import functools

from patchwatch.mail.sentences.words import words
from patchwatch.pattern import Pattern

_RUN = Pattern(r"\w+")
_EDGE = "\0"  # of a word
_KEPT = 8_000  # words whose lists are kept
_LONGEST = 32  # letters of a word that is kept

_new: list[Cues] = []  # not indexed yet: a command that reads no mail need not do it
_parts: dict[str, dict[str, int]] = {}  # of words, by their first two letters; each with the bits of its lists
_others = 0  # lists with cues without letters


class Cues:
    """A list of cues."""

    __slots__ = ("_cues", "bit")

    _count = 0

    def __init__(self, cues: str) -> None:
        """`cues` are in lower case, separated by `|`."""
        self._cues = tuple(cues.split("|"))
        self.bit = 1 << Cues._count
        Cues._count += 1
        _new.append(self)

    def index(self) -> None:
        """Index the cues; `lists_in` does it when it is first called."""
        for cue in self._cues:
            _add(cue, self.bit)

    def occur(self, lowered: str) -> bool:
        """True if one of the cues is in the sentence, which is in lower case."""
        if lists_in(lowered) & self.bit:
            for cue in self._cues:
                if cue in lowered:
                    return True
        return False


@functools.lru_cache(maxsize=64)  # each sentence is looked at many times, one after the other
def lists_in(lowered: str) -> int:
    """The bits of the lists that the words of a sentence do not rule out."""
    while _new:
        _new.pop().index()
    found = _others
    for bits in map(_of_words.__getitem__, words(lowered)):
        found |= bits
    return found


def _add(cue: str, bit: int) -> None:
    """Index a cue by the part of it that is in the fewest words."""
    global _others
    runs = [
        _EDGE * (run.start() > 0) + run[0] + _EDGE * (run.end() < len(cue))  # "n't " is "n" at an end, and the word "t"
        for run in _RUN.finditer(cue)
    ]
    if not runs:
        _others |= bit
        return
    part = max(runs, key=lambda run: (len(run) + run.count(_EDGE), run))
    alike = _parts.setdefault(part[:2], {})
    alike[part] = alike.get(part, 0) | bit
    _of_words.clear()


def _lists_of(word: str) -> int:
    """The bits of the lists with a cue that may be in the word, or around it."""
    text = f"{_EDGE}{word}{_EDGE}"
    found = 0
    for begin in range(len(text) - 1):
        if parts := _parts.get(text[begin : begin + 2]):  # few words have one
            for part, bits in parts.items():
                if text.startswith(part, begin):
                    found |= bits
    return found


class _ListsOfWords(dict[str, int]):
    """The bits of `_lists_of` by word."""

    def __missing__(self, word: str) -> int:
        bits = _lists_of(word)
        if len(word) <= _LONGEST:
            if len(self) >= _KEPT:
                self.clear()
            self[word] = bits
        return bits


_of_words = _ListsOfWords()
