"""The learned part of version links: a logistic regression, read from link_model.json beside this module.

`python bench/train_links.py` writes that file.  Reading it and computing with it needs nothing but Python.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from patchwatch.series.link_features import FEATURES
from patchwatch.series.regression import Regression

FILE = Path(__file__).with_name("link_model.json")

_REASONS: Mapping[str, tuple[str, ...]] = {
    "posted-into-its-thread": (),
    "same-title": ("similar-title", "title-contained", "title-by-rarity"),
    "title-among-its-patches": ("similar-title", "title-contained", "title-by-rarity"),
    "similar-title": ("title-contained", "title-by-rarity"),
    "rare-title-words": (),
    "same-patch-titles": (),
    "same-prose": (),
    "same-author": ("same-address",),
    "same-recipients": ("recipients-alike",),
    "same-files": ("files-alike",),
    "rare-files": (),
    "next-version": ("versions-skipped",),
}
"""The features that a reader understands as evidence, and those that measure the same and are counted with them."""

_MOST_REASONS = 6
_ONE_OF = ("same-title", "title-among-its-patches", "similar-title")  # the first that is found is named


class LinkModel(Regression, frozen=True):
    """The regression: log odds that a candidate is the version before a posting."""

    def contributions(self, vector: Sequence[float]) -> dict[str, float]:
        """What each feature adds to the log odds, compared with an average candidate; with the bias, their sum."""
        return {
            name: term.weight * (value - term.mean) / term.scale
            for (name, term), value in zip(self.terms.items(), vector, strict=True)
        }

    def evidence(self, vector: Sequence[float]) -> tuple[str, ...]:
        """The reasons that speak for a candidate, the strongest first."""
        adds = {
            name: term.weight * value / term.scale
            for (name, term), value in zip(self.terms.items(), vector, strict=True)
            if value
        }
        title = next((name for name in _ONE_OF if name in adds), "")
        found = {
            reason: adds[reason] + sum(adds.get(other, 0.0) for other in others)
            for reason, others in _REASONS.items()
            if reason in adds and (reason == title or reason not in _ONE_OF)
        }
        positive = [name for name, strength in found.items() if strength > 0]
        return tuple(sorted(positive, key=lambda name: (-found[name], name))[:_MOST_REASONS])


def read_model(path: Path) -> LinkModel:
    """Read a model.

    Raises:
        OSError: the file can't be read.
        ValueError: it is not a model of the features that this program measures.
    """
    model = msgspec.json.decode(path.read_bytes(), type=LinkModel)
    if tuple(model.terms) != FEATURES:
        raise ValueError(f"{path}: not a model of these features; train it again")
    return model


@functools.cache
def default_model() -> LinkModel:
    """The model that patchwatch comes with."""
    return read_model(FILE)
