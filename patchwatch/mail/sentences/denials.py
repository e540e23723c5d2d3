"""Recognize sentences that deny what their words suggest: "no v3 needed", "who am I to object?".

The negation governs the words behind it ("no need to", "doesn't need") or is governed by them ("a v3 is not needed").
What else such a sentence says still counts: "No need to resend, but please fix the typo."
"""

from __future__ import annotations

import re

from patchwatch.mail.sentences.cues import Cues
from patchwatch.pattern import Pattern

_AGAIN = (
    r"(?:re-?(?:send|spin|post|submit|submission|roll|do)(?:s|ing|ning|ting|ling)?\b|v\d+\b|"
    r"(?:post|send|spin)(?:ing)? (?:(?:it|this|that|them|these|the (?:patch|series|whole \w+)) )?(?:out )?"
    r"(?:again|v\d+|(?:an?|another) (?:new |updated )*(?:version|revision|patch|series|v\d+))\b|"
    r"(?:(?:new|next|another|updated|fresh|separate|further) )+"
    r"(?:version|revision|iteration|round|spin|posting|series|patch ?set)s?\b)"
    r"(?:(?: just)? (?:only |merely )?(?:for|over|because of) (?:this|that|it|these|those|such)(?: \w+)?\b)?"
)
_LINK = (
    r"(?: (?:for|to|of|with|in|on))?(?: (?:you|the author|anyone|anybody))?(?: to)?"
    r"(?: (?:an?|the|another|any|yet|full|new))*"
)
_ADVERB = r"(?: (?:really|strictly|actually|even|necessarily|absolutely|currently|just|also|probably))*"
_NEEDED = r"(?:needed|necessary|required|warranted|justified|called for|worth (?:it|the \w+))"
_NO_VERSION = Pattern(
    rf"\b(?:there(?:'s| is) )?no (?:real |big |particular )?"
    rf"(?:need|reason|point|necessity|rush|hurry|use|sense){_LINK} {_AGAIN}|"
    rf"\bno (?:more |further |need for )?{_AGAIN}(?: (?:is|are|was))?{_ADVERB} {_NEEDED}|"
    rf"\b(?:an?|the|another|no)? ?{_AGAIN}(?: (?:is|are|was|would be|seems?|should be|shouldn't be))"
    rf"(?:n't|(?: really)? not|(?= un)){_ADVERB}(?: be)? (?:un)?{_NEEDED}|"
    rf"\b(?:(?:do|does|did|would|should)(?:n't| not)|needn't|need not){_ADVERB}"
    rf"(?: (?:need|require|have|want|warrant|bother|deserve|justify|merit|call))?{_LINK} {_AGAIN}|"
    rf"\b(?:do|did|would)(?:n't| not){_ADVERB} (?:think|believe|see|feel|expect|guess|suppose)(?: that| like| why)?"
    r"(?: (?:you|we|it|this|that|there|the|they|\w+ patch|patch|series|change|nit|typo)){1,2}(?:'s| is)?"
    r"(?: (?:any|a|really|should|would|to|be|will))* ?"
    rf"(?:needs?|have|has|requires?|warrants?|reason|justifies|deserves){_LINK} {_AGAIN}|"
    rf"\bnothing (?:(?:that|which|here|in it|else) )?(?:really )?(?:needs|requires|warrants|justifies){_LINK} {_AGAIN}|"
    rf"\bnot{_ADVERB} worth (?:an? |another |the )?(?:(?:trouble|effort) of )?{_AGAIN}|"
    rf"\bunnecessary to {_AGAIN}|\b(?:save|spare)s? (?:you|us)(?: the)? (?:trouble of )?(?:an? |another )?{_AGAIN}|"
    rf"\bwithout (?:(?:needing|requiring|having|you|asking for|the need|for|to) )*(?:an? |another )?{_AGAIN}",
    re.IGNORECASE,
)
_ORDERED = Pattern(r"(?i)^(?:please |so |but |and )?(?:don't|do not)\b")
_NOT_YET = Pattern(
    r"(?i)\s*(?:\w+ ){0,4}?(?:until|till|before|without|unless|so (?:often|soon|quickly|fast)|every|more than|yet)\b"
)
_NEGATIONS = Cues("n't|no |not |nothing|without|unnec|save|spare")
_VERSIONS = Cues("send|spin|repost|re-post|post |submi|version|revision|iteration|roll")
_NUMBER = Pattern(r"\bv\d")
# "Who am I to object?", "How could anyone say no?", "What's not to like?"
_OBJECT = (
    r"(?:object|argue|complain|disagree|say no|refuse|resist|protest|stand in the way|stop \w+|nac?k|mind|not like)"
)
_NO_OBJECTION = Pattern(
    rf"\b(?:who|what) am i to (?:\w+ )?{_OBJECT}\b|"
    rf"\b(?:who|how|why) (?:could|can|would|should|shall|will) (?:i|we|any(?:one|body)|one|possibly|ever)?"
    rf"(?: (?:i|any(?:one|body)|possibly|ever|even))* ?{_OBJECT}\b|\bwhat(?:'s| is) (?:there )?not to (?:like|love)\b|"
    r"\bwhat(?:'s| is) there to (?:object|complain|argue)\b",
    re.IGNORECASE,
)


def without_denials(sentence: str, lowered: str) -> str:
    """The sentence without "no need to resend" and the like, which ask for no new version."""
    if not _NEGATIONS.occur(lowered) or not (_VERSIONS.occur(lowered) or _NUMBER.search(lowered)):
        return sentence
    found = _NO_VERSION.search(sentence)
    if found is None or (_ORDERED.match(sentence) and _NOT_YET.match(sentence, found.end())):
        return sentence  # "don't resend before -rc1"
    return f"{sentence[: found.start()]} {sentence[found.end() :]}".strip(" ,.;")


def objects_to_nothing(sentence: str, lowered: str) -> bool:
    """True for a question that means that its writer does not object."""
    return ("am i" in lowered or "?" in lowered) and _NO_OBJECTION.search(sentence) is not None
