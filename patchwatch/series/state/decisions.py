"""What a person's reply decides about a revision: each rule is a function that returns True if the reply is its case.

Pure.  Modules in patchwatch.mail.sentences decide what a sentence means, patchwatch.series.state.reply what it means in
a reply.  What is not decided follows from the points (patchwatch.series.state.judgment).
"""

from __future__ import annotations

from patchwatch.mail.message import Signal, SignalKind
from patchwatch.mail.sentences.addressee import names_next_version
from patchwatch.pattern import Pattern
from patchwatch.series.points import Fate, PointKind
from patchwatch.series.state.commands import COMMANDS
from patchwatch.series.state.progress import Progress
from patchwatch.series.state.reply import Reply, answers_yes, is_for_advice, names_branch
from patchwatch.series.state.types import reason_of
from patchwatch.series.state.withdrawal import disputed, reinstates, will_post_again, withdrawn_patches
from patchwatch.series.stated_relations import successors_in
from patchwatch.series.states import State, Turn

_FINAL = (State.MAINLINED, State.REJECTED, State.NOT_APPLICABLE)
_SEVERAL = Pattern(r"(?i)\b(?:these|them|both|all|series|patches|everything)\b")  # "I dropped these."
_STOP = Pattern(r"(?i)\b(?:please|pls) (?:stop|do not|don't)\b|\bdrop (?:this|it|these|the (?:patch|series))\b")
_FOR_GOOD = Pattern(r"(?i)\bdropp(?:ed|ing)\b(?!.*\b(?:again|for (?:now|the moment|this)|meantime|till|until|while)\b)")
_IF = Pattern(r"(?i)\W*if\b")
_ON_TOP = Pattern(r"(?i)\b(?:an?|another|follow-?up|separate|incremental) (?:\w+ )?(?:patch|fix)\b")


def decide(known: Progress, reply: Reply) -> bool:
    """Note what a person's reply decides, and return whether it decides anything; the first rule that fits counts."""
    for rule in _RULES:  # noqa: SIM110 (a generator costs a call for each rule)
        if rule(known, reply):
            return True
    return False


def _command(known: Progress, reply: Reply) -> bool:
    command = reply.signals.get(SignalKind.COMMAND)
    state = COMMANDS.get(command.detail) if command else None
    if command is None or state is None:
        return command is not None
    if state == State.NOT_APPLICABLE and reply.endorses:
        return False  # in the patchwork of the list that its sender reviews for
    if state in (State.NEW, State.UNDER_REVIEW, State.CHANGES_REQUESTED):
        known.reopen()
        known.review.ledger.close_all(Fate.SETTLED, reply.message)
        known.review.spoke = reason_of(reply.message, command.text, command.kind)
        if state == State.CHANGES_REQUESTED:
            known.review.ledger.demand_of(reply, PointKind.CHANGE, command.text)
    else:
        known.decide(state, reply, command)
    return True


def _applied(known: Progress, reply: Reply) -> bool:
    applied, merged = reply.signals.get(SignalKind.APPLIED), reply.signals.get(SignalKind.MAINLINED)
    if applied and not _is_about_another(known, reply, applied):
        known.apply(reply, applied, State.ACCEPTED)
        return True
    about_another = reply.by_author and reply.to_reviewer and merged is not None and answers_yes(merged)
    if merged and not about_another and known.review.decision not in _FINAL:
        known.apply(reply, merged, State.MAINLINED)
        return True
    return False


def _is_about_another(known: Progress, reply: Reply, applied: Signal) -> bool:
    """True for "applied, thanks" to advice, from an author, and "yes, these are in linux-next" to a question.

    A committer applies their own patch once it has its reviews, whatever they promised: on nine lists, they meant that
    ten times, and twice advice of the four times that reviews were missing.
    """
    if not reply.by_author:
        asked = not (reply.to_posting or reply.by_committer) and known.has_committers
        return asked and answers_yes(applied)
    if reply.by_committer:
        listed = reply.message.accepted is not None or names_branch(applied)
        waits = known.review.complete is None and known.judgment.turn == Turn.AUTHOR
        return waits and reply.to_reviewer and not listed
    return is_for_advice(reply, applied, asked=known.judgment.turn == Turn.AUTHOR)


def _dropped(known: Progress, reply: Reply) -> bool:
    dropped = reply.signals.get(SignalKind.UNAPPLIED)
    if not dropped or known.review.decision in _FINAL or (reply.by_author and not _applies_their_own(known, reply)):
        return False
    if known.review.decision == State.ACCEPTED and known.applied.is_one_of_several(reply, dropped):
        return True  # the others are still applied
    if reply.by_author and _gives_up_one(known, reply, dropped):
        known.withdraw({reply.patch})
        known.finish(State.ACCEPTED, reply, dropped)
        return True
    known.reopen(0 if _SEVERAL.search(dropped.text) else reply.patch)
    known.review.ledger.demand_of(reply, PointKind.DROPPED, dropped.text)
    return True


def _asked_again(known: Progress, reply: Reply) -> bool:
    """After it was applied, somebody asks for another version, or its author promises one.

    "Please resubmit the entire patchset.": on eight lists, five of seven such series were posted again.  "Please send a
    patch" is about one on top of it.  "I'll send a v2 with that.": on nine lists, three of four.
    """
    if known.review.decision != State.ACCEPTED:
        return False
    asked = reply.rework_promise(rejected=True) if reply.by_author else reply.signals.get(SignalKind.CHANGES)
    if asked is None or _ON_TOP.search(asked.text) or not (reply.by_author or asked.detail == "version"):
        return False
    known.reopen(reply.patch)
    return True


def _applies_their_own(known: Progress, reply: Reply) -> bool:
    """True for a committer who reported before that this was applied: what they drop leaves a tree."""
    return reply.by_committer and (known.review.decision == State.ACCEPTED or bool(known.applied.partly))


def _gives_up_one(known: Progress, reply: Reply, dropped: Signal) -> bool:
    """True if an author drops the last patch that is not in a tree, or one of those that are: nothing is left to do.

    "This one broke the build, so I'm dropping it", in answer to one patch of several.  What they drop for now, or say
    that they will post again, is not given up.
    """
    if reply.patch == 0 or known.applied.count == 1 or _SEVERAL.search(dropped.text):
        return False
    others_left = known.applied.left({reply.patch, *known.seen.withdrawn})
    if known.review.decision != State.ACCEPTED and others_left:
        return False
    return _FOR_GOOD.search(dropped.text) is not None and not will_post_again(reply.message, dropped)


def _successor(known: Progress, reply: Reply) -> bool:
    """Another posting supersedes this one; if that is known, they are two versions."""
    successors = successors_in(reply.message, by_author=reply.by_author, about_all=known.is_about_all(reply))
    successor = next(successors, None)
    if successor is None or known.is_closed:
        return False
    known.decide(State.NOT_APPLICABLE, reply, Signal(SignalKind.WITHDRAWN, successor.text))
    return True


def _reinstatement(known: Progress, reply: Reply) -> bool:
    if not reinstates(reply, known.review):
        return False
    known.review.spoke = known.review.spoke or disputed(known.review)
    known.reopen()
    known.seen.withdrawn = ()
    return True


def _withdrawal(known: Progress, reply: Reply) -> bool:
    if not reply.by_author or known.is_closed or not (withdrawal := reply.withdrawal()):
        return False
    patches = withdrawn_patches(withdrawal, reply.patch, known.applied.count)
    known.withdraw({reply.patch} if patches is None else patches)
    if patches is None or len(known.seen.withdrawn) >= known.applied.count:
        again = will_post_again(reply.message, withdrawal)
        known.decide(State.DEFERRED if again else State.NOT_APPLICABLE, reply, withdrawal)
    elif known.applied.numbers and not known.applied.left(set(known.seen.withdrawn)):
        known.finish(State.ACCEPTED, reply, withdrawal)  # the others were applied before
    return patches is None or bool(patches)


def _obsolete(known: Progress, reply: Reply) -> bool:
    """There is another patch that does the same, or the author accepts that there is, or that nothing is wrong."""
    another = reply.obsoletes if known.is_about_all(reply) else None
    reason = known.seen.obsolete if reply.by_author and reply.insists_on_nothing else another
    if known.is_closed or not reason:
        return False
    known.decide(State.NOT_APPLICABLE, reply, reason)
    return True


def _rework(known: Progress, reply: Reply) -> bool:
    """After a NAK, the author says that they will send another version."""
    if not (reply.by_author and reply.to_reviewer and known.review.decision == State.REJECTED):
        return False
    if promise := reply.rework_promise(rejected=True):
        known.reopen()
        known.review.promise = reason_of(reply.message, promise.text, promise.kind)
    return promise is not None


def _revival(known: Progress, reply: Reply) -> bool:
    """Who gave a NAK takes it back, is content, gives their tag, or discusses what to do instead."""
    refused = known.review.decided
    theirs = known.review.decision == State.REJECTED and refused is not None and refused.by.email == reply.sender
    if not theirs or refused is None or reply.has(SignalKind.NAK) or not (reply.relents or reply.discusses):
        return False
    known.reopen()
    if not reply.relents:
        known.review.ledger.demand_of(reply, PointKind.OBJECTION, refused.text)
    return True


def _nak(known: Progress, reply: Reply) -> bool:
    nak = reply.refusal
    if not nak or reply.by_author or known.is_closed or not known.is_about_all(reply):
        return False
    asked = reply.signals.get(SignalKind.CHANGES)
    if asked and not _STOP.search(asked.text):
        return False  # "NAK. Please use the helper": of five such versions, four were posted again
    known.decide(State.REJECTED, reply, nak)
    return True


def _deferral(known: Progress, reply: Reply) -> bool:
    """Somebody puts it off, or its author says when they will post it again; "if so, I'll resend it" does not."""
    deferral = reply.signals.get(SignalKind.DEFERRED)
    if not deferral or known.is_closed:
        return False
    if reply.by_author and (_IF.match(deferral.text) or not names_next_version(deferral.text)):
        return False
    known.decide(State.DEFERRED, reply, deferral)
    return True


_RULES = (
    _command,
    _applied,
    _dropped,
    _asked_again,
    _successor,
    _reinstatement,
    _withdrawal,
    _obsolete,
    _rework,
    _revival,
    _nak,
    _deferral,
)
