"""Recognize sentences in which a reviewer objects, suggests, or is satisfied.

People rarely write "please change": they doubt ("I don't think this works"), prefer ("I'd rather have it in core"), or
order ("Add a comment here.").  What a match means for a patch, patchwatch.series.state.points_in_replies judges.
"""

from __future__ import annotations

import re

from patchwatch.mail.sentences.named_faults import names_fault
from patchwatch.mail.sentences.phrase import Phrases, phrase
from patchwatch.pattern import Pattern

_WHAT = r"(?:this|that|it|these|those|the|your|we|you|there|any(?:thing|body|one)?)"
_THE_PATCH = (
    r"(?:this|that|it|these|they|patch(?:es)?(?: \d+)?|series|changelog|commit (?:message|log)|comment|description|"
    r"subject|title|code|function|helper|check|one|variable|name|prefix|alignment|indentation|comments|variables|"
    r"declarations?|includes|kernel-?doc|documentation|error path|return value|macro|label|struct(?:ure)?|property|"
    r"bindings?|tags?)"
)

# "I don't think this is right", "I'm not convinced", "this breaks frob"
_DOUBTS = Phrases(
    phrase(
        "n't| not |doubt|disagree|object|fail to see|worr|concern",
        rf"""
        \bi (?:(?:really|still|just|honestly|personally) )*
            (?:do(?:n't| not) (?:really |quite )?
                (?:(?:think|believe|like) {_WHAT}
                |see (?:why|how|the (?:point|need|reason|benefit|value)|any)
                |understand (?:why|how|the)|get (?:why|the)|agree|buy)
            |doubt (?!that (?:anyone|anybody) would mind)|disagree|object to|fail to see
            |can(?:'t|not) see (?:why|how)|(?:would|'d) (?:be (?:worried|concerned)|worry))\b
        """,
    ),
    phrase(
        "i'm |i am ",
        r"""
        \bi(?:'m| am) (?:(?:really|still|a (?:bit|little)|very|rather|quite|just|also) )*
            (?:not (?:(?:really|quite|entirely|at all|very|100%|fully|so|too) )?
                (?:sure|convinced|certain|happy|comfortable|a (?:\w+ )?fan|keen|in favou?r|fond|thrilled)
            |worried|concerned|afraid|s[ck]eptical|hesitant|reluctant|against|wondering|unsure|confused|puzzled)\b
        """,
    ),
    phrase(
        " break| gives| causes| trigger| introduces| produces| generates| leak| race| deadlock| crash| oops| "
        "overflow| regress| corrupt| will| would| can|"
        " could| may| might| is | looks | seems | appears | feels | sounds | does| won't",
        r"""
        \b(?<!old )(?<!current )(?<!existing )(?<!original )(?<!previous )
            (?:this|that|it|which|patch(?:es)?|series|change|code|approach)
            (?: (?:also|still|just|now|clearly|really|certainly|definitely|obviously))*
            (?: (?:breaks|leaks|races|deadlocks|crashes|oopses|overflows|regresses|corrupts)
            | can(?:'t|not) be (?:right|correct|true)
            | (?:gives|causes|triggers|introduces|produces|generates)(?: (?:an?|the|some|new|lots of))*
                (?: \w+){0,2}?
                (?: (?:warnings?|errors?|regressions?|splats?|lockdep|deadlocks?|crash(?:es)?|oops(?:es)?|panics?))
            | (?:will|would|can|could|may|might) (?:also |still )?(?:break|deadlock|crash|leak|oops|race|fail|regress)
            | (?:is|looks|seems|appears|feels|sounds) (?:to (?:me|be) )?
                (?:(?:a (?:bit|little)|very|rather|pretty|quite|so|just|completely|totally|also|still|plain) )*
                (?:wrong|broken|bogus|buggy|racy|odd|weird|strange|confusing|ugly|fragile|hacky|incorrect|misleading
                |damaged|corrupt(?:ed)?|mangled|white-?space[ -]damaged
                |dangerous|unsafe|overkill|over-?engineered|a bad idea|backwards|suspicious|redundant|unnecessary
                |pointless|insane|horrible|terrible|awful|problematic
                |not (?:right|correct|enough|good|true|safe|needed|necessary|acceptable|possible|the right))
            | (?:does(?:n't| not)|won't|will not|can(?:'t|not)) (?:really |actually )?
                (?:work|make (?:any |much |a lot of )?sense|help|look (?:right|correct|good)|seem (?:right|correct|to)
                |scale|fix|belong|address|solve|compile|build))\b
        """,
        "t not cannot breaks leaks races deadlocks crashes oopses overflows regresses corrupts right correct true "
        "warning warnings error errors regression regressions splat splats lockdep deadlock crash oops panic "
        "panics break leak race fail regress wrong broken bogus buggy racy odd weird strange confusing ugly "
        "fragile hacky incorrect misleading damaged corrupt corrupted mangled dangerous unsafe overkill over "
        "overengineered bad backwards suspicious redundant unnecessary pointless insane horrible terrible awful "
        "problematic",
    ),
    phrase(
        "bug|problem|issue|race|leak|concern|objection|regression|deadlock|worry|downside|drawback",
        r"""
        \b(?:there (?:is|are)|there's|i see|we have|have)(?: (?:still|also))?
            (?: (?:an?|another|one more|two|several|some|multiple))(?: \w+){0,2}
            (?: (?:bugs?|problems?|issues?|races?|leaks?|concerns?|objections?|regressions?|deadlocks?))\b
        |\b(?:the|my|one|another|a) (?:\w+ )?(?:problem|concern|worry|objection|downside|drawback) (?:is|here|with)\b
        """,
    ),
    # "This seems like the wrong approach.", "It only papers over the race."
    phrase(
        "worth|idea|the right|wrong |paper",
        r"""
        \bnot (?:worth|a good idea|the right (?:way|place|thing|approach|fix))\b|\bbad idea\b
        |\b(?:the|a|completely|entirely|very|totally) wrong
            (?: (?:way|approach|place|direction|layer|level|solution|fix|abstraction|idea|design|tool))\b
        |\bpaper(?:s|ing)? over\b
        """,
    ),
    phrase(
        "convinced|n't| not | see ",
        r"""
        ^(?:(?:still|sorry|hm+|well|also|but|so)[,.]? )*not (?:\w+ )?convinced\b|\bunconvinced\b
        |\bi(?:'m| am) (?:(?:really|still|also|just|personally) )*
            not (?:(?:really|quite|entirely|at all|very|100%|fully|so|too|yet) )*
            (?:convinced|in favou?r|a (?:\w+ )?fan|fond|keen|thrilled)\b
        |\bi (?:(?:really|still|just|honestly|personally|also) )*(?:don't|do not) (?:(?:really|quite) )?
            (?:like (?:this|that|it|these|the|how)\b(?! idea of dropping)
            |see (?:the|any|much) (?:\w+ )?(?:point|need|reason|benefit|value|use)\b
            |(?:think|believe|feel) (?:that )?(?:we|you|anybody|anyone) (?:(?:really|actually|even|should) )*
                (?:need|want|have)\b
            |(?:think|believe|feel) (?:that )?(?:this|that|it|these)
                (?:'s| is| are| makes?| should| adds?| really| belongs?| buys?)\b(?! (?:an?y? )?(?:\w+ )?
                (?:problem|issue|concern|deal|blocker|needed to (?:re|wait))))
        |\bfail to see (?:the|any|why|how|what)\b
        """,
        "convinced unconvinced favour favor fan fond keen thrilled like see think believe feel",
    ),
)
_FLAWS = Phrases(*[*_DOUBTS][2:])
_NO_DOUBT = Pattern(
    r"(?i)\bi (?:don't|do not) (?:think|see|believe) (?:there(?:'s| is| are)|that|this|it|we|you|any)?\s*"
    r"(?:is|are|will|would)?\s*(?:any|a|an|be a)? ?"
    r"(?:problems?|issues?|objections?|reason not|harm|need to (?:worry|respin|resend))\b|"
    r"\bi (?:don't|do not) see (?:any|a) (?:problem|issue|reason (?:not|why not)|objection|harm)|"
    r"\bi(?:'m| am) afraid (?:not|so)\b|^if\b|\bif you (?:think|don't)\b"
)

# "You should use frob_lock().", "This needs a comment.", "I'd rather see it in core."
_WISHES = Phrases(
    phrase(
        "prefer|rather|suggest|recommend|like |love to|expect|want|i'd |i would ",
        r"""
        \bi(?:'d| would) (?:(?:really|much|still|strongly|also|personally|rather|definitely) )*
            (?:prefer|rather|suggest|recommend|like (?:to see|you to|it to|this to)|love to see|want
            |not (?:go|do|use)|(?:just|simply) (?!like|want|say|note|add|mention|point|try|test|wait|ask)\w+
            |(?:drop|remove|make(?! sure| sense)|put|move|add(?! that| to)|rename|split|fold|squash|skip
            |leave(?! \w+ (?:up )?to)|go (?:with|for)))\b
        |\bi (?:(?:really|strongly|would|also) )*(?:suggest|recommend|prefer)\b
        """,
    ),
    phrase(
        "better|nice|clean|simpler|clearer|safer|preferable|be more|good to|great|helpful|useful|best",
        r"""
        (?:'d| would| might| may| will) (?:(?:probably|really|also|still|perhaps) )*
            be (?:(?:much|a lot|even|way|so|far|a bit|really|very) )*
            (?:better|nicer|cleaner|simpler|clearer|safer|preferable|more \w+|good to|useful to|best to
            |(?:nice|great|helpful) (?:to|if))\b
        |\b(?:better|cleaner|simpler) (?:to|if|off)\b
        """,
    ),
    phrase(
        "you ",
        r"""
        \byou (?:(?:also|probably|still|really|definitely|just|obviously|simply) )*
            (?:should(?! be (?:fine|good|ok|able))|must|need to|have to|ought to|want to|can(?:'t|not)
            |could (?:just|simply|also|instead)|can (?:just|simply|instead|drop|remove|use)
            |(?:may|might) want to|want (?:an?|the|some|\w+\()|forgot|missed|are missing|leak|ignored
            |(?:didn't|did not|haven't|have not) (?:address|answer|fix|change|update|test|compile|build)\w*)\b
        """,
    ),
    phrase(
        "should|must|need| to ",
        rf"""
        \b{_THE_PATCH}(?: (?:also|probably|still|really|definitely|just|now|at least|then))*
            (?: (?:should(?! be (?:fine|good|ok|enough|safe|sufficient)| (?:just work|work|help|fix))
            |must|needs?(?: to)?|has to|have to|ought to))(?: (?:also|probably|not|at least))*
            (?: (?:be \w+|have|go|get|use|come|say|explain|mention|include|live|return|check|take|follow|do|happen
            |stay|an? |some |more |to be\b|match|work\b|improvement|fixing|updating|splitting))
        """,
        "should must need needs has have ought",
    ),
    # "The above should be in the commit message."
    phrase(
        "message|changelog|change log|description|commit log",
        r"""
        \b(?:should|must|needs? to|ought to|has to|have to|belongs?|deserves? to)\b[^.;?]{0,40}? (?:in|into|to|go in)
            (?: the)?(?: (?:commit|patch))? (?:message|changelog|change log|description|commit log)\b
        """,
        "should must need needs has have ought belong belongs deserve deserves",
    ),
    phrase(
        "we ",
        r"""
        \bwe (?:(?:also|probably|still|really) )*
            (?:should(?! be (?:fine|good|ok|able))|must|need to|ought to)\b
        """,
    ),
    phrase("missing|lack", r"\b(?:missing|lacks?) (?:an?|the|some)\b"),
    # "This needs the clk patch first.", "Please get the core change merged first."
    phrase(
        "first",
        r"""
        \b(?:please|(?<!\bi )(?:needs?(?: to)?|ha(?:s|ve) to|must|should|ought to|had better))\b[^.?!]{1,80}?
            \bfirst(?: of all)?\W*$
        """,
        "please need needs has have must should ought better",
    ),
    # "Unused variable.", "Same here.", "Not needed.", "Don't use BUG_ON().", "Reverse xmas tree, please."
    phrase(
        "missing|unused|unne|redundant|stray|extra|spurious|duplicate|wrong|same|ditto|likewise|not needed|no need|n't|"
        "not |never|xmas|christmas|consider|needs ",
        r"""
        ^(?:(?:nit|minor|also|and|but|so|just)[,:]? )?
            (?:(?:missing|unused|unnecessary|unneeded|redundant|stray|extra|spurious|duplicated?|wrong)
                (?: (?!with\b|points?\b)[\w-]+)\b(?!.* (?:is|are|was|were|isn't|aren't)\b)
            |(?:same|ditto|likewise) (?:here|comments?|as|for|on|question|problem|issue)\b(?!.*\b(?:good|ack|agree))
            |(?:ditto|likewise)\W*$
            |(?:not |un)needed\b
            |no need (?:for (?:the|this|these) |to (?:init|check|cast|zero|set|clear|print|have|use|add|include|call
                |take|hold|free|export|define|declare))
            |(?:don't|do not|never) (?:use|add|do|call|put|mix|introduce|export|include|break|make|init\w+|print
                |hard-?code|rely|assume|touch|open-?code|return|hold|free|abuse)\b
            |reverse (?:xmas|christmas)[ -]tree\b
            |consider \w+ing\b
            |needs? (?:an?|some|more|to|better) (?!review|ack)\w+)
        """,
    ),
    phrase("belong", rf"\b{_THE_PATCH} (?:(?:really|probably|rather|clearly) )?belongs? \w+"),
    phrase(
        "still|address",
        r"""
        \bmy (?:\w+ ){0,3}(?:comments?|concerns?|questions?|objections?|remarks?|requests?) .{0,30}?
            (?:still (?:appl|stand|hold|valid|open|unan|relevant)|not (?:been )?(?:addressed|answered)
            |(?:weren't|wasn't|aren't|isn't|haven't been) (?:addressed|answered))
        """,
    ),
    phrase(
        "let's|lets ",
        r"""
        \blet'?s (?!take|merge|apply|see\b|wait\b|go with (?:this|it)|(?:keep|leave) (?:it|this|that) (?:as|like|the)
            |discuss|say\b|imagine|assume|suppose|have a look)\w+
        """,
    ),
    phrase(
        "nit|typo|s/",
        r"""
        ^(?:(?:(?:a|one|minor|small|tiny|very) )*(?:nits?|nitpicks?|typos?)\b(?: \w+)?\s*[:,.-]
        |s/[^/\s][^/]*/[^/]*/)
        """,
    ),
)
_ORDER = Pattern(
    r"(?:(?:nit|nitpick|minor|ditto|also|and|so|just|instead|then|otherwise)[,:]?\s+)?"
    r"(?:add|avoid|call|change|check|convert|delete|document|drop|explain|fix|fold|hold|initialize|keep|limit|make|mark|mention|"
    r"merge|move|pass|put|remove|rename|reorder|replace|return|rewrite|rework|simplify|split|squash|switch|take|use|wrap|write)\s+"
    r"(?:the|this|that|these|those|a|an|it|them|some|all|both|one|another|your|to|just|\w+_\w+\S*|\w+\(\))\b",
    re.IGNORECASE,
)
_NO_WISH = Pattern(
    r"(?i)^(?:if|when|once|in the future|maybe in|as a follow)\b|"
    r"\b(?:in (?:the )?future|next time|follow-?ups?|on top of|separate(?:ly)? (?:patch|series)|"
    r"my (?:ack|tag|rb|r-b|reviewed|acked)|feel free|"
    r"no need(?= to (?:re|send|post|worry|change|do|fix)| for (?:an? )?(?:new|re|v\d)|\W*$)|anyone|"
    r"we should (?:be|all)|someone (?:else )?(?:should|has)|i(?:'ll| will|'m going to) |"
    r"should be (?:fine|ok|good))\b|\bfwiw\b"
)

# "Ok, keep it then.", "Good point, let's leave it like this."
_STANDS = phrase(
    "keep|leave",
    r"""
    ^(?:(?:ok(?:ay)?|fine|all? ?right|sure|fair (?:enough|point)|good point|true|right|i see|hm+|yes|yeah|well)\b
        [,.;:]?\s)+
        (?:(?:then|let'?s|please|just|we (?:can|could)|you can|i'm fine to|do)[,.]? )*
        (?:keep|leave) (?:it|this|that|them|these|the (?:\w+ )?\w+)
        (?:,? (?:as[- ](?:(?:it|they) )?(?:is|are)|like (?:this|that|it is)|(?:the way|how) it is|that way
            |alone|then|for now))*\W*$
    |^(?:let'?s )?(?:keep|leave) (?:it|this|that|them|these)
        (?:,? (?:as[- ](?:(?:it|they) )?(?:is|are)|that way|then))*,? then\W*$
    """,
)
# "Fair enough.", "No objection from me.", "Thanks for explaining, makes sense."
_CONTENTS = Phrases(
    phrase(
        "objection|concern|complaint|worries|object|mind|opinion|preference|feelings|strongly",
        r"""
        \bno (?:(?:more|further|other|strong|real) )*(?:objections?|concerns?|complaints?|worries)\b
        |\bi (?:(?:really|still|strongly) )?
            (?:do(?:n't| not) (?:object|mind\b|feel (?:\w+ )?strongly
                |have (?:an? |any )?(?:(?:strong|further|more) )*
                (?:objections?|opinions?|preferences?|concerns?|feelings?))
            |have no (?:(?:strong|further|more) )*(?:objections?|opinions?|preferences?|concerns?))
        |\bnever ?mind\b
        """,
    ),
    phrase(
        "works|+1|yes|yep|yup|sure|happy|no more|no further|no other|address",
        r"""
        ^(?:\+1\b|(?:yes|yep|yup|yeah|sure),? please\W*$|that works\W*$)
        |\bworks (?:fine|great|well|perfectly|as expected|nicely)\b(?! (?:when|only|on \w+ only))
        |\bhappy with (?:this|it|that|these|v\d)\b
        |\bno (?:(?:more|further|other) )+(?:comments?|remarks?|questions?|issues?)\b
        |\ball (?:of )?my (?:\w+ )?(?:comments?|concerns?|issues?|questions?|remarks?|feedback)
            (?: (?:are|were|have been|is|has been|got|seem to be))(?: all| now)? (?:addressed|resolved|answered|fixed)\b
        |\baddress(?:es|ed)? all (?:of )?my (?:comments|concerns|remarks|questions)\b
        """,
    ),
    phrase(
        "ready|good to|fine to",
        r"""
        \b(?:this|it|the|patch|series|set)\b(?: \w+){0,4}? (?:is|are|looks?|seems?)(?: now)? (?:ready|good|fine)
            (?: (?:to (?:go(?: in)?|merge|apply|be (?:merged|applied|queued|taken|picked up))|for merging))\b
        """,
    ),
    # "Then it's fine.", "That's the part I was missing."
    phrase(
        "fine|ok|alright|all right|missing|missed|overlook",
        r"""
        ^(?:(?:ah+|oh|ok(?:ay)?|right|yes|yeah|well|good|so|then|in that case)\b[,.;:]?\s+)*
            (?:it|that|this)(?:'s| is) (?:(?:perfectly|totally|all|also) )?(?:fine|ok(?:ay)?|alright|all right)
            (?: (?:then|as (?:it )?is|like (?:it is|this|that)|either way|of course))*\W*$
        |\b(?:it|that|this)(?:'s| is| was) (?:exactly |probably )?
            (?:the (?:bit|part|piece|thing)|what)(?: that)? i (?:was missing|had missed|missed|overlooked)\b
        """,
    ),
    phrase(
        "i'm |i am | me|fair|convinced|your call",
        r"""
        \bi(?:'m| am) (?:(?:also|perfectly|totally|now) )?
            (?:ok|okay|fine|good|happy|satisfied) (?:with|then|either)\b
        |\b(?:fine|ok|okay|good enough|works) (?:with|by|for) me\b|\bfair (?:enough|point)\b
        |\b(?:i(?:'m| am)|you(?:'ve| have)?(?: me)?) convinced\b(?!\ (?:that|this|it|we|you|of|there))
        |\byour call\b
        """,
    ),
    phrase(
        "ignore|disregard|scratch|my bad|my mistake|my fault|i was|i st|i mis|i see now|i take|i got conf|correct|"
        "right|to you|either way|blocker|big deal",
        r"""
        \b(?:ignore|disregard|scratch) (?:my|me|that|the noise)\b
        |\b(?:my (?:bad|mistake|fault)
            |i (?:was wrong|stand corrected|misread|misunderstood|see now|take (?:it|that) back|got confused))\b
        |\byou(?:'re| are) (?:(?:absolutely|completely|totally) )?(?:right|correct)\b
        |\bup to you\b|\b(?:not a (?:blocker|big deal)|either way (?:is )?(?:works|fine|ok))\b
        """,
    ),
    phrase(
        "just |only ",
        r"""
        \b(?:just|only) (?:an? |my |some )?(?:minor |small )?
            (?:suggestions?|notes?|thoughts?|remarks?|fyi|observations?)\b
        |\bjust (?:pointing (?:this|that|it) out|mentioning|noting|fyi)\b
        """,
    ),
    phrase(
        "thank",
        r"""
        \bthank(?:s| you) for (?:the |your )?(?:\w+ )?
            (?:explain\w*|explanations?|clarif\w+|confirm\w*|details?|info\w*)\b
        """,
    ),
    phrase(
        "sense|sounds|got it|i see|understood|agreed",
        r"""
        ^(?:ah+|oh|ok(?:ay)?|right|got it|i see|understood|alright|yeah|yes|yep)?[,.!\s]*
            (?:(?:that|it|this|then|all) )*
            (?:makes (?:perfect |total )?sense\b|sounds (?:good|great|fine|reasonable|ok|like a plan)\b
            |(?:got it|i see|understood|agreed)(?=\W*$|\s*[,.!;:]))
        """,
    ),
    # "Ah, now I see, thanks!", "Now it makes sense."
    phrase(
        "now i|now, i|now it|now, it|now th|now all|understand now|understand it now|get it now|got it now",
        r"""
        ^(?:(?:ah+|oh|ok(?:ay)?|right|got it|i see|alright|yeah|yes|yep|thanks?|thank you|and|so)[,.!\s]+)*
            (?:now,? (?:i (?:see|understand|get|got)(?: (?:it|this|that))?
                |(?:it|this|that|it all) makes (?:perfect |total )?sense)
            |i (?:understand|get|got)(?: (?:it|this|that))? now)
            (?:,? (?:many )?(?:thanks?|thank you|thx)\b[^.?;:]{0,40})?\W*$
        """,
    ),
)
_NOT_CONTENT = Pattern(
    r"(?i)\b(?:but|however|except|though|although|unless|until|provided|as long as|wonder|yet|if)\b|\?|\bnot\b.{0,12}$"
)


def is_wish(sentence: str, lowered: str) -> bool:
    """True if the sentence describes what the patch should do instead."""
    matches = _WISHES.occur(sentence, lowered) or _ORDER.match(sentence) or names_fault(sentence, lowered)
    return bool(matches) and _NO_WISH.search(sentence) is None


def is_doubt(sentence: str, lowered: str) -> bool:
    """True if the sentence objects to the patch or doubts it."""
    return _DOUBTS.occur(sentence, lowered) and _NO_DOUBT.search(sentence) is None


def is_satisfied(sentence: str, lowered: str) -> bool:
    """True if the sentence says that a question or objection is settled."""
    return _CONTENTS.occur(sentence, lowered) and _NOT_CONTENT.search(sentence) is None


def lets_it_stand(sentence: str, lowered: str) -> bool:
    """True if the sentence leaves what the sender asked about as it is in the patch."""
    return _STANDS.occurs(sentence, lowered) and _NOT_CONTENT.search(sentence) is None


def is_flaw(sentence: str, lowered: str) -> bool:
    """True if a doubt calls the patch wrong, rather than voicing uncertainty."""
    return _FLAWS.occur(sentence, lowered)
