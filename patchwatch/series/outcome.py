"""The learned outlook of a version: will its author have to post again, or is it applied as it is?

A logistic regression over what has been said so far: the words of people (patchwatch.mail.outlook), what they asked and
promised, tags, robots' failures, and the size of the series.  It was learned from what came next on other lists
(bench/train_outcomes.py), and its probabilities are true there: of the versions of which it says 0.9, nine in ten were
posted again.  It knows nothing of the points that are open (patchwatch.series.points), so that it is a second opinion.

Pure: only the mails count, not how long ago they were written.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from patchwatch.mail.message import Message, SignalKind
from patchwatch.mail.outlook import Outlook, outlook_of_text
from patchwatch.mail.remark_model import chance_of
from patchwatch.series.regression import Regression
from patchwatch.series.revision import Revision
from patchwatch.series.robot_replies import without_answers_to_robots
from patchwatch.series.tag import Tag
from patchwatch.series.tags import authors_of, reviewed_patches, tags_of

FILE = Path(__file__).with_name("outcome_model.json")

SURE = 0.85
"""A probability from which on, or below its complement, the outlook is called sure; it is right there in 19 of 20."""

_NOTABLE = 150  # thousandths of log odds from which on a mail is named
_MOST = 4_000  # thousandths that one mail can weigh
_ASKS = frozenset({SignalKind.CHANGES, SignalKind.WISH})
_GIVES_IN = frozenset({SignalKind.PROMISE, SignalKind.WITHDRAWN})


FEATURES = (
    "words-for",
    "strongest-words",
    "last-words",
    "last-words-of-each",
    "words-of-author",
    "last-words-of-author",
    "length-of-others",
    "people",
    "below-diff",
    "asked",
    "last-asked",
    "author-promised",
    "failures",
    "all-reviewed",
    "patches",
    "version",
    "rfc",
)
"""What `measure` measures of a version, in this order."""


class OutcomeModel(Regression, frozen=True):
    """The regression: log odds that the author posts another version."""

    def chance(self, measured: Mapping[str, float]) -> float:
        """The probability for a version with these features."""
        return chance_of(self.log_odds(measured[name] for name in self.terms))


@dataclass(frozen=True, slots=True)
class Weighed:
    """A mail that speaks for a next version, or against one."""

    message_id: str
    by_author: bool
    weight: float  # log odds that its words add; negative: they speak against one
    text: str  # the sentence that weighs most


@dataclass(frozen=True, slots=True)
class _Said:
    """A person's reply."""

    message: Message
    by_author: bool

    @property
    def outlook(self) -> float:
        """The log odds that its words add."""
        return _weight(self.message, by_author=self.by_author) / 1000


def _weight(message: Message, *, by_author: bool) -> int:
    """The log odds that the words of a reply add, in thousandths."""
    return max(-_MOST, min(_MOST, Outlook(*message.outlook)[by_author]))


def chance_of_new_version(
    revision: Revision, tags: Sequence[Tag] | None = None, model: OutcomeModel | None = None
) -> float | None:
    """The probability that the author of an open version posts another one; None if nobody else has answered it.

    `tags` are its tags, if they are known; `model` is by default the one that patchwatch comes with.
    """
    return chance_with(revision, tags_of(revision) if tags is None else tags, heard_of(revision), model)


def chance_with(
    revision: Revision, tags: Sequence[Tag], heard: Heard, model: OutcomeModel | None = None
) -> float | None:
    """As `chance_of_new_version`, of a revision whose replies are summed up."""
    if not heard.people:
        return None
    return (model or default_model()).chance(_measured(revision, tags, heard))


def explain(revision: Revision, most: int = 5) -> tuple[Weighed, ...]:
    """The mails whose words weighed most, the heaviest first."""
    found = [
        Weighed(one.message.message_id, one.by_author, one.outlook, _telling(one))
        for one in _said(revision)
        if abs(one.outlook) * 1000 >= _NOTABLE
    ]
    return tuple(sorted(found, key=lambda one: (-abs(one.weight), one.message_id))[:most])


def _telling(said: _Said) -> str:
    """The sentence of a mail that weighs most in the direction of all of it."""
    sentences = [r.text for r in said.message.remarks if r.text] or said.message.excerpt.split("\n")
    sign = 1 if said.outlook > 0 else -1
    return max(sentences, key=lambda text: sign * outlook_of_text(text)[said.by_author])


def _said(revision: Revision) -> Iterator[_Said]:
    """The replies of people, by date; what they say to robots is not about the patch."""
    authors = authors_of(revision)
    revision = without_answers_to_robots(revision)
    for follow_up in revision.follow_ups:
        message = follow_up.message
        if not follow_up.from_bot:
            yield _Said(message, authors.include(message.author.name, message.author.email))


# ---- features --------------------------------------------------------------------------------------------------------


def measure(revision: Revision, tags: Sequence[Tag] | None = None) -> dict[str, float]:
    """The features of a version, by name."""
    return _measured(revision, tags_of(revision) if tags is None else tags, heard_of(revision))


class Heard(Struct):
    """What the replies to a version said, summed up.  Weights are thousandths of log odds: their sums are exact."""

    weight_for: int = 0  # of people other than the author, without those that speak against a new version
    strongest: int | None = None
    last: int = 0  # of the last reply
    people: dict[str, int] = {}  # the last weight of each, by address
    own_weight: int = 0  # of the author's replies
    own_last: int = 0
    length: int = 0  # words of the others
    below_diff: int = 0
    asked: int = 0
    last_asked: bool = False
    promised: int = 0
    failures: int = 0

    def add(self, message: Message, *, by_author: bool, notice: bool) -> None:
        """Add the next reply."""
        if message.bot:
            self.failures += sum(signal.kind == SignalKind.FAILURE for signal in message.signals)
        if message.bot or notice:
            return
        self.last = weight = _weight(message, by_author=by_author)
        if by_author:
            self.own_weight += weight
            self.own_last = weight
            self.promised += sum(signal.kind in _GIVES_IN for signal in message.signals)
            return
        asks = sum(signal.kind in _ASKS for signal in message.signals)
        self.weight_for += max(weight, 0)
        self.strongest = weight if self.strongest is None else max(self.strongest, weight)
        self.people[message.author.email] = weight
        self.length += message.word_count
        self.below_diff += sum(remark.below_diff for remark in message.remarks)
        self.asked += asks
        self.last_asked = asks > 0


def heard_of(revision: Revision) -> Heard:
    """What the replies to a version said."""
    authors, heard = authors_of(revision), Heard()
    for follow_up in without_answers_to_robots(revision).follow_ups:
        sender = follow_up.message.author
        heard.add(follow_up.message, by_author=authors.include(sender.name, sender.email), notice=follow_up.notice)
    return heard


def _measured(revision: Revision, tags: Sequence[Tag], heard: Heard) -> dict[str, float]:
    return {
        "words-for": _squashed(heard.weight_for),
        "strongest-words": (heard.strongest or 0) / 1000,
        "last-words": heard.last / 1000,
        "last-words-of-each": _squashed(sum(heard.people.values())),
        "words-of-author": _squashed(heard.own_weight),
        "last-words-of-author": heard.own_last / 1000,
        "length-of-others": math.log1p(heard.length),
        "people": math.log1p(len(heard.people)),
        "below-diff": math.log1p(heard.below_diff),
        "asked": math.log1p(heard.asked),
        "last-asked": float(heard.last_asked),
        "author-promised": math.log1p(heard.promised),
        "failures": math.log1p(heard.failures),
        "all-reviewed": float(0 < len(revision.patches) <= reviewed_patches(revision, tags)),
        "patches": math.log(max(len(revision.patches), 1)),
        "version": math.log(max(revision.version, 1)),
        "rfc": float(revision.rfc),
    }


def _squashed(thousandths: int) -> float:
    """Log odds that grow more slowly when they are many: long threads say the same again and again."""
    total = thousandths / 1000
    return math.copysign(math.log1p(abs(total)), total)


# ---- the file --------------------------------------------------------------------------------------------------------


def read_model(path: Path) -> OutcomeModel:
    """Read a model.

    Raises:
        OSError: the file can't be read.
        ValueError: it is not a model of the features that this program measures.
    """
    try:
        model = msgspec.json.decode(path.read_bytes(), type=OutcomeModel)
    except ValueError as error:
        raise ValueError(f"{path}: not a model of these features; train it again ({error})") from error
    if tuple(model.terms) != FEATURES or not all(term.scale > 0 for term in model.terms.values()):
        raise ValueError(f"{path}: not a model of these features; train it again")
    return model


@functools.cache
def default_model() -> OutcomeModel:
    """The model that patchwatch comes with."""
    return read_model(FILE)
