"""A pattern of the English language, and what shows quickly that a sentence does not match it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from patchwatch.mail.sentences.cues import Cues
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


def phrase(cues: str, pattern: str, words: str = "") -> Phrase:
    """Build a phrase: `cues` are separated by `|`; the lines of `pattern` are joined without their indentation."""
    joined = "".join(line.strip() for line in pattern.splitlines())
    return Phrase(Cues(cues), word_set(words), Pattern(joined, re.IGNORECASE))
