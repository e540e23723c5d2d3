"""Recognize the sentence with which a maintainer reports that they pulled what a request asks for.

"Pulled in for 6.13, thanks Rita!", "Pulled and added to frob.git/next.", "Sorry for the delay, now pulled."  In an
answer to a pull request such words mean the request, no matter who writes them: people know which trees they have.
"""

from __future__ import annotations

from collections.abc import Iterable

from patchwatch.mail.sentences.applied import BROKE
from patchwatch.pattern import Pattern

_MAX_SENTENCE = 240  # characters
_PULLED = Pattern(
    r"(?i)(?:^|[,;:.!–—-]\s+|\b(?:and|so|but)\s+)(?:(?:ok(?:ay)?|great|nice|thanks?(?:\s+\w+)?)\s+)?"
    r"(?:(?:i|we)(?:'ve| have)?\s+)?"
    r"(?:(?:it|this|these|both|all|has|have|is|are|been|now|also|just|already)\s+){0,4}pulled"
    r"(?:\s+(?:in|it|this|these|them|all|both|everything|the (?:branch|tag|request)|now|up|too|again|as well))*"
    r"(?=\s*$|\s*[.,!;:(–—-]|\s+(?:in)?to\s|\s+(?:and|for|on top|onto|with|via|despite|thanks?|thx)\b)"
)
_DENIED = Pattern(
    r"(?i)\b(?:not|never|if|once|when|until|unless|would|should|could|can|may|please|will be|to be|gets?|fail\w*|"
    r"(?:got|gets?|gave|gives?) (?:an? )?(?:\w+ )?conflicts?|locally|by mistake|(?:to|and) (?:build-?)?test\w*|"
    r"revert\w*|drop\w*)\b|n't\b|'ll\b"
)
_CLAUSE = Pattern(r"[,;:(–—]\s")


def pulled(sentences: Iterable[str]) -> str | None:
    """The sentence of an answer to a pull request that reports that it was pulled; None without one."""
    return next(filter(_reports, sentences), None)


def _reports(sentence: str) -> bool:
    if "ulled" not in sentence or "?" in sentence or len(sentence) > _MAX_SENTENCE:
        return False
    if not (found := _PULLED.search(sentence)):
        return False
    said = sentence[: found.end()] + _CLAUSE.split(sentence[found.end() :], maxsplit=1)[0]
    return not (_DENIED.search(said) or BROKE.search(sentence, found.end()))
