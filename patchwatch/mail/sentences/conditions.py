"""Recognize that a tag is given on a condition: "With that fixed:", "once the typo is corrected, feel free to add".

The forms come from replies with a Reviewed-by or Acked-by on linux-iio, linux-usb, linux-pm and linux-scsi from January
2023 to June 2024, one in fifteen of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.mail.sentences.phrase import phrase
from patchwatch.pattern import Pattern

_MAX_SENTENCE = 250  # characters
_CUES = "with |if |as long |modulo |after |once |provided |assuming |when | and "

_LEAD = (
    r"(?:(?:so|but|and|then|otherwise|(?:apart from|other than) (?:this|that)|anyway|also|besides|lgtm|"
    r"(?:(?:it|this|that|the rest|everything) )?looks? (?:(?:very|pretty|quite) )?(?:good|fine|ok|nice)(?: to me)?|"
    r"thanks|nice|great)\b[,.;:!–—-]*\s*){0,4}"
)
# "You should mention that, so with this fixed:"
_CLAUSE = rf"(?:^{_LEAD}|^[^?]{{0,200}}(?:[,;:.–—-] |\b(?:but|so) )(?:(?:and|but|so|then) )?)"
_DONE = (
    r"(?:acted (?:up)?on|added|addressed|adjusted|amended|changed|clarified|cleaned|corrected|documented|done|dropped|"
    r"fixed|folded|handled|improved|incorporated|included|made|merged|moved|removed|renamed|replaced|resolved|reworded|"
    r"sorted|split|squashed|taken care of|tweaked|updated)(?: (?:up|out|in|here|above|below|accordingly))?"
)
_DOING = (
    r"(?:adding|addressing|adjusting|changing|clarifying|correcting|dropping|fixing|moving|removing|renaming|rewording|"
    r"splitting|updating)"
)
_YOU_DO = (
    r"you(?:'ve| have| (?:are|were) going to|'re going to|'ll| will| could| can)? (?:also )?"
    r"(?:(?:add|address|adjust|amend|chang|clarif|correct|drop|fix|mov|rebas|remov|renam|rewrit|reword|simplif|split|updat)\w*|"
    r"ma[dk]e (?:this|that|these|those|the|both) (?:\w+ )?changes?|do (?:this|that|so))"
)
# "With this patch applied, it works" and "with or without that" are no conditions.
_NOT_SO = (
    r"(?!or without\b|pleasure\b|(?:your|the|that|this) (?:explanation|clarification|answer|information|context)\b|"
    r"(?:the |this |your |these |both )?(?:whole )?(?:patch(?:es|set)?|series|set|v\d+|version)\b)"
)
# "Fix that and you can add:", "please add a Fixes tag and resend, after which:"
_DO = (
    r"(?:add|address|adjust|change|clarify|correct|drop|fix|move|remove|rename|re-?send|re-?spin|resolve|reword|simplify|"
    r"split|squash|submit (?:an? )?v\d+|update)"
)
_GET = r"(?:(?:you (?:can|may|have|get)|feel free|have my|(?:here|it)'s|i'm happy)\b|add(?= my\b|\W*$|:))"
_OFFERED = (
    r"[\s,:;.!–—-]*(?:(?:(?:then|please|kindly|do|just|also|in that case)[,:]? )*"
    r"(?:feel free|you (?:can|may)|i(?:'m| am| can|'d be) |lgtm|looks |this |it(?:'s| is| looks)|the (?:patch|rest) |"
    r"have my |(?:add|take|carry|consider|here'?s)\b|(?:reviewed|acked)-by|my )[^?]{0,100})?$"
)
# What names the change, wherever it stands.
_NAMED = phrase(
    _CUES,
    rf"""
    (?:{_CLAUSE}(?:with|modulo|assuming|provided(?: that)?|once|after) {_NOT_SO}[^,.:?!]{{0,80}}?\b{_DONE}
        (?:,? too)?(?: (?:as|by|from|in|like|per|to) [^,.:?!]{{1,60}})?
    |{_CLAUSE}with (?:the |these |those |all )?(?:above|requested|required|suggested|proposed)(?: \w+)?
        (?: changes?| comments?| corrections?| fix(?:es)?| nits?| updates?)
    |{_CLAUSE}(?:if|once|when|as long as) {_NOT_SO}[^,.:?!]{{1,60}}? (?:is|are|gets?|(?:has|have) been) {_DONE}
        (?: (?:as|by|in|like|too)\b[^,.:?!]{{0,60}})?
    |^{_LEAD}(?:
        (?:once|if|after|when|as long as|(?:provided|assuming)(?: that)?)[ ]
            {_YOU_DO}\b(?! (?:this|the|your) (?:patch|series)\b)[^?]{{0,120}}?
        |(?:after|with) {_DOING}\b[^?]{{0,80}}?
    )){_OFFERED}
    |{_CLAUSE}(?:(?:please|pls|just|so|yeah|nit:?),? ){{0,3}}{_DO}\b[^?]{{0,80}}?
        \band (?:then )?(?:please )?{_GET}[^?]{{0,60}}$
    """,
)
# "With that:", "with these, you can add": whether it is a condition depends on what was said before.
_REFERRING = phrase(
    _CUES,
    rf"""
    {_CLAUSE}(?:with|modulo|after|once)
        (?: that| this| these| those| it| them| both|(?: all)?(?: of)? the (?:above|below)| above| this change)
        {_OFFERED}
    """,
)
# "With the marketing gone,", "With s/hold/Hold/ in the subject:" right above the tag.  What people assume there is
# rarely up to the author: "Assuming that it goes in through your tree:", "assuming it was tested,".
_FRAGMENT = phrase(_CUES, rf"^{_LEAD}(?:with|modulo|after|once) {_NOT_SO}[^?!]{{1,100}}?[^.?!]$")
# "With the line break fixed when applying:" asks nothing of the author.
_BY_COMMITTER = Pattern(r"(?i)\b(?:when|while|upon|on) (?:you )?(?:appl|commit|merg|pick|push|queu)\w{0,4}\b")
_REVIEW = Pattern(r"(?i)(?:reviewed|acked)-by:")


def condition(sentences: Sequence[str]) -> tuple[str, bool] | None:
    """The sentence that makes a Reviewed-by or Acked-by depend on a change, and whether it names the change.

    If it names none ("With that:"), it is a condition only if something was asked for.  None: there is no condition.
    """
    for sentence, below in zip(sentences, (*sentences[1:], ""), strict=True):
        if len(sentence) > _MAX_SENTENCE or not _NAMED.cues.occur(lowered := sentence.lower()):
            continue
        if _BY_COMMITTER.search(sentence):
            continue
        if _REFERRING.occurs(sentence, lowered):
            return sentence, False
        if _NAMED.occurs(sentence, lowered) or (_REVIEW.match(below) and _FRAGMENT.occurs(sentence, lowered)):
            return sentence, True
    return None
