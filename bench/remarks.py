"""How well patchwatch sees what remarks want of a patch's author, compared with what people read in them.

    python bench/remarks.py ARCHIVE... [--rows]

Each ARCHIVE is a public-inbox epoch, named after its list.  Remarks of the two tables that the model was trained on are
judged by a model that was trained on the other lists given (needs scikit-learn), with the limits of the model that
patchwatch comes with; those of the two fresh tables by that model itself, also by list.  Remarks whose readers differ
are left out.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import read_remarks
import train_remarks
from read_remarks import Labelled

from patchwatch.mail.remark_model import RemarkModel, Verdict, default_model

STEPS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class Judged:
    """A remark with what its readers agree on, and what a model says."""

    row: Labelled
    verdict: Verdict


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archives", nargs="+", type=Path, help="archives of lists")
    parser.add_argument("--rows", action="store_true", help="print every disagreement, without text")
    options = parser.parse_args()
    model = default_model()
    known = read_remarks.read(read_remarks.TABLES, options.archives)
    fresh = read_remarks.read(read_remarks.FRESH, options.archives)
    trained = ((row, with_limits_of(model, other)) for row, other in train_remarks.held_out(known))
    others = [judged(row, other) for row, other in trained]
    print(f"{'':<29}{'points':>8}{'found':>8}{'right':>8}{'firm':>6}{'right':>8}{'change or question':>20}")
    for name in dict.fromkeys(row.list for row in known):
        print_row(name, [one for one in others if one.row.list == name])
    print_row("two readers", [one for one in others if len(one.row.readings) > 1])
    print_row("one reader", [one for one in others if len(one.row.readings) == 1])
    for name in dict.fromkeys(row.list for row in fresh):
        print_row(f"{name}, fresh", [judged(row, model) for row in fresh if row.list == name])
    print_row("fresh", [judged(row, model) for row in fresh])
    print_agreement("readers agree", known)
    print_agreement("readers agree on fresh", fresh)
    print_calibration(others)
    if options.rows:
        print_misses(others)
    return 0


def with_limits_of(model: RemarkModel, other: RemarkModel) -> RemarkModel:
    """The other model with the limits of this one."""
    return msgspec.structs.replace(other, firm=model.firm, perhaps=model.perhaps)


def judged(row: Labelled, model: RemarkModel) -> Judged:
    """What a model says about a remark."""
    return Judged(row, model.verdict(row.seen) if row.seen else Verdict("", 0.0, firm=False))


def print_row(name: str, some: Sequence[Judged]) -> None:
    """Print how many points were found, how many were right, and the same of those that are facts."""
    some = [one for one in some if one.row.agreed is not None]
    points = [one for one in some if one.row.agreed]
    said, firm = (
        [one for one in some if one.verdict.wants and (one.verdict.firm or not sure)] for sure in (False, True)
    )
    kinds = [one for one in points if one.verdict.wants and one.row.kind]
    same = [one for one in kinds if one.verdict.wants.replace("objection", "change") == one.row.kind]
    found = [one for one in points if one.verdict.wants]
    print(
        f"{name:<29}{len(points):>4}/{len(some):<3}{share(found, points):>8}{share(found, said):>8}{len(firm):>6}"
        f"{share([one for one in firm if one.row.agreed], firm):>8}{share(same, kinds):>20}"
    )


def print_agreement(name: str, rows: Iterable[Labelled]) -> None:
    """Print how often two readers agree whether it is a point, and on the label."""
    both = [row for row in rows if len(row.readings) > 1]
    points = share([row for row in both if row.agreed is not None], both)
    print(f"{name}: point or not {points}, label {share([row for row in both if row.kind], both)}, of {len(both)}")


def print_calibration(some: Sequence[Judged]) -> None:
    """Print the share of points by the chance that models gave."""
    some = [one for one in some if one.row.agreed is not None]
    for low, high in itertools.pairwise(STEPS):
        within = [one for one in some if low <= one.verdict.chance < high]
        right = share([one for one in within if one.row.agreed], within)
        print(f"chance {low:.1f} to {high:.1f}: {right} of {len(within)}")


def print_misses(some: Iterable[Judged]) -> None:
    """Print remarks that were judged otherwise than by their readers."""
    for one in some:
        if one.row.agreed is not None and one.row.agreed != bool(one.verdict.wants):
            said = one.verdict.wants or "none"
            print(f"  {one.row.kind}, got {said} {one.verdict.chance:.2f}  {one.row.list} <{one.row.message_id}>")


def share(some: Sequence[object], of: Sequence[object]) -> str:
    """The share as it is printed."""
    return f"{len(some) / len(of):.3f}" if of else "-"


if __name__ == "__main__":
    sys.exit(main())
