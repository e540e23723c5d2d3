"""Cues: parts of a sentence of which every sentence that a pattern matches has one; a quick test before the pattern.

A cue is in lower case: "appl", " drop", "n't ", "on top of".  There are hundreds of them in dozens of lists, many in
several, and most sentences have hardly any.  So the words of a sentence say which cues it may have; each of those is
looked for once, for all lists.
"""

from __future__ import annotations

import functools
from itertools import chain

from patchwatch.mail.sentences.words import words
from patchwatch.pattern import Pattern

_RUN = Pattern(r"\w+")
_EDGE = "\0"  # of a word
_KEPT = 8_000  # words whose cues are kept
_LONGEST = 32  # letters of a word that is kept

_new: list[Cues] = []  # not indexed yet: a command that reads no mail need not do it
_lists: dict[str, int] = {}  # the bits of the lists that a cue is in
_parts: dict[str, dict[str, list[str]]] = {}  # of words, by their first two letters; each with its cues
_everywhere: list[str] = []  # cues without letters


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
            if cue not in _lists:
                _add(cue)
            _lists[cue] = _lists.get(cue, 0) | self.bit

    def occur(self, lowered: str) -> bool:
        """True if one of the cues is in the sentence, which is in lower case."""
        return lists_in(lowered) & self.bit != 0


@functools.lru_cache(maxsize=64)  # each sentence is looked at many times, one after the other
def lists_in(lowered: str) -> int:
    """The bits of the lists of which the sentence, in lower case, has a cue."""
    while _new:
        _new.pop().index()
    found = 0
    for cue in {*_everywhere, *chain.from_iterable(map(_of_words.__getitem__, words(lowered)))}:
        if cue in lowered:
            found |= _lists[cue]
    return found


def _add(cue: str) -> None:
    """Index a cue by the part of it that is in the fewest words."""
    runs = [
        _EDGE * (run.start() > 0) + run[0] + _EDGE * (run.end() < len(cue))  # "n't " is "n" at an end, and the word "t"
        for run in _RUN.finditer(cue)
    ]
    if not runs:
        _everywhere.append(cue)
        return
    part = max(runs, key=lambda run: (len(run) + run.count(_EDGE), run))
    _parts.setdefault(part[:2], {}).setdefault(part, []).append(cue)
    _of_words.clear()


def _cues_of(word: str) -> tuple[str, ...]:
    """The cues that may be in the word, or around it."""
    text = f"{_EDGE}{word}{_EDGE}"
    found: list[str] = []
    for begin in range(len(text) - 1):
        if parts := _parts.get(text[begin : begin + 2]):  # few words have one
            for part, cues in parts.items():
                if text.startswith(part, begin):
                    found += cues
    return tuple(found)


class _CuesOfWords(dict[str, tuple[str, ...]]):
    """The cues of `_cues_of` by word."""

    def __missing__(self, word: str) -> tuple[str, ...]:
        cues = _cues_of(word)
        if len(word) <= _LONGEST:
            if len(self) >= _KEPT:
                self.clear()
            self[word] = cues
        return cues


_of_words = _CuesOfWords()
