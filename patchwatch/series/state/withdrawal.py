"""What an author withdraws: the posting or some of its patches, whether they will post it again, or take that back.

Pure.  "Please ignore the patch 1/3 above" withdraws one patch, wherever it is said; "please ignore, I'll resend" puts
the posting off.
"""

from __future__ import annotations

from patchwatch.mail.message import Message, Signal, SignalKind
from patchwatch.pattern import Pattern
from patchwatch.series.patch_numbers import parse_patches
from patchwatch.series.state.judgment import Review
from patchwatch.series.state.reply import Reply
from patchwatch.series.state.types import Reason
from patchwatch.series.states import State

_NUMBERED = Pattern(r"(?i)\bpatch(?:es)?(?: nos?\.?| numbers?)? #?(\d[\d/, &#-]{0,40}(?:\band\b[\d/, &#-]{1,20})?)")
_COUNTED = Pattern(r"(\d{1,4})/\d{1,4}")
_ONE = Pattern(r"(?i)\b(?:this|that|the|my) patch\b(?!-?\s?(?:set|series))")
_AGAIN = Pattern(
    r"(?i)\b(?:(?:will|shall|let me|going to)(?! not\b)|i'll|we'll|i'm|i am)\b[^.;]{0,60}?\b(?:"
    r"re-?(?:send|post|submit|spin|roll)(?:ing)?\b|(?:send|post|submit)(?:ing)?\b[^.;]{0,60}?"
    r"\b(?:again|v\d+|(?:new|next|another|fixed|corrected|updated|proper) "
    r"(?:version|one|series|patch\w*|revision|set)))|"
    r"\b(?:new|next|fixed|corrected|updated|revised|reworked|proper) (?:version|series|revision|patch\w*|one) "
    r"(?:(?:will|to) follow|will be (?:sent|posted)|is coming|follows|coming|soon|shortly)"
)

_SERIES = Pattern(
    r"(?i)\b(?:abandon|discard|drop|forget about|give up on|ignore|retract|scrap|withdraw)(?:ing)? "
    r"(?:all of )?(?:my|the|this|that)(?: (?!from\b|in\b|of\b)\w+){0,2} (?:patch[ -]?)?(?:series|set)\b"
)

_WITHDRAWALS = (SignalKind.WITHDRAWN, SignalKind.UNAPPLIED)


def withdrawn_patches(withdrawal: Signal, patch: int, count: int) -> set[int] | None:
    """The numbers of the patches that a sentence in reply to `patch` of `count` withdraws; None: all of them."""
    if count <= 1 or _SERIES.search(withdrawal.text):
        return None
    if named := _NUMBERED.search(withdrawal.text):
        return parse_patches(_COUNTED.sub(r"\1", named[1]), count)
    if patch == 0:
        # Below a cover letter, "this patch" is one that they speak of, not the series.
        return set() if _ONE.search(withdrawal.text) else None
    return {patch}


def will_post_again(message: Message, withdrawal: Signal) -> bool:
    """True if the author says, in the mail that withdraws, that they will post it again."""
    kinds = (SignalKind.WITHDRAWN, SignalKind.PROMISE, SignalKind.UNAPPLIED)
    said = (signal.text for signal in message.signals if signal.kind in kinds)
    return any(_AGAIN.search(text) for text in (withdrawal.text, *said))


def reinstates(reply: Reply, review: Review) -> bool:
    """True if the author says that a posting is needed after all: they withdrew it, or somebody named another one."""
    decided = review.decided
    if not reply.by_author or review.decision not in (State.NOT_APPLICABLE, State.DEFERRED) or decided is None:
        return False
    if decided.kind == SignalKind.ELSEWHERE:
        return reply.message.parent == decided.message_id and _disagrees(reply)
    return decided.kind in _WITHDRAWALS and reply.has(SignalKind.REINSTATED)


def disputed(review: Review) -> Reason | None:
    """The mail that named another patch, if that decided the matter so far."""
    decided = review.decided
    return decided if decided and decided.kind == SignalKind.ELSEWHERE else None


def _disagrees(reply: Reply) -> bool:
    """True for an answer that neither gives in nor withdraws the patch."""
    gives_in = reply.insists_on_nothing or reply.withdrawal() or all(r.concedes for r in reply.message.remarks)
    return not gives_in
