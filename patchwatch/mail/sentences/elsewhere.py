"""Recognize sentences that say that a patch is not needed: another one does the same, or nothing is wrong.

Whether that decides anything depends on who says it, and in answer to what (patchwatch.series.state.decisions).
"""

from __future__ import annotations

import re

from patchwatch.mail.message import EXISTS, INSTEAD
from patchwatch.mail.sentences.cues import Cues
from patchwatch.pattern import Pattern

# "Rik already sent a fix", "It was fixed by commit 0123456789ab"; not "bisected to commit…", "first bad commit"
_ELSEWHERE = Pattern(
    r"\balready (?:been )?(?:sent|posted|submitted|fixed|addressed|solved|merged|upstream(?:ed)?|committed|queued|"
    r"handled|incorporated|dealt with)\b|"
    r"\b(?:sent|posted|submitted) (?:an?|the) (?:(?:similar|same|identical) )?(?:fix|patch)"
    r"(?= for (?:this|it|that|the same)\b|\W*$|[:,] | (?:earlier|last|yesterday|a (?:week|day|while)|at|here)\b)|"
    r"\b(?:(?:is|was|been|got|gets) (?:fixed|sent|submitted|posted|addressed|dealt with) already|"
    r"(?:is|was|been|got|gets) fixed (?:upstream|(?:by|in|with) (?:commit|this|the|\w*https?))|"
    r"duplicate of|(?:obsoleted|superseded|made redundant) (?:by|with)|"
    r"(?:same|identical) (?:fix|patch|change) (?:is|was|has been|has already))\b",
    re.IGNORECASE,
)
_SAME = (
    r"(?:(?:very |almost |basically |exactly )?"
    r"(?:similar|same|identical|equivalent|different|alternative|better|other))"
)
_FIX = r"(?:fix(?:es)?|patch(?:es)?|change|series|clean-?up|conversion|version|one)"
_SENT = r"(?:sent|posted|submitted|pushed|queued|applied|merged|picked(?: up)?|fixed)"
# "I already have a patch queued that fixes this", "I sent something similar yesterday", "a similar patch was posted",
# "there's already a fix for this", "this duplicates …", "I'll send a fix for this instead"
_TWIN = Pattern(
    rf"\b(?:i|we)(?:'ve| have|'d| had)? already (?:(?:been|just|have|had|got|a) )*(?:{_SENT} )?(?:out |up )?"
    rf"(?:(?:an?|one|the|some|another|my|this|that)\b )?(?:{_SAME} )?(?:\w+ )?{_FIX}\b"
    r"(?! (?:like|to|about|from you)\b)(?=\W*$|[^.?!]{0,30}"
    r"\b(?:for|fix\w*|address\w*|solv\w*|queued|sent|posted|submitted|pending|do(?:es|ing)|that|this|of v\d)\b)|"
    rf"\b(?:i|we)(?:'ve| have|'d| had)? (?:(?:already|just|also|actually) )*{_SENT} (?:out )?"
    rf"(?:something {_SAME}|(?:an?|the|almost the) {_SAME} {_FIX})\b|"
    rf"^\W*(?:thanks?,? (?:but )?)?already {_SENT} (?:an?|another) {_SAME} {_FIX}\b|"
    rf"\b{_SAME} {_FIX}\b[^.;]{{0,40}}\b(?:was|were|has|have|had|is|been|already|got)"
    r"(?: (?:been|already|just|recently))* (?:sent|posted|submitted|applied|merged|queued|added|incorporated|"
    r"committed|under discussion|in (?:\S+ )?next)\b|"
    rf"\b(?:sent|posted|submitted) (?:exactly |basically |almost )?the (?:same|identical) {_FIX}\b|"
    rf"\bthere(?:'s| is| are) (?:already )?(?:an?(?:other)? |some )?(?:{_SAME} )?{_FIX} (?:\w+ )?"
    r"(?:for|to|of) (?:this|that|it|the same)\b[^.;]{0,40}\balready\b|"
    rf"\bthere(?:'s| is) already (?:an?|another) (?:{_SAME} )?{_FIX}\b|"
    rf"\b{_FIX} (?:for|of) (?:(?:both|all|some) (?:of )?)?(?:this|that|these|it|them)\b[^.;]{{0,60}}"
    r"\balready (?:in|queued|sent|posted|applied|merged)\b|"
    r"^\W*(?:this|it) (?:\w+ )?duplicates?(?=\W*$|:| https?:| (?:an?|the|my|your|\w+'s) "
    r"(?:\w+ )?(?:patch|series|commit|fix)\b)|"
    r"^\W*duplicated? (?:patch|series|posting|submission|patch ?set)\b|"
    r"\bi(?:'ll| will|'m going to| am going to) (?:\w+ )?(?:send|post|submit|prepare|write|push|cook up) "
    r"(?:out |up )?(?:an?|the|my) (?:\w+ )?(?:fix|patch|version|series)\b[^.;?]{0,40}\binstead\b|"
    r"\bi(?:'m| am) (?:already |currently |just )?(?:working on|preparing|testing|writing) (?:an?|the) "
    rf"{_SAME} {_FIX}\b",
    re.IGNORECASE,
)
_NO_TWIN = Pattern(
    r"(?i)\b(?:if|unless|until|partly|partially|on top|incremental|depends?|based on|needs? to|should|"
    r"(?:could|can) you|(?:first|second|third|last|other) patch|your (?:earlier|previous|last|other|v\d+)|"
    r"(?:previous|earlier) version|but (?:please|yours|this one|it does))\b|\?|"
    r"\b(?:didn't|don't|haven't|hasn't|isn't|not)\b[^,.;]{0,30}\b(?:fix|patch|sent|posted|same|similar)\b"
)
# "The same change was merged for the grob driver."
_OF_ANOTHER = Pattern(
    rf"(?i)\b{_SAME} {_FIX}\b.{{0,60}}\b(?:for|to|in) (?:an?other|(?:the|an?|all|most|some|other) (?:other )?[\w/-]+) "
    r"(?:arch\w*|boards?|chips?|devices?|drivers?|platforms?|socs?|subsystems?)\b"
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
    r"\b(?-i:[A-Z])\w+ (?:already |just |recently |has |have |had )*(?:sent|posted|submitted) (?:\w+ ){0,2}"
    r"(?:fix|patch|series|version)\b[^.;?]{0,60}\b(?:i|we)(?:'ve| have)?(?: (?:already|just|have|since))+ "
    r"(?:applied|queued|merged|taken|took|picked(?: up)?|added)\b|"
    r"\b(?:beat (?:you|me|this) to it|(?:patch|series|fix|version) (?:got|was) (?:t?here|in) first)\b|"
    r"\bsuperseded by (?-i:[A-Z])\w+'s (?:patch|series|fix|version)|"
    r"\b(?:(?:same|identical|equivalent) (?:fix|patch|change)\b|fix\b.{0,40}\b(?:from|by) (?-i:[A-Z])\w+ ).{0,40}"
    r"\b(?:already (?:in|queued|applied|merged|taken|picked)\b|"
    r"in (?:my|our|the) (?:\S+ )?(?:tree|branch|queue) already\b)",
    re.IGNORECASE,
)
_NOT_INSTEAD = Pattern(r"(?i)\b(?:not|never|if|unless|partly|partially|almost|but|except)\b|\?|n't\b")
_NOT_ELSEWHERE = Pattern(
    r"(?i)\b(?:not|isn't|wasn't|if|unless|partly|partially|almost|some changes|but please|"
    r"(?:first|second|third|last|other) patch|(?:problem|bug|issue|regression) (?:that|which)|you|i|i've|we)\b|\?|n't\b"
)
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
    r"\bcommit [0-9a-f]{7,}|\b(?:fix|patch) (?:by|from) [A-Z]|\bnot (?:yet )?in (?:mainline|linus)\b"
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
_ALIKE = Cues("already|similar|same|identical|equivalent|different|alternative|better|other|duplicate|instead")
_PATCHES = Cues("fix|patch|change|series|clean|conversion|version|one|something|duplicate|posting|submission")


def done_elsewhere(sentence: str, lowered: str) -> str | None:
    """INSTEAD or EXISTS if a sentence says that somebody took, or sent, another patch that does the same.

    Empty if it says that nothing needs fixing; None if it says neither.
    """
    if _ALIKE.occur(lowered) and _OF_ANOTHER.search(sentence):
        return None
    if _DONE.occur(lowered):
        if is_taken_instead(sentence):
            return INSTEAD
        if _NOTHING_WRONG.search(sentence):
            return ""
        if _ELSEWHERE.search(sentence) and not _NOT_ELSEWHERE.search(sentence):
            return EXISTS
    return EXISTS if _names_twin(sentence, lowered) else None


def _names_twin(sentence: str, lowered: str) -> bool:
    """True if a sentence says that there is another patch that does the same."""
    may = _ALIKE.occur(lowered) and _PATCHES.occur(lowered)
    return may and _TWIN.search(sentence) is not None and _NO_TWIN.search(sentence) is None


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
