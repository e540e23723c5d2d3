"""Recognize a question about the patch.

Asides ("Which tree does this go through?") and what only looks like a question, such as a line of a stack trace, are
none.
"""

from __future__ import annotations

from patchwatch.pattern import Pattern

_ASIDE = Pattern(
    r"(?i)\b(?:(?:not|un) ?related to (?:this|the|your)|unrelated|side (?:question|note)|"
    r"(?:out of|just|pure) curi\w+|off[- ]topic|(?:go|goes|going|routed?|taken?|picked?) (?:this |it |"
    r"these )?(?:in )?(?:up )?"
    r"(?:through|via|by)|which tree|"
    r"any(?:body|one) else|eh(?=\?))\b"
)
_SHORT_QUESTIONS = frozenset({"how", "huh", "really", "so", "what", "why"})


def is_question(sentence: str) -> bool:
    """True if the sentence is a question in words; "[<ffff81>] ? schedule" from a stack trace is not."""
    if _ASIDE.search(sentence):
        return False
    question = sentence.rstrip(" .!)]\"'…")
    if sentence.startswith("+") or "+0x" in sentence:
        return False  # a line of a patch, or lines of a stack trace
    words = sum(any(c.isalpha() for c in word) for word in question.split(maxsplit=3)[:3])
    return question.endswith("?") and (words > 1 or question.rstrip("?! ").lower() in _SHORT_QUESTIONS)
