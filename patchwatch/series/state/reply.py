"""A reply to a revision as the state machine reads it: who sent it, and what its sentences ask or settle.

Pure.  Who is an author, and which tag completes the review, the state machine knows (patchwatch.series.state.machine);
what a sentence means, patchwatch.mail.sentences.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass

from patchwatch.mail.message import EXISTS, INSTEAD, Message, Remark, Signal, SignalKind
from patchwatch.mail.remark_model import default_model
from patchwatch.mail.sentences.addressee import (
    is_about_follow_up,
    is_about_this_patch,
    names_next_version,
)
from patchwatch.mail.sentences.intentions import asks_to_apply, thinks_again
from patchwatch.pattern import Pattern
from patchwatch.series.committers import Committers, is_by_form, is_claim
from patchwatch.series.tag import is_endorsement

FEW_WORDS = 12  # a mail, or a remark, this short may only thank or agree
_ASKING = frozenset({SignalKind.CHANGES, SignalKind.QUESTION, SignalKind.NAK, SignalKind.CONDITION})
_MORE = frozenset(
    {SignalKind.CHANGES, SignalKind.QUESTION, SignalKind.APPLIED, SignalKind.CLAIMED, SignalKind.WILL_APPLY}
)
_WISHES = frozenset({SignalKind.WISH, SignalKind.DOUBT})
_WILL_ACT = frozenset({SignalKind.WILL_REVIEW, SignalKind.WILL_APPLY, SignalKind.REVIEW_WANTED})
_SHORT = 6  # words beside greetings and thanks: "FYI, I have now applied this."
_SHORT_TO_POSTING = 25  # of an answer to the patch itself: "Applied, thanks.  Welcome to the community!"
_A_WORD = 5  # a mail this short says one thing, and asks for nothing more

_AUTHOR_ACTS = (
    SignalKind.PROMISE,
    SignalKind.WITHDRAWN,
    SignalKind.UNAPPLIED,
    SignalKind.WILL_REVIEW,
    SignalKind.HOLD,
)
_UNAWARE = Pattern(
    r"(?i)\b(?:didn't|did not|hadn't|had not) (?:notice|see|seen|know|realize|realise|find|spot)\w*\b|"
    r"\b(?:was not|wasn't) aware\b|"
    r"\b(?:i|we|guess) (?:i |we )?should(?:'ve| have)? (?:always |better )?(?:check|look|search|grep)\w*\b|"
    r"\bi missed (?:that|it|this|these|your|his)\b"
)
_NAMES_PATCHES = Pattern(r"(?i)\b(?:this|the|these) (?:whole )?(?:patch(?:es|set| ?series)?|series)\b(?! from)")
_IGNORE = Pattern(
    r"(?i)\W*(?:(?:(?:i'm |i am )?(?:very |so )?sorry|oops|apologies|hi all|all|my mistake)\b[^.!?;]{0,60}?\W+)?"
    r"(?:so )?(?:(?:please|pls|kindly) )?(?:just )?"
    r"(?:ignore|disregard|scratch|discard|drop|skip|forget(?: about)?) (?:this|it|these)"
    r"(?: (?:one|patch(?:es)?|series|version|(?:e-?)?mail|message|thread|post(?:ing)?|submission|v\d+))?"
    r"(?:\W+(?:(?:please|thanks?|for now)\b.{0,20}|sorry\b.{0,40}|"
    r"(?:as|since|because|it|i|the|an?|this|v\d+)\b(?!.*\bif\b).*))?\W*"
)
_BARE = Pattern(
    r"(?i)\W*(?:(?:now|just|already)\s+)?(?:applied|committed|merged|picked|pushed|queued)(?: (?:out|up))?\W*"
)
_PROPOSES = Pattern(r"(?i)\byou (?:could|can|might|may|should|would (?:have|need) to)\b|\b(?:how|what) about\b")
_YES = Pattern(r"(?i)\W*(?:yes|yeah|yep|yup)\b")
_MY_TREE = Pattern(r"(?i)\bi(?:'m| am| won't| will)(?: be| not)* (?:applying|merging|picking|pulling|taking)\b")
_NAMES_TREE = Pattern(r"(?i)\b(?:to|into|in|on)\s+(?:the\s+)?\S*[/-]\S+")


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail that answers a revision, or a notice about it."""

    message: Message
    patch: int  # that it answers; 0: the cover, or the whole posting
    by_author: bool
    to_posting: bool  # it answers a mail of the posting itself
    to_reviewer: bool  # it answers somebody other than the author
    completes_review: bool  # with its tag every patch has a review
    author_names: Set[str]  # words of the authors' names, in lower case
    author_addresses: Set[str]
    signals: Mapping[SignalKind | str, Signal]  # the first signal of each kind
    by_committer: bool = False  # the sender applies patches of the list

    @property
    def sender(self) -> str:
        """The sender's address."""
        return self.message.author.email

    def is_authors(self, address: str) -> bool:
        """True if an address is, or may be, an author's."""
        local = re.findall(r"[a-z]{3,}", address.partition("@")[0])
        return address in self.author_addresses or not self.author_names.isdisjoint(local)

    @property
    def endorses(self) -> bool:
        """True if the sender gives a tag that speaks for the patch."""
        tags = self.message.trailers
        return bool(tags) and any(t.own and is_endorsement(t.name) for t in tags)

    @property
    def only_endorses(self) -> bool:
        """True if the sender gives a tag, and requests nothing more."""
        return self.endorses and not self.has(*_ASKING)

    @property
    def is_content(self) -> bool:
        """True if somebody who asks for nothing is content, has yet to look at it, or says not to post it again."""
        remarks = self.message.remarks
        brief = self.message.word_count <= FEW_WORDS
        agrees = brief and all(r.concedes == "agrees" and not _YES.match(r.text) for r in remarks)
        satisfied = self.is_satisfied and (len(remarks) == 1 or SignalKind.SATISFIED not in self.signals)
        content = agrees or self.endorses or satisfied or self.will_act or any(r.waives for r in remarks)
        return content and self.condition is None and not any(map(self._asks_in, remarks))

    def _asks_in(self, remark: Remark) -> bool:
        """True if a remark wants something; beside a tag, wishes and doubts want nothing."""
        if remark.signals and _WILL_ACT.issuperset(remark.signals):
            return False
        if not _ASKING.isdisjoint(remark.signals) or SignalKind.CONSENT in remark.signals:
            return remark.wants != ""
        wants = default_model().in_place(remark, posting=self.to_posting).wants != ""
        return not self.endorses and (wants or not _WISHES.isdisjoint(remark.signals))

    @property
    def will_act(self) -> bool:
        """True if somebody will look at the patch or apply it, or wants others to review it."""
        return not _WILL_ACT.isdisjoint(self.signals)

    @property
    def obsoletes(self) -> Signal | None:
        """The sentence that makes the patch obsolete, if somebody says that there is another one.

        Either who may apply patches took that one, or this is all that an answer to the posting says.
        """
        said = None if self.by_author else self.signals.get(SignalKind.ELSEWHERE)
        if said is None or said.detail == INSTEAD:
            return said
        more = self.endorses or not _MORE.isdisjoint(signal.kind for signal in self.message.signals)
        return said if said.detail == EXISTS and self.to_posting and not more else None

    @property
    def condition(self) -> Signal | None:
        """The sentence that makes its tags depend on a change."""
        return self.signals.get(SignalKind.CONDITION)

    @property
    def is_satisfied(self) -> bool:
        """True if somebody who asks nothing endorses, agrees, or only thanks."""
        return self.endorses or SignalKind.SATISFIED in self.signals or self.message.is_courtesy

    @property
    def refusal(self) -> Signal | None:
        """The sentence that refuses the patch; "let's drop it" below a line of a diff drops only that."""
        nak = self.signals.get(SignalKind.NAK)
        if (
            nak
            and nak.detail == "drop"
            and any(r.below_diff and SignalKind.NAK in r.signals for r in self.message.remarks)
        ):
            return None
        return nak

    @property
    def relents(self) -> bool:
        """True if somebody takes back what they said before, is content, gives their tag, or asks for changes."""
        gives_in = self.endorses or self.has(SignalKind.CHANGES, SignalKind.SATISFIED)
        return gives_in or any(remark.retracts for remark in self.message.remarks)

    @property
    def discusses(self) -> bool:
        """True if somebody says what they would like instead, or asks something."""
        proposes = any(_PROPOSES.search(remark.text) for remark in self.message.remarks)
        return proposes or self.has(SignalKind.WISH, SignalKind.QUESTION)

    @property
    def hand_back(self) -> str:
        """The sentence with which an author who promises nothing wants the patch applied as it is; empty: none."""
        if not self.by_author or SignalKind.PROMISE in self.signals:
            return ""
        questions = (s.text for s in self.message.signals if s.kind == SignalKind.QUESTION)
        return next(filter(asks_to_apply, (*(r.text for r in self.message.remarks), *questions)), "")

    @property
    def entrusted(self) -> str:
        """The sentence with which an author leaves a change to whoever applies the patch; empty: none."""
        remarks = self.message.remarks if self.by_author and not self.has(SignalKind.PROMISE) else ()
        return next((r.text for r in remarks if SignalKind.ENTRUSTED in r.signals), "")

    @property
    def spares_version(self) -> str:
        """The sentence that says that no other version need be posted; empty: none."""
        return next((r.text for r in self.message.remarks if SignalKind.SPARES in r.signals), "")

    @property
    def thinks_again(self) -> str:
        """The sentence with which an author goes back on what they just said, and promises nothing; empty: none."""
        first = self.message.remarks[0].text if self.by_author and self.message.remarks else ""
        return first if thinks_again(first) and not self.has(SignalKind.PROMISE) else ""

    @property
    def calls_own_report_false(self) -> str:
        """The sentence that declares a report false, if its sender may be the bot's owner; empty: none."""
        return next((r.text for r in self.message.remarks if SignalKind.FALSE_REPORT in r.signals), "")

    @property
    def asks(self) -> bool:
        """True if the mail asks a question."""
        return SignalKind.QUESTION in self.signals

    @property
    def insists_on_nothing(self) -> bool:
        """True for a word or two ("Even easier then. Thanks!"), or "I didn't see that", without a question."""
        short = self.message.word_count <= _A_WORD or _UNAWARE.search(self.message.excerpt) is not None
        return short and not self.has(SignalKind.QUESTION, SignalKind.PROMISE)

    def has(self, *kinds: SignalKind) -> bool:
        """True if the mail has a signal of one of these kinds."""
        return not self.signals.keys().isdisjoint(kinds)

    def rework_promise(self, *, rejected: bool = False) -> Signal | None:
        """A promise to change this patch; after a NAK only a promise of a new version counts."""
        promises = [s for s in self.message.signals if s.kind == SignalKind.PROMISE and is_about_this_patch(s.text)]
        return next((s for s in promises if not rejected or names_next_version(s.text)), None)

    def withdrawal(self) -> Signal | None:
        """The sentence with which an author withdraws: "I'm dropping this series" too, since they have no tree."""
        dropped = self.signals.get(SignalKind.UNAPPLIED)
        if dropped and _NAMES_PATCHES.search(dropped.text):
            return dropped
        if withdrawn := self.signals.get(SignalKind.WITHDRAWN):
            return withdrawn
        ignored = (remark.text for remark in self.message.remarks[:1] if self.to_posting and not remark.below_diff)
        return next((Signal(SignalKind.WITHDRAWN, text) for text in ignored if _IGNORE.fullmatch(text)), None)

    def author_acts(self) -> Signal | None:
        """The sentence with which an author takes it upon themselves to act next, on this patch."""
        return next((s for kind in _AUTHOR_ACTS for s in self.message.signals if s.kind == kind and _is_now(s)), None)


def _is_now(signal: Signal) -> bool:
    """False for "will do that in a follow-up", or from now on: the patch itself stays with the reviewers."""
    return signal.kind not in (SignalKind.PROMISE, SignalKind.WILL_REVIEW) or not is_about_follow_up(signal.text)


def signals_by_kind(
    message: Message,
    committers: Committers,
    lists: Collection[str],
    *,
    to_posting: bool,
    to_reviewer: bool = False,
    by_anybody: bool = False,
) -> dict[SignalKind | str, Signal]:
    """The first signal of each kind; what only a committer can mean is left out if it is known who they are.

    `to_posting`: it answers a mail of the posting itself; `to_reviewer`: somebody else's than the author's;
    `by_anybody`: it is not known who may apply, whatever the lists are.
    """
    # "Let's leave it as it is", beside a tag or to advice, is said of the patch.
    of_advice = to_reviewer or any(t.own and is_endorsement(t.name) for t in message.trailers)
    kept = [s for s in message.signals if not (of_advice and s.kind == SignalKind.NAK and s.detail == "left")]
    signals: dict[SignalKind | str, Signal] = {s.kind: s for s in reversed(kept)}
    refused = signals.get(SignalKind.NAK)
    of_a_tree = refused and not by_anybody and committers.known(lists) and _MY_TREE.search(refused.text)
    if of_a_tree and not committers.includes(message.author, lists):
        signals.pop(SignalKind.NAK)  # "I won't be taking this, it is for Mia."
    if not is_claim(message):
        return signals
    if committers.includes(message.author, lists):
        if claimed := signals.get(SignalKind.CLAIMED):
            signals.setdefault(SignalKind.APPLIED, Signal(SignalKind.APPLIED, claimed.text, claimed.detail))
    elif committers.known(lists) and not by_anybody:
        signals.pop(SignalKind.HOLD, None)
        if not committers.may_apply(message.author, lists):
            signals.pop(SignalKind.WILL_APPLY, None)
            if elsewhere := signals.get(SignalKind.ELSEWHERE):
                detail = EXISTS if elsewhere.detail else ""
                signals[SignalKind.ELSEWHERE] = Signal(SignalKind.ELSEWHERE, elsewhere.text, detail)
            applied = signals.get(SignalKind.APPLIED)
            if applied and not is_by_form(message) and not _says_only_that(message, applied, to_posting=to_posting):
                signals.pop(SignalKind.APPLIED)
    return signals


def _says_only_that(message: Message, applied: Signal, *, to_posting: bool) -> bool:
    """True for a mail that says "Applied, thanks" and little else: people of other trees apply patches, too.

    Of 59 such mails on five lists by people who hardly ever applied anything there, one was about something else.  A
    bare "applied" is no such mail.  Of 25 somewhat longer ones on eight lists that answer the patch itself, 2 were
    followed by another version.
    """
    thanks = "thank" in applied.text.lower()
    if message.word_count <= _SHORT:
        return thanks or _BARE.fullmatch(applied.text) is None
    asks = any(signal.kind in _ASKING for signal in message.signals)
    return thanks and to_posting and not asks and message.word_count <= _SHORT_TO_POSTING


def answers_yes(applied: Signal) -> bool:
    """True for "Yes, it has been merged": whatever the reviewer asked about."""
    return _YES.match(applied.text) is not None


def names_branch(applied: Signal) -> bool:
    """True for "pushed to for-next": advice goes to no branch."""
    return _NAMES_TREE.search(applied.text) is not None


def is_for_advice(reply: Reply, applied: Signal, *, asked: bool) -> bool:
    """True for an author's "applied, thanks" to advice, or "yes, it has been merged" to a question.

    Their own patch they list, or they name a tree, or answer it when nothing is asked of them (`asked`).
    """
    if reply.to_reviewer and answers_yes(applied):
        return True
    listed = reply.message.accepted is not None or names_branch(applied)
    return (reply.to_reviewer or asked) and not listed
