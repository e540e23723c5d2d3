"""Measure the judge of versions: each list judged by a model that was trained on the others.

    python bench/outcomes.py ARCHIVE ARCHIVE... [--newest 24000] [--cache DIRECTORY] [--extra ARCHIVE]

Asked is whether the author of a version will have to post again, when the last reply to it had been written, and at
each silence of a day before.  Compared are the commoner answer, the rules (yes, if it is the author's turn or changes
are requested), and the model: how often it is right, how often it is sure, and how often it is right then.  `--extra`
lists are judged, but never trained on.  Needs scikit-learn: `pip install '.[train]'`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from outcome_lists import NEWEST, prepare
from train_outcomes import Examples, train

from patchwatch.series.outcome import SURE
from patchwatch.series.state.revision_state import revision_state
from patchwatch.series.states import State, Turn

TENTHS = 10


@dataclass(frozen=True)
class Answer:
    """What the rules and the model say at one moment, and what came next."""

    again: bool
    rules: bool
    chance: float
    last: bool  # nothing was said afterwards

    @property
    def sure(self) -> bool:
        """True if the model is sure."""
        return self.chance >= SURE or self.chance <= 1 - SURE

    @property
    def right(self) -> bool:
        """True if the model is right."""
        return (self.chance > 0.5) == self.again


def main() -> int:
    """Print a line for each list, and how true the probabilities are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archives", nargs="+", type=Path)
    parser.add_argument("--newest", type=int, default=NEWEST)
    parser.add_argument("--cache", type=Path, help="keeps what was found in the mails between runs")
    parser.add_argument("--extra", nargs="*", type=Path, default=[], help="lists that are judged only")
    options = parser.parse_args()
    examples = Examples([prepare(one, options.newest, options.cache) for one in (*options.archives, *options.extra)])
    extra = range(len(options.archives), len(examples.lists))
    answers: list[Answer] = []
    print(f"| list | versions | again | commoner | rules | model | sure | right then | {_EARLIER} |")
    print("|---" * 12 + "|")
    for number, name in enumerate(examples.lists):
        found = judge(examples, number, extra)
        answers += found
        print(line(name, found), flush=True)
    print(line("all", answers), flush=True)
    for moment, last in (("when the last reply was written", True), ("before", False)):
        asked = [one for one in answers if one.last is last]
        print(f"\n{moment}:\n{calibration(asked)}\n{contradictions(asked)}")
    return 0


_EARLIER = "earlier | rules | model | sure | right then"


def judge(examples: Examples, number: int, extra: Iterable[int] = ()) -> list[Answer]:
    """The answers on a list, by a model that was trained without it."""
    words, model = train(examples, sorted({number, *extra}))
    found: list[Answer] = []
    versions = [place for place, one in enumerate(examples.list) if one == number]
    for version, replies, measured in examples.measure(versions, words):
        one = examples.outcomes[version]
        state = revision_state(one.at(replies))
        rules = state.turn == Turn.AUTHOR or state.state == State.CHANGES_REQUESTED
        found.append(Answer(one.again, rules, model.chance(measured), last=replies == one.moments[-1]))
    return found


def line(name: str, answers: Sequence[Answer]) -> str:
    """A list's line of the table: at the last moment, and before."""
    last = [one for one in answers if one.last]
    again = sum(one.again for one in last) / len(last)
    earlier = [one for one in answers if not one.last]
    cells = [name, str(len(last)), f"{again:.2f}", f"{max(again, 1 - again):.3f}", *_shares(last)]
    return f"| {' | '.join([*cells, str(len(earlier)), *_shares(earlier)])} |"


def _shares(answers: Sequence[Answer]) -> list[str]:
    """How often the rules and the model are right, and how often the model is sure, and right then."""
    sure = [one for one in answers if one.sure]
    shares = (
        _share([one.rules == one.again for one in answers]),
        _share([one.right for one in answers]),
        _share([one.sure for one in answers]),
        _share([one.right for one in sure]),
    )
    return [f"{share:.3f}" for share in shares]


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 0.0


def calibration(answers: Sequence[Answer]) -> str:
    """For each tenth of the probabilities, how many there were, and how many were posted again."""
    rows = ["| chance | moments | posted again |", "|---|---|---|"]
    for tenth in range(TENTHS):
        found = [one.again for one in answers if min(int(one.chance * TENTHS), TENTHS - 1) == tenth]
        rows.append(f"| {tenth / TENTHS:.1f} | {len(found)} | {_share(found):.2f} |")
    return "\n".join(rows)


def contradictions(answers: Sequence[Answer]) -> str:
    """Who is right where the model is sure and the rules say the opposite."""
    found = [one for one in answers if one.sure and one.rules != (one.chance > 0.5)]
    for_it = [one for one in found if one.chance > 0.5]
    right, right_for = (_share([one.right for one in some]) for some in (found, for_it))
    return (
        f"sure against the rules: {len(found)}, right in {right:.3f}; {len(for_it)} of them say that it will be posted "
        f"again, right in {right_for:.3f}"
    )


if __name__ == "__main__":
    sys.exit(main())
