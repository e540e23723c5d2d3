"""Recognize a change that is asked for with an offer: "Put that into the changelog and I'll apply it", "Once you fix
the typo I can queue this", "With that addressed, I'm happy to take it".
"""

from __future__ import annotations

from patchwatch.mail.sentences.phrase import phrase

_MAX_SENTENCE = 300  # characters

_I_CAN = r"""
    \bi(?:'ll| will| can| could|(?:'d| would) be (?:happy|glad|fine) to|(?:'m| am) (?:happy|glad|fine) to)
    (?: (?:then|gladly|happily|also|just|definitely))* (?:apply|take|queue|merge|pick|grab|pull|commit|push)(?: up)?
"""
_OFFER = rf"{_I_CAN}\s(?:it|th\w+|both|all|v\d+|your)\b"
_EDIT = r"""
    (?:add|address|adjust|amend|change|clarify|clean|convert|correct|describe|document|drop|elaborate|explain|extend|fix|
    fold|include|mention|move|put|rebase|remove|rename|rephrase|replace|reword|rewrite|rework|re-?send|re-?post|re-?spin|
    re-?submit|simplify|split|squash|state|switch|trim|turn|update|use|write|
    send (?:me |us )?(?:an? |the )?(?:v\d|new|fixed|updated|proper|revised|next|another))
"""
# What others than the author do: they agree, test, or take another part of the series.
_OF_OTHERS = r"""
    (?:ack\w*|agree|apply|are|can|commit|could|confirm|create|do(?:n't| not)|give|grab|guys|have|insist|like|merge|mind|
    need|pick|point|prefer|prepare|provide|pull|push|queue|review|say|see|take|test\w*|think|trust|want|wish)
"""
_YOU_DO = rf"""
    (?:if|once|when|after|as soon as|provided) you
    (?:(?:'ve| have) \w+(?:ed|en|ne|nt|pt|it|ut)\b|(?:'d| could| can| would)? (?!{_OF_OTHERS}\b)\w+)
"""

_BARGAIN = phrase(
    " and i|and then i|if you|once you|when you|after you|soon as you|provided you|with th|with it| a v| a new |next v|"
    "a respin",
    rf"""
    ^(?:[^.!?;]{{1,60}}?[,;:!–-]+ )?(?:(?:so|just|then|please|but|and|now) )*
        {_EDIT}\b[^?]{{1,160}}?,? and (?:then )?{_OFFER}
    |\b{_YOU_DO}\b[^?]{{1,160}}?{_OFFER}
    |{_OFFER}[^?.;]{{0,40}}? {_YOU_DO}\b
    |(?:^|[,;] )with (?:that|this|those|these|it|the \w+(?: \w+)?) (?:all )?
        (?:added|addressed|adjusted|changed|corrected|done|dropped|fixed|moved|removed|resolved|reworded|sorted|split|
        updated)(?: (?:up|out))?,?\s{_OFFER}
    |{_I_CAN}\s(?:(?:an?|your|the next)) (?:(?:new|next|fixed|updated|rebased) )*(?:v\d+|version|respin)\b
    """,
)


def asks_in_return(sentence: str, lowered: str) -> bool:
    """True if the sender offers to apply the patch in return for a change of it."""
    return len(sentence) <= _MAX_SENTENCE and "?" not in sentence and _BARGAIN.occurs(sentence, lowered)
