"""Recognize that somebody tried a patch and it failed: "this series breaks boot", "it crashes on my board", "I see this
splat with the patch applied"; or that it can't be applied, because it was mangled on its way: "your mailer wrapped the
lines", "corrupt patch at line 10".

What a patch would or might break is a doubt; what fails without it, too, is none of its business.
"""

from __future__ import annotations

from patchwatch.mail.sentences.phrase import phrase
from patchwatch.pattern import Pattern

_MAX_SENTENCE = 400  # characters

_PATCH = r"(?:this|the|your|these)(?: \w+)? (?:patch(?:es|set)?|series|change|commit|version|set|v\d+)"
_TROUBLE = (
    r"(?:warnings?|errors?|crash(?:es)?|dead-?locks?|oops(?:es)?|regressions?|splats?|panics?|hangs?|failures?|"
    r"stack ?traces?|lockdep|kasan|ubsan|kmemleak|null pointer|build (?:issue|problem)s?)"
)
_FAILS = rf"""
    (?:breaks?|broke|crashes|crashed|panics|hangs|oopses|regresses
    |fails? to (?:boot|build|compile|link|probe)|(?:does|did)(?:n't| not) (?:boot|build|compile)
    |(?:causes?|caused|gives?(?: me)?|introduces?|introduced|leads? to|produces?|results? in|triggers?|triggered)
    \b[^.?!]{{0,60}}?\b{_TROUBLE})\b
"""
_SEE = (
    r"(?:i|we)(?:'m|'ve| am| are| have| still| just| now| also)* "
    r"(?:see|seeing|seen|saw|get|getting|got|observed?|observing|hit|hitting|noticed?)"
)

_BREAKAGE = phrase(
    "break|broke|crash|panic|hang|oops|regress|fail|n't b|not b|n't c|not c|warning|error|lock|splat|trace|kasan|ubsan|"
    "kmemleak|null|build ",
    rf"""
    \b{_PATCH}(?: \w+ly)?\s{_FAILS}
    |\b(?:ran|tested|tried|built|compiled|booted)\b[^.?!]{{0,60}}?\b(?:and|but|[,;:]) ?(?:this|it|that|they|these)
        \s(?:fails?|failed)\ to\ (?:boot|build|compile|link)\b
    |^(?:\W*\w[\w' ]{{0,30}}[,:] |unfortunately |(?:recently|today) i found that )?(?:this|it)\s{_FAILS}
        [^?]{{0,120}}\b(?:for me|here|on (?:my|our|the)|the following|below|during boot|when (?:running|booting))\b
    |\b{_SEE}\b[^.?!]{{0,80}}?\b{_TROUBLE}\b[^.?!]{{0,80}}?
        \b(?:with|from|after|caused by|due to|because of|since) (?:applying )?{_PATCH}\b
    |\b(?:{_TROUBLE}|(?:does|did)(?:n't| not) (?:boot|build|compile))\b[^.?!]{{0,60}}?
        \bwith (?:{_PATCH}|this|it|them) (?:applied|in place|on top)\b
    """,
    "break breaks broke crash crashed crashes panic panics hang hangs oops oopses regresses regression regressions "
    "fail fails failed failure failures boot build compile link warning warnings error errors deadlock deadlocks dead "
    "splat splats stack stacktrace stacktraces lockdep kasan ubsan kmemleak null",
)
# "With this series my board no longer boots", "an oops with v3", "the link stopped working after applying these"
_APPLIED = (
    r"(?:\b(?:with|after(?: applying)?|having applied)\s+(?:all (?:of )?)?"
    rf"(?:{_PATCH}|(?:this|these|both|the)(?: \w+)? (?:ones?|patch(?:es)?|series)|"
    r"(?:it|this|these|them|both)(?=\s+(?:applied|on top|in place)\b))|\bwith (?:this )?v\d+\b(?!\.\d))"
)
_DOES = (
    r"(?:boot|reboot|resume|suspend|wake|probe|start|come (?:up|back)|mount|link|appear|load|respond|work|enumerate|"
    r"connect)"
)
_STOPS = (
    rf"(?:no longer {_DOES}s?|stop(?:s|ped) {_DOES}(?:ing)?|(?:does|do|did|will|would|can)(?:n't| not) {_DOES}|"
    rf"(?:fails?|failed) to {_DOES}|hangs?|hung|crash(?:es|ed)|panic(?:s|ked)|oops(?:es|ed)|freezes|froze|locks? up|"
    r"locked up)\b"
)
_WITH_IT = phrase(
    "no longer|stop|n't |not |fail|hang|hung|crash|panic|oops|freez|froze|lock|still|persist|remain",
    rf"""
    {_APPLIED},? [^.?!]{{0,80}}?\b{_STOPS}
    |\b{_STOPS}[^.?!]{{0,60}}?\b{_APPLIED}
    |^(?:(?:i|we)(?:'ve| have)? )?(?:tried|tested|booted) (?:this|it|these|them|{_PATCH}|on)\b[^.?!]{{0,80}}?
        \b(?:and|but|[,;:]) ?(?:it |that )?{_STOPS}
    |\bstill (?:broken|fail(?:s|ing)|hangs?|crash(?:es|ing)|(?:see(?:ing)? |get(?:ting)? )?the same \w+)\b
        [^.?!]{{0,40}}?(?:{_APPLIED}|\bfor me\b|\bon my\b)
    |\b(?:problem|issue|bug|crash|hang|error|warning)s? (?:still )?(?:persists?|remains?)\b[^.?!]{{0,30}}?{_APPLIED}
    |\b(?:did|does)(?:n't| not) (?:fix|help|solve|cure)\b[^.?!]{{0,30}}?\bfor me\b
    """,
    "with after having tried tested booted me my",
)
_CAME = r"(?:is|was|were|are|looks?|seems?|appears?|got|came (?:through|out))"
_STILL = r"(?: (?:to be|to have been|been|all|still|also|again|\w+ly))*"
_SPOILED = r"(?:mangled|damaged|corrupt(?:ed)?|wrapped|garbled|white-?space[ -]damaged)"
_MANGLED = phrase(
    "mangled|damaged|corrupt|wrapped|garbled|spaces|tabs",
    rf"""
    \b(?:patch(?:es)?|diff|series|e-?mail) {_CAME}{_STILL} (?:(?:line|word|space|tab)[ -])?{_SPOILED}\b
        (?! (?:in|around|by a)\b)
    |\b(?:this|it) {_CAME}{_STILL} (?:mangled|(?:white-?space|line|word)[ -](?:damaged|wrapped|mangled))\b
    |\b(?:mailer|(?:mail|e-?mail) (?:client|program|server|system|setup)|outlook|gmail|exchange|thunderbird)
        (?: (?:has|have|seems to have|probably|apparently))*
        (?: (?:mangled|damaged|corrupted|wrapped|garbled|converted|replaced))\b
    |\btabs? (?:(?:were|was|are|got|have been|has been) )?(?:all )?(?:converted|replaced|turned|changed)
        (?: (?:to|in|into|by|with) spaces)\b
    |\bcorrupt patch at\b
    """,
)
# "Sorry, my mailer wrapped the lines": of the reply
_NOT_THE_PATCH = Pattern(
    r"(?i)\b(?:my|our) (?:\w+ )?(?:mailer|mails?|e-?mails?|client|outlook|gmail|exchange|thunderbird|repl(?:y|ies)|"
    r"answers?|responses?|comments?)\b|\bquot(?:es?|ing|ed|ations?)\b|"
    r"\b(?:do|did)(?:n't| not) (?:think|believe|see)\b|\?"
)
_NO_TROUBLE = Pattern(
    rf"(?i)\b{_TROUBLE}(?: \w+){{0,2}} (?:no longer|(?:do|does|did)(?:n't| not)|stop(?:s|ped)?)\b|"
    r"\b(?:without|before|previously|used to|gone|unrelated|if|could|might|may|never|tried to|they)\b|\?|"
    r"\bno (?:\w+ )?(?:crash|hang|panic|oops|splat|issue|problem)|\b(?:not|n't|no longer|no more|stopped) (?:\w+ )?"
    r"(?:crash|hang|panic|oops|freez|fail|see|hit|reproduc|happen|trigger)|\b(?:fix(?:es|ed)|solves?|cures?|prevents?)\b"
)
_NOT_SO = Pattern(
    r"(?i)\b(?:without|before|no longer|fix(?:es|ed)?|gone|used to|unrelated|already|"
    r"if|would|could|might|may|will|can)\b|"
    r"\?|n't (?:see|get|break|cause|think|expect)|\bnot (?:see|get|break|cause)"
)


def reports_breakage(sentence: str, lowered: str) -> bool:
    """True if the sender reports that the patch fails for them."""
    if len(sentence) > _MAX_SENTENCE:
        return False
    if _MANGLED.occurs(sentence, lowered) and not _NOT_THE_PATCH.search(sentence):
        return True
    if _BREAKAGE.occurs(sentence, lowered) and not _NOT_SO.search(sentence):
        return True
    return _WITH_IT.occurs(sentence, lowered) and not _NO_TROUBLE.search(sentence)
