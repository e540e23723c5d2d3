"""Recognize sentences that say that a patch is not needed: another one does the same, or nothing is wrong.

Whether that decides anything depends on who says it, and in answer to what (patchwatch.series.state.machine).
"""

from __future__ import annotations

import re

from patchwatch.mail.sentences.cues import Cues
from patchwatch.pattern import Pattern

# "Rik already sent a fix", "It was fixed by commit 0123456789ab"; not "bisected to commit…", "first bad commit"
_ELSEWHERE = Pattern(
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
_NOTHING_WRONG = Pattern(
    r"^(?:(?:no|nope|well|hm+|sorry|but),? )?(?:(?:this|that|it)(?:'s| is) )?(?:actually |really )?"
    r"(?:not (?:a|an|really an?|actually an?) (?:typo|bug|mistake|error)|"
    r"(?:intentional|deliberate|on purpose|by design))\b(?!.*(?:\?|\bbut\b))",
    re.IGNORECASE,
)
# "I already have an identical patch from Dee queued", "Dee beat you to it", "we already have this in -next"
_TAKEN_INSTEAD = Pattern(
    r"\b(?:i|we) already (?:have|had|took|applied|queued|merged|picked(?: up)?)\b.{0,12}\b(?:(?:an?|the) (?:\w+ )?"
    r"(?:same|identical|equivalent|similar) (?:\w+ )?(?:fix|patch|change|one)|the same|"
    r"a fix\b.{0,30}\b(?:from|by) (?-i:[A-Z])\w+|(?:this|it|that)(?: \w+)? (?:in|queued|from)\b)|"
    r"\b(?:beat (?:you|me|this) to it|(?:patch|series|fix|version) (?:got|was) (?:t?here|in) first)\b|"
    r"\bsuperseded by (?-i:[A-Z])\w+'s (?:patch|series|fix|version)|"
    r"\b(?:(?:same|identical|equivalent) (?:fix|patch|change)\b|fix\b.{0,40}\b(?:from|by) (?-i:[A-Z])\w+ ).{0,40}"
    r"\b(?:already (?:in|queued|applied|merged|taken|picked)\b|"
    r"in (?:my|our|the) (?:\S+ )?(?:tree|branch|queue) already\b)",
    re.IGNORECASE,
)
_NOT_INSTEAD = Pattern(r"(?i)\b(?:not|never|if|unless|partly|partially|almost|but|except)\b|\?|n't\b")
_NOT_ELSEWHERE = Pattern(r"(?i)\b(?:not|isn't|wasn't|if|unless|partly|partially|almost|you|i|i've|we)\b|\?|n't\b")
# "The dependency was already merged.", "The patch that this needs is already queued.": nothing is said of this patch.
_ANOTHER = (
    r"(?:dependenc(?:y|ies)|prerequisites?|preparat\w+|counterparts?|bindings?|helpers?|v\d+|"
    r"(?:previous|earlier|other|old(?:er)?) (?:\w+ )?(?:versions?|patch(?:es)?|series|parts?|half|ones?)|"
    r"(?:it|this|you|we|these|they|(?:this|the|your) (?:patch|series)) "
    r"(?:needs?|requires?|uses?|depends? on|rel(?:y|ies) on|builds? (?:up)?on|is based on|are based on))"
)
_ANOTHER_TAKEN = Pattern(
    rf"\b{_ANOTHER}\b.{{0,40}}\balready\b(?: been)? (?:sent|posted|submitted|merged|upstream\w*|committed|"
    r"queued|applied|in)\b|"
    r"\balready\b.{0,60}\b(?:incremental|delta|on top of (?:it|that))\b",
    re.IGNORECASE,
)
_IT_WAS = Pattern(
    r"(?i)(?:but |and |so )?(?:it|that|this|they|those|these)\b.{0,40}\balready\b|they(?: are|'re)(?: now)? in "
)
_MENTIONS_ANOTHER = Pattern(
    rf"(?i)\b{_ANOTHER}\b|\b(?:another|other|somebody else's|\w+'s) (?:patch|series|fix)|\bdepends? on\b|https?://|"
    r"\bcommit [0-9a-f]{7,}|\b(?:fix|patch) (?:by|from) [A-Z]"
)
_TAKEN_ELSEWHERE = Pattern(
    r"\balready\b.{0,30}\b(?:merged|applied|queued|taken|picked(?: up)?|upstream\w*) (?:\w+ )?(?:elsewhere|"
    r"(?:as (?:a )?part of|in|with|via|by|through|from) (?:an?other|a different|a similar|an identical|somebody|"
    r"someone|[A-Z]\w+'s) )",
    re.IGNORECASE,
)
_DONE = Cues(
    "already|beat | first|superseded|obsoleted|redundant|sent |posted |submitted | fixed |duplicate of|same fix|"
    "same patch|same change|identical |not a|not really a|intentional|purpose|design|deliberate"
)


def is_done_elsewhere(sentence: str, lowered: str) -> bool:
    """True if the sentence says that another patch already does this, or that nothing needs fixing."""
    if not _DONE.occur(lowered):
        return False
    if _NOTHING_WRONG.search(sentence) or is_taken_instead(sentence):
        return True
    return _ELSEWHERE.search(sentence) is not None and not _NOT_ELSEWHERE.search(sentence)


def is_taken_instead(sentence: str) -> bool:
    """True if the sentence says that somebody took another patch that does the same."""
    return _TAKEN_INSTEAD.search(sentence) is not None and _NOT_INSTEAD.search(sentence) is None


def is_taken_elsewhere(sentence: str) -> bool:
    """True if the sentence says that the same change was merged by other means: "already merged as part of Ben's"."""
    return _TAKEN_ELSEWHERE.search(sentence) is not None and not _NOT_ELSEWHERE.search(sentence)


def another_was_taken(sentence: str, previous: str) -> bool:
    """True if what was "already merged", or is "in linux-next", is not this patch, but one that is named.

    The sentence names it, or the one before.
    """
    if _ANOTHER_TAKEN.search(sentence):
        return True
    return _IT_WAS.match(sentence) is not None and _MENTIONS_ANOTHER.search(previous) is not None
