"""What a remark means in the reply that it is in: what it wants of the author, and whether it wants anything at all."""

from __future__ import annotations

from msgspec import structs

from patchwatch.mail.message import Remark, RemarkKind, SignalKind
from patchwatch.mail.remark_model import default_model
from patchwatch.mail.sentences.addressee import addressees, is_for_group
from patchwatch.pattern import Pattern
from patchwatch.series.points import CERTAIN, WEIGHTY, Fate, Point, PointKind
from patchwatch.series.state.reply import FEW_WORDS, Reply

DEMANDS = frozenset({SignalKind.CHANGES, SignalKind.NAK})
EXPLICIT = frozenset({SignalKind.CHANGES, SignalKind.WITHDRAWN})
NO_ANSWER_NEEDED = frozenset(
    {
        SignalKind.WILL_REVIEW,
        SignalKind.PROMISE,
        SignalKind.REVIEW_WANTED,
        SignalKind.WILL_APPLY,
        SignalKind.APPLIED,
        SignalKind.CLAIMED,
        SignalKind.SATISFIED,
        SignalKind.COMMAND,
        SignalKind.HOLD,
    }
)
"""Of a reviewer who will act, wants others to, or has seen it through: the author need not answer."""
_COMMENT = r"(?:comments?|questions?|remarks?|concerns?|nits?|issues?|problems?|things?)"
_REFERS_BACK = Pattern(
    r"(?i)^\W*(?:and |also,? |nit: |\w+ly,? )?(?:ditto|likewise)\b|"
    r"\b(?:same|similar) (?:here|(?:applies|goes|holds)\b|as (?:above|before|in)|"
    rf"{_COMMENT}(?: as (?:above|before)| here)?\W*$|{_COMMENT} (?:as|here|applies|goes|for|in|on|with)\b)"
)
_NUDGES = Pattern(
    r"(?i)\b(?:ping|bump|nudge|reminder|friendly poke)\b|"
    r"\bany (?:\w+ )?(?:updates?|news|feedback|comments?|thoughts|progress|reviews?|chance)\b|"
    r"\b(?:haven't|have not|didn't|did not|wasn't|was not|hasn't|has not|no|without) (?:\w+ ){0,3}"
    r"(?:feedback|repl(?:y|ies)|response|comments?|answers?|reviews?)\b|"
    r"\b(?:could|can|would) (?:you|someone|somebody|anyone|anybody) (?:please )?(?:(?:have|take) a look|review|pick)\b"
)
_CONFIRMS = Pattern(
    r"(?i)\W*(?:(?:and|also|fwiw|yes|btw)\b[, ]*)*(?:i (?:also )?(?:see|have|had|hit|get|got|can confirm) )?"
    r"(?:exactly )?(?:the )?(?:exact )?same (?:\w+ )?(?:problem|issue|bug|symptoms?|crash|hang|failure)s? "
    r"(?:here )?(?:on|with) "
    r"(?!.*\b(?:this|your|these|patch(?:es|ed)?|series|v\d+|applied)\b(?! fix))"
)
_OTHER_PATCHES = Pattern(
    r"(?i)\b(?:make|do|send|prepare|submit|post|write) (?:an? )?similar (?:patch|series|fix|change)\b|"
    r"\breview (?:some |any |more )?other patches\b"
)
_WANTS = frozenset({SignalKind.WISH, SignalKind.DOUBT})
_OPEN_WISHES = frozenset({SignalKind.WISH, SignalKind.QUESTION, SignalKind.DOUBT})


def in_place(remark: Remark, reply: Reply) -> Remark:
    """A remark with what it wants of this author: what is asked in so many words outranks the model."""
    if SignalKind.NAK in remark.signals and SignalKind.NAK not in reply.signals:
        kept = tuple(kind for kind in remark.signals if kind != SignalKind.NAK)
        return structs.replace(remark, signals=kept, wants="", firm=False)  # "let's leave it as it is", of the patch
    said = set(remark.signals)
    judged = default_model().in_place(remark, posting=reply.to_posting)
    if remark.wants == "objection":
        return judged
    if remark.waives:
        return structs.replace(judged, chance=min(judged.chance, WEIGHTY - 1))
    if said == {SignalKind.WILL_REVIEW} and remark.words <= FEW_WORDS:
        return structs.replace(judged, wants="", firm=False)  # "please give us a few weeks"
    if said & EXPLICIT or (SignalKind.CONSENT in said and not reply.to_reviewer):
        return structs.replace(judged, wants="change", firm=True, chance=max(judged.chance, CERTAIN))
    if said & _OPEN_WISHES and (reply.to_posting or not reply.to_reviewer):  # among reviewers, opinions ask for little
        flaw = any(s.detail == "flaw" and s.text == remark.text for s in reply.message.signals)
        wish = flaw or SignalKind.WISH in said
        kind: RemarkKind = "change" if flaw else remark.wants or ("change" if wish else "question")
        return structs.replace(judged, wants=kind, chance=max(judged.chance, WEIGHTY))
    return judged


def is_for_author(reply: Reply, remark: Remark) -> bool:
    """False if it is said to somebody else by name, is a question to another reviewer, or asks for other patches."""
    if _OTHER_PATCHES.search(remark.text):
        return False
    names = addressees(remark.text)
    if names:
        return not reply.author_names.isdisjoint(names)
    if _is_asked_of_another(reply, remark):
        return False
    if is_for_group(remark.text) and not _demands_more(reply, remark):
        return False
    return not (reply.to_reviewer and not reply.to_posting and remark.wants == "question")


def _is_asked_of_another(reply: Reply, remark: Remark) -> bool:
    """True if another recipient is asked by name, as below "Hi Rex,"."""
    named = [ask.email for ask in reply.message.asks if ask.by_name and ask.text == remark.text]
    return bool(named) and not any(map(reply.is_authors, named))


def _demands_more(reply: Reply, remark: Remark) -> bool:
    """True if a remark demands something in another sentence than the one that is shown."""
    others = (s for s in reply.message.signals if s.kind in DEMANDS and s.text != remark.text)
    return not DEMANDS.isdisjoint(remark.signals) and any(others)


def asks_beside_tag(remark: Remark, reply: Reply) -> bool:
    """True for a demand or a question; a wish or doubt beside a tag, or a question to others, asks for nothing."""
    if SignalKind.QUESTION in remark.signals and DEMANDS.isdisjoint(remark.signals):
        questions = [s.text for s in reply.message.signals if s.kind == SignalKind.QUESTION]
        named = [addressees(text) for text in questions]
        return not all(names and reply.author_names.isdisjoint(names) for names in named)
    return not DEMANDS.isdisjoint(remark.signals)


def is_content(remark: Remark) -> bool:
    """True if it accepts what was said to it."""
    return SignalKind.SATISFIED in remark.signals or remark.words == 0 or remark.concedes != ""


def acts(remark: Remark) -> bool:
    """True if a reviewer acts themselves, wants others to, or is content; "I see.  It should be documented" is not."""
    return not NO_ANSWER_NEEDED.isdisjoint(remark.signals) and not _wants_more(remark)


def _wants_more(remark: Remark) -> bool:
    """True if a remark accepts an answer, and then wants something nevertheless.

    On eight lists, 106 versions of which that was said last were posted again, and four applied as they were.
    """
    said = remark.signals
    if NO_ANSWER_NEEDED.intersection(said) != {SignalKind.SATISFIED} or remark.wants == "":
        return False
    return not _WANTS.isdisjoint(said[said.index(SignalKind.SATISFIED) :])


def comes_back(point: Point, remark: Remark, reply: Reply) -> bool:
    """True if who asked for something says more below the author's answer, without being content or acting.

    Of 213 versions of which that was said on five lists in 2024, 205 were followed by another one.
    """
    answered = point.fate == Fate.ANSWERED and point.kind != PointKind.QUESTION
    content = remark.words == 0 or remark.waives or reply.endorses or acts(remark)
    return answered and not content and is_for_author(reply, remark)


def confirms_problem(remark: Remark, reply: Reply) -> bool:
    """True if somebody has the problem that the patch is for, too: "Same problem on the FP08"."""
    return reply.to_posting and not remark.below_diff and _CONFIRMS.match(remark.text) is not None


def nudges(remark: Remark) -> bool:
    """True if an author asks for news of their patch."""
    return remark.concedes == "" and _NUDGES.search(remark.text) is not None


def counts(remark: Remark, reply: Reply, least: int) -> bool:
    """False for a remark below so many percent, and for one of a reviewer who acts themselves; firm ones count."""
    if SignalKind.WILL_APPLY in reply.signals:
        return not DEMANDS.isdisjoint(remark.signals)
    return remark.firm or not (remark.chance < least or acts(remark))


def refers_back(remark: Remark) -> bool:
    """True for "same here": whatever becomes of what its sender asked for before becomes of this, too."""
    return remark.words <= FEW_WORDS and _REFERS_BACK.search(remark.text) is not None


def repeats(remark: Remark) -> bool:
    """True for what agrees with somebody else's point."""
    return remark.concedes != "" and remark.words <= FEW_WORDS
