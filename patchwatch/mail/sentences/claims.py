"""Recognize a committer's word that a patch is in their tree, or is not to be applied for now.

"Pushed out.", "merged!", "picked it up", "in next now", "Added to devel, thanks.", "Rita merged it to devel.", "already
fixed in my tree", "please hold off on this".  From anybody else nothing follows from such words: "applied" may be what
a tester did.  Who commits is decided by patchwatch.series.committers.
"""

from __future__ import annotations

import re

from patchwatch.mail.sentences.applied import (
    BROKE,
    CLAUSE,
    COMMA,
    COUNTED,
    FOR_REVIEW,
    IS_A_WORD,
    NOT_YET_READ,
    RELEASE_CANDIDATE,
    UNCHANGED,
    words_until,
)
from patchwatch.mail.sentences.cues import Cues
from patchwatch.mail.sentences.taken import taken_patches
from patchwatch.mail.sentences.which_patches import NOT_ALL
from patchwatch.pattern import Pattern

_MAX_SENTENCE = 240  # characters
_MAX_WITHOUT_BRANCH = 160  # of a sentence that does not name where the patch is
_MAX_HOLD = 300

_LEAD = (
    r"(?:(?:ok(?:ay)?|thanks?|thx|thank you|great|good|nice|cool|sure|alright|all right|yes|yeah|yep|yup|ah|oh|so|well|"
    r"sorry|and|but|looks? (?:good|great|fine)(?: to me)?|lgtm|perfect|excellent|done|fixed (?:that|it) up|tweaked)"
    r"(?:\s*[,.!:;–—-]+\s*|\s+))*"
)
_THING = (
    rf"(?:it|this|that|them|these|those|both|all|everything|all of (?:them|these|it)|{COUNTED}|"
    r"the (?:lot|whole (?:lot|thing))|"
    r"(?:the |this |your |whole |entire |all |both |\d+ |base )*"
    r"(?:patch(?:es|set)?|series|set|one|fix(?:es)?|v\d+)(?: \d+)?|"
    r"(?:the )?(?:first|last|latter|other|remaining|rest)(?: \w+)?)"
)
_VERB = r"(?:applied|queue'?d|merged|pushed|picked|comm?itt?ed|squashed|folded|landed|staged|took|taken|grabbed|pulled)"
_PLACED = r"(?:added|put|moved)"  # these mean a patch only if they name a branch
_RUN = r"\d+(?:\s*(?:-|–|to|through|,|and|&|\+)\s*#?\d+)*"
_NUMBERS = rf"(?:patch(?:es)?\s+)?#?(?P<numbers>{_RUN})"
_AUXILIARY = r"(?:(?:has|have|had|is|are|was|were|been|'s|now|just|already|also|finally|manually)\s+)*"
_DONE = Pattern(
    rf"{_LEAD}(?:(?:i(?:'ve| have)?|we(?:'ve| have)?)\s+|{_THING}(?:'s)?\s+|"
    rf"(?:patch(?:es)?\s+)?#?(?P<before>{_RUN})\s+)?{_AUXILIARY}"
    rf"(?:{_VERB}|(?P<placed>{_PLACED}))\b(?:\s+(?:up|out|in|off))?(?:\s+{_NUMBERS}\b(?!-\d)(?:\s+of\s+\d+\b)?)?"
    rf"(?:\s+(?:{_THING}|now|up|out|manually|directly|already|today|yesterday))*"
    r"(?P<rest>\s*[.,!;:–—(-].*|\s+(?:to|into|in|on|onto|for|as|via|through|by|with|w/|thanks?\b|thx\b|and\b|but\b|"
    r"except\b|minus\b|without\b)(?!\w).*|)",
    re.IGNORECASE | re.DOTALL,
)
_CLAUSE = Pattern(
    rf"(?:[,;:–—-]\s+(?:so\s+|and\s+|anyway,?\s+)?|\bso\s+|\band\s+|"
    r"(?P<reason>\b(?:as|because|since)\s+(?=(?:i|we)(?:'ve| have)? already\b))|"  # "Send another, as I already …"
    r"(?P<changes>^with\s(?:(?!\byou\b).){0,80}?\s))"
    rf"(?=(?:(?:i(?:'ve| have)?|we(?:'ve| have)?)\s+|{_THING}\s+(?:(?:has|have|had|was|were|been)\s+)*)?"
    rf"(?:(?:now|just|also|already)\s+)*(?:{_VERB}|{_PLACED})\b)",
    re.IGNORECASE,
)
# "Added to devel, thanks.", "put into our for-next branch": not "added to the changelog", "moved to frob.c".
_NO_BRANCH = (
    r"(?:v?\d+(?![./-])|all|both|it|them|this|that|these|those|each|here|there|everything|everyone|set|series|patch(?:es)?|"
    r"changelogs?|change-?log|commits?|messages?|descriptions?|cover|titles?|subjects?|cc|to-?do|lists?|kconfig|"
    r"makefiles?|maintainers|docs?|documentation|comments?|code|tests?|files?|drivers?|headers?|bindings?|examples?|"
    r"structs?|functions?|tables?|top|bottom|end|follow-up|\S+\.(?:[chS]|rst|txt|dtsi?|ya?ml|py|sh))"
)
_TREE = r"(?:[\w./-]+\s+){0,2}?(?:tree|branch|queue)\b"
_NAME = (
    r"(?:[\w.-]*-next[\w.-]*|next(?:[-/][\w./-]+|(?=\W*$|[.,;:!]|\s+(?:now|already)\b))|for-[\w./-]+|(?!\d+/\d+\b)[\w.-]+/[\w./-]*[a-z][\w./-]*|"
    r"[\w.-]+\.git)(?!\w)"
)
_TO_BRANCH = Pattern(
    r"\s+(?:as (?:a |an )?(?:\w+ )?branch )?(?:(?:in)?to|in|on|onto)\s+(?:"
    rf"(?:the|my|our)\s+{_TREE}|[\w./-]+\s+(?:tree|branch|queue)\b|"
    rf"(?:(?:the|my|our)\s+)?(?:[\w.-]+\s+){{0,2}}?(?!{_NO_BRANCH}\b){_NAME}|"
    rf"(?<=to )(?!{_NO_BRANCH}\b)[a-z][\w.]+(?=\s*(?:[.,;:!]|$)|\s+[(–—-]|\s+(?:now|already|thanks?|thx)\b)|"
    r"(?<=to )(?:devel|fixes|main|master|next|queue|staging|testing|trunk)(?= with\b)"
    r")"
)
_TREE_NAME = Pattern(r"-next\b|\bfor-|\.git\b|\b(?:tree|branch)\b")
# "In any case I have applied the patch to 6.7/frob-fixes.", whatever is in front
_I_PLACED = Pattern(
    rf"\b(?:i|we)(?:'ve| have)? (?:(?:now|just|also|already|then|therefore) )*(?:{_VERB}|added|moved)(?: up)? "
    rf"(?:(?:the|these|those) changes|{_NUMBERS}|{_THING})(?= (?:in|on)?(?:to)? )(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
# "Rita merged it to devel, thanks."
_ANOTHER_DID = Pattern(
    rf"{_LEAD}(?-i:(?!(?:I|We|You|It|This|That|They|He|She|These|Those|Who|Someone|Somebody|Nobody|No|Everyone|Everybody|"
    r"All|Both|Patch(?:es)?|Series|Not|Just|Now|Also|Already|Then|If|When|Once|Since|Commit|Version)\b)"
    r"[A-Z][\w'.-]+(?: (?!I\b|We\b)[A-Z][\w'.-]+)?)"
    rf"(?:'s| has| have)?(?: (?:already|just|now|also|since))* (?:{_VERB}|(?P<placed>added|moved)) (?:up )?"
    rf"{_THING}(?: up)?"
    r"(?P<rest>\s*[.,!;:–—(-].*|\s+(?:to|into|in|on|onto|for|as|via|through|already|now|last|yesterday|today)\b.*|)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = Pattern(
    r"(?i)\b(?:if|once|when|until|unless|assuming|provided|before|after|would|could|can|should|will|wanted|"
    r"means?|let's|let us|let (?!me\b)\w+|get (?:it|this|that|them|these|those)|please)\b|'ll\b"
)
_IF = Pattern(r"(?i)\b(?:if|once|when|until|unless)\b")
_PLACE = (
    rf"(?:(?:my|our|the) {NOT_YET_READ}(?:\S+ )?(?:tree|branch|queue)|(?:linux-)?next\b|-next\b|\S+-next\b|"
    r"(?:the )?pull request)"
)
_IN_PLACE = Pattern(
    rf"{_LEAD}(?:(?:{_THING}|they|fix)\s*(?:'s|is|are|was|were|went|sits?|(?:has|have) (?:been|gone|landed))?\s+)?"
    r"(?:(?:now|already|also|all|both|fixed|queued|sitting|applied)\s+)*"
    rf"(?:in|into|on its way to|heading (?:to|for)) {_PLACE}(?:\s+(?:now|already|tree|branch))*"
    r"(?:\s+for\s+[\w.-]*\d[\w.-]*)?\s*(?:[.,!;:–—(-].*|thanks?\b.*|)",
    re.IGNORECASE | re.DOTALL,
)
_TIME = (
    r"(?:already|now|today|yesterday|last (?:cycle|month|night|week)|this (?:morning|week)|"
    r"an? (?:few )?(?:days?|months?|weeks?|while) ago)"
)
# "This went in yesterday.", "It's upstream now."
_WENT_IN = Pattern(
    rf"{_LEAD}(?:{_THING}|they)(?:'s|\s+(?:is|are|went|ha(?:s|ve) (?:been|gone|landed)))\s+(?:(?:all|already|now)\s+)*"
    rf"(?:upstream(?:\s+{_TIME})?|in(?:to)? (?:mainline|linus(?:'s?)? tree)(?:\s+{_TIME})?|in\s+{_TIME})"
    r"(?:\s*[.,!;:–—(-].*|)",
    re.IGNORECASE | re.DOTALL,
)
_SORRY = Pattern(r"(?i)[,;.]? (?:and )?sorry\b.*")  # "… in my next branch, sorry for not replying"
_UNDER_WAY = Pattern(
    rf"{_LEAD}(?:(?:a|the|this|that|same|your|identical) )*(?:fix|patch|one|change|it)(?:'s)?\s+"
    r"(?:(?:is|has been)\s+)?already\s+"
    r"(?:travell?ing|queued|on (?:its|the) way|in flight|pending|under way|applied|in the (?:pipe(?:line)?|queue))\b.*|"
    rf"{_LEAD}(?:(?:this|it)(?:'s| is| was) )?already (?:fixed|queued|applied|merged|pending) "
    rf"(?:up )?(?:in|into|on) {_PLACE}.*",
    re.IGNORECASE | re.DOTALL,
)
_NOT_DONE = Pattern(
    r"(?i)\b(?:not|never|nor|if|once|when|until|unless|would|could|should|can|may|might|must|will|shall|to be|"
    r"your (?:suggest|comment|change|advice|review|fix)\w*|next (?:version|revision|spin)|"
    r"(?:in|into|for) v\d+(?!\.?\d)|"
    rf"{FOR_REVIEW}|"
    rf"to {RELEASE_CANDIDATE}|"
    r"(?:into|in) (?:one|a single|two) (?:patch|commit)\w*)\b|n't\b|'ll\b|\?"
)
_TRIED = Pattern(
    r"(?i)\b(?:local(?:ly)?|offline|test(?:s|ed|ing)?(?! (?:branch|tree|queue))|boot(?:s|ed)?|cleanly|"
    r"fail(?:s|ed)?|conflicts?|but then|picked up on|on top of|on (?:linux-next|next-\d+)|experiment\w*|"
    r"github(?! (?:\w+ )?\S*next\b)|see if)\b"
)
# "I applied your patch and still see it" is what testers say.
_YOURS = Pattern(r"(?i)\byour\b")
_SAYS_NO_MORE = Pattern(r"(?i)[\s.,!:;()-]*(?:for v?\d\S*[\s.,!:;()-]*)?(?:(?:many )?(?:thanks?|thank you|thx)\b.*)?")
_FAILED = Pattern(r"(?i)\b(?:tr(?:y(?:ing)?|ied)|fail(?:s|ed)?|did(?:n't| not) (?:apply|boot|build|see any|work))\b")
_REST = Pattern(r"(?i)\b(?:rest|remaining|other(?:s| patch(?:es)?| ones?))\b")

_HOLD = Pattern(
    r"\b(?:hold(?:ing)? off\b|(?:put|keep|leave|putting|keeping) (?:this|it|these|the (?:series|patch)|them) on hold\b|"
    r"(?:this|it|series|patch(?:es)?)(?:'s| is| are) on hold\b|"
    r"(?:please )?(?:do not|don't|let's not|let us not) (?:apply|merge|queue|take|pick(?: up)?|pull|push|commit)"
    r"(?: up)? (?:this|it|these|them|the (?:series|patch(?:es)?)|that)\b(?: (?:yet|now|for now))?)",
    re.IGNORECASE,
)
# "I'll have to hold off on applying this until after rc1."
_LATER = Pattern(
    r"\b(?:i|we)(?:'ll|'m|'re| will| am| are| have| need| want)?\b.{0,30}\bhold(?:ing)? off\b.{0,60}"
    r"\b(?:until|till|for) (?!you|your|this|that|it\b|these|somebody|someone)",
    re.IGNORECASE,
)
_APPLY = r"(?:apply|merge|queue|take|pick|push|pull|commit)"
_OPENS = (
    r"(?:the )?(?:next (?:merge|cycle|release|kernel)|merge window|v?\d+\.\d+|\S*-?rc\d|net-next|"
    r"(?:\S+ ){1,5}?(?:lands?|(?:re)?opens?|is (?:out|merged|released|upstream)|are (?:merged|upstream)))\b"
)
# "I can't commit these patches until the kernel patch lands.", "I'll pick this up once -rc1 is out."
_NOT_BEFORE = Pattern(
    rf"\b(?:i|we) (?:can(?:'t|not| not)|won't|will not) {_APPLY}"
    rf"(?: (?!until|till|before)\S+){{0,4}} (?:until|till|before) (?:after )?{_OPENS}|"
    rf"\bi(?:'ll| will) {_APPLY} (?:(?:it|this|them|these|the (?:patch(?:es)?|series)) )?(?:up )?"
    rf"(?:once|after|when|as soon as) (?!(?:you|it|this|that|they|these) ){_OPENS}",
    re.IGNORECASE,
)
# "Mike will pick it up once 6.4-rc1 exists."
_ANOTHER_WILL = Pattern(
    r"\b(?!(?:I|We|You|It|This|That|They|He|She|These|Those|Who|Someone|Somebody|Nobody|Everybody)\b)[A-Z][\w'.-]+"
    rf"(?: will|'ll| is going to) (?:then )?{_APPLY} (?:(?:it|this|them|these|the (?:patch(?:es)?|series)) )?(?:up )?"
    rf"(?:once|after|when|as soon as) {_OPENS}"
)
# "Let's wait for the merge window."
_WAITS = Pattern(
    r"\b(?:let'?s|let us|i(?:'d| would) (?:rather|prefer to)|(?:i|we)(?:'ll| will)) (?:\w+ )?(?:wait|hold (?:it|this)) "
    r"(?:for|until|till) (?:after )?(?:(?:the|next|this|current) )*(?:merge window|v?\d+\.\d+-rc\d|-?rc\d)\b"
    r"(?!.*\b(?:re-?send|re-?post|repost|post|rebase|ping|please|you)\b)",
    re.IGNORECASE,
)
# "If nobody objects until Friday, I will take it as it is."
_UNLESS_OPPOSED = Pattern(
    r"^(?:so |ok(?:ay)?,? |anyway,? )?(?:if (?:no(?:body|-one| one)|there (?:is|are)(?:n't| no| not)|(?:i|we) "
    r"(?:(?:don't|do not) (?:hear|get|see)|hear no(?:thing)?))|unless (?:any|some)(?:body|one))\b[^?]{0,80}?,? "
    r"(?:then )?i(?:'ll| will|'m going to| am going to) (?:(?:just|then|also|simply|probably) )*"
    rf"{_APPLY}\b(?! (?:a|another)\b)",
    re.IGNORECASE,
)
# "I'll apply this tomorrow unless somebody objects."
_ELSE_OPPOSED = Pattern(
    rf"\bi(?:'ll| will|'m going to| am going to) (?:(?:just|then|also|simply|probably) )*{_APPLY}\b(?! (?:a|another)\b)"
    r"[^?]{0,60}?(?:\bunless (?:any|some)(?:body|[- ]?one)|\bif (?:no(?:body|[- ]?one)|there are no)) (?:\w+ )?"
    r"(?:beats|complain|disagree|mind|object|protest|scream|shout|speak|yell)\w*",
    re.IGNORECASE,
)
_POSTPONING = Cues(
    " until| till| before| once | after | when |as soon as|wait for |object|hear |get an|complain|disagree|comment|"
    "scream|shout|yell|protest|mind|speak|beats"
)
_PLANNED = Cues(
    "i'll|i will|i'm going|i am going|i can|we can|won't|will not|'s wait|lets wait|let us wait|i'd |i would |"
    "will wait|we'll | will pick| will take| will apply| will queue| will merge"
)
_NOT_HELD = Pattern(
    r"(?i)\bno (?:need|reason) to hold\b|(?:\bnot|n't) hold(?:ing)? off\b|\bif you (?:don't|do not)\b|\?|"
    r"(?:\bnot|n't) (?:\w+ )?(?:want|wish|like|mean|intend)(?:ing)? (?:\w+ )?to hold (?:\w+ )?(?:off|up)\b"
)


def claimed_patches(sentence: str) -> str | None:
    """Which patches a sentence reports as applied if its sender commits; None if it reports nothing.

    As patchwatch.mail.sentences.applied.applied_patches.
    """
    patches = _claimed(sentence) if len(sentence) <= _MAX_SENTENCE else None
    return taken_patches(sentence) if patches is None else patches


def _claimed(sentence: str) -> str | None:
    another = _ANOTHER_DID.fullmatch(sentence)
    if another and another["placed"] and not _TO_BRANCH.match(another["rest"]):
        another = None
    sentence = _SORRY.sub("", sentence)
    if another or any(said.fullmatch(sentence) for said in (_UNDER_WAY, _IN_PLACE, _WENT_IN)):
        return None if _NOT_DONE.search(sentence) or _TRIED.search(sentence) else ""
    if (placed := _I_PLACED.search(sentence)) and _TO_BRANCH.match(placed["rest"]):
        said = words_until(placed, CLAUSE)
        if not (_CONDITION.search(sentence, 0, placed.start()) or _NOT_DONE.search(said) or _TRIED.search(said)):
            return _which(placed["numbers"], said)
    clauses = [clause for clause in _CLAUSE.finditer(sentence) if not _depends(clause)]
    if _FAILED.search(sentence):
        return None
    # "With updated changelog added to misc-next, thanks.", not "With them moved to frobutils, we can …"
    clauses = [clause for clause in clauses if not clause["changes"] or _TREE_NAME.search(sentence, clause.end())]
    long = len(sentence) > _MAX_WITHOUT_BRANCH
    for start, to_branch in ((0, long), *((clause.end(), long or clause["changes"] is not None) for clause in clauses)):
        if (patches := _claimed_in(sentence[start:], to_branch=to_branch)) is not None:
            return patches
    return None


def _depends(clause: re.Match[str]) -> bool:
    """True if a clause only holds under a condition before it; what is asked before a reason is none."""
    condition = _IF if clause["reason"] else _CONDITION
    return condition.search(clause.string, 0, clause.start()) is not None


def _claimed_in(sentence: str, *, to_branch: bool) -> str | None:
    """As `claimed_patches`, of a clause; with `to_branch` it must name where the patches are."""
    if not (found := _DONE.fullmatch(sentence)) or IS_A_WORD.match(found["rest"]) or BROKE.search(found["rest"]):
        return None
    said, more = words_until(found, CLAUSE), words_until(found, COMMA)
    names_branch = _TO_BRANCH.match(found["rest"]) is not None
    if not names_branch and (to_branch or found["placed"]):
        return None
    if (
        not names_branch
        and _YOURS.search(sentence, 0, found.start("rest"))
        and not _SAYS_NO_MORE.fullmatch(found["rest"])
    ):
        return None
    if "?" in more or _NOT_DONE.search(said) or _TRIED.search(said if names_branch else sentence):
        return None
    return "rest" if _REST.search(more) else _which(found["numbers"] or found["before"], more)


def _which(numbers: str | None, said: str) -> str:
    if numbers:
        return " ".join(numbers.split())
    return "some" if NOT_ALL.search(said) and not UNCHANGED.search(said) else ""


def holds(sentence: str) -> bool:
    """True if a sentence asks not to apply the patch for now."""
    if len(sentence) > _MAX_HOLD or _NOT_HELD.search(sentence):
        return False
    return _HOLD.search(sentence) is not None and not _LATER.search(sentence)


def postpones(sentence: str) -> bool:
    """True if a sentence reports that its sender will apply the patch later: nobody else has to act."""
    return len(sentence) <= _MAX_HOLD and _LATER.search(sentence) is not None and not _NOT_HELD.search(sentence)


def may_apply_later(lowered: str) -> bool:
    """True if a sentence, in lower case, has words of when something happens, and of what somebody will do."""
    return _POSTPONING.occur(lowered) and _PLANNED.occur(lowered)


def applies_later(sentence: str) -> bool:
    """True if the sender applies the patch once a tree opens, something else is in, or nobody objects."""
    if len(sentence) > _MAX_HOLD or "?" in sentence:
        return False
    ways = (_NOT_BEFORE, _ELSE_OPPOSED, _ANOTHER_WILL, _WAITS)
    return _UNLESS_OPPOSED.match(sentence) is not None or any(way.search(sentence) for way in ways)
