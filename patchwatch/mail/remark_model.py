"""What a remark wants of a patch's author: two small logistic regressions, read from remark_model.json.

One gives the chance that it wants anything, the other tells questions from requests.  `python bench/train_remarks.py`
writes the file, from remarks that people read.  Reading it and computing with it needs nothing but Python and msgspec.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from patchwatch.mail.message import Remark, RemarkKind, SignalKind
from patchwatch.mail.remark_features import FEATURES, OF_QUESTIONS, Seen, features
from patchwatch.mail.sentences.inquiries import only_inquires, proposes

FILE = Path(__file__).with_name("remark_model.json")

_ASKS = frozenset({"signal-change", "signal-wish", "signal-question", "signal-doubt"})
_REQUESTS = frozenset({"signal-change", "signal-wish"})
_CRITICIZES = frozenset({"flaw", "failure", "not", "orders"})
_MOST_REASONS = 6
_LARGEST = 30.0  # log odds beyond which a chance is as good as certain


class Regression(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A regression over features that are there or not; others count nothing."""

    bias: float
    weights: dict[str, float]  # by feature

    def log_odds(self, found: Iterable[str]) -> float:
        """The log odds of a remark with these features."""
        # Exact: the order of a set differs from process to process, and must not decide what is close to a limit.
        return math.fsum((self.bias, *(self.weights.get(name, 0.0) for name in found)))


class RemarkModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The regressions, and from which chance on a remark is said to want something."""

    firm: float  # … as a fact
    perhaps: float  # … at all
    point: Regression  # that it wants anything
    question: Regression  # that this is an answer, not a change

    def verdict(self, seen: Seen, *, lenient: bool = False) -> Verdict:
        """What a remark wants; `lenient`: or would want if its mail answered a posting."""
        if SignalKind.NAK in seen.signals:
            return Verdict("objection", 1.0, firm=True)
        if not seen.says_anything:
            return Verdict("", 0.0, firm=False)
        found = features(seen)
        chance = chance_of(self.point.log_odds(found))
        if "waives" in found:
            chance = min(chance, 0.5)
        likeliest = self.answering(chance, posting=True) if lenient else chance
        if likeliest < self.perhaps or ("waives" in found and ("tag" in found or _ASKS.isdisjoint(found))):
            return Verdict("", chance, firm=False, waives="waives" in found)
        only_asks = "only-asks" in found or _CRITICIZES.isdisjoint(found)
        inquires = only_asks and _REQUESTS.isdisjoint(found) and only_inquires(seen.substance)
        inquires = inquires or (self.question.log_odds(found) > 0 and "replaces" not in found)
        inquires = inquires and not ("asks" in found and proposes(seen.substance))
        kind: RemarkKind = "question" if inquires else "change"
        return Verdict(kind, chance, firm=chance >= self.firm, waives="waives" in found)

    def in_place(self, remark: Remark, *, posting: bool) -> Remark:
        """A remark with what it wants once it is known whether its mail answers a posting."""
        if remark.wants == "objection":
            return remark
        chance = self.answering(remark.chance / 100, posting=posting)
        wants = remark.wants if chance >= self.perhaps else ""
        firm = bool(wants) and chance >= self.firm
        return msgspec.structs.replace(remark, wants=wants, firm=firm, chance=round(100 * chance))

    def answering(self, chance: float, *, posting: bool) -> float:
        """The chance that a remark wants something, once it is known whether its mail answers a posting.

        `chance` was computed without knowing; it is that of a mail that answers something else.
        """
        within = min(max(chance, 0.005), 0.995)
        odds = math.log(within / (1 - within)) + (self.point.weights["on-posting"] if posting else 0.0)
        return chance_of(odds)

    def reasons(self, seen: Seen) -> tuple[str, ...]:
        """The features that speak for wanting something, the strongest first."""
        weights = self.point.weights
        speaking = (name for name in features(seen) if weights[name] > 0)
        return tuple(sorted(speaking, key=lambda name: (-weights[name], name))[:_MOST_REASONS])


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a remark wants, with the chance that it wants anything."""

    wants: RemarkKind
    chance: float
    firm: bool
    waives: bool = False  # it is for later, or may be ignored


def chance_of(log_odds: float) -> float:
    """The probability that log odds stand for."""
    return 1 / (1 + math.exp(-max(-_LARGEST, min(_LARGEST, log_odds))))


def read_model(path: Path) -> RemarkModel:
    """Read a model.

    Raises:
        OSError: the file can't be read.
        ValueError: it is not a model of the features that this program finds.
    """
    try:
        model = msgspec.json.decode(path.read_bytes(), type=RemarkModel)
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: not a model of remarks ({error}); train it again") from error
    if tuple(model.point.weights) != FEATURES or tuple(model.question.weights) != OF_QUESTIONS:
        raise ValueError(f"{path}: not a model of these features; train it again")
    if not 0 <= model.perhaps <= model.firm <= 1:
        raise ValueError(f"{path}: the limits are not chances in order; train it again")
    return model


@functools.cache
def default_model() -> RemarkModel:
    """The model that patchwatch comes with."""
    return read_model(FILE)
