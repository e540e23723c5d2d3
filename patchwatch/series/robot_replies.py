"""Leave out what people say to robots: it says nothing about the patch.

"NAK, fake tag", "ignore this", or a tag below a robot's report is about the report.  Only an author's concession is a
promise to change the patch, its owner, or a committer of the list, can declare a report wrong, a committer can ask for
what it found, and a command to pw-bot is one wherever it is written.  What people answer to bots that apply patches, or
add to a report of their own bot that they forwarded, is about the patch as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from msgspec import structs

from patchwatch.mail.message import Message, Signal, SignalKind
from patchwatch.mail.sentences.addressee import is_about_this_patch, names_next_version
from patchwatch.mail.sentences.retractions import calls_report_false, retracts_report
from patchwatch.pattern import Pattern
from patchwatch.series.revision import FollowUp, Revision
from patchwatch.series.tags import Authors, authors_of

TO_ROBOT = "robot"
"""The detail of a promise that an author made to a robot, and of what its owner says of its report."""

_SHARED = frozenset(
    {"gmail.com", "kernel.org", "googlegroups.com", "outlook.com", "vger.kernel.org", "lists.linux.dev"}
)

_DECIDES = (SignalKind.APPLIED, SignalKind.MAINLINED, SignalKind.UNAPPLIED)
_CONCEDES = Pattern(
    r"(?i)^\W*(?:(?:yes|yeah|yep|ok(?:ay)?|ah|oh|hm+|right|sorry|indeed|thanks?|ack|well)\b[\s,.!:;–-]*)*"
    r"(?:(?:good|nice|great|excellent) (?:catch|find|spot|point)|"
    r"(?:you(?:'re| are)|(?:that|this|it)(?:'s| is)|the (?:bot|robot|AI|reviewer?|report|finding|comment|tool) is|"
    r"(?:sashiko|the bot|the robot|AI|it) (?:seems|looks)|seems|looks) (?:absolutely |quite |indeed |right, )?"
    r"(?:right|correct|valid|legit\w*|true|a (?:real|valid|genuine|legit\w*|true) (?:bug|issue|problem|finding|"
    r"point|concern|leak|race))|"
    r"my (?:bad|mistake|fault)|i (?:missed|overlooked|forgot)\b|oops|whoops|fair (?:point|enough)|"
    r"(?:valid|real|legit\w*|genuine) (?:point|concern|finding|issue|bug|problem)|confirmed\b|agreed\b|"
    r"(?:i(?:'ve| have) )?(?:now )?fixed\b|will fix\b|fixing\b|ack\W*$|yes\W*$|indeed\W*$|you(?:'re| are) right)"
)
_HAS_FIXED = Pattern(
    r"(?i)\bi(?:'ve| have)?(?: now| already| just)? (?:fixed|corrected|addressed|changed|updated|reworked|added) "
    r"(?:it|this|that|these|the|both|them)\b|\b(?:fixed|addressed|corrected) (?:it|this|that|them )?(?:now|"
    r"locally|in my|for v\d)|"
    r"\b(?:have|has) (?:been )?fixed (?:the|this|that) (?:issue|problem|bug|error|warning)s?\b"
)
_CONTESTS = Pattern(
    r"(?i)\b(?:but|however|although|though|false[ -](?:positive|alarm)|not (?:an?|true|valid|related|needed|possible|"
    r"introduced|sure|real|convinced|correct|right)|n[o']t (?:related|apply|happen)|\w+n't|cannot|wrong|incorrect|"
    r"bogus|hallucinat\w*|"
    r"ignor\w+|nonsense|pre-?existing|unrelated|separate(?:ly)?|follow-?ups?|another (?:patch|series)|already|noise|"
    r"disagree|nevertheless|still|intended|intentional|by design|harmless|if|whether|"
    r"(?:feedback|comments?|review|remarks?) (?:in|on|from|of|to) v\d+)\b|\?"
)
_ASKS_TO_FIX = Pattern(
    r"(?i)\b(?:please|pls|kindly|(?:can|could|would) you)\b[^.]{0,40}\b(?:fix|address|change|correct|look into|handle|"
    r"take care|resolve|re-?(?:spin|send|post|work)|update)\b|"
    r"\b(?:needs?|has|have|should|must|ought)(?: to)?(?: be)? "
    r"(?:fix(?:ed|ing)|address(?:ed|ing)|correct(?:ed|ing)|changed)\b"
)
_ABOUT_ROBOT = Pattern(
    r"(?i)\b(?:(?:the|this|that|your|our) (?:bot|robot|prompts?|tool\w*|checker|script|model|AI|CI|pipeline|"
    r"filter)|prompts?|"
    r"(?:allow|deny|ignore|black|white)-?list|sashiko(?:'s)?)\b"
)
_ACTS_ON = Pattern(
    r"(?i)\b(?:fix|teach|train|update|adjust|tune|tell|report|file|ignore|improve|silence|mute|disable|stop|ask|"
    r"answer|reply|"
    r"rerun|re-run|add)\b"
)


def nobody(_: Message) -> bool:
    """False: nobody is known to judge robots' reports."""
    return False


def without_answers_to_robots(revision: Revision, judges: Callable[[Message], bool] = nobody) -> Revision:
    """The revision without the replies to robots, but with what they promise and command.

    If `judges` is true of a mail, its sender can declare a report wrong, as its owner can.
    """
    if not any(f.message.bot or f.message.answers_robot for f in revision.follow_ups):
        return revision
    known = {m.message_id: m for m in revision.own_messages}
    known.update({f.message.message_id: f.message for f in revision.follow_ups})
    authors = authors_of(revision)
    read = (as_read(f, known.get(f.message.parent or ""), authors, judges) for f in revision.follow_ups)
    return replace(revision, follow_ups=tuple(f for f in read if f is not None))


def as_read(
    follow_up: FollowUp, parent: Message | None, authors: Authors, judges: Callable[[Message], bool] = nobody
) -> FollowUp | None:
    """A reply without what it says to a robot; None if nothing is left.

    `parent` is the mail of the revision that it replies to; `judges`: as above.
    """
    message = follow_up.message
    if follow_up.notice or message.bot or not _answers_robot(message, parent):
        return follow_up
    by_author = authors.include(message.author.name, message.author.email)
    signals = _kept_signals(message, parent, by_author=by_author, judges=not by_author and judges(message))
    return replace(follow_up, message=_only(message, signals)) if signals else None


def clears_robot(message: Message) -> Signal | None:
    """The sentence that declares a robot's report wrong, in a mail that was kept for it."""
    for signal in message.signals:  # not next(): each reply is asked
        if signal.detail == TO_ROBOT and signal.kind == SignalKind.SATISFIED:
            return signal
    return None


def upholds_robot(message: Message) -> Signal | None:
    """The sentence with which somebody who applies patches asks for what a robot found, in a mail kept for it."""
    for signal in message.signals:
        if signal.detail == TO_ROBOT and signal.kind == SignalKind.CHANGES:
            return signal
    return None


def promises_to_robot(message: Message) -> bool:
    """True if a mail that `without_answers_to_robots` kept is an author's concession to a robot."""
    return any(s.kind == SignalKind.PROMISE and s.detail == TO_ROBOT for s in message.signals)


def _answers_robot(message: Message, parent: Message | None) -> bool:
    """True if the mail that a message replies to is a robot's; without that mail, if its quote says so."""
    if parent is None:
        return message.answers_robot
    if not parent.bot or parent.kind == "notice" or any(s.kind in _DECIDES for s in parent.signals):
        return False
    return parent.author.email != message.author.email  # they go on from the report that they forwarded


def _kept_signals(message: Message, report: Message | None, *, by_author: bool, judges: bool) -> tuple[Signal, ...]:
    commands = tuple(s for s in message.signals if s.kind == SignalKind.COMMAND)
    concession = _concession(message) if by_author else ""
    promise = (Signal(SignalKind.PROMISE, concession, TO_ROBOT),) if concession else ()
    owned = report is not None and not by_author and _owns(message, report)
    declares = retracts_report if owned else calls_report_false
    sentences = message.excerpt.split("\n") if owned or judges else ()
    cleared = next((s for s in sentences if declares([s])), "")
    upheld = _upheld(sentences) if judges and not cleared else ""
    return (
        *commands,
        *promise,
        *((Signal(SignalKind.SATISFIED, cleared, TO_ROBOT),) if cleared else ()),
        *((Signal(SignalKind.CHANGES, upheld, TO_ROBOT),) if upheld else ()),
    )


def _upheld(sentences: Sequence[str]) -> str:
    """The sentence that asks for what a robot found, if it is found right: "Valid point, please fix."."""
    if any(map(_CONTESTS.search, sentences)) or not any(map(_CONCEDES.search, sentences)):
        return ""
    return next((s for s in sentences if _ASKS_TO_FIX.search(s) and not _ABOUT_ROBOT.search(s)), "")


def _owns(message: Message, report: Message) -> bool:
    """True if a person writes from the domain of a robot, which only its owner uses."""
    domain = report.author.email.rpartition("@")[2]
    return domain not in _SHARED and domain == message.author.email.rpartition("@")[2]


def _concession(message: Message) -> str:
    """The sentence with which an author accepts a robot's finding; empty if they do not."""
    for signal in message.signals:
        if signal.kind == SignalKind.PROMISE and _is_for_patch(signal.text):
            return signal.text
    for sentence in message.excerpt.split("\n"):
        if _CONTESTS.search(sentence) or (_ABOUT_ROBOT.search(sentence) and _ACTS_ON.search(sentence)):
            return ""
        if _CONCEDES.search(sentence) or _HAS_FIXED.search(sentence):
            return sentence
    return ""


def _is_for_patch(promise: str) -> bool:
    if _ABOUT_ROBOT.search(promise) and not names_next_version(promise):
        return False
    return is_about_this_patch(promise) or names_next_version(promise)


def _only(message: Message, signals: tuple[Signal, ...]) -> Message:
    return structs.replace(message, signals=signals, trailers=(), relations=(), accepted=None, word_count=1, remarks=())
