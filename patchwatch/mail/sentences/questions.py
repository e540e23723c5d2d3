"""Recognize a question about the patch.

Asides ("Which tree does this go through?") and what only looks like a question, such as a line of a stack trace, are
none.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.pattern import Pattern

_ASIDE = Pattern(
    r"(?i)\b(?:(?:not|un) ?related to (?:this|the|your)|unrelated|side (?:question|note)|"
    r"(?:out of|just|pure) curi\w+|off[- ]topic|(?:go|goes|going|routed?|taken?|picked?) (?:this |it |"
    r"these )?(?:in )?(?:up )?"
    r"(?:through|via|by)|which tree|"
    r"any(?:body|one) else|eh(?=\?))\b"
)
_QUOTED = 3  # lines at the end of a quote that are read
_LAST = Pattern(r"[^.?!]+\?\W*$")
_SUGGESTS = Pattern(
    r"(?i)\b(?:no|not|\w{2,9}n't|should|shall|instead|rather|better|simply|maybe|perhaps|please|drop|remove|fix|needs?|"
    r"needed|necessary|required|want|suppose\w*|missing|missed|forgot\w*|wrong|redundant|unused|mean|meant|intend\w*|"
    r"typo|bugs?|bugg?y|leaks?|races?|racy|deadlocks?|break|breaks|broken|fail|fails|crash\w*|mistake|left-?over|copy|"
    r"(?:can|could|would|will) (?:you|we|this|it|these))\b"
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


def only_wants_to_know(quoted: Sequence[str]) -> bool:
    """True if the last of these lines end in a question that neither suggests nor suspects anything.

    "Is the lock held here?", not "can you drop it?", "is this a leak?" or "did you mean frob_put()?".
    """
    lines = [line.strip() for line in quoted if line.strip()][-_QUOTED:]
    if not lines or not lines[-1].rstrip(" )\"'").endswith("?"):
        return False
    asked = _LAST.search(" ".join(lines))
    return asked is not None and is_question(asked[0]) and _SUGGESTS.search(asked[0]) is None
