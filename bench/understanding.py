"""Accuracy of version links on several lists, and of version links, states and turns on that of cgroups.

    python bench/understanding.py [LIST-ARCHIVE...] [--archive EPOCH-OR-BUNDLE] [--table FILE.tsv]... [--rows]

First the version links: the newest mails of each LIST-ARCHIVE (a public-inbox epoch, or a bundle of one; eight of them
or more) are imported without the hints that authors leave (change-ids, links to earlier postings).  Each list is linked
by a model that was trained on the others, and compared with what the authors stated.  Needs scikit-learn.

Then cgroups: imports that archive unchanged, and again without hints, and scores the version links of the model that
patchwatch comes with (which was not trained on that list) with `../shared/eval/bumps`; then compares states and turns
with verdicts that a person wrote down before patchwatch ran on them.  The tables sixty, eighty, thirty and forty were
known when the rules were written; the series of the others were drawn at random, and the first results for them are in
bench/README.md.  Skips what it has no files for, with exit status 0.
"""

from __future__ import annotations

import argparse
import collections
import csv
import functools
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from link_lists import NEWEST, prepare, total
from stated_links import Verdict
from train_links import train

from patchwatch.series.version_links import predecessor, predecessor_by_rules

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
VERDICTS = ROOT / "bench" / "verdicts"
BUMPS = SHARED / "eval" / "bumps"


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", nargs="*", type=Path, help="archives of lists, for version links")
    parser.add_argument("--newest", type=int, default=NEWEST, help="mails of each that are imported")
    parser.add_argument("--archive", type=Path, default=SHARED / "corpus" / "cgroups-2024.bundle")
    parser.add_argument("--table", type=Path, action="append", help="verdicts to compare with; all of bench/verdicts")
    parser.add_argument("--rows", action="store_true", help="print every disagreement and every bump missed")
    options = parser.parse_args()
    version_links(options.lists, options.newest)
    if not options.archive.exists() or not BUMPS.exists():
        print(f"skipped: needs {options.archive} and {BUMPS}")
        return 0
    with tempfile.TemporaryDirectory(prefix="patchwatch-bench-") as directory:
        work = Path(directory)
        epoch = work / "0.git"
        subprocess.run(["git", "clone", "-q", "--bare", options.archive, epoch], check=True)
        stripped = work / "stripped.mbox"
        subprocess.run([BUMPS, "strip", epoch, stripped], check=True)
        for name, source in (("with the hints", epoch), ("hints stripped", stripped)):
            listed = imported(source, work / f"{source.name}.db")
            (work / "list.json").write_text(json.dumps(listed))
            print(f"version links, {name}:", flush=True)
            verbs = ("score", "misses") if options.rows else ("score",)
            for verb in verbs:
                subprocess.run([BUMPS, verb, epoch, work / "list.json"], check=True)
            if source is epoch:
                series = listed
        for table in options.table or sorted(filter(is_of_cgroups, VERDICTS.glob("*.tsv"))):
            compare(series, table, options.rows)
    return 0


def is_of_cgroups(table: Path) -> bool:
    """True if a table has no column for the list: the others are read by fates, moments and remarks."""
    with table.open(encoding="utf-8") as stream:
        return "list" not in next(csv.reader(stream, delimiter="\t"))


def version_links(archives: Sequence[Path], newest: int) -> None:
    """Print how well each list is linked by a model trained on the others, by the rules, and by author and title."""
    if len(archives) < 2:
        print("version links of several lists skipped: needs the archives of two lists or more as arguments")
        return
    if not importlib.util.find_spec("sklearn"):
        print("version links of several lists skipped: needs scikit-learn (pip install '.[train]')")
        return
    found: dict[str, list[Verdict]] = collections.defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="patchwatch-bench-") as directory:
        lists = [prepare(archive, Path(directory), newest) for archive in archives]
        print("version links without the authors' hints: recall / precision (links between renamed branches, apart)")
        print(f"{'':<20}{'known':>6}  {'author and title':<20}{'rules alone':<20}{'learned elsewhere':<20}")
        for one in lists:
            model = train([other for other in lists if other is not one], one)
            found["title"].append(one.same_title())
            found["rules"].append(one.linked(predecessor_by_rules))
            found["learned"].append(one.linked(functools.partial(predecessor, model=model)))
            print(row(one.name, len(one.known), [verdicts[-1] for verdicts in found.values()]), flush=True)
        known = sum(len(one.known) for one in lists)
        print(row("all", known, [total(verdicts) for verdicts in found.values()]))


def row(name: str, known: int, verdicts: Iterable[Verdict]) -> str:
    """A row of the table of version links."""
    cells = (f"{v.recall:.3f} / {v.precision:.3f} ({len(v.renamed)})" for v in verdicts)
    return f"{name:<20}{known:>6}  " + "".join(f"{cell:<20}" for cell in cells)


def imported(source: Path, database: Path, now: str = "") -> list[dict[str, Any]]:
    """Import into a database, and return the output of `list --all --json`, as of `now` if it is given."""
    environment = os.environ | {"PATCHWATCH_DATABASE": str(database), "XDG_CONFIG_HOME": str(database.parent)}
    command = [sys.executable, "-m", "patchwatch"]
    arguments = ["import", str(source), "--inbox", "bench"]
    subprocess.run([*command, *arguments], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    command += ["--now", now] if now else []
    printed = subprocess.check_output([*command, "list", "--all", "--json"], cwd=ROOT, env=environment)
    found: list[dict[str, Any]] = json.loads(printed)
    return found


def compare(series: list[dict[str, Any]], table: Path, rows: bool) -> None:
    """Print the agreement with the verdicts of a table: state and turn, by state."""
    home = {i: s for s in series for r in s["revisions"] for i in (*r["postings"], *r["patch_message_ids"])}
    agreed: collections.Counter[str] = collections.Counter()
    asked: collections.Counter[str] = collections.Counter()
    turns = both = 0
    with table.open(encoding="utf-8") as stream:
        verdicts = list(csv.DictReader(stream, delimiter="\t"))
    for verdict in verdicts:
        states, turn = verdict["state"].split("|"), verdict["turn"].split("|")
        found = home.get(verdict["root"])
        state_is = found["state"] if found else "unknown"
        turn_is = found["turn"] if found else "unknown"
        asked[states[0]] += 1
        agreed[states[0]] += state_is in states
        turns += turn_is in turn
        both += state_is in states and turn_is in turn
        if rows and (state_is not in states or turn_is not in turn):
            wanted = f"{verdict['state']}/{verdict['turn']}"
            print(f"  {wanted}: got {state_is}/{turn_is}  <{verdict['root']}>  {verdict['note']}")
    print(f"states and turns, {table.name}: {len(verdicts)} series read by a person")
    for state in sorted(asked):
        print(f"  {state:<20}{agreed[state]:>3} of {asked[state]}")
    total = len(verdicts)
    states_right = sum(agreed.values()) / total
    print(f"  state agrees in {states_right:.3f}, turn in {turns / total:.3f}, both in {both / total:.3f}")


if __name__ == "__main__":
    sys.exit(main())
