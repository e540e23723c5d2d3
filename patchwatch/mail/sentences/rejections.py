"""Recognize sentences that reject a patch: a NAK, a refusal, "leave it as is", "already fixed elsewhere".

Ambiguous wording is not a rejection.  `lowered` is the sentence in lower case: searching it for a few words first is
much faster than trying every pattern.
"""

from __future__ import annotations

import re
from typing import Literal

_NAK = re.compile(
    r"(?:^|(?<=[.,!:(]\s)|(?i:\b(?:so|formal|big|strong|a|another|hard|soft|also|my|still|yet|clear)\s+))(?:NAK|NACK|Nak|Nack|nak|nack)\b|"
    r"^Nacked-by:"
)
_NOT_NAK = re.compile(
    r"(?i)(?:\b(?:your|his|her|their|if|unless|not|avoid|without|previous|last|would be)\b|n't\b).{0,24}$|[\"'`]$"
)

# "Breaking it like this is not something we'll accept."
_REFUSED = re.compile(
    r"\b(?:i|we)(?:'m| am|'re| are)? (?:not|never|won't|will not|will never|can't|cannot) (?:be )?"
    r"(?:going to |gonna )?(?:ever )?"
    r"(?:accept|apply|take|merge|pull|pick up)(?:ing)? (?:this|these|it|the (?:patch|series)|such|that|any of)\b|"
    r"\bnot something (?:i|we)(?:'d| would|'ll| will|'re going to)? (?:ever )?(?:accept|merge|take|apply)|"
    r"\b(?:this|it|patch|series) (?:won't|will not|will never|is not going to|isn't going to) (?:ever )?(?:be )?"
    r"(?:accepted|applied|merged|taken|going in)\b|"
    r"\bi (?:really |just )?(?:don't|do not) want (?:this|it|these|any of this) in "
    r"(?:the kernel|my|our|mainline|upstream)\b|"
    r"\bthe answer is (?:still )?no\b",
    re.IGNORECASE,
)
# "I'd much rather leave it as-is and let it wither away."
_LEFT = re.compile(
    r"\b(?:rather|prefer(?: to)?|let's|please|better(?: to)?|better off|should(?: just)?)\b.{0,30}?\b(?:leav(?:e|"
    r"ing)|keep(?:ing)?) "
    r"(?:it|this|that|things|everything|the (?:code|file|behaviou?r|current \w+|existing \w+)) "
    r"(?:as[- ]is|as (?:it is|they are|it was)|alone|the way (?:it is|they are))",
    re.IGNORECASE,
)
_NOT_LEFT = re.compile(r"(?i)\b(?:for now|until|unless|but|add|use|separate|if|in this (?:patch|series))\b|\?")
# "Rik already sent a fix", "It was fixed by commit 0123456789ab"; not "bisected to commit…", "first bad commit"
_ELSEWHERE = re.compile(
    r"\balready (?:been )?(?:sent|posted|submitted|fixed|addressed|solved|merged|upstream(?:ed)?|committed|queued|"
    r"handled)\b|"
    r"\b(?:sent|posted|submitted) (?:an?|the) (?:(?:similar|same|identical) )?(?:fix|patch)"
    r"(?= for (?:this|it|that|the same)\b|\W*$|[:,] | (?:earlier|last|yesterday|a (?:week|day|while)|at|here)\b)|"
    r"\b(?:(?:is|was|been|got|gets) fixed (?:already|upstream|(?:by|in|with) (?:commit|this|the|\w*https?))|"
    r"duplicate of|(?:obsoleted|superseded|made redundant) (?:by|with)|"
    r"(?:same|identical) (?:fix|patch|change) (?:is|was|has been|has already))\b",
    re.IGNORECASE,
)
# "Not a typo.", "That's intentional."
_NOTHING_WRONG = re.compile(
    r"^(?:(?:no|nope|well|hm+|sorry|but),? )?(?:(?:this|that|it)(?:'s| is) )?(?:actually |really )?"
    r"(?:not (?:a|an|really an?|actually an?) (?:typo|bug|mistake|error)|"
    r"(?:intentional|deliberate|on purpose|by design))\b(?!.*(?:\?|\bbut\b))",
    re.IGNORECASE,
)
_NOT_ELSEWHERE = re.compile(r"(?i)\b(?:not|isn't|wasn't|if|unless|partly|partially|almost|you|i|i've|we)\b|\?|n't\b")
_REFUSED_NOW = re.compile(
    r"(?i)\b(?:yet|(?:right )?now|for now|this (?:cycle|time|window)|in time|via|through|locally|\d+\.\d+)\b"
)
_DONE = (
    "obsolete",
    "superseded",
    "redundant",
    "alread",
    "fixed",
    "duplicate",
    "same",
    "identical",
    " fix",
    " patch",
    "not a",
    "intentional",
    "purpose",
    "desig",
    "delib",
)
_REFUSING = (" want ", " answer ", "accept", "apply", "take", "taking", "merg", "pull", "pick", "going in")

_CONDITION = re.compile(
    r"(?i)\b(?:if|unless|until|till|before|without|as[- ]is|as it (?:is|stands)|in (?:its|this|the current) \w+)\b"
)


def is_nak(sentence: str, lowered: str) -> bool:
    """True if the sentence NAKs the patch, rather than mentioning somebody else's NAK."""
    found = _NAK.search(sentence) if "na" in lowered else None
    return found is not None and not _NOT_NAK.search(sentence[: found.start()])


def keeps_current_code(sentence: str, lowered: str) -> bool:
    """True if the sentence asks to leave the code as it is today."""
    return (
        (" as" in lowered or "alone" in lowered)
        and _LEFT.search(sentence) is not None
        and _NOT_LEFT.search(sentence) is None
    )


def is_done_elsewhere(sentence: str, lowered: str) -> bool:
    """True if the sentence says that another patch already does this, or that nothing needs fixing."""
    if not any(word in lowered for word in _DONE):
        return False
    if _NOTHING_WRONG.search(sentence):
        return True
    return _ELSEWHERE.search(sentence) is not None and not _NOT_ELSEWHERE.search(sentence)


def refusal(sentence: str, lowered: str) -> Literal["final", "conditional", ""]:
    """How a maintainer refuses the patch; empty if they do not, or only for now ("not in this cycle")."""
    if "?" in sentence or not any(word in lowered for word in _REFUSING) or not _REFUSED.search(sentence):
        return ""
    if _CONDITION.search(sentence):
        return "conditional"
    return "" if _REFUSED_NOW.search(sentence) else "final"
