"""Recognize that a reviewer takes back what they said: "never mind", "scratch that", "I misread the loop"; or that the
author is to ignore what somebody else said: "please ignore Rex's suggestion"; or that an author does not withdraw a
patch after all.

patchwatch.series.state.points_in_replies knows what they had said.  What is for later, or up to the author, is not
taken back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from patchwatch.mail.sentences.phrase import phrase
from patchwatch.mail.sentences.split import has_any
from patchwatch.pattern import Pattern

_READ = 4  # sentences at the beginning of a remark
_LONGEST = 240  # characters of a sentence
_PIECES = (
    "mind",
    "scratch",
    "strike",
    "ignore",
    "disregard",
    "forget",
    "misread",
    "misunderst",
    "misinterp",
    "take ",
    "taking ",
    "retract",
    "withdraw",
    "false alarm",
    "wrong",
    "mistaken",
    "confused",
    "my bad",
    "my mistake",
    "overlooked",
    "missed",
    "noise",
    "bogus",
    "garbage",
    "incorrect",
    "invalid",
    "moot",
    "nonsens",
    "rubbish",
    "stupid",
    "make sense",
    "make any sense",
    "make much sense",
    "no need",
    "necessary",
    "needed",
    "required",
    "i did",
)
_SAID = (
    r"(?:(?:my|that|this|the|all|these|those|both) (?:(?:of )?(?:my|the) )?(?:(?:above|last|previous|earlier|first|"
    r"second|two|other|former) ){0,3}(?:comments?|remarks?|questions?|suggestions?|repl(?:y|ies)|e-?mails?|mails?|"
    r"messages?|notes?|nits?|requests?|concerns?|objections?|feedback|review|points?|nack|nak|report)\b|"
    r"what i (?:said|wrote|asked)|(?:this|that|it|me|the above)(?=\W*$|[,.;:!)–-]| (?:then|please|one)\b))"
)
_OTHERWISE = r"(?<!n't )(?<!not )(?<!never )(?<!you )(?<!can )(?<!could )(?<!to )"
_TAKES_BACK = Pattern(
    r"(?:^|[,.;:–—(-]\s*|\b(?:so|oh|ah|please|and|sorry|actually|well|ok|okay)[ ,]+)"
    r"(?:never ?mind|nvm)\b(?! (?:the|if|whether|about)\b)|"
    rf"{_OTHERWISE}\b(?:scratch|strike|disregard|forget|ignore) (?:about )?{_SAID}|"
    r"\bi(?:'ll|'d| will| would| have to| must| hereby)? (?:withdraw|retract|drop) "
    r"(?:my|that|this) (?:\w+ )?(?:comment|remark|question|objection|nak|nack|request|concern)s?\b|"
    r"\bi(?:'ll|'d| will| have to| must)? take (?:that|it|this|my \w+) back\b|"
    r"\bi(?:'m| am) (?:taking|withdrawing|retracting) (?:it|that|this|my \w+)\b|"
    r"\b(?:comment|question|remark|objection|nak|nack|concern)s? (?:is |are |hereby )?(?:withdrawn|retracted)\b|"
    r"\bmy (?:\w+ )?(?:comment|question|remark|objection|suggestion|review|mail) (?:was|is|does|did)(?:n't| not)? "
    r"(?:bogus|garbage|incorrect|invalid|moot|nonsens\w*|rubbish|stupid|wrong|make (?:any |much )?sense)\b|"
    r"\bi (?:(?:had|have|just|simply|completely|clearly|obviously|must have|totally) ){0,2}"
    r"(?:misread|misunderstood|misinterpreted)\b(?! your (?:reply|answer))|"
    r"\b(?:my bad|my mistake|false alarm|sorry for the noise)\b|"
    r"\bi (?:was|got|am) (?:(?:just|simply|clearly|obviously) )?"
    r"(?:wrong|mistaken|confused|looking at the wrong)\b|"
    r"\bi (?:completely |just |somehow )?(?:missed|overlooked) (?:that|the fact|this|it)\b|"
    r"\b(?:on second thoughts?|thinking (?:about|of) it(?: again| more)?)\b[^.?]{0,80}?"
    r"\b(?:that|it|this)(?:'s| is|'s? is)?(?: not|n't)(?: really)? (?:needed|necessary|required)\b|"
    r"\b(?:actually|on second thoughts?|thinking (?:about|of) it(?: again| more)?), (?:there is |there's )?"
    r"no need (?:for|to do) (?:that|this|it)\b|"
    r"^(?:(?:thanks?|thank you|ah+|oh|hm+|ok(?:ay)?|right|sorry)\b[^,.;]{0,20}[,.;] )*(?:but )?"
    r"i did(?:n't| not) (?:know|realize|realise|notice|see) (?:that|this|it)(?: before)?\W*$|"
    r"^no changes? (?:is |are )?(?:needed|necessary|required)\b"
)
_CONDITION = Pattern(r"(?:^|[,;]\s*)(?:if|unless|when|once|in case)\b|\b(?:maybe|perhaps) i\b|\?\W*$")
# A robot's report, in its owner's words.
_OF_ROBOT = Pattern(
    r"\bfalse[ -](?:positive|alarm|report|warning)s?\b|\b(?:please |kindly |pls )(?:just )?(?:ignore|disregard)\b|"
    r"\b(?:you|author|submitter|and) (?:can |may |should )?(?:just |safely )*(?:ignore|disregard) (?:this|that|it)\W*$|"
    r"\b(?:ignore|disregard) (?:this|that|the|our|my) (?:\w+ ){0,2}"
    r"(?:report|mail|warning|error|failure|result|finding)s?\b|"
    r"\bsorry for the (?:noise|false|wrong|trouble)|\b(?:bot|robot|report|test|our (?:ci|config|setup|side))\b.{0,40}"
    r"\b(?:wrong|bogus|incorrect|broken|misconfigured|mistake|invalid)\b|"
    r"\bnot (?:caused|introduced|related) (?:by|to) (?:this|the|your) (?:patch|change|series|commit)"
)
_DECLARING = (
    "false",
    "ignor",
    "disregard",
    "sorry for",
    "bot",
    "report",
    "test",
    "our ",
    "caused by",
    "introduced",
    "related to",
)

# … and in those of others
_REPORTED = r"(?:this|that|the|these|those) (?:\w+ )?(?:errors?|failures?|warnings?|reports?|findings?)"
_TRUE = r"(?:valid|real|true|legit\w*|caused by (?:this|the|your|my)|relevant)"
_FALSE = Pattern(
    r"\bfalse[ -](?:positive|alarm|report|warning)s?\b|^(?:(?:so|you|author|submitter|and)\W+)*"
    r"(?:please |kindly |pls |you can |feel free to )(?:just |safely )?(?:ignore|disregard)(?: \w+){0,4} "
    r"(?:report|mail|e-?mail|warning|error|failure|result|finding|bot|robot|one|this|that|it)s?\b|"
    r"\b(?:bot|robot|report|checker|ci|ai|0-?day|lkp)(?:'s)?(?: \w+)? (?:is|was|seems|looks)(?: \w+)? "
    r"(?:wrong|bogus|incorrect|broken|confused|mistaken|invalid|hallucinat\w*)\b|"
    rf"\b(?:don't|do not) (?:think|believe)(?: that)? {_REPORTED} (?:is|are) {_TRUE}\b|"
    rf"\b{_REPORTED} (?:(?:is|are)(?:n't| not)|(?:does|do)(?:n't| not) (?:look|seem)) {_TRUE}\b"
)
_DENIES = Pattern(r"(?i)\b(?:not|n't)(?: \w+){0,3} (?:false|ignore|disregard|wrong)\b|n't (?:\w+ )?false\b|\?")

_MY_TAG = r"my (?:(?:own|earlier|previous) )?(?:(?:reviewed|acked|tested)-by|r-?b|a-?b|acks?|review)(?: tags?)?\b"
# "I have to withdraw my Reviewed-by.", "Unreviewed-by: …", "my R-b revoked until the race is fixed"
_TAG_TAKEN_BACK = phrase(
    "retract|withdr|revok|unrevi|un-revi|unack|un-ack|back my",
    rf"""
    \b(?:retract|withdraw|revoke|take back)(?:ing)? {_MY_TAG}
    |\b{_MY_TAG} (?:(?:is|are|was|has been) )?(?:hereby )?(?:withdrawn|revoked|retracted)\b
    |^un-?(?:reviewed|acked)-by\b
    """,
)

# What an author withdrew is to be applied after all: "Ignore my last mail", "So this one is needed after all."
_IT = r"(?:th(?:is|e|ese|at)(?: (?:one|patch(?:es|set)?|series|version|v\d+))?|it|they|them|my patch(?:es)?|v\d+)"
_GOOD = (
    r"(?:valid|needed|required|necessary|good|fine|correct|right|useful|wanted|worth (?:it|having)|relevant|"
    r"applicable|ok(?:ay)?)"
)
_TAKE = r"(?:take|apply|pick(?: up)?|merge|consider|review|keep|use|queue(?: up)?|look at)"
REINSTATES = Pattern(
    r"\b(?:ignore|disregard|forget|scratch) (?:about )?my (?:(?:last|previous|earlier|above|own|other) ){0,2}"
    r"(?:e-?mails?|mails?|messages?|repl(?:y|ies)|notes?|comments?|requests?|ignoring|withdrawal|ping|nak)\b|"
    rf"\b{_IT} (?:is|are|was|were|seems?(?: to be)?)(?: (?:indeed|actually|still|in fact|a|an))* {_GOOD}\b"
    r".{0,40}\b(?:after all|anyway|nevertheless|nonetheless)\b|"
    rf"\b{_IT} (?:is|are)(?: \w+)? still {_GOOD}\b|"
    rf"\bplease (?:do )?(?:still )?{_TAKE} {_IT}\b(?: \w+){{0,3}}? (?:after all|anyway|nevertheless|nonetheless)\b|"
    rf"\bplease (?:do )?still {_TAKE} {_IT}\b|"
    rf"\b(?:un-?withdraw(?:ing)?|reinstat(?:e|ing)|resurrect(?:ing)?|reviv(?:e|ing)) {_IT}\b",
    re.IGNORECASE,
)
NOT_REINSTATED = Pattern(r"(?i)\b(?:if|unless|until|whether|not|no longer|never)\b|n't\b|\?")

# "Patch submitter, please ignore Rex's suggestion; you do not need to follow it at all." (Greg Kroah-Hartman's form)
_DISMISSES = Pattern(
    r"\b(?i:please|you can|feel free to|just|should)(?i: also| just| safely)* (?i:ignore|disregard) "
    r"(?!(?:My|This|That|The|Your|Our|All|Any|These|Those|If)\b)[A-Z][\w-]+(?: [A-Z][\w-]+)?(?:['’]s?)? "
    r"(?i:suggestions?|comments?|remarks?|review|mails?|e-?mails?|feedback|advice|requests?|questions?|nits?|reply|replies)\b"
)


def dismisses_another(sentence: str) -> bool:
    """True if the sentence tells the author to ignore what another reviewer wants."""
    return len(sentence) <= _LONGEST and _DISMISSES.search(sentence) is not None


def takes_tag_back(sentence: str, lowered: str) -> bool:
    """True if a reviewer takes back a tag: something has to change before they give it again."""
    return _TAG_TAKEN_BACK.occurs(sentence, lowered) and "?" not in sentence and not _CONDITION.search(lowered)


def retracts(sentences: Sequence[str]) -> bool:
    """True if the sentences of a remark take back what their writer said before."""
    return any(_matches(_TAKES_BACK, sentence) for sentence in sentences[:_READ])


def retracts_report(sentences: Sequence[str]) -> bool:
    """True if the owner of a robot declares its report wrong in one of these sentences."""
    said = (s for s in sentences[:_READ] if has_any(_DECLARING, s.lower()))
    return any(_matches(_OF_ROBOT, sentence) for sentence in said)


def calls_report_false(sentences: Sequence[str]) -> bool:
    """True if one of these sentences calls a robot's report false, or tells its author to ignore it."""
    return any(_matches(_FALSE, sentence) and not _DENIES.search(sentence) for sentence in sentences[:_READ])


def _matches(pattern: Pattern[str], sentence: str) -> bool:
    if len(sentence) > _LONGEST:
        return False
    lowered = sentence.lower().replace("’", "'")
    if pattern is _TAKES_BACK and not has_any(_PIECES, lowered):
        return False
    return pattern.search(lowered) is not None and _CONDITION.search(lowered) is None
