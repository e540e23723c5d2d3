"""Recognize what a patch waits for, other than for its author: the sender's review, other reviewers, or an open tree.

"I'll test it tomorrow", "please give us a few weeks", "could use more review", "net-next is closed".
"""

from __future__ import annotations

from patchwatch.mail.sentences.phrase import phrase

_LATER = phrase(
    "i'll |i will |let me |will |i am going|i'm going|i plan|i intend|i hope|i need|i want|i can |i have to|patien|"
    "swamped|"
    "behind|catching| give |allow | queue|backlog|inbox| list|todo|to-do|vacation|travel",
    r"""
    \b(?:i(?:'ll| will| am going to|'m going to| plan to| intend to| hope to| need to| want to)|let me|^will)\s+
        (?:(?:also|just|try to|then|definitely|hopefully|get to|have to|need to|go|go and|go back and|soon|now)\s+)*
        (?:(?:take|have) (?:a|another) (?:\w+ )?(?:look|pass)|look (?:at|into|through|over)|review|test|try
        |give (?:it|this|that|them|these) (?:a|another|some)|get back|think (?:about|more|it over)|come back|reply
        |respond|(?:queue|take|add|put|throw|pull) (?:it|this|that|them|these)(?: up)?(?: \w+){1,3}? test(?:s|ing)?
        |(?:queue|take) (?:it|this|that|them|these)(?: up)? for test(?:s|ing)?
        |read (?:it|this|through)|run (?:some|it|this|our|more) (?:tests?|through|on|with|against|benchmarks?)
        |benchmark|go through|go back to|check (?:it|this|that|with|whether|if|on)|double.?check|investigate
        |reproduce)\b
    |^(?:(?:ok(?:ay)?|sure|thanks?|great),? )?will (?:apply|queue|pick|merge|take|push)\b
    |\bi(?:'ll| will)\b.{0,80}\breport (?:back|(?:the |my )?(?:results?|findings))\b|^will (?:report|get|come) back\b
    |\bi(?:'ll| will)\b.{0,80}\band (?:come|get) back (?:to you|with)\b
    |\b(?:i(?:'ll| will| have to| need to| must)|let me) (?:(?:just|first|also) )?(?:find out|dig (?:out|up|into)
        |ask (?:our|my|the|around|internally|for (?:details|confirmation))|check(?: (?:first|internally))?(?=\W*$))\b
    |\bi(?:'ll| will| can| am going to|'m going to| plan to| intend to)
        (?: (?:then|happily|gladly|also|just|probably|only))*
        (?: (?:apply|take|merge|queue|pick|pull|push|route|carry|include) (?:up )?)
        (?:this|it|them|these|the (?:patch|series))
        \b.{0,80}\b(?:if|once|when|after|unless|until|tomorrow|later|next week|merge window|rc1)\b
    |\b(?:i|we)(?:'ll| will)(?: \w+)? (?:apply|merge|queue|take|pick(?: up)?|start|process|review|look at)\b[^?;]{0,60}?
        \b(?:after|once|when) (?:the )?(?:merge window|\S*rc\d)
    |\b(?:give|allow) (?:me|us|it|them|him|her|people|folks|everyone|(?:the )?maintainers)
        (?: (?:some|a few|a little|a bit(?: of)?|a couple of|(?:a )?(?:little )?more|another|\w+ more))?
        (?: (?:time|days?|weeks?))\b
    |\bplease (?:just )?be patient\b|\bpatience,? please\b
    |\bi(?:'m| am)(?: (?:still|just|currently|a bit|way))*
        (?: (?:swamped|catching up|behind (?:on|with)|travell?ing|on vacation))\b
    |\b(?:it(?:'s| is| was)|this is|they(?:'re| are)|these are) (?:(?:still|now|already) )?(?:in|on) my
        (?: \w+){0,3} (?:queue|list|backlog|inbox|todo|to-do)\b
    """,
)
# "There appears to have been little reviewer interest?", "I'd like an ack from the frob people.", "Any reviewers?"
_REVIEWS = r"(?:reviews?|reviewers?|acks?|r-bs?|input|eyes|eyeballs|opinions?)"
_CALL = phrase(
    "review| ack|input| eye|opinion| r-b|chime in|weigh in|take a look| wait |staged|merged|applied|queued|picked",
    rf"""
    \b(?:little|no|not (?:much|a lot of|any)|lack of|few|absence of)
        (?: (?:(?:review(?:er)?|maintainer)s? (?:interest|input|feedback|attention|activity)|reviews?|reviewers?|acks?))
        \b(?! (?:need|require|comment|from me|by me))|^(?:still )?needs? (?:an? )?(?:review|acks?|r-b)\b
    |\b(?:let's|i'd|i'll|i will|we should|we'll) wait (?:for|until) (?-i:[A-Z])\w+
    |\b(?:await(?:ing)?|wait(?:ing)? (?:for|on)|hop(?:e|ing) for|(?:would|'d|could) (?:like|love|appreciate|welcome|use)
        |(?:can|could|may) (?:we|i) (?:please )?(?:get|have)|(?:we|this|it|series|patch)(?: still)? needs?
        |(?:would|'d) be (?:nice|good|great) to (?:have|get|see)|let's (?:get|have|wait for))
        (?: (?:to (?:see|have|get|hear)|some|more|an?|any|further|additional|other|few|bit|of|another|independent))*
        (?: {_REVIEWS})\b(?=\W*$|/| (?:and|or|from|by|on|of|for|here|before|please|first)\b)
    |\b(?:i|we)(?:(?:'ll| will) (?:still )?| (?:still |also |would |do )?)need
        (?: (?:an?|the|some|more|\w+'s?))* acks?(?:-by)?\b(?! from you\b)(?! (?:to|that)\b)
    |\b(?:can|could|may) (?:we|i) (?:please )?(?:get|have|see) (?:this|it|them|(?:\w+ ){{1,5}}?(?:fix|patch|series|one))
        (?: please| now)? (?:staged|merged|applied|queued|picked(?: up)?)\b.{{0,40}}\?
    |\b(?:any(?:one|body)|some(?:one|body)|others?|other (?:people|folks|maintainers|reviewers)|reviewers|folks)
        (?: (?:\w+ )?else)?\b.{{0,30}}?\b(?:review|take a look|chime in|weigh in)\b
    """,
)
_REOPENED = r"\b(?:after|once|when) (?:the |\S*-)?(?:merge window|\S*-?rc1|net-next|tree|next cycle|\d+\.\d+)\b"
# "net-next is closed" (Documentation/process/maintainer-netdev.rst), "please repost after the merge window"
_DEFERRED = phrase(
    "closed|re-|rese|repo|resub|resp|revisit|back to|park|post|defer|shel|hold|sit on|aside",
    rf"""
    \bnet(?:-next)? is (?:\w+ )?closed\b
    |\bre-?(?:send|post|submit|spin) .{{0,40}}?{_REOPENED}
    |\b(?:let'?s|please|rather|(?:prefer|like|want|need|have|better|best) to|(?:we|you) (?:should|can))
        \s(?:revisit|come back to|get back to) (?:this|it|these|that)\b.{{0,30}}?{_REOPENED}
    |\b(?:i(?:'ll| will|'m going to|'d rather)?|let'?s|we(?:'ll| should| will)?|let me) (?:just |rather )?
        (?:(?:park(?:ed)?|postponed?|defer(?:red)?|shelved?|hold off (?:on|with)|sit on)
            (?: (?:this|it|these|them|the (?:patch(?:es|set)?|series|whole \w+)))\b(?! \w*(?:in|to|into|at)\b)
        |put (?:this|it|these|them) (?:on hold|aside)|hold off(?=\W*$| (?:for now|until|till)))
    |\b(?:this|it|these|they|patch(?:es|set)?|series)\b(?: \w+){{0,9}}? (?:will|has to|have to|needs? to|must) be
        (?: (?:deferred|postponed|parked|shelved))\b
    """,
)


def intends_to_review(sentence: str, lowered: str) -> bool:
    """True if the sender says that they will review or test the patch."""
    return "?" not in sentence and _LATER.occurs(sentence, lowered)


def asks_for_review(sentence: str, lowered: str) -> bool:
    """True if the sentence asks for reviewers or notes their absence: it asks nothing of the author."""
    return _CALL.occurs(sentence, lowered)


def is_deferral(sentence: str, lowered: str) -> bool:
    """True if the sentence puts the patch off: the tree is closed, or the patch is parked."""
    return "?" not in sentence and _DEFERRED.occurs(sentence, lowered)
