"""Recognize that somebody finds unnecessary what another reviewer wants: "It's fine as it is", "no need for that".

It outweighs the request only if its sender may apply the patch or gives their tag: patchwatch.series.state.
points_in_replies knows that.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.mail.sentences.phrase import phrase
from patchwatch.mail.sentences.split import has_any
from patchwatch.pattern import Pattern

_READ = 2  # sentences at the beginning of a remark
_LONGEST = 240  # characters of a sentence

_GOOD = r"(?:fine|good(?: enough)?|ok(?:ay)?|clear(?: enough)?|acceptable|all right|alright|sufficient|readable)"
_NEEDED = r"(?:needed|necessary|required|worth it|important|a (?:big |real )?(?:problem|issue|deal|blocker|concern))"
_SO = r"(?: (?:just|perfectly|also|already|quite|still|really|absolutely|totally|all|strictly|that))*"
_OVERRULES = phrase(
    "fine|good|okay| ok|clear|acceptable|right|sufficient|need|necessary|required|worth|important|a problem|"
    "an issue|deal|blocker|concern|bother|leave|keep|prefer|disagree",
    rf"""
    \b(?:it|this|that|these|they|patch|code|version|series|[\w.>-]+\(\)|\w+)(?:'s| is| are| looks?| seems?){_SO} {_GOOD}
        (?: (?:as|like) (?:it|this|they|is)\b| as[- ]is\b| the way (?:it|they)\b| here\b| for now\b)
    |(?:^|, |\bi (?:think|guess|believe) )(?:it|this)(?:'s| is){_SO} {_GOOD}\W*$
    |^(?:no|nah|nope|hm+)?[,. ]*not (?:(?:really|strictly) )?
        (?:(?:needed|necessary|required|worth it)(?:,? (?:imo|imho|i think|either))?\W*$|worth an? (?:re|v\d))
    |\bi(?:'d| would)? (?:(?:rather|also|personally) )?prefer (?:it|this) (?:the way|as|like|that way)\b
    |\bi(?:'d| would) (?:(?:rather|also|personally|just|prefer to) )?(?:keep|leave) (?:it|this|that)\b
    |\bi(?:'m| am){_SO} (?:fine|ok|okay|happy) with (?:it|this|that|the|an?)\b
    |\b(?:don't|do not|wouldn't|would not){_SO} (?:think|believe|see|consider|call)(?: that)?
        (?: (?:(?:it|this|that)(?:'s| is)?{_SO} {_NEEDED}
        |(?:we|you|there(?:'s| is)){_SO} (?:any )?(?:need|reason)(?: for)?(?: (?:that|this|it|to)\b)))
    |\b(?:it|that|this)(?:'s| is)(?:n't| not){_SO} {_NEEDED}
    |\bno (?:real |strong )?need
        (?: to (?:re|change|do|split|bother|worry|move)| for (?:that|this|it|an? (?:v\d|new|re|comment|change))|\W*$)
    |\b(?:you (?:don't|do not) (?:need|have) to|don't|wouldn't|would not) bother\b
    |\b(?:leave|leaving|keep|keeping) (?:it|this|that|them|these|the \w+)
        (?:,? (?:as|like|the way|then|for now|unchanged|here))(?=\W|$)
    |\bi (?:(?:strongly|respectfully|somewhat) )?disagree\b
    """,
)
_NOT_MEANT = Pattern(
    r"(?i)\b(?:but|however|if|unless|until|once|except|though|although|otherwise|not fine|not ok)\b|\?"
)


# "No need to resend.", "You don't have to send a v3 for this."
_NEW_VERSION = (
    r"(?:re-?(?:send|spin|post|submit|roll)\b|(?:send|post|do|spin|prepare) (?:an? |another )?"
    r"(?:v\d+|new (?:version|one)|version|re-?(?:spin|roll))\b)"
)
_SPARES = Pattern(
    r"(?i)\b(?:no (?:real |further |more )?(?:need|reason)|"
    r"(?:don't|do not|won't) (?:need|have|bother))"
    rf"(?: for you)? (?:to )?{_NEW_VERSION}|"
    r"\bno (?:real )?need for (?:an? |another )(?:v\d+|re-?(?:send|spin|post|roll)|(?:new )?(?:version|one))\b|"
    rf"\byou need not {_NEW_VERSION}"
)
_SPARING = (" need", "reason", "have to", "bother", "needn't")
_NOT_SPARED = Pattern(r"(?i)\b(?:until|before|yet|but|except|just to|immediately|right away|so soon)\b|\?")


def spares_version(sentence: str) -> bool:
    """True if a sentence says that the author need not post another version."""
    if len(sentence) > _LONGEST or not has_any(_SPARING, sentence):
        return False
    return _SPARES.search(sentence) is not None and _NOT_SPARED.search(sentence) is None


def overrules(sentences: Sequence[str]) -> bool:
    """True if one of the first sentences of a remark finds the patch good as it is, on no condition."""
    return any(
        len(sentence) <= _LONGEST
        and _OVERRULES.occurs(sentence, sentence.lower())
        and _NOT_MEANT.search(sentence) is None
        for sentence in sentences[:_READ]
    )
