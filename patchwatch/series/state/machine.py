"""Where a revision stands by its own mails: its state, whose turn it is, and how it came to that.

Pure.  The follow-ups are heard in the order of their dates; each can change the state (patchwork's words, DESIGN §2)
and pass the turn on, as Gerrit's attention set does.  What a sentence means is read in patchwatch.mail (signals,
opinions, applying, addressed); docs/how-it-decides.md has the table of it all.  What is known beyond the mails, and
what people decided, is weighed in patchwatch.series.state.status.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from patchwatch.mail.message import Message, Person, Signal, SignalKind
from patchwatch.mail.sentences.addressee import addressees, is_about_follow_up, is_about_this_patch, names_next_version
from patchwatch.series.revision import FollowUp, Revision
from patchwatch.series.states import CLOSED, NOBODYS_TURN, ReasonKind, State, Turn
from patchwatch.series.tags import (
    Tag,
    authors_of,
    completing_tag,
    is_endorsement,
    message_of,
    reviewed_patches,
    tags_of,
)

# Said by the author: nobody else can move.
_HIS_MOVE = (SignalKind.PROMISE, SignalKind.WITHDRAWN, SignalKind.UNAPPLIED, SignalKind.WILL_REVIEW)
# Said by a reviewer: he will move himself, or others should.
_NOT_HIS = (SignalKind.WILL_REVIEW, SignalKind.PROMISE, SignalKind.REVIEW_WANTED)
_ASKING = (SignalKind.NAK, SignalKind.CHANGES, SignalKind.QUESTION, SignalKind.WISH, SignalKind.DOUBT)
_ASKING_WITH_TAG = _ASKING[:3]  # what is remarked beside a tag asks for nothing
_FEW_WORDS = 12
_A_WORD = 5
_FINAL = (State.MAINLINED, State.REJECTED, State.NOT_APPLICABLE)
_UNAWARE = re.compile(
    r"(?i)\b(?:didn't|did not|hadn't|had not) (?:notice|see|seen|know|realize|realise|find|spot)\w*\b|"
    r"\b(?:was not|wasn't) aware\b|\bi missed (?:that|it|this|these|your|his)\b"
)
_NAMES_PATCHES = re.compile(r"(?i)\b(?:this|the|these) (?:whole )?(?:patch(?:es|set| ?series)?|series)\b(?! from)")
_ALL = re.compile(r"(?i)\b(?:series|all|both|everything|these|them|patches|patch ?set)\b")

# netdev's bot (Documentation/process/maintainer-netdev.rst, "Changing patch status") and patchwork's state names.
_COMMANDS = {
    "new": State.NEW,
    "under-review": State.UNDER_REVIEW,
    "under review": State.UNDER_REVIEW,
    "cr": State.CHANGES_REQUESTED,
    "changes-requested": State.CHANGES_REQUESTED,
    "changes requested": State.CHANGES_REQUESTED,
    "accept": State.ACCEPTED,
    "accepted": State.ACCEPTED,
    "reject": State.REJECTED,
    "rejected": State.REJECTED,
    "defer": State.DEFERRED,
    "deferred": State.DEFERRED,
    "awaiting-upstream": State.AWAITING_UPSTREAM,
    "awaiting upstream": State.AWAITING_UPSTREAM,
    "au": State.AWAITING_UPSTREAM,
    "not-applicable": State.NOT_APPLICABLE,
    "not applicable": State.NOT_APPLICABLE,
    "na": State.NOT_APPLICABLE,
    "needs-ack": State.UNDER_REVIEW,
    "superseded": State.SUPERSEDED,
    "rfc": State.UNDER_REVIEW,
    "mainlined": State.MAINLINED,
}

NOBODY = Person("", "")


@dataclass(frozen=True, slots=True)
class Reason:
    """A mail (or commit), its date and the words in it that made us say something.

    `kind` is what was done with them: one of patchwatch.mail.sentences.signals or patchwatch.series.states; empty where
    it is not known.
    """

    message_id: str
    text: str
    date: int
    by_hand: bool = False
    commit: str = ""
    kind: str = ""
    by: Person = NOBODY


@dataclass(frozen=True, slots=True)
class StateChange:
    """A mail that changed state or turn, and what they were after it."""

    reason: Reason
    state: State
    turn: Turn


@dataclass(frozen=True, slots=True)
class RevisionState:
    """Where a revision stands, by its own mails alone."""

    state: State
    reason: Reason | None
    turn: Turn
    turn_since: int
    turn_reason: Reason
    tags: tuple[Tag, ...]
    reviewed: int  # patches with a review
    partly: str = ""  # which patches were applied, where not all were
    partly_reason: Reason | None = None  # who said so last
    steps: tuple[StateChange, ...] = ()  # how it came to that
    owed: tuple[Reason, ...] = ()  # in the author's turn: what he was asked, or promised, since it is his


def revision_state(revision: Revision) -> RevisionState:
    """Where a revision stands by its own mails, told in the order of their dates."""
    tags = tags_of(revision)
    authors = authors_of(revision)
    last = completing_tag(revision, tags)
    completion = _reason(message_of(revision, last), f"{last.name}: {last.value}", ReasonKind.TAGGED) if last else None
    story = _StateMachine(revision, completion)
    for follow_up in revision.follow_ups:
        sender = follow_up.message.author
        story.hear(follow_up, by_author=authors.include(sender.name, sender.email))
    return RevisionState(
        state=story.state,
        reason=story.reason,
        turn=story.turn,
        turn_since=story.turn_reason.date,
        turn_reason=story.turn_reason,
        tags=tags,
        reviewed=reviewed_patches(revision, tags),
        partly=story.partly,
        partly_reason=story.partly_reason,
        steps=tuple(story.steps),
        owed=tuple(story.owed),
    )


class _StateMachine:
    """The state as it changes, mail by mail."""

    def __init__(self, revision: Revision, completion: Reason | None) -> None:
        """`completion` is the mail with which every patch has its tag, if there is one."""
        root = revision.root
        self.whole = max(revision.expected, len(revision.patches))
        self.completion = completion
        own = {m.message_id for m in revision.own_messages}
        self._own = own
        self.rfc = revision.rfc
        self.reviewed = completion is not None and completion.message_id in own
        self.state = State.REVIEWED if self.reviewed else State.NEW
        self.reason = completion if self.reviewed else None
        self.turn = Turn.MAINTAINER if self.reviewed else Turn.REVIEWERS
        self.turn_reason = Reason(root.message_id, root.subject, root.date, kind=ReasonKind.POSTED, by=root.author)
        self.owed: list[Reason] = []
        self.partly = ""
        self.partly_reason: Reason | None = None
        self._names = {word for m in revision.own_messages for word in re.findall(r"\w+", m.author.name.lower())}
        self._promised_only = False  # nobody asked for changes in so many words: the author said that he will make them
        self._elsewhere: Signal | None = None  # somebody said that it is not needed
        self._arguable = False  # changes are requested by wishes only, which the author may answer
        self._wisher = ""  # who wished
        self._others: set[str] = set()  # mails of people other than the author
        self._answers_reviewer = False  # the mail at hand answers one of them
        self._promised = False  # the author said that he will move
        self._coming = False  # … that a next version will come
        self._asking: set[str] = set()  # who asked for changes and was not heard to be content since
        self._open: set[str] = set()  # who asked or doubted since the author's last answer
        self._withdrawn: set[int] = set()  # patches that the author took back one by one
        self.steps = [StateChange(self.turn_reason, self.state, self.turn)]

    def _rework(self, message: Message) -> Signal | None:
        """What an author says that he will change in this very patch: then changes were asked for, whatever the words.

        After a NAK only a next version counts.
        """
        return next(
            (
                s
                for s in message.signals
                if s.kind == SignalKind.PROMISE
                and is_about_this_patch(s.text)
                and (self.state != State.REJECTED or names_next_version(s.text))
            ),
            None,
        )

    @property
    def _may_rework(self) -> bool:
        """Whether an author who says now that he will change it was told to."""
        return self._answers_reviewer and (not self.closed or self.state == State.REJECTED)

    @property
    def closed(self) -> bool:
        return self.state in CLOSED or self.state in (State.DEFERRED, State.AWAITING_UPSTREAM)

    def hear(self, follow_up: FollowUp, *, by_author: bool) -> None:
        """Take in one more mail, and note the step if it moved anything."""
        if not by_author and not follow_up.message.bot and not follow_up.notice:
            self._others.add(follow_up.message.message_id)
        self._answers_reviewer = follow_up.message.parent in self._others
        before = (self.state, self.turn, self.partly)
        self._take_in(follow_up, by_author=by_author)
        if (self.state, self.turn, self.partly) != before:
            said = self.reason if self.state != before[0] else self.turn_reason
            if said is None or said.message_id != follow_up.message.message_id:
                said = _reason(follow_up.message)
            self.steps.append(StateChange(said, self.state, self.turn))

    def _take_in(self, follow_up: FollowUp, *, by_author: bool) -> None:
        message, whole = follow_up.message, self.whole
        complete = self.completion is not None and self.completion.message_id == message.message_id
        spoken = {s.kind: s for s in reversed(message.signals)}
        if message.bot or follow_up.notice:
            self._hear_robot(follow_up, spoken)
            return
        if command := spoken.get(SignalKind.COMMAND):
            state = _COMMANDS.get(command.detail)
            if state:
                self._become(state, message, command)
        elif (applied := spoken.get(SignalKind.APPLIED)) and not (by_author and _only_taken_as_advice(applied)):
            self._apply(follow_up, applied)
        elif (merged := spoken.get(SignalKind.MAINLINED)) and self.state not in _FINAL:
            self._apply(follow_up, merged, State.MAINLINED)
        elif (undone := spoken.get(SignalKind.UNAPPLIED)) and self.state not in _FINAL and not by_author:
            self.partly = ""
            self._become(State.CHANGES_REQUESTED, message, undone)
        elif by_author and not self.closed and (withdrawn := _taken_back(spoken)):
            self._withdraw(follow_up, withdrawn)
        elif by_author and self._elsewhere and not self.closed and _says_no_more(message):
            self._become(State.NOT_APPLICABLE, message, self._elsewhere)
        elif by_author and self._may_rework and (promise := self._rework(message)):
            self._promised_only = not self._asking
            self._arguable = False
            if self.state != State.CHANGES_REQUESTED:
                self._become(State.CHANGES_REQUESTED, message, promise)
        elif message.author.email == self._wisher and self._arguable and SignalKind.SATISFIED in spoken:
            self._arguable = False
            self.state, self.reason = (
                State.UNDER_REVIEW,
                _reason(message, spoken[SignalKind.SATISFIED].text, SignalKind.SATISFIED),
            )
        elif by_author and self._arguable and self.state == State.CHANGES_REQUESTED and not _concedes(message, spoken):
            self._arguable = False
            self.state, self.reason = State.UNDER_REVIEW, _reason(message)
        elif (nak := spoken.get(SignalKind.NAK)) and not by_author and not self.closed:
            self._become(
                State.REJECTED if follow_up.patch == 0 or whole == 1 else State.CHANGES_REQUESTED, message, nak
            )
            self._asking.add(message.author.email)
        elif (deferred := spoken.get(SignalKind.DEFERRED)) and not by_author and not self.closed:
            self._become(State.DEFERRED, message, deferred)
        elif message.author.email in self._asking and _content_with(message):
            self._content(message)
        elif not by_author and not self.closed:
            self._review(message, whole=follow_up.patch == 0 or whole == 1)
        if complete:
            self.reviewed = True
            if self.state in (State.NEW, State.UNDER_REVIEW) or (
                self.state == State.CHANGES_REQUESTED and self._promised_only
            ):
                self.state, self.reason = State.REVIEWED, self.completion
        if self.state not in NOBODYS_TURN:
            self._pass_turn(follow_up, spoken, by_author=by_author, complete=complete)

    def _review(self, message: Message, *, whole: bool) -> None:
        """`whole`: it is said of the whole posting, and not of one patch of several."""
        self._elsewhere = next((s for s in message.signals if whole and s.kind == SignalKind.ELSEWHERE), None)
        asked = None if _endorses(message) else self._asked_of_author(message)
        wished = None if asked or _endorses(message) else self._wished_of_author(message)
        if asked:
            self._asking.add(message.author.email)
            self._arguable = False
            if self.state != State.CHANGES_REQUESTED:
                self._become(State.CHANGES_REQUESTED, message, asked)
        elif wished and self.state in (State.NEW, State.UNDER_REVIEW):
            self._arguable, self._wisher = True, message.author.email
            self._become(State.CHANGES_REQUESTED, message, wished)
        elif self.state == State.NEW:
            self.state, self.reason = State.UNDER_REVIEW, _reason(message, None, ReasonKind.COMMENTED)

    def _wished_of_author(self, message: Message) -> Signal | None:
        """How the patch should be instead, said in review of the patch itself; an RFC asks for opinions."""
        if self.rfc or message.parent not in self._own:
            return None
        return next((s for s in message.signals if s.kind == SignalKind.WISH or s.detail == "flaw"), None)

    def _asked_of_author(self, message: Message) -> Signal | None:
        """What the mail asks to be changed: "Andrew, can you drop this?" is said to Andrew.

        "Please drop this patch" takes it back when its author says so, and asks for it when somebody else does.
        """
        kinds = (SignalKind.CHANGES, SignalKind.WITHDRAWN)
        return next((s for s in message.signals if s.kind in kinds and self._is_for_author(s)), None)

    def _is_for_author(self, signal: Signal) -> bool:
        """Whether a sentence is for the author: it names nobody, or him."""
        called = addressees(signal.text)
        return not called or any(name in self._names for name in called)

    def _content(self, message: Message) -> None:
        """Somebody who had asked for changes gives his tag."""
        self._asking.discard(message.author.email)
        self.owed = [reason for reason in self.owed if reason.by.email != message.author.email]
        if self.state == State.CHANGES_REQUESTED and not self._asking:
            self.state = State.REVIEWED if self.reviewed else State.UNDER_REVIEW
            self.reason = _reason(message, None, ReasonKind.TAGGED)
            self._turn(Turn.MAINTAINER if self.reviewed else Turn.REVIEWERS, message, None, ReasonKind.TAGGED)

    def _withdraw(self, follow_up: FollowUp, withdrawn: Signal) -> None:
        self._withdrawn |= {follow_up.patch}
        if follow_up.patch == 0 or len(self._withdrawn) >= self.whole:
            self._become(State.NOT_APPLICABLE, follow_up.message, withdrawn)

    def _hear_robot(self, follow_up: FollowUp, spoken: dict[str, Signal]) -> None:
        message = follow_up.message
        if merged := spoken.get(SignalKind.MAINLINED):
            # A stable tree only takes what Linus has.
            upstream = "torvalds" in merged.detail or "stable" in merged.detail
            self._apply(follow_up, merged, State.MAINLINED if upstream else State.ACCEPTED)
        elif (applied := spoken.get(SignalKind.APPLIED)) and self.state != State.MAINLINED:
            self._apply(follow_up, applied)
        elif (undone := spoken.get(SignalKind.UNAPPLIED)) and self.state == State.ACCEPTED:
            self.partly = ""
            self._become(State.UNDER_REVIEW, message, undone)
            self._turn(Turn.AUTHOR, message, undone.text, undone.kind)
        elif (failure := spoken.get(SignalKind.FAILURE)) and self.state not in NOBODYS_TURN:
            self._turn(Turn.AUTHOR, message, failure.text, failure.kind)

    def _apply(self, follow_up: FollowUp, applied: Signal, state: State = State.ACCEPTED) -> None:
        """Applied as a whole, or patches of it: said by numbers, or by answering one patch of several."""
        partial = applied.detail if applied.kind == SignalKind.APPLIED else ""
        thanked = ".b4-ty@" in follow_up.message.message_id and follow_up.patch == 1
        if not partial and follow_up.patch and not thanked and not _ALL.search(applied.text):
            partial = str(follow_up.patch)
        if partial == "rest" and self.partly:
            partial = ""
        if partial and self.whole > 1 and 0 not in self._withdrawn:
            applied_now = _numbers(partial, self.whole) | _numbers(self.partly, self.whole)
            if len(applied_now | self._withdrawn) < self.whole:
                if self.state == state:
                    return  # all of it is in already
                self.partly = ",".join(map(str, sorted(applied_now))) or partial
                self.partly_reason = _reason(follow_up.message, applied.text, applied.kind)
                if self.state in (State.NEW, State.UNDER_REVIEW):
                    self.state = State.UNDER_REVIEW
                    self.reason = _reason(follow_up.message, applied.text, applied.kind)
                return
        self.partly, self.partly_reason = "", None
        self._become(state, follow_up.message, applied)

    def _pass_turn(self, follow_up: FollowUp, spoken: dict[str, Signal], *, by_author: bool, complete: bool) -> None:
        message = follow_up.message
        if self.state == State.DEFERRED:
            self._turn(Turn.AUTHOR, message, None, ReasonKind.DEFERRED)
            return
        if follow_up.patch in _numbers(self.partly, self.whole):
            return  # what follows the applying of a patch does not hold up the others
        if by_author and self.turn == Turn.AUTHOR and _concedes(message, spoken):
            return
        if by_author:
            self._open.clear()
            if self._coming and self.turn == Turn.AUTHOR and SignalKind.QUESTION not in spoken:
                return
            self._coming |= any(s.kind == SignalKind.PROMISE and names_next_version(s.text) for s in message.signals)
            promise = next((s for k in _HIS_MOVE for s in message.signals if s.kind == k and _is_of_now(s)), None)
            if promise and promise.kind == SignalKind.WILL_REVIEW and message.word_count > _FEW_WORDS:
                promise = None  # he answered, and will look at something else
            self._promised = promise is not None and SignalKind.QUESTION not in spoken
            if promise and self._promised:
                # He says that he will post: nobody else can move.
                self.owed.clear()
                self._turn(Turn.AUTHOR, message, promise.text, promise.kind)
            else:
                self._turn(
                    Turn.MAINTAINER if self.state == State.REVIEWED else Turn.REVIEWERS,
                    message,
                    None,
                    ReasonKind.ANSWERED,
                )
            return
        who = message.author.email
        kinds = _ASKING_WITH_TAG if _endorses(message) else _ASKING
        asked = next((s for k in kinds for s in message.signals if s.kind == k and self._is_for_author(s)), None)
        if asked:
            if not self._answers_reviewer or self.turn != Turn.AUTHOR:
                self._open.add(who)  # what one reviewer asks another is not for the author
            self._turn(Turn.AUTHOR, message, asked.text, asked.kind)
        elif complete and self.state == State.REVIEWED:
            self._turn(Turn.MAINTAINER, message, None, ReasonKind.TAGGED)
        elif any(s.kind == SignalKind.QUESTION for s in message.signals):
            pass  # it is for somebody else to answer
        elif self.state == State.CHANGES_REQUESTED and not _endorses(message) and SignalKind.SATISFIED not in spoken:
            self._turn(Turn.AUTHOR, message, None, ReasonKind.COMMENTED)  # few words, but the changes still stand
        elif self._coming and self.state == State.CHANGES_REQUESTED:
            self._turn(
                Turn.AUTHOR, message, None, ReasonKind.COMMENTED
            )  # nobody waits for anything but the next version
        elif _is_content(message, spoken):
            self._settled(message)
        elif self.reviewed or any(kind in spoken for kind in _NOT_HIS):
            pass  # kind words after every patch has its tag ask nothing of anybody
        else:
            self._open.add(who)
            self._turn(
                Turn.AUTHOR, message, None, SignalKind.APPLIED if SignalKind.APPLIED in spoken else ReasonKind.COMMENTED
            )

    def _settled(self, message: Message) -> None:
        """Somebody is content: when nobody else waits for the author's answer, it is no longer his turn."""
        self._open.discard(message.author.email)
        self.owed = [reason for reason in self.owed if reason.by.email != message.author.email]
        if self.turn == Turn.AUTHOR and not self._open and not self._promised and self.state != State.CHANGES_REQUESTED:
            self._turn(Turn.MAINTAINER if self.reviewed else Turn.REVIEWERS, message, None, ReasonKind.TAGGED)

    def _become(self, state: State, message: Message, why: Signal) -> None:
        self.state = state
        self.reason = _reason(message, why.text, why.kind)
        if state in NOBODYS_TURN:
            self._turn(Turn.NOBODY, message, why.text, why.kind)

    def _turn(self, turn: Turn, message: Message, text: str | None, kind: str) -> None:
        reason = _reason(message, text, kind)
        if turn != Turn.AUTHOR:
            self.owed.clear()
        elif (message.author, kind) not in {(r.by, r.kind) for r in self.owed}:
            self.owed.append(reason)
        if turn == self.turn == Turn.AUTHOR:
            return  # it has been his since the first mail that asked
        self.turn = turn
        self.turn_reason = reason


def _reason(message: Message, text: str | None = None, kind: str = "") -> Reason:
    words = text or message.excerpt.partition("\n")[0] or message.subject
    return Reason(message.message_id, words, message.date, kind=kind, by=message.author)


def _only_taken_as_advice(applied: Signal) -> bool:
    """An author's "applied, thanks" answers advice; he applies his own patch only into a named tree."""
    return not re.search(r"(?i)\b(?:to|into|in|on)\s+\S*[/-]\S+", applied.text)


def _taken_back(spoken: Mapping[str, Signal]) -> Signal | None:
    """By what an author takes a patch back: "I'm dropping this series" is of the posting where he has no tree."""
    dropped = spoken.get(SignalKind.UNAPPLIED)
    if dropped and _NAMES_PATCHES.search(dropped.text):
        return dropped
    return spoken.get(SignalKind.WITHDRAWN)


def _is_of_now(signal: Signal) -> bool:
    """Whether an author speaks of this patch: "will do that in a follow-up" leaves it to the reviewers as it is."""
    return signal.kind != SignalKind.PROMISE or not is_about_follow_up(signal.text)


def _content_with(message: Message) -> bool:
    """Whether somebody endorses the patch and asks for nothing more."""
    asks = any(s.kind in (SignalKind.CHANGES, SignalKind.QUESTION, SignalKind.NAK) for s in message.signals)
    return not asks and _endorses(message)


def _endorses(message: Message) -> bool:
    return any(t.own and is_endorsement(t.name) for t in message.trailers)


def _says_no_more(message: Message) -> bool:
    """Whether a mail is a word or two ("Even easier then. Thanks!"), or "I didn't see that", and asks nothing."""
    told = message.word_count <= _A_WORD or _UNAWARE.search(message.excerpt) is not None
    return told and not any(s.kind in (SignalKind.QUESTION, SignalKind.PROMISE) for s in message.signals)


def _concedes(message: Message, spoken: Mapping[str, Signal]) -> bool:
    """Whether an author says no more than that the others are right, or thanks: then it is still up to him."""
    if SignalKind.QUESTION in spoken or SignalKind.PROMISE in spoken:
        return False
    if message.word_count == 0:
        return message.excerpt != ""
    return SignalKind.SATISFIED in spoken and message.word_count < _FEW_WORDS


def _is_content(message: Message, spoken: Mapping[str, Signal]) -> bool:
    """Whether somebody who asks nothing endorses, agrees, or only thanks."""
    return _endorses(message) or SignalKind.SATISFIED in spoken or (message.word_count == 0 and message.excerpt != "")


def _numbers(text: str, whole: int) -> set[int]:
    """`1-3, 5` as numbers; words that name none give none."""
    found: set[int] = set()
    for first, last in re.findall(r"(\d+)(?:\s*(?:-|–|to|through)\s*#?(\d+))?", text):
        found |= set(range(int(first), min(int(last or first), whole) + 1))
    return {n for n in found if 1 <= n <= whole}
