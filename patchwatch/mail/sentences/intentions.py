"""What people say that they will do with a patch of theirs, or want done: another version, withdraw it, apply it.

patchwatch.mail.sentences.signals decides in which order the patterns are tried.
"""

from __future__ import annotations

import re

from patchwatch.pattern import Pattern

_I_WILL = r"(?:i(?:'ll| will| shall| am going to|'m going to| plan to| intend to| can)|we(?:'ll| will)|let me)"
_DO = (
    r"(?:add|address|adjust|amend|apply|change|clarify|clean|convert|correct|cover|delete|document|"
    r"do (?:that|it|so|this)|go (?:with|for|this|that)|drop|fix|fold|follow up|improve|include|incorporate|make|"
    r"mention|modify|move|post|prepare|put|rebase|redo|refine|remove|rename|rephrase|replace|re-?(?:post|send|spin|submit)|"
    r"revert|revise|rework|reword|send|split|squash|submit|switch|take care|update|use|be (?:sending|posting|fixing))"
)
_NEXT = (
    r"(?:(?:in|for) (?:the |my )?(?:next|new|coming|following|formal|final) "
    r"(?:version|rev|spin|respin|iteration|round|patch|series|post|v\d)|in (?:my )?v\d+(?!\.?\d))"
)
_NEW_ONE = r"(?:v\d+|(?:new|next|updated|revised|reworked|fixed|corrected) (?:version|revision|patch(?: ?set)?|series))"
PROMISES = Pattern(
    rf"\b{_I_WILL}\s+(?:(?:just|also|then|definite(?:ly)?|certainly|try to|probably)\s+)*{_DO}\b|"
    rf"(?:^|[,.;:–-]\s+|\band\s+)(?:will|shall)\s+(?:(?:also|definitely)\s+)?(?:{_DO}|do)\b|"
    rf"\b(?:i|we)(?:'ll| will)\b.{{0,80}}\b{_NEXT}|"
    rf"\b(?:all(?: of)?|both|it|that|these|they|this|those)(?: of (?:them|these|those|this|that))?(?:'ll| will) be\b"
    rf".{{0,40}}\b{_NEXT}|"
    r"\b(?:i'm|i am|we're|we are) (?:\w+ ){0,3}?(?:sending|posting|preparing|working on) (?:out )?(?:an? |the )?"
    r"(?:v\d+|(?:new|next|updated) version)\b|"
    r"\b(?:fix|chang|updat|add|dropp?|remov|address|correct|includ|incorporat|revis|done|rework|mov|renam)\w*\b.{0,60}"
    rf"\b{_NEXT}|"
    r"\b(?:i|we)(?:'ll|'d)?(?: (?:should|will|can|hope to|expect to|plan to|aim to|be able to))* "
    rf"(?:have|get) (?:an? |the |my )?{_NEW_ONE} (?:(?:sent|posted|all|ready to go|up) )*"
    r"(?:out|ready|posted|sent|up|shortly|soon)\b|"
    rf"\b{_NEW_ONE} "
    r"(?:is )?(?:incoming|coming|on (?:its|the) way|(?:will|to) follow|will be (?:sent|posted)|follows soon|"
    r"(?:soon|shortly|(?:later )?today|tomorrow|in a (?:bit|few|minute|moment|second))(?=\W*$))\b|"
    r"^(?:(?:ok(?:ay)?|thanks?|right|sure|good (?:catch|point)|ack),? )?"
    r"(?:fixed|changed|updated|renamed|removed|added|reworked|done)(?: (?:it|that|this))? "
    r"(?:locally|in my (?:local )?(?:tree|branch)|for v\d+(?=\W*$))(?!\w)",
    re.IGNORECASE,
)
# "This driver is enough to boot and will make their life easy": nobody promises anything.
_IT_WILL = (
    r"^(?:(?!\b(?:i|we)\b)[^;]){0,300}?\b(?:is|are|was|were|has|does|isn't|aren't|doesn't|can|could|should|would)\b"
    rf"(?:(?!\b(?:i|we)\b)[^;]){{0,300}}?\band (?:will|shall)\b(?!.{{0,200}}{_NEXT})"
)
NOT_PROMISED = Pattern(
    rf"{_IT_WILL}|"
    r"\bif (?:you|they|people|any(?:one|body)|some(?:one|body)|others|that|this|it|there|everyone|no|"
    r"(?:\w+ly )?(?:needed|required|necessary|preferred|desired)|"
    r"(?:i|we) (?:\w+ ){0,4}(?:re-?(?:spin|send|post|roll|submit)\w*|(?:new|another) version|v\d+))\b|"
    r"\bunless\b|\?|\bwhen (?:posting|sending|i (?:post|send)) (?:new|further|more) versions\b|"
    r"\bif so\b|\bso (?:that )?(?:i|we) can\b|\bmaybe (?:i|we)(?:'ll|'d)?\b|\b(?:alternatively|or i can)\b|"
    r"\bi can\b.{1,60}\bbut\b|"
    r"\b(?:feedback|comments?|reviews?|remarks?|concerns?|issues?|suggestions?) (?:in|on|from|of|for) v\d|"
    r"^\W*change(?:s|log) (?:in|since|for) v\d+(?:\.\d)?\W*$|"
    r"\b(?:should|shall|can|could) (?:i|we|you)\b",
    re.IGNORECASE,
)
WITHDRAWS = Pattern(
    r"\b(?:please|kindly|pls) (?:ignore|drop|discard|disregard) (?:this|these|the|my)(?: \w+)? "
    r"(?:patch(?:es|set)?|series|version|thread|submission|pull(?: ?req(?:uest)?)?|v\d+)\b"
    r"(?! (?:at|in(?! (?:all|any|every)\b)|from|below|above)\b)|"
    r"\bplease (?:ignore|disregard)(?: (?:this|it|these)\b|,).*"
    r"\b(?:mistake|mistakenly|accident\w*|wrong|broken|resent)\b|"
    r"\bi(?:'ll| will| am going to) (?:withdraw|abandon) (?:this|it|the|these)\b|"
    r"\b(?:(?:i|we)(?:'ve| have|'ll| will|'m| am|'re| are|'d| would)?|let's|let me|so|will) "
    r"(?:(?:just|now|then|going|planning|decided|simply|rather|plan|like) (?:to )?)*"
    r"(?:drop(?:ped|ping)?|abandon(?:ed|ing)?|withdr[ae]w|discard|retract|give up on|forget about) "
    r"(?:this|the|these|my) (?:whole |entire |rfc |v\d+ )?"
    r"(?:patch(?:es|set|[- ]series)?|patch set|series|submission|rfc)\b"
    r"(?! (?:from|in (?:the )?(?:next|v\d|new|this series|series)|out of|into|at|to)\b)|"
    r"\b(?:self-?nak|withdrawn|withdrawing)\b|"
    r"\b(?:this|my) (?:commit|patch|series|patch ?set|submission) (?:can|may|should|must|needs to|has to) "
    r"(?:(?:just|simply|now|therefore) )?be (?:abandoned|ignored|dropped|discarded|disregarded|withdrawn)\b"
    r"(?! (?:if|unless|until|when|from)\b)|"
    r"\b(?:this|my) (?:one|patch|series|patch ?set) can be (?:postponed|skipped|left out)\b|"
    r"\b(?:i|we)(?: won't|'ll not| will not|'m not(?: going to)?| am not(?: going to)?) (?:be )?"
    r"(?:(?:send|post|submit|provid|prepar)(?:e|t?ing)? (?:(?:an?|any|another|new|more|further|other|second) )+"
    r"(?:versions?|revisions?)|"
    r"(?:pursu(?:e|ing)|continu(?:e|ing) with) (?:this|the|it)(?: (?:patch|series|work))?)\b"
    r"(?! (?:until|before|unless|yet|today|for now|this week|so))|"
    r"\b(?:(?:the|this|my) )?(?:patch(?:es|set)?|series) (?:is|are|was)(?:n't| not| no longer) (?:really |actually )?"
    r"(?:needed|necessary|required)\b(?! (?:to|in order|for (?:this|that|the)) \w)|"  # "to fix that bug": for the rest
    r"\b(?:there(?:'s| is|'s really| is really)|i see|so) no (?:(?:more|longer|real|actual) )?(?:need|reason) for "
    r"(?:this|the|my) (?:patch(?:es|set)?|series)\b(?! to\b)|"
    r"\b(?:i|we) (?:do not|don't|no longer) need (?:this|the|my) (?:patch(?:es|set)?|series)"
    r"(?=\W*$|[,.;] | (?:any ?more|after all|then|at all)\b)",
    re.IGNORECASE,
)
NOT_WITHDRAWN = Pattern(r"^(?:if|in case|unless)\b|\b(?:next (?:version|rev|revision|spin)|v\d+)\b|\?", re.IGNORECASE)

_APPLY = r"(?:apply|land|merge|pick(?: up)?|pull(?: in)?|queue(?: up)?|take)"
_APPLYING = r"(?:applying|landing|merging|picking(?: up)?|pulling(?: in)?|queue?ing(?: up)?|taking)"
_APPLIED = r"(?:applied|landed|merged|picked(?: up)?|pulled(?: in)?|queued(?: up)?|taken|in)"
_THIS = r"(?:it|this|these|them|both|v\d+|(?:this|the) (?:one|fix|patch(?:es|set)?|series))"
_SOFTLY = r"(?:(?:please|pls|kindly|just|also|now|then|still|help|to|maybe|perhaps) )*"
_ASKS_TO_APPLY = Pattern(
    rf"(?i)(?:\b(?:please|pls|kindly)|\b(?:can|could|would|will) (?:you|we|someone|somebody)) {_SOFTLY}"
    rf"(?:{_APPLY} {_THIS}|consider (?:applying|merging|picking(?: up)?|queue?ing|taking) {_THIS}|"
    rf"get {_THIS} {_APPLIED})\b(?! (?:into account|seriously|out|off|from|with a)\b)|"
    rf"\b(?:can|could|may|might|will) {_THIS} {_SOFTLY}(?:be|get) {_SOFTLY}{_APPLIED}\b|"
    rf"\b(?:are|would) you (?:be )?(?:fine|good|happy|ok(?:ay)?|willing) (?:to {_APPLY}|with {_APPLYING}) {_THIS}\b|"
    r"\b(?:is|are) there (?:any|some)thing (?:else|more) (?:(?:that )?i (?:can|should|need to|have to|must) "
    r"(?:do|change|fix|address)|(?:that is |that's )?(?:needed|required|missing|to (?:do|be done)))\b|"
    rf"\bcheck(?:ing)?(?: in| up)? on the (?:status|state|progress)\b|"
    rf"\bwhat(?:'s| is) the (?:status|state|fate) of {_THIS}"
)
# "If there is no objection, can we take this?": it is as good as it is.
_UNOPPOSED = Pattern(
    r"(?i)^(?:so |and |but )?if (?:there (?:are|is)|(?:you|people) have|(?:every|no)(?:body|one) (?:has|sees)|i hear)"
    r"(?: (?:any|are|is|more|no|none|other|further))* (?:comments?|concerns?|issues?|objections?|problems?|remarks?)\b"
    r"[^,?]{0,30},"
)
_NOT_AS_IT_IS = Pattern(
    r"(?i)\b(?:if|once|when|until|unless|not|don't|never|instead|except|only|without|first|rest|others?)\b|n't\b|"
    r"\bor (?:should|shall|do|would|will) (?:i|we)\b|\b\d+/\d+\b|\bpatch(?:es)? #?\d|"
    r"\b(?:where|which|how|why|what|who) |\b(?:should|shall) (?:i|we)\b"
)


_VERSION = Pattern(r"(?i)\bv(\d{1,2})\b(?!\.\d)")
_TO_COME = Pattern(r"(?i)\b(?:will|shall|going to|let me|let's|next|re-?send\w*|re-?post\w*|re-?submit\w*)\b|'ll\b")


def is_history(sentence: str, version: int) -> bool:
    """True if a sentence says what was done up to a version, which is out: "I only added the Cc in v2", said of v2."""
    named = [int(number) for number in _VERSION.findall(sentence)] if "v" in sentence.lower() else []
    return bool(named) and max(named) <= version and _TO_COME.search(sentence) is None


# "Wait, Rex is in there already!", "Actually, this can't happen."
_THINKS_AGAIN = Pattern(
    r"(?i)\W*(?:(?:oh|ah|hm+|no|oops|sorry|ok(?:ay)?)\b[ ,.!-]*)*"
    r"(?:wait\b(?! for\b)|actually\b|scratch that|never ?mind|on second thoughts?|"
    r"thinking (?:about|of) it|it turns out)"
)


def thinks_again(sentence: str) -> bool:
    """True if an author goes back on what they just said: "Wait, this can't happen."."""
    return _THINKS_AGAIN.match(sentence) is not None


def asks_to_apply(sentence: str) -> bool:
    """True if an author wants their patch applied as it is: "Can you please take this patch?"."""
    asked = _UNOPPOSED.sub("", sentence)
    return _ASKS_TO_APPLY.search(asked) is not None and _NOT_AS_IT_IS.search(asked) is None
