"""Recognize what an author offers to change: "How about a list instead?", "Shall I send a v2 with that?", "I could drop
it, if you prefer".  If the person who is asked says yes, it is promised.
"""

from __future__ import annotations

from patchwatch.pattern import Pattern

_I_DO = r"\b(?:i|we)(?:'ll| will| can| could| would|'d)\b"
_OFFER = Pattern(
    r"(?i)\b(?:how|what) about\b.*\?|\bwhat if (?:i|we)\b.*\?|"
    r"\b(?:shall|should|can|could|may) (?:i|we) (?!ask|know|assume|get|have|expect|see\b).*\?|"
    r"\b(?:do|would) you (?:want|prefer|like) (?:me|us|that i|if i)\b.*\?|"
    r"\b(?:would|will) (?:you|it|this|that) be (?:ok(?:ay)?|fine|acceptable|better|good|happy|enough)\b.*\?|"
    r"\b(?:is|are|looks?) (?:this|that|it|these|the (?:above|below|following))(?: \w+)? "
    r"(?:ok(?:ay)?|fine|acceptable|good) (?:for|with|by|to) you\b.*\?|"
    rf"(?:{_I_DO}|\blet me\b).*\b(?:ok(?:ay)?|fine|good|right|agree|sound|think|thoughts)\b.*\?|"
    rf"{_I_DO}.*\bif (?:you|that(?:'s| is)|it(?:'s| is))\b(?!.*\b(?:didn't|don't|can't|not)\b)"
)


def offers_change(text: str) -> bool:
    """True if an author's answer offers to change the patch."""
    return _OFFER.search(text) is not None
