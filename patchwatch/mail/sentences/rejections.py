"""Recognize sentences that reject a patch: a NAK, a refusal, "leave it as is", "already fixed elsewhere".

Ambiguous wording is not a rejection.  `lowered` is the sentence in lower case: searching it for a few words first is
much faster than trying every pattern.
"""

from __future__ import annotations

import re
from typing import Literal

from patchwatch.mail.sentences.cues import Cues
from patchwatch.pattern import Pattern

_NAK = Pattern(
    r"(?:^|(?<=[.,!:(]\s)|(?i:\b(?:so|formal|big|strong|a|another|hard|soft|also|my|still|yet|clear)\s+))(?:NAK|NACK|Nak|Nack|nak|nack)\b|"
    r"^Nacked-by:"
)
# A chip on a bus: "the target sends a NACK", "NACK on the address byte", "a NAK interrupt".
_BUS = Pattern(
    r"\b(?:i2c|i3c|smbus|usb|can|spi|bus|sda|scl|slaves?|targets?|masters?|controllers?|chips?|devices?|eeproms?|sensors?|"
    r"hardware|hw|firmware|hosts?|clients?|peers?|servers?|bytes?|bits?|address(?:es)?|transfers?|transmi\w+|registers?|"
    r"fifo|interrupts?|irqs?|packets?|frames?|tokens?|commands?|messages?|handshakes?|xfers?|msgs?|ackn?\w*|reads?|"
    r"writes?)\b",
    re.IGNORECASE,
)
_BEFORE_SIGNAL = Pattern(
    r"\b(?:send|sent|return|receiv|got|get|generat|issu|repl(?:y|ies|ied)|respond|answer|signal|see|seen|saw|detect|"
    r"handl|expect|report|rais|assert|trigger|caus|emit|driv|check|ignor|treat|map|count|with|by|via|after|upon|on|of|for|"
    r"when|every|each|any|first|last|address|data|byte)\w{0,4} (?:\w+ )?(?:an? |the )?$",
    re.IGNORECASE,
)
_AFTER_SIGNAL = Pattern(
    r"\s*(?:(?:from|by|on|for|to|in|of|after|during|at|when|if|and|or) (?:the |an? |its |every |each |both )?"
    r"(?:\w+ ){0,2}?"
    r"(?:slaves?|targets?|masters?|chips?|devices?|controllers?|hardware|hosts?|clients?|bus|addr(?:ess)?|data|bytes?|"
    r"bits?|transfers?|read|write|reads|writes|packets?|eeprom|sensor|peer|server|irq|ack)\b"
    r"(?![- ]?(?:tree|driver|part|chang|patch|support|node|binding|code|hunk|series))|"
    r"(?:is|was|gets?|are|were|will be|can be|may be|being|has been) (?:\w+ )?(?:sent|return|receiv|generat|detect|"
    r"signal|assert|seen|expect|rais|issu|report|handl|ignor|set|clear|an?\b|the\b|normal)\w*|"
    r"(?:bits?|errors?|conditions?|responses?|interrupts?|irqs?|status|flags?|handling|counters?|packets?|handshakes?|"
    r"frames?|codes?|case|path|timeouts?|events?|signals?|means?|indicates?|happens?|occurs?|received|detected|state|"
    r"token)\b)",
    re.IGNORECASE,
)
_VERDICT = Pattern(
    r"\s*(?:from (?:me|my side|our side|us|here)\b|"
    r"(?:to|on|for|against|of) (?:this|that|it|these|both|all|the|your|patch)(?: \w+)?"
    r"(?: (?:patch(?:es)?|series|set|idea|approach|change|version|hunk|one))?(?=\W*$|[,.;:!-]| "
    r"(?:until|unless|because|as|since|from|in|for now|sorry)\b)|(?:until|unless|because|since|sorry)\b)",
    re.IGNORECASE,
)
# "NACK for the extra initializations", "NAK to using frob_lock()": without that, the patch may go in.
_OF_A_PART = Pattern(
    r"(?i)\s*(?:for|to|on|against)\s+(?!(?:this|that|it|these|those|them|both|your|any|patch\w*|series|v\d+|now|here|me|"
    r"everything|all of (?:this|that|it|these|those|them)|principle|"
    r"(?:(?:the|all|an?) )?(?:[\w-]+ ){0,3}?(?:whole|entire|full|patch\w*|series|sets?|changes?|ideas?|approach\w*|"
    r"concepts?|proposals?|things?|parts?|bits?|above|reasons?|grounds|basis))\b)(?=\w)"
)
_NOT_NAK = Pattern(
    r"(?i)\b(?:your|his|her|their|if|unless|avoid|without|previous|last|would be)\b.{0,24}$|"
    r"(?:\bnot|n't)\b[^,;]{0,24}$|[\"'`]$"
)

# "Breaking it like this is not something we'll accept."
_REFUSED = Pattern(
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
_LEFT = Pattern(
    r"\b(?:rather|prefer(?: to)?|let's|please|better(?: to)?|better off|should(?: just)?)\b.{0,30}?\b(?:leav(?:e|"
    r"ing)|keep(?:ing)?) "
    r"(?:it|this|that|things|everything|the (?:code|file|behaviou?r|current \w+|existing \w+)) "
    r"(?:as[- ]is|as (?:it is|they are|it was)|alone|the way (?:it is|they are))",
    re.IGNORECASE,
)
_NOT_LEFT = Pattern(r"(?i)\b(?:for now|until|unless|but|add|use|separate|if|in this (?:patch|series))\b|\?")
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
_REFUSED_NOW = Pattern(
    r"(?i)\b(?:yet|(?:right )?now|for now|this (?:cycle|time|window)|in time|via|through|locally|\d+\.\d+)\b"
)
_DONE = Cues(
    "already|beat | first|superseded|obsoleted|redundant|sent |posted |submitted | fixed |duplicate of|same fix|"
    "same patch|same change|identical |not a|not really a|intentional|purpose|design|deliberate"
)
_REFUSING = Cues(" want | answer |accept|apply|take|taking|merg|pull|pick|going in")

# "It does not match your From:, so I can't take it": as it is.
_CONDITION = Pattern(
    r"(?i)\b(?:can't|cannot|if|unless|until|till|before|without|as[- ]is|as it (?:is|stands)|"
    r"in (?:its|this|the current) \w+)\b"
)


def nak(sentence: str, lowered: str) -> Literal["", "whole", "part"]:
    """Whether the sentence NAKs the patch or a part of it, rather than mentioning somebody else's NAK."""
    found = _NAK.search(sentence) if "nak" in lowered or "nack" in lowered else None
    before = sentence[: found.start()] if found else ""
    if found is None or _NOT_NAK.search(before) or before.count('"') % 2 or _is_bus_signal(sentence, found):
        return ""
    return "part" if _OF_A_PART.match(sentence, found.end()) else "whole"


def _is_bus_signal(sentence: str, found: re.Match[str]) -> bool:
    """True if this NAK is what a chip sends on a bus, not what a person says of a patch."""
    before, behind = sentence[: found.start()], sentence[found.end() :]
    if not before.strip() and (not behind.strip() or behind.lstrip()[0] in ",.;:!-\u2013\u2014()"):
        return False  # "NAK, the chip needs it."
    sent = _BEFORE_SIGNAL.search(before) is not None and _BUS.search(before) is not None
    return (sent or _AFTER_SIGNAL.match(behind) is not None) and _VERDICT.match(behind) is None


def keeps_current_code(sentence: str, lowered: str) -> bool:
    """True if the sentence asks to leave the code as it is today."""
    return (
        (" as" in lowered or "alone" in lowered)
        and _LEFT.search(sentence) is not None
        and _NOT_LEFT.search(sentence) is None
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


def refusal(sentence: str, lowered: str) -> Literal["final", "conditional", ""]:
    """How a maintainer refuses the patch; empty if they do not, or only for now ("not in this cycle")."""
    if "?" in sentence or not _REFUSING.occur(lowered) or not _REFUSED.search(sentence):
        return ""
    if _CONDITION.search(sentence):
        return "conditional"
    return "" if _REFUSED_NOW.search(sentence) else "final"
