"""Recognize that a patch that was applied left its tree again: "Dropped.", "I'll revert it for now"."""

from __future__ import annotations

import re

from patchwatch.mail.sentences.applied import I_DID, LEAD, THING
from patchwatch.pattern import Pattern

_MAX_SENTENCE = 240  # characters

# What may precede it, besides: "Whatever, …", "I'm sorry, but …", "... and dropped".
_ALSO = (
    r"(?:(?:\.{3}|…)\s*|(?:whatever|anyway|np|no problem|oh|therefore|hence|in that case|for now|meanwhile|"
    r"i(?:'m| am) sorry|but|then|no|nope|oops|hmm+)(?:[,.;!:-]+\s+|\s+))"
)
_THINGS = (
    rf"(?:{THING}(?: \d+/\d+)?|(?:just |only )?this (?:one|patch) \d+/\d+|the this one|(?:this|the|these|those|your) "
    r"(?:changes?|commits?)|(?:the |these |those )?(?:two|three|four|five|\d+) patches|"
    r"(?:this|the|these) (?:branch|revert)|them all)(?: \([^()]{1,60}\))?"
)
_OUT = rf"(?:(?:\s+{_THINGS})?\s+out)"
_DID = rf"(?:dropped|removed|reverted|backed{_OUT}|un-?queued|un-?applied)"
_DOING = rf"(?:dropping|reverting|backing{_OUT})"
_UNDO = rf"(?:revert|back{_OUT})"
_JUST = r"(?:(?:now|just|also|simply|then)\s+)*"
_I_DROP = (
    rf"(?:{I_DID}{_JUST}{_DID}|{I_DID}{_JUST}had to {_JUST}(?:drop|un-?queue|un-?apply|{_UNDO})|"
    rf"i(?:'ll)? (?:have|need) to {_JUST}(?:drop|un-?queue|un-?apply|{_UNDO})|"
    rf"i(?:'m| am) {_JUST}{_DOING}|i(?:'m| am)?(?: going to| ?gonna) {_JUST}{_UNDO}|"
    rf"i(?:'ll| will)(?: just| go(?: and)?| now| simply)* {_UNDO})"
)
# "I dropped it while applying" is about a line of it.
_TAIL = (
    r"(?:\s+(?:now|then|for now|from|out of|again|while(?! (?:i )?(?:appl|merg|pick|push|commit|queu)\w+)|until|"
    r"in the meantime|and|due to|as(?! (?:unne|redun|unus|usel|sugg|well)\w*)|"
    r"(?:because|since)(?!.{0,60}\b(?:un(?:us|ne)\w*|redun\w*|usel\w*|not (?:needed|used|necessary)|no longer|nobody|"
    r"already|conflicts?)\b)|to avoid)\b.*|"
    r"\s*(?:\([^()]{1,40}\))?[.,!;:].*|)"
)
_DROPPED = Pattern(
    rf"(?:{LEAD}|{_ALSO})*(?:{_I_DROP}|(?:now\s+)?(?:{_DID}|dropping))(?:\s+{_THINGS})?{_TAIL}",
    re.IGNORECASE | re.DOTALL,
)
_FROM_NOW_ON = "now|for now|again|while|until|in the meantime|and"
# "I'll drop it for now."  Authors say so of lines of their patch.
_WILL_DROP = Pattern(
    rf"(?:{LEAD})*i(?:'ll| will)(?: just| go(?: and)?| now)* drop(?:\s+{THING})?"
    rf"(?:\s+(?:{_FROM_NOW_ON}|from|out of)\b.*|\s*[.,!;].*|)",
    re.IGNORECASE | re.DOTALL,
)
# "The review was not compelling, so I'll drop it for now."
_SO = Pattern(r"(?i),?\s+so\s+")
# "Since these break the build, I have dropped the changes from my branch."
_CLAUSE = Pattern(r"(?i)(?:[,;:–—-]\s+|\b(?:but|and|so|then)\s+)(?=i\b)")
_DROPPED_THEN = Pattern(
    rf"{_I_DROP}\s+(?!(?:it|this|that|them|these|those|both|all|everything)\b){_THINGS}{_TAIL}|"
    rf"{_I_DROP}\s+{_THINGS}\s+(?:from|out of)\s+(?:my|the|our)\s+(?:\S+\s+)?(?:tree|branch|queue|next)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_MAYBE = Pattern(r"(?i)\b(?:already|if|unless|otherwise|or|either|whether|when|once|would|could|might)\b")
# "Dropped v2 and picked this one up."
_REPLACED = Pattern(r"(?i)\band (?:\w+ )?(?:applied|merged|picked|queued|replaced|took|used)\b")
_GONE = r"(?:dropped|reverted|removed|backed out|un-?queued|un-?applied)"
# "The patch has been dropped from frob-fixes."
_WAS_DROPPED = Pattern(
    rf"(?:{LEAD})*{THING}(?:'s| has| have| was| were| is| are)(?: now| just| been)* {_GONE}"
    r"\s+(?:from|out of)\s+(?:(?:the|my|our)\s+)?(?:[\w.]+[-/][\w./-]+|(?:\S+\s+)?(?:tree|branch|queue|next))\b"
    rf"(?:\s+(?:{_FROM_NOW_ON})\b.*|\s*[.,!;].*|)",
    re.IGNORECASE | re.DOTALL,
)
_REPORTS = (_DROPPED, _WILL_DROP, _WAS_DROPPED)


def is_dropped(sentence: str) -> bool:
    """True if a sentence reports that an applied patch was dropped or reverted."""
    if "?" in sentence or len(sentence) > _MAX_SENTENCE or _REPLACED.search(sentence):
        return False
    starts = (0, *(found.end() for found in _SO.finditer(sentence)))
    if any(said.fullmatch(sentence, start) for start in starts for said in _REPORTS):
        return True
    clauses = (found.end() for found in _CLAUSE.finditer(sentence))
    return any(_DROPPED_THEN.fullmatch(sentence, start) for start in clauses) and not _MAYBE.search(sentence)
