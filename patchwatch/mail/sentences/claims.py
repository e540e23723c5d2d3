"""Recognize a committer's word that a patch is in their tree, or is not to be applied for now.

"Pushed out.", "merged!", "picked it up", "in next now", "already fixed in my tree", "please hold off on this".  From
anybody else nothing follows from such words: "applied" may be what a tester did.  Who commits is decided by
patchwatch.series.committers.
"""

from __future__ import annotations

import re

_MAX_SENTENCE = 160  # characters
_MAX_HOLD = 300

_LEAD = (
    r"(?:(?:ok(?:ay)?|thanks?|thx|thank you|great|good|nice|cool|sure|alright|all right|yes|yeah|yep|yup|ah|oh|so|well|"
    r"sorry|and|looks? (?:good|great|fine)(?: to me)?|lgtm|perfect|excellent|done|fixed (?:that|it) up|tweaked)"
    r"(?:\s*[,.!:;–—-]+\s*|\s+))*"
)
_THING = (
    r"(?:it|this|that|them|these|those|both|all|everything|all of (?:them|these|it)|the (?:lot|whole (?:lot|thing))|"
    r"(?:the |this |whole |entire |all |both |\d+ |base )*(?:patch(?:es|set)?|series|set|one|fix(?:es)?|v\d+)(?: \d+)?|"
    r"(?:the )?(?:first|last|latter|other|remaining|rest)(?: \w+)?)"
)
_VERB = r"(?:applied|queue'?d|merged|pushed|picked|committed|squashed|folded|landed|staged|took|taken|grabbed|pulled)"
_NUMBERS = r"(?:patch(?:es)?\s+)?#?(?P<numbers>\d+(?:\s*(?:-|–|to|through|,|and|&|\+)\s*#?\d+)*)"
_DONE = re.compile(
    rf"{_LEAD}(?:(?:i(?:'ve| have)?|we(?:'ve| have)?)\s+|{_THING}(?:'s)?\s+)?"
    r"(?:(?:has|have|had|is|are|was|were|been|'s|now|just|already|also|finally|manually)\s+)*"
    rf"{_VERB}\b(?:\s+(?:up|out|in|off))?(?:\s+{_NUMBERS}\b)?"
    rf"(?:\s+(?:{_THING}|now|up|out|manually|directly|already|today|yesterday))*"
    r"(?P<rest>\s*[.,!;:–—(-].*|\s+(?:to|into|in|on|onto|for|as|via|through|by|with|w/|thanks?\b|thx\b|and\b|but\b|"
    r"except\b|minus\b|without\b)(?!\w).*|)",
    re.IGNORECASE | re.DOTALL,
)
_CLAUSE = re.compile(
    rf"(?:[,;:–—-]\s+(?:so\s+|and\s+|anyway,?\s+)?|\bso\s+|\band\s+)"
    rf"(?=(?:i(?:'ve| have)?\s+|we(?:'ve| have)?\s+|{_THING}\s+)?(?:(?:now|just|also|already)\s+)*{_VERB}\b)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"(?i)\b(?:if|once|when|until|unless|assuming|provided|before|after|would|could|can|should|will|wanted)\b|'ll\b"
)
_PLACE = r"(?:(?:my|our|the) (?:\S+ )?(?:tree|branch|queue)|(?:linux-)?next\b|-next\b|\S+-next\b|(?:the )?pull request)"
_IN_PLACE = re.compile(
    rf"{_LEAD}(?:(?:{_THING}|they|fix)\s*(?:'s|is|are|was|were|went|sits?|(?:has|have) (?:been|gone|landed))?\s+)?"
    r"(?:(?:now|already|also|all|both|fixed|queued|sitting|applied)\s+)*"
    rf"(?:in|into|on its way to|heading (?:to|for)) {_PLACE}(?:\s+(?:now|already|tree|branch))*\s*"
    r"(?:[.,!;:–—(-].*|thanks?\b.*|)",
    re.IGNORECASE | re.DOTALL,
)
_UNDER_WAY = re.compile(
    rf"{_LEAD}(?:(?:a|the|this|that|same|your|identical) )*(?:fix|patch|one|change|it)(?:'s)?\s+"
    r"(?:(?:is|has been)\s+)?already\s+"
    r"(?:travell?ing|queued|on (?:its|the) way|in flight|pending|under way|applied|in the (?:pipe(?:line)?|queue))\b.*|"
    rf"{_LEAD}(?:(?:this|it)(?:'s| is| was) )?already (?:fixed|queued|applied|merged|pending) "
    rf"(?:up )?(?:in|into|on) {_PLACE}.*",
    re.IGNORECASE | re.DOTALL,
)
_NOT_DONE = re.compile(
    r"(?i)\b(?:not|never|nor|if|once|when|until|unless|would|could|should|can|may|might|must|will|shall|to be|"
    r"your (?:suggest|comment|change|advice|review|fix)\w*|next (?:version|revision|spin)|"
    r"(?:in|into|for) v\d+(?!\.?\d)|"
    r"(?:into|in) (?:one|a single|two) (?:patch|commit)\w*)\b|n't\b|'ll\b|\?"
)
_TRIED = re.compile(
    r"(?i)\b(?:locally|offline|test(?:s|ed|ing)?(?! (?:branch|tree|queue))|try(?:ing)?|tried|boot(?:s|ed)?|cleanly|"
    r"fail(?:s|ed)?|conflicts?|but then|picked up on|on top of|experiment\w*|github|see if)\b"
)
_SOME = re.compile(r"(?i)\b(?:first|last|latter|one of|some of|only|but|except|minus|without)\b")
_REST = re.compile(r"(?i)\b(?:rest|remaining|other(?:s| patch(?:es)?| ones?))\b")
_UNCHANGED = re.compile(
    r"(?i)\b(?:except|but|only|minus|without)\b(?=.{0,30}\b(?:typo|title|subject|change|tweak|edit)s?\b)"
)

_HOLD = re.compile(
    r"\b(?:hold(?:ing)? off\b|(?:put|keep|leave|putting|keeping) (?:this|it|these|the (?:series|patch)|them) on hold\b|"
    r"(?:this|it|series|patch(?:es)?)(?:'s| is| are) on hold\b|"
    r"(?:please )?(?:do not|don't|let's not|let us not) (?:apply|merge|queue|take|pick(?: up)?|pull|push|commit)"
    r"(?: up)? (?:this|it|these|them|the (?:series|patch(?:es)?)|that)\b(?: (?:yet|now|for now))?)",
    re.IGNORECASE,
)
# "I'll have to hold off on applying this until after rc1."
_LATER = re.compile(
    r"\b(?:i|we)(?:'ll|'m|'re| will| am| are| have| need| want)?\b.{0,30}\bhold(?:ing)? off\b.{0,60}"
    r"\b(?:until|till|for) (?!you|your|this|that|it\b|these|somebody|someone)",
    re.IGNORECASE,
)
_NOT_HELD = re.compile(
    r"(?i)\bno (?:need|reason) to hold\b|(?:\bnot|n't) hold(?:ing)? off\b|\bif you (?:don't|do not)\b|\?"
)


def claimed_patches(sentence: str) -> str | None:
    """Which patches a sentence reports as applied if its sender commits; None if it reports nothing.

    As patchwatch.mail.sentences.applied.applied_patches.
    """
    if len(sentence) > _MAX_SENTENCE:
        return None
    if _UNDER_WAY.fullmatch(sentence) or _IN_PLACE.fullmatch(sentence):
        return None if _NOT_DONE.search(sentence) or _TRIED.search(sentence) else ""
    starts = (
        0,
        *(clause.end() for clause in _CLAUSE.finditer(sentence) if not _CONDITION.search(sentence, 0, clause.start())),
    )
    return next((patches for start in starts if (patches := _claimed_in(sentence[start:])) is not None), None)


def _claimed_in(sentence: str) -> str | None:
    if not (found := _DONE.fullmatch(sentence)):
        return None
    said = sentence[: found.start("rest")] + re.split(r"[,;.!]\s|\sand\s", found["rest"], maxsplit=1)[0]
    if _NOT_DONE.search(said) or _TRIED.search(sentence):
        return None
    if found["numbers"]:
        return " ".join(found["numbers"].split())
    if _REST.search(said):
        return "rest"
    return "some" if _SOME.search(said) and not _UNCHANGED.search(said) else ""


def holds(sentence: str) -> bool:
    """True if a sentence asks not to apply the patch for now."""
    if len(sentence) > _MAX_HOLD or _NOT_HELD.search(sentence):
        return False
    return _HOLD.search(sentence) is not None and not _LATER.search(sentence)


def postpones(sentence: str) -> bool:
    """True if a sentence reports that its sender will apply the patch later: nobody else has to act."""
    return len(sentence) <= _MAX_HOLD and _LATER.search(sentence) is not None and not _NOT_HELD.search(sentence)
