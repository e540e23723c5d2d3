"""States and turns at one moment in the life of each series, compared with what a person read in the archives.

    python bench/moments.py LIST-ARCHIVE... --table FILE.tsv [--since DATE] [--rows]

Each LIST-ARCHIVE is a public-inbox epoch, named after its list.  Its mails since DATE are imported into a database of
its own, up to one `cut` of the table after the other; at each, the series of that row is compared: whether its newest
revision is the one that the person named, and its state and turn.  Where the person allowed two answers (`a|b`), both
are right.  The tables were written before patchwatch ran on these lists: series drawn at random, and a random moment.
"""

from __future__ import annotations

import argparse
import collections
import csv
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from stated_links import mails, mbox_entry
from understanding import imported

from patchwatch.mail import headers

ROOT = Path(__file__).resolve().parent.parent
RIGHT = ("newest", "state", "turn", "both")


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", nargs="+", type=Path, help="archives of lists")
    parser.add_argument("--table", type=Path, required=True)
    parser.add_argument("--since", default="2023-09-01", help="the first mails that are imported")
    parser.add_argument("--rows", action="store_true", help="print every disagreement")
    options = parser.parse_args()
    with options.table.open(encoding="utf-8") as stream:
        verdicts = sorted(csv.DictReader(stream, delimiter="\t"), key=lambda verdict: verdict["cut"])
    total: collections.Counter[str] = collections.Counter()
    print(f"{options.table.name:<20}{'series':>8}" + "".join(f"{name:>8}" for name in RIGHT))
    for archive in options.lists:
        wanted = [verdict for verdict in verdicts if verdict["list"] == archive.name]
        counted: collections.Counter[str] = collections.Counter()
        for verdict, series in moments(archive, options.since, wanted):
            counted += compare(verdict, series, rows=options.rows)
        total += counted
        row(archive.name, counted)
    row("all", total)
    return 0


def moments(
    archive: Path, since: str, verdicts: Sequence[dict[str, str]]
) -> Iterator[tuple[dict[str, str], list[dict[str, Any]]]]:
    """Each verdict with the output of `list --all --json` when only the mails dated before its cut are known."""
    dated = [(headers.date(headers.Headers(raw), None), raw) for raw in mails(archive, f"--since={since}", "HEAD")]
    dated.sort(key=lambda mail: mail[0])
    with tempfile.TemporaryDirectory(prefix="patchwatch-bench-") as directory:
        work = Path(directory)
        begin = 0
        for verdict in verdicts:
            cut = datetime.fromisoformat(verdict["cut"]).timestamp()
            end = next((n for n in range(begin, len(dated)) if dated[n][0] >= cut), len(dated))
            mbox = work / f"{end}.mbox"
            with mbox.open("wb") as out:
                out.writelines(mbox_entry(raw) for _, raw in dated[begin:end])
            begin = end
            yield verdict, imported(mbox, work / "bench.db", verdict["cut"])
            mbox.unlink()


def compare(verdict: dict[str, str], series: Sequence[dict[str, Any]], *, rows: bool) -> collections.Counter[str]:
    """Count what agrees; with `rows`, print what does not."""
    named = verdict["root_at_cut"].split("|")
    home = {i: s for s in series for r in s["revisions"] for i in (*r["postings"], *r["patch_message_ids"])}
    found = next((home[name] for name in named if name in home), None)
    newest = found["revisions"][-1] if found else {"postings": [], "patch_message_ids": []}
    state, turn = (found["state"], found["turn"]) if found else ("unknown", "unknown")
    right = {
        "newest": not {*newest["postings"], *newest["patch_message_ids"]}.isdisjoint(named),
        "state": state in verdict["state"].split("|"),
        "turn": turn in verdict["turn"].split("|"),
    }
    right["both"] = right["state"] and right["turn"]
    if rows and not all(right.values()):
        wanted = f"{verdict['state']}/{verdict['turn']}"
        newest_is = "" if right["newest"] else f" newest {(newest['postings'] or ['unknown'])[-1]}"
        print(f"  {wanted}: got {state}/{turn}{newest_is}  <{verdict['root']}>  {verdict['cut']}  {verdict['note']}")
    return collections.Counter({"series": 1} | {name: int(agrees) for name, agrees in right.items()})


def row(name: str, counted: collections.Counter[str]) -> None:
    """Print a row of the table."""
    print(f"{name:<20}{counted['series']:>8}" + "".join(f"{counted[one]:>8}" for one in RIGHT), flush=True)


if __name__ == "__main__":
    sys.exit(main())
