"""Notice robots by how a sender behaves over many mails, and those whose results only general rules read.

Pure.  A robot answers patches, never people, posts nothing, and begins every mail with the same words; numbers, names
of files and functions in them do not count.  A person's template or signature is not enough, because people also post
and answer.  `doctor` names what is found here; the result depends on the set of mails, not on their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from patchwatch.mail.message import Message, Person
from patchwatch.pattern import Pattern

_MIN_MAILS = 5
_SAME = 0.8  # share of a robot's mails that begin with the same words
_MIN_WORDS = 4  # that are the same: "Looks good to me." is what people write
_QUICK_SECONDS = 24 * 3600
_VARIABLE = Pattern(r"\S*(?:[\d_/@]|\(\)|::|->)\S*|`[^`]*`|\"[^\"]*\"|“[^”]*”")
_TAG = Pattern(r"\+[^@]*")


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail, and the one that it replies to, if that is stored."""

    message: Message
    parent: Message | None


@dataclass(frozen=True, slots=True)
class RobotSender:
    """A sender that is, or behaves like, a robot."""

    name: str
    address: str
    mails: int
    results: int  # mails that give a result
    recognized: bool  # taken for a robot already, by the form of its mails
    why: str


def robot_senders(mails: Iterable[SentMail], formats: Pattern[str]) -> tuple[RobotSender, ...]:
    """The robots without a format of their own, and senders that behave like robots, by number of mails.

    `formats` matches the addresses of robots that have one.
    """
    sent: dict[str, list[SentMail]] = {}
    for mail in mails:
        sent.setdefault(_TAG.sub("", mail.message.author.email), []).append(mail)
    found = [_judge(address, group) for address, group in sent.items() if not formats.search(address)]
    return tuple(sorted((robot for robot in found if robot), key=lambda r: (-r.mails, r.address)))


def _judge(address: str, mails: Sequence[SentMail]) -> RobotSender | None:
    replies = [m for m in mails if m.message.kind == "reply"]
    by_form = [m for m in replies if m.message.bot]
    if by_form and len(by_form) * 2 > len(mails):
        results = sum(_has_result(m.message) for m in by_form)
        return RobotSender(_name(by_form), address, len(by_form), results, True, "by the form of its mails")
    if len(replies) < _MIN_MAILS or len(replies) < len(mails):
        return None  # who posts is a person, and so is who begins threads
    if any(m.parent is not None and not m.parent.is_submission for m in replies):
        return None  # and who answers people
    same, words = _same_beginning(m.message for m in replies)
    if same < _SAME * len(replies) or len(words.split()) < _MIN_WORDS:
        return None
    why = f"{same} of {len(replies)} mails begin “{words}”; all of them answer patches"
    delays = [m.message.date - m.parent.date for m in replies if m.parent is not None]
    if delays and 0 <= median(delays) < _QUICK_SECONDS:
        why += f", half of them within {max(1, round(median(delays) / 3600))} h"
    return RobotSender(_name(replies), address, len(replies), 0, False, why)


def _has_result(message: Message) -> bool:
    return bool(message.findings or message.signals or message.accepted)


def _same_beginning(messages: Iterable[Message]) -> tuple[int, str]:
    """How many mails begin with the most common sentence, and its words."""
    beginnings = Counter(" ".join(_VARIABLE.sub("…", m.excerpt.split("\n")[0]).split()) for m in messages)
    words, count = min(beginnings.items(), key=lambda item: (-item[1], item[0]))
    return count, words[:80]


def _name(mails: Sequence[SentMail]) -> str:
    names = Counter(m.message.author.name for m in mails)
    return min(names, key=lambda name: (-names[name], name))


def label(robot: RobotSender) -> str:
    """`Frob CI <ci@example.net>`, or only the address."""
    return str(Person(robot.name, robot.address)) if robot.name and robot.name != robot.address else robot.address
