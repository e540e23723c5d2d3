"""Logistic regressions over measured features, as the files of learned models have them.

patchwatch.series.link_model and patchwatch.series.outcome are two.  Computing with them needs nothing but Python.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Term(msgspec.Struct, frozen=True):
    """A feature in a regression: its weight, after mean and scale make features comparable."""

    weight: float
    mean: float
    scale: float


class Regression(msgspec.Struct, frozen=True):
    """The terms of a regression, and what it adds to their sum."""

    terms: dict[str, Term]  # by feature
    bias: float

    def log_odds(self, vector: Iterable[float]) -> float:
        """The log odds for these values of the features, in the order of the terms."""
        return self.bias + sum(
            term.weight * (value - term.mean) / term.scale
            for term, value in zip(self.terms.values(), vector, strict=True)
        )
