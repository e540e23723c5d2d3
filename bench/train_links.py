"""Train the regression that finds version links, from what authors state about their postings.

    python bench/train_links.py ARCHIVE... [--out patchwatch/series/link_model.json] [--newest 24000]

ARCHIVE is a public-inbox epoch (a git repository with one mail per commit) or a bundle of one.  The mails are imported
without change-ids and links to other versions; those are the truth that is learned.  Needs scikit-learn:
`pip install '.[train]'`.  The same mails give the same file.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from link_lists import NEWEST, LinkList, prepare

from patchwatch.series.link_features import FEATURES, Candidate
from patchwatch.series.link_model import FILE, LinkModel
from patchwatch.series.regression import Term

STRENGTH = 0.03  # C of scikit-learn: strong regularization, because many features say almost the same
DIGITS = 4


def main() -> int:
    """Train a model and write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archives", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--newest", type=int, default=NEWEST)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="patchwatch-train-") as directory:
        lists = [prepare(archive, Path(directory), options.newest) for archive in options.archives]
        for one in lists:
            print(f"{one.name}: {len(one.stated)} postings, {len(one.known)} with a known predecessor", flush=True)
        model = train(lists)
    write(model, options.out)
    strongest = sorted(model.terms.items(), key=lambda term: -abs(term[1].weight))
    for name, term in strongest:
        print(f"{term.weight:+.2f}  {name}")
    print(f"wrote {options.out}")
    return 0


def train(lists: Sequence[LinkList], held_out: LinkList | None = None) -> LinkModel:
    """A regression trained on lists, without the postings that `held_out` has as well."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    hidden = held_out.stated.keys() if held_out else ()
    rows = [
        (candidate.vector, label)
        for one in lists
        for root, found in one.candidates.items()
        if root not in hidden
        for candidate, label in labelled(one, root, found)
    ]
    scaler = StandardScaler()
    scaled = scaler.fit_transform([[float(value) for value in vector] for vector, _ in rows])
    regression = LogisticRegression(C=STRENGTH, max_iter=1000).fit(scaled, [label for _, label in rows])
    terms = {
        name: Term(*(round(float(number), DIGITS) for number in numbers))
        for name, *numbers in zip(FEATURES, regression.coef_[0], scaler.mean_, scaler.scale_, strict=True)
    }
    return LinkModel(terms, round(float(regression.intercept_[0]), DIGITS))


def labelled(one: LinkList, root: str, found: Sequence[Candidate]) -> Iterator[tuple[Candidate, bool]]:
    """The candidates of a posting with True for the version before it, and False for what is no version of it.

    Still earlier versions are left out: as predecessors they are neither right nor an example of what is wrong.
    """
    labels = [(candidate, one.label(root, candidate.posting.root)) for candidate in found]
    last = max((candidate.posting.version for candidate, label in labels if label), default=0)
    for candidate, label in labels:
        if label is not None and (not label or candidate.posting.version == last):
            yield candidate, label


def write(model: LinkModel, path: Path) -> None:
    """Write a model as JSON, a feature per line."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=1) + b"\n")


if __name__ == "__main__":
    sys.exit(main())
