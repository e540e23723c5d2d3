"""A pattern of the English language, and what shows quickly that a sentence does not match it."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass

from patchwatch.mail.sentences.cues import Cues, lists_in
from patchwatch.mail.sentences.words import word_set, words
from patchwatch.pattern import Pattern


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern, and cues and words of which a matching sentence has one each."""

    cues: Cues
    words: frozenset[str]  # empty: not looked for
    pattern: Pattern[str]

    def occurs(self, sentence: str, lowered: str) -> bool:
        """True if the pattern matches somewhere in the sentence; `lowered` is the sentence in lower case."""
        if not self.cues.occur(lowered) or (self.words and self.words.isdisjoint(words(lowered))):
            return False
        return self.pattern.search(sentence) is not None


class Phrases:
    """Alternatives."""

    def __init__(self, *phrases: Phrase) -> None:
        """`phrases` are tried in this order."""
        self._phrases = phrases
        self._bits = functools.reduce(operator.or_, (one.cues.bit for one in phrases))

    def __iter__(self) -> Iterator[Phrase]:
        """All of them."""
        return iter(self._phrases)

    def occur(self, sentence: str, lowered: str) -> bool:
        """True if one of them occurs in the sentence; `lowered` is the sentence in lower case."""
        possible = lists_in(lowered) & self._bits
        if possible:
            for one in self._phrases:
                if possible & one.cues.bit and one.occurs(sentence, lowered):
                    return True
        return False


def phrase(cues: str, pattern: str, words: str = "") -> Phrase:
    """Build a phrase: `cues` are separated by `|`; the lines of `pattern` are joined without their indentation."""
    joined = "".join(line.strip() for line in pattern.splitlines())
    return Phrase(Cues(cues), word_set(words), Pattern(joined, re.IGNORECASE))
