"""Recognize who a sentence addresses, and whether an author's promise is about this patch.

"Andrew, can you take this?" addresses Andrew, not the patch author.  "Will do that in a follow-up" changes nothing
about this patch.
"""

from __future__ import annotations

from patchwatch.mail.sentences.phrase import phrase
from patchwatch.pattern import Pattern

_MAX_SENTENCE = 600  # characters

# "Noted, I'll do that from now on", "will follow this in further patches": a habit, not a change of this patch
_HABIT = (
    r"from now on|next time|going forward|an eye (?:on|out)|(?:keep|bear) (?:that|this|it) in mind|will remember|"
    r"(?:in|for|with|to) (?:my |the |all )?(?:further|upcoming|other|subsequent|new|next) patches"
)
_ORDINARY = (  # words that begin a sentence and are no names
    r"(?!(?:A(?:greed|h|l(?:as|so|ternatively|though|right)|nd|gain|ny(?:way|ways|how)|s|t|wesome)|Besides|"
    r"Btw|But|By|C(?:ool|orrect)|Else|Excellent|F(?:air|ine|irst|urthermore|WIW|YI|TR)|For|G(?:ood|ot|reat)|"
    r"H(?:ere|ence|i|ello|ey|m+|owever)|I(?:f|n|IUC|IRC|MO|MHO|ndeed|OW)|Instead|"
    r"Just|Maybe|Meanwhile|Moreover|N(?:ever|ext|ice|o|it|ope|ow)|O(?:h|k|kay|n|TOH|therwise|ne)|Perfect|Perhaps|Please|"
    r"Plus|Q|Question|Right|See|"
    r"Second|Since|So|Sorry|Still|Sure|Thanks?|That|The|Then|There(?:fore)?|This|Though|Thus|To|True|U(?:m|nderstood)|Well|"
    r"What|When|While|Yeah?|Yep|Yes|You)\b|[A-Z]\w+ly\b)"
)
# "Andrew, can you take this?", "Waiman, what do you think?"
_ADDRESSED = Pattern(
    r"(?:(?:H(?:i|ello|ey)|But|And|So|Also|Also cc'ing)[ ,]+)?"
    rf"{_ORDINARY}([A-Z][a-z]\w*)(?:(?:,? and |/|, )([A-Z][a-z]\w*))?(?:(?:,? and |/)([A-Z][a-z]\w*))?, (?=\w)"
)
# "Daniel could you take patch 2?"
_BEFORE_VERB = Pattern(
    rf"{_ORDINARY}(?!(?:How|Nor|Or|Wh(?:at|ere|ich|o|ose|y))\b)"
    r"([A-Z][a-z]{2,})(?: [A-Z][a-z]{2,})?(?: and ([A-Z][a-z]{2,}))?,? (?:could|can|would|will) you\b"
)
# "Rex if you agree, could you take this?", "Looks good, Rex if that suits you please take it."
_BEFORE_IF = Pattern(
    rf"(?:[A-Za-z' ]{{1,40}}[,.:;] )?{_ORDINARY}(?!(?:Even|Not|Only|See|Wh\w+|Wonder\w*)\b)"
    r"([A-Z][a-z]{2,})(?: and ([A-Z][a-z]{2,}))? if (?:"
    r"you(?:'re| are| agree| approve| don't (?:mind|object)| have no| like| prefer| think| want)|"
    r"(?:it|that|this|everything)(?:'s| is| looks| seems| sounds| suits| works)(?: \w+)? "
    r"(?:acceptable|fine|good|ok(?:ay)?|(?:for |with )?you))\b"
    r"[^?.;]{0,80}?(?:\b(?:could|can|would|will) you|\bplease)\b"
)
_BESIDE = Pattern(
    r"(?i)\b(?:follow(?:ing)?[ -]?ups?|on top|separate(?:ly)?|fix-?up|later (?:patch|series)|future|squash|reproduce|"
    rf"fix diff|fixlet|{_HABIT}|"
    r"test\w*|another (?:patch|series)|tags?|acks?|but)\b"
)
_AFTERWARDS = phrase(
    "follow|on top|future|later |separate |another |different |from now|next time|going for|an eye|in mind|remember|"
    "patches|once th|after th|once we|after we|next cycle|next release|next merge",
    rf"""
    \b(?:follow(?:ing)?[ -]?ups?|on top|(?:in|for) (?:the )?future|(?:later|future) (?:series|cycle|release)
    |(?:separate|another|different) series|separate clean-?up|{_HABIT}
    |(?:in|for) the next (?:cycle|release|merge window)
    |(?:once|after) th(?:is|ese|e)(?: (?:one|patch(?:es)?|series|fix))? (?:lands?|is in|are in
    |(?:has|have|gets?|is|are)(?: been)? (?:accepted|acked|acknowledged|applied|approved|merged|upstream
    |taken))
    |(?:once|after) we(?:'ve| have)? (?:fix|land|merge|finish|appl|convert|clean|sort)\w* (?:up )?
    (?:(?:all|both) )?(?:of )?(?:the )?(?:these|this|that|those|them|it))\b
    """,
)
_OWN_PLAN = Pattern(
    r"(?i)\bi(?:['’]d| would) (?:like|love|prefer|rather)\b|\bi (?:hope|intend|plan|want) to\b|"
    r"\bon my (?:list|to-?do)\b|\b(?:can|could|may) (?:i do|(?:it|that|this) (?:\w+ )?be)\b"
)
_NOT_PLANNED = Pattern(r"(?i)\b(?:not|never|or|why|rather than|instead of)\b|n['’]t\b")
_NEXT_VERSION = Pattern(
    r"(?i)\b(?:v\d+|(?:next|new|formal|final) (?:version|revision|rev|spin|iteration|round)|"
    r"(?:corrected|fixed|revised|reworked|updated) (?:version|revision|patch(?:es|set)?|series)|"
    r"re-?(?:spin|send|post|submit))\b"
)


# "@Trond, @Anna, are you fine with this?"; "@dev" is a parameter.
_MENTIONED = Pattern(r"(?:^|[\s(,])@([A-Z][a-z]{2,})\b")
# "Bart - how do you want to proceed?"
_BEFORE_DASH = Pattern(
    r"(?!(?:Also|And|But|Maybe|Minor|Nit|Note|Nitpick|One|Question|So|Still|Style|Then|This|Typo|Wait|What|Why)\b)"
    r"([A-Z][a-z]{2,}) [-–—] [^?]{1,200}\?$"
)


_GROUP = r"(?:developers|devs|experts|folks|guys|maintainers?|people|team)"
_ANYBODY = r"(?:some|any)(?:one|body)(?: (?:from|of|at|in|with|else|who)\b[^?;]{1,60}?)?"
_SOFTLY = r"(?:(?:please|pls|maybe|perhaps|also|kindly) )*"
_CHECK = (
    r"(?:ack|advise|answer|apply|chime|check|clarify|comment|confirm|explain|give|have a look|help|look|pick|provide|"
    r"review|say|shed|suggest|take|tell|test|try|verify|weigh)"
)
# "Could the frob developers please check this?", "Can someone from Frob Inc. test it?", "frob folks, is this right?"
_TO_A_GROUP = Pattern(
    rf"(?i)\b(?:could|can|would|will) (?:(?:the )?(?:[\w/-]+ ){{1,3}}?{_GROUP}|{_SOFTLY}{_ANYBODY}) {_SOFTLY}"
    rf"(?:(?:be so kind|like) (?:as )?to )?{_CHECK}\b|"
    rf"^(?:(?:hi|hello|dear|and|so|but) )?(?:the )?(?!you\b)(?:[\w/-]+ ){{1,2}}?{_GROUP}[,:] [^.;]*\?$|"
    r"^(?:can|could|may) (?:i|we) (?:please )?(?:have|get) (?:an? |the )?(?:ack\w*|reviews?|r-?bs?|tags?|opinions?)"
    r"(?:-by)? (?:from|by|of)\b(?! you\b)[^.;]*\?|"
    r"^is it possible to (?:have|get) (?:an? |the )?(?:ack\w*|review|tag|opinion)(?:-by)? (?:from|by|of)\b(?! you\b)"
)


def is_for_group(sentence: str) -> bool:
    """True if people are asked who are not named, and so are not the author: "Can the frob folks test this?"."""
    return len(sentence) <= _MAX_SENTENCE and _TO_A_GROUP.search(sentence) is not None


def is_for_others(sentence: str) -> bool:
    """True if a sentence addresses somebody by name, or a group."""
    return bool(addressees(sentence)) or is_for_group(sentence)


def addressees(sentence: str) -> tuple[str, ...]:
    """The first names that a sentence addresses, in lower case; empty if it addresses nobody by name."""
    found = _ADDRESSED.match(sentence) or _BEFORE_VERB.match(sentence) or _BEFORE_DASH.match(sentence)
    if found is None and " if " in sentence:
        found = _BEFORE_IF.match(sentence)
    named = [name for name in found.groups() if name] if found else []
    if "@" in sentence:
        named += _MENTIONED.findall(sentence)
    return tuple(name.lower() for name in named)


def is_about_this_patch(promise: str) -> bool:
    """True if an author's promise is about this patch, not about a follow-up, a test or tags."""
    return _BESIDE.search(promise) is None


def is_about_follow_up(promise: str) -> bool:
    """True if an author's promise is about later work, which nobody waits for before taking this patch."""
    return _AFTERWARDS.occurs(promise, promise.lower()) and not names_next_version(promise)


def puts_off(answer: str, *, promised: bool) -> bool:
    """True if an author will do later what they answer, or would like to: "Can that be a follow-up?"."""
    if not is_about_follow_up(answer):
        return False
    return promised or (_OWN_PLAN.search(answer) is not None and _NOT_PLANNED.search(answer) is None)


def names_next_version(promise: str) -> bool:
    """True if an author's promise mentions the next version."""
    return _NEXT_VERSION.search(promise) is not None
