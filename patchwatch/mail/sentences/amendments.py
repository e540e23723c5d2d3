"""Recognize what the maintainer who applies a patch changes themselves: "I'll fix the typo while applying", "I edited
the commit message, please check my changes".

Anybody can write such a sentence; patchwatch.series.state.decisions checks the sender.
"""

from __future__ import annotations

from patchwatch.mail.sentences.phrase import phrase
from patchwatch.pattern import Pattern

_MAX_SENTENCE = 300  # characters

_AMENDS = phrase(
    " apply| merg| commit| push| queu| picking|resend|respin|repost|re-send|re-spin|re-post|submit|send |for v|for a|"
    "version|i did|edited|tweaked|massaged|amended|adjusted|reworded|pending|my changes|my edits|my modif|my version",
    r"""
    \b(?:i|we)(?:'ll| will|'ve| have| can|'m going to|'m)? (?:(?:\w+ly|just|also|then|now) ){0,2}
        (?:fix|amend|adjust|correct|tweak|chang|edit|add|drop|remov|renam|reword|squash|fold|do\b|did|done|handl|
        take care|tak\w+ care|make|made|clean|sort|updat|replac|mov|deal|touch|massag)\w*
        \b[^.;]{0,80}?\b(?:when|while|whilst|upon|on|before|during) (?:i(?:'m)? )?
        (?:apply|applying|merge|merging|commit|committing|push|pushing|queue|queue?ing|pick|picking)\b
    |^(?:(?:now|and|ok(?:ay)?|no (?:problem|worries)|thanks)[,.]? )?(?:fixed|amended|tweaked|adjusted|corrected)
        (?: \w+){0,5}? (?:when|while|whilst|upon|on|before) (?:apply|merg|committ|push|queue?|pick)ing\b
    |(?:\bno (?:need|reason)|(?:\bnot|n't) (?:need|have))(?: for you)? to
        (?: (?:re-?(?:send|spin|post|submit)|send (?:a )?(?:v\d+|new version)))\b[^.;]{0,40}?
        [,;.:(–—-]+(?: (?:and|as|since|because))?(?: (?:i|we))(?:'ll| will|'ve| can| have)\b
    |\bno need for (?:an? )?(?:re-?(?:send|spin|post)|v\d+|(?:new|another) version)\b[^.;]{0,20}?
        [,;:(–—-]+(?: (?:and|as|since|because))?(?: (?:i|we))(?:'ll| will|'ve| can| have)\b
    |\b(?:i|we)(?:'ll| will| can)(?: (?:just|also|simply))? (?:fix|amend|adjust|correct|tweak|chang|edit|add|drop|remov|
        reword|squash|fold|do|handl|take care)\w*\b[^.;?]{0,40}?[,;:(–—-]+ ?(?:so )?(?:there(?:'s| is) )?
        (?:no need|you (?:don't|do not) (?:need|have))
        (?: (?:to (?:re-?(?:send|spin|post|submit)|send)
        |for (?:an? )?(?:re-?(?:send|spin|post)|v\d+|(?:new|another))))\b
    |\bi(?:'ve| have)? did s/\S
    |\bi(?:'ve| have)? (?:(?:manually|just|also|slightly|already) )*
        (?:edited|tweaked|massaged|amended|adjusted|reworded|rebased|fixed(?: up)?)
        (?: (?:the|this|your) (?:\w+ )?
            (?:patch(?:es)?|series|commit (?:log|message|description)|subject|title|changelog))\b
    |\b(?:please )?(?:check|verify|review)(?: (?:that|if))? my (?:changes|edits|modifications|version)\b
    |\b(?:in|to) (?:an?|the|my|our) pending (?:branch|tree)\b
    """,
)
_NOT_MEANT = Pattern(r"(?i)\b(?:if|unless|once|until|would|could|assuming|provided|otherwise)\b|\?")


def amends(sentence: str, lowered: str) -> bool:
    """True if the sender changes the patch themselves when they apply it, on no condition."""
    if len(sentence) > _MAX_SENTENCE or not _AMENDS.occurs(sentence, lowered):
        return False
    return _NOT_MEANT.search(sentence) is None
