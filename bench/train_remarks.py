"""Train the regressions that decide what a remark wants of a patch's author, from remarks that people read.

    python bench/train_remarks.py ARCHIVE... [--out patchwatch/mail/remark_model.json]

ARCHIVE is a public-inbox epoch (a git repository with one mail per commit), named after its list; all lists of the two
tables in read_remarks.TABLES are needed for the model that patchwatch comes with.  The limits are set by chances from
models that were trained without the list of the remark.  Needs scikit-learn: `pip install '.[train]'`.  The same
mails give the same file.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import read_remarks
from read_remarks import Labelled

from patchwatch.mail.remark_features import FEATURES, OF_QUESTIONS, Seen, features
from patchwatch.mail.remark_model import FILE, Regression, RemarkModel, chance_of, read_model

STRENGTH = 0.15  # C of scikit-learn: strong regularization, because there are few remarks
STRENGTH_OF_QUESTIONS = 0.5
QUESTION = 2  # weight of a question: there is one for ten requests
DIGITS = 3
FOUND = 0.86  # of all points, at the limit of those that are shown as perhaps: four of five are right there
RIGHT = 0.96  # of those that are shown as facts


def main() -> int:
    """Train a model and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archives", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    make_readable()
    rows = read_remarks.read(read_remarks.TABLES, options.archives)
    model = with_limits(train(rows), list(held_out(rows)))
    options.out.write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=1) + b"\n")
    for name, weight in sorted(model.point.weights.items(), key=lambda term: -abs(term[1])):
        print(f"{weight:+.2f} {model.question.weights.get(name, 0):+.2f}  {name}")
    print(f"{len(rows)} remarks; firm from {model.firm}, perhaps from {model.perhaps}; wrote {options.out}")
    return 0


def make_readable() -> None:
    """Replace a model of other features by one that knows nothing: mails can't be parsed without a model."""
    try:
        read_model(FILE)
    except (OSError, ValueError):
        point, question = (Regression(0, dict.fromkeys(names, 0.0)) for names in (FEATURES, OF_QUESTIONS))
        FILE.write_bytes(msgspec.json.encode(RemarkModel(firm=1, perhaps=0, point=point, question=question)))


def train(rows: Sequence[Labelled]) -> RemarkModel:
    """Regressions trained on remarks; the limits are not set."""
    points = [
        (row.seen, reading.is_point, reading.sure / len(row.readings))
        for row in rows
        if row.seen and row.seen.says_anything
        for reading in row.readings
    ]
    kinds = [
        (row.seen, reading.label == "question", (QUESTION if reading.label == "question" else 1) / len(row.readings))
        for row in rows
        if row.seen and row.agreed
        for reading in row.readings
    ]
    return RemarkModel(
        firm=1,
        perhaps=0,
        point=_fit(points, FEATURES, STRENGTH),
        question=_fit(kinds, OF_QUESTIONS, STRENGTH_OF_QUESTIONS),
    )


def held_out(rows: Sequence[Labelled]) -> Iterator[tuple[Labelled, RemarkModel]]:
    """Each remark with a model that was trained without its list."""
    for name in dict.fromkeys(row.list for row in rows):
        model = train([row for row in rows if row.list != name])
        for row in rows:
            if row.list == name:
                yield row, model


def with_limits(model: RemarkModel, judged: Iterable[tuple[Labelled, RemarkModel]]) -> RemarkModel:
    """The model with the lowest limit for facts at which they are right, and the highest at which points are found."""
    chances = [(chance(row, other), row.agreed) for row, other in judged if row.agreed is not None]
    points = sorted(found for found, is_point in chances if is_point)
    perhaps = points[round((1 - FOUND) * len(points))]
    limits = (step / 100 for step in range(50, 100))
    firm = next(limit for limit in limits if _right(chances, limit) >= RIGHT)
    return msgspec.structs.replace(model, firm=firm, perhaps=int(perhaps * 100) / 100)


def chance(row: Labelled, model: RemarkModel) -> float:
    """The chance that a remark is a point, according to a model."""
    if row.seen is None or not row.seen.says_anything:
        return 0.0
    return chance_of(model.point.log_odds(features(row.seen)))


def _right(chances: Sequence[tuple[float, bool | None]], limit: float) -> float:
    said = [is_point for found, is_point in chances if found >= limit]
    return sum(map(bool, said)) / len(said) if said else 1.0


def _fit(samples: Sequence[tuple[Seen, bool, float]], names: Sequence[str], strength: float) -> Regression:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from sklearn.linear_model import LogisticRegression

    found = [features(seen) for seen, _, _ in samples]
    vectors = [[float(name in one) for name in names] for one in found]
    regression = LogisticRegression(C=strength, max_iter=5000, tol=1e-8)
    regression.fit(vectors, [label for _, label, _ in samples], sample_weight=[weight for _, _, weight in samples])
    weights = {name: round(float(weight), DIGITS) for name, weight in zip(names, regression.coef_[0], strict=True)}
    return Regression(round(float(regression.intercept_[0]), DIGITS), weights)


if __name__ == "__main__":
    sys.exit(main())
