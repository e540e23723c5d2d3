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
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from patchwatch.mail.message import Message, SignalKind
from patchwatch.mail.outlook import Outlook, outlook_of_text
from patchwatch.mail.remark_model import chance_of
from patchwatch.series.regression import Regression
from patchwatch.series.revision import Revision
from patchwatch.series.robot_replies import without_answers_to_robots
from patchwatch.series.tags import Tag, authors_of, reviewed_patches, tags_of

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
        thousandths = Outlook(*self.message.outlook)[self.by_author]
        return max(-_MOST, min(_MOST, thousandths)) / 1000


def chance_of_new_version(
    revision: Revision, tags: Sequence[Tag] | None = None, model: OutcomeModel | None = None
) -> float | None:
    """The probability that the author of an open version posts another one; None if nobody else has answered it.

    `tags` are its tags, if they are known; `model` is by default the one that patchwatch comes with.
    """
    said = tuple(_said(revision))
    if all(one.by_author for one in said):
        return None
    return (model or default_model()).chance(_measured(revision, tags_of(revision) if tags is None else tags, said))


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
        if not (message.bot or follow_up.notice):
            yield _Said(message, authors.include(message.author.name, message.author.email))


# ---- features --------------------------------------------------------------------------------------------------------


def measure(revision: Revision, tags: Sequence[Tag] | None = None) -> dict[str, float]:
    """The features of a version, by name."""
    return _measured(revision, tags_of(revision) if tags is None else tags, tuple(_said(revision)))


def _measured(revision: Revision, tags: Sequence[Tag], said: Sequence[_Said]) -> dict[str, float]:
    others = [one for one in said if not one.by_author]
    own = [one for one in said if one.by_author]
    return {
        **_words(said, others, own),
        "length-of-others": math.log1p(sum(one.message.word_count for one in others)),
        "people": math.log1p(len({one.message.author.email for one in others})),
        "below-diff": math.log1p(sum(remark.below_diff for one in others for remark in one.message.remarks)),
        "asked": math.log1p(sum(_signals(others, _ASKS))),
        "last-asked": float(any(_signals(others[-1:], _ASKS))),
        "author-promised": math.log1p(sum(_signals(own, _GIVES_IN))),
        "failures": math.log1p(sum(_failures(revision))),
        "all-reviewed": float(0 < len(revision.patches) <= reviewed_patches(revision, tags)),
        "patches": math.log(max(len(revision.patches), 1)),
        "version": math.log(max(revision.version, 1)),
        "rfc": float(revision.rfc),
    }


def _words(said: Sequence[_Said], others: Sequence[_Said], own: Sequence[_Said]) -> dict[str, float]:
    weights = [one.outlook for one in others]
    last_of = {one.message.author.email: one.outlook for one in others}
    return {
        "words-for": _squashed(sum(weight for weight in weights if weight > 0)),
        "strongest-words": max(weights, default=0.0),
        "last-words": said[-1].outlook if said else 0.0,
        "last-words-of-each": _squashed(sum(last_of.values())),
        "words-of-author": _squashed(sum(one.outlook for one in own)),
        "last-words-of-author": own[-1].outlook if own else 0.0,
    }


def _squashed(total: float) -> float:
    """Log odds that grow more slowly when they are many: long threads say the same again and again."""
    return math.copysign(math.log1p(abs(total)), total)


def _signals(said: Iterable[_Said], kinds: Collection[str]) -> Iterator[bool]:
    """For each sentence that means something, whether it is of one of these kinds."""
    return (signal.kind in kinds for one in said for signal in one.message.signals)


def _failures(revision: Revision) -> Iterator[bool]:
    robots = (f.message for f in revision.follow_ups if f.message.bot)
    return (signal.kind == SignalKind.FAILURE for message in robots for signal in message.signals)


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
