"""Recognize sentences in which a maintainer reports that they applied a patch, or dropped it again.

"Applied to cgroup/for-6.13.", "Now queued up, thanks!", "I've applied the series", "Applied 1-3, thanks".
Not "if applied", "Has this been applied?", "applied your suggestion", "queued bios".  Anybody can write such a
sentence; patchwatch.series.state.decisions checks the sender.
"""

from __future__ import annotations

import re

from patchwatch.mail.sentences.which_patches import COUNTS, NOT_ALL, by_number, some_by_place, without_total
from patchwatch.pattern import Pattern

_MAX_SENTENCE = 240  # characters: nobody needs more to say "applied"

LEAD = (
    r"(?:ok(?:ay)?|thanks?|thank you(?: all)?|great|good|nice|sure|alright|all right|yes|yeah|yep|so|well|sorry|and|"
    r"now|(?:(?:having|with) )?that(?: being)? said|j?fyi|btw|all good|looks? (?:good|great|fine)(?: to me)?|lgtm|"
    r"perfect|cool|anyhow|anyway|besides|in any case|fixed (?:that|it) up)"
    r"(?:[,.!:-]+\s+|\s+)"
)
"""What may precede the verb."""
I_DID = r"(?:i(?:'ve| have)?|we(?:'ve| have)?)\s+"
COUNTED = rf"(?:the|these|both|all|all of the) (?:\d+|{'|'.join(COUNTS)}) patches"
THING = (
    rf"(?:it|this|that|them|these|those|both|all|everything|all (?:of )?(?:them|these|it)|{COUNTED}|"
    r"both (?:of )?(?:the |these |your )?patches|(?:just|only) (?:this|the first|the last) (?:one|patch)|"
    rf"all (?:\d+|{'|'.join(COUNTS)})(?: of them| patches)?|"
    r"(?:all (?:of )?)?(?:the |this |these )?(?:whole |entire )?"
    r"(?:patch(?:es|set)?|backports?|series|one|copy|version|v\d+)"
    r"(?: (?:in|of|from) (?:the|this|your) (?:series|patch ?set))?|"
    r"(?:the )?(?:first|last|latter|others?|remaining|rest)"
    r"(?: (?:two|three|four|five|(?:\w+ )?(?:patch(?:es)?|ones?)))?"
    r"(?: of (?:the|this) (?:series|patch(?:es|set)?)| of (?:it|them|these))?)"
)
_RUN = r"\d+(?:\s*(?:->|-|–|to|through|,|and|&)\s*#?\d+)*"
_NUMBERS = rf"(?:patch(?:es)?\s+)?#?(?P<numbers>{_RUN})"
_INTO = r"(?:to|into|in|on|onto|for|with|via|through|by|as|after|w/)\s+\S"

_TOOK = Pattern(
    rf"(?:{LEAD})*(?P<who>{THING}\s+|\d+ patch(?:es|\(es\))?\s+|patch(?:es)? #?(?P<before>{_RUN})\s+|{I_DID})?"
    r"(?P<passive>(?:ha(?:s|ve)(?: (?:already|now|also|just|since|both|all))* been|is|are|was|were)\s+)?"
    r"(?:(?:now|just|already|also|manually|tentatively|provisionally)\s+)*"
    r"(?P<verb>applied|queued(?:\s+up)?|merged|pushed|picked(?:\s+(?:it|this|them))?(?:\s+up)?|taken|added|comm?itt?ed|"
    r"put|placed|pulled|staged|accepted|applying)\b(?P<pushed>\s+and\s+pushed(?:\s+out)?)?"
    rf"(?:\s+{_NUMBERS}\b(?:\s+(?:out\s+)?of\s+\d+\b)?)?(?:\s+(?:{THING}|now|manually|up|too|again|then|as well)\b)*"
    rf"(?P<rest>\s*[.,!;:—–-].*|\s+(?:{_INTO}|thanks?\b|thx\b|but\b|except\b|minus\b|without\b|since\b|because\b|along\b|together\b|"
    r"\S+/\S|for-\d).*|\s*\(.*|)",
    re.IGNORECASE | re.DOTALL,
)
_TOOK_THEM = Pattern(
    rf"(?:{LEAD})*(?:i|we) (?:(?:just|already|have|'ve) )*(?:took|grabbed) (?:it|this|them|'em|these|those|both|all)\b"
    r"(?P<rest>\s*[.,!].*|\s+(?:to|into|in|for|via|through|on|yesterday|today|already|last)\b.*|)",
    re.IGNORECASE | re.DOTALL,
)
_SOURCES = r"(?:Documentation|arch|drivers|include|lib|samples|scripts|sound|tools)"  # directories, and no trees
# "The patch is simple so I'll add it to mm-unstable for additional exposure."
_WILL_ADD = Pattern(
    rf"(?:{LEAD})*(?:i(?:'ll| will)|let me) add {THING} to (?:the )?(?!{_SOURCES}/)\S*\w[-/]\w\S*(?:\s.*|[.,].*|)",
    re.IGNORECASE | re.DOTALL,
)
# "Replaced the v3 patch in cgroup/for-6.10-fixes with this version."
_REPLACED = Pattern(
    rf"(?:{LEAD})*(?:{I_DID})?replaced .{{0,60}}\b(?:(?:in|on) \S*\w[-/.]\w\S*|"
    r"(?:applied|queued|comm?itt?ed|merged|picked)\b.{0,40}) with (?:this|it|the new|v\d+)\b",
    re.IGNORECASE | re.DOTALL,
)
# "Thanks for your patch, which is now commit 0123456789ab ("frob: mend it") in frob/for-next." (Geert Uytterhoeven)
_NOW_A_COMMIT = Pattern(
    r"\b(?:your|this|the|both|these|all) (?:patch(?:es)?|change|series),?\s+(?:which |that )?"
    r"(?:is|are|was|were|has|have|became)\b.{0,40}?\bcommits?\s+[0-9a-f]{8,40}\b",
    re.IGNORECASE | re.DOTALL,
)
_WHOSE = r"(?:(?:my|your|our|an?|the|further|some|internal|later|more) )*"
FOR_REVIEW = rf"(?<!waiting )for {_WHOSE}(?:review|consideration|discussion|evaluation)"
_NOT_TAKEN = Pattern(
    r"(?i)\b(?:not|never|if|to be|fails?|failed|locally|offline|(?:for|to) test(?:ing)?|and tested|"
    rf"{FOR_REVIEW}|review (?:queue|list)|"
    r"next (?:version|revision|spin)|(?:in|into|for) v\d+(?!\.?\d)|into (?:one|a single|two) (?:patch|commit)\w*)\b|"
    r"n't\b|\?"
)
_WILL_TAKE = Pattern(
    rf"(?:{LEAD})*(?:(?:i(?:'ll| will| am going to|'m going to)|let me|lemme)\s+(?:(?:just|also|then)\s+)?"
    r"(?:take|grab|queue(?: up)?|pick(?: up)?)|"
    r"i(?:'m| am) (?:(?:therefore|hence|thus|now|just|also|then) )*(?:applying|taking|queue?ing|picking(?: up)?)|"
    r"(?:queue?ing|picking)(?: up)?)"
    rf"\s+{THING}"
    r"(?:\s+up)?(?:\s+(?:now|as[- ]is|both|all))*(?P<rest>\s*[.,!].*|\s+(?:to|into|in|for|via|through|with|then)\b.*|)",
    re.IGNORECASE | re.DOTALL,
)
_NOT_YET = Pattern(
    r"(?i)\b(?:not|never|if|once|when|after|before|until|unless|for testing|tomorrow|later|next week|merge window|"
    r"into (?:account|consideration))\b|n't\b|\?|\bthen\W*$|"
    r"^\W*(?:queue?ing|picking)\b.{1,60}\b(?:is|are|seems|sounds|works|would be) (?:\w+ )?(?:fine|good|ok(?:ay)?)\b"
)
# "I'll apply this tomorrow.", "I'll send it upstream": not yet, but nobody else has to act.
_WILL_APPLY = Pattern(
    rf"(?:{LEAD})*(?:i(?:'ll| will| am going to|'m going to| plan to| intend to| can)|let me|lemme) "
    r"(?:(?:just|also|then|now|probably|likely|go|go (?:ahead )?and) )*"
    rf"(?:(?:take|grab|apply|queue(?: up)?|pick(?: up)?|merge|push|commit|pull) {THING}|"
    rf"get {THING} (?:queued|applied|merged|picked)|"
    rf"(?:stick|stuff|put) {THING} (?:in|into|on|onto) (?:(?:the|my|our) )?(?!\S*\.[chS]\b)"
    r"(?:\S*\w[/-]\w\S*|tip|\w+ (?:tree|branch|queue))|"
    rf"(?:send|forward|pass|submit) {THING} (?:(?:on|along|over) )?(?:upstream|to (?:linus|andrew|akpm)))\b",
    re.IGNORECASE,
)
_SO = Pattern(r"(?i)[,;–—]\s+so\s+")
_NOT_MEANT = Pattern(
    r"(?i)\b(?:locally|test(?:ing)?|try|see|look|your|comments?|suggestions?|next version|v\d+|"
    r"but (?:you|first|please|(?:i|we|it|this)(?:'d| would| still)? (?:need|want|like)s?))\b|n't\b|\?"
)
NOT_YET_READ = r"(?!(?:patchwork|review|reading|to-?do|inbox)\s)"
"""What a queue is called that nobody has gone through."""
RELEASE_CANDIDATE = r"v?\d+\.\d+-rc\d+(?![\w/.-])"
"""What people apply patches to for a test: "applied to v6.13-rc4"."""
# "This is now in my tree.", "It has landed in frob-next."
_IS_IN = Pattern(
    rf"(?:{LEAD})*(?:now|(?:{THING}|these|they)(?:'s| is| are| sits?| (?:ha(?:s|ve) )?landed))"
    r"(?: (?:now|already|queued|all))* "
    rf"(?:in (?:(?:my|our) {NOT_YET_READ}(?:\S+ )?(?:tree|branch|queue)|(?:the )?\S+-next\b|mm-\w+)|"
    r"in [\w.-]+/(?:\S+-)?(?:dev|devel|next|fixes|urgent|testing|staging|main|master|for-\S+))"
    r"(?: (?:now|already|tree|branch))*"
    r"(?:\s*[.,!;].*|)",
    re.IGNORECASE | re.DOTALL,
)
# "I'll include this series in the second pull request, unless somebody objects."
_WILL_SEND = Pattern(
    rf"(?:{LEAD})*(?:i(?:'ll| will| plan to| am going to|'m going to)|let me) (?:(?:aim|plan|try) to )?"
    rf"(?:include|send|have|put) {THING} (?:to linus )?(?:in|with|as part of) (?:the |my |our |this |a )?"
    r"(?:\S+ ){0,4}?(?:pull(?:[ -]requests?)?|prs?)\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_NOT_SENT = Pattern(r"(?i)\b(?:not|never|if|once|when|after|provided)\b|n't\b|\?")
_CONDITION = Pattern(r"(?i)\b(?:if|once|when|until|unless|assuming|provided|means?)\b")

# "I have placed this in frob-next to be included in the next pull request."
_TO_BE_SENT = Pattern(
    r"(?i)\s+(?:to be|which will be|and will be) (?:included|sent|submitted|part of)\b[^.?]{0,40}?"
    r"\b(?:pull[ -]requests?|prs?|merge window)\b"
)

# A tester may write "I applied this", and "pushed to the same branch" can mean any branch: these must name a tree.
_ALONE = r"[\s.,!:;()-]*(?:tag: [\w./-]+[\s.,!:;()-]*)?(?:(?:many )?thanks?\b.*|thank you\b.*|thx\b.*|)"
_NOTHING_ELSE = Pattern(_ALONE, re.IGNORECASE | re.DOTALL)
# "This applied to the whole series", of a comment
_TO_THE_SERIES = Pattern(
    r"(?i)\s+to (?:all |the |this |your )*(?:entire |whole )?(?:other )?(?:patch(?:es|set)|series)\b"
)
_TO_A_CANDIDATE = Pattern(rf"(?i)\s+(?:on )?to {RELEASE_CANDIDATE}")
_BY_ME = Pattern(r"(?i)(?:i|we)\b")
_INTO_A_TREE = Pattern(
    r"\s+(?:(?:to|into|in|for)\s+|(?=for-v?\d))(?:(?:(?:the|my)\s+)?\S*\w[-/.]\w\S*"
    # Atomic: a word is read in one way.
    r"(?:\s+(?:tree|branch|queue|now|too|as well|for v?\d+\.\d\S*|(?>\S*?\w[-/]\w)\S*))*|"
    rf"the\s+(?:\w+\s+)?(?:tree|queue)){_ALONE}",
    re.IGNORECASE | re.DOTALL,
)
_AS_IT_IS = Pattern(r"(?i)\s+(?:as[- ]is\b|as an? -?fix\b)")
_MINE = r"(?:my|our)\s+(?:\w+\s+){1,3}(?:tree|branch|queue)\b"  # "pushed to my review and testing queue"
_TREE = Pattern(
    rf"\b(?:to|into|in|on|onto|via|through|for)\s+(?:{_MINE}|(?:(?:the|my|our)\s+)?"
    r"(?:[\w./-]*\w[-/.]\w|(?!same\b)[\w-]+ tree\b|tree\b))",
    re.IGNORECASE,
)
_PLACE = Pattern(
    rf"\b(?:to|into|in|on|onto|via|through|for|of)\s+(?:{_MINE}|(?:(?:the|my|our|a)\s+)?"
    r"(?:\S*\w[-/.]\w\S*|(?!same\b)(?:[\w-]+ )?(?:tree|branch)\b))",
    re.IGNORECASE,
)
_RELEASE = Pattern(
    r"(?i)\bfor[- ]v?\d+\.\d+\b|\bas v?\d+\.\d+(?:-rc\d*)? material\b|"
    r"\bfor the next (?:merge window|release|cycle)\b|\bas [0-9a-f]{10,40}\b"
)

_NUMBERED = Pattern(r"(?i)\bpatch(?:es)?\s+#?\d")
_BESIDES = Pattern(r"\s(?:with|after)\s(?!the exception\b)")  # "with that tweak to patch 2"
# "All but patch 2", "Applied, except for 4/4", "Applied, but 2/3 needs work"
_NUMBERS_LEFT = Pattern(
    r"\b(?:(?:all|everything|both) but|but not|except(?:ing)?(?: that i(?:'ve| have)? (?:dropped|left out|skipped|"
    r"omitted))?|minus|without|excluding|apart from|aside from|other than|"
    r"but(?= (?:the )?patch(?:es)? #?\d| #?\d+/\d))\s+(?:for\s+)?(?:the\s+)?(?:patch(?:es)?\s+)?"
    r"(?P<numbers>#?\d+(?:/\d+)?(?:\s*(?:-|–|to|,|and|&)\s*#?\d+(?:/\d+)?)*)(?!\w|\.\d|\s*%)",
    re.IGNORECASE,
)
_SOME_LEFT = Pattern(
    r"\s*[,;(–—-]+\s*(?:but not|except(?:ing)?|minus|excluding|apart from|aside from|other than|without)\s+(?:for\s+)?"
    r"(?:the\s+)?(?:last|first|(?:[\w-]+\s+)?(?:patch(?:es)?|ones?)\b)",
    re.IGNORECASE,
)
IS_A_WORD = Pattern(r"\W*[!.\"”']\s+(?:is|are|was|were|would|means?)\b")  # "Merged!" is what I hope for
UNCHANGED = Pattern(
    r"(?i)\b(?:except|but|only|minus|without)\b(?=.{0,30}\b(?:typo|title|subject|change|tweak|edit)s?\b)"
)
COMMA = Pattern(r"[,;.!]\s")
CLAUSE = Pattern(r"[,;.!]\s|\s(?:and|but|which|because|since|as(?! is\b| an?\b))\s")
_REASON = Pattern(r"\s(?:because|since)\s")  # "since nobody picked it up and next warns now" says why, not what broke
BROKE = Pattern(
    r"(?i)\b(?:but|and|then|now|however)\b(?!.*\b(?:white ?space|e-?mail client|mailer)\b).{0,80}"
    r"\b(?:fail\w*|br[eo]a?k(?:s|e|en)?|warn\w*|crash\w*|hang\w*|conflict\w*|"
    r"errors?|noticed|drop(?:ped)? (?:it|this|them)|revert\w*)\b"
)
"""What a tester found, or why it was dropped again: "I applied this, but it breaks the build"."""
_EVERY = "1-9999"  # of "patch 1 to fixes, the rest to next": all patches, in answer to any of them
# "Applied 1-3 to fixes and the last one to next", "1 and 2 to fixes, 3 to next"
_FURTHER = Pattern(
    r"(?:[,;]\s+|\band\s+)(?:and\s+)?(?:(?:applied|queued|took|pushed|put)\s+)?"
    r"(?:the\s+(?P<last>last|rest|others?|remaining)\b(?:\s+(?:one|ones|patch|patches|two|three))?"
    r"|(?:patch(?:es)?\s+)?#?(?P<further>\d+(?:\s*(?:-|–|to|through|,|and|&)\s*#?\d+)*))"
    r"(?:\s+(?:(?:is|are|was|were|has been|have been)\s+)?(?:applied|queued|taken|pushed))?"
    r"\s+(?:to|into|in|on|onto|for|via|through)\s+(?:my\s|the\s+\S+\s+(?:tree|branch|queue)\b|\S*\w[-/.]\w)",
    re.IGNORECASE,
)
# "Applied, 1/3", "Applied: patches 1-2. Thanks."
_NUMBERS_BEHIND = Pattern(
    r"(?i)\s*[,:]\s*(?P<numbers>patch(?:es)? #?\d+(?:\s*(?:->|-|–|to|,|and|&)\s*#?\d+)*|"
    r"\d{1,3}(?:\s*(?:,|and|&)\s*\d{1,3})*)[\s.,!]*(?:thanks?\b.*|thx\b.*)?"
)
# "Applied along with the [2-3/3] as 6.13 material"
_ALONG_WITH = Pattern(
    r"(?i)\b(?:along|together) with (?:the )?(?:\[|patch(?:es)? )#?"
    rf"(?P<numbers>{_RUN}(?:/\d+)?)"
)
_REST = Pattern(r"(?i)\b(?:rest|remaining|other(?:s| patch(?:es)?| ones?))\b")

# The verb may be in a later clause: "Looks sane, applied.", "Fixed the typo and applied to for-6.9."
_CLAUSE = Pattern(
    rf"(?:[,;:–—-]\s+|(?P<so>\bso)\s+|(?P<also>\band)\s+)(?=(?:{I_DID}|now\s+|just\s+|all\s+|both\s+|"
    r"(?:it|this|they|these|the (?:patch(?:es)?|series))\s+(?:has|have|is|are)\s+(?:been\s+)?)*"
    r"(?:applied|queued|merged|pushed|picked|took|i'll|i will|i'm)\b)",
    re.IGNORECASE,
)
# "Patch 1 is a fix, so I've applied it."
_SUBJECT = Pattern(
    rf"(?:{LEAD})*(?:the )?patch(?:es)? #?(?P<numbers>{_RUN})\s+"
    r"(?:(?:is|are|was|were|has|have|looks?|seems?|fix(?:es)?|does|do|can)\b)",
    re.IGNORECASE,
)
_PRONOUN = Pattern(r"(?i)\b(?:it|this|that|them|these|those)\b")
_DID_MORE = Pattern(rf"(?:{LEAD})*(?:{I_DID})?(?:\w+ly\s+)?\w+ed\b", re.IGNORECASE)


def applied_patches(sentence: str) -> str | None:
    """Which patches a sentence reports as applied, or None if it reports nothing.

    "1-3,5", "not 4" (all but that), "with 2-3" (and the one it answers), "some", "rest", or "" for the patch or series
    that it answers.
    """
    if len(sentence) > _MAX_SENTENCE:
        return None
    sentence = by_number(sentence)
    lowered = sentence.lower()
    if " be " in lowered:
        sentence = _TO_BE_SENT.sub("", sentence)
    if ("commit" in lowered and _NOW_A_COMMIT.search(sentence)) or (
        "replaced" in lowered and _REPLACED.match(sentence)
    ):
        return None if "?" in sentence else ""
    clauses = [found for found in _CLAUSE.finditer(sentence) if not found["also"] or _DID_MORE.match(sentence)]
    for start, follows in ((0, False), *((found.end(), found["so"] is not None) for found in clauses)):
        if not follows and _CONDITION.search(sentence, 0, start):
            return None  # "if …, so I applied it" gives a reason
        clause = sentence[start:]
        if (found := _TOOK.fullmatch(clause)) and _is_done(found):
            return _which(found) or _subject(sentence[:start], clause)
        if (found := _TOOK_THEM.fullmatch(clause)) and not _is_denied(found):
            return _which(found)
        if _WILL_ADD.fullmatch(clause) and not _NOT_YET.search(clause):
            return ""
        if _IS_IN.fullmatch(clause) and not _NOT_TAKEN.search(clause):
            return ""
        if _WILL_SEND.fullmatch(clause) and not _NOT_SENT.search(clause):
            return ""
        if (found := _WILL_TAKE.fullmatch(clause)) and not _NOT_YET.search(clause):
            return _which(found)
    return None


def is_of_some(patches: str) -> bool:
    """True if a report is of some patches: "Patch 1 applied to fixes."  Another sentence may report the rest."""
    return patches[:1].isdigit() or patches in ("some", "last")


def together(first: str, further: str) -> str:
    """The patches that two sentences report; empty if the second says nothing of further patches."""
    if further == "rest":
        return _EVERY
    return f"{first}, {further}" if first != "some" and further[:1].isdigit() else ""


def names_tree(sentence: str) -> bool:
    """True if a sentence names the tree that something was applied to, or the release."""
    return _PLACE.search(sentence) is not None or _RELEASE.search(sentence) is not None


def intends_to_apply(sentence: str) -> bool:
    """True if a sentence reports that its sender is going to apply the patch, on no condition."""
    if len(sentence) > _MAX_SENTENCE:
        return False
    said = sentence.partition("feel free")[0]  # what others may do besides is no condition
    if _CONDITION.search(said) or _NOT_MEANT.search(said):
        return False
    return any(_WILL_APPLY.match(said, start) for start in (0, *(so.end() for so in _SO.finditer(said))))


def words_until(found: re.Match[str], end: Pattern[str]) -> str:
    """The matched text up to the first `end` behind the verb."""
    return found[0][: found.start("rest") - found.start()] + end.split(found["rest"], maxsplit=1)[0]


def _is_denied(found: re.Match[str]) -> bool:
    said = words_until(found, COMMA)
    return "?" in said or "://lore." in said or _NOT_TAKEN.search(words_until(found, CLAUSE)) is not None


def _is_done(found: re.Match[str]) -> bool:
    if _TO_THE_SERIES.match(found["rest"]):
        return False
    if _is_denied(found) or IS_A_WORD.match(found["rest"]) or BROKE.search(_REASON.split(found["rest"], maxsplit=1)[0]):
        return False
    if _TO_A_CANDIDATE.match(found["rest"]) and _BY_ME.match(found["who"] or ""):
        return False
    if found["passive"] and ("other patch " in (found["who"] or "").lower() or found["rest"].lstrip().startswith(":")):
        return False  # it is about another patch
    if _NOTHING_ELSE.fullmatch(found["rest"]):
        # "Added, thanks": the author, about advice.
        return not found["verb"].lower().startswith(("add", "applying", "put"))
    verb = found["verb"].lower()
    if verb.startswith("queue"):
        return True  # only people with a tree queue patches
    if found["pushed"]:
        return True  # "Pulled and pushed out, thanks."
    if verb.startswith(("accept", "add", "applying", "commit", "put", "pull")):
        return _INTO_A_TREE.fullmatch(found["rest"]) is not None
    if (found["who"] or "").strip().lower() in ("i", "we"):
        return _INTO_A_TREE.fullmatch(found["rest"]) is not None or _AS_IT_IS.match(found["rest"]) is not None
    said = words_until(found, COMMA)
    placed = _TREE.search(said) is not None or _RELEASE.search(said) is not None
    return placed or not verb.startswith(("push", "pick", "take"))


def _subject(before: str, clause: str) -> str:
    """The numbers of "Patch 1 is a fix, so I've applied it"; empty if the clause before names no patches."""
    named = _SUBJECT.match(before)
    return without_total(" ".join(named["numbers"].split())) if named and _PRONOUN.search(clause) else ""


def _which(found: re.Match[str]) -> str:
    if behind := _NUMBERS_BEHIND.fullmatch(found["rest"]):
        return without_total(behind["numbers"])
    if numbers := found.groupdict().get("numbers") or found.groupdict().get("before"):
        return _with_further(" ".join(numbers.split()), found["rest"])
    said = words_until(found, COMMA)
    if beside := _ALONG_WITH.search(found["rest"]):
        return f"with {without_total(beside['numbers'])}"
    if left := _NUMBERS_LEFT.search(found[0]):
        return f"not {without_total(left['numbers'])}"
    if _REST.search(found[0][: found.start("rest") - found.start()]):
        return "rest"
    before = _BESIDES.split(said, maxsplit=1)[0]
    if placed := some_by_place(before):
        return placed
    some = (NOT_ALL.search(before) or _NUMBERED.search(before)) and not UNCHANGED.search(said)
    return "some" if some or _SOME_LEFT.match(found["rest"]) else ""


def _with_further(numbers: str, behind: str) -> str:
    """The numbers of patches with those that went to another tree, as the words behind them say."""
    for more in _FURTHER.finditer(behind):
        if more["last"] and more["last"].lower() != "last":
            return _EVERY
        numbers += ", last" if more["last"] else f", {' '.join(more['further'].split())}"
    return numbers
