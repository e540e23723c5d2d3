"""Sentences that move a patch, as people write them.

Each sentence of an author's own words (never a quote) gives at most one signal, with the sentence as evidence.  What it
means for a series is decided elsewhere (patchwatch.series.state.machine): here is only "who says applied", not "is
applied".  Where words are uncertain the weaker signal is given, or none.

Sources: netdev's `pw-bot:` commands (Documentation/process/maintainer-netdev.rst), and the wording of people on the
cgroups list from January 2024 to June 2025.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from patchwatch.mail.message import Signal, SignalKind
from patchwatch.mail.sentences import applied as applying
from patchwatch.mail.sentences import objections
from patchwatch.mail.sentences.split import evidence

_NAK = re.compile(
    r"(?:^|(?<=[.,!:(]\s)|(?i:\b(?:so|formal|big|strong|a|another|hard|soft|also|my|still|yet|clear)\s+))(?:NAK|NACK|Nak|Nack|nak|nack)\b|"
    r"^Nacked-by:"
)
_NOT_NAK = re.compile(
    r"(?i)(?:\b(?:your|his|her|their|if|unless|not|avoid|without|previous|last|would be)\b|n't\b).{0,24}$|[\"'`]$"
)

# "Breaking it like this is not something we'll accept."
_REFUSED = re.compile(
    r"\b(?:i|we)(?:'m| am|'re| are)? (?:not|never|won't|will not|will never|can't|cannot) (?:be )?"
    r"(?:going to |gonna )?(?:ever )?"
    r"(?:accept|apply|take|merge|pull|pick up)(?:ing)? (?:this|these|it|the (?:patch|series)|such|that|any of)\b|"
    r"\bnot something (?:i|we)(?:'d| would|'ll| will|'re going to)? (?:ever )?(?:accept|merge|take|apply)|"
    r"\b(?:this|it|patch|series) (?:won't|will not|will never|is not going to|isn't going to) (?:ever )?(?:be )?"
    r"(?:accepted|applied|merged|taken|going in)\b|"
    r"\bi (?:really |just )?(?:don't|do not) want (?:this|it|these|any of this) in "
    r"(?:the kernel|my|our|mainline|upstream)\b|"
    r"\bthe answer is (?:still )?no\b",
    re.IGNORECASE,
)
# "I'd much rather leave it as-is and let it wither away."
_LEFT = re.compile(
    r"\b(?:rather|prefer(?: to)?|let's|please|better(?: to)?|better off|should(?: just)?)\b.{0,30}?\b(?:leav(?:e|"
    r"ing)|keep(?:ing)?) "
    r"(?:it|this|that|things|everything|the (?:code|file|behaviou?r|current \w+|existing \w+)) "
    r"(?:as[- ]is|as (?:it is|they are|it was)|alone|the way (?:it is|they are))",
    re.IGNORECASE,
)
_NOT_LEFT = re.compile(r"(?i)\b(?:for now|until|unless|but|add|use|separate|if|in this (?:patch|series))\b|\?")
# "Rik already sent a fix", "It was fixed by commit 0123456789ab"; not "bisected to commit…", "first bad commit"
_ELSEWHERE = re.compile(
    r"\balready (?:been )?(?:sent|posted|submitted|fixed|addressed|solved|merged|upstream(?:ed)?|committed|queued|"
    r"handled)\b|"
    r"\b(?:sent|posted|submitted) (?:an?|the) (?:(?:similar|same|identical) )?(?:fix|patch)"
    r"(?= for (?:this|it|that|the same)\b|\W*$|[:,] | (?:earlier|last|yesterday|a (?:week|day|while)|at|here)\b)|"
    r"\b(?:(?:is|was|been|got|gets) fixed (?:already|upstream|(?:by|in|with) (?:commit|this|the|\w*https?))|"
    r"duplicate of|(?:obsoleted|superseded|made redundant) (?:by|with)|"
    r"(?:same|identical) (?:fix|patch|change) (?:is|was|has been|has already))\b",
    re.IGNORECASE,
)
# "Not a typo.", "That's intentional."
_NOTHING_WRONG = re.compile(
    r"^(?:(?:no|nope|well|hm+|sorry|but),? )?(?:(?:this|that|it)(?:'s| is) )?(?:actually |really )?"
    r"(?:not (?:a|an|really an?|actually an?) (?:typo|bug|mistake|error)|"
    r"(?:intentional|deliberate|on purpose|by design))\b(?!.*(?:\?|\bbut\b))",
    re.IGNORECASE,
)
_NOT_ELSEWHERE = re.compile(r"(?i)\b(?:not|isn't|wasn't|if|unless|partly|partially|almost|you|i|i've|we)\b|\?|n't\b")
_REFUSED_NOW = re.compile(
    r"(?i)\b(?:yet|(?:right )?now|for now|this (?:cycle|time|window)|in time|via|through|locally|\d+\.\d+)\b"
)
# "I see that this is now in the mainline, and it fails here."
_NOW_MAINLINE = re.compile(
    r"\b(?:this|it|the) (?:(?:patch|commit|change|series) )?(?:is|has|'s) now (?:(?:been )?(?:merged|landed) )?"
    r"(?:in|into|to) (?:the )?(?:mainline|linus'?s? (?:tree|master)|torvalds/\S+)\b",
    re.IGNORECASE,
)
_NOT_MAINLINE = re.compile(r"(?i)\b(?:if|when|once|until|not|as soon as|since)\b|\?")
_DONE = (
    "obsolete",
    "superseded",
    "redundant",
    "alread",
    "fixed",
    "duplicate",
    "same",
    "identical",
    " fix",
    " patch",
    "not a",
    "intentional",
    "purpose",
    "desig",
    "delib",
)
_REFUSING = (" want ", " answer ", "accept", "apply", "take", "taking", "merg", "pull", "pick", "going in")

_CONDITION = re.compile(
    r"(?i)\b(?:if|unless|until|till|before|without|as[- ]is|as it (?:is|stands)|in (?:its|this|the current) \w+)\b"
)

_AGAIN = r"re-?(?:send|post|spin|submit)|rebase"
_VERSION = (
    r"(?:out )?(?:an? |the )?"
    r"(?:(?:(?:new|next|updated|proper|fixed|refreshed|formal|official|separate|real) )+patch(?:es)?|"
    r"(?:(?:new|next|updated|proper|fixed|refreshed) )*(?:v\d+|version|set|series))"
)
_NEW_VERSION = re.compile(
    rf"\bplease\s+(?:\w+\s+){{0,4}}?(?:{_AGAIN}|sen[dt] {_VERSION})\b|"
    rf"\b(?:can|could) you (?:please )?(?:{_AGAIN}|send {_VERSION})\b|"
    rf"\b(?:needs?|requires?)\s+(?:a\s+)?(?:v\d+|{_AGAIN}|rework|(?:new|another) version)\b|"
    rf"\bplease\b.{{0,120}}\band (?:then )?(?:{_AGAIN}|"
    r"send (?:it|this|them|a|an|us|the(?! (?:log|output|dmesg|config|result|trace|dump|report)))\b)|"
    r"\blooking forward to (?:v\d|the next)|\b(?:v\d+|new version|respin|resend) (?:is )?(?:needed|please)\b",
    re.IGNORECASE,
)
_EDIT = (
    r"(?:add(?! more)|address|avoid|change|convert|correct(?! me)|delete|drop|fix|fold|include|keep|limit|make|mention|"
    r"move|put|remove|rename|reorder|replace|revert|rewrite|rework|separate|shorten|simplify|split|squash|switch|update|"
    r"send (?:it |this |that |them )?(?:as )?(?:an? )?(?:separate|new|proper))"
)
_PLEASE = (
    r"(?:adapt|adjust|align|annotate|base|c[cC](?! me)|collect|combine|consolidate|copy(?! me)|define|disable|document|"
    r"drop|enable|ensure|extend|factor|follow|format|guard|handle|implement|indent|initiali[sz]e|inline|introduce|line-wrap|"
    r"mark|match|open-code|order|place|prefix|propagate|refactor|reflow|rephrase|restore|restrict|return|reuse|reverse|"
    r"reword|run (?:\S*checkpatch|sparse|smatch|\S*get_maintainer)|sort|specify|store|strip|sync|tag|target|tidy|trim|"
    r"turn|use|validate|wrap|write(?! to| me\b))"
)
_DOES_NOT = r"(?:does(?:n't| not)|did(?:n't| not)|fail(?:s|ed) to) (?:apply|build|compile)"
_A_TREE = r"(?:the latest|linus|mainline|linux|next|net|current|tip|master|my|\S+[/-]\S)"
_CHANGES = re.compile(
    rf"\bplease\s+(?:just\s+|also\s+)?(?:{_EDIT}|{_PLEASE})\b|"
    rf"\b(?:can|could) you (?:(?:please|also|just|maybe)\s+)*{_EDIT}\b|"
    r"\bplease (?:do not|don't) (?!be\b|get\b|forget|hesitate|worry|bother|take\b|reply)\w|"
    r"\bmarked (?:as )?\W?changes[ -]requested\b|"
    r"(?:^(?:sorry, |unfortunately,? )?|\b(?:patch(?:es|set)?(?: \d+)?|series|this|it|v\d+)\b.{0,30}\b)"
    rf"{_DOES_NOT}\b(?! (?:to (?!{_A_TREE})|for|when|any ?more))",
    re.IGNORECASE,
)
_NOT_ASKED = re.compile(
    r"^(?:if|in case|when|once|(?:in|for) (?:the )?future|next time|i|we|i'll|we'll|as a follow)\b|"
    r"\b(?:can|could|shall|should|may) (?:we|i) please\b|"
    r"\b(?:in (?:the )?future|next time|follow-?ups?|i applied|"
    r"on top of (?:this|that|it|these|those|what|the (?:series|patch))|if you (?:fix|want|like|need|think|insist))\b|"
    r"\bpatch on top\b",
    re.IGNORECASE,
)

_I_WILL = r"(?:i(?:'ll| will| shall| am going to|'m going to| plan to| intend to| can)|we(?:'ll| will)|let me)"
_DO = (
    r"(?:add|address|adjust|amend|apply|change|clarify|clean|convert|correct|cover|delete|document|"
    r"do (?:that|it|so|this)|go (?:with|for|this|that)|drop|fix|fold|follow up|improve|include|incorporate|make|"
    r"mention|modify|move|post|prepare|"
    r"put|rebase|refine|remove|rename|rephrase|replace|re-?post|re-?send|re-?spin|re-?submit|revert|revise|rework|reword|"
    r"send|split|squash|submit|switch|take care|update|use|be (?:sending|posting|fixing))"
)
_NEXT = (
    r"(?:(?:in|for) (?:the |my )?(?:next|new|coming|following|formal|final) "
    r"(?:version|rev|spin|respin|iteration|round|patch|series|post|v\d)|in (?:my )?v\d+(?!\.?\d))"
)
_PROMISE = re.compile(
    rf"\b{_I_WILL}\s+(?:(?:just|also|then|definite(?:ly)?|certainly|try to|probably)\s+)*{_DO}\b|"
    rf"(?:^|[,.;:–-]\s+|\band\s+)(?:will|shall)\s+(?:(?:also|definitely)\s+)?(?:{_DO}|do)\b|"
    rf"\b(?:i|we)(?:'ll| will)\b.{{0,80}}\b{_NEXT}|"
    r"\b(?:fix|chang|updat|add|dropp?|remov|address|correct|includ|incorporat|revis|done|rework|mov|renam)\w*\b.{0,60}"
    rf"\b{_NEXT}|"
    r"\bv\d+ (?:is )?(?:incoming|coming|on (?:its|the) way|will follow|follows soon)\b|"
    r"^(?:(?:ok(?:ay)?|thanks?|right|sure|good (?:catch|point)|ack),? )?"
    r"(?:fixed|changed|updated|renamed|removed|added|reworked|done)(?: (?:it|that|this))? "
    r"(?:locally|in my (?:local )?(?:tree|branch)|for v\d+(?=\W*$))(?!\w)",
    re.IGNORECASE,
)
_NOT_PROMISED = re.compile(
    r"\bif (?:you|that|this|it|there|everyone|needed|required|no)\b|\bunless\b|\?|"
    r"\b(?:should|shall|can|could) (?:i|we|you)\b",
    re.IGNORECASE,
)
_WITHDRAWN = re.compile(
    r"\bplease (?:ignore|drop|discard|disregard) (?:this|these|the|my)(?: \w+)? "
    r"(?:patch(?:es|set)?|series|version|thread|submission|v\d+)\b(?! (?:at|in|from|below|above)\b)|"
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
    r"\b(?:this|my) (?:patch|series|patch ?set) can be (?:ignored|dropped|discarded|disregarded)\b|"
    r"\b(?:i|we)(?: won't|'ll not| will not|'m not(?: going to)?| am not(?: going to)?) (?:be )?"
    r"(?:(?:send|post)(?:ing)? (?:(?:an?|any|another|new|more|further|other) )+(?:versions?|revisions?)|"
    r"(?:pursu(?:e|ing)|continu(?:e|ing) with) (?:this|the|it)(?: (?:patch|series|work))?)\b"
    r"(?! (?:until|before|unless|yet|today|for now|this week|so))|"
    r"\b(?:(?:the|this|my) )?(?:patch(?:es|set)?|series) (?:is|are|was)(?:n't| not| no longer) (?:really |actually )?"
    r"(?:needed|necessary|required)\b",
    re.IGNORECASE,
)
_IF = re.compile(r"^(?:if|in case|unless)\b|\b(?:next (?:version|rev|revision|spin)|v\d+)\b|\?", re.IGNORECASE)

_WHOLE = re.compile(
    r"\b(?:for|to|on) (?:the |this )?(?:(?:whole|entire|full|complete) )?(?:series|patch ?set|set)\b|"
    r"\b(?:the|this|whole|entire) (?:series|patch ?set) (?:looks?|lgtm|seems|is (?:good|fine))\b|"
    r"\bseries looks (?:\w+ )?(?:good|great|fine)\b|\bfor all (?:\w+ )?patches\b|"
    r"\ball (?:the )?patches (?:look|lgtm)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"(?i)\b(?:(?:not|un) ?related to (?:this|the|your)|unrelated|side (?:question|note)|"
    r"(?:out of|just|pure) curi\w+|off[- ]topic|(?:go|goes|going|routed?|taken?|picked?) (?:this |it |"
    r"these )?(?:in )?(?:up )?"
    r"(?:through|via|by)|which tree|"
    r"any(?:body|one) else|eh(?=\?))\b"
)
_SHORT_QUESTIONS = frozenset({"how", "huh", "really", "so", "what", "why"})
_PW_BOT = re.compile(r"^[ \t]*pw-bot:[ \t]*([a-z][\w /-]*)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A kind of sentence: `words` is a cheap test of its lower case before `pattern`; `but`: it is not meant so."""

    kind: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    but: re.Pattern[str]
    detail: str = ""

    def fits(self, sentence: str, lowered: str) -> bool:
        return (
            any(word in lowered for word in self.words)
            and self.pattern.search(sentence) is not None
            and self.but.search(sentence) is None
        )


# The first that fits is meant.
_RULES = (
    _Rule(
        SignalKind.WITHDRAWN,
        (
            "drop",
            "ignore",
            "disc",
            "disreg",
            "aband",
            "nak",
            "withdr",
            "retract",
            "forget",
            "give up",
            "patch",
            "series",
            "sion",
            "pursu",
            "continu",
        ),
        _WITHDRAWN,
        _IF,
    ),
    _Rule(SignalKind.CHANGES, ("please", "need", "require", " you ", "look"), _NEW_VERSION, _NOT_ASKED, "version"),
    _Rule(SignalKind.CHANGES, ("please", " you ", "n't ", " not ", "fail", "marked"), _CHANGES, _NOT_ASKED),
    _Rule(
        SignalKind.PROMISE,
        ("will", "going to", "'ll", "let me", "shall", " in ", " for ", "i can", "i plan", "coming", "locally", " way"),
        _PROMISE,
        _NOT_PROMISED,
    ),
)
_APPLYING = (
    "took",
    "add it",
    "add th",
    "commit",
    "grab",
    "replaced",
    "appl",
    "queu",
    "merge",
    "pushed",
    "pick",
    "take",
    "taking",
    "pull",
    "added",
    "put ",
    " tree",
    "-next",
    "staged",
    "accepted",
)
_OPINIONS = (
    (SignalKind.WISH, objections.wish),
    (SignalKind.DOUBT, objections.doubt),
    (SignalKind.SATISFIED, objections.satisfied),
    (SignalKind.WILL_REVIEW, objections.will_review),
)
_MAX_OPINION = 600  # characters
_DROPPING = ("drop", "revert", "back", "unqueue")


def commands(text: str) -> tuple[Signal, ...]:
    """`pw-bot: <command>` lines of a whole mail; a quoted one does not begin the line."""
    if "pw-bot:" not in text.lower():
        return ()
    return tuple(
        Signal(SignalKind.COMMAND, evidence(found[0]), found[1].strip().lower()) for found in _PW_BOT.finditer(text)
    )


def tags_for_all(said: Iterable[str]) -> tuple[Signal, ...]:
    """The sentence that gives the tags of a reply to the whole series, though it answers one patch."""
    return tuple(Signal(SignalKind.FOR_ALL, evidence(one)) for one in said if _WHOLE.search(one) and "?" not in one)[:1]


def person_signals(said: Iterable[str], words: str) -> Iterator[Signal]:
    """What a person says: `said` are the sentences of his own `words`."""
    applied = False
    for sentence in said:
        lowered = sentence.lower()

        if not applied and any(word in lowered for word in _APPLYING):
            which = applying.applied(sentence, words)
            if which is not None:
                applied = True
                yield Signal(SignalKind.APPLIED, evidence(sentence), which)
                continue
        if " now " in lowered and _NOW_MAINLINE.search(sentence) and not _NOT_MAINLINE.search(sentence):
            yield Signal(SignalKind.MAINLINED, evidence(sentence))
        elif any(word in lowered for word in _DROPPING) and applying.dropped(sentence):
            yield Signal(SignalKind.UNAPPLIED, evidence(sentence))
        elif "na" in lowered and _is_nak(sentence):
            yield Signal(SignalKind.NAK, evidence(sentence))
        elif (" as" in lowered or "alone" in lowered) and _LEFT.search(sentence) and not _NOT_LEFT.search(sentence):
            yield Signal(SignalKind.NAK, evidence(sentence), "left")
        elif any(word in lowered for word in _DONE) and _is_elsewhere(sentence):
            yield Signal(SignalKind.ELSEWHERE, evidence(sentence))
        elif any(word in lowered for word in _REFUSING) and (refused := _refusal(sentence)):
            yield Signal(refused, evidence(sentence))
        elif "?" not in sentence and len(sentence) <= _MAX_OPINION and objections.deferred(sentence):
            yield Signal(SignalKind.DEFERRED, evidence(sentence))
        elif len(sentence) <= _MAX_OPINION and objections.wants_review(sentence):
            yield Signal(SignalKind.REVIEW_WANTED, evidence(sentence))
        elif rule := next((rule for rule in _RULES if rule.fits(sentence, lowered)), None):
            yield Signal(rule.kind, evidence(sentence), rule.detail)
        elif "?" in sentence and _is_question(sentence):
            yield Signal(SignalKind.QUESTION, evidence(sentence))
        elif len(sentence) > _MAX_OPINION:
            pass
        elif kind := next((kind for kind, holds in _OPINIONS if holds(sentence)), None):
            yield Signal(
                kind, evidence(sentence), "flaw" if kind == SignalKind.DOUBT and objections.flaw(sentence) else ""
            )


def _is_elsewhere(sentence: str) -> bool:
    if _NOTHING_WRONG.search(sentence):
        return True
    return _ELSEWHERE.search(sentence) is not None and not _NOT_ELSEWHERE.search(sentence)


def _refusal(sentence: str) -> str:
    """What a refusal amounts to: a NAK, changes where it tells the condition, nothing where it is a matter of time."""
    if not _REFUSED.search(sentence) or "?" in sentence:
        return ""
    if _CONDITION.search(sentence):
        return SignalKind.CHANGES
    return "" if _REFUSED_NOW.search(sentence) else SignalKind.NAK


def _is_nak(sentence: str) -> bool:
    found = _NAK.search(sentence)
    return found is not None and not _NOT_NAK.search(sentence[: found.start()])


def _is_question(sentence: str) -> bool:
    """Whether it ends with a question mark, and is of words: a trace's "[<ffff81>] ? schedule" is not."""
    if _ASIDE.search(sentence):
        return False
    asked = sentence.rstrip(" .!)]\"'…")
    if sentence.startswith("+"):
        return False  # a line of a patch
    words = sum(any(c.isalpha() for c in word) for word in asked.split(maxsplit=3)[:3])
    return asked.endswith("?") and (words > 1 or asked.rstrip("?! ").lower() in _SHORT_QUESTIONS)
