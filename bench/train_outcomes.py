"""Train the judge of versions, from what came next on other lists.

    python bench/train_outcomes.py ARCHIVE ARCHIVE... [--newest 24000] [--cache DIRECTORY]

ARCHIVE is a public-inbox epoch (a git repository with one mail per commit) or a bundle of one.  Writes two files of the
package: the learned words (patchwatch/mail/outlook_words.json), which are read when a mail is parsed, and the
regression over a version (patchwatch/series/outcome_model.json).  Increment FACTS_VERSION afterwards.  Needs
scikit-learn: `pip install '.[train]'`.  The same mails give the same files.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import msgspec
import numpy as np
from msgspec import structs
from outcome_lists import NEWEST, Outcome, OutcomeList, prepare
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from patchwatch.mail import outlook
from patchwatch.mail.outlook import Outlook, OutlookModel
from patchwatch.series import outcome
from patchwatch.series.outcome import FEATURES, OutcomeModel
from patchwatch.series.regression import Term
from patchwatch.series.revision import Revision
from patchwatch.series.tag import Tag
from patchwatch.series.tags import authors_of, tags_of

Array = Any  # of numpy; its types would have to be installed everywhere

WORDS = 3_000  # weights that are kept; all of them are not better
WORD_STRENGTH = 0.005  # C of scikit-learn: strong regularization, because most words say nothing
STRENGTH = 0.05
FOLDS = 5  # the regression learns from outlooks of words that were learned on other lists
DIGITS = 4
LEAST_VERSIONS, LEAST_SENDERS, LEAST_LISTS = 12, 6, 2  # that a word needs: names and chips say nothing elsewhere
LEAST_MAILS = 10  # of all lists


def main() -> int:
    """Train both models and write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archives", nargs="+", type=Path)
    parser.add_argument("--newest", type=int, default=NEWEST)
    parser.add_argument("--cache", type=Path, help="keeps what was found in the mails between runs")
    parser.add_argument("--words", type=Path, default=outlook.FILE)
    parser.add_argument("--model", type=Path, default=outcome.FILE)
    options = parser.parse_args()
    lists = [prepare(archive, options.newest, options.cache) for archive in options.archives]
    for one in lists:
        again = sum(found.again for found in one.outcomes)
        print(f"{one.name}: {len(one.outcomes)} versions, {again} of them posted again", flush=True)
    words, model = train(Examples(lists))
    outlook.write_model(words, options.words)
    write(model, options.model)
    for name, term in sorted(model.terms.items(), key=lambda term: -abs(term[1].weight)):
        print(f"{term.weight:+.2f}  {name}")
    print(f"wrote {len(words.others)} + {len(words.author)} words to {options.words}, the rest to {options.model}")
    return 0


class Examples:
    """The versions of some lists, each once, and what the mails about them consist of."""

    def __init__(self, lists: Sequence[OutcomeList]) -> None:
        """Count the words of all mails."""
        self.lists = [one.name for one in lists]
        seen: set[str] = set()
        self.outcomes: list[Outcome] = []
        origin: list[int] = []
        for number, one in enumerate(lists):
            new = [found for found in one.outcomes if found.root not in seen]
            seen.update(found.root for found in new)
            self.outcomes += new
            origin += [number] * len(new)
        self.list = np.array(origin, int)
        self.again = np.array([found.again for found in self.outcomes])
        self._read_mails()
        self._dense = np.array([_size(found.revision) for found in self.outcomes])
        self._tags: dict[tuple[int, int], Sequence[Tag]] = {}

    def _read_mails(self) -> None:
        senders: dict[str, int] = {}
        places, by_author, sender = [], [], []
        words = []
        self.mails: list[dict[str, int]] = []  # by version: the row of each mail
        for number, found in enumerate(self.outcomes):
            authors = authors_of(found.revision)
            rows: dict[str, int] = {}
            for follow_up in found.revision.follow_ups:
                message = follow_up.message
                if message.message_id not in found.words or follow_up.notice:
                    continue
                rows[message.message_id] = len(words)
                words.append(np.array(found.words[message.message_id], np.uint32))
                places.append(number)
                by_author.append(authors.include(message.author.name, message.author.email))
                sender.append(senders.setdefault(message.author.email, len(senders)))
            self.mails.append(rows)
        self._version, self._by_author, self._sender = np.array(places), np.array(by_author), np.array(sender)
        hashes, column, count = np.unique(np.concatenate(words), return_inverse=True, return_counts=True)
        kept = count >= LEAST_MAILS
        row = np.repeat(np.arange(len(words)), [len(one) for one in words])
        use = kept[column]
        place = (np.cumsum(kept) - 1)[column]
        shape = (len(words), int(kept.sum()))
        self._words = sparse.csr_matrix((np.ones(int(use.sum()), np.float32), (row[use], place[use])), shape=shape)
        self.hashes = hashes[kept]
        self._sums = [self._summed(self._by_author == role) for role in (False, True)]

    def _summed(self, chosen: Array) -> Array:
        """For each version, in how many of the chosen mails each word is."""
        mails = np.flatnonzero(chosen)
        ones = np.ones(len(mails), np.float32)
        return sparse.csr_matrix((ones, (self._version[mails], mails)), (len(self.outcomes), len(chosen))) @ self._words

    def without(self, *lists: int) -> Array:
        """The versions of all other lists, without those that are versions of the same changes."""
        hidden = np.isin(self.list, lists)
        changes = {self.outcomes[number].change for number in np.flatnonzero(hidden)}
        same = np.array([found.change in changes for found in self.outcomes])
        return np.flatnonzero(~hidden & ~same)

    # ---- words -------------------------------------------------------------------------------------------------------

    def learn_words(self, versions: Array) -> OutlookModel:
        """The regression over words, with the weights that matter most."""
        common = [self._common(versions, role) for role in (False, True)]
        first = self._fit_words(versions, common)
        used = [np.bincount(sums[versions].indices, minlength=len(self.hashes)) for sums in self._sums]
        matter = np.concatenate([np.abs(w) * np.sqrt(n[c]) for w, n, c in zip(first, used, common, strict=True)])
        best = np.zeros(len(matter), bool)
        best[np.argsort(-matter, kind="stable")[:WORDS]] = True
        split = len(common[0])
        common = [common[0][best[:split]], common[1][best[split:]]]
        last = self._fit_words(versions, common)
        return OutlookModel(*(self._thousandths(c, w) for c, w in zip(common, last, strict=True)))

    def _common(self, versions: Array, role: bool) -> Array:
        """The words that enough versions, senders and lists have."""
        chosen = np.zeros(len(self.outcomes), bool)
        chosen[versions] = True
        mails = np.flatnonzero(chosen[self._version] & (self._by_author == role))
        words = self._words[mails]

        def different(keys: Array) -> Array:
            groups, rows = np.unique(keys, return_inverse=True)
            ones, shape = np.ones(len(mails), np.float32), (len(groups), len(mails))
            grouped = sparse.csr_matrix((ones, (rows, np.arange(len(mails)))), shape) @ words
            return np.bincount(grouped.indices, minlength=words.shape[1])

        enough = different(self._version[mails]) >= LEAST_VERSIONS
        enough &= different(self._sender[mails]) >= LEAST_SENDERS
        return np.flatnonzero(enough & (different(self.list[self._version[mails]]) >= LEAST_LISTS))

    def _fit_words(self, versions: Array, columns: Sequence[Array]) -> list[Array]:
        parts = [sums[versions][:, some] for sums, some in zip(self._sums, columns, strict=True)]
        inputs = sparse.hstack([*parts, sparse.csr_matrix(self._dense[versions])]).tocsr()
        fitted = LogisticRegression(C=WORD_STRENGTH, max_iter=500).fit(inputs, self.again[versions])
        split = len(columns[0])
        return [fitted.coef_[0][:split], fitted.coef_[0][split : split + len(columns[1])]]

    def _thousandths(self, columns: Array, weights: Array) -> dict[int, int]:
        rounded = np.round(weights * 1000).astype(int)
        return {int(self.hashes[c]): int(w) for c, w in zip(columns, rounded, strict=True) if w}

    # ---- versions ----------------------------------------------------------------------------------------------------

    def measure(self, versions: Array, words: OutlookModel) -> Iterator[tuple[int, int, dict[str, float]]]:
        """(version, replies, features) at each moment of some versions, with the outlooks that these words give."""
        columns = {int(one): place for place, one in enumerate(self.hashes)}
        weights = np.zeros((len(columns), 2))
        for role, table in enumerate((words.others, words.author)):
            for one, weight in table.items():
                weights[columns[one], role] = weight
        outlooks = (self._words @ weights).astype(int)
        for number in versions:
            found = self.outcomes[number]
            rows = self.mails[number]
            judged = _with_outlooks(found.revision, {i: Outlook(*outlooks[row].tolist()) for i, row in rows.items()})
            for replies in found.moments:
                cut = dataclasses.replace(judged, follow_ups=judged.follow_ups[:replies])
                if (number, replies) not in self._tags:
                    self._tags[number, replies] = tags_of(cut)
                yield int(number), replies, outcome.measure(cut, self._tags[number, replies])


def train(examples: Examples, held_out: Sequence[int] = ()) -> tuple[OutlookModel, OutcomeModel]:
    """Both models, trained on the lists that are not held out.

    The regression over versions learns from outlooks of words that were learned on other lists: those of words that
    were learned on the same mails are too good to be true.
    """
    trained = examples.without(*held_out)
    lists = sorted(set(examples.list[trained].tolist()))
    if len(lists) < 2:
        raise ValueError("training needs two lists at least")
    vectors: list[list[float]] = []
    labels: list[bool] = []
    weights: list[float] = []
    for fold in (lists[start::FOLDS] for start in range(min(FOLDS, len(lists)))):
        words = examples.learn_words(examples.without(*held_out, *fold))
        judged = trained[np.isin(examples.list[trained], fold)]
        for number, _, measured in examples.measure(judged, words):
            vectors.append([measured[name] for name in FEATURES])
            labels.append(examples.outcomes[number].again)
            weights.append(1 / len(examples.outcomes[number].moments))
    return examples.learn_words(trained), _regression(vectors, labels, weights)


def _regression(vectors: Sequence[Sequence[float]], labels: Sequence[bool], weights: Sequence[float]) -> OutcomeModel:
    scaler = StandardScaler()
    scaled = scaler.fit_transform(vectors)
    fitted = LogisticRegression(C=STRENGTH, max_iter=2000).fit(scaled, labels, sample_weight=weights)
    terms = {
        name: Term(*(round(float(number), DIGITS) for number in numbers))
        for name, *numbers in zip(FEATURES, fitted.coef_[0], scaler.mean_, scaler.scale_, strict=True)
    }
    return OutcomeModel(terms, round(float(fitted.intercept_[0]), DIGITS))


def _with_outlooks(revision: Revision, outlooks: dict[str, Outlook]) -> Revision:
    follow_ups = tuple(
        dataclasses.replace(
            f, message=structs.replace(f.message, outlook=outlooks.get(f.message.message_id, Outlook(0, 0)))
        )
        for f in revision.follow_ups
    )
    return dataclasses.replace(revision, follow_ups=follow_ups)


def _size(revision: Revision) -> list[float]:
    """What makes another version likelier, whatever is said; the words should not have to express it."""
    robots = sum(f.message.bot for f in revision.follow_ups)
    authors = authors_of(revision)
    people = [f.message.author for f in revision.follow_ups if not f.message.bot]
    own = sum(authors.include(one.name, one.email) for one in people)
    return [
        float(revision.rfc),
        float(np.log1p(len(revision.patches))),
        min(revision.version, 6) / 3,
        float(min(robots, 3)),
        min(len(people) - own, 10) / 5,
        min(own, 6) / 3,
    ]


def write(model: OutcomeModel, path: Path) -> None:
    """Write the regression as JSON, a feature per line."""
    lines = (
        f"  {msgspec.json.encode(name).decode()}: {msgspec.json.encode(t).decode()}" for name, t in model.terms.items()
    )
    joined = ",\n".join(lines)
    path.write_text(f'{{\n "bias": {model.bias},\n "terms": {{\n{joined}\n }}\n}}\n')


if __name__ == "__main__":
    sys.exit(main())
