"""Recognize sentences that reject a patch: a NAK, a refusal, "leave it as is".

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
_REFUSED_NOW = Pattern(
    r"(?i)\b(?:yet|(?:right )?now|for now|this (?:cycle|time|window)|in time|via|through|locally|\d+\.\d+)\b"
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


def refusal(sentence: str, lowered: str) -> Literal["final", "conditional", ""]:
    """How a maintainer refuses the patch; empty if they do not, or only for now ("not in this cycle")."""
    if "?" in sentence or not _REFUSING.occur(lowered) or not _REFUSED.search(sentence):
        return ""
    if _CONDITION.search(sentence):
        return "conditional"
    return "" if _REFUSED_NOW.search(sentence) else "final"
