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
    r"(?:^|(?<=[.,!:(]\s)|(?i:\b(?:so|formal|big|strong|a|another|hard|soft|also|my|still|yet|clear)\s+))(?:NAK|NACK|Nak|Nack|nak|nack)\b(?!['’]?(?:ed|ing|s)\b)|"
    r"^Nacked-by:|^(?i:na(?:ck|k)'?ed)(?=\W*$|[.,;:!]| (?:for|because|until|as)\b)|"
    r"\b(?i:I(?:'m| am) (?:(?:hereby|also|still) )?nac?king (?=(?:this|these|it|the)\b))|"
    r"\b(?i:(?:this|these|(?:this|the|your)(?: whole| entire)? "
    r"(?:patch(?:es|sets?)?|series|rfc|changes?|idea|approach)) "
    r"(?:is|are|stays?|remains?) (?:(?:hereby|still) )?na(?:ck|k)'?ed\b)"
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
    r"(?:\bnot|n't)\b[^,;]{0,24}$|[\"'`]$|"
    r"\b(?:drop|lift|retract|revok|tak|withdr[ae]w)\w* (?:back )?(?:my (?:\w+ )?)?$"
)

_TAKEN_BACK = Pattern(r"(?i)\s*(?:(?:is|was|are)(?: \w+)? )?(?:back|dropped|lifted|retracted|revoked|withdrawn)\b")

# "I'm inclined to NAK this unless you can show numbers."
_LEANING = Pattern(r"(?i)\bi(?:'m| am)(?: \w+){0,2} (?:inclined|leaning|tempted|close) (?:to|towards?) nac?k(?:ing)?\b")
_LEANING_TO = Cues("inclined|leaning|tempted|close")
_ANNOUNCED = Pattern(r"(?i)\byou(?:'ll| will| would) (?:just )?get\b.{0,12}$")

# "Breaking it like this is not something we'll accept.", "There is no way this is going in.", "I oppose this patch."
_THIS = r"(?:this|these|it|that|any of (?:this|it)|(?:the|this) (?:patch(?:es)?|series|idea))"
_THE_KERNEL = r"(?:the kernel|my|our|mainline|upstream|the tree)"
_STRESS = r"(?:(?:really|just|definitely|certainly|simply|absolutely|strongly|firmly|very much|generally) )*"
_DO_NOT = rf"{_STRESS}(?:don't|do not) {_STRESS}"
_REFUSED = Pattern(
    r"\b(?:i|we)(?:'m| am|'re| are)? (?:not|never|won't|will not|will never|can't|cannot) (?:be )?"
    r"(?:going to |gonna )?(?:ever )?"
    r"(?:(?:accept|apply|take|merge|pull|pick up)(?:ing)?|taking|merging|picking(?: up)?) "
    r"(?:this|these|it|the (?:patch|series)|such|that|any of)\b|"
    r"\bi(?:'m| am) not (?:taking|applying|merging|accepting|pulling) (?:this|these|it|such|any of)\b|"
    r"\b(?:not|(?:don't|do not) think (?:that )?(?:this|it|that) is) something "
    rf"(?:that )?(?:i|we|anybody|anyone)(?:'d| would|'ll| will|'re going to| should)? {_STRESS}(?:ever )?"
    r"(?:accept|merge|take|apply|"
    r"(?:wants?|likes?|needs?)(?: to (?:see|have|take|merge|accept|support|carry|maintain))?(?=\W*$| in ))|"
    r"\b(?:this|it|patch|series) (?:won't|will not|will never|is not going to|isn't going to) (?:ever )?(?:be )?"
    r"(?:accepted|applied|merged|taken|going in|go in|fly)"
    r"(?=\W*$|[,;]| (?:as|because|since|sorry|upstream)\b)|"
    r"\b(?:there is|there's|absolutely) no way (?:that )?(?:this|these|it|we)(?: \w+)?"
    r"(?:'s| is|'re| are| will|'ll) (?:ever )?(?:be )?(?:going (?:in|to be (?:merged|applied|accepted|taken))|go in|"
    r"get(?:ting)? (?:in|merged)|(?:merg|accept|tak|apply)\w*)|"
    rf"\b(?:(?:i|we) {_DO_NOT}want|nobody {_STRESS}wants) {_THIS} (?:in|into|anywhere near) {_THE_KERNEL}|"
    rf"\b(?:i|we) {_DO_NOT}(?:want|take|accept|need|merge|like) (?:\w+ ){{0,2}}\w+[- ]only patches\b|"
    rf"\b(?:i|we) {_DO_NOT}(?:want|take|accept|merge) (?:pure |such |these |this (?:kind|sort|type) of )"
    r"(?:[\w-]+ ){0,3}?(?:patch(?:es)?|changes?|series|churn|clean-?ups?)\b|"
    rf"\b(?:this|it|that) {_STRESS}(?:doesn't|does not) {_STRESS}belong (?:in|into) (?:the kernel|mainline)"
    r"(?! (?:log|doc|command|message))\b|"
    rf"\bi(?:'m| am) {_STRESS}(?:opposed to|against) (?:this|these|the|merging this)(?: whole| entire)?"
    r" (?:patch(?:es)?|series|change|idea|proposal)\b|"
    rf"\bi {_STRESS}oppose (?:this|these)(?: \w+)?\W*$|"
    r"^\W*(?:(?:ugh|sorry|well|hm+|so)\W+)*(?:but )?(?:no can do|no way|"
    r"(?<=sorry, )no|(?<=sorry, but )no|sorry,? no)\W*(?:\[\d+\]\W*(?::\()?)?$|"
    r"\bthe answer is (?:still )?no\b",
    re.IGNORECASE,
)
# "Let's just drop it then."
_DROPPED = Pattern(
    r"(?i)^\W*(?:(?:so|ok(?:ay)?|then|well|right|in that case|yes|yeah|i'd say|i would say)\b[, ]*)*"
    r"(?:let'?s|i(?:'d| would) (?:rather|prefer to|suggest to)|we (?:should|can|could)(?: probably)?) "
    r"(?:just |simply |rather |better )*(?:drop|forget(?: about)?|skip|scrap|abandon) "
    r"(?:it|this|these|that|(?:this|the) (?:whole )?(?:patch(?:es)?|series|idea|change|one))"
    r"(?: (?:one|patch(?:es)?|all|then|now|for now|altogether|entirely|completely|please))*\W*$"
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
_DENYING = Cues("n't|not|never|no |nobody| no|oppos|against|drop|forget|skip|scrap|abandon")
_REFUSING = Cues(
    " want| answer |accept|appl|take|taking|merg|pull|pick|going in|go in|something|fly|no way|belong|oppose|against|"
    "no can do|sorry|drop|forget|skip|scrap|abandon| like | need"
)

# "It does not match your From:, so I can't take it": as it is.
_CONDITION = Pattern(
    r"(?i)\b(?:can't|cannot|if|unless|until|till|before|without|as[- ]is|as it (?:is|stands)|"
    r"in (?:its|this|the current) \w+)\b"
)


def nak(sentence: str, lowered: str) -> Literal["", "whole", "part"]:
    """Whether the sentence NAKs the patch or a part of it, rather than mentioning somebody else's NAK.

    A NAK that is only announced ("you will get a NAK"), or considered, counts as one of a part.
    """
    if _LEANING_TO.occur(lowered) and _LEANING.search(sentence):
        return "part"
    found = _NAK.search(sentence) if "nak" in lowered or "nack" in lowered else None
    before = sentence[: found.start()] if found else ""
    if found is None or _NOT_NAK.search(before) or before.count('"') % 2 or _is_bus_signal(sentence, found):
        return ""
    if _TAKEN_BACK.match(sentence, found.end()):
        return ""
    return "part" if _OF_A_PART.match(sentence, found.end()) or _ANNOUNCED.search(before) else "whole"


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


def refusal(sentence: str, lowered: str) -> Literal["final", "conditional", "drop", ""]:
    """How a maintainer refuses the patch; empty if they do not, or only for now ("not in this cycle").

    "drop" is "let's drop it": below a line of the diff, that means only the line.
    """
    if "?" in sentence or not (_DENYING.occur(lowered) and _REFUSING.occur(lowered)):
        return ""
    if _DROPPED.match(sentence):
        return "drop"
    if not _REFUSED.search(sentence):
        return ""
    if _CONDITION.search(sentence):
        return "conditional"
    return "" if _REFUSED_NOW.search(sentence) else "final"
