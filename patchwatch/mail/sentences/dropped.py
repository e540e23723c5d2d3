"""Recognize that a patch that was applied left its tree again: "Dropped.", "I'll revert it for now"."""

from __future__ import annotations

import re

from patchwatch.mail.sentences.applied import I_DID, LEAD, THING
from patchwatch.pattern import Pattern

_MAX_SENTENCE = 240  # characters

_SO = Pattern(r"(?i),?\s+so\s+")  # "The review was not compelling, so I'll drop it for now."
_DROPPED = Pattern(
    rf"(?:{LEAD})*(?:{I_DID}(?:(?:now|just)\s+)?(?:dropped|reverted|backed out|un-?queued|un-?applied)|"
    r"(?:now\s+)?(?:dropped|reverted|un-?queued|un-?applied|dropping|backed out)|"
    r"i(?:'m| am) (?:now )?(?:dropping|reverting)|"
    r"i(?:'ll| will)(?: just| go(?: and)?| now)* (?:drop|revert|back out))"
    rf"(?:\s+{THING})?(?:\s+(?:now|for now|from|out of|again|while|until|in the meantime|and)\b.*|\s*[.,!;].*|)",
    re.IGNORECASE | re.DOTALL,
)
_GONE = r"(?:dropped|reverted|removed|backed out|un-?queued|un-?applied)"
# "The patch has been dropped from frob-fixes."
_WAS_DROPPED = Pattern(
    rf"(?:{LEAD})*{THING}(?:'s| has| have| was| were| is| are)(?: now| just| been)* {_GONE}"
    r"\s+(?:from|out of)\s+(?:(?:the|my|our)\s+)?(?:[\w.]+[-/][\w./-]+|(?:\S+\s+)?(?:tree|branch|queue|next))\b"
    r"(?:\s+(?:now|again|for now|while|until|in the meantime|and)\b.*|\s*[.,!;].*|)",
    re.IGNORECASE | re.DOTALL,
)


def is_dropped(sentence: str) -> bool:
    """True if a sentence reports that an applied patch was dropped or reverted."""
    if "?" in sentence or len(sentence) > _MAX_SENTENCE:
        return False
    starts = (0, *(found.end() for found in _SO.finditer(sentence)))
    return any(said.fullmatch(sentence, start) for start in starts for said in (_DROPPED, _WAS_DROPPED))
