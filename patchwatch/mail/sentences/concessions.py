"""Recognize that an author gives in to what they answer: they agree with it, or they have changed it, or will.

"Good catch", "done", "just the rename then" leave nothing to argue about.  A bare "yes" or "right" agrees with a
request, but answers a question; patchwatch.series.state.points_in_replies knows which of the two it is said to.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.mail.message import Concession
from patchwatch.mail.sentences import split
from patchwatch.mail.sentences.addressee import is_about_follow_up
from patchwatch.mail.sentences.questions import only_wants_to_know
from patchwatch.mail.sentences.words import word_set, words
from patchwatch.pattern import Pattern

_READ = 3  # sentences at the beginning of a remark: people who give in begin with it
_SHORT = 14  # words of a sentence that says nothing but "then I will do that"

_DO = (
    r"(?:add|address|adjust|change|clean|convert|correct|do (?:that|this|so|it)|document|drop|fix|get rid|include|keep|"
    r"look into|make|mention|move|put|remove|rename|rephrase|replace|resend|respin|reword|rework|send|split|squash|"
    r"switch|take care|test|try|update|use)"
)
_DONE = (
    r"(?:added|addressed|adjusted|changed|converted|corrected|documented|done|dropped|fixed|moved|removed|renamed|"
    r"replaced|reverted|reworded|reworked|split|squashed|switched|updated)"
)
_DOING = (
    r"(?:adding|addressing|adjusting|changing|converting|correcting|doing|dropping|fixing|moving|removing|renaming|"
    r"replacing|reworking|rewording|switching|updating)"
)
_YES = r"(?:absolutely|ack|agreed?|exactly|indeed|ok(?:ay)?|right|sure|true|yeah|yep|yes|yup|i see|got it|understood)"
_GREETING = r"(?:hello|hey|hi|thanks?(?: you)?|thx)(?: \w+(?=[,.!]))?"  # "Hi Rita, agreed"
_LEAD = (
    rf"^\W*(?:(?:{_YES}|{_GREETING}|ah+|and|fair|great|hm+|nice|no problem|oh|oops|so|"
    r"sorry(?: (?:about|for) (?:it|that|this))?|well|whoops)\b[\s,.!:;–-]*)*"
)
_ACTS = Pattern(
    rf"(?i){_LEAD}(?:"
    r"(?:good|nice|great|excellent) (?:catch|find|spot(?:ting)?|point|idea|suggestion)|well spotted|"
    r"(?:oops|whoops|ouch|d['’]?oh|du+h|ugh|argh+|my (?:bad|mistake|fault|oversight|apologies))\b|"
    r"(?:thanks|thank you)(?: \w+)? for (?:catching|noticing|pointing|spotting|the (?:catch|correction|hint|pointer))|"
    rf"(?:all |both )?(?:{_DONE}|noted|wilco)\b(?! not\b)|will(?: (?:{_DO}|do|be {_DONE})\b|(?=\W*$|[.,!;]))|"
    rf"(?:(?:i'm|i am|am) )?(?:(?:now|already) )?{_DOING}(?: (?:all|both|it|that|them|these|this|those))?"
    r"(?: (?:accordingly|locally|now|right (?:away|now)))?(?=\W*$)|"
    rf"(?:i|we)(?:'ve| have)? (?:(?:now|already|just|since) )?(?:{_DONE}|forgot|missed|overlooked)\b|"
    rf"(?:i|we)(?:'ll| will|'m going to| am going to|'d| can)(?: \w+){{0,2}}? {_DO}\b|"
    r"(?:you(?:'re| are)|that(?:'s| is)) (?:\w+ly |quite )?(?:right|correct)\b|"
    r"(?:that|it|this) (?:is|was) an? (?:\w+ )?(?:mistake|typo|left-?over|oversight|bug)\b"
    r")"
)
_AGREES = Pattern(
    rf"(?i)^\W*(?:(?:{_GREETING}|ah+|hm+|oh|well)\b[\s,.!:;–-]*)*"
    rf"(?:{_YES}|i (?:\w+ly )?agree|"
    r"(?:(?:maybe|perhaps|probably|i (?:think|guess|suppose|believe|see))(?: that)? )?"
    r"(?:you(?:'re| are| may be| might be| could be| may well be)? (?:\w+ly )?(?:right|correct)|"
    r"you (?:do )?have a point)\b|"
    r"fair (?:enough|point)|(?:(?:that|this|it) )?makes sense|sounds good|of course|"
    r"(?:that|this) (?:is|would be|looks|sounds) (?:much |a lot |even )?(?:better|nicer|cleaner|good|great|fine)|"
    r"good|great|noted|certainly|all ?right|no problem)\b"
)
# "Yes.", "Right, it is."
_AFFIRMS = Pattern(rf"(?i)^\W*(?:{_GREETING}[\s,.!]*)?(?:yes|yeah|yep|yup|correct|exactly|right|indeed|true)\b")
_CHANGES = Pattern(
    r"(?i)\b(?:can|could|should|would|better|neater|nicer|going to|needed|needs?|typo|mistake|bug|must|"
    r"make (?:any )?sense|good|fine)\b"
)
_NUDGE = Pattern(r"(?i)\W*(?:\w+ )?(?:bump|ping|reminder)\W*")
_THEN = Pattern(r"(?i)\bthen\W*$|^(?:just|only) (?:the|that|this)\b")
_HOLDS_BACK = Pattern(
    r"(?i)\b(?:but|however|although|though|not sure|don't (?:think|see|understand)|do not|disagree|because|since|"
    r"the reason|on purpose|intentional\w*|rather not|"
    r"(?:like to|prefer(?: to)?|rather) (?:keep|leave|stay|stick)\b|unless|except|wouldn't|won't|can't|cannot)\b|\?"
)
# One of them is in every sentence that `_HOLDS_BACK` matches, unless it is a question: a quick test before it.
_MAY_HOLD_BACK = word_set(
    "but however although though not don disagree because since reason purpose rather unless except wouldn won can "
    "cannot keep leave stay stick"
)


def concession(sentences: Sequence[str], promise: str = "", quoted: Sequence[str] = ()) -> tuple[Concession, str]:
    """How the sentences of a remark give in, if an author wrote them, and the sentence that shows it.

    `promise` is the one that promises another version, if one does; `quoted` are the lines right above: a yes to a
    question that suggests nothing only answers it.
    """
    for sentence in sentences[:_READ]:
        lowered = sentence.lower()
        if _holds_back(sentence, lowered):
            return ("acts", promise) if promise else ("", "")
        if _ACTS.match(sentence) and not is_about_follow_up(sentence):
            return "acts", promise or sentence
        if ("then" in lowered or lowered.startswith(("just", "only"))) and _is_all(sentence):
            return "acts", promise or sentence
    if promise:
        return "acts", promise
    if all(map(split.is_closing, sentences)) or any(map(is_about_follow_up, sentences[:_READ])):
        return "", ""  # "Yes, that can be done in a follow-up."
    if _AFFIRMS.match(sentences[0]) and not _CHANGES.search(sentences[0]) and only_wants_to_know(quoted):
        return "", ""
    courteous = all(map(split.is_courtesy, sentences)) and not _NUDGE.fullmatch(sentences[0])
    return ("agrees", sentences[0]) if courteous or _AGREES.match(sentences[0]) else ("", "")


def _holds_back(sentence: str, lowered: str) -> bool:
    if "?" in lowered:
        return True
    may = "intentional" in lowered or not _MAY_HOLD_BACK.isdisjoint(words(lowered))
    return may and _HOLDS_BACK.search(sentence) is not None


def _is_all(sentence: str) -> bool:
    """True for "then I will do that", and for "just the rename": all that is still argued about."""
    return len(sentence.split()) <= _SHORT and _THEN.search(sentence) is not None
